"""On SQLite this rebuilds the table of leaves, which takes its triggers along: they are put again."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from pencere.ledger import guards


def put_guards(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    guards.put(editor.connection)


def remove_guards(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    guards.remove(editor.connection)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunPython(remove_guards, put_guards),
        migrations.AlterField("leaf", "leaf_hash", models.BinaryField(max_length=32)),
        migrations.RunPython(put_guards, remove_guards),
    ]
