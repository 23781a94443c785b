"""Fields read what a person types, forgivingly, and say in one sentence what is wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from pencere import country
from pencere.base import clock
from pencere.ui import fields, months


def problem(field: fields.forms.Field, value: object) -> str:
    """The sentence in English."""
    with translation.override("en"), pytest.raises(ValidationError):
        try:
            field.clean(value)
        except ValidationError as problem:
            sentences = problem.messages  # put into words here, in this language
            raise
    return str(sentences[0])


@pytest.mark.parametrize("month", ["3", "03", "mart", "Mart", "MART", "mar", "март", "марта", "МАРТ", "March", "mar."])
def test_the_month_is_a_number_or_a_word_of_any_language(month: str) -> None:
    assert fields.Day().clean(("27", month, "1985")) == date(1985, 3, 27)


@pytest.mark.parametrize("month", ["0", "13", "xx", "ma", "", "iyu", "m"])
def test_what_is_no_month_or_could_be_two_is_none(month: str) -> None:
    assert months.number_of(month) is None


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (("", "3", "1985"), "The day is missing"),
        (("27", "", "1985"), "The month is missing"),
        (("27", "3", ""), "The year is missing"),
        (("31", "2", "2020"), "There is no such day"),
        (("27", "3", "85"), "four digits"),
        (("x", "3", "1985"), "from 1 to 31"),
        (("1", "Brumaire", "1985"), "no such month"),
    ],
)
def test_a_wrong_date_names_the_part_that_is_wrong(typed: tuple[str, str, str], sentence: str) -> None:
    assert sentence in problem(fields.Day(), typed)


def test_a_date_left_empty_is_asked_for_or_none() -> None:
    assert "day, the month and the year" in problem(fields.Day(), ("", "", ""))
    assert fields.Day(required=False).clean(("", "", "")) is None


def test_a_date_has_limits_and_today_may_be_one() -> None:
    field = fields.Day(least="2000-01-01", most="today")

    with clock.standing_at(datetime(2026, 3, 18, 12, tzinfo=UTC)):
        assert field.clean(("18", "3", "2026")) == date(2026, 3, 18)
        assert "not after 18 March 2026" in problem(field, ("19", "3", "2026"))
        assert "not before 1 January 2000" in problem(field, ("31", "12", "1999"))


def test_a_moment_is_read_by_the_countrys_clock() -> None:
    found = fields.Moment().clean(("18", "3", "2026", "9.30"))

    assert found == datetime(2026, 3, 18, 5, 30, tzinfo=UTC)
    assert fields.Moment().prepare_value(found) == ("18", "3", "2026", "09:30")


@pytest.mark.parametrize(("typed", "value"), [("1 200", 1200), ("1\u00a0200", 1200), ("-5", -5), ("12,0", 12)])
def test_a_whole_number_may_have_blanks(typed: str, value: int) -> None:
    assert fields.Number(least=None, most=None).clean(typed) == value


@pytest.mark.parametrize("typed", ["12,5", "twelve", "1e5", "Infinity", "0x10", "１２ａ", "9" * 30])
def test_what_is_no_whole_number_is_said(typed: str) -> None:
    assert "whole number" in problem(fields.Number(least=None, most=None), typed)


def test_a_decimal_is_text_without_needless_zeros() -> None:
    assert fields.Number(fraction=True, least=None, most=None).clean("12,50") == "12.5"
    assert fields.Number(fraction=True, least=None, most=None).clean("100") == "100"


def test_limits_of_a_number_are_named() -> None:
    assert "at least 1" in problem(fields.Number(least="1", most="5"), "0")
    assert "at most 5" in problem(fields.Number(least="1", most="5"), "6")


def test_a_letter_that_an_identifier_never_has_is_named_and_never_replaced() -> None:
    fin = fields.Identifier(country.current().identifiers["fin"])

    assert fin.clean(" 5abc123 ") == "5ABC123"
    assert "The letter O" in problem(fin, "5ABCO23")
    assert "digit 1" in problem(fin, "5ABC1I3")
    assert "5ABC123" in problem(fin, "5ABC")


def test_a_hidden_sign_in_a_text_is_asked_again() -> None:
    assert "cannot be seen" in problem(fields.Written(), "Bak\u202eı")


def test_a_code_may_be_typed_in_small_letters_and_is_else_taken_as_it_is() -> None:
    number = fields.Written(pattern=r"[A-Z]{2}\d{3}|x\d")

    assert number.clean("az123") == "AZ123"
    assert number.clean("x7") == "x7"
    assert "another form" in problem(number, "ız123")
    assert "another form" in problem(number, "az12")


def test_text_has_a_length_and_lines_only_where_they_belong() -> None:
    assert "at most 200" in problem(fields.Written(), "a" * 201)
    assert "at least 3" in problem(fields.Written(length=(3, 9)), "ab")
    assert fields.LongText().clean("a\r\nb") == "a\nb"


def test_a_boolean_is_asked_and_nothing_chosen_is_not_a_no() -> None:
    assert fields.YesOrNo().clean("no") is False
    assert fields.YesOrNo().clean("yes") is True
    assert "Choose one" in problem(fields.YesOrNo(), "")


def test_seven_choices_are_buttons_and_eight_a_list() -> None:
    seven = fields.Choice([(str(n), str(n)) for n in range(7)])
    eight = fields.Choice([(str(n), str(n)) for n in range(8)])

    assert (seven.component, eight.component) == ("radios", "select")
    assert "that are shown" in problem(seven, "9")


@pytest.mark.parametrize("typed", ["+994 50 123-45-67", "00994501234567", "(050) 123 45 67"])
def test_a_telephone_number_is_written_in_many_ways(typed: str) -> None:
    assert fields.Phone().clean(typed).removeprefix("+994").removeprefix("0") == "501234567"


@pytest.mark.parametrize("typed", ["12", "call me", "+99450123456789012"])
def test_what_is_no_telephone_number_is_said(typed: str) -> None:
    assert "code of the operator" in problem(fields.Phone(), typed)


def test_an_email_address_needs_its_parts() -> None:
    assert fields.Email().clean(" ad@misal.az ") == "ad@misal.az"
    assert "name@example.com" in problem(fields.Email(), "ad@misal")


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_no_text_breaks_a_date(day: str, month: str, year: str) -> None:
    try:
        fields.Day(required=False).clean((day.strip(), month.strip(), year.strip()))
    except ValidationError as found:
        assert len(found.messages) == 1


@given(st.text(max_size=60))
def test_no_text_breaks_a_field(typed: str) -> None:
    identifier = fields.Identifier(country.current().identifiers["fin"], required=False)
    number = fields.Number(least=None, most=None, required=False)
    for field in (fields.Written(required=False), number, identifier, fields.Phone(required=False)):
        try:
            field.clean(typed)
        except ValidationError as found:
            assert len(found.messages) == 1
