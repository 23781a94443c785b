"""How a case moves: from state to state, with an event for each step; and the days they fall on."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pencere import country
from pencere.applications import rules, statements
from pencere.applications.models import Case
from pencere.base import clock


def move(case: Case, state: str, now: datetime, *, waiting_for: str = "", waiting_who: str = "") -> None:
    """Puts the case into a state, with all that goes with it; who calls saves. Raises Refused "state"."""
    rules.demand_move(case.state, state)
    case.state, case.waiting_for, case.waiting_who = state, waiting_for, waiting_who
    case.waiting_since = (case.waiting_since or now) if state == rules.WAITING else None
    case.desk_on = case.due_on if state in rules.UNDECIDED else None
    if rules.is_over(state, case.outcome):
        case.closed_at = now


def add(
    case: Case, kind: str, *, who: str, now: datetime, account: str = "", body: dict[str, Any] | None = None
) -> None:
    """One more line; inside the transaction that changed the case, which holds its row."""
    statements.add_event((case.pk, kind, now, who, account, body or {}), case.pk)


def day_of(moment: datetime) -> date:
    """The day of the country on which the moment falls."""
    return clock.day_in(country.current().time_zone, moment)
