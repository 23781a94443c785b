"""The proof of a decision table: every case that can occur is answered, by one rule, and none is granted blindly.

For each fact the values between which the table's cells change are taken (each cut, one below, one above; each code;
one other text; unknown and not asked where they can be), all combinations are walked, and those that `when` makes
impossible are left out. Values that no row and no condition tells apart are walked once. Each period between two
dates, of rows or of amounts, is proven by itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product

from pencere.country import cells
from pencere.country.cells import Cell, Condition
from pencere.country.domains import Domain, known_values, misfit, shown
from pencere.country.tables import Row, Table, changes_of

__all__ = ["LIMIT", "SHOWN", "Domain", "Finding", "combinations", "misfit", "prove"]

LIMIT = 2_000_000
SHOWN = 5
"""So many findings of one kind are listed for a table; the last one says how many more there are."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong. `line` is that of the table's block, from 0; None concerns the table as a whole."""

    message: str
    line: int | None = None


@dataclass(slots=True)
class _Value:
    """One representative of a fact: all values that behave like it."""

    shown: str
    value: object
    state: str  # known unknown unasked
    rows: int = 0  # bit n: row n's cell matches
    truths: tuple[bool, ...] = ()  # of each condition's cell on this fact
    alone: bool = True  # stands for no other value


@dataclass(slots=True)
class _Axis:
    fact: str
    domain: Domain
    column: int | None  # of the table; None: only a condition speaks of it
    cells: list[Cell] = field(default_factory=list)  # of conditions
    values: list[_Value] = field(default_factory=list)


def prove(
    table: Table,
    domains: Mapping[str, Domain],
    amounts: Mapping[str, Sequence[tuple[date, object]]] | None = None,
    since: date | None = None,
    until: date | None = None,
    grants: set[frozenset[str]] | None = None,
    when: Condition | None = None,
) -> tuple[Finding, ...]:
    """All findings about the table, empty if it is proven.

    Into `grants`, if given, goes for each way in which a rule grants which facts are known then, and which true
    (`has_licence=true`).

    `domains` has every input of the table, and may have the facts of their conditions. `amounts` gives the values by
    date of those named in cells. Only the law from `since` to `until` is proven, and only cases in which `when` holds.
    """
    misfits = tuple(_misfits(table, domains))
    if misfits:
        return misfits
    findings = {finding.message: finding for finding in _refusals_without_law(table)}
    for start, first in _periods(table, amounts or {}, since, until):
        proof = _Proof(table, domains, _amounts_on(amounts or {}, start), start, grants, when)
        for finding in proof.findings():
            if finding.message not in findings:
                told = finding.message if first else f"{finding.message} (from {start})"
                findings[finding.message] = Finding(told, finding.line)
    return tuple(findings.values())


def _periods(
    table: Table, amounts: Mapping[str, Sequence[tuple[date, object]]], since: date | None, until: date | None
) -> Iterator[tuple[date, bool]]:
    amount_days = {day for name in table.amounts_used() for day, _ in amounts.get(name, ())}
    changes = set(changes_of(table.rows)) | amount_days
    # Nobody says since when: from the first day on which there are rows and amounts at all.
    first_row = min((row.from_ or date.min for row in table.rows), default=date.min)
    begin = since or max(first_row, min(amount_days, default=date.min))
    yield begin, True
    for day in sorted(changes):
        if day > begin and (until is None or day <= until):
            yield day, False


def _amounts_on(amounts: Mapping[str, Sequence[tuple[date, object]]], on: date) -> dict[str, object]:
    current: dict[str, object] = {}
    for name, values in amounts.items():
        for since, value in values:
            if since <= on:
                current[name] = value
    return current


def combinations(
    table: Table, domains: Mapping[str, Domain], amounts: cells.Amounts, on: date, most: int
) -> Iterator[dict[str, object]]:
    """The facts of every case that the proof of a day walks: all representatives of all inputs, or, where those are
    more than `most`, one for all that no row tells apart."""
    axes = [_Axis(fact, domains[fact], column) for column, fact in enumerate(table.inputs)]
    rows = tuple(row for row in table.rows if row.holds_on(on))
    every = [list(_representatives(axis, rows, amounts)) for axis in axes]
    if math.prod(len(values) for values in every) > most:
        every = [axis.values for axis in _Proof(table, domains, amounts, on, None).axes[: len(axes)]]
    for chosen in product(*every):
        yield {axis.fact: value.value for axis, value in zip(axes, chosen, strict=True)}


# What fits -------------------------------------------------------------------------------------------------------


