"""An attacker who solves all that is published as linear equations learns no withheld cell closer than promised."""

from __future__ import annotations

import random
from collections.abc import Mapping
from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from pencere.registers.out import suppressing
from pencere.registers.out.suppressing import OTHER, TOTAL, Before, Key, Table, protect, width

pytestmark = pytest.mark.one_engine


def attacked(table: Table) -> dict[Key, float]:
    """How wide each withheld cell stays for one who knows all published cells: by two linear programs a cell.

    The unknowns are the inner cells that are listed; what is not listed is known to be nothing. No count is negative.
    """
    inner = [key for key in table.cells if TOTAL not in key]
    place = {key: number for number, key in enumerate(inner)}
    under: dict[Key, list[int]] = {key: [] for key in table.cells}
    for key in inner:
        for sums in product((False, True), repeat=len(key)):
            named = tuple(TOTAL if summed else value for value, summed in zip(key, sums, strict=True))
            under[named].append(place[key])
    known = [(under[key], count) for key, count in table.cells.items() if count is not None]
    rows = [number for number, (cells, _count) in enumerate(known) for _cell in cells]
    columns = [cell for cells, _count in known for cell in cells]
    equations = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(known), len(inner)))
    right = np.array([count for _cells, count in known], dtype=float)
    found = {}
    for key, count in table.cells.items():
        if count is not None:
            continue
        goal = np.zeros(len(inner))
        goal[under[key]] = 1
        ends = []
        for sign in (1, -1):
            solved = linprog(sign * goal, A_eq=equations, b_eq=right, bounds=(0, None), method="highs")
            assert solved.status in (0, 3), solved.message
            ends.append(sign * solved.fun if solved.status == 0 else float("inf"))
        found[key] = ends[1] - ends[0]
    return found


