"""The declared registers in use, each with its shape made ready once."""

from __future__ import annotations

from pencere import country
from pencere.country.declarations import Country, Register
from pencere.registers.rules import Shape

_shapes: dict[str, Shape] = {}
_fills: dict[str, tuple[tuple[str, str], ...]] = {}
_fills_of: list[Country] = []


def shape_of(register_id: str) -> Shape:
    """Raises LookupError if the country declares no such register."""
    here = country.current()
    register: Register | None = here.registers.get(register_id)
    if register is None:
        raise LookupError(f"no register {register_id!r} is declared")
    shape = _shapes.get(register_id)
    if shape is None or shape.country is not here:
        shape = _shapes[register_id] = Shape(here, register)
    return shape


def fills(register_id: str) -> tuple[tuple[str, str], ...]:
    """The capacities (register, name) whose places the rows of this register take."""
    here = country.current()
    if not _fills_of or _fills_of[0] is not here:
        found: dict[str, list[tuple[str, str]]] = {}
        for register in here.registers.values():
            for capacity in register.capacity.values():
                if capacity.taken_by is not None:
                    found.setdefault(capacity.taken_by.partition(".")[0], []).append((register.id, capacity.name))
        _fills.clear()
        _fills.update({name: tuple(several) for name, several in found.items()})
        _fills_of[:] = [here]
    return _fills.get(register_id, ())
