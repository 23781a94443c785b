"""An applicant changes what they sent: the questions again with what was sent, then what is different, then "change".

Nothing is changed before the last button, and what was typed is kept until then. What may be changed: `changing`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from pencere.applications import actions, answers, attaching, changing, noting, showing, task_words, versions
from pencere.applications.attaching import Link, Shelf
from pencere.applications.drafting import NoSuchCase
from pencere.applications.models import Case, Task
from pencere.applications.versions import Version
from pencere.applications.views.cases import sent_case
from pencere.applications.views.draft import who
from pencere.applications.views.questions import group_page, item_page, remove_page
from pencere.applications.views.task_draft import TaskDraft
from pencere.base import clock
from pencere.base.errors import BadInput, Refused
from pencere.country.course import Page
from pencere.identity import access
from pencere.identity.queries import Who
from pencere.ui import pieces


class ChangeDraft(TaskDraft):
    """The questions of one group that was sent, and those that it brings along, as pages like those of a draft."""

    def __init__(self, task: Task, version: Version, who: Who, now: datetime) -> None:
        super().__init__(task, version, who, now)
        self.ref, self.group = task.case.ref, task.name

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        return changing.pages(self.case, self.version, self.group, self.facts, self.now)

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.case, self.now, f"change:{self.ref}", Link("applications:change-file", self.ref))

    @property
    def above(self) -> str:
        return reverse("applications:case", args=[self.ref])

    def url(self, page: str) -> str:
        return reverse("applications:change", args=[self.ref, self.group])

    def group_url(self, group: str) -> str:
        return reverse("applications:change-group", args=[self.ref, self.group, group])

    def item_url(self, group: str, number: int) -> str:
        return reverse("applications:change-item", args=[self.ref, self.group, group, number])

    def remove_url(self, group: str, number: int) -> str:
        return reverse("applications:change-item-remove", args=[self.ref, self.group, group, number])

    def task_to_write(self) -> Task:
        """It is there from the first answer that is kept, and only then."""
        changing.keep(self.task, self.version, self.now)
        return self.task


def _draft(request: HttpRequest, ref: str, chosen: str) -> ChangeDraft:
    """Raises NoSuchCase, and Refused "state" where it cannot be changed (any more)."""
    case = sent_case(request, ref)
    version = versions.of(case)
    if chosen not in version.service.questions:
        raise NoSuchCase(chosen)
    if chosen not in changing.changeable(case, version):
        raise Refused("state")
    return ChangeDraft(changing.typed(case, version, chosen), version, who(request), clock.now())


def _shown(request: HttpRequest, ref: str, chosen: str, show: Callable[[ChangeDraft], HttpResponse]) -> HttpResponse:
    """The page; where it is too late to change anything, a page that says so and leads back to the case."""
    try:
        return show(_draft(request, ref, chosen))
    except Refused as no:
        if no.rule != "state":
            raise
        case = sent_case(request, ref)
        words = {"case": case, "title_texts": showing.title(versions.of(case))}
        return render(request, "applications/change_over.html", words, status=409 if request.method == "POST" else 200)


@access.person
@require_http_methods(["GET", "HEAD", "POST"])
def group(request: HttpRequest, ref: str, chosen: str, group: str) -> HttpResponse:
    """One page of questions, with what was sent."""
    return _shown(request, ref, chosen, lambda draft: group_page(request, draft, group))


@access.person
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, ref: str, chosen: str, group: str, number: int) -> HttpResponse:
    return _shown(request, ref, chosen, lambda draft: item_page(request, draft, group, number))


@access.person
@require_http_methods(["GET", "HEAD", "POST"])
def item_remove(request: HttpRequest, ref: str, chosen: str, group: str, number: int) -> HttpResponse:
    return _shown(request, ref, chosen, lambda draft: remove_page(request, draft, group, number))


@access.person
@require_safe
def file(request: HttpRequest, ref: str, digest: str) -> HttpResponse:
    """A file of the case, or one that was chosen anew and not given yet."""
    case = sent_case(request, ref)
    for task in case.tasks.filter(kind=changing.KIND):
        case.answers = {**case.answers, **task.result.get(noting.TYPED, {})}
    return attaching.response(case, digest)


@access.person
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, ref: str, chosen: str) -> HttpResponse:
    """What is different from what was sent, and who must agree again; then it is changed, or left as it was."""
    return _shown(request, ref, chosen, lambda draft: _change(request, draft))


def _change(request: HttpRequest, draft: ChangeDraft) -> HttpResponse:
    back = HttpResponseRedirect(draft.above)
    person = who(request)
    if request.method == "POST" and request.POST.get("step") == "leave":
        actions.leave_change(draft.ref, person.identifier)
        return back
    undone = next((stop.url for stop in draft.stops if not stop.done), "")
    if undone or draft.task.pk is None:
        return HttpResponseRedirect(undone or draft.group_url(draft.group))
    problem = ""
    if request.method == "POST":
        given = noting.given(draft.task, draft.version, [page.group for page in draft.pages])
        try:
            actions.change_answers(draft.ref, person.identifier, person.account_id, given, now=draft.now)
            return back
        except BadInput as bad:
            problem = bad.reason
        except Refused as no:
            if no.rule != "subject":
                raise
            problem = no.rule
    return render(
        request,
        "applications/change.html",
        {**_words(request, draft), "problem": problem},
        status=409 if problem else 200,
    )


def _words(request: HttpRequest, draft: ChangeDraft) -> dict[str, Any]:
    sent = sent_case(request, draft.ref)
    for page in draft.pages:
        sent.answers |= changing.as_answers(sent, draft.version, page.group)
    before, after = _lines(sent, draft), _lines(draft.case, draft)
    differences = [
        (key, before.get(key, gettext("no answer")), value) for key, value in after.items() if before.get(key) != value
    ]
    gone = [(key, value, gettext("no answer")) for key, value in before.items() if key not in after]
    signers = changing.signers(sent, draft.version, [page.group.name for page in draft.pages])
    return {
        "case": sent,
        "title_texts": showing.title(draft.version),
        "group_texts": showing.group_title(draft.version, draft.group),
        "differences": _table([*differences, *gone]) if differences or gone else None,
        "signers": list(
            dict.fromkeys(task_words.who_acts(sent, draft.version, task.who, task.step, task.item) for task in signers)
        ),
        "edit_url": draft.group_url(draft.group),
    }


def _lines(case: Case, draft: ChangeDraft) -> dict[str, pieces.Text]:
    """The answers of the pages in words, each under its question; those of a list under the number of their entry."""
    link = draft.shelf.link
    shown = answers.answer_rows(case, draft.version, draft.rows, draft.pages, link=link)
    found = {str(row.key): row.value for row in shown}
    for listed in answers.answer_lists(case, draft.version, draft.rows, draft.pages, link=link):
        for item in listed.items:
            name = gettext("Entry %(number)s") % {"number": item.number}
            found |= {format_html("{}: {}", name, row.key): row.value for row in item.rows}
    return found


def _table(rows: list[tuple[str, pieces.Text, pieces.Text]]) -> pieces.Table:
    columns = (gettext("Question"), gettext("Was sent"), gettext("New"))
    return pieces.Table(
        caption=gettext("What is different"),
        columns=tuple(pieces.Cell(column) for column in columns),
        rows=tuple(tuple(pieces.Cell(cell) for cell in row) for row in rows),
    )
