"""The JSON Schema (2020-12) of a row as an export writes it in JSON. Pure; made from the declaration alone.

Two annotations are ours: `titles`, what a field is called, and `labels`, what each of its codes means, in every
language of the country.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pencere.base import money
from pencere.country.declarations import Country, Field, Register
from pencere.country.facts import values_of
from pencere.registers.kinds import TEXTS
from pencere.registers.out.formats import codes_of, field_of
from pencere.registers.out.taking import DAYS

Schema = dict[str, Any]

_DECIMAL = {"type": "string", "pattern": r"^-?\d{1,30}(\.\d{1,30})?$"}
_SIMPLE: dict[str, Schema] = {
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "moment": {"type": "string", "format": "date-time"},
    "time": {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"},
    "decimal": _DECIMAL,
    "percent": _DECIMAL,
    "iban": {"type": "string", "pattern": r"^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$"},
    "file": {"type": "string", "pattern": r"^sha256:[0-9a-f]{64}$"},
    "photo": {"type": "string", "pattern": r"^sha256:[0-9a-f]{64}$"},
}
_POSITION: Schema = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
_LINE: Schema = {"type": "array", "items": _POSITION, "minItems": 2}
_RINGS: Schema = {"type": "array", "minItems": 1, "items": {"type": "array", "items": _POSITION, "minItems": 4}}
_SHAPES = {"point": ("Point", _POSITION), "line": ("LineString", _LINE), "polygon": ("Polygon", _RINGS),
           "multipolygon": ("MultiPolygon", {"type": "array", "minItems": 1, "items": _RINGS})}  # fmt: skip


def row_schema(country: Country, register: Register, fields: Sequence[str], *, days: bool = True) -> Schema:
    """What one object of the file holds. Every field is there; an unknown value is null where it may be."""
    names = (*fields, *(DAYS if days else ()))
    language = country.languages[0]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": country.text(register.texts, "title", language),
        "titles": dict(register.texts.get("title", {})),
        "type": "object",
        "properties": {name: _property(country, register, name) for name in names},
        "required": list(names),
        "additionalProperties": False,
    }


def _property(country: Country, register: Register, name: str) -> Schema:
    field = field_of(register, name)
    found = dict(value_schema(country, register, field))
    if not field.required:
        found = {"anyOf": [found, {"type": "null"}]}
    titles, labels = dict(register.texts.get(name, {})), codes_of(country, register, field)
    said = {"title": country.text(register.texts, name, country.languages[0]), "titles": titles} if titles else {}
    return {**said, **({"labels": labels} if labels else {}), **found}


def value_schema(country: Country, register: Register, field: Field) -> Schema:
    """A value of the field that is known."""
    one = _group(country, register, field) if field.kind == "group" else _one(country, field)
    if field.kind == "choices":
        return {"type": "array", "items": one, "minItems": 1, "uniqueItems": True}
    if field.many is None:
        return one
    least, most = field.many
    return {"type": "array", "items": one, "minItems": least, "maxItems": most}


def pattern_of(country: Country, kind: str) -> str | None:
    """The pattern of an identifier of the country, as it is stored."""
    declared = country.identifiers.get(country.person.identifier if kind == "person" else kind)
    return f"^(?:{declared.pattern})$" if declared else None


def _one(country: Country, field: Field) -> Schema:
    kind = field.kind
    if kind in TEXTS:
        return _text(field)
    if kind in ("choice", "choices"):
        return {"enum": list(values_of(country, field) or ())}
    if kind == "territory":
        return {"enum": list(dict.fromkeys(unit.code for unit in country.territory))}
    if kind == "ref":
        target = country.registers[str(field.of)]
        return _one(country, target.fields[target.key[0]])
    if kind == "organisation":
        patterns = [pattern_of(country, name) for name in country.identifiers if name != country.person.identifier]
        return {"type": "string", "anyOf": [{"pattern": pattern} for pattern in patterns]}
    if kind == "geometry":
        named, coordinates = _SHAPES[str(field.of or "polygon")]
        return {"type": "object", "properties": {"type": {"const": named}, "coordinates": coordinates},
                "required": ["type", "coordinates"], "additionalProperties": False}  # fmt: skip
    if kind == "money":
        return _whole(field, country.currency) | {"$comment": f"in the smallest unit of {country.currency}"}
    if kind == "integer":
        return _whole(field, None)
    pattern = pattern_of(country, kind)
    return {"type": "string", "pattern": pattern} if pattern else dict(_SIMPLE[kind])


def _text(field: Field) -> Schema:
    least, most = field.length or (1, 100_000 if field.kind == "long_text" else 1000)
    found: Schema = {"type": "string", "minLength": least, "maxLength": most}
    return {**found, "pattern": f"^(?:{field.pattern})$"} if field.pattern else found


def _whole(field: Field, currency: str | None) -> Schema:
    found: Schema = {"type": "integer"}
    for key, limit in (("minimum", field.min), ("maximum", field.max)):
        if limit is not None:
            found[key] = money.parse(limit, currency).minor if currency else int(limit)
    return found


def _group(country: Country, register: Register, group: Field) -> Schema:
    properties: dict[str, Schema] = {}
    for name, field in group.fields.items():
        path = f"{group.name}.{name}"
        found = {"titles": dict(register.texts.get(path, {})), **value_schema(country, register, field)}
        if labels := codes_of(country, register, field, path):
            found["labels"] = labels
        properties[name] = found if field.required else {"anyOf": [found, {"type": "null"}]}
    required = [name for name, field in group.fields.items() if field.required]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
