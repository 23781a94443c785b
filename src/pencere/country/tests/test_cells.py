"""Cells and conditions: what they say, what they never match, and how a mistake is explained."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pencere.country import cells
from pencere.country.cells import (
    ANY,
    BadCell,
    Cell,
    Compared,
    Is,
    Literal,
    Null,
    Range,
    facts_of,
    holds,
    matches,
    parse,
)


def passes(cell: str, value: object, **amounts: object) -> bool:
    return matches(parse(cell), value, amounts)


@pytest.mark.parametrize(
    ("cell", "yes", "no"),
    [
        ("valid, renamed", ["valid", "renamed"], ["abolished", None, True]),
        ("18", [18, "18", "18.0", Decimal(18)], [17, "018", True, None, "18 "]),
        ("-5", [-5], [5]),
        ("1", [1], [True, "true"]),
        ("true", [True], [False, 1, "true", None]),
        ("< 18", [17, "17.9"], [18, None, "male", True, date(2026, 1, 1)]),
        ("<= 18, > 35", [18, 36], [19, 35, None]),
        ("[18..60)", [18, 59, "59.99"], [17, 60, None]),
        ("]18..60[", [19, "18.1"], [18, 60]),
        ("(18..60]", [60], [18]),
        ('"Bakı, Nərimanov"', ["Bakı, Nərimanov"], ["Bakı"]),
        ("2026-03-18", [date(2026, 3, 18)], [date(2026, 3, 19), "2026-03-18", datetime(2026, 3, 18)]),
        ("< 2026-03-18", [date(2026, 3, 17)], [date(2026, 3, 18), 5, None]),
        (">= 2026-05-19T11:00", [datetime(2026, 5, 19, 11)], [datetime(2026, 5, 19, 10, 59), date(2026, 5, 20)]),
        ("null", [None], ["", 0, False]),
        ("null, false", [None, False], [True, 0]),
        ("not(null)", ["", 0, False, "x"], [None]),
        ("not(a, b)", ["c", 5], ["a", "b", None]),
        ("not(null, a)", ["b"], [None, "a"]),
        ("not(< 18)", [18, "text"], [17, None]),
        ("-", [None, "x", 0], []),
    ],
)
def test_a_cell_matches_these_and_not_those(cell: str, yes: list[object], no: list[object]) -> None:
    for value in yes:
        assert passes(cell, value), value
    for value in no:
        assert not passes(cell, value), value


def test_an_amount_in_a_cell_is_what_it_is_on_that_day() -> None:
    assert passes(">= amounts.wage", "400", wage=400)
    assert passes("[amounts.low..amounts.high)", 5, low=5, high="5.5")
    assert passes("amounts.wage", 400, wage="400.00")
    assert passes("< amounts.end", date(2026, 1, 1), end=date(2026, 1, 2))
    assert not passes(">= amounts.wage", 400), "an unknown amount matches nothing"
    assert not passes("amounts.wage", None)


def test_a_moment_with_a_zone_is_no_wall_clock_time() -> None:
    from datetime import UTC

    with pytest.raises(ValueError, match="wall-clock"):
        passes("> 2026-05-19T11:00", datetime(2026, 5, 19, 11, tzinfo=UTC))


def test_a_cell_is_read_into_its_tests() -> None:
    assert parse("-") == ANY == Cell(())
    assert parse("not(null)") == Cell((Null(),), negated=True)
    assert parse(" 3 , >=4.5 ") == Cell((Is(Literal("number", 3)), Compared(">=", Literal("number", Decimal("4.5")))))
    assert parse("(1..amounts.most]") == Cell(
        (Range(Literal("number", 1), Literal("amount", "most"), low_open=True, high_open=False),)
    )
    assert parse("no") == Cell((Is(Literal("code", "no")),)), "no stays a code"
    assert parse("0012") == Cell((Is(Literal("number", 12)),))


@pytest.mark.parametrize(
    ("cell", "lesson"),
    [
        ("", 'write "-" for anything'),
        ("=> 5", "write >="),
        ("= 5", "without an equals sign"),
        ("!= a", "write not(a)"),
        ("18..60", "a bracket at each end"),
        ("[18-60]", "a bracket at each end"),
        ("[60..18]", "from the smaller to the greater"),
        ("[18..2026-01-01]", "different kinds"),
        ("[a..b]", "compares a code"),
        ("< male", "compares a code"),
        ("< today", "compare two facts in derive"),
        ("< null", "stands alone"),
        ("> holder.age", "names no other fact"),
        ("a or b", "write a comma"),
        ("a,, b", "beside a comma"),
        ("a, -", "stands alone"),
        ("not a", "write not(…)"),
        ("not()", "not(null)"),
        ("not(-)", "not(null)"),
        ("not(not(a))", "cannot stand in"),
        ("not(a", "not closed"),
        ('"open', "quote is not closed"),
        ("'text'", "double quotes"),
        ("Male", "small letters"),
        ("New York", 'in quotes: "New York"'),
        ("1 000", "without blanks"),
        ("18.03.2026", "2026-03-18"),
        ("2026-02-30", "no day of the calendar"),
        ("2026-05-19T25:00", "no day of the calendar"),
        ("__import__('os')", "is no value"),
    ],
)
def test_a_mistake_is_explained(cell: str, lesson: str) -> None:
    with pytest.raises(BadCell) as refused:
        parse(cell)

    assert lesson in str(refused.value)


CODES = st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True).filter(
    lambda code: code not in ("null", "true", "false", "not")
)
NUMBERS = st.integers(-99, 99) | st.decimals(-99, 99, places=2).filter(
    lambda number: number != number.to_integral_value()
)
LITERALS = st.one_of(
    st.builds(Literal, st.just("code"), CODES),
    st.builds(Literal, st.just("number"), NUMBERS),
    st.builds(Literal, st.just("date"), st.dates(date(1900, 1, 1), date(2100, 1, 1))),
    st.builds(
        Literal,
        st.just("moment"),
        st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(lambda m: m.replace(microsecond=0)),
    ),
    st.builds(Literal, st.just("boolean"), st.booleans()),
    st.builds(Literal, st.just("text"), st.text(alphabet="aə ,.|()[]-", max_size=5)),
    st.builds(Literal, st.just("amount"), CODES),
)
ORDERED = LITERALS.filter(lambda literal: literal.kind in ("number", "date", "moment"))


def _range(low: Literal, high: Literal, low_open: bool, high_open: bool) -> Range | None:
    if low.kind != high.kind or low.value > high.value:  # type: ignore[operator]
        return None
    return Range(low, high, low_open, high_open)


TESTS = st.one_of(
    st.just(Null()),
    st.builds(Is, LITERALS),
    st.builds(Compared, st.sampled_from(["<", "<=", ">", ">="]), ORDERED),
    st.builds(_range, ORDERED, ORDERED, st.booleans(), st.booleans()).filter(lambda test: test is not None),
)
CELLS = st.just(ANY) | st.builds(Cell, st.lists(TESTS, min_size=1, max_size=4).map(tuple), st.booleans())
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-99, 99), st.decimals(-99, 99, places=2).map(str), CODES,
    st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)),
)  # fmt: skip


@given(CELLS)
def test_a_cell_written_down_is_read_back(cell: Cell) -> None:
    assert parse(str(cell)) == cell


@given(st.text(max_size=20) | st.text(alphabet="not(null),.<>=[]\"'-ab12 ", max_size=20))
def test_any_text_is_a_cell_or_is_explained(text: str) -> None:
    try:
        assert parse(str(parse(text))) == parse(text)
    except BadCell as refused:
        assert str(refused)


@given(CELLS, VALUES)
def test_unknown_passes_only_what_says_so(cell: Cell, value: object) -> None:
    says_so = cell.is_any or (not cell.negated and Null() in cell.tests)

    assert matches(cell, None, {}) == says_so
    if cell.tests and value is not None and not cell.negated:
        assert matches(Cell(cell.tests, negated=True), value, {}) != matches(cell, value, {})


def test_a_condition_holds_if_all_of_one_mapping_match() -> None:
    condition = (
        {"holder.sex": parse("male"), "holder.age": parse("[18..35]")},
        {"holder.status": parse("null")},
    )

    assert holds(condition, {"holder.sex": "male", "holder.age": 20, "holder.status": "x"}, {})
    assert holds(condition, {"holder.sex": "female"}, {}), "not asked counts as unknown"
    assert not holds(condition, {"holder.sex": "male", "holder.age": 36, "holder.status": "x"}, {})
    assert not holds(condition, {"holder.sex": "male", "holder.age": None, "holder.status": "x"}, {})
    assert holds(None, {}, {})
    assert facts_of(condition) == ("holder.sex", "holder.age", "holder.status")
    assert facts_of(None) == ()
    assert cells.text_of(condition) == "holder.sex: male, holder.age: [18..35] or holder.status: null"
