"""The life of a case, as pure rules: which state follows which, when a draft lapses, who may decide.

States (declarations.md 5): draft → submitted → working ⇄ waiting → decided → done; withdrawn and lapsed end a case
before a decision. A refused case ends as decided: nothing was granted that could still be done.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pencere.base.errors import Refused
from pencere.base.terms import UNITS, Calendar, Term, days_in, due

DRAFT, SUBMITTED, WORKING, WAITING = "draft", "submitted", "working", "waiting"
DECIDED, DONE, WITHDRAWN, LAPSED = "decided", "done", "withdrawn", "lapsed"

STATES = (DRAFT, SUBMITTED, WORKING, WAITING, DECIDED, DONE, WITHDRAWN, LAPSED)
UNDECIDED = (SUBMITTED, WORKING, WAITING)
"""Sent, and nobody has decided yet: what the desk works on, and what may still be withdrawn."""

WAITS = ("party", "payment", "agency", "place", "time")
"""Whom or what a case can wait for: somebody who must act, a fee, a holder or its event, a free place, a day.

The desk's own work is `working`."""

GRANTED, PARTLY, REFUSED = "granted", "partly", "refused"
OUTCOMES = (GRANTED, PARTLY, REFUSED)

BEGUN_BY = ("application", "event", "officer", "appeal", "correction")

TASKS = (
    "ask", "submit", "sign", "pay", "check", "expert", "panel", "offer", "place", "visit", "wait_for", "record",
    "deliver", "notify", "archive", "paper", "recheck", "appeal", "change",
)  # fmt: skip
"""Kinds of tasks: those of the steps, and besides: panel (the experts of a step), place (waits for one; each `offer`
is a task of its own), archive (no row: look in the paper archive), paper (the holder is silent), recheck (a holder
refused what was granted), appeal (to be decided again), change (what an applicant types anew before it is given)."""

OPEN, TASK_DONE, TASK_REFUSED, TASK_LAPSED, VOID = "open", "done", "refused", "lapsed", "void"

NEVER = date(9999, 12, 31)
"""The answer-by day of a case whose service declares no term: sorts behind all others."""

FACTS_STAY_FRESH = timedelta(minutes=15)
"""At submission facts that are older are asked for again."""

PEOPLE_STAY_FRESH = timedelta(hours=1)
"""For so long a draft remembers whom the person may act for; submission and decision ask again in any case."""

_MOVES: Mapping[str, frozenset[str]] = {
    DRAFT: frozenset({SUBMITTED, WORKING, WITHDRAWN, LAPSED}),
    SUBMITTED: frozenset({WORKING, WAITING, DECIDED, WITHDRAWN}),
    WORKING: frozenset({WAITING, DECIDED, WITHDRAWN, LAPSED}),
    WAITING: frozenset({WORKING, WAITING, DECIDED, WITHDRAWN, LAPSED}),
    DECIDED: frozenset({DONE}),
    DONE: frozenset(),
    WITHDRAWN: frozenset(),
    LAPSED: frozenset(),
}


def may_move(before: str, after: str) -> bool:
    return after in _MOVES[before]


def demand_move(before: str, after: str) -> None:
    """Raises Refused "state" if no case goes from `before` to `after`."""
    if not may_move(before, after):
        raise Refused("state")


def is_over(state: str, outcome: str) -> bool:
    """Whether nothing more will happen by itself."""
    return state in (DONE, WITHDRAWN, LAPSED) or (state == DECIDED and outcome == REFUSED)


def is_overdue(desk_on: date | None, today: date) -> bool:
    """The last day of the term has passed and nobody has decided; not while the term stands still."""
    return desk_on is not None and desk_on < today


def due_after_pause(due_on: date, unit: str, began: date, ended: date, calendar: Calendar) -> date:
    """The answer-by day after the term stood still from `began` until `ended`: later by the days that counted."""
    if due_on == NEVER or ended <= began:
        return due_on
    if unit in UNITS:
        return due(Term((ended - began).days, "calendar_days"), due_on, calendar).day
    return due(Term(days_in(unit, began, ended, calendar), unit), due_on, calendar).day


def is_stale(fetched_at: datetime, now: datetime) -> bool:
    return now - fetched_at > FACTS_STAY_FRESH


def may_decide(officer: str, applicant: str, subject: str, children: Collection[str]) -> bool:
    """Nobody decides a case of their own or of their child."""
    return officer not in (applicant, subject) and not {applicant, subject} & set(children)


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a draft's answers when the declarations changed: those that stay, names of those dropped."""

    stay: tuple[str, ...]
    dropped: tuple[str, ...]


def carry_over(
    answers: Iterable[tuple[str, str, object]], fields: Mapping[str, tuple[str, Collection[str] | None]]
) -> Kept:
    """Answers (name, kind, value) whose name and kind are unchanged stay, if their choice is still offered.

    `fields`: name → kind and, for a choice, the codes offered today.
    """
    stay: list[str] = []
    dropped: list[str] = []
    for name, kind, value in answers:
        known = fields.get(name)
        fits = known is not None and known[0] == kind and (known[1] is None or value is None or value in known[1])
        (stay if fits else dropped).append(name)
    return Kept(tuple(stay), tuple(dropped))
