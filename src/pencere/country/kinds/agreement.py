"""agreements/<id>.yaml: what one agency may ask of another, for which service, on which ground."""

from __future__ import annotations

from pencere.country.declarations import Agreement, Grant
from pencere.country.kinds import FileKind, Source
from pencere.country.nodes import Node
from pencere.country.records import ID, NAME, OFFER, Entry, Record, Report, Shape, listed

AGREEMENT = Shape("agreements/<id>.yaml", required=("consumer", "provider", "signed", "valid", "grants"))
SIGNED = Shape("agreements/<id>.yaml signed", required=("agency", "on", "by", "paper"))
VALID = Shape("agreements/<id>.yaml valid", required=("from",), optional=("until",))
GRANT = Shape(
    "agreements/<id>.yaml grants.<name>",
    required=("services", "ground", "law"),
    optional=("read", "write", "event", "reserve", "fields", "per_day"),
)
DOES = ("read", "write", "event", "reserve")
_OFFERED = "what a register offers, like residence.by-person"


def read(node: Node, report: Report, source: Source) -> Agreement:
    record = Record(node, AGREEMENT, report)
    valid = record.record("valid", VALID)
    grants = record.entries("grants", ID, "a name (a-z 0-9 -)")
    return Agreement(
        id=source.id,
        consumer=record.matching("consumer", ID, "the id of an agency"),
        provider=record.matching("provider", ID, "the id of an agency"),
        signed=_signed(record),
        valid_from=valid.day("from"),
        valid_until=valid.optional_day("until"),
        grants={entry.name: _grant(entry, report) for entry in grants},
        place=record.place,
    )


def _signed(record: Record) -> tuple[dict[str, str], ...]:
    node = record.get("signed")
    if node is None:
        return ()
    if not isinstance(node.value, tuple):
        record.refuse("signed", "expected a list of signatures [{agency, on, by, paper}, …]")
        return ()
    signatures = []
    for number, item in enumerate(node.value, 1):
        signature = Record(item, SIGNED, record.report, f"signed.{number}")
        signature.day("on")
        signatures.append({key: signature.text(key) for key in SIGNED.keys})
    return tuple(signatures)


def _grant(entry: Entry, report: Report) -> Grant:
    record = Record(entry.node, GRANT, report, entry.path)
    does = [key for key in DOES if record.has(key)]
    if len(does) != 1:
        report.unusable(entry.node.line, entry.path, f"says one of {listed(DOES)}: what is granted; found {len(does)}")
    return Grant(
        name=entry.name,
        does=does[0] if does else "",
        of=record.matching(does[0], OFFER, _OFFERED) if does else "",
        fields=record.words("fields", NAME, "the name of a field"),
        services=record.words("services", ID, "the id of a service"),
        ground=record.choice("ground", ("law", "consent")),
        law=record.law("law"),
        per_day=record.optional_whole("per_day"),
        place=record.place,
    )


KIND = FileKind("agreement", "agreements/<id>.yaml", (AGREEMENT, SIGNED, VALID, GRANT), read)
