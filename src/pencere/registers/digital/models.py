"""What was counted last in each register kept here; a row each."""

from __future__ import annotations

from django.db import models


class Measure(models.Model):
    """`filled` is JSON: field -> rows with a value in it.

    `held`: what stands against the universe where that is not the number of rows, a decimal number; `held_of`: of which
    field and year it is.
    """

    register = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    took = models.DurationField()
    rows = models.PositiveBigIntegerField()
    newest = models.DateTimeField(null=True)
    filled = models.TextField()
    held = models.CharField(max_length=60, blank=True)
    held_of = models.CharField(max_length=100, blank=True)

    class Meta:
        app_label = "registers"
