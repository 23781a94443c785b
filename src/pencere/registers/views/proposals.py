"""The second pair of eyes: what waits to be confirmed, what was and what would be, and the word of another officer.

Who proposed a change cannot confirm it, only take it back. Opening a proposal is a look, written down first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from pencere.base import clock
from pencere.base.errors import BadInput, Refused
from pencere.country.declarations import Register
from pencere.identity import access
from pencere.registers import actions, desk_rights, entry_forms, naming, queries, shelf, showing
from pencere.registers.comparing import differences
from pencere.registers.desk_forms import TurnDownForm
from pencere.registers.desk_rights import Seat
from pencere.registers.importing.sentences import SENTENCES
from pencere.registers.queries import Proposed, Waiting
from pencere.registers.views.desk import purpose_of, seat_of, who, words_of
from pencere.registers.views.origins import by_words, document
from pencere.registers.views.rows import DAYS, name_of
from pencere.ui import pieces, writing

MOST_WAITING = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A proposal in a list, by what says nothing of anybody."""

    id: int
    title: str
    how: str
    at: datetime
    by: str
    state: str
    colour: str


@access.officer()
@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    """What waits for this officer, and what they proposed themselves. Names nobody, so nothing is looked at."""
    seats = desk_rights.seats(who(request))
    confirming = tuple(seat.register.id for seat in seats if seat.confirms)
    me = seats[0].recorded_by if seats else ""
    waiting = queries.proposals(confirming, but_by=me, limit=MOST_WAITING + 1)
    words = {
        "waiting": [_line(each) for each in waiting[:MOST_WAITING]],
        "more": len(waiting) > MOST_WAITING,
        "own": [_line(each) for each in queries.own_proposals(me)] if me else [],
        "done": {
            "sent": gettext(
                "It is sent to be confirmed by a second officer. Until then the register says what it said."
            ),
            "confirmed": gettext("It is confirmed and written into the register."),
            "turned_down": gettext("It is turned down. Nothing was written."),
            "lapsed": gettext("Nothing was written: the row was changed meanwhile, so the proposal lapsed."),
        }.get(request.GET.get("done", ""), ""),
    }
    return render(request, "registers/proposals.html", words)


@access.officer()
@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, proposal: int) -> HttpResponse:
    seat = _seat(request, proposal)
    purpose = purpose_of(request, seat)
    step = request.POST.get("step", "") if request.method == "POST" else ""
    form = TurnDownForm(request.POST if step == "turn_down" else None, own=_is_own(seat, proposal))
    problem = ""
    if step == "turn_down" and form.is_valid():
        problem = _turned_down(seat, proposal, form.cleaned_data["reason"])
        if not problem:
            return HttpResponseRedirect(f"{reverse('registers:proposals')}?done=turned_down")
    elif step == "confirm":
        done, problem = _confirmed(seat, proposal)
        if done:
            return HttpResponseRedirect(f"{reverse('registers:proposals')}?done={done}")
    found = queries.proposal(proposal, purpose, reader=seat.recorded_by, now=clock.now())
    said = [found.values, found.before or {}]
    names = naming.names_of(seat.register, said, purpose, fields=seat.register.fields, now=clock.now())
    words = {**words_of(seat, purpose), **_words(seat, found, names), "form": form, "problem": problem}
    return render(request, "registers/proposal.html", words, status=409 if problem else 200)


@access.officer()
@require_safe
def file(request: HttpRequest, proposal: int, digest: str) -> HttpResponse:
    """A file that the proposal names; that it was opened is written down."""
    seat = _seat(request, proposal)
    purpose = purpose_of(request, seat)
    found = queries.proposal(proposal, purpose, reader=seat.recorded_by, now=clock.now())
    return shelf.response(digest, [found.document, found.values, found.before or {}])


def _seat(request: HttpRequest, proposal: int) -> Seat:
    """Of an officer who writes in the register or confirms; to others the proposal is unknown."""
    head = queries.proposal_head(proposal)
    if head is None:
        raise Http404
    seat = seat_of(request, head.register)
    if seat.writes is None and seat.confirms is None:
        raise Http404
    return seat


def _is_own(seat: Seat, proposal: int) -> bool:
    head = queries.proposal_head(proposal)
    return head is not None and head.proposed_by == seat.recorded_by


def _confirmed(seat: Seat, proposal: int) -> tuple[str, str]:
    """What became of it, or why nothing did."""
    if seat.confirms is None:
        return "", gettext("Another role confirms this.")
    try:
        return actions.confirm(proposal, decided_by=seat.recorded_by, now=clock.now()).state, ""
    except Refused:
        return "", gettext("You proposed this, so another officer confirms it.")
    except BadInput:
        return "", gettext("It was decided meanwhile.")


