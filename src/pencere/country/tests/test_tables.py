"""Tables: reading with every mistake at once, deciding with the trace, and that compiled means the same as read."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pencere.base.errors import BadDeclaration
from pencere.country.cells import Cell, Literal, matches
from pencere.country.compiling import Row, output_value
from pencere.country.tables import BadTable, Table, Used, collect, decide, parse_grid, parse_table
from pencere.country.tests.test_cells import CELLS, CODES, VALUES

DAY = date(2026, 3, 18)
REGISTRATION = """
rule           | home.address | place.state    || outcome | law
not_registered | null         | -              || refuse  | residence-law 5
address_gone   | -            | abolished      || officer | residence-law 5

address_absent | -            | null           || officer | residence-law 5
registered     | not(null)    | valid, renamed || grant   | residence-law 5
"""


def problems(text: str, hit: str = "first") -> list[tuple[int, str]]:
    with pytest.raises(BadTable) as refused:
        parse_table("t", hit, text)
    return list(refused.value.problems)


def test_a_table_decides_and_says_why() -> None:
    table = parse_table("registration", "first", REGISTRATION)

    outcome = decide(table, {"home.address": "Nizami 5-12", "place.state": "valid"}, {}, DAY)

    assert outcome is not None
    assert (outcome.table, outcome.rule, outcome.law) == ("registration", "registered", "residence-law 5")
    assert outcome.outputs == {"outcome": "grant"}
    assert outcome.trace == (Used("home.address", "Nizami 5-12"), Used("place.state", "valid"))


def test_the_first_rule_that_fits_answers_and_unknown_never_grants() -> None:
    table = parse_table("registration", "first", REGISTRATION)

    def rule(**facts: object) -> str | None:
        outcome = decide(table, {name.replace("__", "."): value for name, value in facts.items()}, {}, DAY)
        return outcome.rule if outcome else None

    assert rule(home__address=None, place__state="valid") == "not_registered"
    assert rule() == "not_registered", "not asked counts as unknown"
    assert rule(home__address="Lenin 7", place__state="abolished") == "address_gone"
    assert rule(home__address="Lenin 9") == "address_absent"
    assert rule(home__address="Lenin 9", place__state="some new state") is None


def test_rows_know_their_line_in_the_block() -> None:
    table = parse_table("registration", "first", REGISTRATION)

    assert [row.line for row in table.rows] == [2, 3, 5, 6]
    assert table.inputs == ("home.address", "place.state")
    assert table.outputs == ("outcome",)


def test_own_outputs_are_values_of_facts() -> None:
    table = parse_table(
        "x",
        "unique",
        """
        rule | a || degree | years | share | until      | opens            | known | note    | pay          | law
        one  | 1 || iii    | 10    | 0.50  | 2027-01-01 | 2026-05-19T11:00 | true  | "a | b" | amounts.lump | x 5
        two  | 2 || null   | null  | 1.0   | null       | null             | false | null    | null         | x 5
        """.replace(" until     ", " ended     "),
    )

    first = decide(table, {"a": 1}, {"lump": 600}, DAY)
    second = decide(table, {"a": 2}, {}, DAY)

    assert first is not None
    assert second is not None
    assert first.outputs == {
        "degree": "iii",
        "years": 10,
        "share": "0.50",
        "ended": date(2027, 1, 1),
        "opens": datetime(2026, 5, 19, 11),
        "known": True,
        "note": "a | b",
        "pay": 600,
    }
    assert second.outputs["degree"] is None
    assert table.amounts_used() == ("lump",)


def test_a_table_of_amounts_has_no_rules() -> None:
    table = parse_table(
        "duty",
        "unique",
        """
        holder.age | tier.speed       || AZN
        < 1        | ten_days, urgent || 10
        >= 1       | ten_days, urgent || 40.50
        """,
    )

    outcome = decide(table, {"holder.age": 30, "tier.speed": "urgent"}, {}, DAY)

    assert outcome is not None
    assert outcome.outputs == {"AZN": "40.50"}
    assert decide(table, {"holder.age": None, "tier.speed": "urgent"}, {}, DAY) is None


def test_amounts_in_cells_are_taken_when_the_table_decides() -> None:
    table = parse_table(
        "t",
        "first",
        """
        rule  | wage                       || is
        exact | amounts.exact              || x
        span  | [amounts.low..amounts.top) || x
        above | > amounts.top              || x
        """,
    )
    amounts = {"exact": "7.0", "low": 10, "top": "20"}

    def rule(wage: object) -> str | None:
        outcome = decide(table, {"wage": wage}, amounts, DAY)
        return outcome.rule if outcome else None

    assert [rule(wage) for wage in (7, 9, 10, "19.99", 20, 21, None)] == [
        "exact", None, "span", "span", None, "above", None,
    ]  # fmt: skip
    assert decide(table, {"wage": 7}, {}, DAY) is None, "an amount that is unknown matches nothing"


def test_rows_hold_from_their_first_to_their_last_day() -> None:
    table = parse_table(
        "t",
        "unique",
        """
        rule | a || outcome | law | from       | until
        old  | - || grant   | x 1 | -          | 2025-12-31
        new  | - || refuse  | x 2 | 2026-01-01 |
        """,
    )

    def rule(day: date) -> str | None:
        outcome = decide(table, {"a": 1}, {}, day)
        return outcome.rule if outcome else None

    assert rule(date(2025, 12, 31)) == "old"
    assert rule(date(2026, 1, 1)) == "new"
    assert rule(date(2030, 1, 1)) == "new"


def test_two_rules_of_a_unique_table_never_decide_by_chance() -> None:
    table = parse_table("t", "unique", "rule | a || outcome\none | < 5 || grant\ntwo | > 3 || refuse")

    with pytest.raises(BadDeclaration, match='rules "one" and "two" both answer a = 4'):
        decide(table, {"a": 4}, {}, DAY)

    amounts = parse_table("duty", "unique", "a || AZN\n< 5 || 1\nnull || 2\n> 3 || 3")
    assert decide(amounts, {"a": None}, {}, DAY).outputs == {"AZN": 2}  # type: ignore[union-attr]
    with pytest.raises(BadDeclaration, match="duty: two rows answer a = 4"):
        decide(amounts, {"a": 4}, {}, DAY)


def test_collect_gives_every_rule_that_fits() -> None:
    table = parse_table("papers", "collect", "rule | a || paper\none | < 5 || card\ntwo | > 3 || photo\nthree | 9 || x")

    assert [outcome.rule for outcome in collect(table, {"a": 4}, {}, DAY)] == ["one", "two"]
    assert collect(table, {"a": None}, {}, DAY) == ()


def test_every_mistake_of_a_block_is_told_with_its_line() -> None:
    found = problems(
        """rule  | a.b | Bad || outcome | law
