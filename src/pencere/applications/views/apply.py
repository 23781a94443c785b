"""A draft, page by page: begin, tasks, questions, facts, check, send, done. Every page saves what was typed."""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pencere.applications import (
    actions,
    drafting,
    queries,
    rules,
    showing,
    submitting,
    timeline,
    values,
    versions,
    walk,
    wording,
)
from pencere.applications.actions import Asker, Candidate, NotReady, Offer, OtherDraft
from pencere.applications.drafting import NoSuchCase
from pencere.applications.models import Case, Fact
from pencere.applications.versions import Version
from pencere.base import clock
from pencere.base.errors import Unavailable
from pencere.country.course import Page
from pencere.identity import access
from pencere.identity.queries import Who
from pencere.ui import writing
from pencere.ui.controls import ONCE_KEY
from pencere.ui.forms import DeclaredForm, declared_form
from pencere.ui.pieces import Task

log = structlog.get_logger(__name__)
WAIT_SECONDS = 2.0
"""For so long the answer to a submission waits for the certificate, which is usually made by then."""
WAIT_STEP = 0.4
_waiting = threading.Semaphore(1)
"""Only one request of a process waits: the others' threads are for those who come next."""


@dataclass(slots=True)
class Draft:
    """A person's draft with everything its pages need."""

    case: Case
    version: Version
    rows: list[Fact]
    pages: tuple[Page, ...]
    now: datetime
    moved: actions.Moved | None

    @property
    def facts(self) -> dict[str, object]:
        return values.known(self.case, self.version.service, self.rows)

    @property
    def has_facts(self) -> bool:
        return any(row.source == "register" for row in self.rows)

    @property
    def is_answered(self) -> bool:
        return submitting.is_complete(self.case, self.version, self.rows, self.now)

    @property
    def words(self) -> dict[str, Any]:
        """What every template of a draft is given."""
        return {"case": self.case, "title_texts": showing.title(self.version), "moved": self.moved}


def who(request: HttpRequest) -> Who:
    return request.who  # type: ignore[attr-defined, no-any-return]


def draft_of(request: HttpRequest, ref: str) -> Draft:
    """The draft of the one who asks, under the declarations of today. Raises NoSuchCase."""
    now = clock.now()
    case = drafting.draft(ref, who(request).identifier)
    if actions.bring_up_to_date(case, now) is not None:
        case = drafting.draft(ref, who(request).identifier)
    moved = drafting.moved_lately(case)
    version = versions.of(case)
    rows = list(case.facts.order_by("id"))
    facts = values.known(case, version.service, rows)
    pages = walk.pages(version.country, version.service, facts, timeline.day_of(now))
    return Draft(case, version, rows, pages, now, moved)


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
    facts, shown, ready = draft.facts, [], True
    for page in draft.pages:
        done = walk.is_complete(page, facts)
        url = reverse("applications:group", args=[draft.case.ref, page.group.name])
        name = writing.words(showing.task_title(draft.version, page.group.name), showing.language())
        shown.append(Task(name, _word(done, ready), done, url if ready else ""))
        ready = ready and done
    if _needs_facts(draft.version):
        done = draft.has_facts
        url = reverse("applications:facts", args=[draft.case.ref])
        shown.append(Task(gettext("See what the state knows already"), _word(done, ready), done, url if ready else ""))
        ready = ready and done
    url = reverse("applications:check", args=[draft.case.ref])
    shown.append(Task(gettext("Check your answers and send"), _word(False, ready), False, url if ready else ""))
    return shown


def _word(done: bool, ready: bool = True) -> str:
    if done:
        return gettext("Done")
    return gettext("To do") if ready else gettext("Cannot start yet")


def _needs_facts(version: Version) -> bool:
    return bool(version.service.evidence or walk.facts_of_persons(version.country, version.service))


@access.person
@require_http_methods(["GET", "HEAD", "POST"])
def group(request: HttpRequest, ref: str, group: str) -> HttpResponse:
    """One page of questions. A person is chosen by a number made for this draft, never by identifier."""
    draft = draft_of(request, ref)
    page = next((each for each in draft.pages if each.group.name == group), None)
    if page is None:
        raise NoSuchCase(group)
    asker = Asker(who(request).account_id, "person")
    offer = Offer(())
    if any(walk.offers_persons(draft.version.service, f"{group}.{field.name}") for field in page.fields):
        offer = actions.offer_persons(draft.case, asker, who(request).name, now=draft.now)
    form = _form(request, draft, page, offer.persons)
    other, busy = "", False
    if request.method == "POST" and form.is_valid():
        chosen = _chosen(form, draft, page, offer.persons)
        try:
            actions.save_page(ref, who(request), group, chosen, language=showing.language(), now=draft.now)
            return HttpResponseRedirect(_next(request, ref))
        except OtherDraft as open_draft:
            other = open_draft.ref
        except DatabaseError as problem:  # the page comes back with all that was typed
            log.error("page_not_saved", ref=ref, exc_info=problem)
            busy = True
    words = {
        **draft.words,
        "form": form,
        "fields": [form[field.name] for field in page.fields],
        "single": len(page.fields) == 1,
        "heading_texts": draft.version.service.texts.get(group, {}),
        "other": other,
        "busy": busy,
        "silent": _agency(draft, offer.silent) if offer.silent else "",
    }
    return render(request, "applications/group.html", words, status=503 if busy else 409 if other else 200)


