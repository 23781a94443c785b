"""Letters as a country declares them: case, search, order, cleaning, the order of a name.

Nothing here knows a language by name. Casing goes through here and never through `str.lower` and `str.upper`
alone: "İ".lower() is two code points, "i".upper() is wrong in Azerbaijani, "ə" exists in three code points.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import ne

from pencere.base.errors import BadInput
from pencere.base.remembering import Remembering

Change = Callable[[str], str]


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
    _to_upper: Change = field(init=False, repr=False, compare=False)
    _to_lower: Change = field(init=False, repr=False, compare=False)
    _to_same: Change = field(init=False, repr=False, compare=False)
    _ranks: Mapping[str, str] = field(init=False, repr=False, compare=False)
    _letters: re.Pattern[str] | None = field(init=False, repr=False, compare=False)  # None: each is one character
    _rank_of: Mapping[str, str] = field(init=False, repr=False, compare=False)
    _plain_of: Mapping[str, str] = field(init=False, repr=False, compare=False)
    _word_keys: Mapping[str, tuple[str, str] | None] = field(init=False, repr=False, compare=False)
    _folded: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        capital = dict(self.pairs)
        # A language that does not know "İ" still meets it in names; str.lower would leave a stray dot behind.
        small = {"İ": "i"} | {upper: lower for lower, upper in self.pairs.items()}
        same = dict(self.same_letter)
        for wrong, right in self.same_letter.items():
            same.setdefault(wrong.upper(), self.pairs.get(right, right.upper()))
        ranks = {letter: _base36(36 + place, 2) for place, letter in enumerate(self.alphabet)}
        object.__setattr__(self, "_to_upper", _change(capital))
        object.__setattr__(self, "_to_lower", _change(small))
        object.__setattr__(self, "_to_same", _change(same))
        object.__setattr__(self, "_ranks", ranks)
        object.__setattr__(self, "_letters", _pattern(self.alphabet))
        object.__setattr__(self, "_rank_of", Remembering(lambda letter: _rank(letter, self)))
        object.__setattr__(self, "_plain_of", Remembering(lambda letter: _plain(letter, self)))
        object.__setattr__(self, "_word_keys", Remembering(lambda word: _word_key(word, self)))
        object.__setattr__(self, "_folded", Remembering(lambda letter: _fold(letter, self)))


def _change(letters: Mapping[str, str]) -> Change:
    """Each letter becomes another one; most texts have none of them."""
    pairs = tuple(letters.items())
    if not set(letters.values()).isdisjoint(letters):
        table = str.maketrans(dict(letters))
        return lambda text: text.translate(table)

    def change(text: str) -> str:
        for letter, other in pairs:
            if letter in text:
                text = text.replace(letter, other)
        return text

    return change


def _pattern(alphabet: tuple[str, ...]) -> re.Pattern[str] | None:
    if all(len(letter) == 1 for letter in alphabet):
        return None
    longest_first = sorted(alphabet, key=len, reverse=True)
    return re.compile("|".join([*(re.escape(letter) for letter in longest_first), "."]), re.DOTALL)


def capitals(text: str) -> str:
    """Of codes: a to z as capitals, all else stays. `str.upper` would make SS of ß and I of ı, which nobody typed."""
    return "".join(sign.upper() if "a" <= sign <= "z" else sign for sign in text)


def upper(text: str, writing: Writing) -> str:
    return writing._to_upper(unicodedata.normalize("NFC", text)).upper()


def lower(text: str, writing: Writing) -> str:
    return writing._to_lower(unicodedata.normalize("NFC", text)).lower()


def fold(text: str, writing: Writing) -> str:
    """The form by which text is searched: lower case, declared folding, accents dropped from foreign letters.

    A letter of the alphabet keeps its marks unless `folding` says otherwise: Russian "й" stays, French "é" does not.
    """
    small = lower(writing._to_same(unicodedata.normalize("NFKC", text)), writing)
    return "".join(map(writing._folded.__getitem__, unicodedata.normalize("NFC", small)))


SORT_KEYS = 2
"""Which form sort keys have; another number wherever they are stored means that they are to be made anew."""


def sort_key(text: str, writing: Writing) -> str:
    """A key of digits and small latin letters: sorts alike in Python and under every collation of a database.

    Order: blank, other signs, digits, the alphabet, foreign letters; then accents; then small before capital.
    """
    written = writing._to_same(unicodedata.normalize("NFC", text))
    words = list(map(writing._word_keys.__getitem__, written.split(" ")))
    if None not in words:
        ranks, marks = zip(*words, strict=True)
        key, capitals = writing._rank_of[" "].join(ranks), "0".join(marks)
        return f"{key}000{capitals}".rstrip("0") if "1" in capitals else key
    small = lower(written, writing)
    return f"{_ranks(small, writing)}001" + "".join(_base36(ord(sign), 4) for sign in small + written.swapcase())


def _word_key(word: str, writing: Writing) -> tuple[str, str] | None:
    """Its ranks, and "1" for each capital among "0"; None of one with signs that their ranks do not tell apart."""
    small = lower(word, writing)
    if len(small) != len(word) or "".join(map(writing._plain_of.__getitem__, small)) != small:
        return None
    return _ranks(small, writing), "".join(map("01".__getitem__, map(ne, small, word)))


def _ranks(small: str, writing: Writing) -> str:
    letters = small if writing._letters is None else writing._letters.findall(small)
    return "".join(map(writing._rank_of.__getitem__, letters))


def clean(text: str, writing: Writing, *, lines: bool = False) -> str:
    """What a person typed or a file held, in one form: NFC, right code points, single blanks, no blank at the ends.

    Raises BadInput "hidden_character" for signs that nobody sees: control, direction, zero width, tags, fillers.
    With `lines` the text may have several lines.
    """
    text = writing._to_same(unicodedata.normalize("NFC", text))
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


def _fold(letter: str, writing: Writing) -> str:
    letter = writing.folding.get(letter, letter)
    if letter in writing._ranks:
        return letter
    return "".join(writing.folding.get(part, part) for part in _bare(letter))


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


def _plain(letter: str, writing: Writing) -> str:
    """Itself, if its rank tells it from all others: every blank ranks as a blank, every digit as its number."""
    is_one_of_several = (letter.isspace() and letter != " ") or (letter.isdecimal() and not letter.isascii())
    return "" if is_one_of_several else _without_marks(letter, writing)


def _without_marks(letter: str, writing: Writing) -> str:
    return letter if letter in writing._ranks else _bare(letter)


def _bare(letter: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))


_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def _base36(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits
