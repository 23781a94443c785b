from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

BY_BYTES = """
ALTER TABLE registers_rowkey
    ALTER COLUMN field TYPE varchar(130) COLLATE "C", ALTER COLUMN value TYPE varchar(200) COLLATE "C"
"""
AS_BEFORE = BY_BYTES.replace(' COLLATE "C"', ' COLLATE "default"')


def _on_postgresql(statement: str):
    def run(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [
        ("registers", "0003_loads"),
    ]

    operations = [
        migrations.CreateModel(
            name="ToIndex",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("register", models.CharField(max_length=64, unique=True)),
                ("cleared", models.BooleanField(default=False)),
                ("upto", models.PositiveBigIntegerField(default=0)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveIndex(model_name="rowkey", name="rowkey_found"),
        migrations.RunPython(_on_postgresql(BY_BYTES), _on_postgresql(AS_BEFORE)),
        migrations.AddConstraint(
            model_name="rowkey",
            constraint=models.UniqueConstraint(fields=("field", "value", "row"), name="rowkey_once"),
        ),
        migrations.AddIndex(
            model_name="row",
            index=models.Index(condition=models.Q(("follows__isnull", False)), fields=["follows"], name="row_followed"),
        ),
    ]
