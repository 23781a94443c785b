"""The shapes of one row as pictures: each drawn with what lies around it (`ui.ground`).

Of the neighbours only the outline and the number of the row are shown, which is no look at anybody; where the outline
itself is data of persons, none are drawn. A map without tiles: nothing is asked of another server.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from pencere import country
from pencere.base import clock
from pencere.base.ground import drawing
from pencere.base.ground.geometry import DEGREES, Geometry, right_handed
from pencere.country.declarations import Register
from pencere.identity import access
from pencere.registers import showing
from pencere.registers.ground import areas, features, nearness
from pencere.registers.using import shape_of
from pencere.registers.views.desk import seat_of
from pencere.ui import ground, writing
from pencere.ui.ground import ByHand, Neighbour

if TYPE_CHECKING:
    from pencere.registers.views.rows import Opened

MOST_BY_HAND = 400
"""Outlines that are handed over at once, the nearest to the middle."""


@dataclass(frozen=True, slots=True)
class Map:
    """A shape of the row on the page, and what is odd about it, in a sentence."""

    figure: ground.Figure
    warning: str


def maps(found: Opened, today: date) -> list[Map]:
    """One for each shape that the version has and that is shown on the page."""
    shape = shape_of(found.register.id)
    return [
        _map(found, path, shape.in_degrees(path, drawn), today)
        for path in shape.placed
        if path not in found.hidden and (drawn := found.version.values.get(path)) is not None
    ]


def divided(register: Register) -> str | None:
    """The field whose shape can be divided on screen: an area in degrees that lies over no other."""
    shape = shape_of(register.id)
    for path in shape.apart:
        field = register.fields[path]
        if field.of == "polygon" and field.crs in (None, DEGREES) and not showing.is_special(field):
            return path
    return None


def _map(found: Opened, path: str, geometry: Geometry, today: date) -> Map:
    register = found.register
    around = [
        Neighbour(gettext("row %(number)s") % {"number": row}, reverse("registers:row", args=[register.id, row]), shape)
        for row, shape in _around(found, path, geometry, today)
    ]
    return Map(
        ground.figure(f"map-{path}", showing.label(register, path), geometry, around, _by_hand(found, path)),
        " ".join(warnings(register, found.version.values, path)),
    )


def _by_hand(found: Opened, path: str) -> ByHand:
    """The map that is moved by hand: outlines and numbers of rows, as in the picture; none where they are personal."""
    rows = reverse("registers:rows", args=[found.register.id])
    if not shows_neighbours(found.register, path):
        return ByHand()
    items = f"{reverse('registers:around', args=[found.register.id])}?field={path}"
    return ByHand(items=items, rows=f"{rows}rows/", row=str(found.version.id))


@access.officer()
@require_safe
def around(request: HttpRequest, register: str) -> JsonResponse:
    """Outlines and numbers of the rows of today that lie in `bbox` (degrees), nothing else of them: no look."""
    seat, path = seat_of(request, register), request.GET.get("field", "")
    shape = shape_of(register)
    if path not in shape.placed or not shows_neighbours(seat.register, path):
        raise Http404
    try:
        window = features.box_of(request.GET.get("bbox", ""))
    except ValueError as problem:
        return JsonResponse({"error": str(problem)}, status=400)
    today = clock.day_in(country.current().time_zone)
    found = nearness.around(shape, path, window, today, without="", most=MOST_BY_HAND + 1)
    body = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "id": row, "geometry": right_handed(drawn), "properties": {}}
            for row, drawn in found[:MOST_BY_HAND]
        ],
        "links": [{"rel": "next"}] if len(found) > MOST_BY_HAND else [],
    }
    answer = JsonResponse(body)
    answer["Cache-Control"] = "private, no-store"
    return answer


def warnings(register: Register, values: Mapping[str, object], only: str = "") -> list[str]:
    """Sentences for whoever writes or reads a row whose area is another one than that of its shape."""
    return [
        gettext(
            "%(field)s: the row says %(said)s m², the shape has %(drawn)s m². That is more than %(within)s %% apart. "
            "Look which of the two is right."
        )
        % {
            "field": showing.label(register, each.field),
            "said": writing.number(f"{each.said:.1f}", showing.language()),
            "drawn": writing.number(f"{each.drawn:.1f}", showing.language()),
            "within": writing.number(f"{each.within:g}", showing.language()),
        }
        for each in areas.differing(shape_of(register.id), values)
        if not only or each.path == only
    ]


def shows_neighbours(register: Register, path: str) -> bool:
    """Whether outlines of other rows may be drawn beside one: not where they are themselves data of persons."""
    return register.fields[path].personal not in ("ordinary", "special")


def _around(found: Opened, path: str, geometry: Geometry, today: date) -> list[tuple[int, Geometry]]:
    if not shows_neighbours(found.register, path):
        return []
    version = found.version
    holds = version.valid_from <= today and (version.valid_until is None or version.valid_until >= today)
    shape = shape_of(found.register.id)
    key = shape.key_named({name: version.values[name] for name in found.register.key})
    seen = drawing.window(geometry).degrees
    return nearness.around(shape, path, seen, today if holds else version.valid_from, without=key)
