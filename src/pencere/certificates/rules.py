"""What a certificate's state is, how its number and its second factor are made. Pure: no Django, no clock."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from datetime import date

from pencere.base import terms
from pencere.base.terms import Calendar, Term

GENUINE, REVOKED, SUPERSEDED, EXPIRED, UNKNOWN = "genuine", "revoked", "superseded", "expired", "unknown"
STATES = (GENUINE, REVOKED, SUPERSEDED, EXPIRED, UNKNOWN)

NUMBER_LAST4, BIRTH_YEAR = "number_last4", "birth_year"
CODE = re.compile(r"[A-Za-z0-9_-]{22}")
"""128 random bits as they stand in an address."""


def state(*, revoked: bool, superseded: bool, valid_until: date | None, today: date) -> str:
    """The gravest word first: a certificate taken back is that, whatever else it is."""
    if revoked:
        return REVOKED
    if superseded:
        return SUPERSEDED
    if valid_until is not None and today > valid_until:
        return EXPIRED
    return GENUINE


def last_day(valid: Term | str, issued_on: date, calendar: Calendar) -> date | None:
    """The last day on which it holds; None for `forever` and `superseded`. Any day may be the last."""
    if isinstance(valid, str):
        return None
    return terms.due(valid, issued_on, calendar, last_day="as_is").day


def number(pattern: str, year: int, random_below: Callable[[int], int]) -> str:
    """`YQ-{year}-{random:7}` with the year and so many random digits. Never in sequence: that would count them."""

    def fill(found: re.Match[str]) -> str:
        if found["what"] == "year":
            return str(year)
        digits = int(found["digits"])
        return f"{random_below(10**digits):0{digits}d}"

    return re.sub(r"\{(?P<what>year|random):?(?P<digits>\d+)?\}", fill, pattern)


def second_factor_hash(code: str, answer: str) -> str:
    """Kept in place of the answer: without the code, which is nowhere kept, no guess can be tried on it."""
    return hashlib.sha256(f"{code}:{answer}".encode()).hexdigest()


def expected_answer(factor: str | None, number_: str, known: dict[str, object]) -> str:
    """What the checker must type; "" where the kind asks for nothing or it is not known."""
    if factor == NUMBER_LAST4:
        return re.sub(r"[^0-9A-Za-z]", "", number_)[-4:]
    if factor == BIRTH_YEAR and known.get("birth_year"):
        return str(known["birth_year"])
    return ""


def answers(code: str, typed: str, kept: str) -> bool:
    """Whether what was typed is the second factor. Takes equally long for every answer."""
    typed = re.sub(r"\s", "", typed)
    return bool(kept) and hmac.compare_digest(second_factor_hash(code, typed), kept)


def code_in(typed: str) -> str | None:
    """The code in what somebody typed or pasted: the code itself, or an address that ends in it."""
    last = re.split(r"[/\s]+", typed.strip().split("?")[0].split("#")[0].rstrip("/"))[-1]
    return last if CODE.fullmatch(last) else None
