"""The page where one picks whom to be, and the way back to the portal. Works without a script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import parse_qs, urlencode, urlsplit

from allauth.idp.oidc import views as oidc
from allauth.idp.oidc.models import Client
from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pencere import country
from pencere.base import clock
from pencere.identity.demo_provider import persons
from pencere.identity.demo_provider.people import Person
from pencere.ui.writing import day

MOST = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A person as the page shows it."""

    sub: str
    name: str
    born: str
    note: str


@dataclass(frozen=True, slots=True)
class Group:
    """The officers of one agency."""

    title: str
    lines: tuple[Line, ...]


@require_GET
def configuration(request: HttpRequest) -> HttpResponse:
    """Says what is served here, which is less than allauth could."""
    home = settings.PENCERE.demo_idp_url
    ends = {
        "authorization_endpoint": "authorization",
        "token_endpoint": "token",
        "userinfo_endpoint": "userinfo",
        "jwks_uri": "jwks",
    }
    return JsonResponse(
        {
            "issuer": home,
            **{name: home + reverse(f"idp:oidc:{route}") for name, route in ends.items()},
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["public"],
            "scopes_supported": ["openid", "profile"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
            "ui_locales_supported": [code for code, _name in settings.LANGUAGES],
        }
    )


@require_GET
def authorize(request: HttpRequest) -> HttpResponse:
    """allauth's end, which asks who signs in each time: no session outlives the code it was made for."""
    if not request.user.is_authenticated:
        with translation.override(_language(request.GET.get("ui_locales", ""))):
            return HttpResponseRedirect(f"{reverse('choose')}?{urlencode({'next': request.get_full_path()})}")
    response = cast(HttpResponse, oidc.authorization(request))
    logout(request)
    return response if response.status_code == 302 else _nowhere(request)


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Shows the persons; a search and a pick are posted, so that no name and no identifier stands in an address."""
    asked = request.POST if request.method == "POST" else request.GET
    next_path = asked.get("next", "")
    if not _is_way_on(next_path):
        return _nowhere(request)
    if request.method == "POST" and "person" in request.POST:
        user = persons.subject(request.POST["person"])
        if user is not None:
            login(request, user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]  # own settings
            return HttpResponseRedirect(next_path)
    typed = request.POST.get("name", "")[:100]
    everybody = persons.all_people()
    found = everybody.search(typed, MOST)
    words = {
        "next": next_path,
        "typed": typed,
        "found": [_line(person) for person in found.persons],
        "more": found.total - len(found.persons),
        "shown": [_line(person) for person in everybody.shown()],
        "groups": _groups(everybody.officers()),
        "empty": len(everybody) == 0,
    }
    return render(request, "demo_provider/choose.html", words)


@require_POST
def turn_back(request: HttpRequest) -> HttpResponse:
    """The person does not want to sign in: the portal is told so."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(request.POST.get("next", "")).query).items()}
    client = Client.objects.filter(id=asked.get("client_id", "")).first()
    address = asked.get("redirect_uri", "")
    if client is None or address not in client.get_redirect_uris():
        return HttpResponseBadRequest(gettext("This sign-in was not begun at the portal."))
    return HttpResponseRedirect(f"{address}?{urlencode({'error': 'access_denied', 'state': asked.get('state', '')})}")


def _nowhere(request: HttpRequest) -> HttpResponse:
    return render(request, "demo_provider/nowhere.html", {"portal": settings.PENCERE.url}, status=400)


def _is_way_on(path: str) -> bool:
    return path.startswith(f"{reverse('idp:oidc:authorization')}?") and "client_id=" in path


def _language(asked: str) -> str:
    return asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _line(person: Person) -> Line:
    language = translation.get_language()
    note = person.note or {}
    return Line(
        persons.sub_of(person),
        person.name,
        day(person.birth_date, language),
        note.get(language) or next(iter(note.values()), ""),
    )


def _groups(officers: Sequence[Person]) -> list[Group]:
    """The officers by agency, each with the word of the role."""
    here, language = country.current(), translation.get_language()
    today = clock.day_in(here.time_zone)
    by_agency: dict[str, list[Line]] = {}
    for person in officers:
        line = _line(person)
        role = here.role(person.role or "", language)
        by_agency.setdefault(person.agency or "", []).append(Line(line.sub, line.name, line.born, role))
    return [
        Group(here.agencies[agency].name(language, today) if agency in here.agencies else agency, tuple(lines))
        for agency, lines in by_agency.items()
    ]
