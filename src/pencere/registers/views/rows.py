"""One row as its agency sees it: what it says, since when, on what document; its versions, links, files; on paper.

Opening it is a look, written down first. Data of a special category is shown only to who says for what: another look.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from pencere import country
from pencere.base import clock
from pencere.base.purpose import Purpose
from pencere.country.declarations import Register
from pencere.identity import access
from pencere.registers import desk_rights, naming, queries, shelf, showing
from pencere.registers.desk_forms import SpecialForm
from pencere.registers.desk_rights import Seat
from pencere.registers.paper.queries import paper_of_row
from pencere.registers.paper.rights import seat_of as seat_at_papers
from pencere.registers.queries import Link, Record, Version
from pencere.registers.using import shape_of
from pencere.registers.views import maps
from pencere.registers.views.desk import purpose_of, seat_of, who, words_of
from pencere.registers.views.origins import by_words, document, how_words, reason_words
from pencere.ui import pieces, writing

DAYS = ("valid_from", "valid_until")


@dataclass(frozen=True, slots=True)
class Shown:
    """A field on the page. `links`: words and addresses, of files and of rows that it names."""

    label: str
    text: str
    hidden: bool = False
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Linked:
    """A row that this one names, or that names it. Without `url` this officer may not open it."""

    register: str
    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A row on the page: the version that the address names, and the whole record with it."""

    seat: Seat
    record: Record
    version: Version
    special: bool
    names: showing.Names  # of the rows that it names

    @property
    def register(self) -> Register:
        return self.seat.register

    @property
    def hidden(self) -> tuple[str, ...]:
        """Fields of a special category; none where they are shown."""
        return () if self.special else special_names(self.register)

    @property
    def name(self) -> str:
        """What the row is called: its key."""
        return name_of(self.register, self.version.values, self.names)

    @property
    def page_name(self) -> str:
        """The same for the title of a page, which browsers remember: no identifier of a person."""
        if not shape_of(self.register.id).is_personal:
            return self.name
        return gettext("row %(number)s") % {"number": self.version.id}

    @property
    def current(self) -> Version | None:
        """What the register says now of the days on which this version began; None if it says nothing any more."""
        live = [each for each in self.record.history if each.retired_at is None]
        day = self.version.valid_from
        holding = (each for each in live if each.valid_from <= day and (each.valid_until or date.max) >= day)
        return next(holding, live[0] if live else None)


def special_names(register: Register) -> tuple[str, ...]:
    return tuple(name for name, field in register.fields.items() if showing.is_special(field))


def name_of(register: Register, values: Mapping[str, object], names: showing.Names = showing.NOBODY) -> str:
    return ", ".join(showing.of_any(register, name, values.get(name), names) for name in register.key)


def opened(
    seat: Seat,
    row: int,
    purpose: Purpose,
    *,
    special: bool = False,
    named: bool = True,
    on: date | None = None,
    known_at: datetime | None = None,
) -> Opened:
    """Writes the look, then gives the row; `named`: with the names of the rows that it names, looks of their own.

    `record.row` is what held `on` that day (default: today) by what was known at that moment (default: now). Raises
    Http404 for a row of another register.
    """
    shown = tuple(name for name in seat.register.fields if special or name not in special_names(seat.register))
    if queries.register_of(row) != seat.register.id:
        raise Http404
    now = clock.now()
    record = queries.record(row, purpose, fields=shown, on=on, known_at=known_at, now=now)
    version = next((each for each in record.history if each.id == row), None)
    if version is None:
        raise Http404
    if not named:
        return Opened(seat, record, version, special, showing.NOBODY)
    said = [each.values for each in record.history]
    return Opened(seat, record, version, special, naming.names_of(seat.register, said, purpose, fields=shown, now=now))


@access.officer()
@require_safe
def row(request: HttpRequest, register: str, row: int) -> HttpResponse:
    seat = seat_of(request, register)
    purpose = purpose_of(request, seat)
    found = opened(seat, row, purpose)
    return render(request, "registers/row.html", _words(request, found, purpose, SpecialForm()))


