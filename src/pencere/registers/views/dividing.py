"""An officer divides an area: says along which line, sees the parts and numbers them, looks through it, and it is done.

What the parts do not say is as it was of the whole: owners, use, place. It ends, and they begin the same day, in one
transaction, once however often it is sent. Works without scripts: each step is a form that carries the ones before.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from pencere import country
from pencere.base import clock
from pencere.base.errors import BadInput
from pencere.base.ground import drawing, soundness
from pencere.base.ground.drawing import Sheet
from pencere.base.ground.geometry import Geometry
from pencere.country.declarations import Field
from pencere.identity import access
from pencere.registers import entering, showing
from pencere.registers.desk_forms import GroundsForm
from pencere.registers.entering import Change
from pencere.registers.ground import splitting
from pencere.registers.shelf import Shelf
from pencere.registers.using import shape_of
from pencere.registers.views.desk import purpose_of, seat_of, words_of
from pencere.registers.views.maps import divided, maps, warnings
from pencere.registers.views.rows import Opened, may_divide, opened
from pencere.ui import pieces, writing
from pencere.ui.controls import ONCE_KEY
from pencere.ui.fields import Day
from pencere.ui.forms import DeclaredForm, declared_form
from pencere.ui.ground_fields import Lines

MOST_PARTS = 20
_KEY = re.compile(r"[\w-]{16,60}")
_NOT_SENT = ("csrfmiddlewaretoken", "desk-step", ONCE_KEY)


class LineForm(forms.Form):
    """Along which lines, and from which day on."""

    use_required_attribute = False

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["line"] = Lines(label=_("Dividing line"))
        self.fields["line"].error_messages["required"] = _("Write the line: at least two points.")
        self.fields["from"] = Day(label=_("From this day on"))


@dataclass(frozen=True, slots=True)
class Part:
    """One of the parts on the page."""

    number: int
    area: str
    form: DeclaredForm


@access.officer()
@require_http_methods(["GET", "HEAD", "POST"])
def divide(request: HttpRequest, register: str, row: int) -> HttpResponse:
    """Opens the row, which is a look, and goes on with its page."""
    seat = seat_of(request, register)
    path = divided(seat.register)
    if seat.writes is None:
        raise Http404
    if path is None:
        return HttpResponseRedirect(reverse("registers:row", args=[register, row]))
    purpose = purpose_of(request, seat)
    key = request.POST.get(ONCE_KEY, "")
    if _KEY.fullmatch(key) and (before := entering.done(register, key)) is not None:
        return _after(register, before.row)
    found = opened(seat, row, purpose)
    whole = found.version.values.get(path)
    if found.current is None or found.current.id != found.version.id or whole is None or not may_divide(found):
        return HttpResponseRedirect(reverse("registers:row", args=[register, row]))
    return _Division(request, found, path, purpose.case).answer()


class _Division:
    """One division on its way."""

    def __init__(self, request: HttpRequest, found: Opened, path: str, stated: str) -> None:
        self.request, self.found, self.path, self.stated = request, found, path, stated
        self.register = found.register
        self.now = clock.now()
        self.today = clock.day_in(country.current().time_zone, self.now)
        self.step = request.POST.get("desk-step", "") if request.method == "POST" else ""
        data = request.POST if self.step else None
        first = {"from": max(self.today, found.version.valid_from)}
        self.line = LineForm(data, initial=first)
        self.whole: Geometry = shape_of(self.register.id).in_degrees(path, found.version.values[path])
        self.shapes: list[Geometry] = []
        self.parts: list[Part] = []
        keeping = Shelf(f"{self.register.id} {found.seat.account}", self.now)
        numbered = data if self.step in ("check", "send", "numbers") else None
        files = request.FILES or None if numbered is not None else None
        self.grounds = GroundsForm(numbered, files, keeping=keeping, how="add", asks_reason=False)

    def answer(self) -> HttpResponse:
        if self.step in ("", "line") or not self._is_divided():
            return self._line_page()
        self.parts = self._parts()
        if self.step == "show" or not self._is_numbered():
            return self._parts_page()
        return self._send() if self.step == "send" and self._key else self._check_page()

    # ---- what was said

    def _is_divided(self) -> bool:
        if not self.line.is_valid():
            return False
        self.shapes = splitting.split(self.whole, self.line.cleaned_data["line"])
        if len(self.shapes) < 2:
            words = gettext("The line does not divide the area. It has to cross it from border to border.")
            self.line.add_error("line", words)
        elif len(self.shapes) > MOST_PARTS:
            words = gettext("That makes %(count)s parts; at most %(most)s at a time.")
            self.line.add_error("line", words % {"count": len(self.shapes), "most": MOST_PARTS})
        last = self.found.version.valid_until
        day: date = self.line.cleaned_data["from"]
        if day <= self.found.version.valid_from or (last is not None and day > last):
            self.line.add_error(
                "from", gettext("Choose a day after the first on which it holds, and not after its last.")
            )
        return not self.line.errors

    def _asked(self) -> dict[str, Field]:
        """Of each part: what names it, unless the register gives it, and its area as the register says it."""
        names = [name for name in self.register.key if not self.register.fields[name].given]
        if area := self.register.fields[self.path].area:
            names.append(area)
        return {name: replace(self.register.fields[name], required=True) for name in names}

    def _parts(self) -> list[Part]:
        asked = self._asked()
        made = declared_form(
            asked,
            "",
            self.register.texts,
            showing.language(),
            version=f"divide {self.register.id} {id(country.current())}",
        )
        data = None if self.step == "show" else self.request.POST
        area = self.register.fields[self.path].area
        found = []
        for number, shape in enumerate(self.shapes, 1):
            size = soundness.area(shape)
            initial = {} if area is None else {area: self._size(area, size)}
            form = made(data, None, prefix=f"part-{number}", initial=initial)
            found.append(Part(number, _square_metres(size), form))
        return found

    def _size(self, area: str, size: float) -> str:
        return f"{size:.0f}" if self.register.fields[area].kind == "integer" else f"{size:.1f}".removesuffix(".0")

    def _is_numbered(self) -> bool:
        valid = [part.form.is_valid() for part in self.parts] + [self.grounds.is_valid()]
        if self.step == "numbers" or not all(valid):
            return False
        seen: set[str] = set()
        shape = shape_of(self.register.id)
        for part in self.parts:
            if all(name in part.form.cleaned_data for name in self.register.key):
                key = shape.key_named(part.form.cleaned_data)
                if key in seen:
                    part.form.add_error(self.register.key[0], gettext("Another part has this number already."))
                seen.add(key)
        return not any(part.form.errors for part in self.parts)

    @property
    def values(self) -> list[dict[str, object]]:
        """What the parts say."""
        return [
            {**part.form.cleaned_data, self.path: shape} for part, shape in zip(self.parts, self.shapes, strict=True)
        ]

    # ---- pages

    def _line_page(self) -> HttpResponse:
        words = {"form": self.line, "maps": maps(self.found, self.today), "plain": True, "has_errors": self.line.errors}
        return render(self.request, "registers/divide.html", {**self._words(), **words})

    def _parts_page(self) -> HttpResponse:
        forms = [*(part.form for part in self.parts), self.grounds]
        words = {
            "parts": self.parts,
            "grounds": self.grounds,
            "sheet": self._sheet(),
            "hidden": self._hidden(("line", "from")),
            "summary_forms": forms,
            "field": showing.label(self.register, self.path),
            "told": self._told(),
            "has_errors": any(form.is_bound and form.errors for form in forms),
        }
        return render(self.request, "registers/divide_parts.html", {**self._words(), **words})

    def _check_page(self) -> HttpResponse:
        rows = []
        for part in self.parts:
            said = [self._said(part, name, field) for name, field in self._asked().items()]
            rows.append(pieces.Row(gettext("Part %(number)s") % {"number": part.number}, "; ".join([*said, part.area])))
        day: date = self.line.cleaned_data["from"]
        rows.append(pieces.Row(gettext("From this day on"), writing.day(day, showing.language())))
        if self.grounds.document_said:
            name = self.grounds.cleaned_data["document"] or self.grounds.paper_name
            rows.append(pieces.Row(gettext("Document"), name))
        words = {
            "rows": rows, "how": "divide", "key": self._key or secrets.token_urlsafe(16), "back_step": "numbers",
            "hidden": self._hidden(()),
            "warnings": [words for part in self.values for words in warnings(self.register, part)],
        }  # fmt: skip
        return render(self.request, "registers/entry_check.html", {**self._words(), **words})

    def _said(self, part: Part, name: str, field: Field) -> str:
        value = showing.in_words(self.register, name, field, part.form.cleaned_data[name])
        return f"{showing.label(self.register, name)}: {value}"

    def _words(self) -> dict[str, Any]:
        return {
            **words_of(self.found.seat),
            "stated": self.stated,
            "heading": gettext("Divide it"),
            "about": self.found.name,
            "back_url": reverse("registers:row", args=[self.register.id, self.found.version.id]),
        }

    def _sheet(self) -> Sheet:
        return drawing.sheet(drawing.window(self.whole), self.shapes)

    def _told(self) -> str:
        return gettext("North is up. The parts have numbers, from north to south.")

    def _hidden(self, only: tuple[str, ...]) -> list[tuple[str, str]]:
        """What was sent, to be sent once more; a file by its token."""
        kept, token = self.grounds.paper_kept
        sent = [
            (name, value)
            for name, several in self.request.POST.lists()
            for value in several
            if name not in (*_NOT_SENT, kept) and (not only or name.partition("_")[0] in only)
        ]
        return [*sent, *([(kept, token)] if token and not only else [])]

    # ---- writing

    @property
    def _key(self) -> str:
        key = self.request.POST.get(ONCE_KEY, "")
        return key if _KEY.fullmatch(key) else ""

    def _send(self) -> HttpResponse:
        try:
            row = entering.once(self.register.id, self._key, "divide", self._write, now=self.now)
        except BadInput as bad:
            if bad.reason == "changed_meanwhile":
                return HttpResponseRedirect(reverse("registers:row", args=[self.register.id, self.found.version.id]))
            self._fail(bad)
            return self._parts_page()
        return _after(self.register.id, row)

    def _write(self) -> int | None:
        """In one transaction; the number of the first part."""
        change = Change(
            register=self.register.id,
            how="divide",
            key={name: self.found.version.values[name] for name in self.register.key},
            values={},
            day=self.line.cleaned_data["from"],
            days={},
            seen=self.found.version.id,
            recorded_by=self.found.seat.recorded_by,
            document=self.grounds.document_said,
        )
        return entering.divide(change, self.values, now=self.now)

    def _fail(self, bad: BadInput) -> None:
        """The register does not take it: said at the field, or above all parts."""
        field = str(bad.details.get("field", ""))
        first = self.parts[0].form
        if bad.reason in ("overlaps", "not_unique"):
            for part in self.parts:
                part.form.add_error(self.register.key[0], gettext("Look whether the register has this number already."))
        else:
            first.add_error(field if field in first.fields else None, showing.refusal(bad))


def _after(register: str, row: int | None) -> HttpResponse:
    """The first of the parts, once it is done or where it was done already."""
    to = reverse("registers:row", args=[register, row]) if row else reverse("registers:rows", args=[register])
    return HttpResponseRedirect(f"{to}?done=divided")


def _square_metres(size: float) -> str:
    written = writing.number(f"{size:.1f}", showing.language())
    return gettext("%(area)s m² as drawn") % {"area": written}
