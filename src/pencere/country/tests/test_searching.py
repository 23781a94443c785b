"""A large table is searched by bits; that means the same as reading it row by row."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pencere.base.errors import BadDeclaration
from pencere.country.compiling import Outcome, Used, compile_rows
from pencere.country.searching import MANY, search_rows
from pencere.country.tables import Table, decide, parse_table
from pencere.country.tests.test_cells import CODES, VALUES
from pencere.country.tests.test_tables import AMOUNTS, DAY, read_row_by_row, tables


@given(
    tables(),
    st.lists(st.dictionaries(st.sampled_from(["f0", "f1", "f2"]), VALUES), min_size=1, max_size=4),
    st.dictionaries(CODES, st.just(5), max_size=2),
)
def test_a_search_means_what_the_cells_say(
    table: Table, cases: list[dict[str, object]], more: dict[str, object]
) -> None:
    """Several cases one after the other: what the first has marked must not mislead the next."""
    amounts = {**AMOUNTS, **more}
    search = search_rows(table.name, table.hit, table.inputs, table.rows)
    for facts in cases:
        expected = read_row_by_row(table, facts, amounts)
        if table.hit == "unique" and len(expected) > 1:
            with pytest.raises(BadDeclaration):
                search(facts, amounts)
            continue
        found = search(facts, amounts)
        if table.hit == "collect":
            assert [outcome.rule for outcome in found or ()] == expected  # type: ignore[union-attr]
            continue
        walked = compile_rows(table.name, table.hit, table.inputs, table.rows)(facts, amounts)
        assert found == walked
        if isinstance(found, Outcome):
            assert found.rule == expected[0]
            assert found.trace == tuple(Used(fact, facts.get(fact)) for fact in table.inputs)


COLUMNS: Mapping[str, tuple[str, tuple[object, ...]]] = {
    "number": ("[{0}..{1}]", (None, -1, 0, 1, 5, "5", "5.0", "5.5", 6, 1000, True, "x", 7.5)),
    "date": ("[2026-01-{0:02}..2026-01-{1:02}]", (None, date(2026, 1, 5), date(2027, 1, 1), datetime(2026, 1, 5), "x")),
    "word": ("w{0}, w{1}", (None, "w1", "w5", "w900", "other", True, 1, ("w1",), ["w1"])),
    "boolean": ("true", (None, True, False, 1, 0, "true")),
    "negated": ("not(w{0})", (None, "w1", "w2", "other", False)),
}


@pytest.mark.parametrize("kind", COLUMNS)
@pytest.mark.parametrize("hit", ["first", "collect"])
def test_every_kind_of_value_finds_its_rows(kind: str, hit: str) -> None:
    cell, values = COLUMNS[kind]
    lines = [f"r{number} | {cell.format(number % 28 + 1, min(number % 28 + 3, 31))} || grant" for number in range(MANY)]
    table = parse_table("t", hit, "\n".join(["rule | f0 || outcome", *lines, "rest | null || refuse"]))
    search = search_rows(table.name, hit, table.inputs, table.rows)
    walk = compile_rows(table.name, hit, table.inputs, table.rows)

    for value in (*values, *reversed(values)):
        if isinstance(value, list) and hit == "collect":
            continue
        assert search({"f0": value}, {}) == walk({"f0": value}, {}), value


def test_a_thousand_rules_are_decided_by_search_and_changed_amounts_count() -> None:
    lines = [f"r{number} | c{number} | >= amounts.least || grant | amounts.duty" for number in range(1000)]
    table = parse_table("t", "unique", "\n".join(["rule | f0 | f1 || outcome | sum", *lines]))

    def rule(amount: int, least: int) -> tuple[str, object] | None:
        found = decide(table, {"f0": "c999", "f1": amount}, {"least": least, "duty": 40}, DAY)
        return (found.rule, found.outputs["sum"]) if found else None

    assert rule(5, 5) == ("r999", 40)
    assert rule(5, 6) is None
    assert rule(7, 6) == ("r999", 40)


def test_a_thousand_rules_take_less_than_ten_times_ten_rules() -> None:
    """The bench measures it (`tests/bench/tables.py`); this only finds a search that has become a walk."""
    small, large = (_ages(rows) for rows in (10, 1000))
    worst = {"f0": 10**6, "f1": "x"}

    def took(table: Table) -> float:
        decide(table, worst, {}, DAY)
        rounds = []
        for _ in range(5):
            began = time.process_time()
            for _ in range(2000):
                decide(table, worst, {}, DAY)
            rounds.append(time.process_time() - began)
        return min(rounds)

    assert took(large) < 10 * took(small)


def _ages(rows: int) -> Table:
    lines = [f"r{number} | [{number}..{number + 1}) | x || grant" for number in range(rows - 1)]
    return parse_table("t", "first", "\n".join(["rule | f0 | f1 || outcome", *lines, "rest | - | - || refuse"]))
