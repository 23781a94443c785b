import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Certificate",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=64)),
                ("number", models.CharField(max_length=40, unique=True)),
                ("code_hash", models.CharField(max_length=64, unique=True)),
                ("second_factor", models.CharField(blank=True, max_length=64)),
                ("subject", models.CharField(max_length=40)),
                ("holder", models.CharField(max_length=40)),
                ("case", models.CharField(max_length=20)),
                ("step", models.PositiveSmallIntegerField()),
                ("facts", models.JSONField()),
                ("agency", models.CharField(max_length=64)),
                ("content_hash", models.CharField(max_length=64)),
                ("issued_at", models.DateTimeField()),
                ("valid_until", models.DateField(null=True)),
                ("until_superseded", models.BooleanField()),
                ("superseded_at", models.DateTimeField(null=True)),
                ("synthetic", models.BooleanField()),
                ("leaf", models.CharField(blank=True, max_length=64)),
                (
                    "superseded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="certificates.certificate",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Miss",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("who", models.CharField(max_length=64)),
                ("stretch", models.BigIntegerField()),
                ("count", models.PositiveIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["stretch"], name="miss_of_stretch")],
                "constraints": [models.UniqueConstraint(fields=("who", "stretch"), name="miss_once_a_stretch")],
            },
        ),
        migrations.CreateModel(
            name="Paper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=8)),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("size", models.PositiveIntegerField()),
                ("path", models.CharField(max_length=120)),
                (
                    "certificate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="papers",
                        to="certificates.certificate",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Revocation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                ("by_agency", models.CharField(max_length=64)),
                ("by_role", models.CharField(max_length=64)),
                ("by_account", models.CharField(max_length=64)),
                ("case", models.CharField(blank=True, max_length=20)),
                ("leaf", models.CharField(blank=True, max_length=64)),
                (
                    "certificate",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revocation",
                        to="certificates.certificate",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["holder", "-issued_at"], name="certificate_of_holder"),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.UniqueConstraint(fields=("case", "step"), name="certificate_once_a_step"),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at", None), ("until_superseded", True)),
                fields=("kind", "subject"),
                name="certificate_one_not_superseded",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("subject", ""), _negated=True), models.Q(("holder", ""), _negated=True)),
                name="certificate_has_persons",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(("superseded_by", None), ("superseded_at__isnull", False), _connector="OR"),
                name="certificate_superseded_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.UniqueConstraint(fields=("certificate", "language"), name="paper_one_a_language"),
        ),
        migrations.AddConstraint(
            model_name="revocation",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="revocation_has_reason"
            ),
        ),
    ]
