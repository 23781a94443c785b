"""Fonds: the list, a new one, its page with progress, errors and forecast, its papers, its print and its table."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pencere.base import clock
from pencere.base.errors import BadInput
from pencere.identity import access
from pencere.registers.paper import actions, queries, rules, wording
from pencere.registers.paper.forms import FondForm, initial_of
from pencere.registers.paper.models import Fond, Paper
from pencere.registers.paper.queries import Progress
from pencere.registers.paper.rights import Seat, seats_of
from pencere.registers.paper.views.asking import SETTLES, TYPES, fond_of, language, who_of
from pencere.ui import pieces, writing

SAID = ("begun", "changed", "closed", "opened", "nothing", "done", "back", "aside")
"""What a page says has just happened, by a word in its address."""


@dataclass(frozen=True, slots=True)
class FondLine:
    """A fond in the list."""

    fond: Fond
    name: str
    register: str
    progress: Progress


@access.officer()
@require_safe
def fonds(request: HttpRequest) -> HttpResponse:
    seats = seats_of(who_of(request))
    lines = [
        FondLine(fond, wording.fond(fond, language()), wording.title(seats[fond.register].shape, language()), progress)
        for fond, progress in queries.fonds_of(seats)
    ]
    may_begin = any(seat.types_as for seat in seats.values())
    return render(request, "registers/paper/fonds.html", {"lines": lines, "may_begin": may_begin, "seats": seats})


@access.officer()
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    seats = {id_: seat for id_, seat in seats_of(who_of(request)).items() if seat.types_as}
    if not seats:
        return HttpResponseRedirect(reverse("paper:fonds"))
    registers = [(id_, wording.title(seat.shape, language())) for id_, seat in seats.items()]
    form = FondForm(request.POST if request.method == "POST" else None, registers=registers)
    if request.method == "POST" and form.is_valid():
        register = form.cleaned_data.get("register") or registers[0][0]
        try:
            fond = actions.begin_fond(
                register, form.cleaned_data["code"], form.names, form.believed,
                officer=who_of(request).account_id, now=clock.now(),
            )  # fmt: skip
            return to_fond(fond, "begun")
        except BadInput:
            form.add_error("code", gettext("The register has a fond with this code. Open that one, or write another."))
    words = {"form": form, "register": registers[0][1] if len(registers) == 1 else ""}
    return render(request, "registers/paper/fond_new.html", words)


@access.officer()
@require_http_methods(["GET", "HEAD", "POST"])
def describe(request: HttpRequest, fond: int) -> HttpResponse:
    found, _seat = fond_of(request, fond, TYPES)
    form = FondForm(request.POST if request.method == "POST" else None, fond=found, initial=initial_of(found))
    if request.method == "POST" and form.is_valid():
        actions.describe_fond(found, form.names, form.believed)
        return to_fond(found, "changed")
    return render(request, "registers/paper/fond_edit.html", {"form": form, "fond": found})


@access.officer()
@require_safe
def fond(request: HttpRequest, fond: int) -> HttpResponse:
    found, seat = fond_of(request, fond)
    to_type, to_settle = queries.waiting_for(found, who_of(request).account_id)
    words = {
        **_figures(found, seat),
        "to_type": to_type if seat.types_as else 0,
        "to_settle": to_settle if seat.settles_as else 0,
        "may_type": bool(seat.types_as),
        "may_settle": bool(seat.settles_as),
        "said": next((word for word in SAID if word in request.GET), ""),
    }
    return render(request, "registers/paper/fond.html", words)


@access.officer()
@require_safe
def printed(request: HttpRequest, fond: int) -> HttpResponse:
    found, seat = fond_of(request, fond)
    days = queries.days_of(found)
    names = (gettext("Day"), gettext("Scanned"), gettext("Typed once"), gettext("Typed twice"), gettext("Settled"),
             gettext("Entered"), gettext("Put aside"))  # fmt: skip
    rows = tuple(
        (pieces.Cell(writing.day(day.day, language())),
         *(pieces.Cell(str(number), number=True)
           for number in (day.scanned, day.once, day.twice, day.settled, day.entered, day.unreadable)))
        for day in days
    )  # fmt: skip
    columns = tuple(pieces.Cell(name, number=place > 0) for place, name in enumerate(names))
    words = {
        **_figures(found, seat),
        "days": pieces.Table(gettext("Day by day"), columns, rows) if rows else None,
        "at": clock.now(),
    }
    return render(request, "registers/paper/fond_print.html", words)


@access.officer()
@require_safe
def table(request: HttpRequest, fond: int) -> HttpResponse:
    """The fond's days as CSV (RFC 4180); no data of persons, no officer."""
    found, _seat = fond_of(request, fond)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["day", "scanned", "typed_once", "typed_twice", "settled", "entered", "put_aside"])
    for day in queries.days_of(found):
        writer.writerow(
            [day.day.isoformat(), day.scanned, day.once, day.twice, day.settled, day.entered, day.unreadable]
        )
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="fond-{found.pk}.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@access.officer()
@require_POST
def close(request: HttpRequest, fond: int) -> HttpResponse:
    found, _seat = fond_of(request, fond, SETTLES)
    actions.close_fond(found, officer=who_of(request).account_id, now=clock.now())
    return to_fond(found, "closed")


