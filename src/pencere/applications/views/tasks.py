"""What a person must do in a case, theirs or another's: answer, confirm, sign, pay, choose a place, answer an offer.

A task of somebody else looks like one that does not exist. Who signs reads what the step shows and nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from pencere.applications import (
    actions,
    answers,
    attaching,
    drafting,
    noting,
    offering,
    reading,
    rules,
    showing,
    task_words,
    timeline,
    values,
    versions,
    wording,
)
from pencere.applications.drafting import NoSuchCase
from pencere.applications.forms import PlaceForm
from pencere.applications.models import Task
from pencere.applications.versions import Version
from pencere.applications.views.draft import who
from pencere.applications.views.questions import group_page, item_page, remove_page
from pencere.applications.views.task_draft import TaskDraft, task_link
from pencere.base import clock
from pencere.base.errors import BadInput, Refused, Unavailable
from pencere.files import actions as files
from pencere.identity import access
from pencere.payments import queries as payments
from pencere.ui import pieces, writing

OVER = "applications/task_over.html"


@access.person
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """All that the person must do, the most urgent first."""
    return render(
        request, "applications/my_tasks.html", {"tasks": task_words.of_person(who(request).identifier, clock.now())}
    )


def task_of(request: HttpRequest, task: int) -> tuple[Task, Version]:
    """The person's own task, open or over. Raises NoSuchCase."""
    person = who(request).identifier
    found = Task.objects.filter(pk=task, person=person).select_related("case").first() if person else None
    if found is None or found.kind not in _SHOWN:
        raise NoSuchCase(str(task))
    return found, versions.of(found.case)


@access.person
@require_http_methods(["GET", "HEAD", "POST"])
def task(request: HttpRequest, task: int) -> HttpResponse:
    found, version = task_of(request, task)
    words = _words(request, found, version)
    if found.state != rules.OPEN and not _may_pick_again(found):
        return render(request, OVER, words, status=409 if request.method == "POST" else 200)
    try:
        return _SHOWN[found.kind](request, found, version, words)
    except Refused as no:
        return _refused(request, found, version, words, no)


def _refused(request: HttpRequest, found: Task, version: Version, words: dict[str, Any], no: Refused) -> HttpResponse:
    """The task was over, or the place gone, before the button was pressed: says so, on the page as it is now."""
    if no.rule in ("just_taken", "gone_by"):
        again = _pick_words(request, found, version, anew=True)
        return render(request, "applications/task_pick.html", {**words, **again, "problem": no.rule}, status=409)
    fresh = Task.objects.select_related("case").get(pk=found.pk)
    return render(request, OVER, {**_words(request, fresh, version), "problem": no.rule}, status=409)


def _words(request: HttpRequest, found: Task, version: Version) -> dict[str, Any]:
    """What every page of a task is given."""
    own = found.case.applicant == who(request).identifier
    return {
        "task": found,
        "case": found.case,
        "own": own,
        "title_texts": showing.title(version),
        "title": task_words.title(version, found),
        "about": task_words.item_words(version, found),
        "silence": task_words.silence_words(found),
        "begun_by_event": found.case.begun_by == "event",
        "applicant": found.case.applicant_name,
        "agency": wording.agency(version, found.case.agency, showing.language(), timeline.day_of(clock.now())),
        "state_word": STATES.get(found.state, lambda: "")(),
        "may_decline": own and found.case.begun_by == "event" and found.case.state in rules.UNDECIDED,
    }


STATES: Mapping[str, Callable[[], str]] = {
    rules.TASK_DONE: lambda: gettext("You have done this."),
    rules.TASK_REFUSED: lambda: gettext("You have said no."),
    rules.TASK_LAPSED: lambda: gettext("The time for this is over."),
    rules.VOID: lambda: gettext("This is not needed any more."),
}


# ---- questions after the sending, or of another party


def _draft(request: HttpRequest, task: int) -> TaskDraft:
    found = noting.open_task(task, who(request).identifier)
    if found.kind != "ask":
        raise NoSuchCase(str(task))
    return TaskDraft(found, versions.of(found.case), who(request), clock.now())


@access.person
@require_http_methods(["GET", "HEAD", "POST"])
def group(request: HttpRequest, task: int, group: str) -> HttpResponse:
    return _of_open(request, task, lambda draft: group_page(request, draft, group))


@access.person
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, task: int, group: str, number: int) -> HttpResponse:
    return _of_open(request, task, lambda draft: item_page(request, draft, group, number))


