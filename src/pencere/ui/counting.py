"""Form fields for numbers with a measure: money, percent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext, gettext_lazy

from pencere import country
from pencere.base import money
from pencere.base.errors import BadInput
from pencere.base.money import Money
from pencere.ui.fields import Number


class Amount(forms.Field):
    """Money of the country, typed as the reader's language writes it; the value is whole minor units (qəpik)."""

    component = "text"
    width = "10"
    default_error_messages = {"required": gettext_lazy("Write the amount.")}

    def __init__(self, *, least: str | None, most: str | None, **options: Any) -> None:
        super().__init__(widget=forms.TextInput, **options)
        self.least, self.most = least, most

    @property
    def suffix(self) -> str:
        return country.current().currency

    def prepare_value(self, value: object) -> object:
        if isinstance(value, int) and not isinstance(value, bool):
            return f"{Money(value, country.current().currency).major():f}"
        return value

    def to_python(self, value: object) -> int | None:
        text = str(value or "").strip()
        if not text:
            return None
        found = _read(text)
        for limit, is_beyond, sentence in (
            (self.least, Money.__lt__, gettext("Write an amount that is at least %(limit)s.")),
            (self.most, lambda one, other: other < one, gettext("Write an amount that is at most %(limit)s.")),
        ):
            if limit is not None and is_beyond(found, money.parse(limit, found.currency)):
                shown = money.show(money.parse(limit, found.currency), _language())
                raise ValidationError(sentence % {"limit": shown}, "limit")
        return found.minor


class Percent(Number):
    """Per cent as a decimal text: 12.5 is twelve and a half of a hundred."""

    width = "5"
    suffix = "%"

    def __init__(self, *, least: str | None, most: str | None, **options: Any) -> None:
        super().__init__(fraction=True, least=least or "0", most=most or "100", **options)


def _read(text: str) -> Money:
    """By the language's own signs, else with a point before the smallest unit, as machines and receipts print it."""
    currency = country.current().currency
    problem = BadInput("not_an_amount")
    for language in (_language(), None):
        try:
            found = money.parse(text if language else text.replace(" ", ""), currency, language)
        except BadInput as wrong:
            problem = wrong
            continue
        if found.minor < 0:
            raise ValidationError(gettext("Write an amount without a minus."), "negative")
        if found.major() >= Decimal(10) ** 12:
            raise ValidationError(gettext("This amount is too large. Check the digits."), "too_large")
        return found
    if problem.reason == "too_precise":
        words = gettext("Write at most %(digits)s digits after the point.") % problem.details
        raise ValidationError(words, "too_precise")
    raise ValidationError(gettext("Write an amount in digits, for example 12.50."), "amount")


def _language() -> str:
    return translation.get_language() or "en"