@access.officer()
@require_POST
def reopen(request: HttpRequest, fond: int) -> HttpResponse:
    found, _seat = fond_of(request, fond, SETTLES)
    actions.reopen_fond(found, officer=who_of(request).account_id, now=clock.now())
    return to_fond(found, "opened")


@access.officer()
@require_safe
def papers(request: HttpRequest, fond: int) -> HttpResponse:
    """In the order of their numbers, 50 at once; the state stands in the address."""
    found, _seat = fond_of(request, fond)
    state = request.GET.get("state", "")
    state = state if state in wording.STATES else ""
    after = request.GET.get("after", "")
    listed, further = queries.papers_of(found, state, int(after) if after.isascii() and after.isdigit() else 0)
    words = {
        "fond": found,
        "name": wording.fond(found, language()),
        "papers": [_line(paper) for paper in listed],
        "states": [(code, gettext(word), code == state) for code, (word, _) in wording.STATES.items()],
        "older": f"?state={state}&after={further}" if further else "",
        "newest": f"?state={state}" if after else "",
    }
    return render(request, "registers/paper/papers.html", words)


def _line(paper: Paper) -> dict[str, object]:
    word, colour = wording.state(paper)
    return {"paper": paper, "word": word, "colour": colour}


def to_fond(fond: Fond, said: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('paper:fond', args=[fond.pk])}?{said}")


# --- figures


def _figures(fond: Fond, seat: Seat) -> dict[str, Any]:
    """What the page of a fond and its print show alike."""
    progress = queries.progress_of(fond)
    speed = queries.speed_of(fond, progress, clock.now())
    counts = queries.errors_of(fond)
    return {
        "fond": fond,
        "name": wording.fond(fond, language()),
        "register": wording.title(seat.shape, language()),
        "progress": progress,
        "speed": speed,
        "pace": writing.number(f"{speed.pace.mean:.1f}", language()) if speed.pace and speed.pace.by_day else "",
        "least_days": rules.LEAST_DAYS,
        "least_papers": rules.LEAST_PAPERS,
        "least_compared": rules.LEAST_COMPARED,
        "sample": writing.number(str(seat.shape.register.paper.sample), language())
        if seat.shape.register.paper
        else "",
        "errors": _errors(seat, counts) if any(count.compared for count in counts) else None,
        "officers": _officers(fond) if seat.is_head else None,
    }


def _errors(seat: Seat, counts: tuple[rules.Count, ...]) -> pieces.Table:
    few = gettext("too few")
    names = (gettext("Field"), gettext("Typed twice"), gettext("Differences"), gettext("Residual errors, estimated"),
             gettext("Checked in the sample"), gettext("Residual errors, measured"))  # fmt: skip
    rows = []
    for count in counts:
        differ, residual, found = rules.disagreement(count), rules.residual(count), rules.measured(count)
        measured = (
            gettext("%(share)s (from %(least)s to %(most)s)")
            % {
                "share": wording.percent(found.share, language()),
                "least": wording.percent(found.least, language()),
                "most": wording.percent(found.most, language()),
            }
            if found
            else gettext("nothing yet")
        )
        cells = (
            str(count.compared),
            str(count.differed) if differ is None else f"{count.differed} ({wording.percent(differ, language())})",
            few if residual is None else wording.percent(residual, language()),
            str(count.checked),
            measured,
        )
        label = wording.label(seat.shape, count.field, language())
        rows.append((pieces.Cell(label), *(pieces.Cell(text, number=True) for text in cells)))
    columns = tuple(pieces.Cell(name, number=place > 0) for place, name in enumerate(names))
    return pieces.Table(gettext("Errors, field by field"), columns, tuple(rows))


def _officers(fond: Fond) -> pieces.Table | None:
    rows = tuple(
        (pieces.Cell(each.name or gettext("An officer of earlier")), pieces.Cell(str(each.typed), number=True),
         pieces.Cell(str(each.settled), number=True))
        for each in queries.officers_of(fond)
    )  # fmt: skip
    columns = (
        pieces.Cell(gettext("Officer")),
        pieces.Cell(gettext("Typed"), number=True),
        pieces.Cell(gettext("Settled"), number=True),
    )
    return pieces.Table(gettext("Officers, by name"), columns, rows) if rows else None
