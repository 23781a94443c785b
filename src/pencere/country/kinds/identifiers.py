"""identifiers.yaml: how persons, companies and things are named: pattern, letters never used, check character."""

from __future__ import annotations

import re

from pencere.base.errors import BadInput
from pencere.base.identifiers import Check, IdentifierKind
from pencere.base.identifiers import read as read_identifier
from pencere.country.grammars import KINDS, PERSONAL
from pencere.country.kinds import FileKind, Source
from pencere.country.nodes import Node
from pencere.country.records import Entry, Record, Report, Shape, text_of
from pencere.country.values import WHY_NOT

IDENTIFIERS = Shape("identifiers.yaml", required=("kinds",))
IDENTIFIER = Shape(
    "identifiers.yaml kinds.<name>",
    required=("pattern", "law", "samples"),
    optional=("check", "never", "on_never", "personal"),
)
CHECK = Shape("identifiers.yaml kinds.<name>.check", required=("weights", "modulus", "digit"), optional=("map",))


def read(node: Node, report: Report, source: Source) -> dict[str, IdentifierKind]:
    record = Record(node, IDENTIFIERS, report)
    return {entry.name: _identifier(entry, report) for entry in record.entries("kinds")}


def _identifier(entry: Entry, report: Report) -> IdentifierKind:
    record = Record(entry.node, IDENTIFIER, report, entry.path)
    if entry.name in KINDS:
        report.error(entry.node.line, entry.path, f'"{entry.name}" is a kind of field already; name it otherwise')
    pattern = record.text("pattern")
    try:
        re.compile(pattern)
    except re.error as error:
        record.refuse("pattern", f"not a regular expression: {error}")
        pattern = ""
    kind = IdentifierKind(
        name=entry.name,
        pattern=pattern,
        check=_check(record.record("check", CHECK)) if record.has("check") else None,
        never=record.words("never"),
        on_never=record.choice("on_never", ("ask_again",), default="ask_again"),
        personal=record.choice("personal", PERSONAL, default="none"),
        law=str(record.law("law")),
        samples=record.words("samples"),
    )
    if not report.broken:
        _demand_samples(record, kind)
    return kind


def _demand_samples(record: Record, kind: IdentifierKind) -> None:
    for sample in kind.samples:
        try:
            read_identifier(kind, sample)
        except BadInput as bad:
            record.report.error(record.line("samples"), record.at("samples"), f'"{sample}" {WHY_NOT[bad.reason]}')


def _check(record: Record) -> Check:
    weights = record.words("weights", re.compile(r"\d{1,6}"), "a whole number")
    modulus, digit = record.whole("modulus"), record.whole("digit")
    if record.has("modulus") and modulus < 2:
        record.refuse("modulus", "is at least 2")
    if record.has("digit") and digit < 1:
        record.refuse("digit", "is a position, from 1")
    written: dict[int, str] = {}
    node = record.get("map")
    if node is not None and not isinstance(node.value, dict):
        record.refuse("map", "expected remainder: character")
    elif node is not None and isinstance(node.value, dict):
        for remainder, item in node.value.items():
            character = text_of(item, record.report, f"{record.at('map')}.{remainder}")
            if not remainder.isdecimal() or len(character) != 1:
                record.refuse("map", f'expected remainder: character, found "{remainder}: {character}"')
            else:
                written[int(remainder)] = character
    return Check(
        tuple(int(weight) for weight in weights if weight.isdecimal()), max(modulus, 2), max(digit, 1), written
    )


KIND = FileKind("identifiers", "identifiers.yaml", (IDENTIFIERS, IDENTIFIER, CHECK), read, needed=True)
