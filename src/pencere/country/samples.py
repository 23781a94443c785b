"""Reads `sample.csv` of a register the strict way: rows that an import would take, or sentences why not."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from pencere.base.errors import BadInput
from pencere.base.identifiers import read as read_identifier
from pencere.country.declarations import Country, Field, Register
from pencere.country.facts import Fact, field_of, values_of
from pencere.country.records import did_you_mean
from pencere.country.values import WHY_NOT, read_value

PERIOD = ("valid_from", "valid_until")
LARGEST = 5_000_000


def problems_of(country: Country, register: Register, path: Path) -> Iterator[tuple[int, str]]:
    """Line and sentence for all that an import would refuse."""
    if path.stat().st_size > LARGEST:
        yield 1, f"is larger than {LARGEST:,} bytes; a sample is small"
        return
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield 1, f"is not UTF-8 text (byte {error.start}); save it as UTF-8"
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = next(reader, [])
        problems = list(_head(register, head))
        yield from problems
        if not problems:
            yield from _rows(country, register, head, reader)
    except csv.Error as error:
        yield reader.line_num, f"cannot be read as CSV: {error}"


def _head(register: Register, head: list[str]) -> Iterator[tuple[int, str]]:
    known = (*register.fields, *(PERIOD if register.dated else ()))
    for column in head:
        if column not in known:
            yield 1, f'unknown column "{column}"{did_you_mean(column, known)}'
        elif head.count(column) > 1:
            yield 1, f'the column "{column}" stands twice'
    needed = [name for name, field in register.fields.items() if field.required]
    for column in [*needed, *(["valid_from"] if register.dated else [])]:
        if column not in head:
            yield 1, f'the column "{column}" is missing'


def _rows(
    country: Country, register: Register, head: list[str], reader: Iterator[list[str]]
) -> Iterator[tuple[int, str]]:
    seen: dict[tuple[str, ...], int] = {}
    for row in reader:
        line = reader.line_num  # type: ignore[attr-defined]
        if len(row) != len(head):
            yield line, f"{len(row)} values, the head names {len(head)} columns"
            continue
        values = dict(zip(head, row, strict=True))
        for column, text in values.items():
            field = field_of(register, column)
            assert field is not None
            problem = _value(country, field, text, required=field.required and column != "valid_until")
            if problem:
                yield line, f"{column}: {problem}"
        key = tuple(values.get(name, "") for name in (*register.key, "valid_from"))
        if key in seen and all(name in register.fields for name in register.key):
            yield line, f"the same {', '.join(register.key)} as in line {seen[key]}"
        seen.setdefault(key, line)


def _value(country: Country, field: Field, text: str, required: bool) -> str | None:
    if text == "":
        return "is empty" if required else None
    kind = field.kind
    identifier = country.identifiers.get(country.person.identifier if kind == "person" else kind)
    try:
        if identifier is not None:
            read_identifier(identifier, text)
        else:
            fact = Fact(field.name, kind, "", values_of(country, field), False, None, "")
            read_value(country, fact, text)
    except BadInput as bad:
        return f'"{text}" is no {identifier.name if identifier else kind}: it {WHY_NOT[bad.reason]}'
    except ValueError as wrong:
        return str(wrong)
    if field.pattern and not re.fullmatch(field.pattern, text):
        return f'"{text}" does not fit the pattern {field.pattern}'
    if field.length and not field.length[0] <= len(text) <= field.length[1]:
        return f'"{text}" is not {field.length[0]} to {field.length[1]} signs long'
    return None
