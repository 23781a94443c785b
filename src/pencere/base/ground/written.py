"""A shape as people write it: one corner a line, longitude then latitude in degrees, or GeoJSON (RFC 7946). Pure.

A ring is closed by itself; an empty line begins another ring, which is a hole; a line of dashes begins another part.
Nothing is mended: what is no shape is refused with where and why.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from pencere.base.errors import BadInput
from pencere.base.ground import geometry, soundness
from pencere.base.ground.geometry import NAMED, Geometry

MOST_CORNERS = 5000
MOST_BYTES = 500_000
LEAST = {"point": 1, "line": 2, "polygon": 3, "multipolygon": 3}
"""Points that each line or ring of a shape has at least, as people count them."""
_POINT = re.compile(r"\s*(-?\d{1,3}(?:[.,]\d{1,15})?)\s*[;,\s]\s*(-?\d{1,2}(?:[.,]\d{1,15})?)\s*")
_DASHES = re.compile(r"[ \t]*[-–—]+[ \t]*")
_DIGITS = 9
"""Of a degree: a tenth of a millimetre. More is what a computer made of it."""
_DEGREES = re.compile(r"CRS:?84|EPSG:(:|0:)?4326")

Ring = list[list[float]]


def read(text: str, shape: str) -> Geometry | None:
    """The shape, None if nothing is written. Raises BadInput with a reason, and where in the text or on the ground.

    point (line) · too_few (least) · too_many · too_large (most) · not_json (line, column) · other_shape (found) ·
    several (found) · other_crs · not_a_geometry · and the reasons of `soundness.fault_of` (at).
    """
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        return None
    if len(text.encode()) > MOST_BYTES:
        raise BadInput("too_large", most=MOST_CORNERS)
    found = _of_json(text, shape) if text[0] in "{[" else _of_lines(text, shape)
    if sum(1 for _corner in geometry.positions(found)) > MOST_CORNERS:
        raise BadInput("too_large", most=MOST_CORNERS)
    fault = soundness.fault_of(found)
    if fault is not None:
        raise BadInput(fault[0], at=fault[1])
    return found


def write(shape: Geometry) -> str:
    """As `read` reads it, one corner a line."""
    kind, at = shape["type"], shape["coordinates"]
    if kind == "Point":
        return _line(at)
    if kind == "LineString":
        return "\n".join(map(_line, at))
    parts = geometry.polygons(shape)
    return "\n---\n".join("\n\n".join("\n".join(map(_line, _open(ring))) for ring in rings) for rings in parts)


# ---- lines of text


def _of_lines(text: str, shape: str) -> Geometry:
    made: list[list[Ring]] = [[[]]]
    for number, line in enumerate(text.split("\n"), 1):
        if _DASHES.fullmatch(line):
            made.append([[]])
        elif not line.strip():
            made[-1].append([])
        else:
            made[-1][-1].append(_point(line, number))
    made = [[points for points in rings if points] for rings in made if any(rings)]
    least = LEAST[shape]
    if not made or any(len(points) < least for rings in made for points in rings):
        raise BadInput("too_few", least=least)
    alone = shape != "multipolygon" and len(made) > 1
    if alone or (shape in ("point", "line") and len(made[0]) > 1) or (shape == "point" and len(made[0][0]) > 1):
        raise BadInput("too_many")
    if shape == "point":
        return {"type": "Point", "coordinates": made[0][0][0]}
    if shape == "line":
        return {"type": "LineString", "coordinates": made[0][0]}
    closed = [[_closed(points) for points in rings] for rings in made]
    return {"type": NAMED[shape], "coordinates": closed if shape == "multipolygon" else closed[0]}


def _point(line: str, number: int) -> list[float]:
    found = _POINT.fullmatch(line)
    at = [float(part.replace(",", ".")) for part in found.groups()] if found else [999.0, 0.0]
    if abs(at[0]) > 180 or abs(at[1]) > 90:
        raise BadInput("point", line=number)
    return at


def _line(at: Any) -> str:
    return f"{_number(at[0])} {_number(at[1])}"


def _number(value: float) -> str:
    text = f"{value:.{_DIGITS}f}"
    return text.rstrip("0").rstrip(".")


def _closed(ring: Ring) -> Ring:
    return ring if len(ring) > 3 and ring[0] == ring[-1] else [*ring, ring[0]]


def _open(ring: Any) -> Any:
    return ring[:-1] if len(ring) > 2 and ring[0] == ring[-1] else ring


# ---- GeoJSON


def _of_json(text: str, shape: str) -> Geometry:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as problem:
        raise BadInput("not_json", line=problem.lineno, column=problem.colno) from None
    except (ValueError, RecursionError):
        raise BadInput("not_json", line=1, column=1) from None
    return of_value(value, shape)


def of_value(value: object, shape: str) -> Geometry:
    """A shape from what GeoJSON says: a geometry, a feature, or a collection of one. Raises BadInput."""
    found = _alone(value)
    kind, at = found.get("type"), found.get("coordinates")
    wanted = NAMED[shape]
    if wanted == "MultiPolygon" and kind == "Polygon":
        kind, at = wanted, [at]
    elif kind == f"Multi{wanted}" and isinstance(at, list) and len(at) == 1:
        kind, at = wanted, at[0]
    if kind != wanted:
        raise BadInput("other_shape", found=str(kind)[:40])
    plain = _rounded(at)
    if not geometry.is_sound(shape, plain, degrees=True):
        raise BadInput("not_a_geometry")
    return {"type": wanted, "coordinates": plain}


def _alone(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadInput("not_a_geometry")
    _demand_degrees(value.get("crs"))
    kind = value.get("type")
    inside = {"Feature": "geometry", "FeatureCollection": "features", "GeometryCollection": "geometries"}.get(str(kind))
    if inside is None:
        return value
    several = value.get(inside)
    if isinstance(several, list):
        if len(several) != 1:
            raise BadInput("several", found=len(several))
        several = several[0]
    if not isinstance(several, Mapping) or several.get("type") == kind:
        raise BadInput("not_a_geometry")
    return _alone(several)


def _demand_degrees(crs: object) -> None:
    """Older files name the system of their coordinates; only degrees are taken, for guessing would move the shape."""
    if crs is None:
        return
    named = crs.get("properties") if isinstance(crs, Mapping) else None
    name = str(named.get("name")) if isinstance(named, Mapping) else ""
    if not _DEGREES.search(name):
        raise BadInput("other_crs", found=name[:40])


def _rounded(at: object) -> Any:
    """Coordinates to a tenth of a millimetre, longitude and latitude; a height is left out."""
    if not isinstance(at, list):
        return at
    if at and all(isinstance(part, int | float) and not isinstance(part, bool) for part in at):
        return [round(float(part), _DIGITS) + 0.0 for part in at[:2]] if max(map(abs, at)) < 1e9 else at
    return [_rounded(each) for each in at]
