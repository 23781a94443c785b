"""The grammars that several kinds of file share: field, condition, term (declarations.md, section 3)."""

from __future__ import annotations

import re

from pencere.base.terms import Term, parse_term
from pencere.country.cells import BadCell, Cell, Condition, parse
from pencere.country.declarations import Field, Place
from pencere.country.nodes import Node
from pencere.country.records import FACT, NAME, Record, Report, Shape, did_you_mean, listed, text_of, words_of

KINDS = (
    "text", "long_text", "integer", "decimal", "boolean", "date", "moment", "choice",
    "person", "address", "territory", "phone", "email",
)  # fmt: skip
LATER_KINDS = ("money", "percent", "time", "choices", "organisation", "iban", "file", "photo", "geometry", "ref")
COUNTED = ("integer", "decimal", "date", "moment")
WRITTEN = ("text", "long_text", "phone", "email", "address")
PERSONAL = ("none", "ordinary", "special")
SEARCH = ("exact", "words", "near")

_LATER = ("many", "only", "given", "crs", "no_overlap", "fields")
_LIMITS = ("min", "max", "length", "pattern", "unit")
QUESTION_FIELD = Shape(
    "questions.<group>.fields.<name>",
    required=("kind",),
    optional=("of", "required", "when", "personal", *_LIMITS),
    later=(*_LATER, "search", "unique"),
)
REGISTER_FIELD = Shape(
    "registers/<id>/register.yaml fields.<name>",
    required=("kind",),
    optional=("of", "required", "personal", "search", "unique", *_LIMITS),
    later=(*_LATER, "when"),
)
CERTIFICATE_FACT = Shape(
    "certificates/<id>/certificate.yaml facts.<name>",
    required=("kind",),
    optional=("of", "required", "personal", "unit"),
)
_SPAN = re.compile(r"(\d+)(?:\.\.(\d+))?")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


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
        _demand_kind(kind, node.line, report, path)
        return Field(name, kind, required=required, place=place)
    return _long_field(Record(node, shape, report, path), name)


def _long_field(record: Record, name: str) -> Field:
    kind = record.text("kind")
    _demand_kind(kind, record.line("kind"), record.report, record.path)
    has = record.shape.keys
    return Field(
        name=name,
        kind=kind,
        of=_values_of(record, kind),
        required=record.flag("required", default=True),
        when=condition_of(record, "when") if "when" in has else None,
        min=_limit(record, "min", kind) if "min" in has else None,
        max=_limit(record, "max", kind) if "max" in has else None,
        length=_length(record, kind) if "length" in has else None,
        pattern=_pattern(record, kind) if "pattern" in has else None,
        unit=record.optional_text("unit"),
        personal=record.choice("personal", PERSONAL) or None,
        search=(record.choice("search", SEARCH) or None) if "search" in has else None,
        unique=record.flag("unique") if "unique" in has else False,
        place=record.place,
    )


def _demand_kind(kind: str, line: int, report: Report, path: str) -> None:
    """A kind of the language, or a name that identifiers.yaml may declare (checked with the whole country)."""
    if kind in LATER_KINDS:
        report.unusable(line, path, f'this version of the product does not run fields of kind "{kind}"')
    elif kind and kind not in KINDS and not NAME.fullmatch(kind):
        report.unusable(line, path, f'"{kind}" is not a kind of field{did_you_mean(kind, KINDS)}')


def _values_of(record: Record, kind: str) -> tuple[str, ...] | str | None:
    node = record.get("of")
    if node is None:
        if kind == "choice":
            record.report.unusable(record.node.line, record.path, 'a choice needs "of": its codes, or list:<id>')
        return None
    if kind == "choice":
        if node.is_text and str(node.value).startswith("list:"):
            return str(node.value)
        return words_of(node, record.report, record.at("of"), NAME, "a code (a-z 0-9 _)")
    if kind in ("person", "address"):
        return record.text("of")
    have_of = ("choice", "person", "address")
    advice = did_you_mean(kind, have_of) or f"; it belongs to {listed(have_of)}"
    record.refuse("of", f'a field of kind "{kind}" has no "of"{advice}')
    return None


def _limit(record: Record, key: str, kind: str) -> str | None:
    text = record.optional_text(key)
    if text is None:
        return None
    if kind not in COUNTED:
        record.refuse(key, f'only {listed(COUNTED)} have "{key}", not "{kind}"')
    elif kind in ("integer", "decimal") and not _NUMBER.fullmatch(text):
        record.refuse(key, f'"{text}" is not a number')
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


def term_of(record: Record, key: str) -> Term:
    """`10 working_days`. Whether the country counts so is checked with the whole country."""
    text = record.optional_text(key)
    if text:
        try:
            return parse_term(text)
        except ValueError as error:
            record.refuse(key, str(error))
    return Term(0, "calendar_days")


def condition_of(record: Record, key: str) -> Condition | None:
    """`when`: a mapping of facts to cells, all must hold; a list of mappings, one must hold."""
    node = record.get(key)
    if node is None:
        return None
    items = node.value if isinstance(node.value, tuple) else (node,)
    path = record.at(key)
    if not items:
        record.refuse(key, "expected a mapping of facts to cells, like {holder.sex: male}")
    return tuple(_all_of(item, record.report, path) for item in items)


def _all_of(node: Node, report: Report, path: str) -> dict[str, Cell]:
    if not isinstance(node.value, dict) or not node.value:
        report.unusable(node.line, path, "expected a mapping of facts to cells, like {holder.sex: male}")
        return {}
    cells = {}
    for fact, item in node.value.items():
        if not FACT.fullmatch(fact):
            report.unusable(item.line, path, f'"{fact}" is not the name of a fact, like holder.age')
        if isinstance(item.value, tuple | dict):
            report.unusable(item.line, path, f"{fact}: expected a cell; put it in quotes: '[18..35]'")
            continue
        text = text_of(item, report, path)
        try:
            cells[fact] = parse(text) if text else Cell(())
        except BadCell as error:
            report.unusable(item.line, path, f"{fact}: {error}")
    return cells
