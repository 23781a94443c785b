"""OGC API - Features, Part 1 (OGC 17-069r4): the shapes that registers publish, as GeoJSON, page by page.

Only the fields of `open_data`, as they were known when the declared period began: as with the other open files, no
person's data and no look. A feature is named by its key, and they come in the order of their keys, so that neither its
name nor its place tells that something else of it has changed. What has no shape yet is no feature, for `bbox` would
have to match it wherever one looks; it is in the other open files. Links stand for what is next, never counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from pencere import country
from pencere.base import clock
from pencere.base.errors import BadInput
from pencere.base.ground.geometry import right_handed
from pencere.country.declarations import Country, Register
from pencere.identity import access
from pencere.registers.ground import boxes, nearness
from pencere.registers.ground.interface import described
from pencere.registers.ground.nearby import id_of, key_of, shown, wanted
from pencere.registers.out.open_files import CSVW_TYPE, LICENCES
from pencere.registers.out.taking import Taken, open_one, open_page
from pencere.registers.publishing import Published, published
from pencere.registers.rules import Shape, plain
from pencere.registers.using import shape_of

CONFORMS = ("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
            "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson")  # fmt: skip
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
GEOJSON = "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
LIMIT, MOST = 10, 1000
FORMS = ("json", "geojson")
View = Callable[..., HttpResponse]
_AGE = 3600
_MANY = 10_000
"""Rows with a shape that are known before a page is read; where there are more, a page soon is full without."""
_AT_MOST = 2000

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""
_WORLD: Box = (-180.0, -90.0, 180.0, 90.0)


def _to_programs(view: View) -> View:
    """What is not there is said in JSON, as all else."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *args, **named)
        except Http404:
            return _problem(404, "Not found", "There is no such collection or feature.")

    return answered


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
    here = country.current()
    ids = [found.register for found, _field in _shown(here)]
    return _answer(described(_base(request).rstrip("/"), ids, limit=LIMIT, most=MOST), OPENAPI)


@access.public
@require_safe
def conformance(request: HttpRequest) -> JsonResponse:
    return _answer({"conformsTo": list(CONFORMS)})


@access.public
@require_safe
def collections(request: HttpRequest) -> JsonResponse:
    here = country.current()
    links = [_link(f"{_base(request)}collections", "self", "This document")]
    return _answer({"links": links, "collections": [_collection(request, here, *each) for each in _shown(here)]})


@access.public
@_to_programs
@require_safe
def collection(request: HttpRequest, register: str) -> JsonResponse:
    return _answer(_collection(request, country.current(), *_demand(register)))


