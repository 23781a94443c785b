"""The declared registers in use, each with its shape made ready once."""

from __future__ import annotations

from pencere import country
from pencere.country.declarations import Register
from pencere.registers.rules import Shape

_shapes: dict[str, Shape] = {}


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
