"""What a register publishes: the declared fields of its rows, as they were known when the period began.

No person's data: the checker lets none into `open_data`, and `out.taking` cuts a row down to the declared fields before
anything else sees it. What was known at the first moment of a day, week, month or year is the same however often it is
asked for, so nothing has to be stored, and a correction shows in the next period.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pencere import country
from pencere.base import clock
from pencere.country.declarations import Country
from pencere.registers.models import Row


@dataclass(frozen=True, slots=True)
class Published:
    """What can be had of a register. `as_of`: the moment whose knowledge it is."""

    register: str
    fields: tuple[str, ...]
    licence: str
    every: str
    as_of: datetime


def published(register_id: str, now: datetime) -> Published | None:
    """What the register publishes at that moment; None if nothing, or if it is not kept here.

    As known when the period began; a register that was first filled within it, as it was filled.
    """
    here = country.current()
    declared = here.registers.get(register_id)
    if declared is None or declared.open_data is None or declared.kept != "here":
        return None
    open_data = declared.open_data
    return Published(
        register_id,
        open_data.fields,
        open_data.licence,
        open_data.every,
        known_at(here, register_id, open_data.every, now),
    )


def known_at(
    here: Country, register_id: str, every: str, now: datetime, *, least: int = 1, enough: int = 1
) -> datetime:
    """The first moment of the period; for a register that had fewer than `least` rows then, when it had `enough`."""
    first = begin_of(every, clock.day_in(here.time_zone, now))
    began = datetime.combine(first, time(0), ZoneInfo(here.time_zone))
    recorded = Row.objects.filter(register=register_id).order_by("id").values_list("recorded_at", flat=True)
    if any(moment <= began for moment in recorded[least - 1 : least]):
        return began
    filled = next(iter(recorded[enough - 1 : enough]), None)
    return filled if filled is not None and began < filled <= now else began


def begin_of(every: str, day: date) -> date:
    """The first day of the period in which the day lies; a week begins on Monday (ISO 8601)."""
    if every == "week":
        return day - timedelta(days=day.weekday())
    if every == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if every == "year" else day
