"""Whether the area that a row says is that of its shape: not refused, but somebody is asked to look. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pencere.base.ground import soundness

if TYPE_CHECKING:
    from pencere.registers.rules import Shape


@dataclass(frozen=True, slots=True)
class Differing:
    """`path`: the shape. `field`: the area that is said, in square metres; `drawn`: the one of the shape."""

    path: str
    field: str
    said: float
    drawn: float
    within: float


def differing(shape: Shape, values: Mapping[str, object]) -> Iterator[Differing]:
    """Of a row, each shape whose declared area is farther off than the declaration allows (`area_within`)."""
    for path in shape.placed:
        declared = shape.register.fields[path]
        field, geometry = declared.area, values.get(path)
        if field is None or geometry is None or values.get(field) is None:
            continue
        said, drawn = float(str(values[field])), soundness.area(shape.in_degrees(path, geometry))
        if soundness.differs(said, drawn, declared.area_within):
            yield Differing(path, field, said, drawn, declared.area_within)
