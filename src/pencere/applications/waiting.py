"""A case waits for somebody, and goes on: the last day of its answer moves by the days in which its term stood still.

`wait` and `end_wait`: only inside the transaction that holds the case.
"""

from __future__ import annotations

from datetime import date, datetime

from pencere.applications import rules, statements, timeline
from pencere.applications.models import Case
from pencere.applications.versions import Version
from pencere.base.terms import UnknownYear


def wait(case: Case, version: Version, waiting_for: str, waiting_who: str, now: datetime) -> None:
    """The case waits; while its term stands still, it is not late and stands last at the desk."""
    if case.decided_at is not None:  # what is granted is carried out later; the decision stands
        statements.save_case(case)
        return
    if (case.state, case.waiting_for, case.waiting_who) == (rules.WAITING, waiting_for, waiting_who):
        statements.save_case(case)
        return
    timeline.move(case, rules.WAITING, now, waiting_for=waiting_for, waiting_who=waiting_who)
    if stands_still(case, version):
        case.desk_on = rules.NEVER
    statements.save_case(case)
    timeline.add(case, "waiting", who="system", now=now, body={"for": case.waiting_for, "who": case.waiting_who})


def end_wait(case: Case, version: Version, now: datetime, *, told: bool = True) -> None:
    """The case goes on; the term is longer by the days that the wait took, where it pauses. `told`: in the timeline."""
    if case.state != rules.WAITING:
        return
    case.due_on = answer_by(case, version, timeline.day_of(now))
    timeline.move(case, rules.WORKING, now)
    if told:
        timeline.add(case, "resumed", who="system", now=now)


def stands_still(case: Case, version: Version) -> bool:
    """Whether the term of the case pauses: it waits, and for somebody whose time does not count."""
    term = version.service.term
    return case.state == rules.WAITING and term is not None and case.waiting_for in term.pauses


def answer_by(case: Case, version: Version, today: date) -> date:
    """The last day of the term if what the case waits for came today; the day that was told where nothing pauses."""
    term, since = version.service.term, case.waiting_since
    if term is None or since is None or not stands_still(case, version):
        return case.due_on
    unit = term.within.unit if term.within else next(iter(term.is_.values())).unit
    try:
        return rules.due_after_pause(case.due_on, unit, timeline.day_of(since), today, version.country.calendar)
    except UnknownYear:  # then the day that was told stays
        return case.due_on
