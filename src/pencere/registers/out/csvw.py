"""What a CSV file of rows means, as W3C "Metadata Vocabulary for Tabular Data" (CSVW, 2015) says it. Pure.

Types, limits, codes, keys and the labels of the columns in every language, all from the declaration. A key into another
register is a foreign key where that register stands in the same metadata; CSVW allows it nowhere else. Where it does
not, the column says by `dc:references` whose key it holds.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pencere.country.declarations import Country, Field, Register
from pencere.country.facts import values_of
from pencere.registers.kinds import TEXTS
from pencere.registers.out.cells import BETWEEN, is_json, kind_of, repeats
from pencere.registers.out.formats import codes_of, field_of
from pencere.registers.out.row_schema import pattern_of
from pencere.registers.out.taking import DAYS
from pencere.ui.writing import unit_name

Metadata = dict[str, Any]

CONTEXT = "http://www.w3.org/ns/csvw"
_TYPES = {"integer": "integer", "decimal": "decimal", "percent": "decimal", "date": "date", "moment": "dateTimeStamp"}
_PATTERNS = {
    "iban": r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", "file": "sha256:[0-9a-f]{64}", "photo": "sha256:[0-9a-f]{64}",
    "time": r"([01]\d|2[0-3]):[0-5]\d",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """A CSV file: where it lies, whose rows, which of their fields. `every_period`: a key may stand in several rows."""

    url: str
    register: Register
    fields: Sequence[str]
    days: bool = True
    every_period: bool = False
    modified: datetime | None = None
    licence: str = ""
    note: Mapping[str, str] = field(default_factory=dict)  # language -> what a reader should know


def metadata(country: Country, sheet: Sheet) -> Metadata:
    """Of one file."""
    return {"@context": context(country), **_table(country, sheet, {sheet.register.id: sheet})}


def group(country: Country, sheets: Sequence[Sheet]) -> Metadata:
    """Of several files, with the keys between them."""
    by_register = {sheet.register.id: sheet for sheet in sheets}
    return {"@context": context(country), "tables": [_table(country, sheet, by_register) for sheet in sheets]}


def context(country: Country) -> list[object]:
    return [CONTEXT, {"@language": country.languages[0]}]


def dialect() -> Metadata:
    """RFC 4180."""
    return {
        "encoding": "utf-8", "delimiter": ",", "quoteChar": '"', "doubleQuote": True, "lineTerminators": ["\r\n", "\n"],
        "header": True, "headerRowCount": 1, "trim": False,
    }  # fmt: skip


def _table(country: Country, sheet: Sheet, beside: Mapping[str, Sheet]) -> Metadata:
    register = sheet.register
    names = (*sheet.fields, *(DAYS if sheet.days else ()))
    keys = [*register.key, *(["valid_from"] if sheet.every_period else [])]
    schema: Metadata = {"columns": [_column(country, register, name, beside) for name in names]}
    if all(key in names for key in keys):
        schema["primaryKey"] = keys
    foreign = [key for name in sheet.fields for key in _foreign(country, register, name, beside)]
    if foreign:
        schema["foreignKeys"] = foreign
    found: Metadata = {"url": sheet.url, "dc:title": _in_languages(register.texts.get("title", {})),
                       "dialect": dialect(), "tableSchema": schema}  # fmt: skip
    if sheet.modified is not None:
        found["dc:modified"] = {"@value": sheet.modified.isoformat(), "@type": "xsd:dateTime"}
    if sheet.licence:
        found["dc:license"] = {"@id": sheet.licence}
    if sheet.note:
        found["dc:description"] = _in_languages(sheet.note)
    return found


def _column(country: Country, register: Register, name: str, beside: Collection[str]) -> Metadata:
    declared = field_of(register, name)
    found: Metadata = {"name": name, "titles": titles_of(register, name),
                       "datatype": datatype(country, declared), "required": declared.required}  # fmt: skip
    if declared.required and not is_json(country, declared):
        found["null"] = []
    if repeats(declared) and not is_json(country, declared):
        found["separator"] = BETWEEN
    if declared.kind == "ref" and not _is_foreign_key(declared, beside):
        target = country.registers[str(declared.of)]
        found["dc:references"] = f"{target.id}.{target.key[0]}"
    if declared.unit:
        found["dc:format"] = declared.unit
        found["dc:description"] = _in_languages(measured_titles(country, register, name, declared.unit))
    elif declared.kind == "money":
        found["dc:format"] = country.currency
    return {**found, **code_list(codes_of(country, register, declared))}


def code_list(codes: Mapping[str, Mapping[str, str]]) -> Metadata:
    """What the codes of a column mean, in the words of RDF Data Cube and SKOS; nothing where it has none."""
    concepts = [
        {"@type": "skos:Concept", "skos:notation": code, "skos:prefLabel": _in_languages(labels)}
        for code, labels in codes.items()
    ]
    return {"qb:codeList": {"@type": "skos:ConceptScheme", "skos:hasTopConcept": concepts}} if concepts else {}


def measured_titles(country: Country, register: Register, name: str, unit: str) -> dict[str, str]:
    """What a column is called, with the unit of its numbers, in each language: `Length, cm`."""
    own = register.texts.get(f"{name}.unit", {})
    titles = register.texts.get(name, {})
    return {code: f"{titles.get(code, name)}, {unit_name(unit, code, own.get(code, ''))}" for code in country.languages}


def titles_of(register: Register, name: str) -> dict[str, list[str]]:
    """What a column is called. The head of the file is the name: one title must be it, in no language ("und")."""
    return {"und": [name], **{code: [text] for code, text in register.texts.get(name, {}).items()}}


def datatype(country: Country, declared: Field) -> Metadata | str:
    """The type of a cell, or of each value in it."""
    kind = kind_of(country, declared)
    if is_json(country, declared):
        return "json"
    if kind == "boolean":
        return {"base": "boolean", "format": "true|false"}
    if kind in ("choice", "choices"):
        return {"base": "string", "format": "|".join(map(re.escape, values_of(country, declared) or ()))}
    if kind == "money":
        return {"base": "decimal", **_limits(declared)}
    if kind in _TYPES:
        return {"base": _TYPES[kind], **_limits(declared)}
    if kind in TEXTS:
        least, most = declared.length or (1, 100_000 if kind == "long_text" else 1000)
        return {"base": "string", "minLength": least, "maxLength": most,
                **({"format": declared.pattern} if declared.pattern else {})}  # fmt: skip
    pattern = _PATTERNS.get(kind) or (pattern_of(country, kind) or "").removeprefix("^").removesuffix("$")
    return {"base": "string", **({"format": pattern} if pattern else {})}


def _limits(declared: Field) -> Metadata:
    found = {}
    if declared.min is not None:
        found["minimum"] = declared.min
    if declared.max is not None:
        found["maximum"] = declared.max
    return found


def _foreign(country: Country, register: Register, name: str, beside: Mapping[str, Sheet]) -> list[Metadata]:
    declared = register.fields[name]
    if not _is_foreign_key(declared, beside):
        return []
    target = beside[str(declared.of)]
    key = target.register.key[0]
    if key not in target.fields:
        return []
    return [{"columnReference": name, "reference": {"resource": target.url, "columnReference": key}}]


def _is_foreign_key(declared: Field, beside: Collection[str]) -> bool:
    """Never of one that may be empty: not every reader lets a foreign key be unknown."""
    return declared.kind == "ref" and declared.required and str(declared.of) in beside


def _in_languages(texts: Mapping[str, str]) -> list[Metadata]:
    return [{"@value": text, "@language": code} for code, text in texts.items()]
