"""Which registers an officer may load files into: those of their agency that let one of their roles write (`desk`)."""

from __future__ import annotations

from pencere import country
from pencere.country.declarations import Register
from pencere.identity.queries import Who
from pencere.registers.models import Load


def writers(register: Register) -> tuple[str, ...]:
    """The roles that write; none where nobody sees a row on screen."""
    return _plain(register.desk.write) if register.desk is not None else ()


def seconds(register: Register) -> tuple[str, ...]:
    """The roles that confirm what somebody else wrote."""
    return _plain(register.desk.second or register.desk.write) if register.desk is not None else ()


def is_special(register: Register) -> bool:
    """Whether the register holds data of a special category: then a load needs a second pair of eyes."""
    inner = (each for field in register.fields.values() for each in (field, *field.fields.values()))
    return any(field.personal == "special" for field in inner)


def registers_of(who: Who) -> tuple[Register, ...]:
    return tuple(register for register in country.current().registers.values() if may_load(who, register))


def seen_by(who: Who) -> tuple[Register, ...]:
    """Registers whose loads the officer sees: those they may load into, and those they confirm."""
    every = country.current().registers.values()
    return tuple(register for register in every if may_load(who, register) or _holds(who, register, seconds(register)))


def may_load(who: Who, register: Register) -> bool:
    return _holds(who, register, writers(register))


def may_confirm(who: Who, register: Register, load: Load) -> bool:
    """Special data is confirmed by another than who loaded it."""
    if is_special(register):
        return load.recorded_by != recorded_as(who) and _holds(who, register, seconds(register))
    return may_load(who, register)


def load_of(who: Who, number: int) -> Load | None:
    """A load into such a register; None for all others, as if there were none."""
    load = Load.objects.filter(pk=number).first()
    return load if load is not None and load.register in {register.id for register in seen_by(who)} else None


def _holds(who: Who, register: Register, roles: tuple[str, ...]) -> bool:
    return register.kept == "here" and bool(roles) and who.holds(*roles, agency=register.agency)


def _plain(roles: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(role.removeprefix("officer.") for role in roles)


def recorded_as(who: Who) -> str:
    """How a load names who recorded it: an account, never an identifier."""
    return f"account:{who.account_id}"