def _agency(draft: Draft, agency: str) -> str:
    return wording.agency(draft.version, agency, showing.language(), timeline.day_of(draft.now))


def _form(request: HttpRequest, draft: Draft, page: Page, persons: tuple[Candidate, ...]) -> DeclaredForm:
    service = draft.version.service
    made = declared_form(
        page.group.fields,
        page.group.name,
        service.texts,
        showing.language(),
        version=f"{service.content_hash}:{service.texts_hash}",
    )
    facts = draft.facts
    choices, initial = {}, {}
    for field in page.group.fields.values():
        name = f"{page.group.name}.{field.name}"
        initial[field.name] = facts.get(name)
        if walk.offers_persons(service, name):
            choices[field.name] = [_option(draft.case, person) for person in persons]
            chosen = facts.get(name) or (persons[0].identifier if len(persons) == 1 else None)
            initial[field.name] = _number(draft.case, str(chosen)) if chosen else None
    posted = request.POST if request.method == "POST" else None
    return made(posted, facts=facts, choices=choices, initial=initial)


def _option(case: Case, person: Candidate) -> tuple[str, str, str]:
    hint = gettext("For yourself") if person.ground == "self" else gettext("Your child")
    return _number(case, person.identifier), person.name, hint


def _number(case: Case, identifier: str) -> str:
    """Stands for a person in the form of this draft, and says nothing outside of it."""
    return salted_hmac("pencere.applications.person", f"{case.ref}:{identifier}").hexdigest()[:16]


def _chosen(form: DeclaredForm, draft: Draft, page: Page, persons: tuple[Candidate, ...]) -> dict[str, object]:
    by_number = {_number(draft.case, person.identifier): person.identifier for person in persons}
    typed = dict(form.cleaned_data)
    for name in typed:
        if walk.offers_persons(draft.version.service, f"{page.group.name}.{name}"):
            typed[name] = by_number.get(str(typed[name]))
    return typed


def _next(request: HttpRequest, ref: str) -> str:
    """The page after this one: the next question without an answer, then the facts, then the check."""
    draft = draft_of(request, ref)
    facts = draft.facts
    for page in draft.pages:
        if not walk.is_complete(page, facts):
            return reverse("applications:group", args=[ref, page.group.name])
    return reverse("applications:facts" if _needs_facts(draft.version) else "applications:check", args=[ref])


@access.person
@require_safe
def facts(request: HttpRequest, ref: str) -> HttpResponse:
    """What the registers hold, fetched now unless it is fresh; if a holder is silent, says who, and keeps the draft."""
    draft = draft_of(request, ref)
    if not draft.is_answered:
        return HttpResponseRedirect(reverse("applications:tasks", args=[ref]))
    silent = ""
    status = 200
    try:
        actions.fetch_evidence(draft.case, Asker(who(request).account_id, "person"), now=draft.now)
    except Unavailable as problem:
        if problem.who not in draft.version.country.agencies:
            raise
        silent, status = problem.who, 503
    rows = list(draft.case.facts.order_by("id"))
    words = {
        **draft.words,
        "groups": showing.fact_groups(draft.version, rows) if not silent else [],
        "silent": _agency(draft, silent),
        "is_silent": bool(silent),
        "changed": request.GET.get("changed") == "yes",
        "subject": showing.subject_name(draft.case, rows),
    }
    response = render(request, "applications/facts.html", words, status=status)
    if silent:
        response["Retry-After"] = "30"
    return response


@access.person
@require_safe
def check(request: HttpRequest, ref: str) -> HttpResponse:
    sent = _if_sent(request, ref)
    if sent is not None:
        return sent
    draft = draft_of(request, ref)
    if not draft.is_answered or (_needs_facts(draft.version) and not draft.has_facts):
        return HttpResponseRedirect(reverse("applications:tasks", args=[ref]))
    words = {
        **draft.words,
        "answers": showing.answer_rows(draft.case, draft.version, draft.rows, draft.pages, change=True),
        "groups": showing.fact_groups(draft.version, draft.rows),
        "advice": showing.advice(draft.case, draft.version, draft.rows, now=draft.now),
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
    words = {
        "case": case,
        "title_texts": showing.title(version),
        "receipt": case.submission.receipt,
        "decision": showing.decision(case, version, rows, decisions, papers),
        "papers": papers,
        "all_revoked": showing.all_revoked(papers),
        "is_being_made": (case.state, case.outcome) == (rules.DECIDED, rules.GRANTED),
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