@access.officer()
@require_POST
def special(request: HttpRequest, register: str, row: int) -> HttpResponse:
    """The row with its data of a special category, for the reason that is sent with it. Not kept: pressed each time."""
    seat = seat_of(request, register)
    purpose = purpose_of(request, seat)
    form = SpecialForm(request.POST)
    if not form.is_valid():
        found = opened(seat, row, purpose)
        return render(request, "registers/row.html", _words(request, found, purpose, form))
    reason = form.cleaned_data["need"]
    found = opened(seat, row, seat.purpose(reason), special=True)
    words = _words(request, found, purpose, None) | {"special_reason": reason}
    return render(request, "registers/row.html", words)


@access.officer()
@require_safe
def print_row(request: HttpRequest, register: str, row: int) -> HttpResponse:
    seat = seat_of(request, register)
    purpose = purpose_of(request, seat)
    found = opened(seat, row, purpose)
    now = clock.now()
    words = _words(request, found, purpose, None) | {
        "now": now,
        "reference": f"{register}/{row}/{writing.machine_time(now)}",
    }
    return render(request, "registers/print_row.html", words)


@access.officer()
@require_safe
def file(request: HttpRequest, register: str, row: int, digest: str) -> HttpResponse:
    """A file of the row, or the document on which a version of it rests; that it was opened is written down."""
    seat = seat_of(request, register)
    purpose = purpose_of(request, seat)
    found = opened(seat, row, purpose, named=False)
    allowed = [{name: value for name, value in each.values.items() if name not in found.hidden} for each in
               found.record.history]  # fmt: skip
    return shelf.response(digest, [*allowed, *(each.document for each in found.record.history)])


# ---- how the pictures are made


def _words(request: HttpRequest, found: Opened, purpose: Purpose, form: SpecialForm | None) -> dict[str, Any]:
    version, register = found.version, found.register
    current = found.current
    is_live = version.retired_at is None
    refers, referred = _links(request, found, purpose)
    hidden = special_names(register)
    return {
        **words_of(found.seat, purpose),
        "number": version.id,
        "name": found.name,
        "page_name": found.page_name,
        "is_personal": shape_of(register.id).is_personal,
        "fields": shown_fields(found),
        "tables": tables(found),
        "maps": maps.maps(found, clock.day_in(country.current().time_zone)),
        "special_names": ", ".join(showing.label(register, name) for name in hidden),
        "special_form": form,
        "special_url": reverse("registers:special", args=[register.id, version.id]),
        "recorded": recorded_rows(found, version),
        "is_gone": not is_live and current is None,
        "newer": "" if is_live or current is None else reverse("registers:row", args=[register.id, current.id]),
        "other_days": _other_days(found) if is_live else None,
        "may_change": is_live and found.seat.writes is not None,
        "is_over": is_over(found),
        "may_divide": is_live and may_divide(found),
        "waiting": queries.has_proposal(version.id),
        "paper": _paper(request, found),
        "refers": refers,
        "referred": referred,
        "events": [_event(found, each) for each in found.record.history],
        "done": _done(request),
    }


def is_over(found: Opened) -> bool:
    """Whether the version says something of days that are past, and of no other."""
    last = found.version.valid_until
    return last is not None and last < clock.day_in(country.current().time_zone)


def _other_days(found: Opened) -> tuple[str, str] | None:
    """That the version is not of today, and the address of the one that is, if any; None for that of today."""
    version, now = found.version, found.record.row
    if now is not None and now.id == version.id:
        return None
    if is_over(found):
        words = gettext("It held until %(day)s, and no longer.") % {
            "day": showing.of_any(found.register, "", version.valid_until)
        }
    else:
        words = gettext("It holds from %(day)s on.") % {"day": showing.of_any(found.register, "", version.valid_from)}
    return words, reverse("registers:row", args=[found.register.id, now.id]) if now is not None else ""


def may_divide(found: Opened) -> bool:
    """Whether it is an area that officers divide; what ends only with a second officer's word is not divided."""
    path = maps.divided(found.register)
    is_area = path is not None and found.version.values.get(path) is not None
    return is_area and not found.version.holds_special


def _paper(request: HttpRequest, found: Opened) -> tuple[str, str] | None:
    """The paper from which the row was typed: its words and address; None if there is none, or it is not theirs."""
    if found.register.paper is None or seat_at_papers(who(request), found.register.id) is None:
        return None
    paper = paper_of_row(found.register.id, [each.id for each in found.record.history])
    if paper is None:
        return None
    words = gettext("paper %(number)s of fond %(code)s") % {"number": paper.number, "code": paper.fond.code}
    return words, reverse("paper:paper", args=[paper.pk])


