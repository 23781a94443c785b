"""Letters as a country declares them: case, search, order, cleaning, the order of a name.

Nothing here knows a language by name. Casing goes through here and never through `str.lower` and `str.upper`
alone: "İ".lower() is two code points, "i".upper() is wrong in Azerbaijani, "ə" exists in three code points.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from pencere.base.errors import BadInput


@dataclass(frozen=True, slots=True)
class Writing:
    """How one language is written. All letters are given in lower case; `pairs` only where Unicode's differ."""

    language: str
    alphabet: tuple[str, ...]  # in order; a letter may be two characters ("cs")
    pairs: Mapping[str, str] = field(default_factory=dict)  # lower -> upper
    folding: Mapping[str, str] = field(default_factory=dict)  # letter -> letter of the search form
    same_letter: Mapping[str, str] = field(default_factory=dict)  # wrong code point -> right one
    name: tuple[str, ...] = ("given", "surname")  # parts of a name in order
    plural: tuple[str, ...] = ("other",)
    _to_upper: Mapping[int, str] = field(init=False, repr=False, compare=False)
    _to_lower: Mapping[int, str] = field(init=False, repr=False, compare=False)
    _to_same: Mapping[int, str] = field(init=False, repr=False, compare=False)
    _ranks: Mapping[str, str] = field(init=False, repr=False, compare=False)
    _letters: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        capital = dict(self.pairs)
        # A language that does not know "İ" still meets it in names; str.lower would leave a stray dot behind.
        small = {"İ": "i"} | {upper: lower for lower, upper in self.pairs.items()}
        same = dict(self.same_letter)
        for wrong, right in self.same_letter.items():
            same.setdefault(wrong.upper(), self.pairs.get(right, right.upper()))
        ranks = {letter: _base36(36 + place, 2) for place, letter in enumerate(self.alphabet)}
        longest_first = sorted(self.alphabet, key=len, reverse=True)
        pattern = "|".join([*(re.escape(letter) for letter in longest_first), "."])
        object.__setattr__(self, "_to_upper", str.maketrans(capital))
        object.__setattr__(self, "_to_lower", str.maketrans(small))
        object.__setattr__(self, "_to_same", str.maketrans(same))
        object.__setattr__(self, "_ranks", ranks)
        object.__setattr__(self, "_letters", re.compile(pattern, re.DOTALL))


def upper(text: str, writing: Writing) -> str:
    return unicodedata.normalize("NFC", text).translate(writing._to_upper).upper()


def lower(text: str, writing: Writing) -> str:
    return unicodedata.normalize("NFC", text).translate(writing._to_lower).lower()


def fold(text: str, writing: Writing) -> str:
    """The form by which text is searched: lower case, declared folding, accents dropped from foreign letters.

    A letter of the alphabet keeps its marks unless `folding` says otherwise: Russian "й" stays, French "é" does not.
    """
    small = lower(unicodedata.normalize("NFKC", text).translate(writing._to_same), writing)
    letters = []
    for letter in unicodedata.normalize("NFC", small):
        letter = writing.folding.get(letter, letter)
        if letter not in writing._ranks:
            bare = "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))
            letter = "".join(writing.folding.get(part, part) for part in bare)
        letters.append(letter)
    return "".join(letters)


def sort_key(text: str, writing: Writing) -> str:
    """A key of digits and small latin letters: sorts alike in Python and under every collation of a database.

    Order: blank, other signs, digits, the alphabet, foreign letters; then accents; then small before capital.
    """
    written = unicodedata.normalize("NFC", text).translate(writing._to_same)
    small = lower(written, writing)
    first = "".join(_rank(letter, writing) for letter in writing._letters.findall(small))
    plain = "".join(_without_marks(letter, writing) for letter in small)
    if written == plain and not any(_shares_its_rank(letter) for letter in plain):
        return first
    return first + "00" + "".join(_base36(ord(sign), 4) for sign in small + written.swapcase())


def clean(text: str, writing: Writing, *, lines: bool = False) -> str:
    """What a person typed or a file held, in one form: NFC, right code points, single blanks, no blank at the ends.

    Raises BadInput "hidden_character" for signs that nobody sees: control, direction, zero width, tags, fillers.
    With `lines` the text may have several lines.
    """
    text = unicodedata.normalize("NFC", text).translate(writing._to_same)
    if lines:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        return "\n".join(_clean_line(line) for line in text.split("\n")).strip("\n")
    return _clean_line(text)


def full_name(parts: Mapping[str, str | None], writing: Writing) -> str:
    """The parts in the language's order; parts that are missing or empty leave no gap."""
    return " ".join(part for name in writing.name if (part := parts.get(name)))


# Seen by nobody, yet neither control nor format by Unicode's categories.
_VARIANTS = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0") | frozenset(map(chr, _VARIANTS))
_HIDDEN_KINDS = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def _clean_line(text: str) -> str:
    if text.isprintable() and _UNSEEN.isdisjoint(text):  # nearly every text, at a tenth of the cost
        return " ".join(text.split())
    for sign in text:
        if sign == "\t":
            continue
        if sign in _UNSEEN or unicodedata.category(sign) in _HIDDEN_KINDS:
            raise BadInput("hidden_character", code=f"U+{ord(sign):04X}")
    return " ".join(text.split())


def _rank(letter: str, writing: Writing) -> str:
    known = writing._ranks.get(letter)
    if known is not None:
        return known
    bare = _without_marks(letter, writing)
    if bare != letter:
        return "".join(_rank(part, writing) for part in bare)
    if letter.isspace():
        return "01"
    if letter.isdecimal():
        return _base36(3 + unicodedata.decimal(letter), 2)
    return ("zz" if letter.isalpha() else "02") + _base36(ord(letter), 4)


def _shares_its_rank(letter: str) -> bool:
    """Every blank sorts as a blank and every digit as its number, so the key must tell them apart further on."""
    return (letter.isspace() and letter != " ") or (letter.isdecimal() and not letter.isascii())


def _without_marks(letter: str, writing: Writing) -> str:
    if letter in writing._ranks:
        return letter
    return "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))


_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def _base36(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits
