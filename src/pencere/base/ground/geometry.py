"""A shape as GeoJSON has it (RFC 7946): its kind, its corners, its rings. Pure, without any library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

NAMED = {"point": "Point", "line": "LineString", "polygon": "Polygon", "multipolygon": "MultiPolygon"}
"""The shape as a declaration calls it -> as GeoJSON does."""
AREAS = ("polygon", "multipolygon")
DEGREES = "EPSG:4326"

Position = tuple[float, float]
Geometry = Mapping[str, Any]


def is_sound(shape: str, at: object, *, degrees: bool) -> bool:
    """Whether coordinates are written as those of such a shape are: nothing is said of where its lines run."""
    if shape == "point":
        return _is_position(at, degrees)
    if shape == "line":
        return isinstance(at, list) and len(at) >= 2 and all(_is_position(each, degrees) for each in at)
    if shape == "polygon":
        return isinstance(at, list) and bool(at) and all(_is_ring(each, degrees) for each in at)
    return isinstance(at, list) and bool(at) and all(is_sound("polygon", each, degrees=degrees) for each in at)


def _is_position(value: object, degrees: bool) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(part, int | float) and not isinstance(part, bool) for part in value)
        and (-180 <= value[0] <= 180 and -90 <= value[1] <= 90 if degrees else max(map(abs, value)) < 1e9)
    )


def _is_ring(value: object, degrees: bool) -> bool:
    return (
        isinstance(value, list)
        and len(value) >= 4
        and all(_is_position(each, degrees) for each in value)
        and value[0] == value[-1]
    )


def polygons(geometry: Geometry) -> list[list[list[Any]]]:
    """The areas of a shape, each a list of rings: the border first, then its holes. None for points and lines."""
    kind, at = geometry["type"], geometry["coordinates"]
    return [at] if kind == "Polygon" else list(at) if kind == "MultiPolygon" else []


def positions(geometry: Geometry) -> Iterator[Position]:
    """All corners; of a ring the last, which is the first again, too."""
    kind, at = geometry["type"], geometry["coordinates"]
    if kind == "Point":
        yield (at[0], at[1])
    elif kind == "LineString":
        yield from ((each[0], each[1]) for each in at)
    else:
        yield from ((each[0], each[1]) for rings in polygons(geometry) for ring in rings for each in ring)


def right_handed(geometry: Geometry) -> Geometry:
    """The same shape with borders against the clock and holes with it, as RFC 7946 wants what is given out."""
    if not polygons(geometry):
        return geometry
    turned = [
        [ring if (_turn(ring) > 0) == (place == 0) else ring[::-1] for place, ring in enumerate(rings)]
        for rings in polygons(geometry)
    ]
    return {"type": geometry["type"], "coordinates": turned[0] if geometry["type"] == "Polygon" else turned}


def well_known_text(geometry: Geometry) -> str:
    """As ISO 19125 writes it: POLYGON((50.17 40.43, ...))."""

    def corners(at: Any) -> str:
        return ", ".join(f"{x:.12g} {y:.12g}" for x, y in at)

    def area(rings: Any) -> str:
        return "(" + ", ".join(f"({corners(ring)})" for ring in rings) + ")"

    kind, at = geometry["type"], right_handed(geometry)["coordinates"]
    if kind == "Point":
        return f"POINT({corners([at])})"
    if kind == "LineString":
        return f"LINESTRING({corners(at)})"
    return f"POLYGON{area(at)}" if kind == "Polygon" else f"MULTIPOLYGON({', '.join(map(area, at))})"


def _turn(ring: list[Any]) -> float:
    """Twice the area, positive against the clock."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))
