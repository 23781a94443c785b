"""Money in whole minor units: 40,50 manat are 4050 qəpik. No fraction is ever lost, no float ever used."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.numbers import NumberFormatError, format_currency, get_currency_precision, get_group_symbol, parse_decimal

from pencere.base.errors import BadInput

_ELSEWHERE = {"en": "en_GB"}
"""A language whose bare code means a country that writes otherwise than most who read it."""
_PLAIN = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` counts the smallest unit; `currency` is the ISO code. Amounts of two currencies do not mix."""

    minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other).minor

    def times(self, factor: int | Decimal) -> Money:
        """Rounded to the minor unit, half away from nought."""
        return Money(int((self.minor * Decimal(factor)).quantize(Decimal(1), ROUND_HALF_UP)), self.currency)

    def major(self) -> Decimal:
        """4050 qəpik as 40.50."""
        return Decimal(self.minor).scaleb(-get_currency_precision(self.currency))

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix")
        return other


def parse(text: str, currency: str, language: str | None = None) -> Money:
    """Without a language as declarations write it (`933.80`); with one as people there type it (`1.234,50`).

    Raises BadInput "not_an_amount", or "too_precise" for a part of the smallest unit.
    """
    text = text.strip()
    if language is None:
        if not _PLAIN.fullmatch(text):
            raise BadInput("not_an_amount")
        amount = Decimal(text)
    else:
        try:
            amount = parse_decimal(_with_its_blank(text, language), locale=_locale_of(language), strict=True)
        except NumberFormatError as wrong:
            raise BadInput("not_an_amount") from wrong
        if not amount.is_finite():
            raise BadInput("not_an_amount")
    minor = amount.scaleb(get_currency_precision(currency))
    if minor != minor.to_integral_value():
        raise BadInput("too_precise", digits=get_currency_precision(currency))
    return Money(int(minor), currency)


def show(money: Money, language: str) -> str:
    """As the language writes it: `1.234.567,50 ₼`."""
    text = format_currency(money.major(), money.currency, locale=_locale_of(language))
    # CLDR parts a code from the digits by a no-break blank; Babel forgets it.
    return re.sub(r"(?<=[A-Z])(?=\d)", "\u00a0", text)


def _with_its_blank(text: str, language: str) -> str:
    """Who groups by a blank types the plain one; CLDR knows only that which does not break."""
    group = get_group_symbol(_locale_of(language))
    return re.sub(r"\s", group, text) if group.isspace() else text


@cache
def _locale_of(language: str) -> Locale:
    """CLDR's locale; for a language that it does not know, one that writes plain numbers."""
    try:
        return Locale.parse(_ELSEWHERE.get(language, language).replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("root")
