"""Decision tables: read from their block of text, compiled once, decided with a trace.

    rule           | home.address | place.state    || outcome | law
    not_registered | null         | -              || refuse  | residence-law 5
    registered     | not(null)    | valid, renamed || grant   | residence-law 5

Compiling builds a Python syntax tree out of the parsed cells (`compiling.py`); no text of a declaration is ever run.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pencere.country import cells
from pencere.country.cells import Amounts, BadCell, Cell, Literal
from pencere.country.compiling import Decision, Outcome, Row, Used, compile_rows
from pencere.country.searching import MANY, search_rows

__all__ = [
    "BadTable",
    "Grid",
    "GridRow",
    "Outcome",
    "Row",
    "Table",
    "Used",
    "changes_of",
    "collect",
    "decide",
    "parse_grid",
    "parse_table",
]

HITS = ("unique", "first", "collect")
OUTCOMES = ("grant", "refuse", "officer")
_FACT = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class BadTable(ValueError):
    """Everything that is wrong with a block. `problems`: line of the block (0 is its first line) and message."""

    def __init__(self, problems: tuple[tuple[int, str], ...]) -> None:
        super().__init__("; ".join(f"line {line}: {message}" for line, message in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Grid:
    """A block split into columns and cells, not yet understood: examples, too, are written so."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rows: tuple[GridRow, ...]