one   | 5
two   | => 5 | - || grant | x 1
Three | - | 2 | 3 || grant | x 1
four  | - | - || perhaps | x 1
two   | - | - || grant |
six   | "open | - || grant | x"""
    )

    assert [line for line, _ in found] == [1, 3, 6], "the shape first"
    assert found[0][1] == '"||" stands once in each line, between inputs and outputs'
    assert "the head names 3 columns" in found[1][1]

    found = problems(
        """rule  | a.b  | Bad || outcome | law | from
two   | => 5 | -   || grant   | x 1 | 1.1.2026
Three | -    | -   || perhaps | x 1 |
two   | -    | -   || grant   |     |"""
    )
    assert [line for line, _ in found] == [0, 1, 1, 2, 2, 3]
    text = " ".join(message for _, message in found)
    assert '"Bad" is not the name of a fact' in text
    assert "a.b:" in text
    assert "from: a day is written 2026-03-18" in text
    assert '"Three" is not the name' in text
    assert 'not "perhaps"' in text
    assert 'rule "two" stands twice' in text


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 0, "empty"),
        ("rule | a || outcome", 0, "no rows"),
        ("rule | a | a || outcome\nx | - | - || grant", 0, 'column "a" stands twice'),
        ("rule | a | || outcome\nx | - | - || grant", 0, "has no name"),
        ("rule | a || My Output\nx | - || grant", 0, '"My Output" is not the name of an output'),
        ("rule | a || outcome\nx | - || grant || grant", 1, "stands once"),
        ("rule | a || is\nx | - ||", 1, 'for nothing write "null"'),
        ("rule | a || outcome | from | until\nx | - || grant | 2026-02-01 | 2026-01-01", 1, "is before"),
        ("\nrule | a || outcome\n\nx || grant", 3, "1 cells before"),
    ],
)
def test_a_block_that_is_no_table_is_explained(text: str, line: int, message: str) -> None:
    assert [found for found, said in problems(text) if message in said] == [line]


