"""Who may do what at the papers of a register: its declaration names two roles, at its own agency."""

from __future__ import annotations

from dataclasses import dataclass

from pencere import country
from pencere.identity.queries import Who
from pencere.registers.paper.typing import intake_of
from pencere.registers.rules import Shape
from pencere.registers.using import shape_of

HEAD = "head"
"""Who sees how much each officer did."""


@dataclass(frozen=True, slots=True)
class Seat:
    """What an officer may do at the papers of one register; the roles are empty where they do not hold them."""

    shape: Shape
    types_as: str
    settles_as: str
    is_head: bool

    @property
    def role(self) -> str:
        """Under which role they look."""
        return self.types_as or self.settles_as


def seat_of(who: Who, register_id: str) -> Seat | None:
    """None: nothing of these papers is theirs to see."""
    shape = shape_of(register_id)
    intake, agency = intake_of(shape), shape.register.agency
    by, third = intake.by.removeprefix("officer."), intake.third.removeprefix("officer.")
    types_as = by if who.holds(by, agency=agency) else ""
    settles_as = third if who.holds(third, agency=agency) else ""
    if not types_as and not settles_as:
        return None
    return Seat(shape, types_as, settles_as, who.holds(HEAD, agency=agency))


def seats_of(who: Who) -> dict[str, Seat]:
    """Register -> seat, for every register whose papers are theirs to see."""
    found = {}
    for id_, register in country.current().registers.items():
        if register.paper is not None and register.kept == "here" and (seat := seat_of(who, id_)) is not None:
            found[id_] = seat
    return found
