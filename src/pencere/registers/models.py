"""The tables: rows of all declared registers, and what they are found by. `guards.py` refuses overlapping periods."""

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
