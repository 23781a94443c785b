"""What a register publishes near a place, for whoever draws something of their own there. No person's data, no look.

Read in every process that keeps registers: knows no pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote

from pencere import country
from pencere.base import clock
from pencere.base.errors import BadInput
from pencere.base.ground import drawing
from pencere.base.ground.geometry import Geometry
from pencere.country.declarations import Country
from pencere.registers.ground import boxes, nearness
from pencere.registers.out.taking import Taken, Wanted, open_some
from pencere.registers.publishing import Published, published
from pencere.registers.rules import Shape, plain
from pencere.registers.using import shape_of

_MOST_READ = 500


@dataclass(frozen=True, slots=True)
class PublishedShape:
    """A row that is published. `key`: the fields that name it. In degrees."""

    key: Mapping[str, object]
    geometry: Geometry


def shown(here: Country, found: Published) -> str | None:
    """The field with the shape, of those that are published."""
    fields = here.registers[found.register].fields
    return next((name for name in found.fields if fields[name].kind == "geometry" and not fields[name].many), None)


def wanted(found: Published) -> Wanted:
    day = clock.day_in(country.current().time_zone, found.as_of)
    return Wanted(found.register, found.fields, day, found.as_of)


def id_of(shape: Shape, row: Taken) -> str:
    """How a row is named outside: by its key, which stays the same whatever becomes of the row. The number of a row
    does not: another one would tell that something has changed that is not published."""
    texts = [str(plain(row.values[name])) for name in shape.register.key]
    return texts[0] if len(texts) == 1 else "/".join(quote(text, safe=" ") for text in texts)


def key_of(shape: Shape, named: str) -> Mapping[str, object]:
    """The key of a row that is named so. Raises BadInput."""
    names = shape.register.key
    texts = [named] if len(names) == 1 else [unquote(text) for text in named.split("/")]
    if len(texts) != len(names):
        raise BadInput("unknown_row", field=names[0])
    return dict(zip(names, texts, strict=True))


def is_published(register: str, field: str, now: datetime) -> bool:
    """Whether the register publishes that field as its shapes."""
    found = published(register, now)
    return found is not None and shown(country.current(), found) == field


def published_near(
    register: str, field: str, window: tuple[float, float, float, float], *, most: int, now: datetime
) -> tuple[PublishedShape, ...]:
    """Shapes whose box meets the window (degrees), the nearest to its middle first; none if nothing is published."""
    found = published(register, now)
    if found is None or shown(country.current(), found) != field:
        return ()
    only = nearness.box_meets(register, field, boxes.of_degrees(*window))
    shape = shape_of(register)
    near = [
        PublishedShape({name: row.values[name] for name in shape.register.key}, shape.in_degrees(field, drawn))
        for row in open_some(wanted(found), only, limit=_MOST_READ)
        if (drawn := row.values[field]) is not None
    ]
    middle = ((window[0] + window[2]) / 2, (window[1] + window[3]) / 2)

    def distance(one: PublishedShape) -> float:
        west, south, east, north = drawing.bounds(one.geometry)
        return max(abs((west + east) / 2 - middle[0]), abs((south + north) / 2 - middle[1]))

    return tuple(sorted(near, key=distance)[:most])


def published_middle(register: str, field: str, now: datetime) -> tuple[float, float] | None:
    """Longitude and latitude of a place where something is published; None if nothing is."""
    found = published(register, now)
    if found is None or shown(country.current(), found) != field:
        return None
    for row in open_some(wanted(found), nearness.placed_rows(register, field), limit=1):
        west, south, east, north = drawing.bounds(shape_of(register).in_degrees(field, row.values[field]))
        return (west + east) / 2, (south + north) / 2
    return None
