from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from pencere.registers import guards


def _put(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    guards.put_unless_checked(editor.connection)


def _remove(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    guards.put_always(editor.connection)


class Migration(migrations.Migration):
    dependencies = [("registers", "0009_exports")]

    operations = [migrations.RunPython(_put, _remove)]
