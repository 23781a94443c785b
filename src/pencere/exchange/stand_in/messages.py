"""What the stand-in is sent and what it answers: JSON both ways. Pure.

A failure is `{"error": {"kind": "refused", "rule": …, "law": …}}`, or of kind `bad_input` or `unavailable`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from pencere.base.errors import BadInput, Problem, Refused, Unavailable
from pencere.base.narrowing import Narrowed
from pencere.base.purpose import Purpose

SECRET = "stand-in-secret"  # noqa: S105 - the name of a file
"""The file in `keys/` with what both sides know."""


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`/answer`."""

    register: str
    answer: str
    by: dict[str, Any]
    take: tuple[str, ...]
    purpose: dict[str, str]
    now: datetime
    only: dict[str, Any] = {}
    not_before: dict[str, date] = {}


class Sent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`/accept`."""

    register: str
    name: str
    row: dict[str, Any]
    key: str
    valid_from: date
    recorded_by: str
    now: datetime
    corrects: str = ""
    reason: str = ""


class Listened(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`/tell`."""

    register: str
    event: str
    after: int
    limit: int
    purpose: dict[str, str]
    now: datetime


class Happened(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`/happen`: something in the other agency, as its own officers write it. `key`: of the row that it changes."""

    register: str
    change: str  # add replace end
    row: dict[str, Any]
    key: dict[str, Any]
    now: datetime


class Faulty(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`/faults`: how the next messages are answered. `times` 0: until told otherwise."""

    kind: str
    seconds: float = 0.0
    times: int = 0


class Row(msgspec.Struct, frozen=True):
    """A row of an answer, and the persons whose data it shows."""

    values: dict[str, Any]
    about: tuple[str, ...]


class Answered(msgspec.Struct, frozen=True):
    rows: tuple[Row, ...]


class Accepted(msgspec.Struct, frozen=True):
    values: dict[str, Any]
    at: datetime


class Event(msgspec.Struct, frozen=True):
    number: int
    values: dict[str, Any]
    at: datetime
    about: tuple[str, ...]
    problem: str = ""


class Told(msgspec.Struct, frozen=True):
    events: tuple[Event, ...]


def purpose_out(purpose: Purpose) -> dict[str, str]:
    """Without the account: who was present is no business of the other agency."""
    return {
        "ground": purpose.ground,
        "act": purpose.act,
        "service": purpose.service,
        "case": purpose.case,
        "agency": purpose.agency,
        "who": purpose.who,
    }


def purpose_in(sent: Mapping[str, str]) -> Purpose:
    return Purpose(**sent)


def narrowed_in(asked: Asked) -> Narrowed:
    return Narrowed(asked.only, asked.not_before)


def error_out(problem: Problem) -> dict[str, object]:
    if isinstance(problem, Refused):
        return {"kind": "refused", "rule": problem.rule, "law": problem.law}
    if isinstance(problem, BadInput):
        return {"kind": "bad_input", "reason": problem.reason, "field": str(problem.details.get("field", ""))}
    if isinstance(problem, Unavailable):
        return {"kind": "unavailable", "reason": problem.reason}
    return {"kind": "unavailable", "reason": "it cannot be answered"}


def error_in(agency: str, error: object) -> Problem:
    """The same failure on our side; what cannot be read as one is no answer."""
    if isinstance(error, dict) and all(isinstance(value, str) for value in error.values()):
        if error.get("kind") == "refused" and error.get("rule"):
            return Refused(error["rule"], error.get("law", ""))
        if error.get("kind") == "bad_input" and error.get("reason"):
            return BadInput(error["reason"], field=error.get("field", ""))
        if error.get("kind") == "unavailable":
            return Unavailable(agency, error.get("reason", "no answer"))
    return Unavailable(agency, "an answer came that nobody can read")
