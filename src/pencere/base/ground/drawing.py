"""How a shape and what lies around it are drawn small: north up, in metres, with a bar for the scale. Pure.

Degrees become metres by the lengths of a degree at the middle of the shape (plate carrée): over the few kilometres of
a picture true to less than a line is wide. It says where lines run and numbers corners; it writes no words and no
markup (`templates/registers/_map.html` does), and needs no library.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pencere.base.ground import soundness
from pencere.base.ground.geometry import Geometry, Position, polygons, positions

WIDE, HIGH = 320, 240
"""Of the picture, in its own units."""
_FOOT = 28
"""Of the height, kept free for the bar."""
_LEAST = 20.0
"""Metres that the higher side of a window has at least: around a point there is something to see."""
_MARGIN = 0.3
"""Of the shape's longer side, left free on each side of it."""
_LONGEST_BAR = 0.3
_LEAST_DRAWN = 2.0
"""Units: what is smaller is a dot."""


@dataclass(frozen=True, slots=True)
class Window:
    """The piece of the ground that the picture shows: its middle, how long a degree is there, units to a metre."""

    longitude: float
    latitude: float
    east: float
    north: float
    scale: float

    def place(self, longitude: float, latitude: float) -> Position:
        """Where it stands in the picture: units from the left, from the top."""
        x = WIDE / 2 + (longitude - self.longitude) * self.east * self.scale
        y = (HIGH - _FOOT) / 2 - (latitude - self.latitude) * self.north * self.scale
        return x, y

    @property
    def degrees(self) -> tuple[float, float, float, float]:
        """West, south, east, north of all that is in the picture, kept in the world."""
        half = WIDE / 2 / self.scale / self.east
        up, down = (HIGH - _FOOT) / 2 / self.scale / self.north, (HIGH + _FOOT) / 2 / self.scale / self.north
        return (
            max(-180.0, self.longitude - half), max(-90.0, self.latitude - down),
            min(180.0, self.longitude + half), min(90.0, self.latitude + up),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another shape in the picture. `number`: how the picture calls it, at `x` and `y`; 0 if only its border is in."""

    path: str
    number: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Bar:
    """How large the picture is: so many units of it are so many metres on the ground."""

    units: float
    metres: int

    @property
    def words_at(self) -> float:
        """Where its words begin, from the left."""
        return _short(self.units + 16)


@dataclass(frozen=True, slots=True)
class Picture:
    """`path`: for the attribute `d` of SVG. `kind`: area, line or point; `x`, `y`: where the point is.

    `wide`, `high`: of the shape, in metres.
    """

    path: str
    kind: str
    x: float
    y: float
    neighbours: tuple[Neighbour, ...]
    bar: Bar
    wide: float
    high: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A piece of the ground with all that lies on it. `chosen`: the one that is meant, drawn as in a Picture.

    A shape that would be smaller than a line is wide is a dot: its path is empty.
    """

    shapes: tuple[Neighbour, ...]
    chosen: Picture | None
    bar: Bar


@dataclass(frozen=True, slots=True)
class Corner:
    """`part`, `hole`: of which piece, from 1; hole 0 is the outer border."""

    part: int
    hole: int
    number: int
    longitude: float
    latitude: float


def window(geometry: Geometry) -> Window:
    """Around the whole shape, in degrees."""
    west, south, east, north = bounds(geometry)
    longitude, latitude = (west + east) / 2, (south + north) / 2
    northward, eastward = soundness.metres_of_a_degree(latitude)
    wide, high = (east - west) * eastward, (north - south) * northward
    around = 2 * _MARGIN * max(wide, high)
    scale = min(WIDE / max(wide + around, _LEAST), (HIGH - _FOOT) / max(high + around, _LEAST))
    return Window(longitude, latitude, eastward, northward, scale)


def bounds(geometry: Geometry) -> tuple[float, float, float, float]:
    """West, south, east, north."""
    at = list(positions(geometry))
    return min(x for x, _ in at), min(y for _, y in at), max(x for x, _ in at), max(y for _, y in at)


def in_sight(geometry: Geometry, seen: Window) -> bool:
    """Whether anything of the box around a shape is in the picture, above its bar."""
    west, south, east, north = bounds(geometry)
    left, bottom = seen.place(west, south)
    right, top = seen.place(east, north)
    return right >= 0 and left <= WIDE and bottom >= 0 and top <= HIGH - _FOOT


def picture(geometry: Geometry, neighbours: Iterable[Geometry] = ()) -> Picture:
    """The shape and those around it, numbered in their order; all in degrees."""
    return _picture(geometry, window(geometry), neighbours)


def _picture(geometry: Geometry, seen: Window, neighbours: Iterable[Geometry] = ()) -> Picture:
    west, south, east, north = bounds(geometry)
    x, y = seen.place((west + east) / 2, (south + north) / 2)
    return Picture(
        path=path(geometry, seen),
        kind="point" if geometry["type"] == "Point" else "area" if polygons(geometry) else "line",
        x=_short(x),
        y=_short(y),
        neighbours=tuple(_neighbour(number, each, seen) for number, each in enumerate(neighbours, 1)),
        bar=_bar(seen),
        wide=(east - west) * seen.east,
        high=(north - south) * seen.north,
    )


def _bar(seen: Window) -> Bar:
    metres = round_length(_LONGEST_BAR * WIDE / seen.scale)
    return Bar(_short(metres * seen.scale), metres)


def around_place(longitude: float, latitude: float, metres: float) -> Window:
    """So many metres from west to east."""
    northward, eastward = soundness.metres_of_a_degree(latitude)
    return Window(longitude, latitude, eastward, northward, WIDE / metres)


def sheet(seen: Window, shapes: Iterable[Geometry], chosen: Geometry | None = None) -> Sheet:
    """The shapes in the window, numbered in their order; where there is no room for a number it is 0."""
    return Sheet(
        shapes=tuple(_neighbour(number, each, seen) for number, each in enumerate(shapes, 1)),
        chosen=None if chosen is None else _picture(chosen, seen),
        bar=_bar(seen),
    )


def path(geometry: Geometry, seen: Window) -> str:
    """The lines of a shape as SVG writes them; nothing of a point. Holes are left free by the rule `evenodd`."""
    lines = []
    for line, is_closed in _lines(geometry):
        at = (seen.place(x, y) for x, y in (line[:-1] if is_closed else line))
        lines.append("M" + "L".join(f"{_short(x)} {_short(y)}" for x, y in at) + ("Z" if is_closed else ""))
    return "".join(lines)


def round_length(longest: float) -> int:
    """The longest of 1, 2, 5, 10, 20, 50 … metres that is no longer; 1 at least."""
    found, power = 1, 1
    while power <= longest:
        found = max(each * power for each in (1, 2, 5) if each * power <= longest)
        power *= 10
    return found


def corners(geometry: Geometry) -> Iterator[Corner]:
    """Each once, in the order in which the shape is written."""
    pieces = polygons(geometry)
    if not pieces:
        for number, (x, y) in enumerate(positions(geometry), 1):
            yield Corner(1, 0, number, x, y)
    for part, rings in enumerate(pieces, 1):
        for hole, ring in enumerate(rings):
            for number, (x, y) in enumerate(ring[:-1], 1):
                yield Corner(part, hole, number, x, y)


def _lines(geometry: Geometry) -> Iterator[tuple[list[Position], bool]]:
    if geometry["type"] == "LineString":
        yield [(at[0], at[1]) for at in geometry["coordinates"]], False
    for rings in polygons(geometry):
        for ring in rings:
            yield [(at[0], at[1]) for at in ring], True


def _neighbour(number: int, geometry: Geometry, seen: Window) -> Neighbour:
    """Its number stands in the middle of what is seen of its box, if there is room for it."""
    west, south, east, north = bounds(geometry)
    left, bottom = seen.place(west, south)
    right, top = seen.place(east, north)
    left, right = max(left, 0.0), min(right, float(WIDE))
    top, bottom = max(top, 0.0), min(bottom, float(HIGH - _FOOT))
    has_room = right - left >= 14 and bottom - top >= 14
    x, y = _short((left + right) / 2), _short((top + bottom) / 2)
    is_dot = right - left < _LEAST_DRAWN and bottom - top < _LEAST_DRAWN
    return Neighbour("" if is_dot else path(geometry, seen), number if has_room else 0, x, y)


def _short(value: float) -> float:
    return round(value, 1)
