"""registers/<id>/register.yaml: what a register holds, answers and takes, what it tells, which places it gives out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from pencere.base.terms import Term
from pencere.country import extracting, speaking
from pencere.country.declarations import (
    Accept,
    Answer,
    Capacity,
    Desk,
    Field,
    OpenData,
    PaperIntake,
    Register,
    RegisterEvent,
    Universe,
)
from pencere.country.grammars import REGISTER_FIELD, REGISTER_GROUP, ROLE, condition_of, field_of, term_of
from pencere.country.kinds import FileKind, Source
from pencere.country.kinds.country import storage_of
from pencere.country.nodes import Node
from pencere.country.records import FACT, ID, NAME, Entry, Record, Report, Shape, words_of

REGISTER = Shape(
    "registers/<id>/register.yaml",
    required=("agency", "kept", "law", "of", "key", "fields"),
    optional=("dated", "about", "alike", "answers", "accepts", "called", "events", "capacity", "desk", "extract",
              "open_data", "paper", "retain", "speaks", "universe"),
)  # fmt: skip
ANSWER = Shape(
    "registers/<id>/register.yaml answers.<name>", required=("by", "fields"), optional=("many", "alike", "latest")
)
ACCEPT = Shape("registers/<id>/register.yaml accepts.<name>", required=("change", "fields"), optional=("key",))
EVENT = Shape(
    "registers/<id>/register.yaml events.<name>", required=("on", "fields"), optional=("when", "of", "before")
)
CAPACITY = Shape("registers/<id>/register.yaml capacity.<name>", required=("places",), optional=("taken_by", "by"))
DESK = Shape("registers/<id>/register.yaml desk", required=("look",), optional=("write", "second", "list"))
OPEN_DATA = Shape("registers/<id>/register.yaml open_data", required=("fields", "licence", "every"), optional=("when",))
PAPER = Shape("registers/<id>/register.yaml paper", required=("by", "third", "index", "scan"), optional=("sample",))
RETAIN = Shape("registers/<id>/register.yaml retain", required=("closed",))
UNIVERSE = Shape(
    "registers/<id>/register.yaml universe", required=("source",),
    optional=("rows", "total", "sum", "day", "year", "on", "url", "status", "fields"),
)  # fmt: skip
CHANGES = ("add", "replace", "end")
TOLD_ON = (*CHANGES, "date")
SAMPLE = Decimal(2)
"""Percent of the agreed papers that are checked, unless the register says otherwise."""
EVERY = ("day", "week", "month", "year")
_TAKEN_BY = re.compile(r"[a-z][a-z0-9-]*\.[a-z][a-z0-9_]*")
_PERCENT = re.compile(r"\d{1,3}(\.\d{1,4})?")
_URL = re.compile(r"https?://\S+")
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
        events={entry.name: _event(entry, report) for entry in record.entries("events", ID, called)},
        capacity={entry.name: _capacity(entry, report) for entry in record.entries("capacity", ID, called)},
        open_data=_open_data(record) if record.has("open_data") else None,
        texts={},
        place=record.place,
        paper=_paper(record) if record.has("paper") else None,
        speaks=speaking.speaks(record),
        desk=_desk(record) if record.has("desk") else None,
        universe=_universe(record) if record.has("universe") else None,
        extract=extracting.extract(record) if record.has("extract") else None,
        called=record.words("called", NAME, _FIELD),
        closed_kept=_closed_kept(record),
        alike=record.words("alike", NAME, _FIELD),
    )


def _about(record: Record, fields: dict[str, Field]) -> tuple[str, ...]:
    if record.has("about"):
        return record.words("about", FACT, _FIELD)
    return tuple(path for path, field in flat(fields).items() if field.kind == "person")


def flat(fields: Mapping[str, Field]) -> dict[str, Field]:
    """All fields by their paths: those inside a group as `owners.holder`."""
    inner = {f"{name}.{each}": field for name, group in fields.items() for each, field in group.fields.items()}
    return {**fields, **inner}


def _answer(entry: Entry, report: Report) -> Answer:
    record = Record(entry.node, ANSWER, report, entry.path)
    return Answer(
        name=entry.name,
        by=_by(record),
        fields=record.words("fields", NAME, _FIELD),
        many=record.flag("many"),
        alike=record.words("alike", NAME, _FIELD),
        place=record.place,
        latest=_latest(record),
    )


def _latest(record: Record) -> str | None:
    if record.has("latest") and record.flag("many"):
        record.refuse("latest", '"many" gives all rows, "latest" one of them')
    return record.optional_matching("latest", NAME, _FIELD)


def _by(record: Record) -> dict[str, tuple[str, ...]]:
    """`[person]`, or asked name -> the field, or the fields of which one must match."""
    node = record.get("by")
    if node is None:
        return {}
    if not isinstance(node.value, dict):
        return {name: (name,) for name in record.words("by", NAME, _FIELD)}
    return {
        entry.name: words_of(entry.node, record.report, entry.path, FACT, _FIELD)
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


def _event(entry: Entry, report: Report) -> RegisterEvent:
    record = Record(entry.node, EVENT, report, entry.path)
    on = record.choice("on", TOLD_ON)
    for key in ("of", "before"):
        if on and record.has(key) != (on == "date"):
            what = f'"date" needs "{key}"' if on == "date" else f'"{key}" belongs to "on: date"'
            report.unusable(entry.node.line, entry.path, f"{what}: the day of a field, and how long before it")
    return RegisterEvent(
        name=entry.name,
        on=on,
        when=condition_of(record, "when"),
        fields=record.words("fields", NAME, _FIELD),
        of=record.optional_matching("of", NAME, _FIELD),
        before=term_of(record, "before") if record.has("before") else None,
        place=record.place,
    )


def _capacity(entry: Entry, report: Report) -> Capacity:
    record = Record(entry.node, CAPACITY, report, entry.path)
    places = record.text("places")
    if places and not places.isdecimal() and not NAME.fullmatch(places):
        record.refuse("places", f'"{places}" is neither a number nor the name of a field')
    taken_by = record.optional_matching("taken_by", _TAKEN_BY, "register.field of the rows that fill it")
    if record.has("by") and taken_by is None:
        record.refuse("by", '"by" says how many each of the rows takes that "taken_by" names')
    return Capacity(
        name=entry.name,
        places=int(places) if places.isdecimal() else places,
        taken_by=taken_by,
        by=record.optional_matching("by", NAME, _FIELD),
        place=record.place,
    )


def _desk(record: Record) -> Desk:
    desk = record.record("desk", DESK)
    role = "a role of officers, like officer.registry"
    write = desk.words("write", ROLE, role)
    return Desk(
        look=desk.words("look", ROLE, role),
        write=write,
        second=desk.words("second", ROLE, role) or write,
        list=desk.words("list", NAME, _FIELD),
        place=desk.place,
    )


def _open_data(record: Record) -> OpenData:
    open_data = record.record("open_data", OPEN_DATA)
    return OpenData(
        fields=open_data.words("fields", NAME, _FIELD),
        licence=open_data.text("licence"),
        every=open_data.choice("every", EVERY),
        place=open_data.place,
        when=condition_of(open_data, "when"),
    )


def _paper(record: Record) -> PaperIntake:
    paper = record.record("paper", PAPER)
    return PaperIntake(
        by=paper.matching("by", ROLE, "a role of officers, like officer.archive"),
        third=paper.matching("third", ROLE, "a role of officers, like officer.head"),
        index=paper.words("index", NAME, _FIELD),
        scan=paper.matching("scan", NAME, _FIELD),
        sample=_sample(paper),
        place=paper.place,
    )


def _sample(paper: Record) -> Decimal:
    text = paper.optional_matching("sample", _PERCENT, "a percentage like 2 or 0.5")
    share = Decimal(text) if text and _PERCENT.fullmatch(text) else SAMPLE
    if not 0 < share <= 100:
        paper.refuse("sample", f'"{text}" is no share: more than 0 and at most 100 percent of the agreed papers')
    return share


def _universe(record: Record) -> Universe:
    universe = record.record("universe", UNIVERSE)
    for key in ("rows", "total"):
        if universe.has(key) and universe.whole(key) < 1:
            universe.refuse(key, "so much there is; at least 1")
    if universe.has("rows") == universe.has("total"):
        universe.refuse("rows", 'say either "rows", or "total" and of which field it is the "sum"')
    for one, other in (("total", "sum"), ("day", "year")):
        if universe.has(one) != universe.has(other):
            universe.refuse(one, f'"{one}" and "{other}" stand together')
    if universe.has("total") and universe.has("day"):
        universe.refuse("day", "rows of a year are counted, not summed")
    return Universe(
        amount=universe.whole("total" if universe.has("total") else "rows"),
        sum=universe.optional_matching("sum", NAME, _FIELD),
        day=universe.optional_matching("day", NAME, _FIELD),
        year=universe.optional_whole("year"),
        on=universe.optional_day("on"),
        source=universe.text("source"),
        url=universe.optional_matching("url", _URL, "an address that begins with https:// or http://"),
        assumed=universe.has("status") and universe.choice("status", ("official", "assumed")) == "assumed",
        fields=universe.words("fields", NAME, _FIELD),
        place=universe.place,
    )


def _closed_kept(record: Record) -> Term | None:
    """How long rows stay that hold no longer; "never": nothing takes them away."""
    if not record.has("retain"):
        return None
    retain = record.record("retain", RETAIN)
    if retain.text("closed") in ("", "never"):
        return None
    kept = storage_of(retain, "closed")
    if kept.amount < 1:
        retain.refuse("closed", f'"{kept}" is no time: what ended today would be gone tomorrow')
    return kept


KIND = FileKind(
    "register",
    "registers/<id>/register.yaml",
    (REGISTER, REGISTER_FIELD, REGISTER_GROUP, ANSWER, ACCEPT, EVENT, CAPACITY, DESK, OPEN_DATA, PAPER, RETAIN,
     UNIVERSE, extracting.EXTRACT, *speaking.SHAPES),
    read,
)  # fmt: skip