@access.person
@require_http_methods(["GET", "HEAD", "POST"])
def item_remove(request: HttpRequest, task: int, group: str, number: int) -> HttpResponse:
    return _of_open(request, task, lambda draft: remove_page(request, draft, group, number))


def _of_open(request: HttpRequest, task: int, show: Callable[[TaskDraft], HttpResponse]) -> HttpResponse:
    """A page of an open task; of one that is over, what became of it."""
    try:
        return show(_draft(request, task))
    except Refused as no:
        if no.rule != "state":
            raise
        return HttpResponseRedirect(reverse("applications:task", args=[task]))


def _ask(request: HttpRequest, found: Task, version: Version, words: dict[str, Any]) -> HttpResponse:
    """Why it is asked and what is known; the pages of questions; when all are answered, all answers, and "give"."""
    draft = TaskDraft(found, version, who(request), clock.now())
    ready = all(stop.done for stop in draft.stops)
    problem = ""
    if request.method == "POST" and ready:
        groups = [page.group for page in draft.pages]
        try:
            actions.answer_task(
                found.pk, who(request).identifier, who(request).account_id,
                noting.given(found, version, groups), now=draft.now,
            )  # fmt: skip
            files.release([noting.keeper(found)])
            return _after(request, found)
        except BadInput as bad:
            problem = bad.reason
    language = showing.language()
    tasks = [
        pieces.Task(
            writing.words(showing.task_title(version, stop.page.group.name), language),
            gettext("Done") if stop.done else gettext("To do"),
            stop.done,
            stop.url,
        )
        for stop in draft.stops
        if stop.page is not None
    ]
    shown = {
        "tasks": tasks,
        "ready": ready,
        "first_url": draft.next,
        "problem": problem,
        "answers": answers.answer_rows(draft.case, version, draft.rows, draft.pages, link=draft.shelf.link),
        "lists": answers.answer_lists(draft.case, version, draft.rows, draft.pages, link=draft.shelf.link),
        "groups": showing.fact_groups(version, draft.rows) if words["own"] else [],
    }
    return render(request, "applications/task_ask.html", {**words, **shown})


def _after(request: HttpRequest, found: Task) -> HttpResponse:
    """The case, for its applicant; for everybody else that their part is done."""
    if found.case.applicant == who(request).identifier:
        return HttpResponseRedirect(reverse("applications:case", args=[found.case.ref]))
    return HttpResponseRedirect(reverse("applications:task", args=[found.pk]))


# ---- confirm, sign, pay


def _submit(request: HttpRequest, found: Task, version: Version, words: dict[str, Any]) -> HttpResponse:
    if request.method == "POST":
        actions.submit_task(found.pk, who(request).identifier, who(request).account_id, now=clock.now())
        return _after(request, found)
    rows = list(found.case.facts.order_by("id"))
    shown = {
        "answers": answers.sent_answers(found.case, version, rows),
        "lists": answers.sent_lists(found.case, version, rows),
        "groups": showing.fact_groups(version, rows),
    }
    return render(request, "applications/task_submit.html", {**words, **shown})


def _sign(request: HttpRequest, found: Task, version: Version, words: dict[str, Any]) -> HttpResponse:
    """What the step shows; agree or refuse, and then once more to be sure."""
    agree = {"agree": True, "refuse": False}.get(request.POST.get("answer", ""))
    if request.method == "POST" and agree is not None and request.POST.get("step") == "sure":
        actions.sign_task(found.pk, who(request).identifier, who(request).account_id, agree, now=clock.now())
        return HttpResponseRedirect(reverse("applications:task", args=[found.pk]))
    step = task_words.step_of(version, found)
    rows = list(found.case.facts.order_by("id"))
    reading.note(found, version, rows, step.shows, who(request).account_id, now=clock.now())
    link = task_link(found)
    shown = {
        "answers": answers.sent_answers(found.case, version, rows, only=step.shows, link=link),
        "lists": answers.sent_lists(found.case, version, rows, only=step.shows, link=link),
        "groups": showing.fact_groups(version, (row for row in rows if row.evidence in step.shows)),
        "chosen": "" if agree is None else request.POST["answer"],
        "missing": request.method == "POST" and agree is None,
        "refused_words": wording.rule(version, step.refused.rule, {}, rows) if step.refused else {},
    }
    return render(request, "applications/task_sign.html", {**words, **shown})


