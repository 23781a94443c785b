"""Money, per cent, time of day, accounts: read as people type them."""

from __future__ import annotations

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation

from pencere.ui import counting, fields


def problem(field: forms.Field, typed: object) -> str:
    """The sentence in English."""
    with translation.override("en"):
        with pytest.raises(ValidationError) as found:
            field.clean(typed)
        return str(found.value.messages[0])


def amount(**limits: str) -> counting.Amount:
    return counting.Amount(least=limits.get("least"), most=limits.get("most"))


@pytest.mark.parametrize(
    ("language", "typed", "minor"),
    [
        ("en", "12.50", 1250), ("en", "1,234.5", 123450), ("en", "7", 700),
        ("az", "12,50", 1250), ("az", "1.234,50", 123450), ("az", "12.50", 1250),
        ("ru", "12,50", 1250), ("ru", "1 234,50", 123450), ("ru", "1234.5", 123450),
    ],
)  # fmt: skip
def test_money_is_read_by_the_readers_language_and_by_a_plain_point(language: str, typed: str, minor: int) -> None:
    with translation.override(language):
        assert amount().clean(typed) == minor


def test_money_is_shown_again_as_it_may_be_typed() -> None:
    for language in ("az", "en", "ru"):
        with translation.override(language):
            assert amount().clean(amount().prepare_value(123450)) == 123450


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("abc", "in digits"), ("-5", "without a minus"), ("1.005", "at most 2 digits"), ("9" * 14, "too large")],
)
def test_what_is_no_amount_is_said(typed: str, sentence: str) -> None:
    assert sentence in problem(amount(), typed)


def test_an_amount_has_limits_in_whole_money() -> None:
    field = amount(least="10", most="500.50")

    assert field.clean("10") == 1000
    assert "at least" in problem(field, "9.99")
    assert "at most" in problem(field, "500.51")
    assert problem(amount(), "") == "Write the amount."


def test_per_cent_goes_from_nought_to_a_hundred() -> None:
    field = counting.Percent(least=None, most=None)

    assert field.clean("12,50") == "12.5"
    assert "at most 100" in problem(field, "101")
    assert "at least 0" in problem(field, "-1")


@pytest.mark.parametrize(("typed", "value"), [("9.05", "09:05"), ("14:30", "14:30"), ("0:00", "00:00")])
def test_a_time_of_day_is_read(typed: str, value: str) -> None:
    assert fields.Clock().clean(typed) == value


def test_a_time_of_day_has_limits() -> None:
    field = fields.Clock(least="09:00", most="18:00")

    assert "hours and minutes" in problem(field, "25:00")
    assert "not before 09:00" in problem(field, "8:59")
    assert "not after 18:00" in problem(field, "18:01")


def test_an_account_says_which_slip_it_is() -> None:
    assert fields.Iban().clean("az21 nabz 0000 0000 1370 1000 1944") == "AZ21NABZ00000000137010001944"
    assert fields.Iban().prepare_value("AZ21NABZ00000000137010001944") == "AZ21 NABZ 0000 0000 1370 1000 1944"
    assert "One of these characters is wrong" in problem(fields.Iban(), "AZ21NABZ00000000137010001945")
    assert "as your bank shows it" in problem(fields.Iban(), "4169 7388 1234 5678")
