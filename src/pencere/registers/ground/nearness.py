"""Rows whose shape meets a box: by the index those whose own box does, then, of few, those that themselves do.

`around` are the shapes next to one, for its picture: their outlines and the numbers of their rows, no other field.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from django.db.models import Q, QuerySet
from django.db.models.functions import Substr
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from pencere.base.ground import soundness
from pencere.base.ground.geometry import Geometry
from pencere.registers.ground import boxes
from pencere.registers.ground.boxes import Box
from pencere.registers.models import Row, RowKey
from pencere.registers.rules import Shape

MOST_AROUND = 30
"""Neighbours of one picture."""
_MOST_ENTRIES = 500


def box_meets(register: str, path: str, box: Box) -> Q:
    """Of rows: the box around their shape in that field meets this one."""
    return Q(pk__in=entries(register, path, box).values("row"))


def placed_rows(register: str, path: str) -> Q:
    """Of rows: they have a shape in that field."""
    return Q(pk__in=RowKey.objects.filter(field=f"{register}.{path}{boxes.PLACED}").values("row"))


def entries(register: str, path: str, box: Box) -> QuerySet[RowKey]:
    """Of the index: those of all versions, ended and superseded ones too, whose box meets this one."""
    spans, field = Q(), f"{register}.{path}{boxes.PLACED}"
    for first, last in boxes.spans([box]):
        spans |= Q(field=field, value__gte=first, value__lte=last)  # each whole, or SQLite reads the field to its end
    return RowKey.objects.filter(spans).filter(
        _side(boxes.WEST, LessThanOrEqual, box.east), _side(boxes.EAST, GreaterThanOrEqual, box.west),
        _side(boxes.SOUTH, LessThanOrEqual, box.north), _side(boxes.NORTH, GreaterThanOrEqual, box.south),
    )  # fmt: skip


def around(
    shape: Shape,
    path: str,
    window: tuple[float, float, float, float],
    day: date,
    *,
    without: str,
    most: int = MOST_AROUND,
) -> list[tuple[int, Geometry]]:
    """Rows that hold that day, whose box meets the window (degrees), the nearest to its middle first, and their shapes.

    `without`: the key of the row around which one looks, if any.
    """
    register = shape.register.id
    ids = list(
        entries(register, path, boxes.of_degrees(*window)).values_list("row", flat=True)[: max(_MOST_ENTRIES, 2 * most)]
    )
    rows = Row.objects.filter(pk__in=ids, register=register, retired_at__isnull=True, valid_from__lte=day).filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=day)
    )
    found = []
    for number, values in rows.exclude(key=without).values_list("pk", "values"):
        drawn = msgspec.json.decode(values).get(shape.stored[path])
        if drawn is not None:
            found.append((number, shape.in_degrees(path, drawn)))
    middle = ((window[0] + window[2]) / 2, (window[1] + window[3]) / 2)

    def distance(one: tuple[int, Geometry]) -> tuple[float, int]:
        west, south, east, north = boxes.degrees(boxes.around(one[1]))
        return max(abs((west + east) / 2 - middle[0]), abs((south + north) / 2 - middle[1])), one[0]

    return sorted(found, key=distance)[:most]


def _side(place: int, compared: type[LessThanOrEqual | GreaterThanOrEqual], value: int) -> Any:
    return compared(Substr("value", place, boxes.SIDE), boxes.side(value))


def meets(geometry: Geometry, west: float, south: float, east: float, north: float) -> bool:
    """Whether a shape in degrees itself meets the box."""
    import shapely

    return bool(shapely.intersects(soundness.shaped(geometry), shapely.box(west, south, east, north)))