def test_an_unknown_hit_policy_is_refused() -> None:
    assert problems("rule | a || outcome\nx | - || grant", hit="any") == [
        (0, 'hit is unique, first, collect, not "any"')
    ]


def test_a_rule_may_change_from_one_day_to_the_next() -> None:
    text = "rule | a || outcome | from | until\nx | 1 || grant | | 2025-12-31\nx | 2 || grant | 2026-01-01 |"

    assert [row.rule for row in parse_table("t", "first", text).rows] == ["x", "x"]
    one_day = "rule | a || outcome | from | until\nx | 1 || grant | 2026-01-01 | 2026-01-01"
    assert parse_table("t", "first", one_day).rows[0].until == date(2026, 1, 1)


def test_examples_are_written_as_tables_too() -> None:
    grid = parse_grid("name | home.address || outcome | due\nlives there | Nizami 5-12 || grant |\n")

    assert grid.inputs == ("name", "home.address")
    assert grid.rows[0].inputs == ("lives there", "Nizami 5-12")
    assert grid.rows[0].outputs == ("grant", "")
    assert grid.rows[0].line == 1


AMOUNTS = {"low": 5, "high": "20.5", "day": date(2026, 1, 1)}
AMOUNT_NAMES = st.sampled_from(["low", "high", "day", "missing"])


@st.composite
def tables(draw: st.DrawFn) -> Table:
    width = draw(st.integers(1, 3))
    rows = []
    for number in range(draw(st.integers(1, 5))):
        cells = tuple(draw(CELLS) for _ in range(width))
        outputs = {"outcome": Literal("code", "grant"), "sum": Literal("amount", draw(AMOUNT_NAMES))}
        rows.append(Row(f"r{number}", cells, outputs, "x 1", None, None, number))
    hit = draw(st.sampled_from(["first", "unique", "collect"]))
    return Table("t", hit, tuple(f"f{column}" for column in range(width)), ("outcome", "sum"), tuple(rows))


def read_row_by_row(table: Table, facts: dict[str, object], amounts: dict[str, object]) -> list[str]:
    def fits(cells: tuple[Cell, ...]) -> bool:
        return all(matches(cell, facts.get(fact), amounts) for fact, cell in zip(table.inputs, cells, strict=True))

    return [row.rule for row in table.rows if fits(row.cells)]


@given(
    tables(),
    st.dictionaries(st.sampled_from(["f0", "f1", "f2"]), VALUES),
    st.dictionaries(CODES, st.just(5), max_size=2),
)
def test_a_compiled_table_means_what_its_cells_say(
    table: Table, facts: dict[str, object], more: dict[str, object]
) -> None:
    amounts = {**AMOUNTS, **more}
    expected = read_row_by_row(table, facts, amounts)

    if table.hit == "collect":
        assert [outcome.rule for outcome in collect(table, facts, amounts, DAY)] == expected
        return
    if table.hit == "unique" and len(expected) > 1:
        with pytest.raises(BadDeclaration):
            decide(table, facts, amounts, DAY)
        return
    outcome = decide(table, facts, amounts, DAY)
    assert (outcome.rule if outcome else None) == (expected[0] if expected else None)
    if outcome:
        row = next(row for row in table.rows if row.rule == outcome.rule)
        assert outcome.outputs["sum"] == output_value(row.outputs["sum"], amounts)
        assert outcome.trace == tuple(Used(fact, facts.get(fact)) for fact in table.inputs)


def test_nothing_in_a_declaration_runs_as_code() -> None:
    table = parse_table("__import__('os')", "first", 'rule | a || note\nx | "__import__(\'os\').abort()" || "1/0"')

    assert decide(table, {"a": "__import__('os').abort()"}, {}, DAY).outputs == {"note": "1/0"}  # type: ignore[union-attr]
    assert decide(table, {"a": "b"}, {}, DAY) is None


def test_the_outputs_of_a_rule_cannot_be_changed_by_who_reads_them() -> None:
    table = parse_table("t", "first", "rule | a || outcome\nx | - || refuse")

    outcome = decide(table, {}, {}, DAY)

    with pytest.raises(TypeError):
        outcome.outputs["outcome"] = "grant"  # type: ignore[index, union-attr]


def test_decimals_of_an_output_are_text() -> None:
    assert output_value(Literal("number", Decimal("0.50")), {}) == "0.50"
    assert output_value(Literal("number", 10), {}) == 10
    assert output_value(None, {}) is None
