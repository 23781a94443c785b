"""The cell of a table and of a condition: one test of one fact (FEEL unary tests, docs/declare/).

    -                     anything, also unknown
    a, b                  one of them
    < 18   >= 80          numbers, dates, moments, amounts.NAME
    [18..60)              from 18 to below 60
    null                  unknown or not asked
    not(a, b)             known, and none of them; not(null) = known

A comparison, a range, a value and `not(…)` never match an unknown fact; only `-` and `null` do. A cell names no
other fact: two facts are compared in `derive`.

Values of facts: int, decimal text, bool, date, text; a moment is wall-clock time of the country, without a zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

Amounts = Mapping[str, object]
"""What each amount is on the day and for the case in question; a missing one is unknown."""


class BadCell(ValueError):
    """The message says what is wrong and how it is written."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as a cell writes it. `kind`: number date moment boolean code text amount (its name)."""

    kind: str
    value: int | Decimal | bool | date | str

    def __str__(self) -> str:
        if self.kind == "text":
            return f'"{self.value}"'
        if self.kind == "amount":
            return f"amounts.{self.value}"
        if self.kind == "boolean":
            return "true" if self.value else "false"
        if isinstance(self.value, datetime):
            return self.value.isoformat(timespec="minutes" if self.value.second == 0 else "seconds")
        return str(self.value)


@dataclass(frozen=True, slots=True)
class Null:
    """Unknown or not asked."""

    def __str__(self) -> str:
        return "null"


@dataclass(frozen=True, slots=True)
class Is:
    """Equal to a value."""

    value: Literal

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True)
class Compared:
    """< <= > >= a value."""

    sign: str
    value: Literal

    def __str__(self) -> str:
        return f"{self.sign} {self.value}"


@dataclass(frozen=True, slots=True)
class Range:
    """Between two values; an open end leaves its value out."""

    low: Literal
    high: Literal
    low_open: bool
    high_open: bool

    def __str__(self) -> str:
        return f"{'(' if self.low_open else '['}{self.low}..{self.high}{')' if self.high_open else ']'}"


Test = Null | Is | Compared | Range


@dataclass(frozen=True, slots=True)
class Cell:
    """One of `tests` matches, or with `negated` none of them; no tests at all: anything."""

    tests: tuple[Test, ...]
    negated: bool = False

    @property
    def is_any(self) -> bool:
        return not self.tests

    def literals(self) -> Iterator[Literal]:
        """Every value that the cell names, in order."""
        for test in self.tests:
            if isinstance(test, Range):
                yield test.low
                yield test.high
            elif not isinstance(test, Null):
                yield test.value

    def __str__(self) -> str:
        if self.is_any:
            return "-"
        tests = ", ".join(str(test) for test in self.tests)
        return f"not({tests})" if self.negated else tests


ANY = Cell(())

Condition = tuple[Mapping[str, Cell], ...]
"""`when`: one of the mappings holds; a mapping holds if all its facts match their cells."""


# Reading ---------------------------------------------------------------------------------------------------------

_NUMBER = r"[+-]?\d+(?:\.\d+)?"
_MOMENT = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?"
_DATE = r"\d{4}-\d{2}-\d{2}"
_TEXT = r'"[^"]*"'
_AMOUNT = r"amounts\.[a-z][a-z0-9_]*"
_CODE = r"[a-z0-9_]*[a-z_][a-z0-9_]*"
_VALUE = rf"{_MOMENT}|{_DATE}|{_TEXT}|{_AMOUNT}|{_NUMBER}(?![a-z0-9_])|{_CODE}"
_RANGE = re.compile(rf"([\[(\]])\s*({_VALUE})\s*\.\.\s*({_VALUE})\s*([\])\[])")
_COMPARED = re.compile(r"(<=|>=|<|>)\s*(.+)", re.DOTALL)
_ORDERED = frozenset({"number", "date", "moment", "amount"})


def parse(text: str) -> Cell:
    """The cell that `text` writes. Raises BadCell with a message that teaches the grammar."""
    text = text.strip()
    if text == "-":
        return ANY
    if not text:
        raise BadCell('an empty cell means nothing; write "-" for anything, "null" for unknown')
    inner = _inside_not(text)
    tests = tuple(_test(part.strip()) for part in split_outside_quotes(text if inner is None else inner, ","))
    return Cell(tests, negated=inner is not None)