@access.public
@_to_programs
@require_safe
def items(request: HttpRequest, register: str) -> JsonResponse:
    """A page of features; `bbox`, `limit`, `datetime`, and `after`, which only links name."""
    found, field = _demand(register)
    unknown = set(request.GET) - {"bbox", "limit", "datetime", "after"}
    if request.GET.get("f") in FORMS:
        unknown.discard("f")
    if unknown:
        return _wrong(f"unknown parameter: {', '.join(sorted(unknown))}")
    try:
        limit = _whole(request, "limit", LIMIT, 1)
        bbox = box_of(request.GET["bbox"]) if "bbox" in request.GET else None
        holds = _is_then(request.GET.get("datetime", ".."), found.as_of)
    except ValueError as problem:
        return _wrong(str(problem))
    try:
        features, last = (
            _page(found, field, bbox, request.GET.get("after", ""), min(limit, MOST)) if holds else ([], "")
        )
    except BadInput:
        return _wrong("after: take the link to the next page")
    links = [_link(request.build_absolute_uri(), "self", "This page", GEOJSON)]
    if last:
        asked = {**request.GET.dict(), "after": last}
        links.append(_link(f"{request.build_absolute_uri(request.path)}?{urlencode(asked)}", "next", "More", GEOJSON))
    links.append(_link(f"{_base(request)}collections/{register}", "collection", "The collection"))
    body = {
        "type": "FeatureCollection", "features": features, "links": links, "numberReturned": len(features),
        "timeStamp": f"{clock.now().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }  # fmt: skip
    return _answer(body, GEOJSON)


@access.public
@_to_programs
@require_safe
def item(request: HttpRequest, register: str, row: str) -> JsonResponse:
    found, field = _demand(register)
    named = _named(found, field, row)
    if named is None:
        raise Http404
    links = [
        _link(request.build_absolute_uri(), "self", "This feature", GEOJSON),
        _link(f"{_base(request)}collections/{register}", "collection", "The collection"),
    ]
    return _answer({**feature(found, field, named), "links": links}, GEOJSON)


def feature(found: Published, field: str, row: Taken) -> dict[str, Any]:
    """A row with a shape as GeoJSON, in degrees."""
    shape = shape_of(found.register)
    return {
        "type": "Feature",
        "id": id_of(shape, row),
        "geometry": right_handed(shape.in_degrees(field, row.values[field])),
        "properties": {name: _said(shape, name, row.values[name]) for name in found.fields if name != field},
    }


def _said(shape: Shape, name: str, value: object) -> object:
    """A decimal is a number here: by what is text no map is coloured and no sum is made."""
    field = shape.register.fields[name]
    is_decimal = field.kind in ("decimal", "percent") and field.many is None and value is not None
    return float(str(value)) if is_decimal else plain(value)


def _page(found: Published, field: str, bbox: Box | None, after: str, limit: int) -> tuple[list[dict[str, Any]], str]:
    """Features in the order of their keys, and after which to go on; "" if there are no more."""
    shape = shape_of(found.register)
    at = key_of(shape, after) if after else None
    among = _placed(found.register, field, bbox)
    features: list[dict[str, Any]] = []
    size = limit + 1
    while True:
        rows = open_page(wanted(found), after=at, limit=size, among=among)
        for row in rows:
            if row.values[field] is None:
                continue
            made = feature(found, field, row)
            if bbox is not None and not any(nearness.meets(made["geometry"], *part) for part in _parts(bbox)):
                continue
            if len(features) == limit:
                return features, str(features[-1]["id"])
            features.append(made)
        if len(rows) < size:
            return features, ""
        at, size = rows[-1].values, max(size, min(2 * size, _AT_MOST))


def _placed(register: str, field: str, bbox: Box | None) -> frozenset[int] | None:
    """Rows that have a shape, or whose box meets this one; None where these are so many that all are looked through."""
    found: set[int] = set()
    for part in _parts(bbox) if bbox else (_WORLD,):
        ids = nearness.entries(register, field, boxes.of_degrees(*part)).values_list("row", flat=True)
        if ids[_MANY : _MANY + 1]:
            return None
        found.update(ids)
    return frozenset(found)


def _parts(bbox: Box) -> tuple[Box, ...]:
    """A box over the line of 180 degrees (its west is greater than its east) lies on both sides of it."""
    west, south, east, north = bbox
    return (bbox,) if west <= east else ((west, south, 180.0, north), (-180.0, south, east, north))


def _named(found: Published, field: str, named: str) -> Taken | None:
    try:
        row = open_one(wanted(found), key_of(shape_of(found.register), named))
    except BadInput:
        return None
    return row if row is not None and row.values[field] is not None else None


def _shown(here: Country) -> list[tuple[Published, str]]:
    """What is published, each with the field that is its shape."""
    now = clock.now()
    return [(each, field) for id_ in here.registers if (each := published(id_, now)) and (field := shown(here, each))]


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
        "links": list(_collection_links(request, here, at, found)),
    }


def _collection_links(request: HttpRequest, here: Country, at: str, found: Published) -> Iterator[dict[str, str]]:
    yield _link(at, "self", "This collection")
    yield _link(f"{at}/items", "items", "Its features", GEOJSON)
    for language in here.languages:
        with translation.override(language):
            page = request.build_absolute_uri(reverse("registers:open-map", args=[found.register]))
        title = here.text(here.registers[found.register].texts, "title", language)
        yield {**_link(page, "alternate", title, "text/html"), "hreflang": language}
    columns = request.build_absolute_uri(reverse("open-register-metadata", args=[found.register]))
    yield _link(columns, "describedby", "What the properties and their codes mean", CSVW_TYPE)
    if found.licence in LICENCES:
        yield _link(LICENCES[found.licence], "license", found.licence, "text/html")


def _text(here: Country, register: Register, key: str) -> str:
    return here.text(register.texts, key, "en" if "en" in here.languages else here.languages[0])


def _whole(request: HttpRequest, name: str, default: int, least: int) -> int:
    text = request.GET.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 16 and int(text) >= least):
        raise ValueError(f"{name}: expected a whole number, {least} or more")
    return int(text)


def box_of(text: str) -> Box:
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
    if not (abs(west) <= 180 and abs(east) <= 180 and -90 <= south <= north <= 90):
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
    return _problem(400, "Bad request", what)


def _problem(status: int, title: str, what: str) -> JsonResponse:
    """RFC 9457."""
    said = {"type": "about:blank", "title": title, "status": status, "detail": what}
    response = JsonResponse(said, status=status, content_type="application/problem+json")
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _answer(body: Mapping[str, Any], media_type: str = "application/json") -> JsonResponse:
    response = JsonResponse(body, content_type=media_type, json_dumps_params={"ensure_ascii": False})
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = f"public, max-age={_AGE}"
    return response
