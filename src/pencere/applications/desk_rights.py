"""What an officer may change in a case besides deciding it, and under which of their offices."""

from __future__ import annotations

from collections.abc import Iterable

from pencere.applications import by_officer, rules
from pencere.applications.appealing import HEAD
from pencere.applications.models import Case
from pencere.applications.versions import Version
from pencere.identity.queries import Office


def may_extend(case: Case, version: Version, offices: Iterable[Office]) -> Office | None:
    """The office under which the term may be made longer, once; None if it may not."""
    term = version.service.term
    if term is None or term.extend is None or case.state not in rules.UNDECIDED or case.due_on == rules.NEVER:
        return None
    if case.events.filter(kind="extended").exists():
        return None
    role = term.extend.by.removeprefix("officer.")
    return next((office for office in offices if office.role == role), None)


def may_correct(case: Case, offices: Iterable[Office]) -> Office | None:
    """The office under which the decision may be corrected; None if it may not."""
    if case.decided_at is None or case.state not in (rules.DECIDED, rules.DONE):
        return None
    if case.later.filter(begun_by="correction").exists():
        return None
    return next((office for office in offices if office.role in (by_officer.DEFAULT_ROLE, HEAD)), None)
