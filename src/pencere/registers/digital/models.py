"""What was counted last in each register kept here; a row each."""

from __future__ import annotations

from django.db import models


class Measure(models.Model):
    """`filled` is JSON: field -> rows with a value in it."""

    register = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    took = models.DurationField()
    rows = models.PositiveBigIntegerField()
    newest = models.DateTimeField(null=True)
    filled = models.TextField()

    class Meta:
        app_label = "registers"
