"""The registers of an officer's offices, and the list of one: searched, filtered, sorted, printed.

A register that the officer may not see looks like one that does not exist. Before rows about persons are shown the
officer says for what; that stands in each look. A list is never counted: it goes on as long as there are rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from pencere import country
from pencere.base import clock
from pencere.base.purpose import Purpose
from pencere.identity import access
from pencere.identity.queries import Who
from pencere.registers import desk_rights, naming, queries, showing, stating
from pencere.registers.asking import Asking, Column
from pencere.registers.desk_rights import Seat
from pencere.registers.filter_form import FilterForm
from pencere.registers.stating import StateForm
from pencere.ui import pieces


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """A register as the officer's first page shows it."""

    id: str
    title: str
    of: str
    agency: str
    writes: bool
    roles: str
    special: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the list: where it leads, and its cells with the names of their columns."""

    url: str
    head: tuple[str, str]
    cells: tuple[tuple[str, str, bool], ...]


def who(request: HttpRequest) -> Who:
    found: Who = request.who  # type: ignore[attr-defined]
    return found


def seat_of(request: HttpRequest, register: str) -> Seat:
    """Where the officer sits before the register. Raises Http404 if they may not see it."""
    found = desk_rights.seat(register, who(request))
    if found is None:
        raise Http404
    return found


def purpose_of(request: HttpRequest, seat: Seat) -> Purpose:
    """Why the officer looks, as they said. Raises Elsewhere: the page that asks for it, and comes back here.

    What was typed meanwhile is kept: in a new session it is asked anew.
    """
    stated = stating.stated(request, seat)
    if stated is not None:
        return seat.purpose(stated)
    request.session[stating.BACK] = [seat.register.id, request.get_full_path()]
    raise access.elsewhere(request, reverse("registers:state", args=[seat.register.id]))


@access.officer()
@require_safe
def registers(request: HttpRequest) -> HttpResponse:
    """Which registers the officer sees, what one row of each is, who writes in it."""
    here, language = country.current(), showing.language()
    today = clock.day_in(here.time_zone)
    lines = []
    for seat in desk_rights.seats(who(request)):
        register = seat.register
        desk = register.desk
        roles = dict.fromkeys(role.removeprefix("officer.") for role in (desk.write if desk else ()))
        lines.append(
            RegisterLine(
                register.id,
                showing.text(register, "title"),
                showing.text(register, "of"),
                here.agencies[register.agency].name(language, today),
                seat.writes is not None,
                ", ".join(here.role(role, language) for role in roles),
                any(showing.is_special(field) for field in register.fields.values()),
            )
        )
    return render(request, "registers/registers.html", {"lines": lines})


@access.officer()
@require_http_methods(["GET", "HEAD", "POST"])
def state(request: HttpRequest, register: str) -> HttpResponse:
    """Asks for what the officer looks, keeps it in the session, goes on to where they wanted to go."""
    seat = seat_of(request, register)
    form = StateForm(request.POST or None, initial={"stated": stating.stated(request, seat) or ""})
    rows = reverse("registers:rows", args=[register])
    if request.method == "POST" and form.is_valid():
        stating.state(request, seat, form.cleaned_data["stated"])
        where, back = request.session.pop(stating.BACK, ("", ""))
        return access.on_from(request, access.safe_path(back, rows) if where == register else rows)
    return render(request, "registers/state.html", {"form": form, **words_of(seat)})


@access.officer()
@require_http_methods(["GET", "HEAD", "POST"])
def rows(request: HttpRequest, register: str) -> HttpResponse:
    """The list. What is asked for is sent, and comes back as an address in which no person can be read."""
    seat = seat_of(request, register)
    purpose = purpose_of(request, seat)
    asking = Asking(seat, request.GET.dict())
    here = reverse("registers:rows", args=[register])
    form = FilterForm(asking, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if form.is_valid():
            return HttpResponseRedirect(asking.address(here, **form.changes))
        return render(request, "registers/rows.html", {"form": form, "asking": asking, **words_of(seat, purpose)})
    words = {} if asking.is_strange else _list(asking, purpose, here)
    words |= {"form": form, "asking": asking, **words_of(seat, purpose)}
    return render(request, "registers/rows.html", words)


@access.officer()
@require_safe
def print_rows(request: HttpRequest, register: str) -> HttpResponse:
    """The page of the list as it is printed: with what was asked, the day, and who printed it."""
    seat = seat_of(request, register)
    purpose = purpose_of(request, seat)
    asking = Asking(seat, request.GET.dict())
    here = reverse("registers:rows", args=[register])
    if asking.is_strange:
        return HttpResponseRedirect(f"{here}?{request.GET.urlencode()}")
    words = _list(asking, purpose, here) | words_of(seat, purpose)
    words |= {"asked": asked_in_words(asking), "now": clock.now(), "back": asking.address(here)}
    return render(request, "registers/print_rows.html", words)


def _list(asking: Asking, purpose: Purpose, here: str) -> dict[str, Any]:
    asked, now = asking.asked(purpose), clock.now()
    page = queries.page(asking.register.id, asked, purpose, now=now)
    rows = [line.values for line in page.rows]
    names = naming.names_of(
        asking.register, rows, purpose, fields=page.fields, now=now, on=asked.on, known_at=asked.known_at
    )
    columns = asking.columns(page.fields, here)
    out = reverse("registers:export", args=[asking.register.id])
    return {
        "columns": columns,
        "lines": [_line(asking, columns, line, names) for line in page.rows],
        "next": asking.address(here, after=page.next) if page.next else "",
        "previous": asking.address(here, after=page.previous) if page.previous else "",
        "first": asking.address(here, after="") if asking.values.get("after") else "",
        "print": asking.address(reverse("registers:print-rows", args=[asking.register.id])),
        "export": asking.address(out, after="", size="") if asking.is_narrowed or asking.sort else "",
        "clear": here if asking.is_narrowed else "",
    }


def _line(asking: Asking, columns: list[Column], line: queries.Line, names: showing.Names) -> Listed:
    register = asking.register
    words = [
        (column.label, showing.of_any(register, column.path, line.values.get(column.path), names)) for column in columns
    ]
    numbers = [_is_number(asking, column.path) for column in columns]
    url = reverse("registers:row", args=[register.id, line.id])
    cells = tuple((*each, number) for each, number in zip(words[1:], numbers[1:], strict=True))
    return Listed(url, words[0] if words else ("", str(line.id)), cells)


def _is_number(asking: Asking, path: str) -> bool:
    field = showing.field_of(asking.register, path)
    return field is not None and field.kind in ("integer", "decimal", "percent", "money") and not field.many


def asked_in_words(asking: Asking, *without: str) -> list[pieces.Row]:
    """The question of a list, for paper and for a file; of the form's fields not those named."""
    form = FilterForm(asking)
    found = []
    for bound in form:
        value = bound.value()
        if value in (None, "", []) or bound.name in without:
            continue
        options = dict(option[:2] for option in getattr(bound.field, "options", ()))
        chosen = [str(options[each]) for each in value if each in options] if isinstance(value, list) else []
        shown = ", ".join(chosen) if isinstance(value, list) else options.get(str(value), value)
        if isinstance(value, tuple):
            shown = ".".join(str(part) for part in value[:3]) + (f" {value[3]}" if len(value) > 3 else "")
        found.append(pieces.Row(str(bound.label), str(shown)))
    return found


def words_of(seat: Seat, purpose: Purpose | None = None) -> dict[str, Any]:
    """What every page of a register says at its top."""
    here = country.current()
    today = clock.day_in(here.time_zone)
    return {
        "register": seat.register.id,
        "seat": seat,
        "title": showing.text(seat.register, "title"),
        "of": showing.text(seat.register, "of"),
        "agency": here.agencies[seat.register.agency].name(showing.language(), today),
        "stated": purpose.case if purpose else "",
    }
