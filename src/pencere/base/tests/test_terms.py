"""Terms: the vectors of the Azerbaijani calendar, ends of months, and what holds for every term."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pencere.base.terms import (
    Day,
    Due,
    Term,
    UnknownYear,
    days_in,
    due,
    full_months,
    full_years,
    is_rest,
    is_skipped,
    knows_unit,
    months_later,
    parse_term,
    years_later,
)
from pencere.base.tests.make import calendar

AZ = calendar()
COUNTS = st.sampled_from(sorted(AZ.counts))
DAYS = st.dates(date(2025, 1, 1), date(2026, 6, 30))
SMALL = st.integers(0, 40)


def end(amount: int, unit: str, start: str, last_day: str | None = None) -> str:
    return due(Term(amount, unit), date.fromisoformat(start), AZ, last_day).day.isoformat()


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        ("2026-03-18", 1, "2026-03-19"),
        ("2026-03-18", 3, "2026-04-01"),
        ("2026-03-18", 10, "2026-04-10"),
        ("2025-12-29", 3, "2026-01-06"),
        ("2026-11-05", 3, "2026-11-12"),
        ("2026-03-18", 2, "2026-03-31"),
        ("2026-03-18", 5, "2026-04-03"),
        ("2026-10-16", 1, "2026-10-19"),
    ],
)
def test_working_days_pass_over_weekends_holidays_and_moved_rest(start: str, amount: int, expected: str) -> None:
    assert end(amount, "working_days", start) == expected


def test_a_year_has_as_many_working_days_as_the_official_count() -> None:
    assert days_in("working_days", date(2025, 1, 1), date(2025, 12, 31), AZ) == 238
    assert days_in("working_days", date(2026, 1, 1), date(2026, 12, 31), AZ) == 241


def test_a_count_skips_only_what_it_names() -> None:
    # 7 days outside rest: the moved rest days of March count, a working count passes over them.
    assert end(7, "days_outside_rest", "2026-03-18", "as_is") == "2026-04-01"
    assert end(7, "working_days", "2026-03-18") == "2026-04-07"


def test_a_named_day_on_which_one_works_changes_nothing() -> None:
    assert end(1, "working_days", "2026-11-11") == "2026-11-12"
    assert is_rest(date(2026, 10, 18), AZ), "18 October 2026 is a Sunday"
    assert not is_rest(date(2026, 11, 17), AZ)


def test_a_weekend_day_made_a_working_day_counts() -> None:
    swapped = calendar(more={date(2026, 4, 4): Day("moved_work"), date(2026, 4, 6): Day("moved_rest")})

    assert due(Term(1, "working_days"), date(2026, 4, 3), swapped).day == date(2026, 4, 4)
    assert due(Term(2, "working_days"), date(2026, 4, 3), swapped).day == date(2026, 4, 7)


def test_another_weekend_is_another_count() -> None:
    friday_saturday = calendar(weekend=(4, 5))

    assert due(Term(1, "working_days"), date(2026, 4, 2), friday_saturday).day == date(2026, 4, 5)


def test_calendar_days_end_on_the_next_working_day_where_the_country_says_so() -> None:
    assert end(10, "calendar_days", "2026-03-11") == "2026-03-31"
    assert end(10, "calendar_days", "2026-03-11", "as_is") == "2026-03-21"


def test_months_and_years_end_on_the_same_number_or_the_months_last_day() -> None:
    assert end(1, "months", "2026-01-31", "as_is") == "2026-02-28"
    assert end(1, "months", "2026-01-31") == "2026-03-02"
    assert end(1, "months", "2026-02-28", "as_is") == "2026-03-28"
    assert years_later(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert years_later(date(2024, 2, 29), 4) == date(2028, 2, 29)
    assert months_later(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert months_later(date(2026, 1, 15), -1) == date(2025, 12, 15)


def test_hours_run_through_nights_and_holidays() -> None:
    start = datetime(2026, 3, 20, 20, 30, tzinfo=UTC)

    assert due(Term(48, "hours"), start, AZ) == Due(date(2026, 3, 23), start + timedelta(hours=48), estimated=False)
    with pytest.raises(ValueError, match="begins at a moment"):
        due(Term(48, "hours"), date(2026, 3, 20), AZ)


def test_a_moment_counts_as_the_day_of_the_country() -> None:
    late_in_utc = datetime(2026, 3, 17, 21, 0, tzinfo=UTC)  # already the 18th in Baku

    assert due(Term(1, "working_days"), late_in_utc, AZ).day == date(2026, 3, 19)
    with pytest.raises(ValueError, match="time zone"):
        due(Term(1, "working_days"), datetime(2026, 3, 17, 21, 0), AZ)


def test_a_term_that_touches_an_estimated_day_says_so() -> None:
    guessed = calendar(more={date(2026, 5, 27): Day("holiday", state="estimated")})

    assert due(Term(1, "working_days"), date(2026, 5, 26), guessed) == Due(date(2026, 6, 1), None, estimated=True)
    assert due(Term(1, "calendar_days"), date(2026, 5, 26), guessed).estimated
    assert not due(Term(1, "working_days"), date(2026, 5, 25), guessed).estimated
    assert not due(Term(3, "working_days"), date(2026, 3, 18), guessed).estimated, "all days of March are official"
    assert not due(Term(3, "calendar_days"), date(2026, 3, 18), guessed).estimated
    assert not due(Term(3, "calendar_days"), date(2026, 5, 26), guessed, "as_is").estimated


def test_a_year_that_nobody_declared_gives_no_date() -> None:
    with pytest.raises(UnknownYear, match="2027"):
        due(Term(1, "working_days"), date(2026, 12, 30), AZ)
    with pytest.raises(UnknownYear):
        due(Term(1, "years"), date(2026, 3, 18), AZ)
    with pytest.raises(UnknownYear):
        days_in("working_days", date(2026, 12, 1), date(2027, 1, 1), AZ)

    assert due(Term(5, "years"), date(2026, 3, 18), AZ, "as_is").day == date(2031, 3, 18)


def test_a_term_is_read_as_it_is_written() -> None:
    assert parse_term(" 10 working_days ") == Term(10, "working_days")
    assert str(Term(10, "working_days")) == "10 working_days"
    for wrong in ("ten working_days", "10", "working_days 10", "-1 hours", "", "١٠ months"):
        with pytest.raises(ValueError, match="a number and a unit"):
            parse_term(wrong)
    assert knows_unit("months", AZ)
    assert knows_unit("days_outside_rest", AZ)
    assert not knows_unit("work_days", AZ)


@given(COUNTS, SMALL, DAYS)
def test_counting_back_gives_the_amount(count: str, amount: int, start: date) -> None:
    assert days_in(count, start, due(Term(amount, count), start, AZ, "as_is").day, AZ) == amount


@given(COUNTS, st.integers(1, 40), DAYS)
def test_a_counted_term_never_ends_on_a_skipped_day(count: str, amount: int, start: date) -> None:
    assert not is_skipped(due(Term(amount, count), start, AZ, "as_is").day, AZ.counts[count], AZ)


UNITS = st.sampled_from(["calendar_days", "working_days", "days_outside_rest"])


@given(st.one_of(UNITS, st.just("months")), st.integers(0, 3), DAYS)
def test_no_term_ends_on_a_day_of_rest(unit: str, amount: int, start: date) -> None:
    assert not is_rest(due(Term(amount, unit), start, AZ).day, AZ)


@given(UNITS, SMALL, SMALL, DAYS, st.integers(0, 30))
def test_more_days_or_a_later_start_never_end_earlier(unit: str, less: int, more: int, start: date, later: int) -> None:
    base = due(Term(less, unit), start, AZ).day

    assert due(Term(less + more, unit), start, AZ).day >= base
    assert due(Term(less, unit), start + timedelta(days=later), AZ).day >= base


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 1200))
def test_full_months_undo_months_later(day: date, months: int) -> None:
    later = months_later(day, months)

    assert full_months(day, later) == months
    assert full_months(day, later - timedelta(days=1)) in (months - 1, 0 if months == 0 else months - 1)
    assert full_years(day, years_later(day, months // 12)) == months // 12


def test_who_was_born_on_29_february_is_a_year_older_on_28_february() -> None:
    assert full_years(date(2008, 2, 29), date(2026, 2, 27)) == 17
    assert full_years(date(2008, 2, 29), date(2026, 2, 28)) == 18
    assert full_years(date(2026, 2, 28), date(2008, 2, 29)) == -18
