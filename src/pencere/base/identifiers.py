"""Identifiers that a country declares (`identifiers.yaml`), and the random ones that we give ourselves.

A declared kind has a pattern, letters that never occur, and perhaps a check character. The check is general:

    check: {weights: [4, 1, 8, 6, 2, 7, 5, 3], modulus: 11, digit: 9, map: {10: 'X'}}

`digit` is the position of the check character, from 1. The weights go to the other characters, from the left, as
many as there are weights; 0-9 count as themselves, A-Z as 10 to 35, other signs (a dash) are passed over. The sum
of the products modulo `modulus` is the remainder. `map` says which character a remainder is written as; without an
entry it is written as itself, and a remainder of two digits means that no such identifier was ever given out. With
`map` every complement can be written (`{1: 9, 2: 8, …}`), so nothing else is needed.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from pencere.base import writing
from pencere.base.errors import BadInput


@dataclass(frozen=True, slots=True)
class Check:
    """How the check character follows from the others; see the head of this module."""

    weights: tuple[int, ...]
    modulus: int
    digit: int
    map: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IdentifierKind:
    """One kind of `identifiers.yaml`."""

    name: str
    pattern: str
    check: Check | None = None
    never: tuple[str, ...] = ()
    on_never: str = "ask_again"
    personal: str = "none"
    law: str = ""
    samples: tuple[str, ...] = ()


def read(kind: IdentifierKind, text: str) -> str:
    """The identifier as it is stored: without blanks at the ends, latin letters as capitals.

    A letter that never occurs is never replaced by one that looks alike: we ask again. Raises BadInput
    "letter_never_used" (letter), "wrong_shape" or "wrong_check_digit".
    """
    typed = text.strip()
    for sign in typed:
        if _bare(sign) in kind.never:
            raise BadInput("letter_never_used", kind=kind.name, letter=sign)
    capitals = writing.capitals(typed)
    if not capitals.isascii() or re.fullmatch(kind.pattern, capitals) is None:
        raise BadInput("wrong_shape", kind=kind.name)
    if kind.check is not None and not _check_holds(kind.check, capitals):
        raise BadInput("wrong_check_digit", kind=kind.name)
    return capitals


def check_character(check: Check, text: str) -> str | None:
    """The character that belongs at `check.digit`; None if no such identifier is ever given out."""
    signs = [sign for sign in text if sign.isascii() and sign.isalnum()]
    others = signs[: check.digit - 1] + signs[check.digit :]
    if len(others) < len(check.weights):
        return None
    remainder = sum(weight * int(sign, 36) for weight, sign in zip(check.weights, others, strict=False)) % check.modulus
    if remainder in check.map:
        return check.map[remainder]
    return str(remainder) if remainder < 10 else None


def random_code(bits: int = 128) -> str:
    """A secret that cannot be guessed, safe in an address: 22 characters for 128 bits."""
    return secrets.token_urlsafe(bits // 8)


def code_hash(code: str) -> str:
    """What is stored instead of the code. SHA-256, hex: enough for a secret of 128 random bits."""
    return hashlib.sha256(code.encode()).hexdigest()


REF_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: I, L, O and U are left out."""


def random_ref() -> str:
    """The reference of a case, to be read aloud: K7QF2-9XMZT. 50 random bits; not a secret."""
    letters = "".join(secrets.choice(REF_LETTERS) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def read_ref(text: str) -> str:
    """A reference as somebody typed it: small letters, no dash, O for 0, I for 1. Raises BadInput "wrong_shape"."""
    letters = re.sub(r"[\s-]", "", text).upper().translate(str.maketrans("OIL", "011"))
    if len(letters) != 10 or not set(letters) <= set(REF_LETTERS):
        raise BadInput("wrong_shape", kind="ref")
    return f"{letters[:5]}-{letters[5:]}"


def _check_holds(check: Check, text: str) -> bool:
    signs = [sign for sign in text if sign.isalnum()]
    return len(signs) >= check.digit and signs[check.digit - 1] == check_character(check, text)


def _bare(sign: str) -> str:
    """The capital without its marks, so that "İ" and "ı" count as the letter I that they were meant to be."""
    return "".join(part for part in unicodedata.normalize("NFD", sign.upper()) if not unicodedata.combining(part))
