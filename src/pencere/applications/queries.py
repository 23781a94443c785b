"""What other parts and pages may read of cases: lists without personal facts, and one's own case whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from pencere.applications import rules, versions
from pencere.applications.keeping_up import Aside, set_aside, set_aside_counts
from pencere.applications.models import Case
from pencere.applications.pending import OpenTask, TaskPage, desk_tasks, task_for, tasks_of
from pencere.applications.task_words import Line as TaskLine
from pencere.applications.task_words import of_person as my_tasks
from pencere.base.errors import BadInput
from pencere.base.identifiers import read_ref
from pencere.country.declarations import Texts

__all__ = [
    "Aside",
    "CaseLine",
    "Lines",
    "OpenTask",
    "TaskLine",
    "TaskPage",
    "desk",
    "desk_tasks",
    "drafts_of",
    "my_cases",
    "my_tasks",
    "set_aside",
    "set_aside_counts",
    "state_of",
    "state_words",
    "task_for",
    "tasks_of",
]

PAGE = 50
OPEN = "open"
"""A word of the filters: sent, and nobody has decided yet."""

STATES = rules.STATES


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list: no name, no fact. `due_on` is None where no term runs or nobody needs to answer any more."""

    ref: str
    service: str
    title: Texts
    agency: str
    state: str
    outcome: str
    waiting_for: str
    saved_at: datetime
    submitted_at: datetime | None
    due_on: date | None
    overdue: bool

    @property
    def url(self) -> str:
        """Where its owner goes on with it."""
        name = "applications:tasks" if self.state == rules.DRAFT else "applications:case"
        return reverse(name, args=[self.ref])

    @property
    def words(self) -> str:
        return state_words(self.state, self.outcome, self.waiting_for)[0]

    @property
    def colour(self) -> str:
        return state_words(self.state, self.outcome, self.waiting_for)[1]


@dataclass(frozen=True, slots=True)
class Lines:
    """A page of a list; `next` leads to the page after it, empty at the end."""

    lines: tuple[CaseLine, ...]
    next: str


def state_words(state: str, outcome: str, waiting_for: str = "") -> tuple[str, str]:
    """The state as one says it, and the colour of its tag."""
    if state == rules.DECIDED and outcome == rules.GRANTED:
        return gettext("Granted, being made ready"), "yellow"
    if state == rules.DECIDED and outcome == rules.PARTLY:
        return gettext("Granted in part, being made ready"), "yellow"
    if outcome == rules.REFUSED:
        return gettext("Refused"), "red"
    if outcome == rules.PARTLY:
        return gettext("Granted in part"), "green"
    if state == rules.WAITING:
        waits = {
            "party": gettext("Waiting for somebody to act"),
            "payment": gettext("Waiting for a fee to be paid"),
            "place": gettext("Waiting for a free place"),
            "time": gettext("Waiting for a day to come"),
        }
        return waits.get(waiting_for) or gettext("Waiting for another agency"), "yellow"
    return {
        rules.DRAFT: (gettext("Not sent yet"), "grey"),
        rules.SUBMITTED: (gettext("Received"), ""),
        rules.WORKING: (gettext("Being looked at"), ""),
        rules.DONE: (gettext("Done"), "green"),
        rules.WITHDRAWN: (gettext("Taken back"), "grey"),
        rules.LAPSED: (gettext("Ended, time over"), "grey"),
    }[state]


def my_cases(identifier: str, today: date, *, state: str = "", after: str = "", limit: int = PAGE) -> Lines:
    """The person's sent cases, newest first. `state`: one of STATES or OPEN; `after`: `next` of the page before."""
    rows = Case.objects.filter(applicant=identifier, submitted_at__isnull=False) if identifier else Case.objects.none()
    if state == OPEN:
        rows = rows.filter(state__in=rules.UNDECIDED)
    elif state in STATES:
        rows = rows.filter(state=state)
    at, number = _cursor(after)
    if at is not None:
        moment = datetime.fromisoformat(at)
        rows = rows.filter(Q(saved_at__lt=moment) | Q(saved_at=moment, id__lt=number))
    found = list(rows.order_by("-saved_at", "-id")[: limit + 1])
    more = found[limit - 1] if len(found) > limit else None
    return Lines(_lines(found[:limit], today), f"{more.saved_at.isoformat()}~{more.pk}" if more else "")


