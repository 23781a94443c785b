from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from pencere import country
from pencere.applications import rules
from pencere.base.errors import Refused
from pencere.base.terms import is_below


def test_a_case_goes_only_where_the_law_of_cases_lets_it() -> None:
    moves = {pair for pair in product(rules.STATES, repeat=2) if rules.may_move(*pair)}

    assert ("draft", "submitted") in moves
    assert ("draft", "decided") not in moves
    assert ("submitted", "decided") in moves
    assert {after for before, after in moves if before == "decided"} == {"done"}
    assert not {before for before, _ in moves} & {"done", "withdrawn", "lapsed"}


def test_a_move_that_cannot_be_is_refused() -> None:
    with pytest.raises(Refused, match="state"):
        rules.demand_move("done", "draft")


def test_a_refused_case_is_over_and_a_granted_one_not_before_it_is_done() -> None:
    assert rules.is_over("decided", "refused")
    assert not rules.is_over("decided", "granted")
    assert rules.is_over("done", "granted")


@pytest.mark.parametrize(
    ("due", "overdue"), [(date(2026, 3, 17), True), (date(2026, 3, 18), False), (rules.NEVER, False), (None, False)]
)
def test_only_a_case_that_stands_at_the_desk_is_overdue_after_its_last_day(due: date | None, overdue: bool) -> None:
    assert rules.is_overdue(due, date(2026, 3, 18)) is overdue


@pytest.mark.parametrize("until_age", [16, 18])
def test_nobody_is_acted_for_from_the_declared_birthday_on(until_age: int) -> None:
    born = date(2026 - until_age, 3, 18)

    assert is_below(until_age, born, date(2026, 3, 17))
    assert not is_below(until_age, born, date(2026, 3, 18))
    assert not is_below(until_age, None, date(2026, 3, 18))


def test_a_ground_without_an_age_holds_at_any_age() -> None:
    assert is_below(None, None, date(2026, 3, 18))


def test_nobody_decides_their_own_case_or_that_of_their_child() -> None:
    assert rules.may_decide("O", "A", "S", ())
    assert not rules.may_decide("A", "A", "S", ())
    assert not rules.may_decide("S", "A", "S", ())
    assert not rules.may_decide("O", "A", "S", {"S"})


def test_facts_are_stale_after_a_quarter_of_an_hour() -> None:
    now = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)

    assert not rules.is_stale(now - timedelta(minutes=15), now)
    assert rules.is_stale(now - timedelta(minutes=16), now)


def test_answers_stay_if_name_and_kind_and_choice_are_unchanged() -> None:
    answers = [("a.same", "text", "x"), ("a.kind", "text", "x"), ("a.gone", "text", "x"), ("a.choice", "choice", "old")]
    fields = {"a.same": ("text", None), "a.kind": ("integer", None), "a.choice": ("choice", ("new",))}

    kept = rules.carry_over(answers, fields)

    assert kept == rules.Kept(("a.same",), ("a.kind", "a.gone", "a.choice"))


def test_a_term_that_stood_still_ends_later_by_the_days_that_counted() -> None:
    calendar = country.current().calendar
    due = date(2026, 3, 19)

    friday_to_monday = rules.due_after_pause(due, "working_days", date(2026, 3, 13), date(2026, 3, 16), calendar)

    assert friday_to_monday == rules.due_after_pause(
        due, "working_days", date(2026, 3, 16), date(2026, 3, 17), calendar
    )
    assert friday_to_monday > due
    assert rules.due_after_pause(rules.NEVER, "working_days", date(2026, 3, 1), due, calendar) == rules.NEVER
    assert rules.due_after_pause(due, "working_days", due, due, calendar) == due