def parse_literal(text: str) -> Literal:
    """One value: number, date, moment, true, false, code, "text" or amounts.NAME. Raises BadCell."""
    if not re.fullmatch(_VALUE, text):
        raise BadCell(_what_is_wrong_with(text))
    if text.startswith('"'):
        return Literal("text", text[1:-1])
    if text.startswith("amounts."):
        return Literal("amount", text.removeprefix("amounts."))
    if re.fullmatch(_NUMBER, text):
        return Literal("number", int(text) if "." not in text else Decimal(text))
    try:
        if re.fullmatch(_MOMENT, text):
            return Literal("moment", datetime.fromisoformat(text))
        if re.fullmatch(_DATE, text):
            return Literal("date", date.fromisoformat(text))
    except ValueError as wrong:
        raise BadCell(f"{text} is no day of the calendar") from wrong
    if text in ("true", "false"):
        return Literal("boolean", text == "true")
    if text == "null":
        raise BadCell('"null" cannot be compared; it stands alone: null, not(null)')
    return Literal("code", text)


def split_outside_quotes(text: str, mark: str) -> list[str]:
    """The pieces between `mark`; a mark inside "…" parts nothing. Raises BadCell for a quote left open."""
    pieces, start, at, quoted = [], 0, 0, False
    while at < len(text):
        if text[at] == '"':
            quoted = not quoted
        elif not quoted and text.startswith(mark, at):
            pieces.append(text[start:at])
            at += len(mark)
            start = at
            continue
        at += 1
    if quoted:
        raise BadCell(f"a quote is not closed in {text.strip()}")
    return [*pieces, text[start:]]


def _inside_not(text: str) -> str | None:
    if not re.match(r"not\b", text):
        return None
    if not text.startswith("not("):
        raise BadCell(f'"{text}": write not(…), with the values between the brackets')
    if not text.endswith(")"):
        raise BadCell(f'"{text}": the bracket of not( is not closed at the end')
    inner = text[4:-1].strip()
    if inner in ("", "-"):
        raise BadCell("not(…) names at least one value; for known write not(null)")
    if re.match(r"not\b", inner):
        raise BadCell("not(…) cannot stand in not(…)")
    return inner


def _test(text: str) -> Test:
    if text == "null":
        return Null()
    if text == "-":
        raise BadCell('"-" means anything and stands alone')
    if not text:
        raise BadCell("a value is missing beside a comma")
    if found := _RANGE.fullmatch(text):
        low, high = parse_literal(found[2]), parse_literal(found[3])
        _demand_ordered(low, text)
        _demand_ordered(high, text)
        if low.kind != high.kind and "amount" not in (low.kind, high.kind):
            raise BadCell(f"the ends of the range {text} are of different kinds ({low.kind}, {high.kind})")
        if low.kind == high.kind != "amount" and low.value > high.value:  # type: ignore[operator]
            raise BadCell(f"the range {text} is empty: it goes from the smaller to the greater value")
        return Range(low, high, low_open=found[1] in "(]", high_open=found[4] in ")[")
    if found := _COMPARED.fullmatch(text):
        value = parse_literal(found[2].strip())
        _demand_ordered(value, text)
        return Compared(found[1], value)
    return Is(parse_literal(text))


def _demand_ordered(value: Literal, text: str) -> None:
    if value.kind not in _ORDERED:
        raise BadCell(
            f'"{text}" compares a {value.kind}; < <= > >= and ranges are for numbers, dates, moments and amounts'
            " (compare two facts in derive)"
        )


def _what_is_wrong_with(text: str) -> str:
    if not text:
        return "a value is missing"
    if text.startswith(("=<", "=>")):
        return f'"{text}": write {text[1]}=, the equals sign comes last'
    if text.startswith("="):
        return f'"{text}": write the value alone, without an equals sign'
    if text.startswith(("!=", "<>")):
        return f'"{text}": write not({text[2:].strip() or "…"})'
    if text.startswith("'"):
        return f"{text}: text stands in double quotes"
    if ".." in text or text[0] in "[(]":
        return f'"{text}": a range is written [18..60), a bracket at each end'
    if re.search(r"\b(and|or)\b|\|\||&&", text):
        return f'"{text}": for one of several values write a comma; for two facts that must both hold, two columns'
    if re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+", text):
        return f'"{text}": a cell names no other fact; compare two facts in derive'
    if re.fullmatch(r"[+-]?\d+,\d+|[+-]?\d+\s?(?:\d{3}\s?)+", text):
        return f'"{text}": a number is written with digits and a point, without blanks'
    if re.fullmatch(r"\d{1,2}[./]\d{1,2}[./]\d{4}", text):
        return f'"{text}": a date is written 2026-03-18'
    if any(sign.isupper() for sign in text):
        return f'"{text}": codes are small letters, digits and "_"; other text stands in quotes: "{text}"'.replace(
            '""', '"'
        )
    return f'"{text}" is no value; write a number, a date, true, false, a code, amounts.NAME or text in quotes'


