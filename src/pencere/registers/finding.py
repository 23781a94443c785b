"""In which forms a value stands in the index of rows: what it is, each of its words, its place in an order. Pure.

The index (`models.RowKey`) compares text byte by byte on both engines. So a field has up to four entries, told apart by
the sign behind its name: none, the exact form; `~`, one for each word, folded as the country searches; `^`, what sorts
where the exact form does not (letters by the alphabet, numbers by their worth); `!`, that the row has no value. `=`
stands behind no field: by what the whole row looks like another.
Docs: docs/decisions/0012.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
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


def entries(
    path: str, values: tuple[object, ...], words: Words | None, order: Order | None
) -> dict[str, tuple[str, ...]]:
    """The entries of one field besides its exact form."""
    found: dict[str, tuple[str, ...]] = {}
    if not values:
        return found if order is None else {path + NONE: ("",)}
    if words is not None:
        first, *others = map(words.of, map(str, values))
        several = tuple(dict.fromkeys(chain(first, *others))) if others else first
        if several:
            found[path + WORD] = several
    if order is not None and order.field != path:
        found[order.field] = (order.key(values[0]),)
    return found
