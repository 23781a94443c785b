"""`speaks` of a register: which of its fields are which words of a standard of its field. Mappings, never programs.

`fhir`: HL7 FHIR R4, resources by paths of their elements. `ead`: Encoded Archival Description 2002, a level of a fond.
`ladm`: ISO 19152, who has what in land (`ladm.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pencere.country import ladm
from pencere.country.cells import facts_of
from pencere.country.declarations import Country, EadLevel, FhirResource, Place, Register, Speaks
from pencere.country.grammars import condition_of
from pencere.country.records import NAME, Entry, Record, Report, Shape, did_you_mean, text_of
from pencere.country.samples import PERIOD

SPEAKS = Shape("registers/<id>/register.yaml speaks", optional=("ead", "fhir", "ladm"))
FHIR = Shape(
    "registers/<id>/register.yaml speaks.fhir.<name>", required=("resource", "says"), optional=("needs", "when")
)
EAD = Shape(
    "registers/<id>/register.yaml speaks.ead",
    required=("level", "unitid", "unittitle"),
    optional=(
        "parent", "unitdate", "origination", "repository", "extent", "langmaterial", "accessrestrict", "physfacet",
        "bioghist", "scopecontent",
    ),
)  # fmt: skip
SHAPES = (SPEAKS, FHIR, EAD, *ladm.SHAPES)
LEVELS = ("fonds", "subfonds", "series", "subseries", "file", "item", "collection", "recordgrp", "class")

_FIELD = "the name of a field (a-z 0-9 _)"
_RESOURCE = re.compile(r"[A-Z][A-Za-z]{2,40}")
_PATH = re.compile(r"[a-z][A-Za-z]*(\[\d?\])?(\.[a-z][A-Za-z]*(\[\d?\])?)*")
_SAID = re.compile(r"=.+|[a-z][a-z0-9_]*", re.DOTALL)
_ONE = ("parent", "origination", "repository", "langmaterial", "accessrestrict", "physfacet", "bioghist",
        "scopecontent")  # fmt: skip


def speaks(record: Record) -> Speaks:
    found = record.record("speaks", SPEAKS)
    called = "a name (a-z 0-9 _)"
    return Speaks(
        fhir={entry.name: _fhir(entry, record.report) for entry in found.entries("fhir", NAME, called)},
        ead=_ead(found.record("ead", EAD)) if found.has("ead") else None,
        ladm=ladm.unit(found.record("ladm", ladm.LADM)) if found.has("ladm") else None,
    )


def _fhir(entry: Entry, report: Report) -> FhirResource:
    record = Record(entry.node, FHIR, report, entry.path)
    says = {}
    for said in record.entries("says", _PATH, "a path of elements, like code.coding[]"):
        text = text_of(said.node, report, said.path)
        if text and not _SAID.fullmatch(text):
            report.unusable(said.node.line, said.path, f'"{text}" is neither {_FIELD} nor a constant: "=final"')
        says[said.name] = text
    return FhirResource(
        entry.name,
        record.matching("resource", _RESOURCE, "the name of a resource of FHIR R4, like Immunization"),
        record.words("needs", NAME, _FIELD),
        says,
        record.place,
        condition_of(record, "when"),
    )


def _ead(record: Record) -> EadLevel:
    dates = record.words("unitdate", NAME, _FIELD)
    if len(dates) > 2:
        record.refuse("unitdate", "expected one field, or two: from and until")
    one = {name: record.optional_matching(name, NAME, _FIELD) for name in ("unitid", "unittitle", *_ONE)}
    return EadLevel(
        level=record.choice("level", LEVELS),
        parent=one.pop("parent"),
        unitdate=dates,
        extent=record.words("extent", NAME, _FIELD),
        says={name: field for name, field in one.items() if field},
        place=record.place,
    )


def fhir_fields(register: Register) -> tuple[str, ...]:
    """The fields that its resources need, say or depend on, in the order of the declaration."""
    said = {
        field
        for one in register.speaks.fhir.values()
        for field in (*one.needs, *one.says.values(), *facts_of(one.when))
    }
    return tuple(name for name in register.fields if name in said)


def ead_fields(level: EadLevel) -> tuple[str, ...]:
    """The fields that a level of description says, and the one that names the level above."""
    parent = (level.parent,) if level.parent else ()
    return tuple(dict.fromkeys((*level.says.values(), *level.unitdate, *level.extent, *parent)))


def below(country: Country, register: Register) -> tuple[Register, ...]:
    """The registers whose rows are described below those of this one."""
    return tuple(
        one
        for one in country.registers.values()
        if one.speaks.ead is not None
        and one.speaks.ead.parent is not None
        and one.fields[one.speaks.ead.parent].of == register.id
    )


def problems(country: Country, register: Register) -> Iterator[tuple[Place, str]]:
    """What of `speaks` cannot be done, in sentences."""
    yield from ladm.problems(country, register)
    for called, resource in register.speaks.fhir.items():
        path = f"speaks.fhir.{called}"
        days = PERIOD if register.dated else ()
        said = [one for one in resource.says.values() if not one.startswith("=") and one not in days]
        for field in (*resource.needs, *said):
            yield from _field(register, field, resource.place, path)
        for element, name in resource.says.items():
            if name in register.fields and register.fields[name].kind in _NEVER_SAID:
                kind = register.fields[name].kind
                yield resource.place, f"{path}.says.{element}: a field of kind {kind} has no form in FHIR; leave it out"
    level = register.speaks.ead
    if level is None:
        return
    for field in ead_fields(level):
        yield from _field(register, field, level.place, "speaks.ead")
    if register.about or any(one.personal in ("ordinary", "special") for one in register.fields.values()):
        yield level.place, "speaks.ead: rows about persons are not described as archives; leave it out"
    parent = register.fields.get(level.parent or "")
    if parent is not None and (parent.kind != "ref" or parent.of == register.id):
        yield level.place, f'speaks.ead.parent: "{parent.name}" is no reference to another register'


_NEVER_SAID = ("group", "geometry", "file", "photo", "money")


def _field(register: Register, name: str, place: Place, path: str) -> Iterator[tuple[Place, str]]:
    if name not in register.fields:
        advice = did_you_mean(name, register.fields) or f"; known are {', '.join(register.fields)}"
        yield place, f'{path}: unknown field "{name}"{advice}'
