"""Pages of the preview: choose an example, walk as its person or decide as its officer; and what reloads them."""

from __future__ import annotations

import os
from collections.abc import Callable
from random import SystemRandom

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language

from pencere import country
from pencere.base import clock
from pencere.conf.preview import inventing
from pencere.conf.preview.holder import InventedHolder
from pencere.conf.preview.inventing import Stage
from pencere.conf.preview.watching import Watched
from pencere.country.declarations import Service
from pencere.country.facts import field_of
from pencere.exchange import asking
from pencere.identity import access, actions, sessions
from pencere.portal.nation.drawing import drawer

STAGE = Stage(os.environ["PREVIEWED_SERVICE"])
WATCHED = Watched(settings.PENCERE.country)
asking.put_in_place_of_all(InventedHolder(STAGE))
_chance = SystemRandom()
_drawn: set[str] = set()


@access.public
def start(request: HttpRequest) -> HttpResponse:
    """The examples of the service, each with what it gives and what it expects."""
    service = _service()
    return render(request, "preview/start.html", {
        "service": service, "title": country.current().text(service.texts, "title", get_language() or "en"),
        "examples": list(enumerate(service.examples)), "applies": service.by_application,
        "events": [start.event for start in service.starts if start.kind == "event"],
    })  # fmt: skip


@access.public
def walk(request: HttpRequest, number: int) -> HttpResponse:
    """Signs in a new invented person and begins the application."""
    _sign_in(request, number)
    return HttpResponseRedirect(f"/{get_language()}/apply/{STAGE.service}/")


@access.public
def happen(request: HttpRequest, number: int) -> HttpResponse:
    """Lets the event happen that begins a case by itself; the person finds it on their page."""
    here, service = country.current(), _service()
    _sign_in(request, number)
    for begun in service.starts:
        if begun.kind == "event":
            first, _, name = begun.event.partition(".")
            agreement = here.agreements.get(first)
            offer = agreement.grants[name].of if agreement else begun.event
            register = here.registers[offer.partition(".")[0]]
            event = register.events[offer.partition(".")[2]]
            fields = {each: declared for each in event.fields if (declared := field_of(register, each))}
            STAGE.happened.append(inventing.event_of(here, service, STAGE, fields))
            break
    return HttpResponseRedirect(f"/{get_language()}/me/")


@access.public
def desk(request: HttpRequest) -> HttpResponse:
    """Signs in an officer of the service's agency who holds every role."""
    here, service = country.current(), _service()
    identifier = _new_person()
    account = actions.sign_in(identifier, "Nümunə, əməkdaş", "high", clock.now())
    for role in here.officer_roles:
        actions.appoint_officer(identifier, account.name, service.agency, role, clock.now())
    login(request, account, backend=settings.AUTHENTICATION_BACKENDS[0])
    sessions.begin(request, "high")
    sessions.confirm(request)
    return HttpResponseRedirect(f"/{get_language()}/desk/")


@access.system
def stamp(request: HttpRequest) -> HttpResponse:
    """Changes when a file was saved."""
    return HttpResponse(WATCHED.stamp, content_type="text/plain")


@access.system
def script(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_SCRIPT, content_type="text/javascript")


class Middleware:
    """Reads the declarations again after a save; a page that cannot be drawn says what is wrong with which file."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/assets/"):
            WATCHED.look()
        if WATCHED.findings and not request.path.startswith(("/assets/", "/preview/")):
            response = render(request, "preview/broken.html", {"findings": WATCHED.findings}, status=422)
        else:
            response = self._answer(request)
        if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
            response.content = response.content.replace(b"</body>", _TAG + b"</body>")
            if "Content-Length" in response:
                response["Content-Length"] = str(len(response.content))
        return response


def _sign_in(request: HttpRequest, number: int) -> None:
    STAGE.example, STAGE.person = number, _new_person()
    account = actions.sign_in(STAGE.person, "Nümunə", "high", clock.now())
    login(request, account, backend=settings.AUTHENTICATION_BACKENDS[0])
    sessions.begin(request, "high")


def _new_person() -> str:
    here = country.current()
    return drawer(here.identifiers[here.person.identifier], _chance)(_drawn)


def _service() -> Service:
    found = country.current().services.get(STAGE.service)
    if found is None:
        raise Http404
    return found


_TAG = b'<script src="/preview/reload.js" defer></script>'
_SCRIPT = """\
// Asks every second whether a file was saved, and draws the page anew. A form that is being filled in is left alone.
(() => {
  let known = null;
  const look = async () => {
    try {
      const answer = await fetch("/preview/stamp", { cache: "no-store" });
      const stamp = await answer.text();
      if (known !== null && stamp !== known) location.reload();
      known = stamp;
    } catch { /* the preview is being started again */ }
  };
  setInterval(look, 1000);
  look();
})();
"""
