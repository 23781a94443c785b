"""Rows of a load that lie over others: over a live row of the register, or over another line of the file.

The lines come sorted from west to east, as the database sorts them on its disk; only those that a line from north to
south through the country meets are in memory. Of two lines that lie over each other the one that begins further west
is kept (of those that begin alike, the first in the file); both are named, and a person decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import connection

from pencere.registers.ground import boxes, overlapping
from pencere.registers.ground.overlapping import Placed
from pencere.registers.models import Load
from pencere.registers.staged import said_in

if TYPE_CHECKING:
    from pencere.registers.rules import Shape

_AT_ONCE = 500
_FETCHED = 2000

_STAGED = """
SELECT line, text, "key", "values", valid_from, valid_until FROM ({said}) AS one
ORDER BY substr(one.text, {west}, {side}) {collation}, line
"""


def over_the_register(shape: Shape, load: Load) -> Iterator[tuple[int, str, str]]:
    """Line, field and key of the live row over which the line lies; each line once."""
    for path, tolerance in shape.apart.items():
        for some in _batches(_lines(shape, load, path)):
            named = set()
            for one, other in overlapping.pairs(some, overlapping.live_near(shape, path, some), tolerance):
                if one.name not in named:
                    named.add(one.name)
                    yield one.name, path, other.key


def over_each_other(shape: Shape, load: Load) -> Iterator[tuple[int, str, int]]:
    """Line, field and the other line, which stays."""
    for path, tolerance in shape.apart.items():
        near: list[Placed] = []
        for some in _batches(_lines(shape, load, path)):
            near = [row for row in near if row.box.east >= some[0].box.west]
            out: dict[int, int] = {}
            for one, other in overlapping.pairs(some, near, tolerance):
                out.setdefault(one.name, other.name)
            place = {row.name: at for at, row in enumerate(some)}
            left = [row for row in some if row.name not in out]
            among = [(place[a.name], place[b.name]) for a, b in overlapping.pairs(left, left, tolerance)]
            for later, earlier in sorted(pair for pair in among if pair[0] > pair[1]):
                if some[later].name not in out and some[earlier].name not in out:
                    out[some[later].name] = some[earlier].name
            yield from ((line, path, other) for line, other in out.items())
            near += [row for row in some if row.name not in out]


def _lines(shape: Shape, load: Load, path: str) -> Iterator[Placed]:
    collation = 'COLLATE "C"' if connection.vendor == "postgresql" else ""
    said = said_in("key", "values", "valid_from", "valid_until")
    query = _STAGED.format(said=said, west=boxes.WEST, side=boxes.SIDE, collation=collation)
    field = f"{shape.register.id}.{path}{boxes.PLACED}"
    for line, text, key, values, first, last in _streamed(query, [load.pk, field]):
        its = overlapping.shape_of(shape, path, values)
        yield Placed(line, key, _day(first), _day(last), boxes.read(text), its)


def _streamed(query: str, asked: list[Any]) -> Iterator[Any]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, asked)
        while some := cursor.fetchmany(_FETCHED):
            yield from some


def _day(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _batches(rows: Iterator[Placed]) -> Iterator[list[Placed]]:
    while some := list(islice(rows, _AT_ONCE)):
        yield some
