"""Money: nothing is lost, currencies do not mix, every language sees its own form."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pencere.base.errors import BadInput
from pencere.base.money import Money, parse, show

MONEY = st.builds(Money, st.integers(-(10**15), 10**15), st.just("AZN"))


def test_a_declared_amount_is_read_in_whole_minor_units() -> None:
    assert parse("40", "AZN") == Money(4000, "AZN")
    assert parse(" 933.80 ", "AZN") == Money(93380, "AZN")
    assert parse("-0.05", "AZN") == Money(-5, "AZN")
    assert parse("500", "JPY") == Money(500, "JPY")


@pytest.mark.parametrize("text", ["", "40,50", "1e3", "NaN", "١٢", "4 0", "--4", "40."])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="not_an_amount"):
        parse(text, "AZN")


def test_a_part_of_the_smallest_unit_is_refused() -> None:
    with pytest.raises(BadInput, match="too_precise"):
        parse("40.505", "AZN")
    with pytest.raises(BadInput, match="too_precise"):
        parse("0.5", "JPY")


def test_people_type_amounts_as_their_language_writes_them() -> None:
    assert parse("1.234,50", "AZN", "az") == parse("1234,5", "AZN", "az") == Money(123450, "AZN")
    assert parse("1 234,50", "AZN", "ru") == parse("1\u00a0234,50", "AZN", "ru") == Money(123450, "AZN")
    assert parse("1,234.50", "AZN", "en") == Money(123450, "AZN")
    for text, language in (("1.5", "az"), ("1,5", "en"), ("abc", "ru"), ("Infinity", "en"), ("NaN", "az")):
        with pytest.raises(BadInput, match="not_an_amount"):
            parse(text, "AZN", language)


def test_money_is_shown_as_the_language_writes_it() -> None:
    money = Money(123456750, "AZN")

    assert show(money, "az") == "1.234.567,50\u00a0₼"
    assert show(money, "en") == "AZN\u00a01,234,567.50"
    assert show(money, "ru") == "1\u00a0234\u00a0567,50\u00a0AZN"
    assert show(Money(5, "EUR"), "el") == "0,05\u00a0€"
    assert show(Money(123456, "USD"), "zz") == "US$\u00a01,234.56", "a language that CLDR does not know"


def test_shares_round_half_up_to_the_minor_unit() -> None:
    assert Money(93381, "AZN").times(Decimal("0.5")) == Money(46691, "AZN")
    assert Money(-93381, "AZN").times(Decimal("0.5")) == Money(-46691, "AZN")
    assert Money(100, "AZN").times(3) == Money(300, "AZN")


def test_currencies_do_not_mix() -> None:
    manat, euro = Money(1, "AZN"), Money(1, "EUR")

    for mix in (lambda: manat + euro, lambda: manat - euro, lambda: manat < euro, lambda: manat <= euro):
        with pytest.raises(ValueError, match="do not mix"):
            mix()
    assert manat != euro
    assert manat <= Money(1, "AZN")
    assert not manat < Money(1, "AZN")


@given(MONEY, MONEY)
def test_what_is_added_can_be_taken_away(one: Money, other: Money) -> None:
    assert one + other - other == one
    assert one - one == Money(0, "AZN")
    assert one + -one == Money(0, "AZN")
    assert (one < other) == (other > one) == (one.minor < other.minor)


@given(MONEY)
def test_an_amount_written_down_is_read_back(money: Money) -> None:
    assert parse(format(money.major(), "f"), "AZN") == money


@given(MONEY, st.sampled_from(["az", "ru", "en", "el"]))
def test_the_shown_digits_are_those_of_the_amount(money: Money, language: str) -> None:
    assert "".join(sign for sign in show(money, language) if sign.isdigit()).lstrip("0") == str(
        abs(money.minor)
    ).lstrip("0")
