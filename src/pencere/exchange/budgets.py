"""How many questions a grant allows on a day, counted in the database before the question is asked."""

from __future__ import annotations

from datetime import date

from django.db import Error, transaction
from django.db.models import F

from pencere.base.errors import Unavailable
from pencere.exchange.models import Use

_TOMORROW = 6 * 3600


def spend(grant: str, per_day: int, day: date, agency: str) -> None:
    """Counts one question. Raises Unavailable when the day's budget is used up; then nothing is asked."""
    try:
        with transaction.atomic(durable=True):
            Use.objects.bulk_create([Use(grant=grant, day=day, asked=0)], ignore_conflicts=True)
            counted = Use.objects.filter(grant=grant, day=day, asked__lt=per_day).update(asked=F("asked") + 1)
    except (Error, OSError) as problem:
        raise Unavailable("exchange", "the question could not be counted") from problem
    if not counted:
        raise Unavailable(agency, f"the agreement allows {per_day} questions a day, and they are used up", _TOMORROW)
