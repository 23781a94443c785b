"""OGC API - Features, Part 1 (OGC 17-069r4): the shapes that registers publish, as GeoJSON, page by page.

Only the fields of `open_data`, as they were known when the declared period began: as with the other open files, no
person's data and no look. A feature is named by the number of its row. Links stand for what is next, never counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from pencere import country
from pencere.base import clock
from pencere.base.ground.geometry import right_handed
from pencere.country.declarations import Country, Register
from pencere.identity import access
from pencere.registers.ground import boxes, nearness
from pencere.registers.ground.nearby import shown, wanted
from pencere.registers.out.open_files import LICENCES
from pencere.registers.out.taking import Taken, open_page
from pencere.registers.publishing import Published, published
from pencere.registers.rules import plain
from pencere.registers.using import shape_of

CONFORMS = ("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
            "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson")  # fmt: skip
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
GEOJSON = "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
LIMIT, MOST = 10, 1000
_AGE = 3600


@access.public
@require_safe
def landing(request: HttpRequest) -> JsonResponse:
    at = _base(request)
    links = [
        _link(at, "self", "This document"),
        _link(f"{at}conformance", "conformance", "What it conforms to"),
        _link(f"{at}collections", "data", "The collections"),
        _link(f"{at}api", "service-desc", "The interface", OPENAPI),
    ]
    return _answer({"title": "Registers", "description": "Shapes that registers publish", "links": links})


@access.public
@require_safe
def interface(request: HttpRequest) -> JsonResponse:
    """The same in words of OpenAPI 3.0."""
    asked = [("bbox", "west,south,east,north in degrees"), ("limit", f"1 to {MOST}"), ("datetime", "RFC 3339")]
    named = {"name": "register", "in": "path", "required": True, "schema": {"type": "string"}}
    number = {"name": "row", "in": "path", "required": True, "schema": {"type": "integer"}}
    page = [{"name": name, "in": "query", "description": told, "schema": {"type": "string"}} for name, told in asked]
    answers = {"200": {"description": "As OGC 17-069r4 has it"}}
    paths: dict[str, list[dict[str, Any]]] = {
        "": [], "conformance": [], "collections": [], "collections/{register}": [named],
        "collections/{register}/items": [named, *page], "collections/{register}/items/{row}": [named, number],
    }  # fmt: skip
    described = {
        f"/{path}": {"get": {"operationId": f"get{place}", "parameters": parameters, "responses": answers}}
        for place, (path, parameters) in enumerate(paths.items(), 1)
    }
    body = {
        "openapi": "3.0.3", "info": {"title": "Shapes that registers publish", "version": "1"},
        "servers": [{"url": _base(request).rstrip("/")}], "paths": described,
    }  # fmt: skip
    return _answer(body, OPENAPI)


@access.public
@require_safe
def conformance(request: HttpRequest) -> JsonResponse:
    return _answer({"conformsTo": list(CONFORMS)})


@access.public
@require_safe
def collections(request: HttpRequest) -> JsonResponse:
    here, now = country.current(), clock.now()
    found = [(each, field) for id_ in here.registers if (each := published(id_, now)) and (field := shown(here, each))]
    links = [_link(f"{_base(request)}collections", "self", "This document")]
    return _answer({"links": links, "collections": [_collection(request, here, *each) for each in found]})


@access.public
@require_safe
def collection(request: HttpRequest, register: str) -> JsonResponse:
    return _answer(_collection(request, country.current(), *_demand(register)))


@access.public
@require_safe
def items(request: HttpRequest, register: str) -> JsonResponse:
    """A page of features; `bbox`, `limit`, `datetime`, and `after`, which only links name."""
    found, field = _demand(register)
    unknown = set(request.GET) - {"bbox", "limit", "datetime", "after", "f"}
    if unknown:
        return _wrong(f"unknown parameter: {', '.join(sorted(unknown))}")
    try:
        limit, after = _whole(request, "limit", LIMIT, 1), _whole(request, "after", 0, 0)
        bbox = box_of(request.GET["bbox"]) if "bbox" in request.GET else None
        holds = _is_then(request.GET.get("datetime", ".."), found.as_of)
    except ValueError as problem:
        return _wrong(str(problem))
    limit = min(limit, MOST)
    features, last = _page(found, field, bbox, after, limit) if holds else ([], 0)
    links = [_link(request.build_absolute_uri(), "self", "This page", GEOJSON)]
    if last:
        asked = {**request.GET.dict(), "after": str(last)}
        links.append(_link(f"{request.build_absolute_uri(request.path)}?{urlencode(asked)}", "next", "More", GEOJSON))
    links.append(_link(f"{_base(request)}collections/{register}", "collection", "The collection"))
    body = {
        "type": "FeatureCollection", "features": features, "links": links, "numberReturned": len(features),
        "timeStamp": f"{found.as_of.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }  # fmt: skip
    return _answer(body, GEOJSON)


@access.public
@require_safe
def item(request: HttpRequest, register: str, row: int) -> JsonResponse:
    found, field = _demand(register)
    rows = open_page(wanted(found), Q(pk=row), after=0, limit=1)
    if not rows:
        raise Http404
    links = [
        _link(request.build_absolute_uri(), "self", "This feature", GEOJSON),
        _link(f"{_base(request)}collections/{register}", "collection", "The collection"),
    ]
    return _answer({**feature(found, field, rows[0]), "links": links}, GEOJSON)


def feature(found: Published, field: str, row: Taken) -> dict[str, Any]:
    """A row as GeoJSON, in degrees; what was never surveyed has no geometry."""
    shape = row.values[field]
    return {
        "type": "Feature",
        "id": row.id,
        "geometry": None if shape is None else right_handed(shape_of(found.register).in_degrees(field, shape)),
        "properties": {name: plain(row.values[name]) for name in found.fields if name != field},
    }


def _page(
    found: Published, field: str, bbox: tuple[float, float, float, float] | None, after: int, limit: int
) -> tuple[list[dict[str, Any]], int]:
    """Features, and after which row to go on; 0 if there are no more."""
    only = Q() if bbox is None else nearness.box_meets(found.register, field, boxes.of_degrees(*bbox))
    features: list[dict[str, Any]] = []
    while True:
        rows = open_page(wanted(found), only, after=after, limit=limit + 1)
        for row in rows:
            if len(features) == limit:
                return features, after
            made = feature(found, field, row)
            if bbox is None or (made["geometry"] and nearness.meets(made["geometry"], *bbox)):
                features.append(made)
            after = row.id
        if len(rows) <= limit:
            return features, 0


def _demand(register: str) -> tuple[Published, str]:
    found = published(register, clock.now())
    field = shown(country.current(), found) if found else None
    if found is None or field is None:
        raise Http404
    return found, field


def _collection(request: HttpRequest, here: Country, found: Published, field: str) -> dict[str, Any]:
    register = here.registers[found.register]
    at = f"{_base(request)}collections/{register.id}"
    return {
        "id": register.id,
        "title": _text(here, register, "title"),
        "description": _text(here, register, "of"),
        "itemType": "feature",
        "crs": [CRS84],
        "extent": {"temporal": {"interval": [[found.as_of.isoformat(), found.as_of.isoformat()]]}},
        "links": list(_collection_links(at, found)),
    }


def _collection_links(at: str, found: Published) -> Iterator[dict[str, str]]:
    yield _link(at, "self", "This collection")
    yield _link(f"{at}/items", "items", "Its features", GEOJSON)
    if found.licence in LICENCES:
        yield _link(LICENCES[found.licence], "license", found.licence, "text/html")


def _text(here: Country, register: Register, key: str) -> str:
    return here.text(register.texts, key, "en" if "en" in here.languages else here.languages[0])


def _whole(request: HttpRequest, name: str, default: int, least: int) -> int:
    text = request.GET.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 16 and int(text) >= least):
        raise ValueError(f"{name}: expected a whole number, {least} or more")
    return int(text)


def box_of(text: str) -> tuple[float, float, float, float]:
    wrong = "bbox: expected west,south,east,north in degrees"
    try:
        sides = [float(part) for part in text.split(",")]
    except ValueError:
        raise ValueError(wrong) from None
    if len(sides) == 6:
        sides = [sides[0], sides[1], sides[3], sides[4]]
    if len(sides) != 4:
        raise ValueError(wrong)
    west, south, east, north = sides
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValueError(wrong)
    return west, south, east, north


def _is_then(text: str, as_of: datetime) -> bool:
    """Whether a moment or a span (RFC 3339, `..` open) holds the one of which the collection tells."""
    first, _, last = text.partition("/") if "/" in text else (text, "", text)

    def moment(part: str) -> datetime | None:
        if part in ("", ".."):
            return None
        try:
            found = datetime.fromisoformat(part)
        except ValueError:
            raise ValueError("datetime: expected 2026-03-18T00:00:00Z, or two with / between") from None
        if found.tzinfo is None:
            raise ValueError("datetime: expected a time zone, like Z")
        return found

    begin, end = moment(first), moment(last)
    return (begin is None or begin <= as_of) and (end is None or as_of <= end)


def _base(request: HttpRequest) -> str:
    return request.build_absolute_uri("/ogc/")


def _link(href: str, rel: str, title: str, media_type: str = "application/json") -> dict[str, str]:
    return {"href": href, "rel": rel, "type": media_type, "title": title}


def _wrong(what: str) -> JsonResponse:
    response = JsonResponse({"type": "about:blank", "title": "Bad request", "status": 400, "detail": what}, status=400)
    response["Content-Type"] = "application/problem+json"
    return response


def _answer(body: dict[str, Any], media_type: str = "application/json") -> JsonResponse:
    response = JsonResponse(body, content_type=media_type, json_dumps_params={"ensure_ascii": False})
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = f"public, max-age={_AGE}"
    return response
