"""The interface to the shapes that registers publish, in words of OpenAPI 3.0, for clients and their makers. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_LINKS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["href", "rel"],
        "properties": {name: {"type": "string"} for name in ("href", "rel", "type", "title")},
    },
}
_COLLECTION = {
    "type": "object",
    "required": ["id", "links"],
    "properties": {
        **{name: {"type": "string"} for name in ("id", "title", "description", "itemType")},
        "crs": {"type": "array", "items": {"type": "string"}},
        "extent": {"type": "object"},
        "links": _LINKS,
    },
}
_FEATURE = {
    "type": "object",
    "required": ["type", "id", "geometry", "properties"],
    "properties": {
        "type": {"type": "string", "enum": ["Feature"]},
        "id": {"type": "string", "description": "The key of the row: it stays the same whatever becomes of the row"},
        "geometry": {"type": "object", "description": "GeoJSON (RFC 7946): longitude, latitude"},
        "properties": {"type": "object"},
        "links": _LINKS,
    },
}
_FEATURES = {
    "type": "object",
    "required": ["type", "features"],
    "properties": {
        "type": {"type": "string", "enum": ["FeatureCollection"]},
        "features": {"type": "array", "items": {"$ref": "#/components/schemas/feature"}},
        "links": _LINKS,
        "numberReturned": {"type": "integer", "minimum": 0},
        "timeStamp": {"type": "string", "format": "date-time"},
    },
}
_PROBLEM = {
    "type": "object",
    "properties": {"title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"}},
}
_OBJECT = {"type": "object"}


def described(server: str, collections: Sequence[str], *, limit: int, most: int) -> Mapping[str, Any]:
    """`server`: the address of the landing page. `limit`, `most`: features of a page, if nobody says how many."""
    in_collection = {"name": "collectionId", "in": "path", "required": True, "schema": _one_of(collections)}
    one = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Shapes that registers publish", "version": "2", "description": "OGC API - Features, Part 1"},
        "servers": [{"url": server}],
        "paths": {
            "/": _get("landing", "What is here", _OBJECT),
            "/conformance": _get("conformance", "Which standards it follows", _OBJECT),
            "/api": _get("interface", "This description", _OBJECT, "application/vnd.oai.openapi+json;version=3.0"),
            "/collections": _get("collections", "The registers that publish shapes", _OBJECT),
            "/collections/{collectionId}": _get("collection", "One of them", _COLLECTION, asked=[in_collection]),
            "/collections/{collectionId}/items": _get(
                "features", "Its features, page by page", {"$ref": "#/components/schemas/features"},
                "application/geo+json", asked=[in_collection, *_asked(limit, most)],
            ),
            "/collections/{collectionId}/items/{featureId}": _get(
                "feature", "One feature", {"$ref": "#/components/schemas/feature"}, "application/geo+json",
                asked=[in_collection, one],
            ),
        },
        "components": {"schemas": {"feature": _FEATURE, "features": _FEATURES, "problem": _PROBLEM}},
    }  # fmt: skip


def _asked(limit: int, most: int) -> list[Mapping[str, Any]]:
    numbers = {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}
    counted = {"type": "integer", "minimum": 1, "maximum": most, "default": limit}
    bbox = "West, south, east, north in degrees; the heights of six numbers are passed over"
    when = "A moment, or two with / between (RFC 3339): whether the collection is of that time"
    return [
        {"name": "bbox", "in": "query", "style": "form", "explode": False, "description": bbox, "schema": numbers},
        {"name": "limit", "in": "query", "style": "form", "explode": False, "schema": counted},
        {"name": "datetime", "in": "query", "style": "form", "explode": False, "description": when,
         "schema": {"type": "string"}},
        {"name": "after", "in": "query", "description": "The feature after which to go on: take the link `next`",
         "schema": {"type": "string"}},
    ]  # fmt: skip


def _get(
    name: str, told: str, schema: Mapping[str, Any], media_type: str = "application/json",
    asked: Sequence[Mapping[str, Any]] = (),
) -> Mapping[str, Any]:  # fmt: skip
    answers: dict[str, Any] = {"200": {"description": told, "content": {media_type: {"schema": schema}}}}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/problem"}}}
    if asked:
        answers["404"] = {"description": "There is no such collection or feature", "content": problem}
    if any(each["in"] == "query" for each in asked):
        answers["400"] = {"description": "A question that cannot be answered, and why", "content": problem}
    return {"get": {"operationId": name, "summary": told, "parameters": list(asked), "responses": answers}}


def _one_of(ids: Sequence[str]) -> Mapping[str, Any]:
    return {"type": "string", **({"enum": list(ids)} if ids else {})}
