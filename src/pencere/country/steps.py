"""One step of a case as `service.yaml` writes it: `- ask: request`, `- submit`, `- {issue: residence, to: …}`."""

from __future__ import annotations

import re
from typing import Any

from pencere.country.declarations import Panel, Place, Refusal, Step
from pencere.country.grammars import QUESTION_FIELD, ROLE, case_term_of, condition_of, fact_map, field_of
from pencere.country.nodes import Node
from pencere.country.records import FACT, ID, NAME, OFFER, Record, Report, Shape, did_you_mean, listed, text_of

_STEP = "services/<id>/service.yaml steps"
STEPS = {
    "ask": Shape(f"{_STEP} ask", ("ask",), ("who", "when")),
    "evidence": Shape(f"{_STEP} evidence", ("evidence",), ("when",)),
    "submit": Shape(f"{_STEP} submit", ("submit",), ("sign", "when")),
    "sign": Shape(f"{_STEP} sign", ("sign", "shows"), ("term", "refused", "each", "when")),
    "pay": Shape(f"{_STEP} pay", ("pay",), ("term", "when")),
    "check": Shape(f"{_STEP} check", ("check", "by", "fields"), ("sees", "term", "when")),
    "expert": Shape(f"{_STEP} expert", ("expert", "panel", "sees", "hides", "fields"), ("not_from", "term", "when")),
    "offer": Shape(f"{_STEP} offer", ("offer",), ("when",)),
    "visit": Shape(f"{_STEP} visit", ("visit", "at", "fields"), ("by", "sees", "term", "when")),
    "wait_for": Shape(f"{_STEP} wait_for", ("wait_for", "match"), ("as", "term", "when")),
    "decide": Shape(f"{_STEP} decide", ("decide",), ("by", "each", "ends", "when")),
    "record": Shape(f"{_STEP} record", ("record", "row"), ("as", "keep", "each", "when")),
    "issue": Shape(f"{_STEP} issue", ("issue", "facts"), ("to", "each", "valid", "when")),
    "deliver": Shape(f"{_STEP} deliver", ("deliver", "to"), ("by", "through", "row", "when")),
    "notify": Shape(f"{_STEP} notify", ("notify", "text"), ("when",)),
}
PANEL = Shape(f"{_STEP} expert.panel", ("of", "size", "chosen", "joined"))
REFUSED = Shape(f"{_STEP} sign.refused", ("rule", "law"))
SIGNATURES = ("click", "qualified")
LATER_SIGNATURES = ("qualified",)
CHOSEN = ("draw",)
JOINED = ("agreed", "mean")
MOST_EXPERTS = 9
WORD = re.compile(r'[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_]*)*|-?\d+(\.\d+)?|"[^"]*"')
"""What a row takes: a fact, a number, a code of the field, or text in quotes."""
_SEVERAL = ("ask", "evidence")
_NAMED = {
    "sign": (FACT, "a party or the fact that names a person"),
    "pay": (NAME, "the name of a fee"),
    "check": (NAME, "the name of a group of findings (a-z 0-9 _)"),
    "expert": (NAME, "the name of a group of findings (a-z 0-9 _)"),
    "visit": (NAME, "the name of a group of findings (a-z 0-9 _)"),
    "offer": (NAME, "the name of a place"),
    "wait_for": (OFFER, "an event of an own register or a grant, like passports.made"),
    "decide": (NAME, "the name of a table"),
    "record": (OFFER, "a change that an own register accepts or a grant, like passports.order"),
    "issue": (ID, "the id of a certificate"),
    "deliver": (ID, "what is handed over (a-z 0-9 -)"),
    "notify": (NAME, "a party"),
}


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
        return Step("submit", (), number, None, Place(node.file, node.line))
    if not isinstance(node.value, dict):
        report.unusable(node.line, path, "expected a step, like - ask: request or - submit")
        return None
    kind = _kind_of(node, report, path)
    if kind is None:
        return None
    record = Record(node, STEPS[kind], report, path)
    return Step(
        kind=kind,
        names=_names(record, kind),
        number=number,
        when=condition_of(record, "when"),
        place=record.place,
        **_keys(record, kind),
    )


def _kind_of(node: Node, report: Report, path: str) -> str | None:
    """The first key that is a kind of step: `{offer: seat}`; `evidence` and `sign` are keys of others, too."""
    assert isinstance(node.value, dict)
    found = [key for key in node.value if key in STEPS]
    if found:
        return found[0]
    first = next(iter(node.value), "")
    advice = did_you_mean(first, STEPS) or f"; known are {listed(STEPS)}"
    report.unusable(node.line, path, f'no kind of step in it: "{first}"{advice}')
    return None


