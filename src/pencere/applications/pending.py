"""Open tasks as pages read them: whose they are, what they show, what is asked. No name and no fact in a list.

`task_for` and `opened` say everything that a page of one task needs. A party that is not the applicant sees what the
step shows and nothing else; an expert what the step lets experts see, and never who it is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pencere.applications import courses, finding, tasking, values, versions
from pencere.applications.drafting import NoSuchCase
from pencere.applications.models import Case, Fact, Task
from pencere.applications.versions import Version
from pencere.base.purpose import Purpose
from pencere.country.course import Course, Page
from pencere.country.declarations import Field, Step, Texts
from pencere.identity.queries import Office
from pencere.ledger import actions as ledger
from pencere.ledger.actions import Look

REGISTER = "applications"
MOST = 200


@dataclass(frozen=True, slots=True)
class OpenTask:
    """One open task in a list. `payment`: the id of the payment, of a fee. `title`: of the service."""

    id: int
    kind: str  # of rules.TASKS
    ref: str
    service: str
    title: Texts
    agency: str
    step: int
    who: str
    opened_at: datetime
    due_at: datetime | None
    payment: str


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One task with what its page needs.

    `pages`: of `ask`, the groups with the fields that are asked. `fields`: of the desk's kinds, what is to be found
    (`actions.find`). `rows`: the facts that may be shown, none of an expert. `shown`: where the step lists what is
    seen (always of an expert) that, as names and values in its order. `result`: what the task itself has (of an offer
    `place` and `values`, of a fee `payment` and `amount`, of an appeal `reasons`, of a recheck `said`, `verdicts` and
    `facts`).
    """

    task: OpenTask
    state: str
    case: Case
    version: Version
    declared: Step | None  # None of an appeal
    course: Course
    item: int
    name: str
    pages: tuple[Page, ...] = ()
    fields: Mapping[str, Field] = field(default_factory=dict)
    rows: tuple[Fact, ...] = ()
    shown: tuple[tuple[str, object], ...] = ()
    result: Mapping[str, Any] = field(default_factory=dict)


def tasks_of(person: str) -> tuple[OpenTask, ...]:
    """What waits for this person, the oldest first."""
    if not person:
        return ()
    found = Task.objects.filter(person=person, closed_at__isnull=True, kind__in=tasking.PERSONS)
    return tuple(_open(task) for task in found.select_related("case").order_by("opened_at", "id")[:MOST])


def task_for(task_id: int, person: str) -> TaskPage:
    """A task of this person, open or done. Raises NoSuchCase for everybody else's and for none."""
    task = Task.objects.filter(pk=task_id, person=person).select_related("case").first() if person else None
    if task is None or task.kind not in tasking.PERSONS:
        raise NoSuchCase(str(task_id))
    return _page(task, person)


def desk_tasks(offices: Sequence[Office], officer: str = "") -> tuple[OpenTask, ...]:
    """What lies at the desk of these offices, the first to be done on top; an expert's only for that officer."""
    found: list[Task] = []
    for office in offices:
        here = Task.objects.filter(agency=office.agency, who=f"officer:{office.role}", closed_at__isnull=True)
        found += here.exclude(kind="expert").select_related("case").order_by("due_at", "opened_at", "id")[:MOST]
        own = here.filter(kind="expert", person=officer).select_related("case") if officer else ()
        found += list(own)
    found = list({task.pk: task for task in found}.values())
    found.sort(key=lambda task: (task.due_at is None, task.due_at or task.opened_at, task.pk))
    return tuple(_open(task) for task in found)


def open_task(task_id: int, office: Office, officer: str, account: str, *, now: datetime) -> TaskPage:
    """A task at this desk: who sees what is written into the ledger first, then it is handed over.

    Raises NoSuchCase, Refused "not_your_role", Unavailable (ledger).
    """
    task = finding.at_desk(task_id, office, officer)
    page = _page(task, officer, at_desk=True)
    version = page.version
    purpose = Purpose(
        ground="oversight", act=str(version.service.law[0]), service=task.case.service, case=task.case.ref,
        agency=office.agency, who=f"officer:{office.role}", person=account,
    )  # fmt: skip
    looks = _looks(task.case, page)
    if looks:
        ledger.record_look(purpose, looks, kind="desk", now=now)
    return page


