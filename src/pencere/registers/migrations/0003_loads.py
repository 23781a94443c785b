import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registers", "0002_changes_places_and_events"),
    ]

    operations = [
        migrations.CreateModel(
            name="ColumnName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("register", models.CharField(max_length=64)),
                ("column", models.CharField(max_length=200)),
                ("field", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("register", "column"), name="column_name")],
            },
        ),
        migrations.CreateModel(
            name="Load",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("register", models.CharField(max_length=64)),
                ("file", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("state", models.CharField(max_length=10)),
                ("layout", models.TextField()),
                ("line", models.PositiveBigIntegerField(default=0)),
                ("rows", models.PositiveBigIntegerField(default=0)),
                ("bad", models.PositiveBigIntegerField(default=0)),
                ("errors", models.CharField(max_length=1000)),
                ("errors_size", models.PositiveBigIntegerField(default=0)),
                ("first_row", models.PositiveBigIntegerField(null=True)),
                ("last_row", models.PositiveBigIntegerField(null=True)),
                ("recorded_by", models.CharField(max_length=80)),
                ("started_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("staging", "ready", "confirmed", "dropped", "undone"))),
                        name="load_state",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("staging", "ready"))),
                        fields=("register",),
                        name="load_one_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StagedRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.PositiveBigIntegerField()),
                ("key", models.CharField(max_length=200)),
                ("values", models.TextField()),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField(null=True)),
                ("found", models.TextField()),
                (
                    "load",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registers.load",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("load", "line"), name="staged_line")],
            },
        ),
    ]
