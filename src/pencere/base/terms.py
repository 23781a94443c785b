"""Terms of law: hours, days, months, years and the counts that a country declares in `calendar.yaml`.

The day on which a term begins is not counted. A month or year ends on the day of the same number, or on the last
day of a shorter month. A term that ends on a rest day ends on the next working day, where the country says so.
Every look at a day of a year that nobody declared raises UnknownYear: a wrong date is worse than none.
"""

from __future__ import annotations

import calendar as months_of_the_year
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pencere.base.errors import Unavailable

UNITS = ("hours", "calendar_days", "months", "years")
"""Units that every country has; its own counts come on top."""

DAY_KINDS = ("holiday", "mourning", "voting", "moved_rest", "working", "moved_work")
"""working: a named day on which one works. moved_work: a weekend day that was made a working day."""

LAST_DAYS = ("next_working_day", "as_is")

_ONE_DAY = timedelta(days=1)


class UnknownYear(Unavailable):
    """The days of a year are not declared yet, so a term that touches it cannot be computed."""

    def __init__(self, year: int) -> None:
        super().__init__("calendar", f"the days of {year} are not declared", retry_after_seconds=24 * 3600)
        self.year = year


@dataclass(frozen=True, slots=True)
class Day:
    """A day that is not like others. `state`: official, or estimated until the yearly decision is published."""

    kind: str
    names: Mapping[str, str] = field(default_factory=dict)
    act: str = ""
    state: str = "official"
    place: object = None


@dataclass(frozen=True, slots=True)
class Count:
    """A way of counting days: the kinds of day that are skipped (`weekend` and the kinds above), and the law."""

    name: str
    skip: tuple[str, ...]
    law: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """A country's days. `weekend` holds weekday numbers, Monday is 0; `years` are those whose days are declared."""

    counts: Mapping[str, Count]
    weekend: tuple[int, ...]
    days: Mapping[date, Day]
    last_day: str
    years: frozenset[int]
    time_zone: str


@dataclass(frozen=True, slots=True)
class Term:
    """`10 working_days`."""

    amount: int
    unit: str

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}"


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of a term; `moment` only for terms in hours. `estimated`: an estimated day was counted or skipped,
    so the term is computed again when that day becomes official."""

    day: date
    moment: datetime | None
    estimated: bool


def parse_term(text: str) -> Term:
    """`10 working_days`. Raises ValueError; whether the unit exists, the calendar knows (`knows_unit`)."""
    amount, _, unit = text.strip().partition(" ")
    if not amount.isascii() or not amount.isdigit() or not unit.strip():
        raise ValueError(f'a term is a number and a unit, "10 working_days", not "{text}"')
    return Term(int(amount), unit.strip())


def knows_unit(unit: str, calendar: Calendar) -> bool:
    return unit in UNITS or unit in calendar.counts


def due(term: Term, start: date | datetime, calendar: Calendar, last_day: str | None = None) -> Due:
    """When the term ends that began at `start`: a moment (aware), or a day of the country.

    Raises UnknownYear if it touches a year without declared days; ask with last_day "as_is" for terms of storage,
    which end on any day of any year.
    """
    if term.unit == "hours":
        if not isinstance(start, datetime):
            raise ValueError("a term in hours begins at a moment, not on a day")
        moment = start + timedelta(hours=term.amount)
        return Due(_day_of(moment, calendar), moment, estimated=False)
    first = _day_of(start, calendar)
    estimated = False
    if term.unit == "calendar_days":
        end = first + term.amount * _ONE_DAY
    elif term.unit == "months":
        end = months_later(first, term.amount)
    elif term.unit == "years":
        end = months_later(first, 12 * term.amount)
    else:
        end, estimated = _count_on(calendar.counts[term.unit], first, term.amount, calendar)
    if (last_day or calendar.last_day) == "next_working_day":
        while is_rest(end, calendar):
            estimated = estimated or _is_estimated(end, calendar)
            end += _ONE_DAY
        estimated = estimated or _is_estimated(end, calendar)
    return Due(end, None, estimated)


def is_past(kept: Term, began: date, today: date, calendar: Calendar) -> bool:
    """Whether something that is kept for a term of storage from a day on may be kept no longer."""
    return due(kept, began, calendar, "as_is").day < today


def days_in(count: str, from_: date, to: date, calendar: Calendar) -> int:
    """Days that count after `from_` until `to`, included: what remains of a term. Negative when `to` is past."""
    if to < from_:
        return -days_in(count, to, from_, calendar)
    rule = calendar.counts[count]
    return sum(not is_skipped(from_ + ahead * _ONE_DAY, rule, calendar) for ahead in range(1, (to - from_).days + 1))


def is_skipped(day: date, count: Count, calendar: Calendar) -> bool:
    kind = _kind_of(day, calendar)
    if kind in count.skip:
        return True
    return "weekend" in count.skip and day.weekday() in calendar.weekend and kind != "moved_work"


def is_rest(day: date, calendar: Calendar) -> bool:
    """A weekend or any day on which the state does not work: no term may end on it."""
    kind = _kind_of(day, calendar)
    if kind in ("working", "moved_work", ""):
        return day.weekday() in calendar.weekend and kind != "moved_work"
    return True


def months_later(day: date, months: int) -> date:
    """The day of the same number, or the last day of a shorter month: 31 January and one month is 28 February."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = months_of_the_year.monthrange(years, month + 1)[1]
    return date(years, month + 1, min(day.day, last))


def years_later(day: date, years: int) -> date:
    """29 February becomes 28 February in a common year."""
    return months_later(day, 12 * years)


def full_months(from_: date, to: date) -> int:
    """The greatest number of months after which `to` is reached; negative when `to` is before."""
    if to < from_:
        return -full_months(to, from_)
    months = (to.year - from_.year) * 12 + to.month - from_.month
    if from_.day <= to.day:
        return months
    return months if months_later(from_, months) <= to else months - 1


def full_years(from_: date, to: date) -> int:
    """An age: who was born on 29 February is a year older on 28 February of a common year."""
    months = full_months(from_, to)
    return months // 12 if months >= 0 else -(-months // 12)


def is_below(until_age: int | None, born_on: date | None, today: date) -> bool:
    """Whether somebody is young enough to be acted for. An unknown birthday is no proof; None is no limit."""
    return until_age is None or (born_on is not None and full_years(born_on, today) < until_age)


def _count_on(rule: Count, day: date, amount: int, calendar: Calendar) -> tuple[date, bool]:
    estimated = False
    left = amount
    while left > 0:
        day += _ONE_DAY
        estimated = estimated or _is_estimated(day, calendar)
        if not is_skipped(day, rule, calendar):
            left -= 1
    return day, estimated


def _kind_of(day: date, calendar: Calendar) -> str:
    if day.year not in calendar.years:
        raise UnknownYear(day.year)
    special = calendar.days.get(day)
    return special.kind if special else ""


def _is_estimated(day: date, calendar: Calendar) -> bool:
    special = calendar.days.get(day)
    return special is not None and special.state == "estimated"


def _day_of(start: date | datetime, calendar: Calendar) -> date:
    if not isinstance(start, datetime):
        return start
    if start.tzinfo is None:
        raise ValueError("a moment has a time zone")
    return start.astimezone(ZoneInfo(calendar.time_zone)).date()
