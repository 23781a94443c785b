"""Cells that are what they look like: most of a file, told at a glance, with their JSON as a row holds it. Pure.

Only ever says what `cells.converter` and `kinds.reader` say together; where it is not plain it says nothing, and they
are asked. A test holds the three together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date

from babel.numbers import get_currency_precision

from pencere.base.writing import Writing
from pencere.country.declarations import Country, Field
from pencere.registers.importing.encoding import Letters
from pencere.registers.kinds import TEXTS, letters, text_limits

Write = Callable[[Sequence[str]], list[str | None]]
"""Cells of a column -> of each `"name":value,` as JSON, or None where it is not plain."""

_SIGNS = " .,:;'()/-"
_DAY = re.compile(r"(\d\d)\.(\d\d)\.(\d{4})", re.ASCII)
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_PHONE = re.compile(r"\+[1-9]\d{5,14}", re.ASCII)


def writer(country: Country, field: Field, name: str) -> Write | None:
    """How plain cells of that field are written under that name; None of a field whose cells are never plain."""
    if field.many is not None:
        return None
    if field.kind in TEXTS:
        return _texts(country, field, name)
    if field.min is not None or field.max is not None:
        return None
    if field.kind == "date":
        return _each(_day, name)
    if field.kind == "money" and get_currency_precision(country.currency) == 2:
        return _each(_hundredths, name)
    return None


def _texts(country: Country, field: Field, name: str) -> Write:
    is_plain = _plain_text(letters(country)).fullmatch if field.kind != "phone" else _PHONE.fullmatch
    least, most, pattern = text_limits(field)
    has_shape = pattern.fullmatch if pattern and field.kind != "phone" else bool
    head = f'"{name}":"'

    def write(texts: Sequence[str]) -> list[str | None]:
        return [
            f'{head}{text}",' if is_plain(text) and least <= len(text) <= most and has_shape(text) else None
            for text in texts
        ]

    return write


def _each(as_json: Callable[[str], str | None], name: str) -> Write:
    head = f'"{name}":'
    return lambda texts: [f"{head}{written}," if (written := as_json(text)) else None for text in texts]


def _plain_text(style: Writing) -> re.Pattern[str]:
    """Words of letters that nobody doubts, single blanks between, a letter or digit first; JSON escapes none."""
    sure = [sign for sign in Letters(style).sure if unicodedata.normalize("NFC", sign) == sign and sign.isprintable()]
    stay = [sign for sign in sure if all(_stays(other + sign) and _stays(sign + other) for other in sure)]
    first = "".join(map(re.escape, stay))
    rest = first + re.escape(_SIGNS.strip())
    return re.compile(f"[{first}][{rest}]*(?: [{rest}]+)*")


def _stays(text: str) -> bool:
    return unicodedata.normalize("NFC", text) == text


def _hundredths(text: str) -> str | None:
    """`1250.50` and `1250,50` are 125050 of the smallest unit."""
    digits = text[:-3] + text[-2:]
    if 3 < len(text) < 17 and text[-3] in ".," and digits.isascii() and digits.isdigit() and digits[0] != "0":
        return digits
    return None


def _day(text: str) -> str | None:
    if written := _DAY.fullmatch(text):
        text = f"{written[3]}-{written[2]}-{written[1]}"
    elif not _ISO_DAY.fullmatch(text):
        return None
    try:
        date.fromisoformat(text)
    except ValueError:
        return None
    return f'"{text}"'
