"""Answers to a task while they are typed: kept by the task page by page, and given all at once at the end.

They stand in the same form as those of a draft, so that the same pages ask for them: the case in memory shows them as
its answers, and is never saved with them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction

from pencere.applications import drafting, rules, values
from pencere.applications.drafting import Called, NoSuchCase
from pencere.applications.models import Case, Task
from pencere.applications.versions import Version
from pencere.base.errors import Refused
from pencere.country.declarations import QuestionGroup
from pencere.files import actions as file_actions

TYPED = "typed"
"""Where a task keeps them in its result."""


def open_task(task_id: int, person: str) -> Task:
    """A task of this person that is still open. Raises NoSuchCase, and Refused "state" if it is over."""
    found = Task.objects.filter(pk=task_id, person=person).select_related("case").first() if person else None
    if found is None:
        raise NoSuchCase(str(task_id))
    if found.state != rules.OPEN:
        raise Refused("state")
    return found


def as_draft(task: Task) -> Case:
    """The case with what was typed for the task beside its answers; never to be saved."""
    case = task.case
    case.answers = {**case.answers, **task.result.get(TYPED, {})}
    return case


def save_page(
    task: Task, version: Version, group: str, typed: Mapping[str, object], *, called: Called = drafting.NOTHING_CALLED
) -> None:
    """Keeps the answers of a page. A person must be one of those offered. Raises Refused."""
    questions = version.service.questions[group]

    def change(answers: dict[str, Any]) -> None:
        for name, value in typed.items():
            field = questions.fields[name]
            if value is not None and drafting.offers_persons(field):
                drafting.demand_offered(task.case, value)
            fact = f"{group}.{name}"
            answers[fact] = drafting.answer_of(version.service, fact, field, value, called)

    _change(task, change)


def save_items(
    task: Task, version: Version, group: QuestionGroup, rows: Sequence[Mapping[str, object]],
    *, called: Called = drafting.NOTHING_CALLED,
) -> None:  # fmt: skip
    """Keeps the items of a repeating group."""

    def change(answers: dict[str, Any]) -> None:
        before = answers.get(group.name, {}).get("called", {})
        answers[group.name] = drafting.items_answer(version.service, group, rows, {**before, **called})

    _change(task, change)


def given(task: Task, version: Version, groups: Sequence[QuestionGroup]) -> dict[str, Any]:
    """What was typed, as `answer_task` takes it: group → its answers by field, or its items."""
    answers = task.result.get(TYPED, {})
    found: dict[str, Any] = {}
    for group in groups:
        if group.many:
            answer = answers.get(group.name)
            found[group.name] = list(values.read(answer["kind"], answer["value"])) if answer else []  # type: ignore[call-overload]
            continue
        names = ((field, f"{group.name}.{field}") for field in group.fields)
        found[group.name] = {
            field: values.read(answers[fact]["kind"], answers[fact]["value"])
            for field, fact in names
            if fact in answers
        }
    return found


def _change(task: Task, change: Callable[[dict[str, Any]], None]) -> None:
    """Changes what the task keeps, and needs the files in it; what the task has besides stays."""
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=task.case_id)
        fresh = Task.objects.get(pk=task.pk)
        if fresh.state != rules.OPEN:
            raise Refused("state")
        answers = dict(fresh.result.get(TYPED, {}))
        change(answers)
        fresh.result = {**fresh.result, TYPED: answers}
        fresh.save(update_fields=["result"])
        file_actions.bind(drafting.files_in(answers), keeper(fresh))
    task.result = fresh.result


def keeper(task: Task) -> str:
    """Under which name a task keeps its files until they are the case's."""
    return f"task:{task.pk}"
