"""Finds the rule of a large table without walking its rows: one bit for each row.

Between two values that its cells name nothing changes in a column, so values fall into a few classes, and to each
class belongs a whole number with a bit for every row whose cell holds there. These numbers, ANDed over the columns,
leave the rows that answer. A class is marked when a value of it first comes, by `cells.matches` itself, so a search
means what the cells say by construction. Columns that name amounts change from day to day and are looked at row by
row, in the rows that are left.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from pencere.country import cells
from pencere.country.cells import Amounts, Cell
from pencere.country.compiling import Decision, Outcome, Row, clash, output_value

MANY = 64
"""With so many rows a search is faster than the compiled walk (`tests/bench/tables.py`)."""

Mark = Callable[[object], int]
_ORDERED: Mapping[str, Callable[[Any], Any]] = {
    "number": cells.as_number,
    "date": cells.as_day,
    "moment": cells.as_moment,
}
_UNKNOWN, _OTHER = "unknown", "other"


def search_rows(table: str, hit: str, inputs: tuple[str, ...], rows: tuple[Row, ...]) -> Decision:
    """The function that decides by these rows, all of which are in force."""
    return _Search(table, hit, inputs, rows).decision()


class _Search:
    """What one table's function holds."""

    def __init__(self, table: str, hit: str, inputs: tuple[str, ...], rows: tuple[Row, ...]) -> None:
        self.table, self.hit, self.inputs, self.rows = table, hit, inputs, rows
        columns = [tuple(row.cells[place] for row in rows) for place in range(len(inputs))]
        told = [place for place, column in enumerate(columns) if any(not cell.is_any for cell in column)]
        self.marked = tuple((place, mark) for place in told if (mark := _mark(columns[place])) is not None)
        known = {place for place, _ in self.marked}
        self.looked_at = tuple(
            tuple((place, row.cells[place]) for place in told if place not in known and not row.cells[place].is_any)
            for row in rows
        )
        self.fixed = tuple(None if _has_amounts(row) else MappingProxyType(self._outputs(row, {})) for row in rows)

    def decision(self) -> Decision:
        marked, inputs, everything = self.marked, self.inputs, (1 << len(self.rows)) - 1
        walk, is_first, looked_at = self._walk, self.hit == "first", any(self.looked_at)

        def decide(facts: Mapping[str, object], amounts: Amounts, /) -> Outcome | tuple[Outcome, ...] | None:
            get = facts.get
            values = [get(fact) for fact in inputs]
            left = everything
            for place, mark in marked:
                left &= mark(values[place])
            if is_first and not looked_at:
                return self.answer((left & -left).bit_length() - 1, values, amounts) if left else None
            return walk(left, values, amounts)

        return decide

    def answer(self, number: int, values: list[object], amounts: Amounts) -> Outcome:
        row = self.rows[number]
        outputs = self.fixed[number]
        if outputs is None:
            outputs = MappingProxyType(self._outputs(row, amounts))
        trace = tuple(zip(self.inputs, values, strict=True))
        return tuple.__new__(Outcome, (self.table, row.rule, outputs, row.law, trace))

    def _walk(self, left: int, values: list[object], amounts: Amounts) -> Outcome | tuple[Outcome, ...] | None:
        found: list[int] = []
        for number in _bits(left):
            if all(cells.matches(cell, values[place], amounts) for place, cell in self.looked_at[number]):
                if self.hit == "first":
                    return self.answer(number, values, amounts)
                if found and self.hit == "unique":
                    clash(self.table, self.rows, self.answer(found[0], values, amounts), number)
                found.append(number)
        answers = tuple(self.answer(number, values, amounts) for number in found)
        if self.hit == "collect":
            return answers
        return answers[0] if answers else None

    def _outputs(self, row: Row, amounts: Amounts) -> dict[str, object]:
        return {name: output_value(literal, amounts) for name, literal in row.outputs.items()}


def _has_amounts(row: Row) -> bool:
    return any(literal is not None and literal.kind == "amount" for literal in row.outputs.values())


def _bits(number: int) -> Iterator[int]:
    """The places of the set bits, from the lowest."""
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest


def _mark(column: tuple[Cell, ...]) -> Mark | None:
    """From a value to the rows whose cell it passes; None where that is not fixed: amounts, or cells of two kinds."""
    kinds = {literal.kind for cell in column for literal in cell.literals()}
    rows_of: dict[Cell, int] = defaultdict(int)
    for number, cell in enumerate(column):
        rows_of[cell] |= 1 << number
    if kinds <= {"code", "text", "boolean"}:
        return _mark_words(column, rows_of)
    if len(kinds) == 1 and kinds <= set(_ORDERED):
        return _mark_ordered(column, rows_of, _ORDERED[kinds.pop()])
    return None


def _mark_words(column: tuple[Cell, ...], rows_of: Mapping[Cell, int]) -> Mark:
    words = {literal.value for cell in column for literal in cell.literals() if isinstance(literal.value, str)}
    of_word: dict[str, int] = {}
    known: dict[object, int] = {}

    def mark(value: object) -> int:
        rows = of_word.get(value) if value.__class__ is str else None  # type: ignore[arg-type]
        if rows is not None:
            return rows
        if isinstance(value, str) and value in words:
            rows = of_word[value] = _rows(rows_of, value)
            return rows
        key = _UNKNOWN if value is None else (repr(value) if value.__class__ is bool else _OTHER)
        rows = known.get(key)
        if rows is None:
            rows = known[key] = _rows(rows_of, value)
        return rows

    return mark


def _mark_ordered(column: tuple[Cell, ...], rows_of: Mapping[Cell, int], convert: Callable[[Any], Any]) -> Mark:
    cuts: list[Any] = sorted({literal.value for cell in column for literal in cell.literals()})  # type: ignore[type-var]
    known: dict[object, int] = {}
    ready = int if convert is cells.as_number else None  # what needs no call

    def mark(value: object) -> int:
        point: int | Decimal | date | None = value if value.__class__ is ready else convert(value)  # type: ignore[assignment]
        key: object
        if point is None:
            key = _UNKNOWN if value is None else _OTHER
        else:  # twice the number of cuts below it, and one more at a cut
            key = bisect_left(cuts, point) + bisect_right(cuts, point)
        rows = known.get(key)
        if rows is None:
            rows = known[key] = _rows(rows_of, value)
        return rows

    return mark


def _rows(rows_of: Mapping[Cell, int], value: object) -> int:
    rows = 0
    for cell, numbers in rows_of.items():
        if cells.matches(cell, value, {}):
            rows |= numbers
    return rows
