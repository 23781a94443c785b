"""Whether a shape is one, how large it is, and whether two lie over each other. Pure; by Shapely, PROJ and GEOS.

A shape that is none is refused with where and why; it is never mended, for only the one who drew it knows what was
meant. Sizes are those on the ellipsoid of WGS 84, as a surveyor's are.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from pencere.base.ground.geometry import DEGREES, Geometry, positions

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

_LEAST_DIFFERENCE = 1.0
_WHERE = re.compile(r"\[(?P<x>\S+) (?P<y>\S+)\]")
_REASONS = (
    ("Self-intersection", "crosses_itself"),
    ("Ring Self-intersection", "crosses_itself"),
    ("Hole lies outside shell", "hole_outside"),
    ("Holes are nested", "hole_in_hole"),
    ("Interior is disconnected", "hole_cuts"),
    ("Nested shells", "parts_overlap"),
    ("Duplicate Rings", "crosses_itself"),
    ("Too few points", "too_few_corners"),
)
"""What GEOS says -> the word of code."""


def shaped(geometry: Geometry) -> BaseGeometry:
    """The shape as Shapely has it."""
    import shapely  # costs 27 MB and a third of a second: only where shapes are written

    return shapely.from_geojson(msgspec.json.encode(geometry))


def fault_of(geometry: Geometry) -> tuple[str, str] | None:
    """Why it is no shape, as a word of code, and where ("49.85123 40.41002"); None if it is one."""
    import shapely

    shape = shaped(geometry)
    if shape.geom_type == "LineString" and shape.length == 0:
        return "too_few_corners", _place(*next(positions(geometry)))
    if shapely.is_valid(shape):
        return None
    said = shapely.is_valid_reason(shape)
    where = _WHERE.search(said)
    reason = next((word for begin, word in _REASONS if said.startswith(begin)), "not_a_geometry")
    x, y = (float(where["x"]), float(where["y"])) if where else next(positions(geometry))
    return reason, _place(x, y)


def _place(x: float, y: float) -> str:
    return f"{x:.7f}".rstrip("0").rstrip(".") + " " + f"{y:.7f}".rstrip("0").rstrip(".")


# --- systems of coordinates


def is_known(crs: str) -> bool:
    """Whether the library can turn the system into degrees."""
    if crs == DEGREES:
        return True
    import pyproj

    try:
        to_degrees(crs)
    except pyproj.exceptions.ProjError:
        return False
    return True


@lru_cache(maxsize=16)
def to_degrees(crs: str) -> Any:
    import pyproj

    return pyproj.Transformer.from_crs(crs, DEGREES, always_xy=True)


def in_degrees(geometry: Geometry, crs: str | None) -> Geometry:
    """The same shape in degrees, longitude first."""
    if crs in (None, DEGREES):
        return geometry
    turn = to_degrees(str(crs)).transform

    def moved(at: Any) -> Any:
        if isinstance(at[0], int | float):
            x, y = turn(at[0], at[1])
            return [round(x, 9), round(y, 9)]
        return [moved(each) for each in at]

    return {"type": geometry["type"], "coordinates": moved(geometry["coordinates"])}


# --- sizes


def area(geometry: Geometry) -> float:
    """Square metres of a shape in degrees, on the ellipsoid; 0 for points and lines."""
    if "Polygon" not in geometry["type"]:
        return 0.0
    return abs(_geod().geometry_area_perimeter(_oriented(shaped(geometry)))[0])


def common_area(one: Geometry, other: Geometry) -> float:
    """Square metres that both areas in degrees cover, on the ellipsoid; 0 for points and lines."""
    import shapely

    common = shapely.intersection(shaped(one), shaped(other))
    areas = [part for part in shapely.get_parts(common) if part.geom_type == "Polygon"]
    return float(sum(abs(_geod().geometry_area_perimeter(_oriented(part))[0]) for part in areas))


def length(geometry: Geometry) -> float:
    """Metres along a line, or around an area."""
    return float(_geod().geometry_length(shaped(geometry)))


def differs(declared: float, drawn: float, within: float) -> bool:
    """Whether the area that a row says is another one than that of its shape; `within`: percent that it may be off."""
    return abs(declared - drawn) > max(within / 100 * drawn, _LEAST_DIFFERENCE)


@lru_cache(maxsize=1)
def _geod() -> Any:
    import pyproj

    return pyproj.Geod(ellps="WGS84")


def _oriented(shape: BaseGeometry) -> BaseGeometry:
    import shapely

    return shapely.orient_polygons(shape)


# --- two shapes


def flat(shapes: Any, latitude: float) -> Any:
    """Shapes in degrees as they lie in metres around that latitude; true to a few parts in ten thousand."""
    import numpy as np
    import shapely

    north, east = metres_of_a_degree(latitude)
    scale = np.array([east, north])
    return shapely.transform(shapes, lambda at: at * scale)


def metres_of_a_degree(latitude: float) -> tuple[float, float]:
    """Northward and eastward, on the ellipsoid of WGS 84."""
    phi = math.radians(latitude)
    north = 111132.954 - 559.822 * math.cos(2 * phi) + 1.175 * math.cos(4 * phi)
    east = 111412.84 * math.cos(phi) - 93.5 * math.cos(3 * phi) + 0.118 * math.cos(5 * phi)
    return north, max(east, 1e-3)


def overlap(one: BaseGeometry, other: BaseGeometry, tolerance: float) -> bool:
    """Whether two areas lie over each other anywhere by more than the tolerance, in metres; borders may touch."""
    import shapely

    if not shapely.intersects(one, other):
        return False
    return is_deep(shapely.intersection(one, other), tolerance)


def is_deep(common: BaseGeometry, tolerance: float) -> bool:
    """Whether what two shapes have in common is somewhere wider than the tolerance."""
    import shapely

    if shapely.area(common) == 0:
        return False
    _west, south, _east, north = shapely.bounds(common)
    metres = flat(common, (south + north) / 2)
    return not shapely.is_empty(shapely.buffer(metres, -tolerance / 2))