def _turned_down(seat: Seat, proposal: int, reason: str) -> str:
    """Why nothing was done; "" if it was turned down, or taken back by who proposed it."""
    if seat.confirms is None and not _is_own(seat, proposal):
        return gettext("Another role confirms this.")
    try:
        actions.turn_down(proposal, reason=reason, decided_by=seat.recorded_by, now=clock.now())
    except BadInput:
        return gettext("It was decided meanwhile.")
    return ""


def _line(head: Waiting) -> Line:
    register = desk_rights.register_of(head.register)
    state, colour = _state(head.state)
    return Line(
        head.id, showing.text(register, "title"), change_words(head.change), head.proposed_at,
        by_words(head.proposed_by), state, colour,
    )  # fmt: skip


def _state(state: str) -> tuple[str, str]:
    return {
        "open": (gettext("waits to be confirmed"), ""),
        "confirmed": (gettext("confirmed"), "green"),
        "turned_down": (gettext("turned down"), "red"),
        "lapsed": (gettext("lapsed"), "grey"),
    }[state]


def _words(seat: Seat, found: Proposed, names: showing.Names) -> dict[str, Any]:
    register, head = seat.register, found.head
    before = {**(found.before or {}), **dict(zip(DAYS, found.held or (), strict=False))}
    state, colour = _state(head.state)
    own = head.proposed_by == seat.recorded_by
    is_open = head.state == "open"
    after, paths = {**before, **found.values, **found.days}, (*register.fields, *DAYS)
    changed = differences(register, before, after, paths, names_of_rows=names) if found.before else []
    said = {"add": found.values, "end": found.before}.get(head.change)
    return {
        "how": change_words(head.change),
        "state": state,
        "colour": colour,
        "facts": _facts(seat, found),
        "differences": changed,
        "old_words": gettext("The register says"),
        "new_words": gettext("It will say"),
        "rows": _rows(register, said, found.hidden, names) if said is not None else [],
        "rows_words": gettext("The row that ends") if head.change == "end" else gettext("The new row"),
        "may_confirm": is_open and not own and seat.confirms is not None,
        "may_take_back": is_open and own,
        "own": own,
    }


def _rows(
    register: Register, said: Mapping[str, object], hidden: tuple[str, ...], names: showing.Names
) -> list[pieces.Row]:
    shown = {name: field for name, field in register.fields.items() if name not in hidden}
    rows = entry_forms.rows_of(register, said, shown, names)
    return rows + [pieces.Row(showing.label(register, name), showing.hidden()) for name in hidden]


def change_words(change: str) -> str:
    """What is proposed; nothing of it is done yet."""
    return {
        "add": gettext("New row"),
        "replace": gettext("Change from a day on"),
        "end": gettext("End of a row"),
        "correct": gettext("Correction"),
    }[change]


def _facts(seat: Seat, found: Proposed) -> list[pieces.Row]:
    """Which row, from when, proposed by whom, on what; what became of it."""
    register, head, language = seat.register, found.head, showing.language()
    rows = []
    if found.before is not None and head.row is not None:
        url = reverse("registers:row", args=[register.id, head.row])
        words = name_of(register, found.before)
        rows.append(pieces.Row(gettext("Row"), format_html('<a class="govuk-link" href="{}">{}</a>', url, words)))
    if head.change != "correct":
        ends = gettext("First day on which it holds no longer")
        label = ends if head.change == "end" else gettext("From this day on")
        rows.append(pieces.Row(label, writing.day(found.day, language)))
    for name, day in found.days.items() if found.held is None else ():
        rows.append(pieces.Row(showing.label(register, name), writing.day(day, language) if day else showing.UNKNOWN))
    rows += [
        pieces.Row(gettext("Proposed"), writing.moment(head.proposed_at, language)),
        pieces.Row(gettext("By"), by_words(head.proposed_by)),
        pieces.Row(gettext("Reason"), found.reason),
        pieces.Row(gettext("Document"), document(found.document, lambda reference: _file_link(head.id, reference))),
    ]
    if found.decided_at is not None:
        rows.append(pieces.Row(gettext("Decided"), writing.moment(found.decided_at, language)))
        rows.append(pieces.Row(gettext("Decided by"), by_words(found.decided_by)))
    if found.said:
        coded = found.said in SENTENCES or head.state == "lapsed"
        rows.append(pieces.Row(gettext("Answer"), showing.refusal(BadInput(found.said)) if coded else found.said))
    return rows


def _file_link(proposal: int, reference: str) -> tuple[str, str]:
    digest = reference.removeprefix("sha256:")
    return digest[:8], reverse("registers:proposal-file", args=[proposal, digest])
