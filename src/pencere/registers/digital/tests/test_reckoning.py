"""The number and what it is made of: bounded, honest about gaps, and silent about single persons."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pencere.country.declarations import Field, Law, Register, Universe
from pencere.registers.digital.reckoning import (
    ELSEWHERE,
    FEW,
    KNOWN,
    UNKNOWN,
    UNMEASURED,
    WHOLE,
    Measured,
    is_due,
    reckon,
)
from pencere.registers.tests.make import HERE

AT = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
ROWS = st.integers(0, 20_000)


def register(*, personal: bool = False, rows: int | None = None, wanted: tuple[str, ...] = ()) -> Register:
    fields = {
        "number": Field("number", "text"),
        "depth": Field("depth", "decimal"),
        "owner": Field("owner", "person", personal="ordinary", required=False)
        if personal
        else Field("owner", "text", required=False),
        "note": Field("note", "text", required=False),
    }
    universe = Universe(rows, date(2026, 1, 1), "somebody", None, False, wanted, HERE) if rows else None
    return Register(
        "wells", "din", "here", (Law("residence-law", "5"),), "well", ("number",), False, fields,
        ("owner",) if personal else (), {}, {}, {}, {}, None, {}, HERE, universe=universe,
    )  # fmt: skip


def measured(rows: int, **filled: int) -> Measured:
    return Measured(AT, rows, AT, {"number": rows, "depth": rows, **filled})


def test_half_of_the_wells_with_three_of_four_depths_and_all_numbers_make_seven_sixteenths():
    found = reckon(register(rows=800), measured(400, depth=300, owner=10))

    assert (found.state, found.coverage, found.fullness, found.digital) == (KNOWN, 500, 875, 437)
    assert {field.name: (field.share, field.wanted) for field in found.fields} == {
        "number": (1000, True), "depth": (750, True), "owner": (25, False), "note": (0, False),
    }  # fmt: skip


def test_an_optional_field_counts_where_every_row_should_have_it():
    declared = register(rows=400, wanted=("owner",))

    assert reckon(declared, measured(400, owner=400)).digital == WHOLE
    assert reckon(declared, measured(400, owner=100)).fullness == 750


def test_without_a_count_of_what_should_be_there_is_no_number_but_what_is_known():
    found = reckon(register(), measured(400))

    assert (found.state, found.digital, found.coverage, found.rows, found.fullness) == (UNKNOWN, None, None, 400, WHOLE)


def test_papers_about_persons_that_wait_are_told_in_tens_so_no_day_tells_of_one():
    days = [reckon(register(personal=True), measured(300), (150, entered)).waiting for entered in (100, 101, 102, 103)]

    assert days == [50, 50, 50, 50]
    assert reckon(register(), measured(300), (150, 101)).waiting == 49


def test_papers_that_wait_stand_in_for_a_count_and_not_beside_one():
    assert reckon(register(), measured(300), (150, 50)).coverage == 750
    assert reckon(register(rows=600), measured(300), (150, 50)).coverage == 500
    assert reckon(register(), measured(300), (150, 150)).state == UNKNOWN


def test_more_rows_than_there_should_be_are_all_of_them_and_it_is_said():
    found = reckon(register(rows=100), measured(120))

    assert (found.coverage, found.digital, found.exceeds) == (WHOLE, WHOLE, True)


def test_what_is_summed_is_held_against_a_sum():
    declared = register(rows=800)
    assert declared.universe is not None
    declared = replace(declared, universe=replace(declared.universe, sum="depth"))
    counted = replace(measured(400, depth=300), held=Decimal("200.4"), held_of="sum depth")

    found = reckon(declared, counted)

    assert (found.coverage, found.digital, found.held) == (250, 219, Decimal("200.4"))
    assert reckon(declared, replace(counted, held=Decimal(801))).exceeds


@given(area=st.integers(20, 900), others=st.lists(st.integers(20, 900), min_size=10, max_size=60))
def test_a_sum_about_persons_moves_by_what_ten_rows_make_or_not_at_all(area: int, others: list[int]):
    declared = register(personal=True, rows=800)
    assert declared.universe is not None
    declared = replace(declared, universe=replace(declared.universe, sum="depth"))

    def held(areas: list[int]) -> Decimal:
        counted = replace(measured(len(areas)), held=Decimal(sum(areas)), held_of="sum depth")
        found = reckon(declared, counted).held
        assert found is not None and abs(found - sum(areas)) <= 5 * Decimal(10 * sum(areas)) / len(areas)
        return found

    assert held(others) % 10 == 0 and held([*others, area]) % 10 == 0


def test_an_empty_register_of_things_is_nought():
    assert reckon(register(rows=100), measured(0)).digital == 0


def test_what_is_kept_elsewhere_or_never_counted_has_no_number():
    assert reckon(replace(register(rows=9), kept="elsewhere"), None).state == ELSEWHERE
    assert reckon(register(rows=9), None).state == UNMEASURED


def test_few_persons_are_not_counted_aloud():
    found = reckon(register(personal=True, rows=100), measured(9))

    assert (found.state, found.rows, found.digital, found.newest, found.fields) == (FEW, None, None, None, ())


@given(rows=ROWS, gap=st.integers(0, 20_000), depth=ROWS, whole=st.integers(1, 30_000), papers=ROWS, entered=ROWS)
def test_every_share_lies_between_nought_and_all_and_all_means_all(
    rows: int, gap: int, depth: int, whole: int, papers: int, entered: int
):
    depth = min(depth, rows)
    found = reckon(register(rows=whole), measured(rows, depth=depth, owner=max(rows - gap, 0)), (papers, entered))

    shares = [found.coverage, found.fullness, found.digital, *(field.share for field in found.fields)]
    assert all(share is None or 0 <= share <= WHOLE for share in shares)
    assert (found.digital == WHOLE) == (rows >= whole and depth == rows)
    if found.fullness is not None and found.coverage is not None and found.digital is not None:
        assert found.digital <= min(found.coverage, found.fullness)


@given(rows=ROWS, more=st.integers(0, 500), whole=st.integers(1, 30_000))
def test_a_row_more_never_makes_it_less(rows: int, more: int, whole: int):
    one, other = (reckon(register(rows=whole), measured(count)).digital for count in (rows, rows + more))

    assert one is not None and other is not None and one <= other


@given(rows=st.integers(10, 20_000), other=st.integers(10, 20_000), whole=st.integers(1, 30_000), owner=ROWS, note=ROWS)
def test_counts_about_persons_that_round_alike_look_alike(rows: int, other: int, whole: int, owner: int, note: int):
    """Whatever is published is a function of counts in tens: no two days that differ by one person differ by less."""
    declared = register(personal=True, rows=whole)

    def tens(count: int) -> int:
        return (count + 5) // 10 * 10

    exact = measured(rows, owner=min(owner, rows), note=min(note, rows))
    rounded = replace(exact, rows=tens(rows), filled={name: tens(count) for name, count in exact.filled.items()})
    assert reckon(declared, exact) == reckon(declared, rounded)
    if tens(rows) == tens(other):
        assert reckon(declared, measured(rows)) == reckon(declared, measured(other))


@pytest.mark.parametrize(
    ("took", "after", "due"),
    [(0.1, 59 * 60, False), (0.1, 60 * 60, True), (20.0, 2 * 3600, False), (20.0, 3 * 3600, True)],
)
def test_what_takes_long_to_count_is_counted_less_often(took: float, after: int, due: bool):
    assert is_due(AT, timedelta(seconds=took), AT + timedelta(seconds=after)) is due
