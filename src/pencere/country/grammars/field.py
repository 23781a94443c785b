"""A field as it is written: `address`, `optional date`, `[owner, lease]`, or a mapping (declarations.md 3.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pencere.country.declarations import Field, Place
from pencere.country.grammars.condition import condition_of
from pencere.country.nodes import Node
from pencere.country.records import (
    FACT,
    ID,
    NAME,
    Record,
    Report,
    Shape,
    day_of,
    did_you_mean,
    listed,
    text_of,
    words_of,
)

KINDS = (
    "text", "long_text", "integer", "decimal", "money", "percent", "boolean", "date", "time", "moment",
    "choice", "choices", "person", "organisation", "address", "territory", "phone", "email", "iban",
    "file", "photo", "geometry", "ref",
)  # fmt: skip
NOT_ON_PAPER = ("geometry",)
"""Kept in registers and asked for, but printed in no certificate: a plan needs a drawing of its own."""
GROUP = "group"
"""The kind of a field of a register that holds several rows, each with fields of its own."""
COUNTED = ("integer", "decimal", "money", "percent", "date", "time", "moment")
WRITTEN = ("text", "long_text", "phone", "email", "address")
CHOSEN = ("choice", "choices")
PERSONAL = ("none", "ordinary", "special")
SEARCH = ("exact", "words", "near")
SHAPES = ("point", "line", "polygon", "multipolygon")
AREAS = ("polygon", "multipolygon")

UNITS: Mapping[str, str] = {
    "mm": "length-millimeter", "cm": "length-centimeter", "m": "length-meter", "km": "length-kilometer",
    "m2": "area-square-meter", "km2": "area-square-kilometer", "ha": "area-hectare", "m3": "volume-cubic-meter",
    "l": "volume-liter", "g": "mass-gram", "kg": "mass-kilogram", "t": "mass-tonne", "W": "power-watt",
    "kW": "power-kilowatt", "MW": "power-megawatt", "hp": "power-horsepower", "kWh": "energy-kilowatt-hour",
    "km/h": "speed-kilometer-per-hour", "minutes": "duration-minute", "hours": "duration-hour", "days": "duration-day",
    "weeks": "duration-week", "months": "duration-month", "years": "duration-year",
}  # fmt: skip
"""Units for which the Unicode CLDR has words in every language, by their names there; others need a text."""

_LIMITS = ("min", "max", "length", "pattern", "unit")
QUESTION_FIELD = Shape(
    "questions.<group>.fields.<name>",
    required=("kind",),
    optional=("of", "many", "required", "when", "only", "personal", *_LIMITS),
)
REGISTER_FIELD = Shape(
    "registers/<id>/register.yaml fields.<name>",
    required=("kind",),
    optional=(
        "of",
        "many",
        "required",
        "given",
        "personal",
        "search",
        "unique",
        "crs",
        "no_overlap",
        "area",
        "area_within",
        "was",
        *_LIMITS,
    ),
)
REGISTER_GROUP = Shape("registers/<id>/register.yaml fields.<group>", required=("many", "fields"), optional=("was",))
CERTIFICATE_FACT = Shape(
    "certificates/<id>/certificate.yaml facts.<name>",
    required=("kind",),
    optional=("of", "required", "personal", "unit"),
)
_SPAN = re.compile(r"(\d+)(?:\.\.(\d+))?")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")
_METRES = re.compile(r"0\.[0-9]{1,3}|[0-9]")
NO_OVERLAP = 0.05
"""Metres by which neighbours may reach over each other: what rounding and two surveys of one corner leave."""
MOST_OVERLAP = 5.0
AREA_WITHIN = 2.0
"""Percent by which the area that a row says may differ from the drawn one."""
_PERCENT = re.compile(r"\d{1,2}(\.\d{1,3})?")
_CRS = re.compile(r"EPSG:\d{3,6}")
_GIVEN = re.compile(r"serial .*\S|person|moment|yes")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_SERIAL = re.compile(r"n:([1-9])")
MOST_ITEMS = 1000


def field_of(node: Node, report: Report, path: str, name: str, shape: Shape) -> Field:
    """`address`, `optional date`, `[owner, lease]`, or a mapping."""
    place = Place(node.file, node.line)
    if isinstance(node.value, tuple):
        return Field(name, "choice", of=words_of(node, report, path, NAME, "a code (a-z 0-9 _)"), place=place)
    if isinstance(node.value, str):
        words = node.value.split()
        required = words[:1] != ["optional"]
        kind = words[-1] if words else ""
        if len(words) != (1 if required else 2):
            report.unusable(
                node.line,
                path,
                f'expected a kind of field, "optional" and a kind, or [codes]; known are {listed(KINDS)}',
            )
        _demand_kind(kind, node.line, report, path, shape)
        if kind in (*CHOSEN, "ref"):
            report.unusable(node.line, path, f'"{kind}" needs "of": write {{kind: {kind}, of: …}}')
        return Field(name, kind, required=required, place=place)
    if shape is REGISTER_FIELD and "fields" in node.value:
        return _group_field(Record(node, REGISTER_GROUP, report, path), name)
    return _long_field(Record(node, shape, report, path), name)


def _group_field(record: Record, name: str) -> Field:
    """Several rows in a field of a register: `{many: 1..50, fields: {…}}`."""
    fields = {
        entry.name: field_of(entry.node, record.report, entry.path, entry.name, REGISTER_FIELD)
        for entry in record.entries("fields", NAME, "the name of a field (a-z 0-9 _)")
    }
    for inner in fields.values():
        if inner.fields:
            record.report.unusable(
                inner.place.line, f"{record.at('fields')}.{inner.name}", "a row of a group has no rows of its own"
            )
        if inner.given:
            record.report.unusable(inner.place.line, f"{record.at('fields')}.{inner.name}", 'a row has no "given"')
        if inner.was:
            message = '"was" names the whole group, not a field inside it'
            record.report.unusable(inner.place.line, f"{record.at('fields')}.{inner.name}", message)
    many, was = span_of(record, "many"), _was(record)
    return Field(
        name, GROUP, many=many, required=many is None or many[0] > 0, fields=fields, was=was, place=record.place
    )


def _was(record: Record) -> str | None:
    """The name that a field of a register had when its first rows were written."""
    return record.optional_matching("was", NAME, "the name of a field (a-z 0-9 _)")


def _long_field(record: Record, name: str) -> Field:
    kind = record.text("kind")
    _demand_kind(kind, record.line("kind"), record.report, record.path, record.shape)
    has = record.shape.keys
    many = span_of(record, "many") if "many" in has else None
    if many and kind == "geometry" and record.shape is QUESTION_FIELD:
        record.refuse("many", 'one shape is asked for; for several use "of: multipolygon" or a repeating group')
    required = record.flag("required", default=many is None or many[0] > 0)
    return Field(
        name=name,
        kind=kind,
        of=_values_of(record, kind),
        many=many,
        required=required,
        when=condition_of(record, "when") if "when" in has else None,
        min=_limit(record, "min", kind) if "min" in has else None,
        max=_limit(record, "max", kind) if "max" in has else None,
        length=_length(record, kind) if "length" in has else None,
        pattern=_pattern(record, kind) if "pattern" in has else None,
        unit=record.optional_text("unit"),
        personal=record.choice("personal", PERSONAL) or None,
        search=_search(record, kind) if "search" in has else None,
        unique=record.flag("unique") if "unique" in has else False,
        only=_only(record, kind) if "only" in has else {},
        given=_given(record, kind) if "given" in has else None,
        crs=_crs(record, kind) if "crs" in has else None,
        no_overlap=_no_overlap(record, kind) if "no_overlap" in has else None,
        was=_was(record) if "was" in has else None,
        area=_area(record, kind) if "area" in has else None,
        area_within=_area_within(record) if "area_within" in has else AREA_WITHIN,
        place=record.place,
    )


def span_of(record: Record, key: str) -> tuple[int, int] | None:
    """`1..12`: at least, at most."""
    text = record.optional_text(key)
    if text is None:
        return None
    found = _SPAN.fullmatch(text)
    least, most = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if found is None or found[2] is None or least > most or most < 2 or most > MOST_ITEMS:
        record.refuse(key, f'"{text}" is not how many, like 1..12 (at least .. at most, {MOST_ITEMS:,} at most)')
        return None
    return least, most


def _only(record: Record, kind: str) -> dict[str, str]:
    if record.has("only") and kind != "ref":
        record.refuse("only", f'only a "ref" is narrowed, not "{kind}"')
    return fact_map(record, "only")


def fact_map(record: Record, key: str) -> dict[str, str]:
    """`{birth_year: birth_year}`: names, each with a fact."""
    facts = {}
    for entry in record.entries(key):
        fact = text_of(entry.node, record.report, entry.path)
        if fact and not FACT.fullmatch(fact):
            record.report.unusable(entry.node.line, entry.path, f'"{fact}" is not the name of a fact')
        facts[entry.name] = fact
    return facts


def _given(record: Record, kind: str) -> str | None:
    """How the holder makes it: `serial AK-{year}-{n:6}`, `person`, `moment`, or `yes` in a system elsewhere."""
    text = record.optional_matching("given", _GIVEN, "serial PATTERN, person, moment or yes")
    if text is None:
        return None
    if text.startswith("serial "):
        pattern = text.removeprefix("serial ").strip()
        placeholders = _PLACEHOLDER.findall(pattern)
        counters = [each for each in placeholders if _SERIAL.fullmatch(each)]
        if len(counters) != 1 or any(each != "year" and each not in counters for each in placeholders):
            record.refuse("given", "a serial has {n:6} once, which counts, and {year} where it counts by the year")
        if kind not in WRITTEN:
            record.refuse("given", f'a serial is a text, not "{kind}"')
    wanted = {"person": ("person",), "moment": ("moment", "date")}.get(text)
    if wanted and kind not in wanted:
        record.refuse("given", f'"{text}" is given to a field of kind {" or ".join(wanted)}, not "{kind}"')
    return text


def _crs(record: Record, kind: str) -> str | None:
    if record.has("crs") and kind != "geometry":
        record.refuse("crs", f'only a "geometry" has a crs, not "{kind}"')
    return record.optional_matching("crs", _CRS, "a system of coordinates like EPSG:4326")


def _search(record: Record, kind: str) -> str | None:
    search = record.choice("search", SEARCH) or None
    if search and (search == "near") != (kind == "geometry"):
        record.refuse("search", 'a "geometry" is found "near" a place, and nothing else is')
    return search


def _no_overlap(record: Record, kind: str) -> float | None:
    """`yes`, or how many metres neighbours may reach over each other."""
    text = record.optional_text("no_overlap")
    if text in (None, "no"):
        return None
    if kind != "geometry" or (record.optional_text("of") or "polygon") not in AREAS or record.has("many"):
        record.refuse("no_overlap", f'only one "geometry" of {listed(AREAS)} lies over another')
    if text == "yes":
        return NO_OVERLAP
    if not _METRES.fullmatch(text) or float(text) > MOST_OVERLAP:
        record.refuse("no_overlap", f'"{text}" is neither yes nor how many metres, like 0.10 (at most {MOST_OVERLAP})')
        return None
    return float(text)


def _area_within(record: Record) -> float:
    """Percent by which the area that is said may differ from the drawn one."""
    text = record.optional_text("area_within")
    if text is None:
        return AREA_WITHIN
    if not record.has("area"):
        record.refuse("area_within", '"area" is missing: the field that is compared with the shape')
    if not _PERCENT.fullmatch(text) or float(text) == 0:
        record.refuse("area_within", f'"{text}" is no share: percent above 0 and below 100, like 2 or 0.5')
        return AREA_WITHIN
    return float(text)


def _area(record: Record, kind: str) -> str | None:
    if record.has("area") and (kind != "geometry" or (record.optional_text("of") or "polygon") not in AREAS):
        record.refuse("area", f'only a "geometry" of {listed(AREAS)} has an area')
    return record.optional_matching("area", NAME, "the name of the field that says how many square metres it has")


def _demand_kind(kind: str, line: int, report: Report, path: str, shape: Shape) -> None:
    """A kind of the language, or a name that identifiers.yaml may declare (checked with the whole country)."""
    if kind in NOT_ON_PAPER and shape is CERTIFICATE_FACT:
        report.unusable(line, path, f'this version of the product prints no "{kind}" in a certificate; say its area')
    elif kind and kind not in KINDS and not NAME.fullmatch(kind):
        report.unusable(line, path, f'"{kind}" is not a kind of field{did_you_mean(kind, KINDS)}')


def _values_of(record: Record, kind: str) -> tuple[str, ...] | str | None:
    node = record.get("of")
    if node is None:
        if kind in CHOSEN:
            record.report.unusable(
                record.node.line,
                record.path,
                f'a {"choice" if kind == "choice" else kind} needs "of": its codes, or list:<id>',
            )
        if kind == "ref":
            record.report.unusable(record.node.line, record.path, 'a ref needs "of": the register whose rows it names')
        return None
    if kind in CHOSEN:
        if node.is_text and str(node.value).startswith("list:"):
            return str(node.value)
        return words_of(node, record.report, record.at("of"), NAME, "a code (a-z 0-9 _)")
    if kind == "ref":
        return record.matching("of", ID, "the id of a register")
    if kind == "geometry":
        return record.choice("of", SHAPES)
    if kind in ("person", "organisation", "address"):
        return record.text("of")
    have_of = (*CHOSEN, "ref", "person", "organisation", "address", "geometry")
    advice = did_you_mean(kind, have_of) or f"; it belongs to {listed(have_of)}"
    record.refuse("of", f'a field of kind "{kind}" has no "of"{advice}')
    return None


def _limit(record: Record, key: str, kind: str) -> str | None:
    text = record.optional_text(key)
    if text is None:
        return None
    if kind not in COUNTED:
        record.refuse(key, f'only {listed(COUNTED)} have "{key}", not "{kind}"')
    elif kind in ("integer", "decimal", "money", "percent") and not _NUMBER.fullmatch(text):
        record.refuse(key, f'"{text}" is not a number')
    elif kind == "date" and day_of(text) is None and (text != "today" or record.shape is not QUESTION_FIELD):
        record.refuse(key, f'"{text}" is not a date like 2026-03-18')
    elif kind == "time" and not _TIME.fullmatch(text):
        record.refuse(key, f'"{text}" is not a time like 09:30')
    elif kind == "moment" and not _MOMENT.fullmatch(text):
        record.refuse(key, f'"{text}" is not a moment like 2026-03-18T09:30')
    return text


def _length(record: Record, kind: str) -> tuple[int, int] | None:
    text = record.optional_text("length")
    if text is None:
        return None
    found = _SPAN.fullmatch(text)
    if kind not in WRITTEN:
        record.refuse("length", f'only {listed(WRITTEN)} have "length", not "{kind}"')
    elif found is None:
        record.refuse("length", f'"{text}" is not a length like 7 or 2..40')
    else:
        least, most = int(found[1]), int(found[2] or found[1])
        if least <= most:
            return least, most
        record.refuse("length", f"{least} is more than {most}")
    return None


def _pattern(record: Record, kind: str) -> str | None:
    text = record.optional_text("pattern")
    if text is None:
        return None
    if kind not in WRITTEN:
        record.refuse("pattern", f'only {listed(WRITTEN)} have "pattern", not "{kind}"')
    try:
        re.compile(text)
    except re.error as error:
        record.refuse("pattern", f"not a regular expression: {error}")
    return text
