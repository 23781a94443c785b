"""The tables: rows of all declared registers, what they are found by, what was accepted, told and held.

`guards.py` refuses overlapping periods.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Row(models.Model):
    """One row of a register. Only `retired_at` is ever set later; all else stays as it was recorded."""

    register = models.CharField(max_length=64)
    key = models.CharField(max_length=200)
    values = models.TextField()  # JSON of the declared fields
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)  # the last day; null: until further notice
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=80)
    retired_at = models.DateTimeField(null=True)  # since when another row says it better
    how = models.CharField(max_length=10)  # add replace end correct
    follows = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.TextField(blank=True)
    document = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(how__in=("add", "replace", "end", "correct")), name="row_how"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")), name="row_period"
            ),
        )
        indexes = (models.Index(fields=("register", "key"), condition=Q(retired_at__isnull=True), name="row_live"),)


class RowKey(models.Model):
    """What a row is found by: `field` is "register.field", `value` in the form of `rules.Shape.found`."""

    row = models.ForeignKey(Row, on_delete=models.PROTECT, related_name="keys", db_index=False)
    field = models.CharField(max_length=130)
    value = models.CharField(max_length=200)

    class Meta:
        indexes = (models.Index(fields=("field", "value", "row"), name="rowkey_found"),)


class TakenChange(models.Model):
    """A change that somebody sent and we took, with our answer: sent again, it is answered again and done once."""

    register = models.CharField(max_length=64)
    key = models.CharField(max_length=200)  # the sender's: of the case and the step
    name = models.CharField(max_length=64)
    row = models.ForeignKey(Row, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    values = models.TextField()  # JSON of what was answered
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("register", "key"), name="taken_once"),)


class Serial(models.Model):
    """The last number that a field with a serial gave in a year (0 where the numbers do not begin anew)."""

    register = models.CharField(max_length=64)
    field = models.CharField(max_length=64)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveBigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("register", "field", "year"), name="serial_of_year"),)


class Hold(models.Model):
    """Places of a row, held for somebody: `taken` when a row fills them, `released` when they are free again."""

    register = models.CharField(max_length=64)
    capacity = models.CharField(max_length=64)
    place = models.CharField(max_length=200)  # key of the row whose places they are
    key = models.CharField(max_length=200, unique=True)  # the holder's: of the case and the step
    amount = models.PositiveIntegerField()
    state = models.CharField(max_length=10)
    until = models.DateTimeField(null=True)  # from then on it counts no longer; null: until it is released
    at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    row = models.ForeignKey(Row, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=("held", "taken", "released")), name="hold_state"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="hold_amount"),
            models.CheckConstraint(
                condition=Q(state="held", closed_at__isnull=True) | Q(~Q(state="held"), closed_at__isnull=False),
                name="hold_closed",
            ),
        )
        indexes = (
            models.Index(fields=("register", "capacity", "place"), condition=~Q(state="released"), name="hold_live"),
        )


class Event(models.Model):
    """Something to tell of a row, once. It gets its `number`, in the order of the list, when the list is next read."""

    register = models.CharField(max_length=64)
    name = models.CharField(max_length=64)
    row = models.ForeignKey(Row, on_delete=models.PROTECT, related_name="+")
    once = models.CharField(max_length=240)  # the row; for a day that comes, the row's key and the day
    at = models.DateTimeField()
    number = models.PositiveBigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("register", "name", "once"), name="event_once"),
            models.UniqueConstraint(fields=("register", "name", "number"), name="event_number"),
        )
        indexes = (
            models.Index(fields=("register", "name", "id"), condition=Q(number__isnull=True), name="event_to_number"),
        )
