"""The tables of paper intake: fonds, papers, turns at them, and what was counted of each field.

The database holds that nobody has two turns at one paper and that a paper has one row. No name of a person stands here
but in the typed versions, which are emptied when the fond is closed.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Fond(models.Model):
    """A collection of papers that is brought into one register."""

    register = models.CharField(max_length=64)
    code = models.CharField(max_length=40)
    names = models.JSONField(default=dict)  # language -> what the archive calls it
    expected = models.PositiveIntegerField(null=True)  # how many papers are believed to be in it
    expected_source = models.CharField(max_length=300, blank=True)
    expected_on = models.DateField(null=True)
    begun_by = models.CharField(max_length=40)  # an account, as in every column of this kind
    begun_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=40, blank=True)
    papers = models.PositiveIntegerField(default=0)  # the last number that was given
    agreed = models.PositiveIntegerField(default=0)  # papers in which both versions agreed, for the sample

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("register", "code"), name="fond_code"),
            models.CheckConstraint(
                condition=Q(expected__isnull=True, expected_on__isnull=True, expected_source="")
                | Q(Q(expected__isnull=False, expected_on__isnull=False) & ~Q(expected_source="")),
                name="fond_expected_has_source",
            ),
        )


class Paper(models.Model):
    """One archival unit: its scan, and where it stands."""

    fond = models.ForeignKey(Fond, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    register = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)  # of the scan
    state = models.CharField(max_length=10)
    why = models.CharField(max_length=10, blank=True)  # what the third is asked: differs sample refused
    problem = models.JSONField(default=dict)  # the register's reason, and the field
    differed = models.BooleanField(default=False)  # whether the two versions did
    counted = models.BooleanField(default=False)  # whether the third's word on it was counted
    row = models.ForeignKey("registers.Row", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    scanned_by = models.CharField(max_length=40)
    scanned_at = models.DateTimeField()
    once_at = models.DateTimeField(null=True)
    twice_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=300, blank=True)  # of taking it back or putting it aside
    told_at = models.DateTimeField(null=True)  # when the looks of those who typed were written down

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("fond", "number"), name="paper_number"),
            models.UniqueConstraint(
                fields=("register", "digest"), condition=~Q(state="taken_back"), name="paper_scan_once"
            ),
            models.UniqueConstraint(fields=("row",), name="paper_row_once"),
            models.CheckConstraint(
                condition=Q(state__in=("scanned", "once", "third", "entered", "unreadable", "taken_back")),
                name="paper_state",
            ),
            models.CheckConstraint(
                condition=Q(state="entered", row__isnull=False) | Q(~Q(state="entered"), row__isnull=True),
                name="paper_entered_has_row",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("scanned", "once", "third"), closed_at__isnull=True)
                | Q(state__in=("entered", "unreadable", "taken_back"), closed_at__isnull=False),
                name="paper_closed",
            ),
        )
        indexes = (
            models.Index(fields=("fond", "state", "number"), name="paper_state_of_fond"),
            models.Index(fields=("fond", "closed_at"), name="paper_closed_of_fond"),
            models.Index(fields=("id",), condition=Q(state="entered", told_at__isnull=True), name="paper_to_tell"),
        )


class Turn(models.Model):
    """One officer's work at one paper: place 1 and 2 type, 3 settles. `until`: another may have it from then on."""

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="turns", db_index=False)
    place = models.PositiveSmallIntegerField()
    officer = models.CharField(max_length=40)
    role = models.CharField(max_length=64)
    began_at = models.DateTimeField()
    until = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    values = models.JSONField(default=dict)  # field -> value as JSON holds it
    marks = models.JSONField(default=dict)  # field -> blank or unreadable

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("paper", "place"), name="turn_place"),
            models.UniqueConstraint(fields=("paper", "officer"), name="turn_officer_once"),
            models.CheckConstraint(condition=Q(place__in=(1, 2, 3)), name="turn_place_known"),
        )
        indexes = (
            models.Index(fields=("officer",), condition=Q(done_at__isnull=True), name="turn_open"),
            models.Index(fields=("officer", "done_at"), name="turn_of_officer"),
        )


class FieldCount(models.Model):
    """What was counted of one field of a fond; `rules.Count` says what each number is."""

    fond = models.ForeignKey(Fond, on_delete=models.PROTECT, related_name="+", db_index=False)
    field = models.CharField(max_length=64)
    compared = models.PositiveIntegerField(default=0)
    differed = models.PositiveIntegerField(default=0)
    settled = models.PositiveIntegerField(default=0)
    first_wrong = models.PositiveIntegerField(default=0)
    second_wrong = models.PositiveIntegerField(default=0)
    checked = models.PositiveIntegerField(default=0)
    found_wrong = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("fond", "field"), name="fieldcount_once"),)
