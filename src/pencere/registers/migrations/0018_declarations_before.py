from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registers", "0017_possible_duplicates"),
    ]

    operations = [
        migrations.AddField("keptunder", "folder", models.TextField(default="")),
        migrations.AddField("keptunder", "before", models.TextField(default="")),
    ]
