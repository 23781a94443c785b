"""services/<id>/service.yaml: who offers a service, what it asks and fetches, and its steps in order."""

from __future__ import annotations

import re
from datetime import date

from pencere.country.declarations import (
    Again,
    Allotment,
    Derived,
    Evidence,
    Fee,
    NoRow,
    OfferRule,
    Party,
    Place,
    QuestionGroup,
    Service,
    Start,
)
from pencere.country.deriving import BadDerive, parse_derived
from pencere.country.grammars import (
    EXTEND,
    QUESTION_FIELD,
    ROLE,
    TERM,
    appeal_of,
    case_term_of,
    condition_of,
    fact_map,
    field_of,
    span_of,
    term_of,
)
from pencere.country.kinds import FileKind, Source
from pencere.country.kinds.country import storage_of
from pencere.country.nodes import Node
from pencere.country.records import FACT, ID, NAME, OFFER, Entry, Record, Report, Shape, listed, text_of
from pencere.country.steps import PANEL, REFUSED, STEPS, refusal_of, steps_of

SERVICE = Shape(
    "services/<id>/service.yaml",
    required=("agency", "law", "since", "channels", "result", "starts", "parties", "steps"),
    optional=(
        "unit", "until", "aliases", "life_events", "as_of", "questions", "evidence", "derive", "fees", "places", "term",
        "again", "appeal", "retain",
    ),
)  # fmt: skip
CHANNELS = Shape("services/<id>/service.yaml channels", required=("apply", "result"))
START = Shape("services/<id>/service.yaml starts", required=("event",))
PARTY = Shape(
    "services/<id>/service.yaml parties.<name>",
    required=("is",),
    optional=("subject", "from", "sign_in", "acts_as", "when"),
)
GROUP = Shape("services/<id>/service.yaml questions.<group>", required=("fields",), optional=("many", "when"))
EVIDENCE = Shape(
    "services/<id>/service.yaml evidence.<name>",
    required=("from", "by", "take"),
    optional=("when", "many", "consent", "fresh", "none"),
)
NO_ROW = Shape("services/<id>/service.yaml evidence.<name>.none", optional=("ask", "archive", "into", "sees", "term"))
FEE = Shape(
    "services/<id>/service.yaml fees.<name>",
    required=("amount", "kind", "payee", "refund"),
    optional=("when", "exempt"),
)
REFUND = Shape("services/<id>/service.yaml fees.<name>.refund", required=("refused", "withdrawn"), optional=("late",))
ALLOTMENT = Shape(
    "services/<id>/service.yaml places.<name>",
    required=("of", "mode"),
    optional=("chosen", "order", "opens", "closes", "closed", "lapses", "offer", "none"),
)
CLOSED = Shape("services/<id>/service.yaml places.<name>.closed", required=("from", "until"))
LAPSES = Shape("services/<id>/service.yaml places.<name>.lapses", required=("every", "on"))
OFFERED = Shape(
    "services/<id>/service.yaml places.<name>.offer",
    required=("answer", "silence", "at_once"),
    optional=("not_before",),
)
NO_PLACE = Shape("services/<id>/service.yaml places.<name>.none", required=("rule", "law"))
AGAIN = Shape("services/<id>/service.yaml again", optional=("open", "per", "once_per", "after_refusal", "law"))
RETAIN = Shape("services/<id>/service.yaml retain", required=("closed", "law"))
WAYS = ("online", "office", "post", "phone", "mobile")
LEVELS = ("low", "substantial", "high")
FEES = ("state_duty", "service_fee")
REFUNDS = ("none", "full", "before_visit")
MODES = ("queue", "pick", "first_come", "rank", "draw")
OFFER_SILENCE = ("leave", "lapse")
PERIODS = ("year",)
_ORDER = re.compile(r"-?[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_DAY_OF_YEAR = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_CAPACITY = "a capacity of an own register or a grant, like visit-slots.slot"


def read(node: Node, report: Report, source: Source) -> Service:
    record = Record(node, SERVICE, report)
    channels = record.record("channels", CHANNELS)
    retain = record.record("retain", RETAIN)
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
        starts=_starts(record),
        as_of=record.optional_matching("as_of", FACT, "the name of a fact"),
        parties={entry.name: _party(entry, report) for entry in record.entries("parties")},
        questions={entry.name: _group(entry, report) for entry in record.entries("questions")},
        evidence={entry.name: _evidence(entry, report) for entry in record.entries("evidence")},
        derive=tuple(_derived(entry, report) for entry in record.entries("derive")),
        fees={entry.name: _fee(entry, report) for entry in record.entries("fees")},
        places={entry.name: _allotment(entry, report) for entry in record.entries("places")},
        term=case_term_of(record, "term", of_step=False) if record.has("term") else None,
        steps=steps_of(record),
        again=_again(record) if record.has("again") else None,
        appeal=appeal_of(record) if record.has("appeal") else None,
        closed_kept=storage_of(retain, "closed") if record.has("retain") else None,
        closed_law=retain.law("law") if record.has("retain") else None,
        tables={},
        amounts={},
        examples=(),
        texts={},
        content_hash="",
        texts_hash="",
        place=record.place,
    )


