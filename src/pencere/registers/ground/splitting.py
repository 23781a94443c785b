"""An area is divided along lines: its pieces, which are together what it was. Pure; by Shapely.

A line need not end exactly on the border: it is drawn on by `_OVER` metres at both ends. What of it lies outside, or
ends inside, divides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot

from pencere.base.ground import soundness
from pencere.base.ground.geometry import Geometry, Position, polygons

_OVER = 1.0
_LEAST = 0.01
"""Square metres: what is smaller comes of rounding, and is no piece."""


def split(area: Geometry, lines: Sequence[Sequence[Position]]) -> list[Geometry]:
    """The pieces, from north to south and then from west to east; one if the lines divide nothing. In degrees."""
    import shapely

    whole = soundness.shaped(area)
    drawn = [shapely.LineString(_longer(line)) for line in lines]
    nodes = shapely.union_all([whole.boundary, *drawn])
    found = shapely.polygonize([nodes]).geoms
    pieces = [each for each in found if whole.contains(each.representative_point())]
    made = [_geometry(each) for each in pieces]
    kept = [each for each in made if soundness.area(each) > _LEAST]
    return sorted(kept, key=lambda each: (-_middle(each)[1], _middle(each)[0]))


def _longer(line: Sequence[Position]) -> list[Position]:
    return [_on(line[1], line[0]), *line, _on(line[-2], line[-1])]


def _on(before: Position, last: Position) -> Position:
    """A metre beyond the last point."""
    north, east = soundness.metres_of_a_degree(last[1])
    x, y = (last[0] - before[0]) * east, (last[1] - before[1]) * north
    length = hypot(x, y) or 1.0
    return last[0] + x / length * _OVER / east, last[1] + y / length * _OVER / north


def _geometry(piece: object) -> Geometry:
    rings = [piece.exterior, *piece.interiors]  # type: ignore[attr-defined]
    return {"type": "Polygon", "coordinates": [[[round(x, 9), round(y, 9)] for x, y in ring.coords] for ring in rings]}


def _middle(area: Geometry) -> Position:
    ring = polygons(area)[0][0][:-1]
    return sum(x for x, _y in ring) / len(ring), sum(y for _x, y in ring) / len(ring)
