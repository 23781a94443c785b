"""registers/<id>/register.yaml: what a register holds, what it answers, which changes it takes."""

from __future__ import annotations

from pencere.country.declarations import Accept, Answer, Field, Register
from pencere.country.grammars import REGISTER_FIELD, field_of
from pencere.country.kinds import FileKind, Source
from pencere.country.nodes import Node
from pencere.country.records import ID, NAME, Entry, Record, Report, Shape, words_of

REGISTER = Shape(
    "registers/<id>/register.yaml",
    required=("agency", "kept", "law", "of", "key", "fields"),
    optional=("dated", "about", "answers", "accepts"),
    later=("events", "capacity", "open_data", "retain", "sample"),
)
ANSWER = Shape("registers/<id>/register.yaml answers.<name>", required=("by", "fields"), optional=("many", "alike"))
ACCEPT = Shape("registers/<id>/register.yaml accepts.<name>", required=("change", "fields"), optional=("key",))
CHANGES = ("add", "replace", "end")
_FIELD = "the name of a field (a-z 0-9 _)"


def read(node: Node, report: Report, source: Source) -> Register:
    record = Record(node, REGISTER, report)
    fields = {
        entry.name: field_of(entry.node, report, entry.path, entry.name, REGISTER_FIELD)
        for entry in record.entries("fields", NAME, _FIELD)
    }
    called = "a name of the exchange (a-z 0-9 -)"
    return Register(
        id=source.id,
        agency=record.matching("agency", ID, "the id of an agency"),
        kept=record.choice("kept", ("here", "elsewhere")),
        law=record.laws("law"),
        of=record.text("of"),
        key=record.words("key", NAME, _FIELD),
        dated=record.flag("dated"),
        fields=fields,
        about=_about(record, fields),
        answers={entry.name: _answer(entry, report) for entry in record.entries("answers", ID, called)},
        accepts={entry.name: _accept(entry, report) for entry in record.entries("accepts", ID, called)},
        texts={},
        place=record.place,
    )


def _about(record: Record, fields: dict[str, Field]) -> tuple[str, ...]:
    if record.has("about"):
        return record.words("about", NAME, _FIELD)
    return tuple(name for name, field in fields.items() if field.kind == "person")


def _answer(entry: Entry, report: Report) -> Answer:
    record = Record(entry.node, ANSWER, report, entry.path)
    return Answer(
        name=entry.name,
        by=_by(record),
        fields=record.words("fields", NAME, _FIELD),
        many=record.flag("many"),
        alike=record.words("alike", NAME, _FIELD),
        place=record.place,
    )


def _by(record: Record) -> dict[str, tuple[str, ...]]:
    """`[person]`, or asked name -> the field, or the fields of which one must match."""
    node = record.get("by")
    if node is None:
        return {}
    if not isinstance(node.value, dict):
        return {name: (name,) for name in record.words("by", NAME, _FIELD)}
    return {
        entry.name: words_of(entry.node, record.report, entry.path, NAME, _FIELD)
        for entry in record.entries("by", NAME, "a name (a-z 0-9 _)")
    }


def _accept(entry: Entry, report: Report) -> Accept:
    record = Record(entry.node, ACCEPT, report, entry.path)
    change = record.choice("change", CHANGES)
    key = record.words("key", NAME, _FIELD)
    if change in ("replace", "end") and not key:
        report.unusable(entry.node.line, entry.path, f'"{change}" needs "key": the fields that find the row')
    if change == "add" and key:
        record.refuse("key", '"add" has no key: it finds no row, it makes one')
    return Accept(entry.name, change, key, record.words("fields", NAME, _FIELD), record.place)


KIND = FileKind("register", "registers/<id>/register.yaml", (REGISTER, REGISTER_FIELD, ANSWER, ACCEPT), read)
