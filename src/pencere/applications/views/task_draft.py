"""The questions of a task, page by page like those of a draft, with what is typed kept by the task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property

from django.urls import reverse

from pencere.applications import drafting, noting, questioning, task_words, timeline, values
from pencere.applications.attaching import Link, Shelf
from pencere.applications.drafting import Called
from pencere.applications.models import Task
from pencere.applications.versions import Version
from pencere.applications.views.draft import Draft, Stop
from pencere.country.course import Course, Page
from pencere.identity.queries import Who


class TaskDraft(Draft):
    """The questions of a task, as pages like those of a draft; what is typed is kept by the task."""

    def __init__(self, task: Task, version: Version, who: Who, now: datetime) -> None:
        rows = list(task.case.facts.order_by("id"))
        super().__init__(noting.as_draft(task), version, rows, who, now, None)
        self.task = task

    @cached_property
    def facts(self) -> dict[str, object]:
        typed = self.task.result.get(noting.TYPED, {})
        read = {name: values.read(answer["kind"], answer["value"]) for name, answer in typed.items()}
        return {**values.known(self.case, self.version.service, self.rows), **read, "case.ref": self.case.ref}

    @cached_property
    def course(self) -> Course:
        day = timeline.day_of(self.case.submitted_at or self.now)
        return Course(self.version.country, self.version.service, self.facts, day)

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        step = task_words.step_of(self.version, self.task)
        return self.course.questions(replace(step, names=(self.task.name,)) if self.task.name else step)

    @cached_property
    def stops(self) -> tuple[Stop, ...]:
        return tuple(
            Stop(self.group_url(page.group.name), questioning.is_complete(page, self.facts), page)
            for page in self.pages
        )

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.case, self.now, f"task:{self.task.pk}", task_link(self.task))

    @property
    def above(self) -> str:
        return reverse("applications:task", args=[self.task.pk])

    def url(self, page: str) -> str:
        return self.above

    def reached(self, group: str) -> bool:
        return True

    def group_url(self, group: str) -> str:
        return reverse("applications:task-group", args=[self.task.pk, group])

    def item_url(self, group: str, number: int) -> str:
        return reverse("applications:task-item", args=[self.task.pk, group, number])

    def remove_url(self, group: str, number: int) -> str:
        return reverse("applications:task-item-remove", args=[self.task.pk, group, number])

    def task_to_write(self) -> Task:
        """Whose answers are written: every way of keeping what was typed comes by here."""
        return self.task

    def save_page(self, group: str, typed: Mapping[str, object], called: Called) -> None:
        noting.save_page(self.task_to_write(), self.version, group, typed, called=called)

    def save_item(self, group: str, item: int, typed: Mapping[str, object], called: Called) -> None:
        rows = drafting.items_of(self.case, group)
        kept = {name: typed.get(name) for name in self.version.service.questions[group].fields}
        self._save_items(group, [*rows[:item], kept, *rows[item + 1 :]], called)

    def remove_item(self, group: str, item: int) -> None:
        rows = drafting.items_of(self.case, group)
        self._save_items(group, [*rows[:item], *rows[item + 1 :]])

    def keep_none(self, group: str) -> None:
        self._save_items(group, drafting.items_of(self.case, group))

    def _save_items(
        self, group: str, rows: Sequence[Mapping[str, object]], called: Called = drafting.NOTHING_CALLED
    ) -> None:
        questions = self.version.service.questions[group]
        noting.save_items(self.task_to_write(), self.version, questions, rows, called=called)

    def after_saving(self, group: str) -> str:
        fresh = Task.objects.select_related("case").get(pk=self.task.pk)
        return type(self)(fresh, self.version, self.who, self.now).after(group)


def task_link(task: Task) -> Link:
    """Where who has the task reads its files."""
    return Link("applications:task-file", task.pk)
