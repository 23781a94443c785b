from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registers", "0018_declarations_before"),
    ]

    operations = [
        migrations.AddField("export", "narrowed", models.TextField(default="")),
    ]
