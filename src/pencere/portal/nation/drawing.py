"""Identifiers and other signs at random, none twice. Pure.

One by one, with what is taken in memory (`drawer`); or the n-th of all that a pattern writes, in an order that looks
like chance (`Order`): then the parts of a nation draw apart from each other, each its own places of the same order, and
nobody need remember what was drawn.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from random import Random

from pencere.base import identifiers
from pencere.base.errors import BadInput
from pencere.base.identifiers import IdentifierKind

_PIECE = re.compile(r"(\\d|\[[^\]]+\]|[^\\\[\]{}])(?:\{(\d+)(?:,(\d+))?\})?")
_ROUNDS = 3
_MASK = (1 << 64) - 1
_MOST_IN_A_PIECE = 2000


class UsedUp(ValueError):
    """A pattern writes too few signs for so many persons."""


def drawer(kind: IdentifierKind, chance: Random) -> Callable[[set[str]], str]:
    """Draws identifiers that the kind accepts (its check digit included), never one that was drawn before."""
    places = _alphabets(kind.pattern)

    def draw(taken: set[str]) -> str:
        while True:
            text = "".join(chance.choice(letters) for letters in places)
            if text in taken:
                continue
            try:
                identifiers.read(kind, text)
            except BadInput:
                continue
            taken.add(text)
            return text

    return draw


class Order:
    """All that a pattern writes, in an order of its own for each seed. What is no identifier is passed over."""

    def __init__(self, kind: IdentifierKind, seed: int) -> None:
        self._kind = kind
        self._places = _alphabets(kind.pattern)
        self._check_at = _check_place(kind, self._places)
        self._check_letters = self._places[self._check_at] if self._check_at is not None else ""
        if self._check_at is not None:
            self._places[self._check_at] = "0"
        sizes = [len(letters) for letters in self._places]
        self._pieces = _pieces(self._places)
        self.size = math.prod(sizes)
        half = len(sizes) // 2
        self._low, self._high = math.prod(sizes[half:]), math.prod(sizes[:half])
        chance = Random(f"{seed} {kind.name} {kind.pattern}")  # noqa: S311 - the same order for the same seed
        self._keys = [chance.getrandbits(60) | 1 for _ in range(2 * _ROUNDS)]
        self._accepted = re.compile(kind.pattern, re.ASCII)

    def mine(self, part: int, parts: int, taken: frozenset[str] = frozenset()) -> Iterator[str]:
        """Every so-manieth of the order, from place `part` on, without those that are taken. Raises UsedUp."""
        for place in range(part, self.size, parts):
            text = self._written(self._scattered(place))
            if text is not None and text not in taken and self._accepted.fullmatch(text):
                yield text
        raise UsedUp(f"all of {self._kind.pattern} are used up")

    def _scattered(self, place: int) -> int:
        """Another place of the order for each: what is added to one half depends on the other."""
        high, low = divmod(place, self._low)
        keys = self._keys
        for turn in range(0, 2 * _ROUNDS, 2):
            high = (high + ((low * keys[turn] & _MASK) >> 17)) % self._high
            low = (low + ((high * keys[turn + 1] & _MASK) >> 17) + keys[turn]) % self._low
        return high * self._low + low

    def _written(self, number: int) -> str | None:
        text = ""
        for piece in self._pieces:
            number, digit = divmod(number, len(piece))
            text = piece[digit] + text
        if self._check_at is None or self._kind.check is None:
            return text
        right = identifiers.check_character(self._kind.check, text)
        if right is None or right not in self._check_letters:
            return None
        return text[: self._check_at] + right + text[self._check_at + 1 :]


def _pieces(places: list[str]) -> list[list[str]]:
    """All that some places after each other write, in order; the last places first."""
    pieces = [[""]]
    for letters in reversed(places):
        if len(letters) * len(pieces[-1]) > _MOST_IN_A_PIECE:
            pieces.append([""])
        pieces[-1] = [letter + rest for letter in letters for rest in pieces[-1]]
    return pieces


def _check_place(kind: IdentifierKind, places: list[str]) -> int | None:
    """Where in the text the check character stands; it counts letters and digits only."""
    if kind.check is None:
        return None
    counted = [at for at, letters in enumerate(places) if letters[0].isalnum()]
    return counted[kind.check.digit - 1] if len(counted) >= kind.check.digit else None


def _alphabets(pattern: str) -> list[str]:
    """For each place of the text the signs that may stand there."""
    return [
        letters
        for piece, least, _most in _PIECE.findall(pattern)
        for letters in [_letters(piece)] * int(least or 1)
    ]  # fmt: skip


def _letters(piece: str) -> str:
    if piece == r"\d":
        return "0123456789"
    if not piece.startswith("["):
        return piece
    letters = ""
    for first, last in re.findall(r"(.)(?:-(.))?", piece[1:-1]):
        letters += "".join(chr(code) for code in range(ord(first), ord(last or first) + 1))
    return letters