COUNTS = st.integers(1, 3).flatmap(
    lambda size: st.dictionaries(
        st.tuples(*[st.sampled_from("abcdef"[: 6 - size])] * size),
        st.one_of(st.integers(0, 12), st.integers(0, 300)),
        max_size=40,
    )
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(counts=COUNTS, least=st.integers(3, 12))
def test_no_withheld_cell_is_known_closer_than_promised(counts: Mapping[Key, int], least: int) -> None:
    size = len(next(iter(counts), ("a",)))
    table = protect(("x", "y", "z")[:size], counts, least)
    for key, open_ in attacked(table).items():
        assert open_ >= width(least) - 1e-6, (key, open_, table.cells)
    assert all(count is None or count >= least for count in table.cells.values())


def _nation(seed: int) -> dict[Key, int]:
    chance = random.Random(seed)
    return {
        (f"d{district}", sex, str(year)): int(chance.expovariate(1 / (3 + 2 * district)))
        for district in range(9) for sex in ("f", "m") for year in range(1930, 2020, 10)
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_a_table_of_three_fields_stays_closed_and_useful(seed: int) -> None:
    counts = _nation(seed)
    table = protect(("district", "sex", "born"), counts, 10)
    assert table.by == ("district", "sex", "born")
    assert min(attacked(table).values()) >= width(10)
    assert table.cells[(TOTAL, TOTAL, TOTAL)] == sum(counts.values())
    shown = [key for key, count in table.cells.items() if count is not None and TOTAL not in key]
    assert len(shown) > 20


def test_what_is_published_is_true_and_adds_up() -> None:
    counts = _nation(1)
    table = protect(("district", "sex", "born"), counts, 10)
    for key, count in table.cells.items():
        if count is not None and OTHER not in key:
            named = [value for one, value in counts.items()
                     if all(a in (TOTAL, b) for a, b in zip(key, one, strict=True))]  # fmt: skip
            assert sum(named) == count


def test_the_same_counts_are_the_same_table_in_whatever_order_they_come() -> None:
    counts = _nation(2)
    turned = dict(reversed(counts.items()))
    assert protect(("a", "b", "c"), counts, 10) == protect(("a", "b", "c"), turned, 10)


def _years(seed: int) -> tuple[dict[Key, int], dict[Key, int]]:
    """A register of which past years never change, and the same a year later."""
    chance = random.Random(seed)
    first = {(sex, str(year)): int(chance.expovariate(1 / 25)) for sex in "fm" for year in range(2014, 2022)}
    return first, first | {(sex, "2022"): 10 + int(chance.expovariate(1 / 8)) for sex in "fm"}


def _seen_through(first: Table, then: Mapping[Key, int], second: Table, now: Mapping[Key, int]) -> float:
    """How wide the withheld cells of the first table stay, at least, for one who has both and knows what has not
    changed. Told in the coordinates of the counts: OTHER is what a table does not list."""
    place = {key: number for number, key in enumerate(key for key, count in now.items() if count)}

    def under(table: Table, counts: Mapping[Key, int], key: Key) -> list[int]:
        at = [("sex", "born").index(name) for name in table.by]
        listed = [{cell[number] for cell in table.cells} for number in range(len(at))]
        return [
            place[one] for one, count in counts.items() if count and all(
                value in (TOTAL, one[where] if one[where] in some else OTHER)
                for value, where, some in zip(key, at, listed, strict=True)
            )
        ]  # fmt: skip

    known = [
        (under(table, counts, key), count)
        for table, counts in ((first, then), (second, now)) for key, count in table.cells.items() if count is not None
    ]  # fmt: skip
    equations = np.zeros((len(known), len(place)))
    for row, (cells, _count) in enumerate(known):
        equations[row, cells] = 1
    widths = [float("inf")]
    for key, count in first.cells.items():
        if count is None:
            goal = np.zeros(len(place))
            goal[under(first, then, key)] = 1
            right = [count for _cells, count in known]
            ends = [sign * linprog(sign * goal, A_eq=equations, b_eq=right, method="highs").fun for sign in (1, -1)]
            widths.append(ends[1] - ends[0])
    return min(widths)


def test_the_table_of_the_next_year_does_not_open_the_one_before() -> None:
    opened = 0
    for seed in range(8000, 8040):
        then, now = _years(seed)
        first = protect(("sex", "born"), then, 10)
        second = protect(("sex", "born"), now, 10, Before(first, then))
        assert _seen_through(first, then, second, now) >= width(10) - 1e-6, seed
        opened += _seen_through(first, then, protect(("sex", "born"), now, 10), now) < width(10)
    assert opened, "each table for itself, the two together are seen through"


def test_what_was_withheld_and_has_grown_since_is_shown() -> None:
    then = {("f", "2014"): 3, ("f", "2015"): 40, ("m", "2014"): 50, ("m", "2015"): 60}
    first = protect(("sex", "born"), then, 10)
    grown = {key: count * 10 for key, count in then.items()}

    assert first.withheld and not protect(("sex", "born"), grown, 10, Before(first, then)).withheld
    assert protect(("sex", "born"), then, 10, Before(first, then)) == first


def test_withholding_only_the_small_cells_is_seen_through_by_the_attacker() -> None:
    """The broken build: without secondary cells the sums give the small ones away."""
    counts = {("a", "x"): 3, ("a", "y"): 40, ("b", "x"): 50, ("b", "y"): 60}
    cells = {key: None if count < 10 else count for key, count in suppressing._summed(counts).items()}
    assert attacked(Table(("p", "q"), cells, ())) == {("a", "x"): 0}
    assert min(attacked(protect(("p", "q"), counts, 10)).values()) >= width(10)


@pytest.mark.parametrize(
    "counts", [{}, {("a",): 0}, {("a",): 4}, {("a",): 5, ("b",): 4}, {("a",): 1, ("b",): 200}, {("a",): 500}]
)
def test_few_rows_say_nothing_of_a_part(counts: dict[Key, int]) -> None:
    table = protect(("x",), counts, 10)
    assert all(count is None or count >= 10 for count in table.cells.values())
    if sum(counts.values()) < 10:
        assert table.cells == {} and table.left_out == ("x",)
