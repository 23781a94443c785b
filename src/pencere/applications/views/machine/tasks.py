"""Tasks for programs: what waits for the person, what a task asks, and doing it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation

from pencere.applications import (
    actions,
    answers,
    offering,
    queries,
    showing,
)
from pencere.applications.views import tasks as task_views
from pencere.applications.views.machine.asking import Wrong, body_of, flag, machine_view, moment, root, url_of, who_of
from pencere.applications.views.machine.forms import asked_schema, form_of
from pencere.base import clock
from pencere.country.answers import answers_schema
from pencere.payments import queries as payments


@machine_view("GET")
def tasks(request: HttpRequest) -> HttpResponse:
    """What waits for the person, also in cases of others."""
    return JsonResponse(
        {"items": [line_of(task) for task in queries.tasks_of(who_of(request).identifier)], "next": None}
    )


@machine_view("GET", "POST")
def task(request: HttpRequest, task: int) -> HttpResponse:
    """What a task asks. POST does it: `{"answers": {…}}`, `{"agree": true}`, `{"place": "…"}`, `{"accept": true}`, `{}`
    to confirm; a fee is paid on the page that `payment` names."""
    person, account = who_of(request).identifier, who_of(request).account_id
    found = queries.task_for(task, person)
    if request.method == "POST":
        _do(request, found.task.kind, task, person, account, body_of(request, dict))
        found = queries.task_for(task, person)
    return JsonResponse(_task(found, person))


def _do(request: HttpRequest, kind: str, task: int, person: str, account: str, given: dict[str, Any]) -> None:
    now = clock.now()
    if kind == "ask":
        actions.answer_task(task, person, account, _answers_of(request, task, given.get("answers")), now=now)
    elif kind == "submit":
        actions.submit_task(task, person, account, now=now)
    elif kind == "sign":
        actions.sign_task(task, person, account, flag(given, "agree"), now=now)
    elif kind == "offer" and "place" in given:
        actions.pick_place(task, person, account, str(given["place"]), now=now)
    elif kind == "offer":
        actions.answer_offer(task, person, account, flag(given, "accept"), now=now)
    else:
        raise Wrong(409, "this task is done elsewhere", kind=kind)


def _answers_of(request: HttpRequest, task: int, given: object) -> dict[str, Any]:
    """The answers of a task `ask`, each group read by the form that asks it."""
    if not isinstance(given, dict):
        raise Wrong(422, 'send {"answers": {"group": {…}}}')
    draft = task_views.TaskDraft(*task_views.task_of(request, task), who_of(request), clock.now())
    found: dict[str, Any] = {}
    for name, rows in given.items():
        page = draft.page(name)
        if page is None:
            raise Wrong(422, "these are not asked", errors={name: []})
        if page.group.many:
            items = rows if isinstance(rows, list) else []
            read = (form_of(request, draft, page, row, f"{number}.") for number, row in enumerate(items))
            found[name] = [asked.typed for asked in read]
        else:
            found[name] = form_of(request, draft, page, rows if isinstance(rows, dict) else {}, "").typed
    return found


def _task(found: queries.TaskPage, person: str) -> dict[str, object]:
    words: dict[str, object] = {**line_of(found.task), "state": found.state}
    schema = answers_schema(found.version.country, found.version.service, translation.get_language() or "")
    if found.pages:
        words["schema"] = {page.group.name: asked_schema(schema, page) for page in found.pages}
    words["shown"] = [
        {"fact": row.name, "words": showing.in_words(found.version, row)} for row in found.rows if row.kind != "person"
    ]
    if found.task.kind == "pay":
        payment = payments.payment_for(found.task.payment, person)
        if payment is not None:
            words["payment"] = {"amount": payment.amount, "currency": payment.currency, "state": payment.state,
                                "page": f"{root()}{payment.url}"}  # fmt: skip
    if found.task.kind == "offer" and found.declared is not None:
        place = found.version.service.places[found.declared.names[0]]
        if place.mode == "pick":
            offered = offering.places_of(found.version, place, {}, now=clock.now())
            options = answers.row_options(found.version, offered, None)
            words["places"] = [{"value": str(each[0]), "title": str(each[1])} for each in options]
        else:
            words["offered"] = found.result.get("place")
    return words


def line_of(task: queries.OpenTask) -> dict[str, object]:
    return {
        "id": task.id, "kind": task.kind, "case": task.ref, "service": task.service, "title": dict(task.title),
        "opened_at": moment(task.opened_at), "due_at": moment(task.due_at), "url": url_of("api-task", task.id),
    }  # fmt: skip
