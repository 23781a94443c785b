"""Decision tables of 10 and of 1,000 rules beside zen-engine (Rust) and SpiffWorkflow (Python), the same rows in each.

A fee by region, age and speed, first rule that fits, with a last rule for everybody else. Each side is asked the same
questions, drawn by chance, and must give the same rule to each before its time counts. Ours writes its trace into
every answer; zen-engine is measured with its trace and without; SpiffWorkflow has none. Processor time of one thread.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

from pencere.country.tables import decide, parse_table
from tests.bench.measuring import Row, interleaved

ON = date(2026, 3, 18)
SPEEDS = ("ten_days", "five_days", "one_day")
ROUNDS = 5
GOAL_MICROSECONDS, GOAL_TIMES = 1.0, 10.0
Question = Mapping[str, object]
Decide = Callable[[Question], str]
"""From the facts to the name of the rule."""


@dataclass(frozen=True)
class Rule:
    name: str
    region: str  # "" any
    low: int
    high: int  # below it; 0: any age
    speed: str  # "" any
    amount: int


def rules(number: int) -> list[Rule]:
    """So many, the last of which takes whoever is left."""
    ages = [(0, 1), (1, 18), (18, 60)] if number <= 10 else [(low, low + 10) for low in range(0, 110, 10)]
    made = [
        Rule("", f"region_{region}", low, high, speed, 0)
        for region in range(number)
        for low, high in ages
        for speed in SPEEDS
    ]
    numbered = [
        Rule(f"r{place}", one.region, one.low, one.high, one.speed, 10 + place % 90)
        for place, one in enumerate(made[: number - 1])
    ]
    return [*numbered, Rule("others", "", 0, 0, "", 5)]


def questions(number: int, table: Sequence[Rule]) -> list[dict[str, object]]:
    """Nine in ten fit a rule drawn by chance, from the first to the last; the tenth is anybody."""
    chance = random.Random(number)
    made: list[dict[str, object]] = []
    for _ in range(number):
        one = chance.choice(table[:-1])
        if chance.random() < 0.1:
            made.append({"region": "elsewhere", "age": chance.randrange(120), "speed": chance.choice(SPEEDS)})
        else:
            made.append({"region": one.region, "age": chance.randrange(one.low, one.high), "speed": one.speed})
    return made


def run() -> list[Row]:
    rows: list[Row] = []
    cost: dict[int, float] = {}
    for number, asked in ((10, 2000), (1000, 2000)):
        table = rules(number)
        sides = {
            "ours": ours(table),
            "zen": zen(table),
            "zen with trace": zen(table, trace=True),
            "spiff": spiff(table),
        }
        expected = [_read(table, question) for question in questions(asked, table)]
        seen = interleaved({name: _side(name, side, table, expected, asked) for name, side in sides.items()}, ROUNDS)
        cost[number] = seen["ours"]
        rows += _rows(number, seen, cost)
    return rows


def _rows(number: int, seen: Mapping[str, float], cost: Mapping[int, float]) -> list[Row]:
    mine = seen["ours"]
    if number == 10:
        goal, met = f"≤ {GOAL_MICROSECONDS:.0f} µs", mine <= GOAL_MICROSECONDS
    else:
        goal, met = f"≤ {GOAL_TIMES:.0f} times 10 rules", mine <= GOAL_TIMES * cost[10]
    named = f"decision table of {number:,} rules, trace included"
    first = Row(
        f"{named}, against zen-engine with its trace",
        f"{mine:.2f} µs",
        f"{seen['zen with trace']:,.0f} µs",
        f"{seen['zen with trace'] / mine:.0f} × faster",
        goal,
        "yes" if met else "no",
    )
    others = {"zen": "zen-engine without a trace", "spiff": "SpiffWorkflow (no trace)"}
    more = [
        Row(
            f"{named}, against {words}",
            f"{mine:.2f} µs",
            f"{seen[name]:,.0f} µs",
            f"{seen[name] / mine:,.0f} × faster",
            "—",
            "—",
        )
        for name, words in others.items()
    ]
    return [first, *more]


def _side(
    name: str, side: Decide, table: Sequence[Rule], expected: Sequence[str], asked: int
) -> Callable[[int], float]:
    """Microseconds of one decision. SpiffWorkflow, which takes its time, is asked fewer."""
    most = asked if name != "spiff" else max(4, asked * 10 // (50 * len(table)))
    these = questions(asked, table)[:most]
    for question, rule in zip(these, expected, strict=False):
        assert side(question) == rule, (name, question, side(question), rule)

    def work(_round: int) -> float:
        began = time.process_time()
        for question in these:
            side(question)
        return 1e6 * (time.process_time() - began) / len(these)

    return work


def _read(table: Sequence[Rule], question: Question) -> str:
    """What the rows say, read as they stand."""
    for one in table:
        age: Any = question["age"]
        fits = one.region in ("", question["region"]) and one.speed in ("", question["speed"])
        if fits and (not one.high or one.low <= age < one.high):
            return one.name
    raise LookupError(question)


def ours(table: Sequence[Rule]) -> Decide:
    lines = ["rule | region | age | speed || outcome | amount | law"]
    for one in table:
        age = f"[{one.low}..{one.high})" if one.high else "-"
        lines.append(f"{one.name} | {one.region or '-'} | {age} | {one.speed or '-'} || grant | {one.amount} | duty 14")
    parsed = parse_table("fee", "first", "\n".join(lines))
    nothing: dict[str, object] = {}

    def side(question: Question) -> str:
        return decide(parsed, question, nothing, ON).rule  # type: ignore[union-attr]

    return side


def zen(table: Sequence[Rule], *, trace: bool = False) -> Decide:
    import zen as engine

    columns = ("region", "age", "speed")
    lines = [
        {
            "_id": one.name,
            "region": f'"{one.region}"' if one.region else "",
            "age": f"[{one.low}..{one.high})" if one.high else "",
            "speed": f'"{one.speed}"' if one.speed else "",
            "rule": f'"{one.name}"',
            "amount": str(one.amount),
        }
        for one in table
    ]
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": name, "name": name, "field": name} for name in columns],
        "outputs": [{"id": name, "name": name, "field": name} for name in ("rule", "amount")],
        "rules": lines,
    }
    at = {"x": 0, "y": 0}
    graph = {
        "contentType": "application/vnd.gorules.decision",
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode", "position": at},
            {"id": "table", "name": "table", "type": "decisionTableNode", "position": at, "content": content},
            {"id": "out", "name": "out", "type": "outputNode", "position": at},
        ],
        "edges": [
            {"id": "a", "sourceId": "in", "targetId": "table", "type": "edge"},
            {"id": "b", "sourceId": "table", "targetId": "out", "type": "edge"},
        ],
    }
    decision = engine.ZenEngine().create_decision(json.dumps(graph))
    options = {"trace": True} if trace else {}

    def side(question: Question) -> str:
        return str(decision.evaluate(question, options)["result"]["rule"])

    return side


def spiff(table: Sequence[Rule]) -> Decide:
    """Its DMN engine with its Python expressions; the task is only what that engine asks of one."""
    from lxml import etree
    from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
    from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
    from SpiffWorkflow.dmn.parser.DMNParser import DMNParser

    space = "https://www.omg.org/spec/DMN/20191111/MODEL/"

    def entry(kind: str, text: str, number: int) -> str:
        return f'<{kind} id="{kind}{number}"><text><![CDATA[{text}]]></text></{kind}>'

    lines = []
    for number, one in enumerate(table):
        cells = (
            f'"{one.region}"' if one.region else "-",
            f"{one.low} <= ? < {one.high}" if one.high else "-",
            f'"{one.speed}"' if one.speed else "-",
        )
        entries = [entry("inputEntry", cell, number) for cell in cells]
        lines.append(f'<rule id="{one.name}">{"".join(entries)}{entry("outputEntry", repr(one.name), number)}</rule>')
    inputs = "".join(
        f'<input id="{name}"><inputExpression id="e-{name}"><text>{name}</text></inputExpression></input>'
        for name in ("region", "age", "speed")
    )
    document = (
        f'<definitions xmlns="{space}" id="d" name="d" namespace="n"><decision id="fee" name="fee">'
        f'<decisionTable id="t" hitPolicy="UNIQUE">{inputs}<output id="o" name="rule"/>{"".join(lines)}'
        "</decisionTable></decision></definitions>"
    )
    parser = DMNParser(None, etree.fromstring(document), {"dmn": space})
    parser.parse()
    engine = DMNEngine(parser.decision.decisionTables[0])  # UNIQUE stops at the first rule that fits
    workflow = SimpleNamespace(script_engine=PythonScriptEngine())

    def side(question: Question) -> str:
        return str(engine.result(SimpleNamespace(data=dict(question), workflow=workflow))["rule"])

    return side
