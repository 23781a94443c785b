"""The map of a register that publishes shapes, for everybody: a picture, links that move it, a table of what is in it.

Shows the fields of `open_data` of the rows as they were known when the period began, as the files and `/ogc/` do: no
person's data, so no look. Usable whole without scripts: each move is a link. No tiles: nothing is asked of elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from pencere import country
from pencere.base import clock
from pencere.base.errors import BadInput
from pencere.base.ground import drawing
from pencere.base.ground.drawing import Window
from pencere.base.ground.geometry import Geometry
from pencere.catalogue import queries as catalogue
from pencere.country.declarations import Register
from pencere.identity import access
from pencere.registers import showing
from pencere.registers.ground import boxes, nearby, nearness
from pencere.registers.models import RowKey
from pencere.registers.out.open_files import LICENCES
from pencere.registers.out.taking import Taken, open_one, open_some
from pencere.registers.publishing import Published, published
from pencere.registers.rules import Shape
from pencere.registers.using import shape_of
from pencere.ui import pieces
from pencere.ui.fields import Written
from pencere.ui.ground import ByHand, length

WIDTHS = (50, 100, 200, 500, 1000, 2000, 5000, 10_000)
"""Metres from west to east; each step about twice the one before."""
MOST_DRAWN = 400
"""Shapes in one picture, the nearest to its middle."""
MOST_LISTED = 30
_MOST_READ = 2000
_FIRST = 500
_CELL = 50_000
"""Of a grid, in ten-millionths of a degree: half a kilometre."""
_MOST_TRIED = 5
_STEP = 0.5
"""Of the picture, that a move shifts it."""
_PLACE = re.compile(
    r"\s*(-?\d{1,3}(?:[.,]\d{1,12})?)(?:\s*;\s*|\s+|\s*,\s+|,(?=-?\d+\.))(-?\d{1,2}(?:[.,]\d{1,12})?)\s*"
)


@dataclass(frozen=True, slots=True)
class _View:
    """Which piece of the ground, and which row is meant."""

    longitude: float
    latitude: float
    wide: int
    row: str = ""

    def address(self, path: str) -> str:
        at = f"{self.longitude:.5f},{self.latitude:.5f}"
        more = {"row": self.row} if self.row else {}
        return f"{path}?{urlencode({'at': at, 'wide': str(self.wide), **more}, safe=',')}"

    @property
    def window(self) -> Window:
        return drawing.around_place(self.longitude, self.latitude, self.wide)

    def moved(self, east: float, north: float) -> _View:
        west, south, right, top = self.window.degrees
        longitude = self.longitude + east * _STEP * (right - west)
        latitude = self.latitude + north * _STEP * (top - south)
        return _View(max(-180.0, min(180.0, longitude)), max(-85.0, min(85.0, latitude)), self.wide, self.row)

    def closer(self, steps: int) -> _View | None:
        place = WIDTHS.index(self.wide) - steps
        return _View(self.longitude, self.latitude, WIDTHS[place], self.row) if 0 <= place < len(WIDTHS) else None


class FindForm(forms.Form):
    """Where to go: to a row by its number, or to a place by its coordinates."""

    use_required_attribute = False

    def __init__(self, shape: Shape, *args: object, by_key: bool, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.shape = shape
        if by_key:
            label = showing.label(shape.register, shape.register.key[0])
            self.fields["number"] = Written(required=False, label=label)
        self.fields["place"] = Written(
            required=False, label=gettext_lazy("Or a place"),
            help_text=gettext_lazy("Longitude and latitude in degrees, for example 49.8671 40.4093."),
        )  # fmt: skip
        for field in self.fields.values():
            field.optional = False  # type: ignore[attr-defined]

    def clean_place(self) -> tuple[float, float] | None:
        text: str = self.cleaned_data["place"]
        if not text:
            return None
        found = _PLACE.fullmatch(text)
        at = [float(part.replace(",", ".")) for part in found.groups()] if found else [999.0, 0.0]
        if abs(at[0]) > 180 or abs(at[1]) > 85:
            raise ValidationError(gettext("Write longitude and latitude, for example 49.8671 40.4093."), "place")
        return at[0], at[1]


@access.public
@require_safe
def open_map(request: HttpRequest, register: str) -> HttpResponse:
    """`at`, `wide`, `row` say what is shown; `number` or `place` leads to it."""
    found = published(register, clock.now())
    field = nearby.shown(country.current(), found) if found else None
    if found is None or field is None:
        raise Http404
    shape, path = shape_of(register), reverse("registers:open-map", args=[register])
    by_key = len(shape.register.key) == 1
    asks = any(request.GET.get(name) for name in ("number", "place"))
    form = FindForm(shape, request.GET if asks else None, by_key=by_key)
    if asks and form.is_valid():
        view = _found(form, found, field)
        if view is not None:
            return redirect(view.address(path))
    view = _asked(request, found, field) or _first(found, field)
    words = {
        "form": form, "register": shape.register, "title": showing.text(shape.register, "title"), "path": path,
        "found": found, "licence_url": LICENCES.get(found.licence, ""), "field": showing.label(shape.register, field),
        "agency": _agency(shape.register), **(_shown(shape, found, field, view, path) if view else {}),
    }  # fmt: skip
    return render(request, "registers/open_map.html", words)


def _found(form: FindForm, found: Published, field: str) -> _View | None:
    """Where the form leads; None if there is no such row, which the form then says."""
    number, place = form.cleaned_data.get("number"), form.cleaned_data["place"]
    if not number:
        return _View(place[0], place[1], _FIRST) if place else None
    row = _one(found, number)
    if row is None:
        form.add_error("number", gettext("Nothing is published under this number. Check it and write it again."))
        return None
    view = _on(found, field, row)
    if view is None:
        form.add_error("number", gettext("It is published, but its place on the ground is not known yet."))
    return view


def _asked(request: HttpRequest, found: Published, field: str) -> _View | None:
    """What the address says; a row alone is shown where it lies. Raises Http404 for a row that is not published."""
    text = request.GET.get("row", "")
    row = _one(found, text) if text else None
    if text and row is None:
        raise Http404
    at = re.fullmatch(r"(-?\d{1,3}(?:\.\d{1,9})?),(-?\d{1,2}(?:\.\d{1,9})?)", request.GET.get("at", ""))
    longitude, latitude = (float(at[1]), float(at[2])) if at else (999.0, 0.0)
    if abs(longitude) > 180 or abs(latitude) > 85:
        return _on(found, field, row) if row else None
    wide = request.GET.get("wide", "")
    return _View(longitude, latitude, int(wide) if wide in map(str, WIDTHS) else _FIRST, _id(found, row) if row else "")


def _on(found: Published, field: str, row: Taken) -> _View | None:
    """The row in the middle, with as much around it as it is wide."""
    geometry = _geometry(found, field, row)
    if geometry is None:
        return None
    seen = drawing.window(geometry)
    least = drawing.WIDE / seen.scale
    return _View(
        seen.longitude, seen.latitude, next((wide for wide in WIDTHS if wide >= least), WIDTHS[-1]), _id(found, row)
    )


def _first(found: Published, field: str) -> _View | None:
    """Where most of it lies, as far as one looks; None if nothing of it has a place."""
    entries = RowKey.objects.filter(field=f"{found.register}.{field}{boxes.PLACED}").order_by("value")
    together: dict[tuple[int, int], list[tuple[int, boxes.Box]]] = {}
    for id_, text in entries.values_list("row", "value")[:_MOST_READ]:
        box = boxes.read(text)
        together.setdefault((box.west // _CELL, box.south // _CELL), []).append((id_, box))
    for some in sorted(together.values(), key=len, reverse=True)[:_MOST_TRIED]:
        rows = open_some(nearby.wanted(found), Q(pk__in=[id_ for id_, _box in some]), limit=1)
        if rows and _geometry(found, field, rows[0]) is not None:
            sides = [boxes.degrees(box) for _id, box in some]
            longitude = sum(west + east for west, _south, east, _north in sides) / 2 / len(sides)
            latitude = sum(south + north for _west, south, _east, north in sides) / 2 / len(sides)
            return _View(longitude, latitude, _FIRST)
    return None


def _shown(shape: Shape, found: Published, field: str, view: _View, path: str) -> dict[str, object]:
    window = view.window
    only = nearness.box_meets(found.register, field, boxes.of_degrees(*window.degrees))
    rows = open_some(nearby.wanted(found), only, limit=_MOST_READ)
    placed = [(row, geometry) for row in rows if (geometry := _geometry(found, field, row)) is not None]
    placed.sort(key=lambda each: _distance(each[1], view))
    drawn = placed[:MOST_DRAWN]
    chosen = next((each for each in drawn if _id(found, each[0]) == view.row), None)
    sheet = drawing.sheet(window, [geometry for _row, geometry in drawn], chosen[1] if chosen else None)
    listed = [row for row, _geometry in drawn[:MOST_LISTED]]
    return {
        "sheet": sheet,
        "numbers": MOST_LISTED,
        "told": _told(len(drawn)),
        "left_out": len(drawn) if len(placed) > MOST_DRAWN or len(rows) == _MOST_READ else 0,
        "listed_some": len(drawn) > MOST_LISTED,
        "bar": length(sheet.bar.metres),
        "moves": list(_moves(view, path)),
        "zooms": list(_zooms(view, path)),
        "chosen": _facts(shape.register, found, field, chosen[0]) if chosen else (),
        "table": _table(shape.register, found, listed, view, path) if listed else None,
        "view": view,
        "hand": ByHand(
            items=reverse("ogc-items", args=[found.register]),
            row=view.row,
            at=f"{view.longitude:.6f} {view.latitude:.6f}",
            wide=view.wide,
        ),
    }


def _told(count: int) -> str:
    if not count:
        return gettext("Nothing that is published lies here. Go farther away, or to another place.")
    return gettext("North is up. Shapes: %(count)s. The nearest to the middle are numbered as in the table.") % {
        "count": count
    }


def _moves(view: _View, path: str) -> Iterator[tuple[str, str]]:
    for words, east, north in (
        (gettext("To the west"), -1, 0), (gettext("To the north"), 0, 1), (gettext("To the south"), 0, -1),
        (gettext("To the east"), 1, 0),
    ):  # fmt: skip
        yield words, view.moved(east, north).address(path)


def _zooms(view: _View, path: str) -> Iterator[tuple[str, str]]:
    for words, steps in ((gettext("Closer"), 1), (gettext("Farther away"), -1)):
        if (to := view.closer(steps)) is not None:
            yield words, to.address(path)


def _facts(register: Register, found: Published, field: str, row: Taken) -> tuple[pieces.Row, ...]:
    return tuple(
        pieces.Row(
            showing.label(register, name), showing.in_words(register, name, register.fields[name], row.values[name])
        )
        for name in found.fields
        if name != field
    )


def _table(register: Register, found: Published, rows: list[Taken], view: _View, path: str) -> pieces.Table:
    key = register.key
    more = [
        name
        for name in found.fields
        if name not in key and register.fields[name].kind in ("choice", "decimal", "integer", "territory", "text")
    ][:2]
    head = [gettext("On the map"), *(showing.label(register, name) for name in (*key, *more))]

    def told(row: Taken, name: str) -> str:
        return showing.in_words(register, name, register.fields[name], row.values[name])

    def line(number: int, row: Taken) -> tuple[pieces.Cell, ...]:
        words = ", ".join(told(row, name) for name in key)
        to = _View(view.longitude, view.latitude, view.wide, _id(found, row)).address(path)
        link = format_html('<a class="govuk-link" href="{}">{}</a>', to, words)
        return pieces.Cell(str(number)), pieces.Cell(link), *(pieces.Cell(told(row, name)) for name in more)

    return pieces.Table(
        caption=gettext("What lies here, the nearest to the middle first"),
        columns=tuple(map(pieces.Cell, head)),
        rows=tuple(line(number, row) for number, row in enumerate(rows, 1)),
    )


def _one(found: Published, named: str) -> Taken | None:
    try:
        return open_one(nearby.wanted(found), nearby.key_of(shape_of(found.register), named))
    except BadInput:
        return None


def _id(found: Published, row: Taken) -> str:
    return nearby.id_of(shape_of(found.register), row)


def _geometry(found: Published, field: str, row: Taken) -> Geometry | None:
    drawn = row.values[field]
    return None if drawn is None else shape_of(found.register).in_degrees(field, drawn)


def _distance(geometry: Geometry, view: _View) -> float:
    west, south, east, north = drawing.bounds(geometry)
    return max(abs((west + east) / 2 - view.longitude), abs((south + north) / 2 - view.latitude))


def _agency(register: Register) -> str:
    card = catalogue.agency_card(register.agency, showing.language(), clock.day_in(country.current().time_zone))
    return card.name if card else register.agency
