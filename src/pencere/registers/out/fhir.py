"""A row in the words of HL7 FHIR R4 (v4.0.1), as the register's `speaks.fhir` maps its fields. Pure.

    path                 of elements, `[]` where the element repeats: protocolApplied[].targetDisease[].coding[]
    field or constant    a field of the register; "=final"; "=http://loinc.org|8339-4|Birth weight" in a coding

What the last element of the path is decides how a value is said: `identifier[]` an Identifier under the national system
of its kind, or the register's own; `coding[]` a Coding, whose words are the register's; a person elsewhere a Reference
by that identifier, so that no row repeats who a person is. An unknown field leaves its element out.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from pencere.country.cells import holds
from pencere.country.declarations import Country, FhirResource, Field, Register
from pencere.registers.out.formats import field_of, labels_of, system_of
from pencere.registers.out.taking import Taken
from pencere.registers.rules import plain

Resource = dict[str, Any]

_STEP = re.compile(r"([a-z][A-Za-z]*)(?:\[(\d?)\])?")


def as_bundle(
    country: Country, register: Register, base: str, rows: Iterable[Sequence[Taken]], at: datetime
) -> Iterator[bytes]:
    """One Bundle of type `collection`, streamed. `base`: the public address of this installation."""
    yield f'{{"resourceType":"Bundle","type":"collection","timestamp":"{at.isoformat(timespec="seconds")}"'.encode()
    begun = False
    for batch in rows:
        entries = [_json({"fullUrl": url, "resource": one}) for url, one in _all(country, register, base, batch)]
        if entries:
            yield (b",\n" if begun else b',"entry":[\n') + b",\n".join(entries)
            begun = True
    yield b"\n]}\n" if begun else b"}\n"


def as_lines(country: Country, register: Register, base: str, rows: Iterable[Sequence[Taken]]) -> Iterator[bytes]:
    """A resource a line (NDJSON, as FHIR Bulk Data has it)."""
    for batch in rows:
        yield b"".join(_json(one) + b"\n" for _url, one in _all(country, register, base, batch))


def resources(country: Country, register: Register, base: str, row: Taken) -> Iterator[tuple[str, Resource]]:
    """The resources of a row, by name: those whose needs are known and whose `when` holds."""
    for name, declared in register.speaks.fhir.items():
        is_one = declared.when is None or holds(declared.when, row.values, {})
        if is_one and all(row.values.get(need) is not None for need in declared.needs):
            yield name, _resource(country, register, base, declared, row)


def _all(country: Country, register: Register, base: str, batch: Sequence[Taken]) -> Iterator[tuple[str, Resource]]:
    for row in batch:
        for name, one in resources(country, register, base, row):
            yield f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{base}/{register.id}/{row.id}/{name}')}", one


def _resource(country: Country, register: Register, base: str, declared: FhirResource, row: Taken) -> Resource:
    found: Resource = {"resourceType": declared.resource}
    for path, said in declared.says.items():
        steps = [(step[1], step[2]) for step in map(_STEP.fullmatch, path.split(".")) if step]
        if said.startswith("="):
            value: object = _constant(steps[-1][0], said[1:])
        else:
            known = row.values[said] if said in row.values else getattr(row, said)
            if known is None:
                continue
            value = _said(country, register, base, field_of(register, said), steps[-1][0], known)
        _put(found, steps, value)
    return found


def _put(found: Resource, steps: Sequence[tuple[str, str | None]], value: object) -> None:
    """Sets the value at the path. Several values of a step that repeats go one after the other."""
    place: Any = found
    for number, (name, index) in enumerate(steps):
        last = number == len(steps) - 1
        if index is None:
            if last:
                place[name] = value
            else:
                place = place.setdefault(name, {})
            continue
        several = place.setdefault(name, [])
        if last:
            several.extend(value if isinstance(value, list) else [value])
            continue
        wanted = int(index or 0)
        while len(several) <= wanted:
            several.append({})
        place = several[wanted]


def _constant(last: str, text: str) -> object:
    if last == "coding":
        system, code, display = (*text.split("|"), "", "")[:3]
        return {"system": system, "code": code, **({"display": display} if display else {})}
    if text in ("true", "false"):
        return text == "true"
    return _number(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) and last == "value" else text


def _said(country: Country, register: Register, base: str, field: Field, last: str, value: object) -> object:
    if isinstance(value, list | tuple):
        return [_said(country, register, base, field, last, each) for each in value]
    if last == "identifier":
        return {"system": system_of(country, register, base, field), "value": str(value)}
    if last == "coding":
        return _coding(country, register, base, field, str(value))
    if field.kind in ("person", "organisation"):
        kind = "Patient" if field.kind == "person" else "Organization"
        return {"type": kind, "identifier": {"system": system_of(country, register, base, field), "value": str(value)}}
    if field.kind in ("decimal", "percent"):
        return _number(str(value))
    if isinstance(value, bool | int):
        return str(value) if last.endswith("String") else value
    if isinstance(value, datetime | date):
        return plain(value)
    return str(value)


def _coding(country: Country, register: Register, base: str, field: Field, code: str) -> Resource:
    """The code in the system of its list, or of the field, with its words in the language of the law."""
    of = (
        f"lists/{field.of.removeprefix('list:')}"
        if isinstance(field.of, str)
        else f"registers/{register.id}/{field.name}"
    )
    display = labels_of(country, register, field, country.languages[0]).get(code, code)
    return {"system": f"{base}/codes/{of}", "code": code, "display": display}


def _number(text: str) -> msgspec.Raw:
    """A decimal as it stands: 70.50 stays 70.50, as FHIR demands."""
    return msgspec.Raw(format(Decimal(text), "f").encode())


_json = msgspec.json.Encoder().encode