def drafts_of(identifier: str, today: date, *, service: str = "", limit: int = PAGE) -> tuple[CaseLine, ...]:
    """What the person has begun and not sent, newest first."""
    rows = Case.objects.filter(applicant=identifier, state=rules.DRAFT) if identifier else Case.objects.none()
    if service:
        rows = rows.filter(service=service)
    return _lines(rows.order_by("-saved_at", "-id")[:limit], today)


def state_of(ref: str, identifier: str) -> tuple[str, str] | None:
    """State and outcome of the person's own case; None for everybody else's and for none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, outcome FROM applications_case WHERE ref = %s AND applicant = %s", [ref, identifier]
        )
        found: tuple[str, str] | None = cursor.fetchone()
    return found


def desk(
    agencies: Sequence[str], today: date, *, state: str = OPEN, service: str = "", ref: str = "", after: str = "",
    limit: int = PAGE,
) -> Lines:  # fmt: skip
    """The cases of these agencies, the one to be answered first on top: the whole set is sorted, not the page.

    Shows nothing of persons, so it is no look. `state`: OPEN, "overdue" or one of STATES.
    """
    rows = Case.objects.filter(submitted_at__isnull=False)
    if service:
        rows = rows.filter(service=service)
    if ref:
        try:
            rows = rows.filter(ref=read_ref(ref))
        except BadInput:
            return Lines((), "")
        state = ""
    rows, by = _by_day(rows, state, today, after)
    # Agency by agency, for an index gives the order only within one.
    parts = (rows.filter(agency=agency).order_by(by, "id")[: limit + 1] for agency in agencies)
    found = sorted((case for part in parts for case in part), key=lambda case: (getattr(case, by), case.pk))
    more = found[limit - 1] if len(found) > limit else None
    return Lines(_lines(found[:limit], today), f"{getattr(more, by).isoformat()}~{more.pk}" if more else "")


def _by_day(rows: QuerySet[Case], state: str, today: date, after: str) -> tuple[QuerySet[Case], str]:
    """The rows in that state behind the cursor, and the day they are sorted by."""
    by = "due_on"
    if state in (OPEN, "overdue"):
        by = "desk_on"
        rows = rows.filter(desk_on__isnull=False)
        rows = rows.filter(desk_on__lt=today) if state == "overdue" else rows
    elif state in STATES:
        rows = rows.filter(state=state)
    day, number = _cursor(after)
    if day is not None:
        at = date.fromisoformat(day)
        rows = rows.filter(Q(**{f"{by}__gt": at}) | Q(**{by: at, "id__gt": number}))
    return rows, by


def _lines(rows: Sequence[Case] | QuerySet[Case], today: date) -> tuple[CaseLine, ...]:
    return tuple(_line(row, today) for row in rows)


def _line(case: Case, today: date) -> CaseLine:
    running = case.desk_on is not None and case.desk_on != rules.NEVER  # not while the term stands still
    return CaseLine(
        ref=case.ref,
        service=case.service,
        title=versions.title_now(case.service),
        agency=case.agency,
        state=case.state,
        outcome=case.outcome,
        waiting_for=case.waiting_for,
        saved_at=case.saved_at,
        submitted_at=case.submitted_at,
        due_on=case.due_on if running else None,
        overdue=rules.is_overdue(case.desk_on, today),
    )


def _cursor(text: str) -> tuple[str | None, int]:
    """A place in a list as its address has it; anything else is the beginning."""
    at, _, number = text.partition("~")
    try:
        datetime.fromisoformat(at)
        return at, int(number)
    except ValueError:
        return None, 0