def _misfits(table: Table, domains: Mapping[str, Domain]) -> Iterator[Finding]:
    """Cells that ask a fact for something that it cannot be: a slip that would otherwise never match."""
    for row in table.rows:
        for fact, cell in zip(table.inputs, row.cells, strict=True):
            for literal in cell.literals():
                wrong = misfit(literal, domains[fact])
                if wrong:
                    yield Finding(f"{table.name}: {_named(row)}: {fact} {wrong}", row.line)


def _refusals_without_law(table: Table) -> Iterator[Finding]:
    for row in table.rows:
        if row.outcome == "refuse" and not row.law:
            yield Finding(f"{table.name}: {_named(row)} refuses without naming the law", row.line)


# The walk --------------------------------------------------------------------------------------------------------


_Alternatives = tuple[tuple[tuple[int, int] | None, ...], ...]


class _Proof:
    """One table in one period."""

    def __init__(
        self, table: Table, domains: Mapping[str, Domain], amounts: cells.Amounts, on: date,
        grants: set[frozenset[str]] | None, when: Condition | None = None,
    ) -> None:  # fmt: skip
        self.table, self.amounts, self.grants = table, amounts, grants
        self.rows = tuple(row for row in table.rows if row.holds_on(on))
        self.axes = [_Axis(fact, domains[fact], column) for column, fact in enumerate(table.inputs)]
        self._add_facts_of_conditions(domains, when)
        self.place = {axis.fact: number for number, axis in enumerate(self.axes)}
        self.conditions = [
            self._alternatives(axis.domain.asked_when if axis.domain.may_be_unasked else None) for axis in self.axes
        ]
        self.when = self._alternatives(when)
        for axis in self.axes:
            axis.values = self._merged(axis)
        self.gaps: dict[str, None] = {}
        self.overlaps: dict[tuple[int, int], str] = {}
        self.blind: dict[tuple[int, str], None] = {}
        self.answering = 0

    def _add_facts_of_conditions(self, domains: Mapping[str, Domain], when: Condition | None) -> None:
        known = {axis.fact for axis in self.axes}
        for fact in cells.facts_of(when):
            if fact in domains and fact not in known:
                known.add(fact)
                self.axes.append(_Axis(fact, domains[fact], None))
        for axis in self.axes:  # grows while it is walked: a condition's fact may have a condition itself
            for fact in cells.facts_of(axis.domain.asked_when) if axis.domain.may_be_unasked else ():
                if fact in domains and fact not in known:
                    known.add(fact)
                    self.axes.append(_Axis(fact, domains[fact], None))

    def _alternatives(self, condition: Condition | None) -> _Alternatives | None:
        """The condition as alternatives of (axis, number of its cell); None in place of a cell on a fact that we know
        nothing of. None altogether: nothing is said."""
        if condition is None:
            return None
        alternatives = []
        for every in condition:
            parts: list[tuple[int, int] | None] = []
            for fact, cell in every.items():
                if fact not in self.place:
                    parts.append(None)
                    continue
                other = self.axes[self.place[fact]]
                other.cells.append(cell)
                parts.append((self.place[fact], len(other.cells) - 1))
            alternatives.append(tuple(parts))
        return tuple(alternatives)

    def _merged(self, axis: _Axis) -> list[_Value]:
        """Representatives, each once for all that neither a row nor a condition tells apart."""
        merged: dict[tuple[int, tuple[bool, ...], str], _Value] = {}
        for value in _representatives(axis, self.rows, self.amounts):
            if axis.column is not None:
                for number, row in enumerate(self.rows):
                    if cells.matches(row.cells[axis.column], value.value, self.amounts):
                        value.rows |= 1 << number
            else:
                value.rows = (1 << len(self.rows)) - 1
            value.truths = tuple(cells.matches(cell, value.value, self.amounts) for cell in axis.cells)
            first = merged.setdefault((value.rows, value.truths, value.state), value)
            first.alone = first is value
        return list(merged.values())

    def findings(self) -> Iterator[Finding]:
        size = 1
        for axis in self.axes:
            size *= len(axis.values)
        name = self.table.name
        if size > LIMIT:
            yield Finding(f"{name}: {size:,} combinations, more than {LIMIT:,}; split the table in two")
            return
        self._checks = self._checks_by_depth()
        self._when_depth = max([part[0] for every in self.when or () for part in every if part], default=0)
        self._walk(0, (1 << len(self.rows)) - 1, [])
        yield from _shortened([Finding(f"{name}: no rule answers {case}") for case in self.gaps])
        yield from _shortened(
            [
                Finding(
                    f"{name}: rules {_quoted(self.rows[first])} and {_quoted(self.rows[second])} both answer {case}",
                    self.rows[second].line,
                )
                for (first, second), case in self.overlaps.items()
            ]
        )
        for number, row in enumerate(self.rows):
            if not self.answering >> number & 1:
                why = "the rules above it answer every case it fits" if self.table.hit == "first" else "no case fits it"
                yield Finding(f"{name}: {_named(row)} never answers: {why}", row.line)
        for number, fact in self.blind:
            row = self.rows[number]
            yield Finding(
                f'{name}: {_named(row)} grants although {fact} is unknown: "-" also lets unknown pass;'
                " name the values, or null",
                row.line,
            )

    def _checks_by_depth(self) -> list[list[int]]:
        """At which depth of the walk each axis's condition can be judged: when all its facts are chosen."""
        checks: list[list[int]] = [[] for _ in self.axes]
        for number, condition in enumerate(self.conditions):
            if condition is not None:
                needed = [part[0] for every in condition for part in every if part is not None]
                checks[max([number, *needed])].append(number)
        return checks

    def _walk(self, depth: int, rows: int, chosen: list[_Value]) -> bool:
        """Walks what is left below; whether any combination there is possible. With no row left one gap is enough."""
        if depth == len(self.axes):
            self._judge(rows, chosen)
            return True
        possible = False
        for value in self.axes[depth].values:
            chosen.append(value)
            is_case = depth < self._when_depth or self._is_when(chosen)
            if is_case and all(self._is_possible(number, chosen) for number in self._checks[depth]):
                possible = self._walk(depth + 1, rows & value.rows, chosen) or possible
            chosen.pop()
            if possible and not rows:
                break
        return possible

    def _is_when(self, chosen: list[_Value]) -> bool:
        """Whether the table is decided at all in such a case, or may be."""
        if self.when is None:
            return True
        return any(all(part is None or chosen[part[0]].truths[part[1]] for part in every) for every in self.when)

    def _is_possible(self, number: int, chosen: list[_Value]) -> bool:
        """Whether the fact's being asked or not agrees with its `when`."""
        unasked = chosen[number].state == "unasked"
        condition = self.conditions[number]
        assert condition is not None
        doubtful = False
        for every in condition:
            if all(part is None or chosen[part[0]].truths[part[1]] for part in every):
                if None not in every:
                    return not unasked
                doubtful = True
        return unasked or doubtful

    def _judge(self, rows: int, chosen: list[_Value]) -> None:
        hit = self.table.hit
        if not rows:
            if hit != "collect":
                self.gaps.setdefault(self._case(chosen))
            return
        first = (rows & -rows).bit_length() - 1
        self.answering |= 1 << first if hit == "first" else rows
        if hit == "unique" and rows & (rows - 1):
            others = rows & (rows - 1)
            second = (others & -others).bit_length() - 1
            if (first, second) not in self.overlaps:
                self.overlaps[first, second] = self._case(chosen)
        if hit != "collect" and self.rows[first].outcome == "grant":
            if self.grants is not None:
                named = zip(self.axes, chosen, strict=True)
                self.grants.add(frozenset(said for axis, value in named for said in _said(axis, value)))
            for value, axis in zip(chosen, self.axes, strict=True):
                if axis.column is not None and value.state == "unknown" and self.rows[first].cells[axis.column].is_any:
                    self.blind.setdefault((first, axis.fact))

    def _case(self, chosen: list[_Value]) -> str:
        named = zip(self.axes, chosen, strict=True)
        return ", ".join(f"{axis.fact} = {value.shown}" for axis, value in named if axis.column is not None)


