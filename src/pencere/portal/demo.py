"""The page of the demo: whom to sign in as for what. Their identifiers stand neither on it nor in an address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext

from pencere import country
from pencere.base import clock
from pencere.catalogue import queries as catalogue
from pencere.identity import access
from pencere.identity.demo_provider import people
from pencere.portal.nation import guide
from pencere.portal.nation.loading import people_file


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person to sign in as: what is likely to come out, and why."""

    name: str
    birth_date: date
    end: str
    colour: str
    note: str


@dataclass(frozen=True, slots=True)
class ForService:
    id: str
    title: str
    persons: tuple[Somebody, ...]


@dataclass(frozen=True, slots=True)
class AtAgency:
    """The officers of one agency: name and role."""

    name: str
    officers: tuple[tuple[str, str], ...]


@access.public
def who_is_who(request: HttpRequest) -> HttpResponse:
    """Only in a demo."""
    if not settings.PENCERE.demo:
        raise Http404
    language = get_language() or country.current().languages[0]
    today = clock.day_in(country.current().time_zone)
    found = {"services": _services(language, today), "agencies": _agencies(language, today)}
    return render(request, "portal/who_is_who.html", found)


def _services(language: str, today: date) -> list[ForService]:
    """In the order in which services come in life, each once."""
    lines = guide.read()
    ordered = [one for event in catalogue.life_events(language, today) for one in event.services]
    titles = {one.id: one.title for one in (*ordered, *catalogue.services(language, today))}
    found = [
        ForService(id_, title, tuple(_somebody(line, language) for line in lines if line.service == id_))
        for id_, title in titles.items()
    ]
    return [one for one in found if one.persons]


def _somebody(line: guide.Line, language: str) -> Somebody:
    end, colour = {
        "granted": (gettext("likely to be granted"), "green"),
        "partly": (gettext("likely to be granted in part"), "yellow"),
        "refused": (gettext("likely to be refused"), "red"),
    }.get(line.outcome, (gettext("an officer decides"), "blue"))
    note = line.note.get(language) or next(iter(line.note.values()), "")
    return Somebody(line.name, line.birth_date, end, colour, note)


def _agencies(language: str, today: date) -> list[AtAgency]:
    here = country.current()
    by_agency: dict[str, list[tuple[str, str]]] = {}
    for person in _officers():
        if person.office:
            agency, role = person.office
            by_agency.setdefault(agency, []).append((person.name, here.role(role, language)))
    return [
        AtAgency(here.agencies[id_].name(language, today) if id_ in here.agencies else id_, tuple(officers))
        for id_, officers in by_agency.items()
    ]


def _officers() -> Iterable[people.Person]:
    try:
        return people.read(people_file()).officers()
    except FileNotFoundError:
        return ()
