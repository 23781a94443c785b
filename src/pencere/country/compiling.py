"""Rows of a decision table into one Python function, so that a decision takes a microsecond, trace included.

The function is built as a syntax tree from parsed cells. Text of a declaration enters it only as a constant to
compare with, never as code. It means the same as `cells.matches` row by row; a property test holds the two together.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple

from pencere.base.errors import BadDeclaration
from pencere.country import cells
from pencere.country.cells import Amounts, Cell, Compared, Is, Literal, Null, Test


@dataclass(frozen=True, slots=True)
class Row:
    """One rule. `rule` is empty in tables of amounts; `from_` and `until` are the first and the last day it holds."""

    rule: str
    cells: tuple[Cell, ...]
    outputs: Mapping[str, Literal | None]  # own outputs and `outcome`; None is null
    law: str
    from_: date | None
    until: date | None
    line: int  # of the table's block, from 0

    @property
    def outcome(self) -> str | None:
        """grant, refuse, officer, or None where the table gives no outcome."""
        literal = self.outputs.get("outcome")
        return str(literal.value) if literal else None

    def holds_on(self, day: date) -> bool:
        return (self.from_ is None or self.from_ <= day) and (self.until is None or day <= self.until)


class Used(NamedTuple):
    """A fact that a decision looked at; None is unknown or not asked."""

    fact: str
    value: object


class Outcome(NamedTuple):
    """What a table says, and why. `outputs` holds `outcome` and the table's own outputs, as values of facts.

    `trace`: each fact that was looked at and its value; `Used` names the two where somebody reads them.
    """

    table: str
    rule: str
    outputs: Mapping[str, object]
    law: str
    trace: tuple[tuple[str, object], ...]


Decision = Callable[[Mapping[str, object], Amounts], Outcome | tuple[Outcome, ...] | None]
"""Facts and amounts to an outcome or None; for hit `collect` to a tuple of outcomes."""


def output_value(literal: Literal | None, amounts: Amounts) -> object:
    """An output as the value of a fact: whole numbers as int, decimals as text."""
    if literal is None:
        return None
    if literal.kind == "amount":
        return amounts.get(str(literal.value))
    return format(literal.value, "f") if isinstance(literal.value, Decimal) else literal.value


def compile_rows(table: str, hit: str, inputs: tuple[str, ...], rows: tuple[Row, ...]) -> Decision:
    """The function that decides by these rows, all of which are in force."""
    return _Builder(table, inputs, rows).function(hit)


_NORMAL = {"number": ("n", "as_number"), "date": ("d", "as_day"), "moment": ("m", "as_moment")}
_SIGNS: Mapping[str, type[ast.cmpop]] = {"<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE}


class _Builder:
    """Holds the constants of one function while its tree grows."""

    def __init__(self, table: str, inputs: tuple[str, ...], rows: tuple[Row, ...]) -> None:
        self.table, self.inputs, self.rows = table, inputs, rows
        self.names: dict[str, object] = {
            "__builtins__": {},
            "new": tuple.__new__,
            "Outcome": Outcome,
            "int": int,
            "as_number": cells.as_number,
            "as_day": cells.as_day,
            "as_moment": cells.as_moment,
            "equals": cells.equals,
            "compares": cells.compares,
            "resolve": cells.resolve,
            "outputs_with": self.outputs_with,
            "clash": self.clash,
        }

    def function(self, hit: str) -> Decision:
        body = self.opening()
        if hit == "first":
            body += self.walk(lambda number: [ast.Return(self.answer(number))])
            body.append(ast.Return(ast.Constant(None)))
        elif hit == "unique":
            body += self.unique()
        else:
            body += self.collect()
        arguments = ast.arguments(
            posonlyargs=[ast.arg("facts"), ast.arg("amounts")], args=[], kwonlyargs=[], kw_defaults=[], defaults=[]
        )
        definition = ast.FunctionDef("decision", arguments, body, decorator_list=[])
        definition.type_params = []  # type: ignore[attr-defined]  # Python 3.12 wants it, 3.11 does not know it
        module = ast.fix_missing_locations(ast.Module([definition], []))
        exec(compile(module, f"<table {self.table}>", "exec"), self.names)  # noqa: S102 the tree is ours
        return self.names["decision"]  # type: ignore[return-value]

    def opening(self) -> list[ast.stmt]:
        """Fetches each input once, and once more as a number, date or moment where a cell needs it."""
        body: list[ast.stmt] = [_assign("get", ast.Attribute(_name("facts"), "get", ast.Load()))]
        for column, fact in enumerate(self.inputs):
            raw = _name(f"v{column}")
            body.append(_assign(raw.id, ast.Call(_name("get"), [ast.Constant(fact)], [])))
            kinds = {literal.kind for row in self.rows for literal in row.cells[column].literals()}
            for kind, (prefix, convert) in _NORMAL.items():
                if kind in kinds:
                    value: ast.expr = ast.Call(_name(convert), [raw], [])
                    if kind == "number":  # the usual case without a call
                        is_int = ast.Compare(ast.Attribute(raw, "__class__", ast.Load()), [ast.Is()], [_name("int")])
                        value = ast.IfExp(is_int, raw, value)
                    body.append(_assign(f"{prefix}{column}", value))
        return body

    def unique(self) -> list[ast.stmt]:
        def hit(number: int) -> list[ast.stmt]:
            is_second = ast.Compare(_name("found"), [ast.IsNot()], [ast.Constant(None)])
            clash = ast.Expr(ast.Call(_name("clash"), [_name("found"), ast.Constant(number)], []))
            return [ast.If(is_second, [clash], []), _assign("found", self.answer(number))]

        return [_assign("found", ast.Constant(None)), *self.walk(hit), ast.Return(_name("found"))]

    def collect(self) -> list[ast.stmt]:
        def hit(number: int) -> list[ast.stmt]:
            more = ast.BinOp(_name("found"), ast.Add(), ast.Tuple([self.answer(number)], ast.Load()))
            return [_assign("found", more)]

        return [_assign("found", ast.Tuple([], ast.Load())), *self.walk(hit), ast.Return(_name("found"))]

    def walk(self, hit: Callable[[int], list[ast.stmt]]) -> list[ast.stmt]:
        """The rows in their order: `hit` is done for each whose cells all hold. What neighbours share is asked once."""
        return self._walk(range(len(self.rows)), 0, hit)

    def _walk(self, rows: Iterable[int], column: int, hit: Callable[[int], list[ast.stmt]]) -> list[ast.stmt]:
        if column == len(self.inputs):
            return [each for number in rows for each in hit(number)]
        body: list[ast.stmt] = []
        for cell, alike in groupby(rows, lambda number: self.rows[number].cells[column]):
            inner = self._walk(list(alike), column + 1, hit)
            body += inner if cell.is_any else [ast.If(self.cell(cell, column), inner, [])]
        return body

    def answer(self, number: int) -> ast.expr:
        row = self.rows[number]
        if any(literal is not None and literal.kind == "amount" for literal in row.outputs.values()):
            outputs: ast.expr = ast.Call(_name("outputs_with"), [ast.Constant(number), _name("amounts")], [])
        else:
            outputs = self.constant(MappingProxyType(self.outputs_with(number, {})))
        trace: list[ast.expr] = [
            ast.Tuple([ast.Constant(fact), _name(f"v{place}")], ast.Load()) for place, fact in enumerate(self.inputs)
        ]
        parts = [ast.Constant(self.table), ast.Constant(row.rule), outputs, ast.Constant(row.law)]
        return _make("Outcome", [*parts, ast.Tuple(trace, ast.Load())])

    def cell(self, cell: Cell, column: int) -> ast.expr:
        raw = _name(f"v{column}")
        words = tuple(word for test in cell.tests if (word := _word(test)) is not None)
        tests = [self.test(test, column) for test in cell.tests if _word(test) is None]
        if words:
            tests.append(_is_one_of(raw, words))
        passes = tests[0] if len(tests) == 1 else ast.BoolOp(ast.Or(), tests)
        if not cell.negated:
            return passes
        return _all([_is_known(raw), ast.UnaryOp(ast.Not(), passes)])

    def test(self, test: Test, column: int) -> ast.expr:
        raw = _name(f"v{column}")
        if isinstance(test, Null):
            return ast.Compare(raw, [ast.Is()], [ast.Constant(None)])
        if isinstance(test, Is):
            if test.value.kind == "amount":
                return ast.Call(_name("equals"), [raw, self.amount(test.value)], [])
            same = ast.Is() if test.value.kind == "boolean" else ast.Eq()
            return ast.Compare(self.normal(test.value, column), [same], [self.literal(test.value)])
        if isinstance(test, Compared):
            return self.compared(test.sign, test.value, column)
        low, high = (">" if test.low_open else ">="), ("<" if test.high_open else "<=")
        if "amount" in (test.low.kind, test.high.kind):
            return _all([self.compared(low, test.low, column), self.compared(high, test.high, column)])
        value = self.normal(test.low, column)
        above: ast.cmpop = ast.Lt() if test.low_open else ast.LtE()
        between = ast.Compare(self.literal(test.low), [above, _SIGNS[high]()], [value, self.literal(test.high)])
        return _all([_is_known(value), between])

    def compared(self, sign: str, literal: Literal, column: int) -> ast.expr:
        if literal.kind == "amount":
            return ast.Call(_name("compares"), [_name(f"v{column}"), ast.Constant(sign), self.amount(literal)], [])
        value = self.normal(literal, column)
        return _all([_is_known(value), ast.Compare(value, [_SIGNS[sign]()], [self.literal(literal)])])

    def normal(self, literal: Literal, column: int) -> ast.Name:
        return _name(f"{_NORMAL[literal.kind][0] if literal.kind in _NORMAL else 'v'}{column}")

    def literal(self, literal: Literal) -> ast.expr:
        if isinstance(literal.value, bool | int | str):
            return ast.Constant(literal.value)
        return self.constant(literal.value)

    def amount(self, literal: Literal) -> ast.expr:
        return ast.Call(_name("resolve"), [self.constant(literal), _name("amounts")], [])

    def constant(self, value: object) -> ast.Name:
        name = f"k{len(self.names)}"
        self.names[name] = value
        return _name(name)

    def outputs_with(self, number: int, amounts: Amounts) -> dict[str, object]:
        return {name: output_value(literal, amounts) for name, literal in self.rows[number].outputs.items()}

    def clash(self, found: Outcome, second: int) -> None:
        clash(self.table, self.rows, found, second)


def clash(table: str, rows: tuple[Row, ...], found: Outcome, second: int) -> None:
    """Two rows of a table with hit `unique` answer: nobody is decided upon by a draw. Raises BadDeclaration."""
    given = ", ".join(f"{fact} = {'unknown' if value is None else value}" for fact, value in found.trace)
    both = f'rules "{found.rule}" and "{rows[second].rule}" both answer' if found.rule else "two rows answer"
    raise BadDeclaration((f"{table}: {both} {given}",))


def _word(test: Test) -> str | None:
    """The code or text that the test wants, if it wants one."""
    return str(test.value.value) if isinstance(test, Is) and test.value.kind in ("code", "text") else None


def _is_one_of(value: ast.expr, words: tuple[str, ...]) -> ast.expr:
    if len(words) == 1:
        return ast.Compare(value, [ast.Eq()], [ast.Constant(words[0])])
    return ast.Compare(value, [ast.In()], [ast.Tuple([ast.Constant(word) for word in words], ast.Load())])


def _is_known(value: ast.expr) -> ast.expr:
    return ast.Compare(value, [ast.IsNot()], [ast.Constant(None)])


def _all(parts: list[ast.expr]) -> ast.expr:
    if not parts:
        return ast.Constant(True)
    return parts[0] if len(parts) == 1 else ast.BoolOp(ast.And(), parts)


def _make(kind: str, parts: list[ast.expr]) -> ast.expr:
    return ast.Call(_name("new"), [_name(kind), ast.Tuple(parts, ast.Load())], [])


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _assign(name: str, value: ast.expr) -> ast.stmt:
    return ast.Assign([ast.Name(name, ast.Store())], value)
