"""No two live rows of a register lie over each other on the same day: whoever adds rows asks here, in its transaction.

On PostgreSQL two transactions do not see each other's rows, so whoever writes shapes that must lie apart first takes
the lock of the register's ground (`lock`) and holds it until it is over; SQLite has one writer at a time. What lies
near is found in the index (`boxes`), what lies over it is decided by the shapes themselves (`soundness.overlap`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec
from django.db import connection

from pencere.base.errors import BadInput
from pencere.base.ground import soundness
from pencere.registers import guards
from pencere.registers.ground import boxes
from pencere.registers.ground.boxes import Box
from pencere.registers.loading import NewRow
from pencere.registers.models import Row

if TYPE_CHECKING:
    from pencere.registers.rules import Shape

_SPANS_AT_ONCE = 400
_ROWS_AT_ONCE = 500
_MANY = 20
"""From so many rows on it is worth asking first which sizes there are."""

_NEAR = """
WITH span(first, last) AS (VALUES {spans})
SELECT found.row_id, found.value FROM span
CROSS JOIN registers_rowkey found WHERE found.field = %s AND found.value BETWEEN span.first AND span.last
"""


@dataclass(frozen=True, slots=True)
class Placed:
    """A row with its shape in degrees. `name`: its id, or its line in a file."""

    name: int
    key: str
    first: date
    last: date | None
    box: Box
    shape: Any

    def shares_a_day_with(self, other: Placed) -> bool:
        return (other.last is None or self.first <= other.last) and (self.last is None or other.first <= self.last)


def lock(shape: Shape) -> None:
    """Until the transaction ends nobody else writes shapes of this register; the fourth lock, before rows."""
    if shape.apart:
        guards.lock_ground(connection, shape.register.id)


def demand_apart(shape: Shape, ids: Sequence[int], rows: Sequence[NewRow], *, before: int = 0) -> None:
    """The rows, which are in the tables already, lie over no live row and not over each other.

    Raises BadInput "lies_over_another" with `field`, with `row` (from 1) if there are several, and with `other`, the
    key of the other row, unless that names a person. Only after `lock`.
    """
    for path, tolerance in shape.apart.items():
        mine = list(placed(shape, path, zip(ids, rows, strict=True)))
        for one, other in conflicts(shape, path, mine, tolerance):
            more: dict[str, object] = {"row": before + list(ids).index(one.name) + 1} if len(ids) > 1 else {}
            if not any(shape.register.fields[name].kind == "person" for name in shape.register.key):
                more["other"] = other.key
            raise BadInput("lies_over_another", field=path, **more)


def demand_covered(shape: Shape, whole: Mapping[str, object], parts: Sequence[Mapping[str, object]]) -> None:
    """The parts of a row are together the shape that it had. Raises BadInput "parts_do_not_cover" with `field`."""
    import shapely

    for path, tolerance in shape.apart.items():
        if whole.get(path) is None:
            continue
        drawn = [soundness.shaped(shape.in_degrees(path, each[path])) for each in (whole, *parts) if each.get(path)]
        together = shapely.union_all(drawn[1:])
        if soundness.is_deep(shapely.symmetric_difference(drawn[0], together), tolerance):
            raise BadInput("parts_do_not_cover", field=path)


def placed(shape: Shape, path: str, rows: Any) -> Iterator[Placed]:
    """Those of the rows (id and row) that have a shape in that field."""
    name = f"{shape.register.id}.{path}{boxes.PLACED}"
    for id_, row in rows:
        for field, text in row.found:
            if field == name:
                box, its = boxes.read(text), shape_of(shape, path, row.values)
                yield Placed(id_, row.key, row.valid_from, row.valid_until, box, its)


def conflicts(shape: Shape, path: str, mine: Sequence[Placed], tolerance: float) -> Iterator[tuple[Placed, Placed]]:
    """Each of the rows, which are in the tables, with a live row of the register that it lies over; each pair once."""
    if not mine:
        return
    own = {row.name: row for row in mine}
    others = [own.get(row.name, row) for row in live_near(shape, path, mine)]
    for one, other in pairs(mine, others, tolerance):
        if one.name < other.name or other.name not in own:
            yield one, other


def live_near(shape: Shape, path: str, mine: Sequence[Placed]) -> list[Placed]:
    """The live rows of the register whose box meets one of theirs, named by their id."""
    return list(_rows(shape, path, _near(shape, path, mine)))


def pairs(some: Sequence[Placed], others: Sequence[Placed], tolerance: float) -> Iterator[tuple[Placed, Placed]]:
    """Each of `some` with each of `others` that it lies over on the same day; not with itself."""
    if not some or not others:
        return
    import numpy as np
    import shapely

    tree = shapely.STRtree([row.shape for row in others])
    left, right = tree.query([row.shape for row in some], predicate="intersects")
    keep = [
        place
        for place, (one, other) in enumerate(zip(left.tolist(), right.tolist(), strict=True))
        if some[one] is not others[other] and some[one].shares_a_day_with(others[other])
    ]
    if not keep:
        return
    left, right = left[keep], right[keep]
    shapes = np.array([row.shape for row in some], dtype=object), np.array([row.shape for row in others], dtype=object)
    common = shapely.intersection(shapes[0][left], shapes[1][right])
    for place in np.nonzero(shapely.area(common))[0]:
        if soundness.is_deep(common[place], tolerance):
            yield some[left[place]], others[right[place]]


def _near(shape: Shape, path: str, mine: Sequence[Placed]) -> list[int]:
    """The ids of rows, live or not, whose box meets one of theirs."""
    import shapely

    field = f"{shape.register.id}.{path}{boxes.PLACED}"
    tree = shapely.STRtree([shapely.box(*row.box) for row in mine])
    ids, around = [], []
    levels = _levels(field) if len(mine) >= _MANY else None
    spans = boxes.spans((row.box for row in mine), *([levels] if levels is not None else []))
    for start in range(0, len(spans), _SPANS_AT_ONCE):
        for id_, text in _found(field, spans[start : start + _SPANS_AT_ONCE]):
            ids.append(id_)
            around.append(shapely.box(*boxes.read(text)))
    return list(dict.fromkeys(ids[place] for place in tree.query(around)[0].tolist())) if ids else []


def _levels(field: str) -> list[int]:
    """The sizes of the grid in which the register has shapes."""
    found = []
    with connection.cursor() as cursor:
        for level, (first, last) in enumerate(boxes.spans_of_levels()):
            cursor.execute(
                "SELECT 1 FROM registers_rowkey WHERE field = %s AND value BETWEEN %s AND %s LIMIT 1",
                [field, first, last],
            )
            if cursor.fetchone():
                found.append(level)
    return found


def _found(field: str, spans: Sequence[tuple[str, str]]) -> list[tuple[int, str]]:
    sql = _NEAR.format(spans=", ".join(["(%s, %s)"] * len(spans)))
    with connection.cursor() as cursor:
        cursor.execute(sql, [*(text for span in spans for text in span), field])
        return cursor.fetchall()


def _rows(shape: Shape, path: str, ids: list[int]) -> Iterator[Placed]:
    """Those that are live, with their shapes."""
    for start in range(0, len(ids), _ROWS_AT_ONCE):
        live = Row.objects.filter(pk__in=ids[start : start + _ROWS_AT_ONCE], retired_at__isnull=True)
        for id_, key, values, first, last in live.values_list("pk", "key", "values", "valid_from", "valid_until"):
            its = shape_of(shape, path, values)
            yield Placed(id_, key, first, last, _NOWHERE, its)


_NOWHERE = Box(0, 0, 0, 0)


def shape_of(shape: Shape, path: str, values: str) -> Any:
    geometry = msgspec.json.decode(values)[shape.stored[path]]
    return soundness.shaped(soundness.in_degrees(geometry, shape.register.fields[path].crs))
