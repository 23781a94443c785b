from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from pencere.base import clock


def order(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Rows that are there already get their entries by the worker, or by `pencere registers index`."""
    row, to_index = apps.get_model("registers", "Row"), apps.get_model("registers", "ToIndex")
    names = row.objects.order_by("register").values_list("register", flat=True).distinct()
    to_index.objects.bulk_create([to_index(register=name, at=clock.now()) for name in names])


class Migration(migrations.Migration):
    dependencies = [
        ("registers", "0004_search_index"),
    ]

    operations = [
        migrations.RunPython(order, migrations.RunPython.noop),
    ]
