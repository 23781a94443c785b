"""The facts of a case in the hands of the rules: on the day of its submission, and on that of its decision.

Reads what is given to it; asks no holder, and writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pencere.applications import questioning, tasking, timeline, values, walk
from pencere.applications.models import Case, Fact
from pencere.applications.tasking import Loaded
from pencere.applications.versions import Version
from pencere.country.course import Course
from pencere.country.declarations import Step


def course_of(case: Case, version: Version, rows: Iterable[Fact], *, now: datetime) -> Course:
    """The case's facts in the hands of the rules, on the day of its submission."""
    facts = values.known(case, version.service, rows)
    if case.submitted_at is None:
        pages = questioning.pages(version.country, version.service, facts, timeline.day_of(now))
        facts = values.without_idle_branches(facts, version.service, pages)
    facts["case.ref"] = case.ref
    return Course(version.country, version.service, facts, timeline.day_of(case.submitted_at or now))


def course_of_effects(case: Case, version: Version, loaded: Loaded, step: Step, item: int) -> Course:
    """The same on the day of the decision, for what is carried out then: the law stays that of the submission."""
    facts = values.known(case, version.service, loaded.rows) | {"case.ref": case.ref}
    sent = timeline.day_of(case.submitted_at or case.created_at)
    today = timeline.day_of(case.decided_at) if case.decided_at else sent
    course = Course(version.country, version.service, facts, today, sent=sent)
    settled = tasking.settled_of(loaded.decisions)
    whole = walk.item_course(course, None, -1, settled)
    found = walk.item_course(whole, step.each, item, settled)
    if item >= 0:
        found.reckoning.facts.update(_kept_for(version, loaded.rows, step, item))
    return found


def _kept_for(version: Version, rows: Iterable[Fact], step: Step, item: int) -> dict[str, object]:
    """What holders gave to the rows that were written for this very item: inside `each` it is `entered.number`."""
    written = [each for each in version.service.steps if each.kind == "record" and each.each == step.each and each.as_]
    names = {values.path(f"{each.as_}.{name}", item): f"{each.as_}.{name}" for each in written for name in each.keep}
    return {names[row.name]: values.read(row.kind, row.value) for row in rows if row.name in names}


def fetched_in(rows: Iterable[Fact]) -> dict[str, int]:
    """The evidence that is there, by a holder's word or from a paper, with its round."""
    return {row.evidence: row.round for row in rows if row.evidence and row.source in ("register", "officer")}


def all_facts(case: Case, version: Version, rows: Iterable[Fact], *, now: datetime) -> dict[str, object]:
    """Every fact that a notice may insert, derived ones among them; those of a decided case as they were then."""
    course = course_of(case, version, rows, now=case.decided_at or now)
    for derived in version.service.derive:
        course.fact(derived.name)
    return dict(course.reckoning.facts)