def _starts(record: Record) -> tuple[Start, ...]:
    """`[application, officer, {event: dsmf-justice.born}]`."""
    node = record.get("starts")
    if node is None:
        return ()
    items = node.value if isinstance(node.value, tuple) else (node,)
    starts = []
    for item in items:
        if isinstance(item.value, dict):
            start = Record(item, START, record.report, "starts")
            event = start.matching("event", OFFER, "an event of an own register or a grant")
            starts.append(Start("event", event, start.place))
        elif item.value in ("application", "officer"):
            starts.append(Start(str(item.value), "", Place(item.file, item.line)))
        else:
            record.refuse("starts", f'"{item.value}" is not one of application, officer, {{event: …}}')
    return tuple(starts)


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
        when=condition_of(record, "when"),
        place=record.place,
    )


def _group(entry: Entry, report: Report) -> QuestionGroup:
    record = Record(entry.node, GROUP, report, entry.path)
    fields = {
        field.name: field_of(field.node, report, field.path, field.name, QUESTION_FIELD)
        for field in record.entries("fields", NAME, "the name of a field (a-z 0-9 _)")
    }
    return QuestionGroup(entry.name, fields, condition_of(record, "when"), span_of(record, "many"), record.place)


def _evidence(entry: Entry, report: Report) -> Evidence:
    record = Record(entry.node, EVIDENCE, report, entry.path)
    return Evidence(
        name=entry.name,
        from_=record.matching("from", OFFER, "an answer of an own register or a grant, like residence.by-person"),
        by=fact_map(record, "by"),
        take=record.words("take", NAME, "the name of a field"),
        when=condition_of(record, "when"),
        many=span_of(record, "many"),
        consent=record.flag("consent"),
        fresh=term_of(record, "fresh") if record.has("fresh") else None,
        none=_no_row(record) if record.has("none") else None,
        place=record.place,
    )


def _no_row(record: Record) -> NoRow:
    """`{ask: group}`, or `{archive: officer.role, into: change of the register, term}`."""
    none = record.record("none", NO_ROW)
    if none.has("ask") == none.has("archive"):
        record.refuse("none", "say whom one turns to: {ask: a group} or {archive: officer.<role>, into: …}")
    if none.has("into") != none.has("archive"):
        record.refuse("none", '"archive" and "into" go together: what is found goes into the register')
    return NoRow(
        ask=none.optional_matching("ask", NAME, "a group of questions"),
        archive=none.optional_matching("archive", ROLE, "officer.<role>"),
        into=none.optional_matching("into", OFFER, "a change that the register accepts"),
        term=case_term_of(none, "term", of_step=True) if none.has("term") else None,
        place=none.place,
        sees=none.words("sees", FACT, "a fact or a group"),
    )


