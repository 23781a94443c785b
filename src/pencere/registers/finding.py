"""In which forms a value stands in the index of rows: what it is, each of its words, its place in an order. Pure.

The index (`models.RowKey`) compares text byte by byte on both engines. So a field has up to four entries, told apart by
the sign behind its name: none, the exact form; `~`, one for each word, folded as the country searches; `^`, what sorts
where the exact form does not (letters by the alphabet, numbers by their worth); `!`, that the row has no value. `=`
stands behind no field: by what the whole row looks like another. `Forms` says it of a field with one value, for one
row and for a column alike. Docs: docs/decisions/0012.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import chain, islice
from typing import NamedTuple

from pencere.base import writing
from pencere.base.remembering import Remembering
from pencere.base.writing import Writing
from pencere.country.declarations import Field
from pencere.registers.kinds import TEXTS

WORD, ORDER, NONE = "~", "^", "!"
ALIKE = "="
"""The one entry of a row in a register that declares `alike`: rows that have it in common may be the same thing."""
LONGEST = 200
"""Of an entry. What is longer ends in the hash of the whole."""
LONGEST_WORD = 60
MOST_WORDS = 400
"""Of one value; a text of more different words is found by the first ones."""
UNSORTED = frozenset({"group", "geometry", "file", "photo", "choices", "long_text"})

_WORD = re.compile(r"[^\W_]+")
_ANY_LETTER = re.compile(r"[^\x00-\x7f]|\\[wDSWb]|\[\^|(?<!\\)\.")
_TOP = 10**19
"""Above every whole number that a row may hold, so that negative ones sort below."""
_DIGITS = 30
"""Before the point, and after it: as many as `kinds` lets through."""
_NINES = str.maketrans("0123456789", "9876543210")


class Order(NamedTuple):
    """By which entries of the index a field is sorted, and how such an entry is made."""

    field: str  # the field's name, with `^` where it has such entries
    key: Callable[[object], str]


def order_of(path: str, field: Field, written: Writing, exact: Callable[[object], str]) -> Order | None:
    """None for what has no order: several values, shapes on the ground, papers."""
    if "." in path or field.many is not None or field.kind in UNSORTED:
        return None
    if field.kind in TEXTS and not _is_code(field):
        return Order(path + ORDER, lambda value: writing.sort_key(str(value), written))
    if field.kind in ("integer", "money"):
        return Order(path + ORDER, whole_key)
    if field.kind in ("decimal", "percent"):
        return Order(path + ORDER, decimal_key)
    return Order(path, exact)


def _is_code(field: Field) -> bool:
    """Only signs of ASCII, as the declaration says: a number or a code, which sorts as it is written."""
    if field.given and field.given.startswith("serial"):
        return True
    return field.pattern is not None and _ANY_LETTER.search(field.pattern) is None


def whole_key(value: object) -> str:
    """Sorts as the whole number does."""
    return f"{int(str(value)) + _TOP:020d}"


def decimal_key(value: object) -> str:
    """Sorts as the decimal number does; what is equal (1.5, 1.50) is alike."""
    whole, _, part = format(abs(number := Decimal(str(value))), "f").partition(".")
    text = whole.lstrip("0").rjust(_DIGITS, "0") + part.rstrip("0")
    return "0" + text.translate(_NINES) + "~" if number < 0 and text.strip("0") else "1" + text


class Words:
    """Words as a country searches: small letters, its own folding, those of its other languages after it."""

    def __init__(self, styles: Iterable[Writing]) -> None:
        self._styles = tuple(styles)
        small = "".join(sign for sign in "abcdefghijklmnopqrstuvwxyz0123456789" if self._folded(sign) == (sign,))
        is_folded = re.compile(f"[{small}]{{1,{LONGEST_WORD}}}").fullmatch  # most numbers and many words
        self._known = Remembering(lambda word: (word,) if is_folded(word) else self._folded(word))

    def of(self, text: str) -> tuple[str, ...]:
        """The different words of a text, in its order."""
        found = dict.fromkeys(chain.from_iterable(map(self._known.__getitem__, _WORD.findall(text))))
        return tuple(found) if len(found) <= MOST_WORDS else tuple(islice(found, MOST_WORDS))

    def _folded(self, word: str) -> tuple[str, ...]:
        """Mostly one; folding may take a sign for a gap."""
        for style in self._styles:
            word = writing.fold(word, style)
        return tuple(piece[:LONGEST_WORD] for piece in _WORD.findall(word))


def span_of_word(word: str) -> tuple[str, str]:
    """First and last entry of all words that begin so."""
    return word, word + "\U0010ffff"


class Form(NamedTuple):
    """One form in which a field with one value stands in the index, and the name under which it does."""

    field: str
    of: Callable[[object], tuple[str, ...]]
    """The texts of a value."""
    column: Callable[[Sequence[object]], list[str]] | None
    """The one text of each of these values; None where a value has several texts, or none: its words."""


class Forms(NamedTuple):
    """All forms of a field with one value, the exact one first if it has one. `gap`: the name that says it has none."""

    each: tuple[Form, ...]
    gap: str = ""

    def of(self, value: object) -> dict[str, tuple[str, ...]]:
        """The field's entries: name -> texts."""
        if value is None:
            return {self.gap: ("",)} if self.gap else {}
        return {field: texts for field, of, _column in self.each if (texts := of(value))}


def forms(path: str, exact: Callable[[object], str] | None, words: Words | None, order: Order | None) -> Forms:
    each = [_one(path, exact)] if exact else []
    if words is not None:
        each.append(_words(path + WORD, words))
    if order is not None and order.field != path:
        each.append(_one(order.field, order.key))
    return Forms(tuple(each), path + NONE if order else "")


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 65]}#{hashlib.sha256(text.encode()).hexdigest()}"


def _one(field: str, key: Callable[[object], str]) -> Form:
    def column(values: Sequence[object]) -> list[str]:
        texts = [key(value) for value in values]
        return texts if len(max(texts, key=len, default="")) <= LONGEST else [shortened(text) for text in texts]

    return Form(field, lambda value: (shortened(key(value)),), column)


def _words(field: str, words: Words) -> Form:
    return Form(field, lambda value: words.of(str(value)), None)
