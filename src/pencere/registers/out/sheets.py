"""A table for people, as the spreadsheet of their language opens it by a double click: decided here and nowhere else.

Cells stand apart by ";" where the decimal sign is a comma, else by ",": that is what spreadsheets of those languages
expect. No line `sep=` says so, because Excel then forgets the byte order mark and reads the letters wrongly. Days,
numbers, yes and no are written as people of the language write them; a text that would be reckoned is marked as text.
It does not load again: that is what the exact file is for.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, get_decimal_symbol
from django.utils.translation import override

from pencere.base.money import Money
from pencere.country.declarations import Country, Field, Register
from pencere.registers import showing
from pencere.registers.out.cells import kind_of, writer
from pencere.registers.out.formats import Rows, field_of, labels_of
from pencere.registers.out.taking import DAYS

BYTE_ORDER_MARK = "\ufeff"
"""Tells spreadsheets that the file is UTF-8."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBERS = ("integer", "decimal", "percent", "money")

Write = Callable[[object], str]


class Manner:
    """How a language writes the cells of a table."""

    def __init__(self, country: Country, language: str) -> None:
        self._country, self.language = country, language
        self._zone = ZoneInfo(country.time_zone)
        try:
            self._locale = Locale.parse(language, sep="-")
        except (UnknownLocaleError, ValueError):
            self._locale = Locale("en")
        self.between = ";" if get_decimal_symbol(self._locale) == "," else ","
        self._day = "dd.MM.y" if self.between == ";" else "d MMM y"

    def day(self, value: date) -> str:
        return format_date(value, self._day, locale=self._locale)

    def moment(self, value: datetime) -> str:
        return format_datetime(value.astimezone(self._zone), f"{self._day} HH:mm", locale=self._locale)

    def number(self, value: object) -> str:
        """Without marks between thousands, which spreadsheets of other languages would misread."""
        return format_decimal(Decimal(str(value)), format="0.############", locale=self._locale)

    def money(self, value: object) -> str:
        amount = Money(int(str(value)), self._country.currency).major()
        return format_decimal(amount, format=f"0.{'0' * -int(amount.as_tuple().exponent)}", locale=self._locale)

    def writer(self, register: Register, name: str) -> Write:
        """How a field is written; what is no number and no day as pages show it, places on the ground as GeoJSON."""
        field = field_of(register, name)
        one = self._one(register, name, field)
        if field.kind == "geometry":
            return writer(self._country, field)
        if field.many is None or field.kind in ("group", "choices"):
            return one
        return lambda value: "; ".join(map(one, value))  # type: ignore[call-overload]

    def _one(self, register: Register, name: str, field: Field) -> Write:
        kind = kind_of(self._country, field)
        plain: dict[str, Callable[..., str]] = {"date": self.day, "moment": self.moment, "money": self.money}
        if kind in plain:
            return plain[kind]
        if kind in _NUMBERS:
            return self.number
        if labels := labels_of(self._country, register, field, self.language):
            if kind == "choices":
                return lambda value: safe("; ".join(labels.get(code, code) for code in value))  # type: ignore[attr-defined]
            return lambda value: safe(labels.get(str(value), value))
        if kind in ("boolean", "group"):
            return lambda value: safe(showing.in_words(register, name, field, value))
        return safe


def as_sheet(country: Country, register: Register, fields: Sequence[str], rows: Rows, language: str) -> Iterator[bytes]:
    """The bytes, a batch of rows at a time. Since when a row holds means nothing in a register without periods."""
    manner = Manner(country, language)
    names = (*fields, *(DAYS if register.dated else DAYS[1:]))
    writers = [(name, manner.writer(register, name)) for name in names]
    with override(language):
        head = [safe(showing.measured_label(register, name)) for name in names]
    yield BYTE_ORDER_MARK.encode() + _lines([head], manner.between)
    for batch in rows:
        with override(language):
            lines = [[_cell(row.values, row, name, write) for name, write in writers] for row in batch]
        yield _lines(lines, manner.between)


def safe(text: object) -> str:
    """A text that a spreadsheet would reckon is marked as text."""
    words = str(text)
    return f"'{words}" if words.startswith(_FORMULA) else words


def _cell(values: dict[str, object], row: object, name: str, write: Write) -> str:
    value = values[name] if name in values else getattr(row, name)
    return "" if value is None else write(value)


def _lines(rows: Iterable[Sequence[str]], between: str) -> bytes:
    target = io.StringIO()
    csv.writer(target, delimiter=between).writerows(rows)
    return target.getvalue().encode()
