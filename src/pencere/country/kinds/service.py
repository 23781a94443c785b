"""services/<id>/service.yaml: who offers a service, what it asks and fetches, and its steps in order."""

from __future__ import annotations

from pencere.country.declarations import (
    CaseTerm,
    Derived,
    Evidence,
    Party,
    Place,
    QuestionGroup,
    Service,
)
from pencere.country.deriving import BadDerive, parse_derived
from pencere.country.grammars import QUESTION_FIELD, condition_of, field_of, term_of
from pencere.country.kinds import FileKind, Source
from pencere.country.nodes import Node
from pencere.country.records import FACT, ID, NAME, OFFER, Entry, Record, Report, Shape, listed, text_of
from pencere.country.steps import STEPS, steps_of

SERVICE = Shape(
    "services/<id>/service.yaml",
    required=("agency", "law", "since", "channels", "result", "starts", "parties", "steps"),
    optional=("unit", "until", "aliases", "life_events", "as_of", "questions", "evidence", "derive", "term"),
    later=("fees", "places", "again", "appeal", "retain"),
)
CHANNELS = Shape("services/<id>/service.yaml channels", required=("apply", "result"))
PARTY = Shape(
    "services/<id>/service.yaml parties.<name>",
    required=("is",),
    optional=("subject", "from", "sign_in", "acts_as"),
    later=("when",),
)
GROUP = Shape("services/<id>/service.yaml questions.<group>", required=("fields",), optional=("when",), later=("many",))
EVIDENCE = Shape(
    "services/<id>/service.yaml evidence.<name>",
    required=("from", "by", "take"),
    optional=("when",),
    later=("many", "consent", "fresh", "none"),
)
TERM = Shape(
    "services/<id>/service.yaml term",
    required=("within", "law"),
    optional=("from", "pauses"),
    later=("by", "is", "extend", "last_day", "silence"),
)
WAYS = ("online", "office", "post", "phone", "mobile")
LEVELS = ("low", "substantial", "high")
WAITS = ("party", "payment", "agency")
LATER_STARTS = ("officer",)


def read(node: Node, report: Report, source: Source) -> Service:
    record = Record(node, SERVICE, report)
    channels = record.record("channels", CHANNELS)
    _demand_start(record)
    return Service(
        id=source.id,
        agency=record.matching("agency", ID, "the id of an agency"),
        unit=record.optional_matching("unit", ID, "the id of an agency"),
        law=record.laws("law"),
        since=record.day("since"),
        until=record.optional_day("until"),
        aliases=record.words("aliases"),
        life_events=record.words("life_events", ID, "the id of a life event"),
        apply=_ways(channels, "apply"),
        receive=_ways(channels, "result"),
        result=record.text("result"),
        as_of=record.optional_matching("as_of", FACT, "the name of a fact"),
        parties={entry.name: _party(entry, report) for entry in record.entries("parties")},
        questions={entry.name: _group(entry, report) for entry in record.entries("questions")},
        evidence={entry.name: _evidence(entry, report) for entry in record.entries("evidence")},
        derive=tuple(_derived(entry, report) for entry in record.entries("derive")),
        term=_term(record) if record.has("term") else None,
        steps=steps_of(record),
        tables={},
        amounts={},
        examples=(),
        texts={},
        content_hash="",
        texts_hash="",
        place=record.place,
    )


def _demand_start(record: Record) -> None:
    """Services start by an application; by an event or by an officer, in a later version."""
    node = record.get("starts")
    if node is None:
        return
    items = node.value if isinstance(node.value, tuple) else (node,)
    for item in items:
        if isinstance(item.value, dict) or item.value in LATER_STARTS:
            record.refuse("starts", "this version of the product runs only services that start by application")
        elif item.value != "application":
            record.refuse("starts", f'"{item.value}" is not one of application')


def _ways(channels: Record, key: str) -> tuple[str, ...]:
    ways = channels.words(key)
    for way in ways:
        if way and way not in WAYS:
            channels.refuse(key, f'"{way}" is not one of {listed(WAYS)}')
    return ways


def _party(entry: Entry, report: Report) -> Party:
    record = Record(entry.node, PARTY, report, entry.path)
    return Party(
        name=entry.name,
        is_=record.choice("is", ("person", "organisation")),
        subject=record.flag("subject"),
        from_=record.optional_matching("from", FACT, "the name of a fact"),
        sign_in=record.choice("sign_in", LEVELS) or None,
        acts_as=record.words("acts_as", NAME, "a ground (a-z 0-9 _)"),
        place=record.place,
    )


def _group(entry: Entry, report: Report) -> QuestionGroup:
    record = Record(entry.node, GROUP, report, entry.path)
    fields = {
        field.name: field_of(field.node, report, field.path, field.name, QUESTION_FIELD)
        for field in record.entries("fields", NAME, "the name of a field (a-z 0-9 _)")
    }
    return QuestionGroup(entry.name, fields, condition_of(record, "when"), record.place)


def _evidence(entry: Entry, report: Report) -> Evidence:
    record = Record(entry.node, EVIDENCE, report, entry.path)
    by = {}
    for asked in record.entries("by"):
        fact = text_of(asked.node, report, asked.path)
        if fact and not FACT.fullmatch(fact):
            report.unusable(asked.node.line, asked.path, f'"{fact}" is not the name of a fact')
        by[asked.name] = fact
    return Evidence(
        name=entry.name,
        from_=record.matching("from", OFFER, "an answer of an own register or a grant, like residence.by-person"),
        by=by,
        take=record.words("take", NAME, "the name of a field"),
        when=condition_of(record, "when"),
        place=record.place,
    )


def _derived(entry: Entry, report: Report) -> Derived:
    function, arguments = "", tuple[str, ...]()
    text = text_of(entry.node, report, entry.path)
    if text:
        try:
            function, arguments = parse_derived(text)
        except BadDerive as error:
            report.unusable(entry.node.line, entry.path, str(error))
    return Derived(entry.name, function, arguments, Place(entry.node.file, entry.node.line))


def _term(record: Record) -> CaseTerm:
    term = record.record("term", TERM)
    pauses = term.words("pauses")
    for pause in pauses:
        if pause and pause not in WAITS:
            term.refuse("pauses", f'"{pause}" is not one of {listed(WAITS)}')
    return CaseTerm(
        within=term_of(term, "within"),
        from_=term.choice("from", ("submitted",), default="submitted"),
        pauses=pauses,
        law=term.law("law"),
        place=term.place,
    )


KIND = FileKind(
    "service",
    "services/<id>/service.yaml",
    (SERVICE, CHANNELS, PARTY, GROUP, QUESTION_FIELD, EVIDENCE, TERM, *STEPS.values()),
    read,
)