# Matching --------------------------------------------------------------------------------------------------------

_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)


def as_number(value: object) -> int | Decimal | None:
    """The number that a fact holds: a whole number or a decimal as text. Anything else, also true, is none."""
    if isinstance(value, int | Decimal):
        return None if isinstance(value, bool) else value
    if isinstance(value, str) and _PLAIN_NUMBER.fullmatch(value):
        return Decimal(value)
    return None


def as_day(value: object) -> date | None:
    """A date that is not also a moment."""
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def as_moment(value: object) -> datetime | None:
    """A wall-clock moment. A moment with a zone raises ValueError: rules speak of the country's clock."""
    if not isinstance(value, datetime):
        return None
    if value.tzinfo is not None:
        raise ValueError("a moment in a rule is the country's wall-clock time, without a zone")
    return value


def comparable(value: object, other: object) -> object:
    """`value` in a form that may be compared with `other`; None if they are of different kinds."""
    if isinstance(other, datetime):
        return as_moment(value)
    if isinstance(other, date):
        return as_day(value)
    if isinstance(other, bool):
        return value if isinstance(value, bool) else None
    if isinstance(other, int | Decimal):
        return as_number(value)
    return value if value.__class__ is other.__class__ else None


def matches(cell: Cell, value: object, amounts: Amounts) -> bool:
    """Whether the fact's value passes the cell. None is unknown, or not asked."""
    if not cell.tests:
        return True
    if not cell.negated:
        return any(_passes(test, value, amounts) for test in cell.tests)
    if value is None:
        return False
    return not any(_passes(test, value, amounts) for test in cell.tests)


def holds(condition: Condition | None, facts: Mapping[str, object], amounts: Amounts) -> bool:
    """Whether a `when` holds; without one it always does. A fact that was not asked counts as unknown."""
    if condition is None:
        return True
    return any(all(matches(cell, facts.get(fact), amounts) for fact, cell in every.items()) for every in condition)


def facts_of(condition: Condition | None) -> tuple[str, ...]:
    """The facts a condition speaks of, each once, in order."""
    return tuple(dict.fromkeys(fact for every in condition or () for fact in every))


def text_of(condition: Condition | None) -> str:
    """The condition for people: `holder.sex: male, holder.age: [18..35]`, alternatives parted by " or "."""
    return " or ".join(", ".join(f"{fact}: {cell}" for fact, cell in every.items()) for every in condition or ())


def resolve(literal: Literal, amounts: Amounts) -> object:
    """The value itself, or what the amount is; a decimal amount is text and becomes a number."""
    if literal.kind != "amount":
        return literal.value
    value = amounts.get(literal.value)  # type: ignore[arg-type]
    number = as_number(value)
    return value if number is None else number


def _passes(test: Test, value: object, amounts: Amounts) -> bool:
    if isinstance(test, Null):
        return value is None
    if value is None:
        return False
    if isinstance(test, Is):
        return equals(value, resolve(test.value, amounts))
    if isinstance(test, Compared):
        return compares(value, test.sign, resolve(test.value, amounts))
    low, high = resolve(test.low, amounts), resolve(test.high, amounts)
    return compares(value, ">" if test.low_open else ">=", low) and compares(
        value, "<" if test.high_open else "<=", high
    )


def equals(value: object, other: object) -> bool:
    """Equal and of one kind: true is not 1, and unknown equals nothing."""
    return other is not None and value is not None and comparable(value, other) == other


def compares(value: object, sign: str, other: object) -> bool:
    """False if either is unknown or they are of different kinds."""
    if other is None:
        return False
    left = comparable(value, other)
    if left is None:
        return False
    if sign == "<":
        return left < other  # type: ignore[operator]
    if sign == "<=":
        return left <= other  # type: ignore[operator]
    if sign == ">":
        return left > other  # type: ignore[operator]
    return left >= other  # type: ignore[operator]
