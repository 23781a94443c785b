"""Files of rows: CSV (RFC 4180, UTF-8), JSON, JSON lines. Bytes as they are made, none kept.

`csv` is exact: it loads again to the same rows, so nothing in it is changed, also not a text that a spreadsheet would
take for a formula. The table for people, `sheet`, is made in `sheets`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from pencere.country.declarations import Country, Field, Register
from pencere.registers.out.cells import Write, writer
from pencere.registers.out.taking import DAYS, Taken
from pencere.registers.rules import PSEUDO, plain

FORMATS = ("zip", "csv", "sheet", "json", "jsonl")
"""What an export may be, the most complete first."""

Rows = Iterable[Sequence[Taken]]
_json = msgspec.json.Encoder().encode


def as_csv(
    country: Country, register: Register, fields: Sequence[str], rows: Rows, *, days: bool = True
) -> Iterator[bytes]:
    """The head is the names of the fields; with `days` each row says from when until when it holds."""
    names = (*fields, *(DAYS if days else ()))
    writers = [(name, writer(country, field_of(register, name))) for name in names]
    yield _lines([names])
    for batch in rows:
        yield _lines([_cell(row, name, write) for name, write in writers] for row in batch)


def as_json(fields: Sequence[str], rows: Rows, *, days: bool = True) -> Iterator[bytes]:
    """One array, a row a line. Amounts in the smallest unit, unknown values as null: as the row schema says."""
    yield b"["
    begun = False
    for batch in rows:
        if not batch:
            continue
        yield (b",\n" if begun else b"\n") + b",\n".join(_json(row_in_json(row, fields, days)) for row in batch)
        begun = True
    yield b"\n]\n" if begun else b"]\n"


def as_json_lines(fields: Sequence[str], rows: Rows, *, days: bool = True) -> Iterator[bytes]:
    """One row a line."""
    for batch in rows:
        yield b"".join(_json(row_in_json(row, fields, days)) + b"\n" for row in batch)


def row_in_json(row: Taken, fields: Sequence[str], days: bool = True) -> dict[str, object]:
    shown = {name: plain(row.values[name]) if name in row.values else plain(getattr(row, name)) for name in fields}
    return {**shown, **{name: plain(getattr(row, name)) for name in DAYS}} if days else shown


def field_of(register: Register, name: str) -> Field:
    """A field of the register, or one of the days of its rows."""
    return register.fields.get(name) or PSEUDO[name]


def system_of(country: Country, register: Register, base: str, field: Field) -> str:
    """The namespace of an identifier: the nation's for persons, organisations and things, else the register's own."""
    kind = {"person": country.person.identifier, "organisation": country.organisation or ""}.get(field.kind, field.kind)
    return (
        f"{base}/identifiers/{kind}" if kind in country.identifiers else f"{base}/registers/{register.id}/{field.name}"
    )


def _cell(row: Taken, name: str, write: Write) -> str:
    value = row.values[name] if name in row.values else getattr(row, name)
    return "" if value is None else write(value)


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    target = io.StringIO()
    csv.writer(target).writerows(rows)
    return target.getvalue().encode()


def codes_of(country: Country, register: Register, field: Field, path: str = "") -> dict[str, dict[str, str]]:
    """What each code is called, by language. `path`: of a field within a group."""
    labels = {language: labels_of(country, register, field, language, path) for language in country.languages}
    return {
        code: {language: found[code] for language, found in labels.items()} for code in labels[country.languages[0]]
    }


def labels_of(country: Country, register: Register, field: Field, language: str, path: str = "") -> dict[str, str]:
    """What the codes of a choice or of a territory are called."""
    if field.kind == "territory":
        texts = {unit.code: unit.names for unit in country.territory}
        return {code: country.text(texts, code, language) for code in texts}
    if field.kind not in ("choice", "choices"):
        return {}
    if isinstance(field.of, str):
        values = country.lists[field.of.removeprefix("list:")].values
        return {code: country.text(values, code, language) for code in values}
    texts = {code: register.texts.get(f"{path or field.name}.{code}", {}) for code in field.of or ()}
    return {code: country.text(texts, code, language) for code in texts}
