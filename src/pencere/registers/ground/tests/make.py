"""Builders: a register of meadows that may not lie over each other; squares in metres around a corner near Lənkəran."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import msgspec

from pencere.base.ground import soundness
from pencere.country.declarations import Country
from pencere.registers import actions
from pencere.registers.importing.tests import make as importing
from pencere.registers.tests import make
from pencere.registers.tests.make import NOW, TODAY

LON, LAT = 48.85, 38.75
NORTH, EAST = soundness.metres_of_a_degree(LAT)


def at(x: float, y: float) -> list[float]:
    """So many metres east and north of the corner."""
    return [round(LON + x / EAST, 9), round(LAT + y / NORTH, 9)]


def square(x: float, y: float, wide: float = 20, high: float | None = None) -> dict[str, object]:
    high = wide if high is None else high
    ring = [at(x, y), at(x + wide, y), at(x + wide, y + high), at(x, y + high), at(x, y)]
    return {"type": "Polygon", "coordinates": [ring]}


def polygon(*rings: list[tuple[float, float]]) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [[at(*corner) for corner in (*ring, ring[0])] for ring in rings]}


def meadows(no_overlap: float | None = 0.05, of: str = "polygon", crs: str | None = None, **changes: object) -> Country:
    fields = (
        make.field("number", "text", pattern=r"M-\d{6}"),
        make.field("border", "geometry", of=of, crs=crs, no_overlap=no_overlap, search="near", area="size"),
        make.field("size", "decimal", required=False),
    )
    words = {"dated": True, **changes}
    return importing.country_of("meadows", fields, ("number",), **words)


@contextmanager
def using_meadows(**changes: object) -> Iterator[Country]:
    with make.using(meadows(**changes)) as country:  # type: ignore[arg-type]
        yield country


def meadow(number: int, border: object, **more: object) -> dict[str, object]:
    return {"number": f"M-{number:06}", "border": border, **more}


def add(number: int, border: object, since: date = TODAY, **more: object):
    return actions.add_row("meadows", meadow(number, border, **more), valid_from=since, recorded_by="test", now=NOW)


def line(number: int, border: object, size: str = "", first: str = "2026-01-01", last: str = "") -> str:
    text = msgspec.json.encode(border).decode().replace('"', '""')
    return f'M-{number:06},"{text}",{size},{first},{last}'


HEAD = "number,border,size,valid_from,valid_until"
