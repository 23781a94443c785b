"""The page on which a person decides of lines that look like others whether they are the same, each for itself.

Rows of the register are shown under the purpose that the officer stated, as on every page of the register.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from pencere import country
from pencere.base import clock
from pencere.base.errors import BadInput
from pencere.identity import access
from pencere.registers.importing import alike, deciding, pairs, rights, sentences, shown
from pencere.registers.models import Load, PossibleDuplicate
from pencere.registers.using import shape_of
from pencere.registers.views.desk import purpose_of, seat_of, who

_PAGE = 10
_DECISIONS = frozenset({"new", "keep", "correct", "line", "instead"})


@access.officer()
@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest, number: int) -> HttpResponse:
    """Those that wait, or (`all`) every one, in the order of the file."""
    load = rights.load_of(who(request), number)
    if load is None:
        raise Http404
    if load.state != "ready" or load.wish:
        return HttpResponseRedirect(reverse("registers:load", args=[load.pk]))
    refused = _decided(request, load) if request.method == "POST" else []
    if request.method == "POST" and not refused:
        return HttpResponseRedirect(_address(load, request.GET.get("all", ""), request.GET.get("after", "")))
    seat = seat_of(request, load.register)
    purpose = purpose_of(request, seat)
    found = PossibleDuplicate.objects.filter(load=load).order_by("line")
    every, after = request.GET.get("all", ""), request.GET.get("after", "")
    if not every:
        found = found.filter(decision="")
    if after.isdecimal():
        found = found.filter(line__gt=int(after[:18]))
    page = list(found[: _PAGE + 1])
    cards = pairs.cards(shape_of(load.register), load, page[:_PAGE], purpose, now=clock.now())
    words: dict[str, Any] = {
        "load": load,
        "register": seat.register.texts.get("title", {}),
        "cards": cards,
        "asked": ",".join(str(card.line) for card in cards if not card.displaced),
        "waiting": sentences.number(alike.undecided(load)),
        "is_all": bool(every),
        "here": _address(load, every, after),
        "every_url": _address(load, "1", ""),
        "open_url": _address(load, "", ""),
        "older": _address(load, every, str(page[_PAGE - 1].line)) if len(page) > _PAGE else "",
        "newest": _address(load, every, "") if after else "",
        "summary": refused,
        "purpose": purpose,
    }
    return render(request, "registers/load_possible_duplicates.html", words)


def _decided(request: HttpRequest, load: Load) -> list[dict[str, str]]:
    """Takes what was chosen, line by line; gives what could not be, with where it stands on the page."""
    register = country.current().registers[load.register]
    if not (rights.may_load(who(request), register) or rights.may_confirm(who(request), register, load)):
        raise Http404
    refused = []
    lines = request.POST.get("lines", "").split(",")[:_PAGE]
    for line in lines:
        said = "new" if request.POST.get("do") == "all-new" else request.POST.get(f"line-{line}", "")
        decision, _, row = said.partition(":")
        if not line.isdecimal() or decision not in _DECISIONS:
            continue
        try:
            deciding.decide(
                shape_of(load.register), load, int(line[:18]), decision, int(row[:18]) if row.isdecimal() else None,
                decided_by=rights.recorded_as(who(request)), now=clock.now(),
            )  # fmt: skip
        except BadInput as problem:
            refused.append({"anchor": f"line-{line}-0", "sentence": shown.said(problem)})
    is_chosen = request.POST.get("do") == "all-new" or any(f"line-{line}" in request.POST for line in lines)
    if not refused and not is_chosen:
        anchor = f"line-{lines[0]}-0" if lines[0] else "main"
        refused.append({"anchor": anchor, "sentence": gettext("Choose at least for one line.")})
    return refused


def _address(load: Load, every: str, after: str) -> str:
    asked = {name: value for name, value in (("all", "1" if every else ""), ("after", after)) if value}
    here = reverse("registers:load-possible-duplicates", args=[load.pk])
    return f"{here}?{urlencode(asked)}" if asked else here
