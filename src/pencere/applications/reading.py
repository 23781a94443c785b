"""What somebody reads of a case that is not theirs: which facts, which files. That they read is written down first."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from pencere.applications import attaching, drafting, noting, task_words
from pencere.applications.models import Fact, Task
from pencere.applications.versions import Version
from pencere.base.purpose import Purpose
from pencere.ledger import actions as ledger
from pencere.ledger.actions import Look

REGISTER = "applications"
KIND = "party"
"""Kind of a look by another party of the case."""


def note(
    task: Task, version: Version, rows: Iterable[Fact], shows: Collection[str], account: str, *, now: datetime
) -> None:
    """Another party is about to read what the step shows them: the applicant finds it among the looks."""
    case = task.case
    if task.person in (case.applicant, case.subject):
        return
    names = tuple(row.name for row in rows if is_shown(row, shows))
    if not names:
        return
    purpose = Purpose(
        ground="law",
        act=str(version.service.law[0]),
        service=case.service,
        case=case.ref,
        agency=case.agency,
        who=task.who,
        person=account,
    )
    looks = [Look(person, REGISTER, names) for person in sorted({case.applicant, case.subject} - {""})]
    ledger.record_look(purpose, looks, kind=KIND, now=now)


def is_shown(row: Fact, shows: Collection[str]) -> bool:
    """Whether a fact is of a group, an evidence, or is itself, what the step names."""
    return row.name in shows or row.name.partition(".")[0] in shows or bool(row.evidence and row.evidence in shows)


def files_shown(task: Task, version: Version) -> frozenset[str]:
    """The files that who has the task may open: those that the step shows, and those chosen for the task itself."""
    step = task_words.step_of(version, task)
    found = set(drafting.files_in(task.result.get(noting.TYPED, {})))
    for row in task.case.facts.all():
        if is_shown(row, step.shows or step.sees):
            found |= set(attaching.files_in_fact(row))
    return frozenset(found)