def _said(axis: _Axis, value: _Value) -> Iterator[str]:
    """What is sure of the fact in a combination: that it is known, and that it is true (`has_licence=true`)."""
    if value.state == "known":
        yield axis.fact
        if value.alone and value.value is True:
            yield f"{axis.fact}=true"


def _shortened(findings: list[Finding]) -> list[Finding]:
    if len(findings) <= SHOWN:
        return findings
    last = findings[SHOWN - 1]
    more = f"{last.message} (and {len(findings) - SHOWN} more like this)"
    return [*findings[: SHOWN - 1], Finding(more, last.line)]


def _named(row: Row) -> str:
    return f'rule "{row.rule}"' if row.rule else f"row {row.line}"


def _quoted(row: Row) -> str:
    return f'"{row.rule}"' if row.rule else f"of row {row.line}"


def _representatives(axis: _Axis, rows: Sequence[Row], amounts: cells.Amounts) -> Iterator[_Value]:
    """What stands for all values of the fact, among them unknown and not asked where they can be."""
    domain = axis.domain
    named = [row.cells[axis.column] for row in rows] if axis.column is not None else []
    literals = [literal for cell in [*named, *axis.cells] for literal in cell.literals()]
    for value in known_values(domain, [cells.resolve(literal, amounts) for literal in literals]):
        yield _Value(shown(value), value, "known")
    if domain.may_be_unknown:
        yield _Value("unknown", None, "unknown")
    if domain.may_be_unasked:
        yield _Value("not asked", None, "unasked")
