"""What a holder is asked and sent, and what comes back, as on the wire: JSON values, nothing believed yet. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pencere.base.narrowing import WHOLE, Narrowed
from pencere.base.purpose import Purpose

Rows = tuple[dict[str, object], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What a holder is asked."""

    register: str
    answer: str
    by: Mapping[str, object]
    take: tuple[str, ...]
    purpose: Purpose
    now: datetime
    narrowed: Narrowed = WHOLE


@dataclass(frozen=True, slots=True)
class Change:
    """What a holder is to write, once under that key."""

    register: str
    name: str
    row: Mapping[str, object]
    key: str
    valid_from: date
    recorded_by: str
    now: datetime
    hold: str = ""
    corrects: str = ""  # the key of an earlier change, whose row is said anew; or, with an empty row, taken back
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a holder is to tell of: events after a number."""

    register: str
    event: str
    after: int
    limit: int
    purpose: Purpose
    now: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """A change was taken: the values that stand in the row now, those that the holder gave among them."""

    values: dict[str, object]
    at: datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that a holder tells, with its number in the holder's list, or why it cannot tell it."""

    number: int
    values: dict[str, object]
    at: datetime
    problem: str = ""
