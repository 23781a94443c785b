from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registers", "0021_staged_rows_without_foreign_key"),
    ]

    operations = [
        migrations.AddField(
            "measure", "held", models.CharField(blank=True, default="", max_length=60), preserve_default=False
        ),
        migrations.AddField(
            "measure", "held_of", models.CharField(blank=True, default="", max_length=100), preserve_default=False
        ),
    ]
