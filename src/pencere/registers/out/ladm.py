"""Rows of a register of land or real estate in the words of ISO 19152:2012 (LADM), as JSON-LD 1.1. Pure.

The standard is a model in UML and has no encoding of its own. Here each class and attribute keeps its name from the
model, under the standard's own name (`urn:iso:std:iso:19152:ed-1`, RFC 5141); geometry is that of GeoSPARQL, as WKT in
degrees, longitude first. Streamed: one LA_BAUnit a row, whole in itself, so that a program without RDF reads it too.
Nothing is named by an address that holds a number of a person: names are UUIDs made of what they name (RFC 9562, 5).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec

from pencere.base.ground import soundness
from pencere.base.ground.geometry import AREAS, Geometry, well_known_text
from pencere.country.declarations import Country, Field, LadmInterest, LadmSource, LadmSpace, LadmUnit, Register
from pencere.registers.out.formats import system_of
from pencere.registers.out.taking import Taken

Node = dict[str, Any]

VOCABULARY = "urn:iso:std:iso:19152:ed-1#"
_XSD, _GEO = "http://www.w3.org/2001/XMLSchema#", "http://www.opengis.net/ont/geosparql#"
CONTEXT: Mapping[str, Any] = {
    "@version": 1.1,
    "@vocab": VOCABULARY,
    "geo": _GEO,
    "xsd": _XSD,
    "areaSize": {"@type": "xsd:decimal"},
    "numerator": {"@type": "xsd:integer"},
    "denominator": {"@type": "xsd:integer"},
    "beginLifespanVersion": {"@type": "xsd:dateTime"},
    "geo:asWKT": {"@type": "geo:wktLiteral"},
}
_json = msgspec.json.Encoder().encode


def as_json_ld(country: Country, register: Register, base: str, rows: Iterable[Sequence[Taken]]) -> Iterator[bytes]:
    """One document. `base`: the public address of this installation, the namespace of its own numbers."""
    yield b'{"@context":' + _json(CONTEXT) + b',\n"@graph":[\n'
    begun = False
    for batch in rows:
        if batch:
            units = [_json(administrative_unit(country, register, base, row)) for row in batch]
            yield (b",\n" if begun else b"") + b",\n".join(units)
            begun = True
    yield b"\n]}\n"


def administrative_unit(country: Country, register: Register, base: str, row: Taken) -> Node:
    """A row as an LA_BAUnit, with its spatial unit and who has what in it."""
    unit = register.speaks.ladm
    if unit is None:
        raise ValueError(f"{register.id} does not say its rows in the words of LADM")
    key = _key(register, row)
    items: dict[str, Any] = {group: row.values[group] or () for group in unit.rrr}
    found: Node = {
        "@id": _named(base, register.id, key, "unit"),
        "@type": "LA_BAUnit",
        "uID": _oid(f"{base}/registers/{register.id}", row.values[unit.unit]),
        "type": unit.type,
        "name": row.values[unit.name] if unit.name else None,
        "beginLifespanVersion": row.recorded_at.isoformat(),
        "source": _source(base, register, unit.source, row.values),
        "su": None if unit.space is None else _spatial_unit(register, base, unit, unit.space, row),
        "rrr": [
            _interest(country, register, base, interest, key, number, item, row)
            for interest in unit.rrr.values()
            for number, item in enumerate(items[interest.group], 1)
        ],
    }
    return _known(found)


def _spatial_unit(register: Register, base: str, unit: LadmUnit, space: LadmSpace, row: Taken) -> Node:
    says: dict[str, Any] = {name: row.values[field] for name, field in space.says.items()}
    boundary = says.get("boundary")
    shape = register.fields[space.says["boundary"]] if boundary is not None else None
    drawn = None if boundary is None or shape is None else soundness.in_degrees(boundary, shape.crs)
    areas = [] if says.get("area") is None else [_area("officialArea", Decimal(str(says["area"])))]
    if drawn is not None and shape is not None and shape.of in AREAS:
        areas.append(_area("calculatedArea", Decimal(f"{soundness.area(drawn):.2f}")))
    return _known({
        "@id": _named(base, register.id, _key(register, row), "space"),
        "@type": space.as_,
        "suID": _oid(f"{base}/registers/{register.id}", row.values[unit.unit]),
        "label": says.get("label"),
        "area": areas,
        "extAddressID": None
        if says.get("address") is None
        else _oid(f"{base}/registers/{register.id}/{space.says['address']}", says["address"]),
        "geo:hasGeometry": _geometry(drawn),
        "relationship": _below(register, base, space, row),
    })  # fmt: skip


def _below(register: Register, base: str, space: LadmSpace, row: Taken) -> Node | None:
    """What it stands on: LA_RequiredRelationshipSpatialUnit to a unit of another register."""
    if space.on is None or row.values[space.on] is None:
        return None
    name = _named(base, str(register.fields[space.on].of), str(row.values[space.on]), "space")
    return {"@type": "LA_RequiredRelationshipSpatialUnit", "relationship": "within", "su2": {"@id": name}}


def _interest(
    country: Country, register: Register, base: str, interest: LadmInterest, key: str, number: int,
    item: Mapping[str, Any], row: Taken,
) -> Node:  # fmt: skip
    class_, type_ = interest.kinds[str(item[interest.by]) if interest.by else ""]
    fields, says = register.fields[interest.group].fields, {name: item.get(f) for name, f in interest.says.items()}
    first = says.get("from") or row.valid_from
    last = says.get("until") or row.valid_until
    local = f"{key}/{interest.group}/{number}"
    return _known({
        "@id": _named(base, register.id, local, "rrr"),
        "@type": class_,
        "rID": _oid(f"{base}/registers/{register.id}", local),
        "type": type_ or None,
        "timeSpec": f"{first.isoformat()}/{'..' if last is None or last == date.max else last.isoformat()}",
        "share": _share(fields.get(interest.says.get("share", "")), says.get("share")),
        "party": _party(country, register, base, fields.get(interest.says.get("party", "")), says.get("party")),
        "source": _source(base, register, interest.source, item),
    })  # fmt: skip


def _party(country: Country, register: Register, base: str, field: Field | None, value: object) -> Node | None:
    if field is None or value is None:
        return None
    system = system_of(country, register, base, field)
    own = _named(base, system, str(value), "party")
    return {
        "@id": own,
        "@type": "LA_Party",
        "pID": _oid(f"{base}/parties", own.removeprefix("urn:uuid:")),
        "extPID": _oid(system, value),
        "type": "naturalPerson" if field.kind == "person" else "nonNaturalPerson",
    }


def _share(field: Field | None, value: object) -> Node | None:
    """A share as the standard has it, a fraction: 0.5 is 1/2."""
    if field is None or value is None:
        return None
    share = Fraction(str(value)) / (100 if field.kind == "percent" else 1)
    return {"@type": "Fraction", "numerator": share.numerator, "denominator": share.denominator}


def _source(base: str, register: Register, source: LadmSource | None, values: Mapping[str, Any]) -> Node | None:
    """Whether the document is in an archive the register does not say."""
    if source is None or values.get(source.number) is None:
        return None
    return {
        "@type": "LA_AdministrativeSource",
        "sID": _oid(f"{base}/registers/{register.id}", values[source.number]),
        "type": source.type,
        "availabilityStatus": "archiveUnknown",
    }


def _area(type_: str, size: Decimal) -> Node:
    return {"@type": "LA_AreaValue", "type": type_, "areaSize": format(size, "f")}


def _geometry(drawn: Geometry | None) -> Node | None:
    return None if drawn is None else {"@type": "geo:Geometry", "geo:asWKT": well_known_text(drawn)}


def _oid(namespace: str, value: object) -> Node:
    """Named, so that the number of a party who has several things is one."""
    return {
        "@id": _named(namespace, "oid", str(value), "oid"), "@type": "Oid", "localId": str(value),
        "namespace": namespace,
    }  # fmt: skip


def _key(register: Register, row: Taken) -> str:
    return "/".join(str(row.values[name]) for name in register.key)


def _named(base: str, of: str, what: str, kind: str) -> str:
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{base}/{of}/{what}#{kind}')}"


def _known(node: Node) -> Node:
    return {name: value for name, value in node.items() if value is not None and value != []}
