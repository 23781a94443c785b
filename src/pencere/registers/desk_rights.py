"""Who of the agency that keeps a register sees and changes its rows on screen, as its `desk` declares.

Nobody else: a register without `desk`, of another agency, or kept elsewhere looks like one that does not exist.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pencere import country
from pencere.base.purpose import Purpose
from pencere.country.declarations import Register
from pencere.identity.queries import Office, Who
from pencere.registers import showing

SERVICE = "registers"
"""What the ledger calls these pages (`Purpose.service`)."""


@dataclass(frozen=True, slots=True)
class Seat:
    """An officer before a register of their agency: under which office they look, write, confirm; None: never."""

    register: Register
    account: str
    identifier: str
    looks: Office
    writes: Office | None
    confirms: Office | None

    @property
    def recorded_by(self) -> str:
        """How the register names who recorded something: an account, never an identifier of a person."""
        return f"account:{self.account}"

    def purpose(self, stated: str) -> Purpose:
        """Why the officer looks: the register's own law, and what they wrote for what."""
        return Purpose(
            ground="oversight",
            act=str(self.register.law[0]),
            service=SERVICE,
            case=stated,
            agency=self.register.agency,
            who=f"officer:{self.looks.role}",
            person=self.account,
        )


def seat(register_id: str, who: Who) -> Seat | None:
    """Where this officer sits before the register; None if they may not see it."""
    register = country.current().registers.get(register_id)
    desk = register.desk if register is not None and register.kept == "here" else None
    if register is None or desk is None:
        return None
    here = tuple(office for office in who.offices if office.agency == register.agency)
    writes, confirms = _first(here, desk.write), _first(here, desk.second or desk.write)
    looks = _first(here, desk.look) or writes or confirms
    if any(showing.is_special(register.fields[name]) for name in register.key):
        writes = None  # which row it is could not be shown
    if looks is None:
        return None
    return Seat(register, who.account_id, who.identifier, looks, writes, confirms)


def register_of(register_id: str) -> Register:
    """As it is declared. Raises LookupError."""
    return country.current().registers[register_id]


def seats(who: Who) -> tuple[Seat, ...]:
    """Of every register that this officer may see."""
    agencies = {office.agency for office in who.offices}
    registers = (each.id for each in country.current().registers.values() if each.agency in agencies)
    return tuple(found for each in registers if (found := seat(each, who)) is not None)


def _first(offices: Iterable[Office], roles: Iterable[str]) -> Office | None:
    named = {role.removeprefix("officer.") for role in roles}
    return next((office for office in offices if office.role in named), None)
