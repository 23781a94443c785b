"""When a case must be answered and when a step's time is over. Pure; days are days of the country.

A term of days ends with its last day: the moment in which the next day begins.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pencere.base.terms import Calendar, Term, UnknownYear, due
from pencere.country.course import Course
from pencere.country.declarations import CaseTerm

Clocks = Mapping[str, datetime]
"""When what a term may begin with happened: submitted, paid, visit, event, asked."""


def begins(declared: CaseTerm, course: Course, clocks: Clocks) -> datetime | date | None:
    """When the term begins: a moment or a day; None while what it begins with has not happened or is unknown."""
    name = declared.from_
    if name in ("submitted", "paid", "visit", "event", "asked"):
        return clocks.get(name)
    if name.startswith("amounts."):
        value = course.reckoning.amounts.get(name.removeprefix("amounts."))
    else:
        value = course.fact(name)
    if isinstance(value, datetime):
        return moment_of(value, course.country.calendar)
    return value if isinstance(value, date) else None


def last_day(declared: CaseTerm, course: Course, clocks: Clocks) -> date | None:
    """The last day of the term; None while it does not run, or where the days of its year are not declared."""
    ends = _ends(declared, course, clocks)
    return ends[0] if ends else None


def over_at(declared: CaseTerm, course: Course, clocks: Clocks) -> datetime | None:
    """The moment from which the term is over."""
    ends = _ends(declared, course, clocks)
    return ends[1] if ends else None


def after(term: Term, start: datetime, calendar: Calendar) -> datetime | None:
    """The moment from which a plain term is over that began at `start`; None where a year is not declared."""
    try:
        found = due(term, start, calendar)
    except UnknownYear:
        return None
    return found.moment or day_after(found.day, calendar)


def not_before(term: Term, start: datetime, calendar: Calendar) -> datetime | None:
    """The moment from which something may happen that must wait for so long: the beginning of the term's last day."""
    try:
        found = due(term, start, calendar, "as_is")
    except UnknownYear:
        return None
    return found.moment or day_after(found.day - timedelta(days=1), calendar)


def day_after(day: date, calendar: Calendar) -> datetime:
    """The moment in which the day is over."""
    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=ZoneInfo(calendar.time_zone))


def moment_of(value: datetime, calendar: Calendar) -> datetime:
    """A moment of a declaration is wall-clock time of the country; it gets its zone."""
    return value if value.tzinfo else value.replace(tzinfo=ZoneInfo(calendar.time_zone))


def _ends(declared: CaseTerm, course: Course, clocks: Clocks) -> tuple[date, datetime] | None:
    term, start, calendar = course.term(declared), begins(declared, course, clocks), course.country.calendar
    if term is None or start is None:
        return None
    if term.unit == "hours" and not isinstance(start, datetime):
        start = day_after(start, calendar)
    try:
        found = due(term, start, calendar, declared.last_day or None)
    except UnknownYear:
        return None  # no day is better than a wrong one
    return found.day, found.moment or day_after(found.day, calendar)