def _names(record: Record, kind: str) -> tuple[str, ...]:
    if kind == "submit":
        return ()
    if kind in _SEVERAL:
        return record.words(kind, NAME, "a name (a-z 0-9 _)")
    pattern, what = _NAMED[kind]
    return (record.matching(kind, pattern, what),)


def _keys(record: Record, kind: str) -> dict[str, Any]:
    """What the step says besides its kind, its names and `when`."""
    has = record.shape.keys
    keys: dict[str, Any] = {}
    if kind == "submit":
        keys["who"] = record.matching("submit", NAME, "a party")
        keys["sign"] = _signature(record)
    if "who" in has:
        keys["who"] = record.optional_matching("who", NAME, "a party")
    if "each" in has:
        keys["each"] = record.optional_matching("each", NAME, "the name of a repeating group")
    if "to" in has:
        keys["to"] = record.optional_matching("to", NAME, "a party")
    if kind == "issue":
        keys["facts"] = fact_map(record, "facts")
        keys["valid"] = record.optional_matching("valid", FACT, "the fact with the last day")
    if kind in ("decide", "check", "visit"):
        keys["by"] = record.optional_matching("by", ROLE, "officer.<role>")
    if "ends" in has:
        keys["ends"] = record.flag("ends", default=True)
    if "term" in has and record.has("term"):
        keys["term"] = case_term_of(record, "term", of_step=True)
    if "fields" in has:
        keys["fields"] = {
            field.name: field_of(field.node, record.report, field.path, field.name, QUESTION_FIELD)
            for field in record.entries("fields", NAME, "the name of a field (a-z 0-9 _)")
        }
    if kind == "sign":
        keys["shows"] = record.words("shows", FACT, "a group of questions")
        keys["refused"] = refusal_of(record, "refused", REFUSED) if record.has("refused") else None
    if "sees" in has:
        keys["sees"] = record.words("sees", FACT, "a fact, a group or evidence")
    if kind == "expert":
        keys |= _expert(record)
    if kind == "visit":
        keys["at"] = record.matching("at", NAME, "the place that is offered")
    if kind == "wait_for":
        keys["match"] = fact_map(record, "match")
    if kind in ("wait_for", "record"):
        keys["as_"] = record.optional_matching("as", NAME, "a name (a-z 0-9 _)")
    if kind == "record":
        keys["keep"] = record.words("keep", NAME, "the name of a field")
        if record.has("keep") and not record.has("as"):
            record.refuse("keep", 'what is kept becomes facts of a name: say "as"')
    if "row" in has:
        keys["row"] = _row(record)
    if kind == "deliver":
        keys |= _deliver(record)
    if kind == "notify":
        keys["text"] = record.matching("text", NAME, "the key of a notice (a-z 0-9 _)")
    return keys


def _signature(record: Record) -> str | None:
    sign = record.choice("sign", SIGNATURES) or None
    if sign in LATER_SIGNATURES:
        record.refuse("sign", f'this version of the product takes a click, no "{sign}" signature; leave it out')
    return sign


def refusal_of(record: Record, key: str, shape: Shape) -> Refusal:
    refused = record.record(key, shape)
    return Refusal(refused.matching("rule", NAME, "the name of a rule (a-z 0-9 _)"), refused.law("law"))


def _expert(record: Record) -> dict[str, Any]:
    panel = record.record("panel", PANEL)
    size = panel.whole("size")
    if panel.has("size") and not 1 <= size <= MOST_EXPERTS:
        panel.refuse("size", f"{size} is no number of experts, 1 to {MOST_EXPERTS}")
    return {
        "panel": Panel(
            of=panel.matching("of", ROLE, "officer.<role>"),
            size=size,
            chosen=panel.choice("chosen", CHOSEN),
            joined=panel.choice("joined", JOINED),
        ),
        "hides": record.words("hides", FACT, "a fact, a party or expert"),
        "not_from": record.words("not_from", FACT, "a fact"),
    }


def _deliver(record: Record) -> dict[str, Any]:
    if record.has("by") == record.has("through"):
        record.report.unusable(record.node.line, record.path, 'say "by" office or post, or "through" whose system')
    if record.has("row") != record.has("through"):
        record.report.unusable(
            record.node.line, record.path, '"through" and "row" go together: what the system is sent'
        )
    return {
        "by": record.optional_matching("by", FACT, "office, post or a fact"),
        "through": record.optional_matching("through", OFFER, "a change that a register accepts or a grant"),
    }


def _row(record: Record) -> dict[str, str]:
    """Field of the register -> fact, number, code or quoted text; what it is, the checker says."""
    row = {}
    for entry in record.entries("row"):
        word = text_of(entry.node, record.report, entry.path)
        if word and not WORD.fullmatch(word):
            record.report.unusable(entry.node.line, entry.path, f'"{word}" is no fact, number, code or "text"')
        row[entry.name] = word
    return row
