"""Tasks at the desk: the list of one's roles, overdue first, and a page for each kind of task.

Opening a task is a look: it is written down first. An expert sees what the step lets experts see, and never who it is
about; the case itself is closed to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from pencere import country
from pencere.applications import (
    actions,
    answers,
    asking_officers,
    attaching,
    by_officer,
    queries,
    reading,
    rules,
    showing,
    surroundings,
    task_words,
    timeline,
    values,
    wording,
)
from pencere.applications.attaching import Link, Shelf
from pencere.applications.drafting import NoSuchCase
from pencere.applications.forms import DecideForm, HandOverForm, RecheckForm
from pencere.applications.models import Fact, Task
from pencere.applications.pending import TaskPage
from pencere.applications.views.draft import who
from pencere.base import clock
from pencere.base.errors import BadInput, Refused, Unavailable
from pencere.identity import access
from pencere.identity.queries import Office
from pencere.ui import pieces, writing

DONE = "done"
CONFIRM = "confirm"
"""The step of a hand-over that does it; without it the page to look through comes first."""


@access.officer()
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What lies on the desks of one's roles. Names nobody, so nothing personal is looked at."""
    person = who(request)
    words = {
        "tasks": task_words.of_desk(person.offices, person.identifier, clock.now()),
        "offices": [_office_words(office) for office in person.offices],
        "done": DONE in request.GET,
        "has_cases": _has_cases(person.offices),
    }
    return render(request, "applications/desk_tasks.html", words)


def _has_cases(offices: tuple[Office, ...]) -> bool:
    agencies = tuple(dict.fromkeys(office.agency for office in offices if office.role == by_officer.DEFAULT_ROLE))
    return bool(queries.desk(agencies, timeline.day_of(clock.now()), state=rules.WORKING, limit=1).lines)


def _office_words(office: Office) -> str:
    here = country.current()
    agency = here.agencies[office.agency].name(showing.language(), timeline.day_of(clock.now()))
    return f"{here.role(office.role, showing.language())} – {agency}"


def _opened(request: HttpRequest, task: int) -> tuple[TaskPage, Office, Task]:
    """The task under the office that it is for. Raises NoSuchCase."""
    person = who(request)
    for office in person.offices:
        with suppress(NoSuchCase, Refused):
            page = actions.open_task(task, office, person.identifier, person.account_id, now=clock.now())
            return page, office, Task.objects.select_related("case").get(pk=task)
    raise NoSuchCase(str(task))


@access.officer()
@require_http_methods(["GET", "HEAD", "POST"])
def task(request: HttpRequest, duty: int) -> HttpResponse:
    page, office, row = _opened(request, duty)
    words = _words(page, row)
    if page.state != rules.OPEN:
        status = 409 if request.method == "POST" else 200
        return render(request, "applications/desk_task_over.html", words, status=status)
    try:
        return _PAGES[row.kind](request, page, office, row, words)
    except Refused as no:
        words = {**words, "problem": no.rule}
        return render(request, "applications/desk_task_refused.html", words, status=409)
    except Unavailable as silent:
        words = {
            **words,
            "silent": wording.agency(page.version, silent.who, showing.language(), timeline.day_of(clock.now())),
        }
        return render(request, "applications/desk_task_refused.html", words, status=503)


def _words(page: TaskPage, row: Task) -> dict[str, Any]:
    """What every page of a task is given; of an expert's nothing that tells whom it is about."""
    case, version = page.case, page.version
    words: dict[str, Any] = {
        "task": row,
        "title": task_words.title(version, row),
        "title_texts": showing.title(version),
        "about": task_words.item_words(version, row),
        "overdue": row.due_at is not None and row.due_at <= clock.now(),
        "blind": row.kind == "expert",
        "state_word": gettext("This is done, or is not needed any more."),
    }
    if row.kind == "expert":
        return words
    at = page.declared.at if page.declared is not None else None
    rows = list(page.rows)
    only = page.declared.sees if page.declared is not None and row.kind in ("check", "visit") else ()
    shown = [fact for fact in rows if not only or reading.is_shown(fact, only)]
    link = desk_task_link(row)
    return {
        **words,
        "case": case,
        "ref": case.ref,
        "applicant": case.applicant_name or showing.person_name(case, rows, case.applicant),
        "appointment": answers.place_words(case, version, at) if at else "",
        "subject": showing.subject_name(case, rows) if case.subject != case.applicant else "",
        "answers": answers.sent_answers(case, version, shown, link=link),
        "lists": answers.sent_lists(case, version, shown, link=link),
        "groups": showing.fact_groups(version, shown),
        "findings": answers.findings(case, version, shown, link),
    }


def desk_task_link(task: Task) -> Link:
    """Where the officer who has the task reads its files."""
    return Link("applications:desk-task-file", task.pk, for_desk=True)


@access.officer()
@require_safe
def file(request: HttpRequest, duty: int, digest: str) -> HttpResponse:
    """A file that the task shows; that the task was opened is written down."""
    page, _, row = _opened(request, duty)
    if row.kind == "expert":
        shown = frozenset(value for _, value in page.shown if isinstance(value, str))
        return attaching.response(page.case, digest, only=shown)
    return attaching.response(page.case, digest)


