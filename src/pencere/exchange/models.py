"""How often each grant was used on a day, for its budget."""

from __future__ import annotations

from django.db import models


class Use(models.Model):
    """Questions asked under one grant on one day (of the country's time zone)."""

    grant = models.CharField(max_length=130)  # "din-emdx.address"
    day = models.DateField()
    asked = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("grant", "day"), name="use_of_day"),)
