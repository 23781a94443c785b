"""`speaks.ladm` of a register: which of its fields are which words of ISO 19152:2012 (LADM). Never a program.

One row is one basic administrative unit (LA_BAUnit). Its land or its space in a building is a spatial unit, and the
items of the named groups are rights, restrictions and responsibilities of parties in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pencere.country.declarations import Country, Field, LadmInterest, LadmSource, LadmSpace, LadmUnit, Place, Register
from pencere.country.records import NAME, Entry, Record, Report, Shape, did_you_mean, text_of

LADM = Shape(
    "registers/<id>/register.yaml speaks.ladm", required=("unit", "type"), optional=("name", "source", "space", "rrr")
)
SPACE = Shape(
    "registers/<id>/register.yaml speaks.ladm.space", required=("as",),
    optional=("label", "area", "address", "boundary", "on"),
)  # fmt: skip
RRR = Shape(
    "registers/<id>/register.yaml speaks.ladm.rrr.<group>", required=("is",),
    optional=("party", "share", "by", "source", "from", "until"),
)  # fmt: skip
SOURCE = Shape("registers/<id>/register.yaml speaks.ladm.source", required=("number", "type"))
RRR_SOURCE = Shape("registers/<id>/register.yaml speaks.ladm.rrr.<group>.source", required=("number", "type"))
SHAPES = (LADM, SPACE, RRR, SOURCE, RRR_SOURCE)

UNITS = ("basicPropertyUnit", "leasedUnit", "propertyRightUnit", "rightOfUseUnit")
"""LA_BAUnitType."""
SPACES = ("LA_SpatialUnit", "LA_LegalSpaceBuildingUnit", "LA_LegalSpaceUtilityNetwork")
SOURCES = ("agriConsent", "agriLease", "agriNotaryStatement", "deed", "mortgage", "title")
"""LA_AdministrativeSourceType."""
INTERESTS = ("LA_Right", "LA_Restriction", "LA_Responsibility", "LA_Mortgage")
"""A mortgage is a restriction of its own."""

_FIELD = "the name of a field (a-z 0-9 _)"
_IS = re.compile(rf"({'|'.join(INTERESTS)})( [a-z][A-Za-z]*)?")
_KIND = f"a class of LADM and its type, like LA_Right ownership; classes are {', '.join(INTERESTS)}"


def unit(record: Record) -> LadmUnit:
    return LadmUnit(
        unit=record.matching("unit", NAME, _FIELD),
        type=record.choice("type", UNITS),
        name=record.optional_matching("name", NAME, _FIELD),
        source=_source(record, SOURCE),
        space=_space(record.record("space", SPACE)) if record.has("space") else None,
        rrr={entry.name: _interest(entry, record.report) for entry in record.entries("rrr", NAME, _FIELD)},
        place=record.place,
    )


def _space(record: Record) -> LadmSpace:
    said = {name: record.optional_matching(name, NAME, _FIELD) for name in ("label", "area", "address", "boundary")}
    return LadmSpace(
        record.choice("as", SPACES),
        {name: field for name, field in said.items() if field},
        record.optional_matching("on", NAME, _FIELD),
        record.place,
    )


def _source(record: Record, shape: Shape) -> LadmSource | None:
    if not record.has("source"):
        return None
    source = record.record("source", shape)
    return LadmSource(source.matching("number", NAME, _FIELD), source.choice("type", SOURCES))


def _interest(entry: Entry, report: Report) -> LadmInterest:
    record = Record(entry.node, RRR, report, entry.path)
    one = {name: record.optional_matching(name, NAME, _FIELD) for name in ("party", "share", "from", "until")}
    node = record.get("is")
    if node is not None and isinstance(node.value, dict):
        kinds = {
            said.name: _kind(text_of(said.node, report, said.path), said.node.line, said.path, report)
            for said in record.entries("is", re.compile(r"[A-Za-z0-9_.-]+"), "a code of the choice")
        }
        by = record.matching("by", NAME, _FIELD)
        if not record.has("by"):
            record.refuse("is", '"by" is missing: the choice whose codes these are')
    else:
        kinds, by = {"": _kind(record.text("is"), record.line("is"), record.at("is"), report)}, None
        if record.has("by"):
            record.refuse("by", '"is" says one kind for all; leave it out, or map each code of the choice')
    said_by = {name: field for name, field in one.items() if field}
    return LadmInterest(entry.name, by, kinds, said_by, _source(record, RRR_SOURCE), record.place)


def _kind(text: str, line: int, path: str, report: Report) -> tuple[str, str]:
    if text and not _IS.fullmatch(text):
        report.unusable(line, path, f'"{text}" is not {_KIND}')
    class_, _, type_ = text.partition(" ")
    return class_, type_


def fields_of(register: Register) -> tuple[str, ...]:
    """The fields that are said, in the order of the declaration; the key goes along, for it names the row."""
    unit = register.speaks.ladm
    if unit is None:
        return ()
    said = {unit.unit, unit.name, unit.source and unit.source.number, *unit.rrr, *register.key}
    if unit.space is not None:
        said |= {*unit.space.says.values(), unit.space.on}
    return tuple(name for name in register.fields if name in said)


def problems(country: Country, register: Register) -> Iterator[tuple[Place, str]]:
    """What of it cannot be done, in sentences."""
    unit = register.speaks.ladm
    if unit is None:
        return
    path = "speaks.ladm"
    for key, name in (("unit", unit.unit), ("name", unit.name)):
        yield from _field(register.fields, name, unit.place, f"{path}.{key}")
    if unit.source is not None:
        yield from _field(register.fields, unit.source.number, unit.place, f"{path}.source.number")
    if unit.space is not None:
        yield from _space_problems(country, register, unit.space, f"{path}.space")
    for interest in unit.rrr.values():
        yield from _interest_problems(country, register, interest, f"{path}.rrr.{interest.group}")


_SPACE_KINDS = {"area": ("decimal", "integer"), "boundary": ("geometry",), "address": ("address", "text")}


def _space_problems(country: Country, register: Register, space: LadmSpace, path: str) -> Iterator[tuple[Place, str]]:
    for key, name in space.says.items():
        yield from _field(register.fields, name, space.place, f"{path}.{key}", _SPACE_KINDS.get(key, ()))
    yield from _field(register.fields, space.on, space.place, f"{path}.on", ("ref",))
    if space.on is not None and space.on in register.fields:
        other = country.registers.get(str(register.fields[space.on].of))
        if other is not None and (other.speaks.ladm is None or other.speaks.ladm.space is None):
            yield space.place, f"{path}.on: {other.id} does not say in the words of LADM what its rows are"


def _interest_problems(
    country: Country, register: Register, interest: LadmInterest, path: str
) -> Iterator[tuple[Place, str]]:
    group = register.fields.get(interest.group)
    if group is None or group.kind != "group":
        yield interest.place, f'{path}: "{interest.group}" is no group of the register'
        return
    parties = ("person", "organisation", *country.identifiers)
    kinds = {"party": parties, "share": ("decimal", "percent"), "from": ("date",), "until": ("date",)}
    for key, name in interest.says.items():
        yield from _field(group.fields, name, interest.place, f"{path}.{key}", kinds.get(key, ()))
    if interest.source is not None:
        yield from _field(group.fields, interest.source.number, interest.place, f"{path}.source.number")
    held = [class_ for class_, _type in interest.kinds.values() if class_ in ("LA_Right", "LA_Responsibility")]
    party = group.fields.get(interest.says.get("party", ""))
    if held and (party is None or not party.required):
        yield interest.place, f"{path}.party: a {held[0]} is somebody's; name a field that is never empty"
    if interest.by is None:
        return
    yield from _field(group.fields, interest.by, interest.place, f"{path}.by", ("choice",))
    choice = group.fields.get(interest.by)
    if choice is not None and isinstance(choice.of, tuple):
        for code in choice.of:
            if code not in interest.kinds:
                yield interest.place, f'{path}.is: "{code}" of {choice.name} is missing; each code is something in LADM'
        for code in interest.kinds:
            if code not in choice.of:
                yield interest.place, f'{path}.is: "{code}" is no code of {choice.name}{did_you_mean(code, choice.of)}'


def _field(
    fields: Mapping[str, Field], name: str | None, place: Place, path: str, kinds: tuple[str, ...] = ()
) -> Iterator[tuple[Place, str]]:
    if name is None:
        return
    if name not in fields:
        advice = did_you_mean(name, fields) or f"; known are {', '.join(fields)}"
        yield place, f'{path}: unknown field "{name}"{advice}'
    elif kinds and fields[name].kind not in kinds:
        yield place, f'{path}: "{name}" is of kind {fields[name].kind}, not {" or ".join(kinds)}'
    elif fields[name].many:
        yield place, f'{path}: "{name}" has several values; one is said'