def _find(request: HttpRequest, page: TaskPage, office: Office, row: Task, words: dict[str, Any]) -> HttpResponse:
    made = asking_officers.form_of(page)
    shelf = Shelf(page.case, clock.now(), f"desk-task:{row.pk}", desk_task_link(row))
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    group = asking_officers.group_of(page)
    facts = {
        fact: page.course.fact(fact)
        for field in page.fields.values()
        for each in field.when or ()
        for fact in each
        if fact.rpartition(".")[0] != group
    }
    form = made(*posted, facts=facts, keeping=shelf)
    if request.method == "POST" and not form.is_search and form.is_valid():
        person = who(request)
        try:
            actions.find(row.pk, office, person.identifier, person.account_id, form.cleaned_data, now=clock.now())
            return _back()
        except BadInput as bad:
            field = str(bad.details.get("field", ""))
            form.add_error(field if field in form.fields else None, gettext("Write your answer."))
    words |= {
        "form": form,
        "fields": form.drawn,
        "shown": _shown(page) if row.kind == "expert" else [],
        "kind": row.kind,
        "said": task_words.said_words(str(row.result.get("said", ""))),
    }
    return render(request, "applications/desk_find.html", words)


def _back() -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('applications:desk-tasks')}?{DONE}")


def _shown(page: TaskPage) -> list[pieces.Row]:
    """What an expert sees, in the order in which the step lists it."""
    version, language = page.version, showing.language()
    found = []
    for name, value in page.shown:
        register = wording.register_of(version, name.rpartition(".")[0])
        field = wording.declared_field(version, name, register)
        key = writing.words(wording.label(version, name, register), language)
        kind = field.kind if field else ""
        if kind == "geometry" and isinstance(value, Mapping):
            found.append(pieces.Row(key=key, value=surroundings.alone(version, name, value, register=register)))
            continue
        words = wording.value(version, name, value, language, kind=kind, register=register)
        found.append(pieces.Row(key=key, value=words))
    return found


def _hand_over(request: HttpRequest, page: TaskPage, office: Office, row: Task, words: dict[str, Any]) -> HttpResponse:
    """First whether it was compared, then a page to look through: what is out of the house does not come back."""
    form = HandOverForm(request.POST if request.method == "POST" else None)
    compared = request.method == "POST" and form.is_valid()
    if compared and request.POST.get("step") == CONFIRM:
        person = who(request)
        actions.hand_over(row.pk, office, person.identifier, person.account_id, now=clock.now())
        return _back()
    by = str(page.course.fact(page.declared.by) or page.declared.by) if page.declared and page.declared.by else ""
    words |= {
        "form": form,
        "by_post": by == "post",
        "identifier": page.case.subject or page.case.applicant,
    }
    page_name = "desk_hand_over_check" if compared else "desk_hand_over"
    return render(request, f"applications/{page_name}.html", words)


def _recheck(request: HttpRequest, page: TaskPage, office: Office, row: Task, words: dict[str, Any]) -> HttpResponse:
    form = RecheckForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        person = who(request)
        actions.recheck(
            row.pk, office, person.identifier, person.account_id,
            outcome=form.cleaned_data["outcome"], reasons=form.cleaned_data["reasons"], now=clock.now(),
        )  # fmt: skip
        return _back()
    words |= {
        "form": form,
        "said": task_words.said_words(str(row.result.get("said", ""))),
        "verdicts": [
            {**verdict, "sentence": wording.rule(page.version, verdict["rule"], page.course.reckoning.facts, page.rows)}
            for verdict in row.result.get("verdicts", [])
        ],
        "fresh": _fresh_facts(page, row),
    }
    return render(request, "applications/desk_recheck.html", words)


def _fresh_facts(page: TaskPage, row: Task) -> pieces.Table:
    """The facts of the decision beside those of today, where they differ."""
    language = showing.language()
    before = {fact.name: fact for fact in page.rows}
    lines = []
    for name, now in row.result.get("facts", {}).items():
        then: Fact | None = before.get(name)
        if then is not None and then.value == now["value"]:
            continue
        register = then.register if then else ""
        label = writing.words(wording.label(page.version, name, register), language)
        old = showing.in_words(page.version, then) if then else gettext("no entry")
        new = wording.value(
            page.version, name, values.read(now["kind"], now["value"]), language, kind=now["kind"], register=register
        )
        lines.append((pieces.Cell(label), pieces.Cell(old), pieces.Cell(new)))
    columns = (gettext("Fact"), gettext("At the decision"), gettext("Today"))
    return pieces.Table(
        gettext("What changed since the decision"), tuple(pieces.Cell(column) for column in columns), tuple(lines)
    )


def _appeal(request: HttpRequest, page: TaskPage, office: Office, row: Task, words: dict[str, Any]) -> HttpResponse:
    form = DecideForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        person = who(request)
        actions.decide_appeal(
            page.case.ref, office, person.identifier, person.account_id,
            outcome=form.cleaned_data["outcome"], reasons=form.cleaned_data["reasons"], now=clock.now(),
        )  # fmt: skip
        return _back()
    earlier = page.case.earlier
    decided = list(earlier.decisions.order_by("number")) if earlier else []
    rows = list(earlier.facts.order_by("id")) if earlier else []
    words |= {
        "form": form,
        "reasons": row.result.get("reasons", ""),
        "decision": showing.decision(earlier, page.version, rows, decided, ()) if earlier else None,
        "earlier": earlier,
        "desk": True,
    }
    return render(request, "applications/desk_appeal.html", words)


Page = Callable[[HttpRequest, TaskPage, Office, Task, dict[str, Any]], HttpResponse]
_PAGES: Mapping[str, Page] = {
    "check": _find,
    "visit": _find,
    "expert": _find,
    "archive": _find,
    "paper": _find,
    "deliver": _hand_over,
    "recheck": _recheck,
    "appeal": _appeal,
}
