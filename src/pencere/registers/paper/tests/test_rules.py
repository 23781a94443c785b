"""Versions held against each other, the sample, rates, pace and forecast: as properties."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pencere.registers.paper import rules
from pencere.registers.paper.rules import Count, Pace, Version
from pencere.registers.paper.typing import folded
from pencere.registers.tests import make

FIELDS = ("series", "number", "holder")
VALUES = st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(["a", "b", "ə", "e", 1, True]), max_size=3)
MARKS = st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(rules.MARKS), max_size=3)
VERSIONS = st.builds(Version, VALUES, MARKS)
CALENDAR = make.the("azerbaijan").calendar
TODAY = date(2026, 3, 18)


def fold(text: str) -> str:
    return folded(make.the("azerbaijan"), text)


# --- comparing


@given(VERSIONS)
def test_a_version_does_not_differ_from_itself(version):
    assert rules.differences(version, version, FIELDS, fold) == ()


@given(VERSIONS, VERSIONS)
def test_it_is_the_same_which_of_two_versions_is_the_first(one, other):
    assert rules.differences(one, other, FIELDS, fold) == rules.differences(other, one, FIELDS, fold)


@given(VERSIONS, VERSIONS)
def test_fields_differ_exactly_where_value_or_mark_does(one, other):
    found = [each.field for each in rules.differences(one, other, FIELDS, fold)]
    assert found == [name for name in FIELDS if one.of(name) != other.of(name)]


@pytest.mark.parametrize(("one", "other"), [("Məmmədov", "Memmedov"), ("ALI", "alı"), ("İsmayıl", "Ismayil")])
def test_letters_that_are_easily_confused_are_a_difference_and_named_as_such(one, other):
    (found,) = rules.differences(Version({"holder": one}), Version({"holder": other}), FIELDS, fold)
    assert found == rules.Difference("holder", letters=True)


def test_other_words_are_no_confusion_of_letters():
    (found,) = rules.differences(Version({"holder": "Anar"}), Version({"holder": "Anara"}), FIELDS, fold)
    assert not found.letters


def test_blank_and_unreadable_differ_and_an_empty_field_is_blank():
    blank, hidden = Version({}, {"holder": "blank"}), Version({}, {"holder": "unreadable"})
    assert rules.differences(blank, Version({}), FIELDS, fold) == ()
    assert [each.field for each in rules.differences(blank, hidden, FIELDS, fold)] == ["holder"]


# --- the sample


@given(st.decimals("0.01", "100", places=2), st.integers(1, 3))
def test_of_a_hundred_agreed_papers_as_many_are_checked_as_was_declared(percent, hundreds):
    chosen = sum(rules.is_sampled(number, percent) for number in range(1, 10_000 * hundreds + 1))
    assert chosen == int(percent * 100) * hundreds


def test_two_percent_is_every_fiftieth():
    assert [n for n in range(1, 151) if rules.is_sampled(n, Decimal(2))] == [50, 100, 150]


# --- errors


def test_no_rate_is_said_of_a_few_papers():
    few = Count("series", compared=rules.LEAST_COMPARED - 1, differed=3, settled=3, first_wrong=2, second_wrong=1)
    assert rules.disagreement(few) is None
    assert rules.residual(few) is None
    assert rules.measured(few) is None


@given(st.integers(30, 10_000), st.data())
def test_rates_are_shares_and_the_residual_is_at_most_each_persons_rate(compared, data):
    differed = data.draw(st.integers(0, compared))
    settled = data.draw(st.integers(0, differed))
    first = data.draw(st.integers(0, settled))
    second = data.draw(st.integers(settled - first, settled))
    count = Count("series", compared, differed, settled, first, second)

    assert rules.disagreement(count) == differed / compared
    residual = rules.residual(count)
    known = compared - (differed - settled)
    if known >= rules.LEAST_COMPARED:
        assert residual is not None
        assert 0 <= residual <= min(first, second) / known
    else:
        assert residual is None


@pytest.mark.parametrize("seed", range(5))
def test_two_who_err_independently_err_together_about_as_often_as_is_estimated(seed):
    """Simulated: errors of two wrong ways each, of which one is common to both persons."""
    chance, papers, p, q = Random(seed), 200_000, 0.03, 0.05
    differed = first = second = both = 0
    for _ in range(papers):
        one = chance.choice("xy") if chance.random() < p else ""
        other = chance.choice("xy") if chance.random() < q else ""
        both += bool(one and other)
        if one != other:
            differed, first, second = differed + 1, first + bool(one), second + bool(other)
    estimate = rules.residual(Count("series", papers, differed, differed, first, second))

    assert estimate is not None
    assert 0.8 * both / papers <= estimate <= 1.2 * both / papers


@given(st.integers(1, 5000), st.data())
def test_the_interval_holds_the_share_and_narrows_with_more_papers(of, data):
    found = data.draw(st.integers(0, of))
    narrow, wide = rules.wilson(found * 4, of * 4), rules.wilson(found, of)

    assert 0 <= wide.least <= wide.share <= wide.most <= 1
    assert narrow.most - narrow.least < wide.most - wide.least


def test_the_interval_is_that_of_the_published_example():
    """0 of 10 gives 0 to 27.8 %, 1 of 10 gives 1.8 to 40.4 % (the interval's usual textbook values)."""
    none, one = rules.wilson(0, 10), rules.wilson(1, 10)
    assert (none.least, round(none.most, 3)) == (0.0, 0.278)
    assert (round(one.least, 3), round(one.most, 3)) == (0.018, 0.404)


# --- pace and forecast


def test_the_last_working_days_leave_out_rest_days_and_today():
    days = rules.working_days_before(TODAY, date(2026, 3, 1), CALENDAR)
    assert days
    assert TODAY not in days
    assert all(day.weekday() < 5 for day in days)
    assert date(2026, 3, 9) not in days  # the holiday of 8 March, a Sunday, rests on Monday
    assert list(days) == sorted(days)


def test_at_most_twenty_days_are_looked_back():
    assert len(rules.working_days_before(TODAY, date(2026, 1, 1), CALENDAR)) == rules.DAYS_LOOKED_BACK


@given(st.lists(st.integers(0, 400), min_size=5, max_size=20), st.integers(1, 5000))
def test_the_span_holds_the_likely_end(by_day, remaining):
    found = rules.forecast(remaining, Pace(tuple(by_day)), TODAY, CALENDAR)
    if sum(by_day) < rules.LEAST_PAPERS:
        assert found is None
        return
    assert found is not None
    assert 1 <= found.soonest <= found.days
    assert found.latest is None or found.days <= found.latest
    if found.on and found.soonest_on:
        assert TODAY < found.soonest_on <= found.on


def test_an_even_pace_has_no_span():
    found = rules.forecast(100, Pace((10,) * 10), TODAY, CALENDAR)
    assert found is not None
    assert (found.soonest, found.days, found.latest) == (10, 10, 10)
    assert found.on == found.latest_on


@pytest.mark.parametrize(
    ("remaining", "by_day"),
    [(100, (30, 30, 30, 30)), (100, (1, 1, 1, 1, 1)), (100, ()), (0, (30,) * 10)],
    ids=["few days", "few papers", "nothing yet", "nothing left"],
)
def test_too_little_is_no_forecast(remaining, by_day):
    assert rules.forecast(remaining, Pace(by_day), TODAY, CALENDAR) is None


def test_a_pace_that_jumps_gives_no_latest_day():
    found = rules.forecast(1000, Pace((0, 0, 0, 0, 100)), TODAY, CALENDAR)
    assert found is not None
    assert found.latest is None


def test_beyond_the_declared_years_days_are_counted_and_no_date_is_said():
    found = rules.forecast(1_000_000, Pace((10,) * 10), TODAY, CALENDAR)
    assert found is not None
    assert (found.days, found.on) == (100_000, None)


def test_the_pace_is_the_mean_of_the_days():
    assert Pace((10, 20, 0)).mean == 10
    assert Pace(()).mean == 0
    assert timedelta(minutes=1) < rules.CLAIM