@dataclass(frozen=True, slots=True)
class GridRow:
    line: int  # of the block, from 0
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table. `outputs` names its own outputs and `outcome`, not law, from and until."""

    name: str
    hit: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rows: tuple[Row, ...]
    place: object = None
    _decisions: dict[int, Decision] = field(default_factory=dict, init=False, repr=False, compare=False)
    _periods: tuple[date, ...] = field(default=(), init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_periods", changes_of(self.rows))

    def amounts_used(self) -> tuple[str, ...]:
        """Names of the amounts in cells and outputs, each once."""
        in_cells = (literal for row in self.rows for cell in row.cells for literal in cell.literals())
        in_outputs = (literal for row in self.rows for literal in row.outputs.values() if literal is not None)
        found = (str(literal.value) for part in (in_cells, in_outputs) for literal in part if literal.kind == "amount")
        return tuple(dict.fromkeys(found))


def changes_of(rows: tuple[Row, ...]) -> tuple[date, ...]:
    """The days on which other rows begin to hold, in order."""
    begun = {row.from_ for row in rows if row.from_}
    ended = {date.fromordinal(row.until.toordinal() + 1) for row in rows if row.until and row.until < date.max}
    return tuple(sorted(begun | ended))


# Reading ---------------------------------------------------------------------------------------------------------


def parse_grid(text: str) -> Grid:
    """Splits a block at `|` and `||`. Raises BadTable with every line that does not fit its head."""
    lines = [(number, line) for number, line in enumerate(text.split("\n")) if line.strip()]
    if not lines:
        raise BadTable(((0, "the table is empty; its first line names the columns"),))
    problems: list[tuple[int, str]] = []
    split: list[tuple[int, tuple[str, ...], tuple[str, ...]]] = []
    for number, line in lines:
        try:
            left, *right = cells.split_outside_quotes(line, "||")
            if len(right) != 1:
                raise BadCell('"||" stands once in each line, between inputs and outputs')
            inputs, outputs = (
                tuple(piece.strip() for piece in cells.split_outside_quotes(side, "|")) for side in (left, right[0])
            )
            split.append((number, inputs, outputs))
        except BadCell as wrong:
            problems.append((number, str(wrong)))
    if not split or split[0][0] != lines[0][0]:
        raise BadTable(tuple(problems))
    (head_line, head_inputs, head_outputs), *body = split
    for side in (head_inputs, head_outputs):  # a fact may be given and, as an output, be said again
        twice = dict.fromkeys(name for name in side if side.count(name) > 1)
        problems += [(head_line, f'column "{name}" stands twice') for name in twice]
        problems += [(head_line, "a column has no name")] if "" in side else []
    for number, inputs, outputs in body:
        for where, given, wanted in (("before", inputs, head_inputs), ("after", outputs, head_outputs)):
            if len(given) != len(wanted):
                problems.append((number, f'{len(given)} cells {where} "||", the head names {len(wanted)} columns'))
    if not body and not problems:
        problems.append((head_line, "the table has no rows"))
    if problems:
        raise BadTable(tuple(sorted(problems)))
    return Grid(head_inputs, head_outputs, tuple(GridRow(*row) for row in body))


def parse_table(name: str, hit: str, text: str, place: object = None) -> Table:
    """The table that the block writes; without a first column `rule` it is a table of amounts. Raises BadTable."""
    grid = parse_grid(text)
    problems: list[tuple[int, str]] = []
    if hit not in HITS:
        problems.append((0, f'hit is {", ".join(HITS)}, not "{hit}"'))
    named = grid.inputs[0] == "rule"
    inputs = grid.inputs[1:] if named else grid.inputs
    for column in inputs:
        if not _FACT.fullmatch(column):
            problems.append((0, f'"{column}" is not the name of a fact (a-z 0-9 _, parts joined by points)'))
    for column in grid.outputs:
        if not _NAME.fullmatch(column) and (named or not column.isalnum()):
            problems.append((0, f'"{column}" is not the name of an output (a-z 0-9 _)'))
    rows: list[Row] = []
    for raw in grid.rows:
        row, wrong = _row(raw, named, inputs, grid.outputs)
        rows.append(row)
        problems += [(raw.line, message) for message in wrong]
    problems += _same_names(rows)
    if problems:
        raise BadTable(tuple(sorted(problems)))
    outputs = tuple(column for column in grid.outputs if column not in ("law", "from", "until"))
    return Table(name, hit, inputs, outputs, tuple(rows), place)


def _row(raw: GridRow, named: bool, inputs: tuple[str, ...], outputs: tuple[str, ...]) -> tuple[Row, list[str]]:
    problems: list[str] = []
    rule = raw.inputs[0] if named else ""
    if named and not _NAME.fullmatch(rule):
        problems.append(f'"{rule}" is not the name of a rule (a-z 0-9 _, starting with a letter)')
    parsed: list[Cell] = []
    for column, text in zip(inputs, raw.inputs[1:] if named else raw.inputs, strict=True):
        try:
            parsed.append(cells.parse(text))
        except BadCell as wrong:
            parsed.append(cells.ANY)
            problems.append(f"{column}: {wrong}")
    values: dict[str, Literal | None] = {}
    written = dict(zip(outputs, raw.outputs, strict=True))
    for column, text in written.items():
        if column in ("law", "from", "until"):
            continue
        try:
            values[column] = None if text == "null" else cells.parse_literal(text)
        except BadCell as wrong:
            problems.append(f"{column}: {wrong}" if text else f'{column}: empty; for nothing write "null"')
    if "outcome" in written and written["outcome"] not in OUTCOMES:
        problems.append(f'outcome is {", ".join(OUTCOMES)}, not "{written["outcome"]}"')
    from_, until = (_day(column, written.get(column, ""), problems) for column in ("from", "until"))
    if from_ and until and until < from_:
        problems.append(f"until {until} is before from {from_}")
    return Row(rule, tuple(parsed), values, written.get("law", ""), from_, until, raw.line), problems


def _day(column: str, text: str, problems: list[str]) -> date | None:
    if text in ("", "-", "null"):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems.append(f'{column}: a day is written 2026-03-18, not "{text}"')
        return None


def _same_names(rows: list[Row]) -> list[tuple[int, str]]:
    """Two rows may share a name only if they never hold on the same day: the same rule in two periods."""
    problems = []
    for place, row in enumerate(rows):
        for earlier in rows[:place]:
            apart = (row.from_ and earlier.until and earlier.until < row.from_) or (
                earlier.from_ and row.until and row.until < earlier.from_
            )
            if row.rule and row.rule == earlier.rule and not apart:
                problems.append((row.line, f'rule "{row.rule}" stands twice'))
                break
    return problems


# Deciding --------------------------------------------------------------------------------------------------------


def decide(table: Table, facts: Mapping[str, object], amounts: Amounts, on: date) -> Outcome | None:
    """What the table says of these facts under the law of that day; None if no rule answers.

    A table with hit `unique` to which two rules answer raises BadDeclaration: nobody is decided upon by a draw.
    """
    period = bisect_right(table._periods, on) if table._periods else 0  # as `_decision`, without its call
    decision = table._decisions.get(period) or _compiled(table, period, on)
    return decision(facts, amounts)  # type: ignore[return-value]


def collect(table: Table, facts: Mapping[str, object], amounts: Amounts, on: date) -> tuple[Outcome, ...]:
    """Every rule that answers, in order: for tables with hit `collect`."""
    return _decision(table, on)(facts, amounts)  # type: ignore[return-value]


def _decision(table: Table, on: date) -> Decision:
    period = bisect_right(table._periods, on) if table._periods else 0
    return table._decisions.get(period) or _compiled(table, period, on)


def _compiled(table: Table, period: int, on: date) -> Decision:
    """Compiled at first need: two threads that do it at once make the same function."""
    rows = tuple(row for row in table.rows if row.holds_on(on))
    make = compile_rows if len(rows) < MANY else search_rows
    decision = table._decisions[period] = make(table.name, table.hit, table.inputs, rows)
    return decision
