"""The formats of a field that a register speaks by its declaration: which they are, and the file in each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from pencere.country import ladm as declared_ladm
from pencere.country import speaking
from pencere.country.declarations import Country, Register
from pencere.registers.out import ead, fhir, ladm
from pencere.registers.out.taking import Taken

SUFFIXES = {"fhir": "fhir.json", "fhir-ndjson": "fhir.ndjson", "ead": "ead.zip",
            "ladm": "ladm.jsonld"}  # fmt: skip
MEDIA_TYPES = {
    "fhir": "application/fhir+json; fhirVersion=4.0", "fhir-ndjson": "application/fhir+ndjson",
    "ead": "application/zip", "ladm": "application/ld+json",
}  # fmt: skip


def formats_of(register: Register) -> tuple[str, ...]:
    """Archives are written from the fond down: a level below another is in the file of the one above."""
    speaks = register.speaks
    found = ("fhir", "fhir-ndjson") if speaks.fhir else ()
    archives = ("ead",) if speaks.ead is not None and speaks.ead.parent is None else ()
    return (*found, *archives, *(("ladm",) if speaks.ladm is not None else ()))


def fields_of(register: Register, format_: str) -> tuple[str, ...]:
    """The fields that the format says, and no others; the key goes along where it finds what lies below."""
    if format_ == "ead":
        level = register.speaks.ead
        named = set(speaking.ead_fields(level)) if level else set()
        return tuple(name for name in register.fields if name in named or name in register.key)
    return declared_ladm.fields_of(register) if format_ == "ladm" else speaking.fhir_fields(register)


def parts(
    country: Country, register: Register, format_: str, rows: Iterable[Sequence[Taken]], *, on: date | None,
    known_at: datetime, base: str, published: bool = False,
) -> Iterator[bytes]:  # fmt: skip
    """The file. `base`: the public address of this installation, under which its own codes and identifiers stand.
    `published`: of what lies below the rows, too, only what is published."""
    if format_ == "ead":
        agency = country.agencies[register.agency].name(country.languages[0], known_at.date())
        return ead.parts(country, register, rows, on, known_at, agency, published)
    if format_ == "ladm":
        return ladm.as_json_ld(country, register, base, rows)
    if format_ == "fhir":
        return fhir.as_bundle(country, register, base, rows, known_at)
    return fhir.as_lines(country, register, base, rows)


def is_open(country: Country, register: Register, format_: str) -> bool:
    """Whether everybody may have it: all that it says is published, of this register and of those below it."""
    if format_ != "ead" or register.speaks.ead is None or register.open_data is None:
        return False
    fields = {*speaking.ead_fields(register.speaks.ead), *register.key}
    return fields <= set(register.open_data.fields) and all(
        is_open(country, lower, format_) for lower in speaking.below(country, register)
    )
