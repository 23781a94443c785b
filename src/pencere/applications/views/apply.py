"""A draft, page by page: begin, tasks, questions, facts, check, send, done. Every page saves what was typed."""

from __future__ import annotations

import threading
import time
import uuid

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pencere.applications import (
    actions,
    answers,
    drafting,
    queries,
    questioning,
    rules,
    showing,
    standing,
    task_words,
    timeline,
    versions,
    walk,
    wording,
)
from pencere.applications.actions import Asker, NotReady
from pencere.applications.drafting import NoSuchCase
from pencere.applications.forms import ConsentForm
from pencere.applications.views.draft import Draft, Stop, draft_of, who
from pencere.base import clock
from pencere.base.errors import Unavailable
from pencere.identity import access
from pencere.ui import writing
from pencere.ui.controls import ONCE_KEY
from pencere.ui.pieces import Task

log = structlog.get_logger(__name__)
WAIT_SECONDS = 2.0
"""For so long the answer to a submission waits for the certificate, which is usually made by then."""
WAIT_STEP = 0.4
_waiting = threading.Semaphore(1)
"""Only one request of a process waits: the others' threads are for those who come next."""


@access.person
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, service_id: str) -> HttpResponse:
    """Begins a draft, or offers those that were begun before."""
    now = clock.now()
    version = versions.current(service_id)
    if version is None or not drafting.is_open(version, now):
        raise NoSuchCase(service_id)
    if not who(request).reaches(version.service.applicant.sign_in or "substantial"):
        return render(request, "identity/too_low.html", status=403)
    if request.method == "POST":
        ref = actions.start_draft(service_id, who(request), language=showing.language(), now=now)
        return HttpResponseRedirect(reverse("applications:tasks", args=[ref]))
    drafts = queries.drafts_of(who(request).identifier, timeline.day_of(now), service=service_id)
    words = {"title_texts": showing.title(version), "texts": version.service.texts, "drafts": drafts}
    return render(request, "applications/start.html", words)


@access.person
@require_safe
def tasks(request: HttpRequest, ref: str) -> HttpResponse:
    sent = _if_sent(request, ref)
    if sent is not None:
        return sent
    draft = draft_of(request, ref)
    shown = _tasks(draft)
    words = {**draft.words, "tasks": shown, "done": sum(task.done for task in shown), "all": len(shown)}
    return render(request, "applications/tasks.html", words)


def _tasks(draft: Draft) -> list[Task]:
    """The pages in order. Behind facts that are not fetched yet, only those are listed that are sure to be asked."""
    shown, ready, fetched = [], True, True
    for stop in draft.stops:
        if stop.may_vanish and not fetched:
            continue
        if stop.page is None:
            name: str = gettext("See what the state knows already")
            fetched = fetched and stop.done
        else:
            name = str(writing.words(showing.task_title(draft.version, stop.page.group.name), showing.language()))
        shown.append(Task(name, _word(stop.done, ready), stop.done, stop.url if ready else "", _count(draft, stop)))
        ready = ready and stop.done
    url = draft.url("check")
    shown.append(Task(gettext("Check your answers and send"), _word(False, ready), False, url if ready else ""))
    return shown


def _count(draft: Draft, stop: Stop) -> str:
    """Of a repeating group: how many there are so far."""
    if stop.page is None or not stop.page.group.many:
        return ""
    count = len(drafting.items_of(draft.case, stop.page.group.name))
    return gettext("Added: %(count)s") % {"count": count}


def _word(done: bool, ready: bool = True) -> str:
    if done:
        return gettext("Done")
    return gettext("To do") if ready else gettext("Cannot start yet")


@access.person
@require_http_methods(["GET", "HEAD", "POST"])
def facts(request: HttpRequest, ref: str) -> HttpResponse:
    """What the registers hold, fetched now unless it is fresh; if a holder is silent, says who, and keeps the draft.

    Where the law lets us ask only if the person agrees, they are asked first, and may say no.
    """
    draft = draft_of(request, ref)
    before = next((stop for stop in draft.stops if not stop.done), None)
    if before is not None and before.page is not None and not draft.has_facts:
        return HttpResponseRedirect(draft.url("tasks"))
    consents = consents_for(draft, request)
    if consents is not None:
        if request.method != "POST" or not consents.is_valid():
            return render(request, "applications/consents.html", {**draft.words, "form": consents})
        agreed = {name: bool(value) for name, value in consents.cleaned_data.items()}
        actions.save_consents(ref, who(request), agreed, language=showing.language(), now=draft.now)
        return HttpResponseRedirect(draft.url("facts"))
    silent = ""
    status = 200
    try:
        actions.fetch_evidence(draft.case, Asker(who(request).account_id, "person"), now=draft.now)
    except Unavailable as problem:
        if problem.who not in draft.version.country.agencies:
            raise
        silent, status = problem.who, 503
    draft = draft_of(request, ref)
    words = {
        **draft.words,
        "groups": showing.fact_groups(draft.version, draft.rows) if not silent else [],
        "silent": _agency(draft, silent),
        "is_silent": bool(silent),
        "changed": request.GET.get("changed") == "yes",
        "subject": showing.subject_name(draft.case, draft.rows),
        "next_url": draft.next,
    }
    response = render(request, "applications/facts.html", words, status=status)
    if silent:
        response["Retry-After"] = "30"
    return response


