import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from pencere.ledger import guards


def put_guards(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    guards.put(editor.connection)


def remove_guards(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    guards.remove(editor.connection)


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("root", models.BinaryField(max_length=32)),
                ("note", models.TextField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Leaf",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=60)),
                ("body", models.TextField(null=True)),
                ("salt", models.BinaryField(null=True)),
                ("leaf_hash", models.BinaryField(max_length=32, unique=True)),
                ("index", models.BigIntegerField(null=True, unique=True)),
                ("recorded_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Tile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.PositiveSmallIntegerField()),
                ("number", models.BigIntegerField()),
                ("hashes", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Look",
            fields=[
                (
                    "leaf",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to="ledger.leaf"
                    ),
                ),
                ("subject", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("kind", models.CharField(max_length=10)),
                ("ground", models.CharField(max_length=10)),
                ("act", models.CharField(blank=True, max_length=200)),
                ("agency", models.CharField(blank=True, max_length=64)),
                ("service", models.CharField(max_length=64)),
                ("case", models.CharField(blank=True, max_length=64)),
                ("register", models.CharField(max_length=64)),
                ("source", models.CharField(blank=True, max_length=200)),
                ("fields", models.TextField()),
                ("who", models.CharField(max_length=200)),
                ("account", models.CharField(blank=True, max_length=36)),
            ],
        ),
        migrations.AddIndex(
            model_name="leaf",
            index=models.Index(
                condition=models.Q(("index__isnull", True)), fields=["recorded_at", "id"], name="leaf_unsealed"
            ),
        ),
        migrations.AddConstraint(
            model_name="leaf",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("body__isnull", True), ("salt__isnull", True)),
                    models.Q(("body__isnull", False), ("salt__isnull", False)),
                    _connector="OR",
                ),
                name="leaf_erased_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="tile",
            constraint=models.UniqueConstraint(fields=("level", "number"), name="tile_place"),
        ),
        migrations.AddIndex(
            model_name="look",
            index=models.Index(fields=["subject", "leaf"], name="look_of_subject"),
        ),
        migrations.RunPython(put_guards, remove_guards),
    ]