def _done(request: HttpRequest) -> str:
    return {
        "written": gettext("It is written into the register."),
        "ended": gettext("The row holds no longer from the day that you said."),
        "divided": gettext("It is divided. This is the first part; the others lie beside it on the map."),
    }.get(request.GET.get("done", ""), "")


def shown_fields(found: Opened) -> list[Shown]:
    register, values = found.register, found.version.values
    shown = []
    for name, field in register.fields.items():
        label, value = showing.label(register, name), values.get(name)
        if name in found.hidden:
            shown.append(Shown(label, showing.hidden(), hidden=True))
        elif field.kind == "group" and value:
            continue  # a table below
        elif field.kind in ("file", "photo") and value:
            several = value if isinstance(value, list) else [value]
            shown.append(Shown(label, "", links=tuple(_file_link(found, str(each)) for each in several)))
        else:
            shown.append(Shown(label, showing.in_words(register, name, field, value, found.names)))
    return shown


def tables(found: Opened) -> list[pieces.Table]:
    """The repeated groups of the row, each a table."""
    register, values = found.register, found.version.values
    return [
        showing.group_table(register, name, values.get(name), found.names)
        for name, field in register.fields.items()
        if field.kind == "group" and name not in found.hidden and values.get(name)
    ]


def _file_link(found: Opened, reference: str) -> tuple[str, str]:
    digest = reference.removeprefix("sha256:")
    return gettext("File %(sign)s") % {"sign": digest[:8]}, reverse(
        "registers:file", args=[found.register.id, found.version.id, digest]
    )


def recorded_rows(found: Opened, version: Version) -> list[pieces.Row]:
    """When it holds, when it was recorded, by whom, on what."""
    rows = [
        pieces.Row(showing.label(found.register, "valid_from"), showing.of_any(found.register, "", version.valid_from)),
        pieces.Row(
            showing.label(found.register, "valid_until"),
            showing.of_any(found.register, "", version.valid_until)
            if version.valid_until
            else gettext("no end is known"),
        ),
        pieces.Row(gettext("Recorded"), writing.moment(version.recorded_at, showing.language())),
        pieces.Row(gettext("By"), by_words(version.recorded_by)),
    ]
    if version.confirmed_by:
        rows.append(pieces.Row(gettext("Confirmed by"), by_words(version.confirmed_by)))
    if version.reason:
        rows.append(pieces.Row(gettext("Reason"), reason_words(version.reason)))
    if version.document:
        rows.append(
            pieces.Row(gettext("Document"), document(version.document, lambda reference: _file_link(found, reference)))
        )
    if version.retired_at is not None:
        rows.append(pieces.Row(gettext("Said until"), writing.moment(version.retired_at, showing.language())))
    if version.undone_load is not None:
        rows.append(pieces.Row(gettext("Taken back"), _undone_words(version.undone_load)))
    return rows


def _undone_words(load: int) -> str:
    return gettext("with load %(number)s, which was undone as a whole") % {"number": load}


def _event(found: Opened, version: Version) -> pieces.Event:
    days = [showing.of_any(found.register, "", version.valid_from)]
    days.append(showing.of_any(found.register, "", version.valid_until) if version.valid_until else "…")
    more = [reason_words(version.reason)] if version.reason else []
    if version.undone_load is not None:
        back = gettext("Taken back")
        more.append(f"{back}: {_undone_words(version.undone_load)}")
    return pieces.Event(
        title=how_words(version.how),
        when=writing.moment(version.recorded_at, showing.language()),
        at=writing.machine_time(version.recorded_at),
        text=" – ".join(days) + "".join(f" · {each}" for each in more),
    )


def _links(request: HttpRequest, found: Opened, purpose: Purpose) -> tuple[list[Linked], list[Linked]]:
    """Rows that this one names, and rows that name it."""
    both = queries.links(found.version.id, purpose, now=clock.now())
    return (
        [_linked(request, each) for each in both if not each.is_from],
        [_linked(request, each) for each in both if each.is_from],
    )


def _linked(request: HttpRequest, link: Link) -> Linked:
    register = country.current().registers[link.register]
    may = desk_rights.seat(link.register, who(request)) is not None
    url = reverse("registers:row", args=[link.register, link.row]) if may else ""
    words = link.label or gettext("row %(number)s") % {"number": link.row}
    return Linked(showing.text(register, "title"), words, url)
