"""How often one may have the same service (`again`): so many open, once in a year, not soon after a refusal.

A *bar* is a row that only one case can hold, so that two submissions at once cannot both pass.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from pencere.applications import rules, timeline, values
from pencere.applications.models import Bar, Case
from pencere.applications.versions import Version
from pencere.base.errors import Refused
from pencere.base.terms import UnknownYear, due
from pencere.country.course import Course


def take(case: Case, version: Version, course: Course, now: datetime) -> None:
    """The case keeps others away; inside the transaction that sends it.

    Raises Refused "open_already", "once_a_year" or "refused_lately", with the law.
    """
    again = version.service.again
    if again is None:
        return
    whose, today = _whose(version, course), timeline.day_of(now)
    service, law = version.service.id, str(again.law or version.service.law[0])
    if again.open:
        slots = (_open_key(whose, slot) for slot in range(again.open))
        if not any(_held(case, service, key) for key in slots):
            raise Refused("open_already", law)
    if again.once_per and not _held(case, service, _year_key(whose, today)):
        raise Refused("once_a_year", law)
    if again.after_refusal:  # what will be said of the next one, if this is refused
        before = Bar.objects.filter(service=service, key=_refused_key(whose)).first()
        if before is not None and before.until is not None and before.until >= today:
            raise Refused("refused_lately", law)
        Bar.objects.filter(service=service, key=_refused_key(whose)).delete()
        _held(case, service, _refused_key(whose))


def free(case: Case, version: Version, today: date) -> None:
    """The case is over: others may come, but for what its outcome keeps away."""
    again = version.service.again
    if again is None:
        return
    refused = case.outcome == rules.REFUSED
    nothing = refused or case.state in (rules.WITHDRAWN, rules.LAPSED)
    for bar in case.bars.all():
        kind = bar.key.partition(":")[0]
        if kind == "refused" and refused and again.after_refusal:
            bar.until = _until(again.after_refusal, today, version)
            bar.save(update_fields=["until"])
        elif kind == "open" or (kind == "year" and nothing) or kind == "refused":
            bar.delete()


def _until(term: object, today: date, version: Version) -> date | None:
    try:
        return due(term, today, version.country.calendar, "as_is").day  # type: ignore[arg-type]
    except UnknownYear:
        return None


def _held(case: Case, service: str, key: str) -> bool:
    try:
        with transaction.atomic():
            Bar.objects.create(case=case, service=service, key=key)
    except IntegrityError:
        return False
    return True


def _whose(version: Version, course: Course) -> str:
    again = version.service.again
    name = again.per if again is not None and again.per else version.service.applicant.name
    return values.hash_of({"per": course.fact(name)})[:40]


def _open_key(whose: str, slot: int) -> str:
    return f"open:{whose}:{slot}"


def _year_key(whose: str, today: date) -> str:
    return f"year:{whose}:{today.year}"


def _refused_key(whose: str) -> str:
    return f"refused:{whose}"
