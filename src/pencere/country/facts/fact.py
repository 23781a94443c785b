"""One fact of a service: its kind, its source, its possible values, whether it can be unknown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pencere.base.ground.geometry import DEGREES
from pencere.country.cells import Condition
from pencere.country.proof import Domain

PARTY, QUESTION, EVIDENCE, DERIVED, TABLE = "party", "question", "evidence", "derived", "table"
EVENT, FINDING, SIGNED, TOLD, KEPT, PLACE, CHOSEN, CODE, CASE = (
    "event", "finding", "signed", "told", "kept", "place", "chosen", "code", "case",
)  # fmt: skip
GIVEN = (PARTY, QUESTION, EVIDENCE, EVENT, FINDING, SIGNED, TOLD, KEPT, PLACE, CHOSEN, CODE, CASE)
"""Sources from outside; the others are reckoned."""

GROUP = "group"
"""The kind of a fact that is a list of items or rows."""
FINDERS = ("check", "expert", "visit")


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    kind: str  # of fields, or "group"; "" where it cannot be told
    source: str
    values: tuple[str, ...] | None  # of a choice
    may_be_unknown: bool
    personal: str | None
    of: str  # the party, group, evidence, table, place, step …; the fact itself if derived
    may_be_unasked: bool = False
    asked_when: Condition | None = None  # if it may be unasked: when it is asked; None: nothing is known about that
    group: str = ""  # the repeating group, if the fact is one of each of its items
    many: bool = False  # a list of values
    register: str = ""  # of a ref or a place: whose row it names
    shape: str = ""  # of a geometry: point line polygon multipolygon
    crs: str = DEGREES  # of a geometry: its system of coordinates
    always_said: bool = False  # of a person: every person has it
    least: int | Decimal | date | None = None  # nothing smaller can be
    most: int | Decimal | date | None = None

    @property
    def domain(self) -> Domain:
        """What the proof of a table has to know."""
        return Domain(
            self.kind,
            self.values or (),
            self.may_be_unknown,
            self.may_be_unasked,
            self.asked_when,
            self.least,
            self.most,
        )
