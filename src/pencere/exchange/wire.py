"""What comes back from a holder, as on the wire: JSON values, nothing believed yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

Rows = tuple[dict[str, object], ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """A change was taken: the values that stand in the row now, those that the holder gave among them."""

    values: dict[str, object]
    at: datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that a holder tells, with its number in the holder's list."""

    number: int
    values: dict[str, object]
    at: datetime
