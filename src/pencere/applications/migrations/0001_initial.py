import datetime

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(max_length=11, unique=True)),
                ("service", models.CharField(max_length=80)),
                ("agency", models.CharField(max_length=80)),
                ("content_hash", models.CharField(max_length=64)),
                ("texts_hash", models.CharField(max_length=64)),
                ("applicant", models.CharField(max_length=40)),
                ("applicant_name", models.CharField(max_length=200)),
                ("account", models.CharField(max_length=40)),
                ("ground", models.CharField(default="self", max_length=40)),
                ("subject", models.CharField(blank=True, max_length=40)),
                ("state", models.CharField(default="draft", max_length=10)),
                ("waiting_for", models.CharField(blank=True, max_length=10)),
                ("waiting_who", models.CharField(blank=True, max_length=80)),
                ("waiting_since", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=10)),
                ("rule", models.CharField(blank=True, max_length=80)),
                ("language", models.CharField(max_length=10)),
                ("answers", models.JSONField(default=dict)),
                ("people", models.JSONField(default=list)),
                ("people_at", models.DateTimeField(null=True)),
                ("edition", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("saved_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("due_on", models.DateField(default=datetime.date(9999, 12, 31))),
                ("desk_on", models.DateField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["applicant", "-saved_at", "-id"], name="case_of_applicant"),
                    models.Index(fields=["applicant", "state", "-saved_at", "-id"], name="case_of_applicant_state"),
                    models.Index(
                        condition=models.Q(("desk_on__isnull", False)), fields=["desk_on"], name="case_undecided"
                    ),
                    models.Index(
                        condition=models.Q(("desk_on__isnull", False)),
                        fields=["agency", "desk_on", "id"],
                        name="case_desk",
                    ),
                    models.Index(
                        condition=models.Q(("desk_on__isnull", False)),
                        fields=["agency", "service", "desk_on", "id"],
                        name="case_desk_service",
                    ),
                    models.Index(fields=["agency", "service", "state", "due_on", "id"], name="case_desk_service_state"),
                    models.Index(fields=["agency", "state", "due_on", "id"], name="case_desk_state"),
                    models.Index(fields=["state", "saved_at"], name="case_old_drafts"),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", False)), fields=["closed_at"], name="case_closed"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ("draft", "submitted", "working", "waiting", "decided", "done", "withdrawn", "lapsed"),
                            )
                        ),
                        name="case_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "waiting"), ("waiting_for__in", ("party", "agency"))),
                            models.Q(models.Q(("state", "waiting"), _negated=True), ("waiting_for", "")),
                            _connector="OR",
                        ),
                        name="case_waits_for_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", False),
                                ("outcome__in", ("granted", "refused")),
                                ("state__in", ("decided", "done")),
                            ),
                            models.Q(
                                models.Q(("state__in", ("decided", "done")), _negated=True),
                                ("decided_at__isnull", True),
                                ("outcome", ""),
                            ),
                            _connector="OR",
                        ),
                        name="case_decided_has_outcome",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "draft"), ("submitted_at__isnull", True)),
                            ("state__in", ("withdrawn", "lapsed")),
                            models.Q(models.Q(("state", "draft"), _negated=True), ("submitted_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="case_sent_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("desk_on__isnull", False), ("state__in", ("submitted", "working", "waiting"))),
                            models.Q(
                                models.Q(("state__in", ("submitted", "working", "waiting")), _negated=True),
                                ("desk_on__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="case_on_desk_while_undecided",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "draft")),
                        fields=("service", "applicant", "subject"),
                        name="case_one_open_draft",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeclarationVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("service", models.CharField(max_length=80)),
                ("content_hash", models.CharField(max_length=64)),
                ("texts_hash", models.CharField(max_length=64)),
                ("bundle", models.BinaryField()),
                ("bundle_hash", models.CharField(max_length=64)),
                ("kept_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("service", "content_hash", "texts_hash"), name="version_kept_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64, unique=True)),
                ("at", models.DateTimeField()),
                ("leaf", models.CharField(max_length=80)),
                ("leaf_hash", models.CharField(max_length=64)),
                ("receipt", models.TextField()),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="submission", to="applications.case"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("table", models.CharField(max_length=80)),
                ("rule", models.CharField(max_length=80)),
                ("outcome", models.CharField(max_length=10)),
                ("law", models.CharField(blank=True, max_length=120)),
                ("trace", models.JSONField(default=list)),
                ("by", models.CharField(max_length=80)),
                ("account", models.CharField(blank=True, max_length=40)),
                ("reasons", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="decisions", to="applications.case"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("case", "number"), name="decision_numbered"),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ("grant", "refuse", "officer"))), name="decision_outcome"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("by", "system"),
                            models.Q(
                                models.Q(("reasons", ""), _negated=True),
                                models.Q(("outcome", "officer"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="decision_with_reasons",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                ("who", models.CharField(max_length=80)),
                ("account", models.CharField(blank=True, max_length=40)),
                ("body", models.JSONField(default=dict)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="events", to="applications.case"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("case", "number"), name="event_numbered")],
            },
        ),
        migrations.CreateModel(
            name="Fact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=40)),
                ("value", models.JSONField(null=True)),
                ("source", models.CharField(max_length=10)),
                ("evidence", models.CharField(blank=True, max_length=80)),
                ("asked", models.CharField(blank=True, max_length=64)),
                ("register", models.CharField(blank=True, max_length=80)),
                ("holder", models.CharField(blank=True, max_length=80)),
                ("about", models.CharField(blank=True, max_length=40)),
                ("ground", models.CharField(blank=True, max_length=20)),
                ("law", models.CharField(blank=True, max_length=120)),
                ("as_of", models.DateField(null=True)),
                ("fetched_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="facts", to="applications.case"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("case", "name"), name="fact_once_a_case"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("register", ""), ("source", "answer")),
                            models.Q(("source", "register"), models.Q(("register", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="fact_has_source",
                    ),
                ],
            },
        ),
    ]
