"""Rows whose shape meets a box: by the index those whose own box does, then, of few, those that themselves do."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.db.models.functions import Substr
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from pencere.registers.ground import boxes, soundness
from pencere.registers.ground.boxes import Box
from pencere.registers.ground.geometry import Geometry
from pencere.registers.models import RowKey


def box_meets(register: str, path: str, box: Box) -> Q:
    """Of rows: the box around their shape in that field meets this one."""
    spans = Q()
    for first, last in boxes.spans([box]):
        spans |= Q(value__gte=first, value__lte=last)
    found = RowKey.objects.filter(spans, field=f"{register}.{path}{boxes.PLACED}").filter(
        _side(boxes.WEST, LessThanOrEqual, box.east), _side(boxes.EAST, GreaterThanOrEqual, box.west),
        _side(boxes.SOUTH, LessThanOrEqual, box.north), _side(boxes.NORTH, GreaterThanOrEqual, box.south),
    )  # fmt: skip
    return Q(pk__in=found.values("row"))


def _side(place: int, compared: type[LessThanOrEqual | GreaterThanOrEqual], value: int) -> Any:
    return compared(Substr("value", place, boxes.SIDE), boxes.side(value))


def meets(geometry: Geometry, west: float, south: float, east: float, north: float) -> bool:
    """Whether a shape in degrees itself meets the box."""
    import shapely

    return bool(shapely.intersects(soundness.shaped(geometry), shapely.box(west, south, east, north)))
