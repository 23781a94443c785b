"""Pages of the catalogue: services, life events, agencies. Everybody may read them."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from pencere import country
from pencere.base import clock
from pencere.catalogue import queries
from pencere.identity import access
from pencere.ui.sharing import same_for_all

LONGEST_SEARCH = 100


@access.public
@same_for_all
def services(request: HttpRequest) -> HttpResponse:
    search = " ".join(request.GET.get("q", "")[:LONGEST_SEARCH].split())
    cards = queries.services(_language(), _today(), search=search)
    return render(request, "catalogue/services.html", {"services": cards, "search": search})


@access.public
@same_for_all
def service(request: HttpRequest, service_id: str) -> HttpResponse:
    page = queries.service(service_id, _language(), _today())
    if page is None:
        raise Http404
    return render(request, "catalogue/service.html", {"service": page, "start": f"/{_language()}/apply/{service_id}/"})


@access.public
@same_for_all
def life_event(request: HttpRequest, event_id: str) -> HttpResponse:
    event = queries.life_event(event_id, _language(), _today())
    if event is None:
        raise Http404
    return render(request, "catalogue/life_event.html", {"event": event})


@access.public
@same_for_all
def agencies(request: HttpRequest) -> HttpResponse:
    return render(request, "catalogue/agencies.html", {"lines": queries.agencies(_language(), _today())})


@access.public
@same_for_all
def agency(request: HttpRequest, agency_id: str) -> HttpResponse:
    page = queries.agency(agency_id, _language(), _today())
    if page is None:
        raise Http404
    return render(request, "catalogue/agency.html", {"agency": page})


def _language() -> str:
    return get_language() or country.current().languages[0]


def _today() -> date:
    return clock.day_in(country.current().time_zone)
