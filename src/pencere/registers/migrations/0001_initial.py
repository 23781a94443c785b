import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from pencere.registers import guards


def put_guards(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    guards.put(editor.connection)


def remove_guards(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    guards.remove(editor.connection)


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Row",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("register", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=200)),
                ("values", models.TextField()),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField(null=True)),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.CharField(max_length=80)),
                ("retired_at", models.DateTimeField(null=True)),
                ("how", models.CharField(max_length=10)),
                ("reason", models.TextField(blank=True)),
                ("document", models.CharField(blank=True, max_length=200)),
                (
                    "follows",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registers.row",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RowKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("field", models.CharField(max_length=130)),
                ("value", models.CharField(max_length=200)),
                (
                    "row",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keys",
                        to="registers.row",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="row",
            index=models.Index(
                condition=models.Q(("retired_at__isnull", True)), fields=["register", "key"], name="row_live"
            ),
        ),
        migrations.AddConstraint(
            model_name="row",
            constraint=models.CheckConstraint(
                condition=models.Q(("how__in", ("add", "replace", "end", "correct"))), name="row_how"
            ),
        ),
        migrations.AddConstraint(
            model_name="row",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True), ("valid_until__gte", models.F("valid_from")), _connector="OR"
                ),
                name="row_period",
            ),
        ),
        migrations.AddIndex(
            model_name="rowkey",
            index=models.Index(fields=["field", "value", "row"], name="rowkey_found"),
        ),
        migrations.RunPython(put_guards, remove_guards),
    ]
