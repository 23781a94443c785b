"""What machines read about services: the list, the form as JSON Schema, the decision tables as DMN, the language's
own schemas. Everybody may read them; nothing here is about a person."""

from __future__ import annotations

import json

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import translation

from pencere import country
from pencere.base import clock
from pencere.country import dmn, schemas
from pencere.country.answers import answers_schema
from pencere.country.declarations import Country, Service, Texts
from pencere.identity import access

PAGE = 100
DMN_TYPE = "application/dmn+xml"
SCHEMA_TYPE = "application/schema+json"


@access.public
def services(request: HttpRequest) -> HttpResponse:
    """All services by id, a page at a time: `?after=<id>`."""
    here = country.current()
    after = request.GET.get("after", "")
    ids = sorted(id for id in here.services if id > after)
    shown, more = ids[:PAGE], len(ids) > PAGE
    following = f"{_root()}/api/services?after={shown[-1]}" if more else None
    return _open(JsonResponse({"items": [_words(here, here.services[id]) for id in shown], "next": following}))


@access.public
def service(request: HttpRequest, service_id: str) -> HttpResponse:
    here = country.current()
    return _open(JsonResponse(_words(here, _demand(here, service_id))))


@access.public
def answers(request: HttpRequest, service_id: str) -> HttpResponse:
    """The form: a JSON Schema of all answers, in the language that the reader prefers or `?language=` names."""
    here = country.current()
    schema = answers_schema(here, _demand(here, service_id), _language(request, here))
    return _open(HttpResponse(json.dumps(schema, ensure_ascii=False), content_type=SCHEMA_TYPE))


@access.public
def decisions(request: HttpRequest, service_id: str) -> HttpResponse:
    """The decision tables as they hold today."""
    here = country.current()
    on = clock.day_in(here.time_zone)
    found = dmn.export(here, _demand(here, service_id), on, _language(request, here))
    response = HttpResponse(found, content_type=DMN_TYPE)
    response["Content-Disposition"] = f'inline; filename="{service_id}.dmn"'
    return _open(response)


@access.public
def language_schema(request: HttpRequest, kind: str) -> HttpResponse:
    """The JSON Schema of one kind of file of the declaration language."""
    found = _published(country.current()).get(f"{kind}.json")
    if found is None:
        raise Http404
    return _open(HttpResponse(found, content_type=SCHEMA_TYPE))


_kept: tuple[Country, dict[str, str]] | None = None


def _published(here: Country) -> dict[str, str]:
    """Made once for the declarations in use."""
    global _kept
    if _kept is None or _kept[0] is not here:
        made = {name: json.dumps(schema, ensure_ascii=False) for name, schema in schemas.published(here).items()}
        _kept = (here, made)
    return _kept[1]


def _words(here: Country, one: Service) -> dict[str, object]:
    below = f"{_root()}/api/services/{one.id}"
    return {
        "id": one.id,
        "title": _texts(one.texts.get("title", {})),
        "summary": _texts(one.texts.get("summary", {})),
        "agency": one.agency,
        "since": one.since.isoformat(),
        "until": one.until.isoformat() if one.until else None,
        "channels": {"apply": list(one.apply), "result": list(one.receive)},
        "starts": [start.event or start.kind for start in one.starts],
        "law": [str(law) for law in one.law],
        "content_hash": one.content_hash,
        "page": {language: f"{_root()}/{language}/services/{one.id}/" for language in here.languages},
        "answers": f"{below}/answers.json",
        "decisions": f"{below}/decisions.dmn",
    }


def _texts(texts: Texts) -> dict[str, str]:
    return dict(texts)


def _demand(here: Country, id: str) -> Service:
    if id not in here.services:
        raise Http404
    return here.services[id]


def _language(request: HttpRequest, here: Country) -> str:
    wanted = request.GET.get("language", "") or translation.get_language_from_request(request)
    return wanted if wanted in here.languages else here.languages[0]


def _root() -> str:
    return str(settings.PENCERE.url).rstrip("/")


def _open(response: HttpResponse) -> HttpResponse:
    """Any page of any site may read it."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=300"
    return response
