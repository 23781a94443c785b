"""How often each grant was used on a day, for its budget; what was sent to other agencies."""

from __future__ import annotations

from django.db import models


class Use(models.Model):
    """Questions asked under one grant on one day (of the country's time zone)."""

    grant = models.CharField(max_length=130)  # "din-emdx.address"
    day = models.DateField()
    asked = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("grant", "day"), name="use_of_day"),)


class Sent(models.Model):
    """A change that was sent to another agency, and of which the look is written; sent again, it is no second look."""

    target = models.CharField(max_length=130)  # the grant, "din-dma.receive"
    key = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("target", "key"), name="sent_once"),)
