"""The box around a shape, and how it stands in the index of rows so that what lies there is found by text alone. Pure.

An entry is one text of hexadecimal digits: the size of the grid, the cell of it in which the south-west corner lies,
then west, south, east and north. The grid is the finest whose cells are as large as the box; so a box reaches at most
into the next cell to the east and to the north, and what may meet a box stands in few spans of the index, whatever
the sizes of the shapes. Degrees are counted in ten-millionths (a centimetre), the box always a little too large.
Why a text and no spatial index: docs/decisions/0014.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from pencere.base.ground.geometry import Geometry, positions

PLACED = "@"
"""Behind the name of a field: the entries of this kind."""
_UNITS = 10_000_000
_BITS = tuple(range(9, 34, 2))
"""Sizes of cells as powers of two: 5 metres at the equator, then each four times as large, up to the whole world."""
_MOST_COLUMNS = 96
_MOST_IN_COLUMN = 8
_COLUMN, _CELL, _LAST = 8, 14, "f" * 32
WEST, SOUTH, EAST, NORTH = 15, 23, 31, 39
"""Where each side stands in an entry (from 1, as SQL counts); 8 signs each."""
SIDE = 8


class Box(NamedTuple):
    """In ten-millionths of a degree, counted from the west and the south end of the world."""

    west: int
    south: int
    east: int
    north: int

    def meets(self, other: Box) -> bool:
        return (
            self.west <= other.east
            and other.west <= self.east
            and self.south <= other.north
            and other.south <= self.north
        )


def around(geometry: Geometry) -> Box:
    """The box of a shape in degrees."""
    at = list(positions(geometry))
    return of_degrees(min(x for x, _ in at), min(y for _, y in at), max(x for x, _ in at), max(y for _, y in at))


def of_degrees(west: float, south: float, east: float, north: float) -> Box:
    """Rounded outwards, and kept in the world."""
    return Box(
        max(0, math.floor((west + 180) * _UNITS) - 1),
        max(0, math.floor((south + 90) * _UNITS) - 1),
        min(360 * _UNITS, math.ceil((east + 180) * _UNITS) + 1),
        min(180 * _UNITS, math.ceil((north + 90) * _UNITS) + 1),
    )


def degrees(box: Box) -> tuple[float, float, float, float]:
    """West, south, east, north."""
    return (
        box.west / _UNITS - 180, box.south / _UNITS - 90, box.east / _UNITS - 180, box.north / _UNITS - 90,
    )  # fmt: skip


def entry(box: Box) -> str:
    size = max(box.east - box.west, box.north - box.south)
    level = next(place for place, bits in enumerate(_BITS) if 1 << bits >= size)
    bits = _BITS[level]
    return (
        f"{_cell(level, box.west >> bits, box.south >> bits)}{box.west:08x}{box.south:08x}{box.east:08x}{box.north:08x}"
    )


def read(entry: str) -> Box:
    at = _CELL
    return Box(*(int(entry[at + SIDE * place : at + SIDE * (place + 1)], 16) for place in range(4)))


def side(value: int) -> str:
    """A side of a box as it stands in an entry."""
    return f"{value:08x}"


def spans(boxes: Iterable[Box], levels: Iterable[int] = range(len(_BITS))) -> list[tuple[str, str]]:
    """First and last entry of all that may meet one of the boxes; more than those that do, never fewer. In order."""
    found: list[tuple[str, str]] = []
    levels = tuple(levels)
    for box in boxes:
        for level in levels:
            bits = _BITS[level]
            west, east = max(0, (box.west >> bits) - 1), box.east >> bits
            south, north = max(0, (box.south >> bits) - 1), box.north >> bits
            if east - west >= _MOST_COLUMNS:
                found.append((_cell(level, west, 0), _cell(level, east, 0xFFFFFF) + _LAST))
            else:
                found += (
                    (_cell(level, column, south), _cell(level, column, north) + _LAST)
                    for column in range(west, east + 1)
                )
    return _joined(sorted(found))


def spans_of_levels() -> list[tuple[str, str]]:
    """First and last entry of each size of the grid."""
    return [(_cell(level, 0, 0), _cell(level, 0xFFFFFF, 0xFFFFFF) + _LAST) for level in range(len(_BITS))]


def _cell(level: int, column: int, row: int) -> str:
    return f"{level:02x}{column:06x}{row:06x}"


def _joined(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Without those that lie in each other; a column with many of them is searched as one."""
    joined: list[tuple[str, str]] = []
    in_column = 0
    for first, last in found:
        alike = joined and joined[-1][0][:_COLUMN] == first[:_COLUMN]
        in_column = in_column + 1 if alike else 1
        if joined and (first <= joined[-1][1] or (alike and in_column > _MOST_IN_COLUMN)):
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined
