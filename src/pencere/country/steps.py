"""One step of a case as `service.yaml` writes it: `- ask: request`, `- submit`, `- {issue: residence, to: …}`."""

from __future__ import annotations

import re

from pencere.country.declarations import Step
from pencere.country.grammars import condition_of
from pencere.country.nodes import Node
from pencere.country.records import FACT, ID, NAME, Record, Report, Shape, did_you_mean, listed, text_of

_STEP = "services/<id>/service.yaml steps"
STEPS = {
    "ask": Shape(f"{_STEP} ask", ("ask",), ("when",), later=("who",)),
    "evidence": Shape(f"{_STEP} evidence", ("evidence",), ("when",)),
    "submit": Shape(f"{_STEP} submit", ("submit",), later=("when", "sign")),
    "decide": Shape(f"{_STEP} decide", ("decide",), ("when", "by"), later=("each", "ends")),
    "issue": Shape(f"{_STEP} issue", ("issue", "to", "facts"), ("when",), later=("each", "valid")),
}
LATER_STEPS = ("sign", "pay", "check", "expert", "offer", "visit", "wait_for", "record", "deliver", "notify")
_ROLE = re.compile(r"officer\.[a-z][a-z0-9_]*")


def steps_of(record: Record) -> tuple[Step, ...]:
    node = record.get("steps")
    if node is None:
        return ()
    if not isinstance(node.value, tuple) or not node.value:
        record.refuse("steps", "expected a list of steps, each like - ask: request")
        return ()
    steps = (_step(item, number, record.report) for number, item in enumerate(node.value, 1))
    return tuple(step for step in steps if step is not None)


def _step(node: Node, number: int, report: Report) -> Step | None:
    path = f"steps.{number}"
    if node.value == "submit":
        node = Node(node.file, node.line, {"submit": Node(node.file, node.line, "submit", node.line)}, node.line)
    elif not isinstance(node.value, dict):
        report.unusable(node.line, path, "expected a step, like - ask: request or - submit")
        return None
    kind = _kind_of(node, report, path)
    if kind is None:
        return None
    record = Record(node, STEPS[kind], report, path)
    by = record.optional_matching("by", _ROLE, "officer.<role>") if kind == "decide" else None
    return Step(
        kind=kind,
        names=() if kind == "submit" else _names(record, kind),
        number=number,
        when=condition_of(record, "when") if kind != "submit" else None,
        to=record.matching("to", NAME, "a party") if kind == "issue" else None,
        facts=_facts(record) if kind == "issue" else {},
        by=by,
        place=record.place,
    )


def _kind_of(node: Node, report: Report, path: str) -> str | None:
    assert isinstance(node.value, dict)
    found = [key for key in node.value if key in STEPS or key in LATER_STEPS]
    if not found:
        first = next(iter(node.value), "")
        advice = did_you_mean(first, STEPS) or f"; known are {listed(STEPS)}"
        report.unusable(node.line, path, f'no kind of step in it: "{first}"{advice}')
        return None
    if found[0] in LATER_STEPS:
        report.unusable(node.line, path, f'this version of the product does not run "{found[0]}" steps')
        return None
    return found[0]


def _names(record: Record, kind: str) -> tuple[str, ...]:
    if kind in ("ask", "evidence"):
        return record.words(kind, NAME, "a name (a-z 0-9 _)")
    pattern, what = (NAME, "the name of a table") if kind == "decide" else (ID, "the id of a certificate")
    return (record.matching(kind, pattern, what),)


def _facts(record: Record) -> dict[str, str]:
    facts = {}
    for entry in record.entries("facts"):
        fact = text_of(entry.node, record.report, entry.path)
        if fact and not FACT.fullmatch(fact):
            record.report.unusable(entry.node.line, entry.path, f'"{fact}" is not the name of a fact')
        facts[entry.name] = fact
    return facts