def _fee(entry: Entry, report: Report) -> Fee:
    record = Record(entry.node, FEE, report, entry.path)
    refund = record.record("refund", REFUND)
    return Fee(
        name=entry.name,
        amount=record.matching("amount", FACT, "amounts.<name> or a fact"),
        kind=record.choice("kind", FEES),
        payee=record.matching("payee", ID, "the id of a payee"),
        when=condition_of(record, "when"),
        exempt=condition_of(record, "exempt"),
        refund={
            "refused": refund.choice("refused", REFUNDS[:2]),
            "withdrawn": refund.choice("withdrawn", REFUNDS),
            "late": refund.choice("late", REFUNDS[:2], default="none"),
        },
        place=record.place,
    )


def _allotment(entry: Entry, report: Report) -> Allotment:
    record = Record(entry.node, ALLOTMENT, report, entry.path)
    closed = record.get("closed")
    items = () if closed is None else closed.value if isinstance(closed.value, tuple) else (closed,)
    periods = [Record(item, CLOSED, report, record.at("closed")) for item in items]
    lapses = record.record("lapses", LAPSES)
    lapses.choice("every", PERIODS)
    return Allotment(
        name=entry.name,
        of=record.matching("of", OFFER, _CAPACITY),
        mode=record.choice("mode", MODES),
        chosen=record.optional_matching("chosen", FACT, "the ref that names the wish"),
        order=record.words("order", _ORDER, "a fact, - before it for greatest first, or ticket"),
        opens=record.optional_matching("opens", FACT, "amounts.<name>"),
        closes=record.optional_matching("closes", FACT, "amounts.<name>"),
        closed=tuple((_day_of_year(each, "from"), _day_of_year(each, "until")) for each in periods),
        lapses=_day_of_year(lapses, "on") if record.has("lapses") else None,
        offer=_offer(record.record("offer", OFFERED)) if record.has("offer") else None,
        none=refusal_of(record, "none", NO_PLACE) if record.has("none") else None,
        place=record.place,
    )


def _day_of_year(record: Record, key: str) -> tuple[int, int]:
    text = record.matching(key, _DAY_OF_YEAR, "a day of the year like 08-31")
    found = _DAY_OF_YEAR.fullmatch(text)
    if found is None:
        return 1, 1
    month, day = int(found[1]), int(found[2])
    try:
        date(2024, month, day)  # a leap year: 02-29 is a day of some years
    except ValueError:
        record.refuse(key, f'"{text}" is no day of the year')
        return 1, 1
    return month, day


def _offer(record: Record) -> OfferRule:
    at_once = record.whole("at_once")
    if record.has("at_once") and at_once < 1:
        record.refuse("at_once", "is at least 1: how many live offers a case has")
    return OfferRule(
        not_before=term_of(record, "not_before") if record.has("not_before") else None,
        answer=term_of(record, "answer"),
        silence=record.choice("silence", OFFER_SILENCE),
        at_once=at_once,
    )


def _again(record: Record) -> Again:
    again = record.record("again", AGAIN)
    if not (again.has("open") or again.has("once_per") or again.has("after_refusal")):
        record.refuse("again", 'says how often: "open", "once_per" or "after_refusal"')
    if again.has("after_refusal") and not again.has("law"):
        again.refuse("after_refusal", 'a refusal bars somebody only on a "law"')
    return Again(
        open=again.optional_whole("open"),
        per=again.optional_matching("per", FACT, "a fact"),
        once_per=again.choice("once_per", PERIODS) or None,
        after_refusal=term_of(again, "after_refusal") if again.has("after_refusal") else None,
        law=again.optional_law("law"),
        place=again.place,
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


KIND = FileKind(
    "service",
    "services/<id>/service.yaml",
    (
        SERVICE, CHANNELS, START, PARTY, GROUP, QUESTION_FIELD, EVIDENCE, NO_ROW, FEE, REFUND, ALLOTMENT, CLOSED,
        LAPSES, OFFERED, NO_PLACE, TERM, EXTEND, AGAIN, RETAIN, *STEPS.values(), PANEL, REFUSED,
    ),
    read,
)  # fmt: skip
