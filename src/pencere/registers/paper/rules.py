"""Two versions of a paper held against each other; which agreed ones are checked; error rates, pace, forecast. Pure.

The rates, of one field:
- *disagreement*: papers in which the two versions differ, of those typed twice. It is found and settled, so it is no
  error of the register; it says how hard the field is to read.
- *residual, estimated*: the share of papers in which both erred alike, so that nobody noticed. If two people err
  independently with rates p and q, both err in p*q of the papers (the independence of two observers on which Chandra
  Sekar and Deming estimate events that both missed: Journal of the American Statistical Association 44, 1949, pages 101
  to 115). p and q are how often the third found the first and the second version wrong. That two people err in the same
  way is rarer, so p*q is too high where slips are random; and too low where the paper itself misleads both. Hence:
- *residual, measured*: what the third found wrong in the sample of agreed papers, with the 95 % interval of Wilson
  (Journal of the American Statistical Association 22, 1927, pages 209 to 212), which holds for few and for no errors.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from pencere.base import terms
from pencere.base.terms import Calendar, UnknownYear

SCANNED, ONCE, THIRD, ENTERED, UNREADABLE, TAKEN_BACK = (
    "scanned", "once", "third", "entered", "unreadable", "taken_back",
)  # fmt: skip
TO_TYPE, OPEN, FINISHED = (SCANNED, ONCE), (SCANNED, ONCE, THIRD), (ENTERED, UNREADABLE)
DIFFERS, SAMPLE, REFUSED = "differs", "sample", "refused"
"""What the third is asked."""
BLANK, CANNOT_READ = "blank", "unreadable"
MARKS = (BLANK, CANNOT_READ)

CLAIM = timedelta(minutes=30)
"""So long a paper waits for the officer who has it open; each time they open it, anew."""
LEAST_COMPARED = 30
"""Of fewer papers no rate is said."""
DAYS_LOOKED_BACK, LEAST_DAYS, LEAST_PAPERS = 20, 5, 20
"""The pace is that of the last 20 working days; with less behind it, the end is not forecast."""
_Z = 1.959963984540054  # 97.5 % of the normal distribution lie below


@dataclass(frozen=True, slots=True)
class Version:
    """What somebody read in a paper: a value for each field as JSON holds it (`None`: blank or unreadable)."""

    values: Mapping[str, object]
    marks: Mapping[str, str] = field(default_factory=dict)

    def of(self, name: str) -> tuple[str, object]:
        """Value and mark as one thing that can be compared; a field left empty is blank."""
        value = self.values.get(name)
        return ("value", value) if value is not None else (self.marks.get(name, BLANK), None)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which two versions differ. `letters`: by letters alone that are easily confused (ə and e, ı and i)."""

    field: str
    letters: bool


def keeper(paper: int) -> str:
    """Who needs the scan of a paper besides the row."""
    return f"paper:{paper}"


def differences(
    first: Version, second: Version, fields: Sequence[str], fold: Callable[[str], str]
) -> tuple[Difference, ...]:
    """The fields in which the versions differ, in order. Values are the register's, so what it takes as one is one."""
    found = []
    for name in fields:
        if first.of(name) == second.of(name):
            continue
        one, other = first.values.get(name), second.values.get(name)
        alike = isinstance(one, str) and isinstance(other, str) and fold(one) == fold(other)
        found.append(Difference(name, alike))
    return tuple(found)


def is_sampled(number: int, percent: Decimal) -> bool:
    """Whether the agreed paper of this number (from 1) is checked: of any 100 in a row `percent` are."""
    return math.floor(number * percent / 100) > math.floor((number - 1) * percent / 100)


# --- errors


@dataclass(frozen=True, slots=True)
class Count:
    """Of one field. `settled`: differences that the third has decided; `checked`: agreed ones the third looked at."""

    field: str
    compared: int = 0
    differed: int = 0
    settled: int = 0
    first_wrong: int = 0
    second_wrong: int = 0
    checked: int = 0
    found_wrong: int = 0


@dataclass(frozen=True, slots=True)
class Measured:
    """A share with the interval in which it lies with 95 % certainty."""

    share: float
    least: float
    most: float


def disagreement(count: Count) -> float | None:
    """None: too few papers to say."""
    return count.differed / count.compared if count.compared >= LEAST_COMPARED else None


def residual(count: Count) -> float | None:
    """p*q of the head of this module; papers whose difference is still open are left out of both. None: too few."""
    known = count.compared - (count.differed - count.settled)
    if known < LEAST_COMPARED:
        return None
    return (count.first_wrong / known) * (count.second_wrong / known)


def measured(count: Count) -> Measured | None:
    """What the sample found; None before anything was checked."""
    if not count.checked:
        return None
    return wilson(count.found_wrong, count.checked)


def wilson(found: int, of: int) -> Measured:
    share, square = found / of, _Z**2
    middle = (share + square / (2 * of)) / (1 + square / of)
    reach = _Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    least = 0.0 if found == 0 else max(0.0, middle - reach)  # exactly: what rounding leaves is no share
    most = 1.0 if found == of else min(1.0, middle + reach)
    return Measured(share, least, most)


# --- pace and forecast


@dataclass(frozen=True, slots=True)
class Pace:
    """Papers finished on each of the last working days, oldest first, without today, which is not over."""

    by_day: tuple[int, ...]

    @property
    def mean(self) -> float:
        return sum(self.by_day) / len(self.by_day) if self.by_day else 0.0


@dataclass(frozen=True, slots=True)
class Forecast:
    """Working days until the last paper, and the day if the calendar knows it. `latest` None: nobody can say."""

    days: int
    on: date | None
    soonest: int
    soonest_on: date | None
    latest: int | None
    latest_on: date | None


def working_days_before(today: date, since: date, calendar: Calendar) -> tuple[date, ...]:
    """The last working days before today, at most 20, none before `since`; oldest first. Raises UnknownYear."""
    found: list[date] = []
    day = today - timedelta(days=1)
    while day >= since and len(found) < DAYS_LOOKED_BACK:
        if not terms.is_rest(day, calendar):
            found.append(day)
        day -= timedelta(days=1)
    return tuple(reversed(found))


def forecast(remaining: int, pace: Pace, today: date, calendar: Calendar) -> Forecast | None:
    """When the last paper is finished at the pace of the last days, two standard errors of the mean either way.

    None: too few days or papers to say.
    """
    days = len(pace.by_day)
    if remaining <= 0 or days < LEAST_DAYS or sum(pace.by_day) < LEAST_PAPERS:
        return None
    mean = pace.mean
    spread = math.sqrt(sum((each - mean) ** 2 for each in pace.by_day) / (days - 1))
    error = 2 * spread / math.sqrt(days)
    likely, soonest = math.ceil(remaining / mean), math.ceil(remaining / (mean + error))
    latest = math.ceil(remaining / (mean - error)) if mean > error else None
    return Forecast(
        likely, _after(likely, today, calendar), soonest, _after(soonest, today, calendar),
        latest, None if latest is None else _after(latest, today, calendar),
    )  # fmt: skip


def _after(days: int, today: date, calendar: Calendar) -> date | None:
    """The day so many working days later; None where the calendar does not reach so far."""
    day = today
    try:
        while days > 0:
            day += timedelta(days=1)
            if not terms.is_rest(day, calendar):
                days -= 1
    except UnknownYear:
        return None
    return day
