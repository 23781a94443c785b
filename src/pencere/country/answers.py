"""What a service asks, as a JSON Schema (2020-12) of the answers: for portals and systems that ask in our place.

An object for each group of questions, or a list of objects where a group repeats. Labels, hints and codes come in one
language. `when` on a field becomes if/then where it speaks of answers of the same application; where it speaks of
what registers say, the key `x-when` tells the condition and the walk itself tells whether the field is asked.
"""

from __future__ import annotations

from typing import Any

from pencere.base.ground.geometry import NAMED
from pencere.country.cells import Cell, Compared, Condition, Is, Literal, Null, Range
from pencere.country.declarations import Country, Field, QuestionGroup, Service
from pencere.country.facts import values_of

Schema = dict[str, Any]

_KINDS: dict[str, Schema] = {
    "integer": {"type": "integer"},
    "decimal": {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"},
    "percent": {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"},
    "money": {"type": "integer", "description": "in the smallest unit of the currency"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "moment": {"type": "string", "format": "date-time"},
    "time": {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"},
    "email": {"type": "string", "format": "email"},
    "file": {"type": "string", "description": "the reference of an uploaded file", "pattern": "^sha256:[0-9a-f]{64}$"},
    "photo": {"type": "string", "description": "the reference of an uploaded file", "pattern": "^sha256:[0-9a-f]{64}$"},
}
_POSITION: Schema = {"type": "array", "items": {"type": "number"}, "minItems": 2}
_LINE: Schema = {"type": "array", "items": _POSITION, "minItems": 2}
_AREA: Schema = {"type": "array", "items": {"type": "array", "items": _POSITION, "minItems": 4}, "minItems": 1}
_SHAPES: dict[str, Schema] = {
    "point": _POSITION, "line": _LINE, "polygon": _AREA,
    "multipolygon": {"type": "array", "items": _AREA, "minItems": 1},
}  # fmt: skip


def _geometry(shape: str) -> Schema:
    """GeoJSON (RFC 7946) in degrees, longitude first."""
    return {
        "type": "object",
        "properties": {"type": {"const": NAMED[shape]}, "coordinates": _SHAPES[shape]},
        "required": ["type", "coordinates"],
        "additionalProperties": False,
    }


def answers_schema(country: Country, service: Service, language: str) -> Schema:
    """The schema of all answers of the service."""
    groups = {name: _group(country, service, group, language) for name, group in service.questions.items()}
    found: Schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": country.text(service.texts, "title", language),
        "type": "object",
        "properties": groups,
        "additionalProperties": False,
    }
    branches = [
        branch
        for name, group in service.questions.items()
        for field in group.fields.values()
        if group.many is None and (branch := _branch(service, name, field)) is not None
    ]
    if branches:
        found["allOf"] = branches
    return found


def _group(country: Country, service: Service, group: QuestionGroup, language: str) -> Schema:
    item: Schema = {
        "type": "object",
        "properties": {
            name: _field(country, service, f"{group.name}.{name}", field, language)
            for name, field in group.fields.items()
        },
        "additionalProperties": False,
    }
    required = [name for name, field in group.fields.items() if field.required and field.when is None]
    if required:
        item["required"] = required
    title = service.texts.get(group.name)
    if group.many is not None:
        item = {"type": "array", "items": item, "minItems": group.many[0], "maxItems": group.many[1]}
    if title:
        item["title"] = country.text(service.texts, group.name, language)
    if group.when is not None:
        item["x-when"] = _words(group.when)
    return item


def _field(country: Country, service: Service, path: str, field: Field, language: str) -> Schema:
    found = dict(_KINDS.get(field.kind, {"type": "string"}))
    if field.kind == "geometry":
        found = _geometry(str(field.of or "polygon"))
    codes = values_of(country, field)
    if codes is not None:
        named = [{"const": code, "title": _code(country, service, path, field, code, language)} for code in codes]
        found = {"oneOf": named} if field.kind == "choice" else {"type": "array", "items": {"oneOf": named}}
    if field.kind in country.identifiers:
        found["pattern"] = f"^({country.identifiers[field.kind].pattern})$"
    if field.pattern:
        found["pattern"] = f"^({field.pattern})$"
    if field.length:
        found["minLength"], found["maxLength"] = field.length
    if field.kind in ("integer", "money"):
        for key, limit in (("minimum", field.min), ("maximum", field.max)):
            if limit is not None and limit.lstrip("-").isdigit():
                found[key] = int(limit)
    if field.many is not None:
        found = {"type": "array", "items": found, "minItems": field.many[0], "maxItems": field.many[1]}
    found["title"] = country.text(service.texts, path, language)
    if f"{path}.hint" in service.texts:
        found["description"] = country.text(service.texts, f"{path}.hint", language)
    if isinstance(field.of, str) and not field.of.startswith("list:"):
        found["x-of"] = field.of
    if field.when is not None:
        found["x-when"] = _words(field.when)
    return found


def _code(country: Country, service: Service, path: str, field: Field, code: str, language: str) -> str:
    if isinstance(field.of, str) and field.of.startswith("list:"):
        return country.text(country.lists[field.of.removeprefix("list:")].values, code, language)
    return country.text(service.texts, f"{path}.{code}", language)


def _words(condition: Condition) -> list[dict[str, str]]:
    return [{fact: str(cell) for fact, cell in every.items()} for every in condition]


# if/then ---------------------------------------------------------------------------------------------------------


def _branch(service: Service, group: str, field: Field) -> Schema | None:
    """`if` the answers are such, `then` the field must be there; None if the condition is not about answers alone."""
    if field.when is None or not field.required:
        return None
    either = []
    for every in field.when:
        tests = []
        for fact, cell in every.items():
            asked, _, name = fact.partition(".")
            test = _test(cell)
            if test is None or asked not in service.questions or name not in service.questions[asked].fields:
                return None
            tests.append({"required": [asked], "properties": {asked: {"required": [name], "properties": {name: test}}}})
        either.append({"allOf": tests})
    return {
        "if": {"anyOf": either, "required": [group]},
        "then": {"properties": {group: {"required": [field.name]}}},
    }


def _test(cell: Cell) -> Schema | None:
    """A cell as a schema of the answer; None for what a schema cannot say."""
    if cell.is_any:
        return {}
    tests: list[Schema] = []
    for test in cell.tests:
        if isinstance(test, Is) and (value := _plain(test.value)) is not None:
            tests.append({"const": value})
        elif isinstance(test, Compared) and isinstance(number := _plain(test.value), int):
            key = {"<": "exclusiveMaximum", "<=": "maximum", ">": "exclusiveMinimum", ">=": "minimum"}[test.sign]
            tests.append({key: number})
        elif isinstance(test, Range | Null | Is | Compared):
            return None
    return {"not": {"anyOf": tests}} if cell.negated else {"anyOf": tests}


def _plain(literal: Literal) -> object:
    if literal.kind in ("code", "text", "boolean"):
        return literal.value
    return literal.value if literal.kind == "number" and isinstance(literal.value, int) else None
