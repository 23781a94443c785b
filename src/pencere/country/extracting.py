"""`extract` of a register: what rows may be counted by for everybody, and what may not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pencere.country.declarations import Extract, Place, Register
from pencere.country.records import NAME, Record, Shape, did_you_mean, text_of

EXTRACT = Shape(
    "registers/<id>/register.yaml extract", required=("by", "least", "licence", "every"), optional=("bands",)
)
EVERY = ("month", "year")
"""Not oftener: two tables of neighbouring days differ by the few whose row changed between them."""
KINDS = ("choice", "territory", "boolean", "date", "integer")
BANDED = ("date", "integer")
MOST, LEAST = 4, 3

_FIELD = "the name of a field (a-z 0-9 _)"


def extract(record: Record) -> Extract:
    found = record.record("extract", EXTRACT)
    bands = {}
    for entry in found.entries("bands", NAME, _FIELD):
        text = text_of(entry.node, record.report, entry.path)
        if not re.fullmatch(r"[1-9]\d{0,3}", text):
            record.report.unusable(entry.node.line, entry.path, f'"{text}" is not how many are counted together')
            continue
        bands[entry.name] = int(text)
    return Extract(
        by=found.words("by", NAME, _FIELD),
        bands=bands,
        least=found.whole("least"),
        licence=found.text("licence"),
        every=found.choice("every", EVERY),
        place=found.place,
    )


def problems(register: Register) -> Iterator[tuple[Place, str]]:
    """What may not be counted by, in sentences."""
    found = register.extract
    if found is None:
        return
    if register.kept != "here":
        yield found.place, "extract: the rows lie elsewhere, so nothing can be counted here"
    if not 1 <= len(found.by) <= MOST:
        yield found.place, f"extract.by: count by 1 to {MOST} fields; with more, most cells are too small to be shown"
    if found.least < LEAST:
        yield found.place, f"extract.least: {found.least} is too few; from {LEAST} on, 10 is usual"
    for name in found.by:
        yield from _by(register, name, found.place)
    for name in found.bands:
        if name not in found.by or (name in register.fields and register.fields[name].kind not in BANDED):
            yield found.place, f'extract.bands: "{name}" is no date or whole number among "by"'


def _by(register: Register, name: str, place: Place) -> Iterator[tuple[Place, str]]:
    field = register.fields.get(name)
    if field is None:
        advice = did_you_mean(name, register.fields) or f"; known are {', '.join(register.fields)}"
        yield place, f'extract.by: unknown field "{name}"{advice}'
    elif field.personal == "special":
        yield place, f'extract.by: "{name}" is of a special category; counts by it are published nowhere'
    elif name in register.key or field.unique:
        yield place, f'extract.by: "{name}" names a single row; nothing is counted by it'
    elif field.kind not in KINDS or field.many is not None:
        yield place, f'extract.by: "{name}" is of kind {field.kind}; count by one of {", ".join(KINDS)}'