def consents_for(draft: Draft, request: HttpRequest) -> ConsentForm | None:
    """Asks for what is due now and was neither agreed to nor refused; None if there is nothing of the kind."""
    fetched = {row.evidence for row in draft.rows if row.source == "register"}
    due = questioning.evidence_due(draft.course, fetched, until_submit=True)
    open_ = [each for each in due if each.consent and draft.facts.get(f"consent.{each.name}") is None]
    if not open_:
        return None
    labels = {each.name: answers.consent_label(draft.version, each, timeline.day_of(draft.now)) for each in open_}
    return ConsentForm(labels, request.POST if request.method == "POST" else None)


def _agency(draft: Draft, agency: str) -> str:
    return wording.agency(draft.version, agency, showing.language(), timeline.day_of(draft.now))


@access.person
@require_safe
def check(request: HttpRequest, ref: str) -> HttpResponse:
    sent = _if_sent(request, ref)
    if sent is not None:
        return sent
    draft = draft_of(request, ref)
    if not draft.is_ready:
        return HttpResponseRedirect(reverse("applications:tasks", args=[ref]))
    words = {
        **draft.words,
        "answers": answers.answer_rows(draft.case, draft.version, draft.rows, draft.pages, change=True),
        "lists": answers.answer_lists(draft.case, draft.version, draft.rows, draft.pages, change=True),
        "groups": showing.fact_groups(draft.version, draft.rows),
        "advice": showing.advice(draft.case, draft.version, draft.rows, now=draft.now),
        "fees": standing.fees_to_come(draft.case, draft.version, draft.rows, now=draft.now),
        "key": uuid.uuid4().hex,
        "problem": request.GET.get("why", ""),
    }
    return render(request, "applications/check.html", words)


@access.person
@require_POST
def send(request: HttpRequest, ref: str) -> HttpResponse:
    """Sends the draft once; pressing twice, reloading or coming back later leads to the same receipt."""
    key = request.POST.get(ONCE_KEY, "")
    if not 16 <= len(key) <= 64 or not key.isalnum():
        return HttpResponseRedirect(reverse("applications:check", args=[ref]))
    try:
        actions.submit(ref, who(request), key, language=showing.language(), now=clock.now())
    except NotReady as not_yet:
        page = {"facts_changed": "applications:facts", "facts_unseen": "applications:facts"}.get(not_yet.rule)
        if page:
            return HttpResponseRedirect(reverse(page, args=[ref]) + "?changed=yes")
        if not_yet.rule in ("incomplete", "moved"):
            return HttpResponseRedirect(reverse("applications:tasks", args=[ref]))
        return HttpResponseRedirect(reverse("applications:check", args=[ref]) + f"?why={not_yet.rule}")
    _wait_for_papers(ref, who(request).identifier)
    return HttpResponseRedirect(reverse("applications:done", args=[ref]))


def _wait_for_papers(ref: str, identifier: str) -> None:
    if not _waiting.acquire(blocking=False):
        return
    try:
        until = time.monotonic() + WAIT_SECONDS
        while queries.state_of(ref, identifier) == (rules.DECIDED, rules.GRANTED) and time.monotonic() < until:
            time.sleep(WAIT_STEP)
    finally:
        _waiting.release()


@access.person
@require_safe
def done(request: HttpRequest, ref: str) -> HttpResponse:
    """The acknowledgement: reference, what happens next, receipt. Can be opened again at any time."""
    case = drafting.own(ref, who(request).identifier)
    if case.state == rules.DRAFT:
        return HttpResponseRedirect(reverse("applications:tasks", args=[ref]))
    if case.submitted_at is None:
        raise NoSuchCase(ref)
    now = clock.now()
    version = versions.of(case)
    rows = list(case.facts.order_by("id"))
    decisions = list(case.decisions.order_by("number"))
    papers = showing.papers(case, now)
    has_tasks = walk.needs_tasks(version.service)
    waits = standing.waits(case, version, who(request).identifier) if has_tasks else []
    words = {
        "case": case,
        "title_texts": showing.title(version),
        "receipt": case.submission.receipt,
        "decision": showing.decision(case, version, rows, decisions, papers),
        "papers": papers,
        "all_revoked": showing.all_revoked(papers),
        "is_being_made": (case.state, case.outcome) == (rules.DECIDED, rules.GRANTED) and not waits,
        "tasks": task_words.of_person(who(request).identifier, now, ref=ref) if has_tasks else (),
        "waits": waits,
        "due_on": case.due_on if case.due_on != rules.NEVER else None,
        "waits_for": wording.agency(version, case.waiting_who, showing.language(), timeline.day_of(now))
        if case.waiting_who
        else "",
    }
    return render(request, "applications/done.html", words)


@access.person
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, ref: str) -> HttpResponse:
    """Throws a draft away, after asking."""
    if request.method == "POST":
        actions.delete_draft(ref, who(request).identifier, now=clock.now())
        return HttpResponseRedirect(reverse("applications:cases"))
    return render(request, "applications/delete.html", draft_of(request, ref).words)


def _if_sent(request: HttpRequest, ref: str) -> HttpResponse | None:
    """A page of a draft that was sent meanwhile leads to the acknowledgement."""
    found = queries.state_of(ref, who(request).identifier)
    if found is None:
        raise NoSuchCase(ref)
    if found[0] == rules.DRAFT:
        return None
    if found[0] in (rules.WITHDRAWN, rules.LAPSED):
        raise NoSuchCase(ref)
    return HttpResponseRedirect(reverse("applications:done", args=[ref]))