def _looks(case: Case, page: TaskPage) -> list[Look]:
    about = case.subject or case.applicant
    if not about:
        return []
    names = [name for name, _ in page.shown] or [row.name for row in page.rows]
    names = names or [page.task.kind]
    persons = [about] if page.task.kind == "expert" else sorted({case.applicant, case.subject} - {""})
    return [Look(person, REGISTER, tuple(dict.fromkeys(names))) for person in persons]


def _page(task: Task, reader: str, *, at_desk: bool = False) -> TaskPage:
    case, version = task.case, versions.of(task.case)
    rows = tuple(case.facts.order_by("id"))
    course = courses.course_of(case, version, rows, now=case.submitted_at or case.created_at)
    step = version.service.steps[task.step - 1] if task.step else None
    inside = course.item(step.each, task.item) if step is not None and step.each and task.item >= 0 else course
    more: dict[str, Any] = {}
    if task.kind == "ask" and step is not None:
        more["pages"] = _pages(course, step, task)
    if at_desk and step is not None and task.kind in ("check", "visit", "expert", "archive", "paper"):
        more["fields"] = finding.fields_of(task, version, course)
    sees = _sees(task, step, version)
    if sees is not None and step is not None:
        more["shown"] = tuple(_shown(sees, step.hides, rows, inside))
        if task.kind != "expert":
            more["rows"] = tuple(row for row in rows if _is_listed(sees, row.name))
    else:
        more["rows"] = _visible(case, step, rows, reader, at_desk=at_desk)
    result = {name: value for name, value in task.result.items() if name not in ("hold", "findings", "by")}
    return TaskPage(_open(task), task.state, case, version, step, inside, task.item, task.name, result=result, **more)


def _sees(task: Task, step: Step | None, version: Version) -> tuple[str, ...] | None:
    """What who finds something may see, where the step says so; None: all of the case."""
    if step is None:
        return None
    if task.kind == "archive":
        declared = version.service.evidence[task.name].none
        return declared.sees or None if declared is not None else None
    if task.kind == "expert":
        return step.sees
    return step.sees or None if task.kind in ("check", "visit") else None


def _pages(course: Course, step: Step, task: Task) -> tuple[Page, ...]:
    if not task.name:
        return course.questions(step)
    group = course.service.questions[task.name]
    fields = tuple(group.fields.values()) if group.many else course.fields(task.name)
    return (Page(group, fields),)


def _visible(case: Case, step: Step | None, rows: Iterable[Fact], reader: str, *, at_desk: bool) -> tuple[Fact, ...]:
    """The applicant and the desk see all; another party what the step shows."""
    if at_desk or reader == case.applicant:
        return tuple(rows)
    shows = set(step.shows) if step is not None else set()
    return tuple(row for row in rows if row.source == "answer" and row.name.partition(".")[0] in shows)


def _shown(
    sees: Iterable[str], hides: Sequence[str], rows: Iterable[Fact], course: Course
) -> Iterable[tuple[str, object]]:
    """Facts, or all of a group or of evidence; never what is hidden."""
    rows = list(rows)
    listed = tuple(sees)
    for name in listed:
        below = [row for row in rows if _is_listed((name,), row.name)]
        for row in below:
            if not _is_hidden(listed, hides, row.name):
                yield row.name, values.read(row.kind, row.value)
        if not below and not _is_hidden(listed, hides, name):
            yield name, course.fact(name)


def _is_listed(sees: Iterable[str], name: str) -> bool:
    return any(name == each or name.startswith(f"{each}.") for each in sees)


def _is_hidden(sees: Sequence[str], hides: Sequence[str], name: str) -> bool:
    """A party that is hidden is not named; what the step lists of it (an age) is seen all the same."""
    return name in hides or (name not in sees and any(name.startswith(f"{each}.") for each in hides))


def _open(task: Task) -> OpenTask:
    case = task.case
    return OpenTask(
        id=task.pk,
        kind=task.kind,
        ref=case.ref,
        service=case.service,
        title=versions.title_now(case.service),
        agency=case.agency,
        step=task.step,
        who=task.who,
        opened_at=task.opened_at,
        due_at=task.due_at,
        payment=str(task.result.get("payment", "")) if task.kind == "pay" else "",
    )
