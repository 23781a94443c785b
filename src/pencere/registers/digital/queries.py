"""How digital the registers are, as pages and monitors read it: of counts that were made before, nothing of anybody."""

from __future__ import annotations

from pencere import country
from pencere.registers.digital.measuring import measured_of
from pencere.registers.digital.models import Measure
from pencere.registers.digital.reckoning import Digital, reckon
from pencere.registers.paper.queries import backlog


def digital(register_id: str) -> Digital:
    """Of one register. Raises LookupError if the country declares no such register."""
    register = country.current().registers.get(register_id)
    if register is None:
        raise LookupError(f"no register {register_id!r} is declared")
    found = Measure.objects.filter(register=register_id).first()
    return reckon(register, measured_of(found) if found else None, backlog(register_id) if register.paper else (0, 0))


def all_digital() -> tuple[Digital, ...]:
    """Of every declared register, in the order of their ids."""
    known = {each.register: measured_of(each) for each in Measure.objects.all()}
    return tuple(
        reckon(register, known.get(register.id), backlog(register.id) if register.paper else (0, 0))
        for _, register in sorted(country.current().registers.items())
    )
