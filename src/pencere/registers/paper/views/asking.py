"""Who asks, and for what: the fond, the paper or the turn of an address, for an officer who may have it."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.utils import translation

from pencere import country
from pencere.identity.queries import Who
from pencere.registers.paper.models import Fond, Paper
from pencere.registers.paper.rights import Seat, seat_of

TYPES, SETTLES, LOOKS = "types", "settles", "looks"
"""What an officer must be allowed to do to have a page."""


def who_of(request: HttpRequest) -> Who:
    who: Who = request.who  # type: ignore[attr-defined]
    return who


def language() -> str:
    return translation.get_language() or country.current().languages[0]


def fond_of(request: HttpRequest, fond: int, must: str = LOOKS) -> tuple[Fond, Seat]:
    """Raises Http404 where there is none, or it is not theirs."""
    found = Fond.objects.filter(pk=fond).first()
    if found is None:
        raise Http404
    return found, demand_seat(request, found.register, must)


def paper_of(request: HttpRequest, paper: int, must: str = LOOKS) -> tuple[Paper, Seat]:
    found = Paper.objects.select_related("fond").filter(pk=paper).first()
    if found is None:
        raise Http404
    return found, demand_seat(request, found.register, must)


def demand_seat(request: HttpRequest, register: str, must: str = LOOKS) -> Seat:
    declared = country.current().registers.get(register)
    if declared is None or declared.paper is None:
        raise Http404  # the declaration changed, and nobody is named who may see its papers
    seat = seat_of(who_of(request), register)
    if seat is None or (must == TYPES and not seat.types_as) or (must == SETTLES and not seat.settles_as):
        raise Http404
    return seat
