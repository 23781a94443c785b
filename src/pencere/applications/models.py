"""Cases with their facts, events, decisions and submission, and the versions of declarations they are decided under."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from pencere.applications import rules


class DeclarationVersion(models.Model):
    """The country's declarations as a case was submitted under them, byte for byte; kept as long as a case needs it."""

    service = models.CharField(max_length=80)
    content_hash = models.CharField(max_length=64)
    texts_hash = models.CharField(max_length=64)
    bundle = models.BinaryField()  # zip of the country's folder
    bundle_hash = models.CharField(max_length=64)
    kept_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("service", "content_hash", "texts_hash"), name="version_kept_once"),
        )


class Case(models.Model):
    """One person's request for one service. Persons are named by their identifier, which never leaves in an address."""

    ref = models.CharField(max_length=11, unique=True)
    service = models.CharField(max_length=80)
    agency = models.CharField(max_length=80)
    content_hash = models.CharField(max_length=64)
    texts_hash = models.CharField(max_length=64)
    applicant = models.CharField(max_length=40)
    applicant_name = models.CharField(max_length=200)
    account = models.CharField(max_length=40)
    ground = models.CharField(max_length=40, default="self")
    subject = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, default=rules.DRAFT)
    waiting_for = models.CharField(max_length=10, blank=True)
    waiting_who = models.CharField(max_length=80, blank=True)  # the agency that is waited for
    waiting_since = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True)
    rule = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=10)
    answers = models.JSONField(default=dict)  # fact → {kind, value, label: {language: text}}
    people = models.JSONField(default=list)  # a draft's offer of persons: [{identifier, name, ground}]
    people_at = models.DateTimeField(null=True)
    edition = models.PositiveIntegerField(default=0)  # grows with every change of a draft
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    due_on = models.DateField(default=rules.NEVER)
    desk_on = models.DateField(null=True)  # due_on while nobody has decided: what the desk is sorted by

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=rules.STATES), name="case_state"),
            models.CheckConstraint(
                condition=Q(state=rules.WAITING, waiting_for__in=rules.WAITS)
                | (~Q(state=rules.WAITING) & Q(waiting_for="")),
                name="case_waits_for_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(rules.DECIDED, rules.DONE), outcome__in=rules.OUTCOMES, decided_at__isnull=False)
                | (~Q(state__in=(rules.DECIDED, rules.DONE)) & Q(outcome="", decided_at__isnull=True)),
                name="case_decided_has_outcome",
            ),
            models.CheckConstraint(
                condition=Q(state=rules.DRAFT, submitted_at__isnull=True)
                | Q(state__in=(rules.WITHDRAWN, rules.LAPSED))
                | (~Q(state=rules.DRAFT) & Q(submitted_at__isnull=False)),
                name="case_sent_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.UNDECIDED, desk_on__isnull=False)
                | (~Q(state__in=rules.UNDECIDED) & Q(desk_on__isnull=True)),
                name="case_on_desk_while_undecided",
            ),
            models.UniqueConstraint(
                fields=("service", "applicant", "subject"), condition=Q(state=rules.DRAFT), name="case_one_open_draft"
            ),
        )
        # Of partial indexes SQLite uses only those whose condition holds no value, for values are parameters.
        indexes = (
            models.Index(fields=("applicant", "-saved_at", "-id"), name="case_of_applicant"),
            models.Index(fields=("applicant", "state", "-saved_at", "-id"), name="case_of_applicant_state"),
            models.Index(fields=("desk_on",), condition=Q(desk_on__isnull=False), name="case_undecided"),
            models.Index(fields=("agency", "desk_on", "id"), condition=Q(desk_on__isnull=False), name="case_desk"),
            models.Index(
                fields=("agency", "service", "desk_on", "id"),
                condition=Q(desk_on__isnull=False),
                name="case_desk_service",
            ),
            models.Index(fields=("agency", "service", "state", "due_on", "id"), name="case_desk_service_state"),
            models.Index(fields=("agency", "state", "due_on", "id"), name="case_desk_state"),
            models.Index(fields=("state", "saved_at"), name="case_old_drafts"),
            models.Index(fields=("closed_at",), condition=Q(closed_at__isnull=False), name="case_closed"),
        )


class Fact(models.Model):
    """A named value of a case with its source and time. `value` null: the holder has no row, unknown."""

    SOURCES = ("answer", "register")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="facts")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)  # as declared: date, choice, text, …
    value = models.JSONField(null=True)
    source = models.CharField(max_length=10)
    evidence = models.CharField(max_length=80, blank=True)  # name of the evidence, or of the party
    asked = models.CharField(max_length=64, blank=True)  # hash of what was asked with: a change asks anew
    register = models.CharField(max_length=80, blank=True)
    holder = models.CharField(max_length=80, blank=True)
    about = models.CharField(max_length=40, blank=True)  # whose data it is, where a person's
    ground = models.CharField(max_length=20, blank=True)
    law = models.CharField(max_length=120, blank=True)
    as_of = models.DateField(null=True)
    fetched_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case", "name"), name="fact_once_a_case"),
            models.CheckConstraint(
                condition=Q(source="answer", register="") | (Q(source="register") & ~Q(register="")),
                name="fact_has_source",
            ),
        )


class Event(models.Model):
    """One line of a case's timeline. `who`: person, system, officer:<role>; never a name or identifier."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    who = models.CharField(max_length=80)
    account = models.CharField(max_length=40, blank=True)
    body = models.JSONField(default=dict)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("case", "number"), name="event_numbered"),)


class Decision(models.Model):
    """What a table, or an officer where the table leaves it open, decided, with everything it stands on."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="decisions")
    number = models.PositiveIntegerField()
    table = models.CharField(max_length=80)
    rule = models.CharField(max_length=80)
    outcome = models.CharField(max_length=10)  # grant refuse officer
    law = models.CharField(max_length=120, blank=True)
    trace = models.JSONField(default=list)
    by = models.CharField(max_length=80)  # system, officer:<role>
    account = models.CharField(max_length=40, blank=True)
    reasons = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case", "number"), name="decision_numbered"),
            models.CheckConstraint(condition=Q(outcome__in=("grant", "refuse", "officer")), name="decision_outcome"),
            models.CheckConstraint(
                condition=Q(by="system") | (~Q(reasons="") & ~Q(outcome="officer")),
                name="decision_with_reasons",
            ),
        )


class Submission(models.Model):
    """The one act by which a draft was sent: its key, and the receipt that was and always will be shown for it."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="submission")
    key = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    leaf = models.CharField(max_length=80)
    leaf_hash = models.CharField(max_length=64)
    receipt = models.TextField()
