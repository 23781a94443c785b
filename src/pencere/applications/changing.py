"""What an applicant may change of what they sent, and what they type anew until they give it.

Only while nobody has done anything on the ground of it but answer and agree: no fee was asked, no place given, no
officer has begun. What tables said on the way is said anew; who agreed to what is changed is asked again. Whom the case
is about does not change: that is another application.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from pencere.applications import drafting, noting, questioning, rules, tasking, timeline, values
from pencere.applications.models import Case, Fact, Task
from pencere.applications.versions import Version
from pencere.base.errors import Refused
from pencere.country.course import GRANT, Course, Page
from pencere.country.declarations import QuestionGroup, Step

KIND = "change"
SEAT = 1
"""Not that of any task of the step itself, so that the walk does not see it."""
ANSWERED = ("ask", "submit", "sign", KIND)
"""Tasks on the ground of which nothing was done yet."""


def changeable(case: Case, version: Version) -> tuple[str, ...]:
    """The groups of questions whose answers the applicant may change now, in the order in which they were asked."""
    if case.state not in rules.UNDECIDED or case.decisions.exclude(by="system", outcome=GRANT).exists():
        return ()
    tasks = list(case.tasks.exclude(state=rules.VOID))
    if any(task.kind not in ANSWERED for task in tasks):
        return ()
    answered = {name.partition(".")[0] for name in _answers(case).values_list("name", flat=True)}
    asked = [name for step in version.service.steps if _is_own(case, version, step, tasks) for name in step.names]
    return tuple(name for name in dict.fromkeys(asked) if name in answered)


def _answers(case: Case) -> Any:
    return case.facts.filter(source="answer")


def _is_own(case: Case, version: Version, step: Step, tasks: Iterable[Task]) -> bool:
    """Whether the applicant answered this step: in the draft, or as a task of theirs."""
    if step.kind != "ask":
        return False
    done = next((task for task in tasks if task.kind == "ask" and task.step == step.number), None)
    if done is not None:
        return done.state == rules.TASK_DONE and done.person == case.applicant
    in_draft = tasking.begun(case) == "application" and step.number < questioning.submit_number(version.service)
    return in_draft and questioning.is_applicants(version.service, step.who)


def step_of(version: Version, group: str) -> Step:
    return next(step for step in version.service.steps if step.kind == "ask" and group in step.names)


def typed(case: Case, version: Version, group: str) -> Task:
    """What is typed anew for this group, beginning with what was sent; kept by `keep` alone."""
    step = step_of(version, group)
    found = case.tasks.filter(kind=KIND, step=step.number, name=group, seat=SEAT).first()
    if found is not None:
        found.case = case
        return found
    sent = as_answers(case, version, version.service.questions[group])
    return Task(
        case=case, step=step.number, name=group, seat=SEAT, kind=KIND, who="person", result={noting.TYPED: sent}
    )


def keep(task: Task, version: Version, now: datetime) -> None:
    """So that what is typed next is kept. Raises Refused "state"."""
    if task.pk is not None:
        return
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=task.case_id)
        demand_changeable(locked, version, (task.name,))
        task.opened_at = now
        task.save(force_insert=True)


def demand_changeable(case: Case, version: Version, groups: Iterable[str]) -> None:
    """Raises Refused "state"; new questions that a change brings along may be answered with it."""
    may = changeable(case, version)
    if not any(group in may for group in groups):
        raise Refused("state")
    asked = {name.partition(".")[0] for name in _answers(case).values_list("name", flat=True)}
    if any(group in asked and group not in may for group in groups):
        raise Refused("state")


def subject_of(case: Case, version: Version) -> object:
    """Whom the answers name as the one whom the case is about; None where no answer does."""
    return _answers(case).filter(name=str(version.service.subject.from_)).values_list("value", flat=True).first()


def leave(case: Case) -> list[str]:
    """What was typed is forgotten; returns the names under which it kept its files. Inside a transaction."""
    tasks = case.tasks.filter(kind=KIND)
    keepers = [noting.keeper(task) for task in tasks]
    tasks.delete()
    return keepers


def pages(case: Case, version: Version, group: str, facts: dict[str, object], now: datetime) -> tuple[Page, ...]:
    """The questions of the group, and others that are asked now because of what was typed, and have no answer."""
    day = timeline.day_of(case.submitted_at or now)
    course = Course(version.country, version.service, facts, day)
    last, own = questioning.submit_number(version.service), step_of(version, group)
    steps = [
        step
        for step in version.service.steps
        if step == own
        or (step.kind == "ask" and step.number < last and questioning.is_applicants(version.service, step.who))
    ]
    asked = [page for step in steps for page in course.questions(step)]
    return tuple(page for page in asked if page.group.name == group or not questioning.is_complete(page, facts))


def signers(case: Case, version: Version, groups: Iterable[str]) -> list[Task]:
    """The tasks of those who must agree again, or are being asked, if these groups change."""
    changed = set(groups)
    steps = {step.number for step in version.service.steps if step.kind == "sign" and shows(version, step) & changed}
    tasks = case.tasks.filter(kind="sign", step__in=steps).exclude(state=rules.VOID)
    return list(tasks.order_by("step", "item"))


def shows(version: Version, step: Step) -> set[str]:
    """The groups on which a signature rests: those that it shows, and the one that says who signs."""
    party = version.service.parties.get(step.names[0].partition(".")[0])
    names = (*step.shows, *((str(party.from_),) if party is not None and party.from_ else ()))
    return {name.partition(".")[0] for name in names}


def as_answers(case: Case, version: Version, group: QuestionGroup) -> dict[str, Any]:
    """What was sent, in the form in which a draft keeps its answers; names of persons, rows and files come along."""
    facts = {fact.name: fact for fact in _answers(case)}
    called = {value: name for answer in case.answers.values() for value, name in answer.get("called", {}).items()}
    if group.many:
        fact = facts.get(group.name)
        rows = values.read(fact.kind, fact.value) if fact is not None else ()
        return {group.name: drafting.items_answer(version.service, group, list(rows), called)}  # type: ignore[call-overload]
    return {
        name: drafting.answer_of(version.service, name, field, _read(facts.get(name)), called)
        for name, field in ((f"{group.name}.{field.name}", field) for field in group.fields.values())
        if name in facts
    }


def _read(fact: Fact | None) -> object:
    return values.read(fact.kind, fact.value) if fact is not None else None