def _pay(request: HttpRequest, found: Task, version: Version, words: dict[str, Any]) -> HttpResponse:
    """What for, how much, until when, and how it stands; the paying itself has its own page."""
    payment = payments.payment_for(str(found.result.get("payment", "")), who(request).identifier)
    if payment is None:
        raise NoSuchCase(str(found.pk))
    shown = {"payment": payment, "amount": showing.amount(payment.amount, payment.currency)}
    return render(request, "applications/task_pay.html", {**words, **shown})


# ---- places


def _offer(request: HttpRequest, found: Task, version: Version, words: dict[str, Any]) -> HttpResponse:
    if task_words.is_pick(found):
        return _pick(request, found, version, words)
    accept = {"accept": True, "decline": False}.get(request.POST.get("answer", ""))
    if request.method == "POST" and accept is not None and request.POST.get("step") == "sure":
        actions.answer_offer(found.pk, who(request).identifier, who(request).account_id, accept, now=clock.now())
        return _after(request, found)
    shown = {
        "place": _offered(found, version),
        "chosen": "" if accept is None else request.POST["answer"],
        "missing": request.method == "POST" and accept is None,
    }
    return render(request, "applications/task_offer.html", {**words, **shown})


def _offered(found: Task, version: Version) -> list[pieces.Row]:
    """The place that is offered, field by field."""
    place = version.service.places[task_words.step_of(version, found).names[0]]
    register = offering.register_of(version.country, place.of)
    row = {name: values.untagged(value) for name, value in found.result.get("values", {}).items()}
    return answers.field_rows(version, register, row) if register else []


def _may_pick_again(found: Task) -> bool:
    """An appointment may be moved until it was kept."""
    return (
        found.kind == "offer"
        and found.seat == 0
        and found.state == rules.TASK_DONE
        and found.case.tasks.filter(kind="visit", state=rules.OPEN, step__gt=found.step).exists()
    )


def _pick(request: HttpRequest, found: Task, version: Version, words: dict[str, Any]) -> HttpResponse:
    shown = _pick_words(request, found, version)
    form: PlaceForm = shown["form"]
    if request.method == "POST" and not form.is_search and form.is_valid():
        try:
            actions.pick_place(
                found.pk, who(request).identifier, who(request).account_id, str(form.cleaned_data["place"]),
                now=clock.now(),
            )  # fmt: skip
            return _after(request, found)
        except Unavailable as silent:
            shown["silent"] = wording.agency(version, silent.who, showing.language(), timeline.day_of(clock.now()))
    return render(request, "applications/task_pick.html", {**words, **shown}, status=503 if shown["silent"] else 200)


def _pick_words(request: HttpRequest, found: Task, version: Version, *, anew: bool = False) -> dict[str, Any]:
    """What is free just now. `anew`: what was chosen is gone, so nothing is chosen."""
    now = clock.now()
    place = version.service.places[task_words.step_of(version, found).names[0]]
    offered = offering.places_of(version, place, {}, now=now)
    options = answers.row_options(version, offered, None)
    silent = wording.agency(version, offered.silent, showing.language(), timeline.day_of(now)) if offered.silent else ""
    return {
        "form": PlaceForm(options, request.POST if request.method == "POST" and not anew else None),
        "picked": answers.place_words(found.case, version, place.name),
        "silent": silent,
        "is_empty": not options and not silent,
    }


@access.person
@require_safe
def file(request: HttpRequest, task: int, digest: str) -> HttpResponse:
    """A file that the task shows, or that was chosen for it."""
    found, version = task_of(request, task)
    return attaching.response(found.case, digest, only=reading.files_shown(found, version))


@access.person
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, ref: str) -> HttpResponse:
    """Ends a case that began by itself and that the person does not want, after asking."""
    case = drafting.own(ref, who(request).identifier)
    if case.begun_by != "event" or case.state not in rules.UNDECIDED:
        return HttpResponseRedirect(reverse("applications:case", args=[ref]))
    if request.method == "POST":
        actions.decline(ref, who(request).identifier, who(request).account_id, now=clock.now())
        return HttpResponseRedirect(reverse("applications:case", args=[ref]))
    words = {"case": case, "title_texts": showing.title(versions.of(case))}
    return render(request, "applications/decline.html", words)


_SHOWN: Mapping[str, Callable[[HttpRequest, Task, Version, dict[str, Any]], HttpResponse]] = {
    "ask": _ask,
    "submit": _submit,
    "sign": _sign,
    "pay": _pay,
    "offer": _offer,
}
