"""What a person has sent: the list, one case with its timeline and decision, receipt, letter, taking it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from pencere.applications import (
    actions,
    answers,
    appealing,
    changing,
    courses,
    drafting,
    history,
    queries,
    rules,
    showing,
    standing,
    task_words,
    timeline,
    versions,
    waiting,
    walk,
    wording,
)
from pencere.applications.drafting import NoSuchCase
from pencere.applications.forms import AppealForm
from pencere.applications.models import Case
from pencere.applications.views.draft import who
from pencere.base import clock
from pencere.base.errors import Refused
from pencere.identity import access


@access.person
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Drafts with "continue" and "delete"; then what was sent, newest first, filtered by the address."""
    today = timeline.day_of(clock.now())
    identifier = who(request).identifier
    state = request.GET.get("state", "")
    after = request.GET.get("after", "")
    page = queries.my_cases(identifier, today, state=state, after=after)
    here = reverse("applications:cases")
    words = {
        "drafts": queries.drafts_of(identifier, today) if not after else (),
        "tasks": task_words.of_person(identifier, clock.now()) if not after else (),
        "cases": page.lines,
        "states": _states(state),
        "older": f"{here}?{urlencode({'state': state, 'after': page.next})}" if page.next else "",
        "newest": f"{here}?{urlencode({'state': state})}" if after else "",
        "filtered": bool(state),
    }
    return render(request, "applications/cases.html", words)


def _states(chosen: str) -> list[tuple[str, str, bool]]:
    offered = [
        ("", gettext("All")),
        (queries.OPEN, gettext("Not decided yet")),
        (rules.DONE, gettext("Done")),
        (rules.DECIDED, gettext("Decided")),
        (rules.WITHDRAWN, gettext("Taken back")),
    ]
    return [(code, words, code == chosen) for code, words in offered]


def sent_case(request: HttpRequest, ref: str) -> Case:
    """The person's own case that was sent. Raises NoSuchCase."""
    case = drafting.own(ref, who(request).identifier)
    if case.submitted_at is None:
        raise NoSuchCase(ref)
    return case


@access.person
@require_safe
def case(request: HttpRequest, ref: str) -> HttpResponse:
    found = drafting.own(ref, who(request).identifier)
    if found.state == rules.DRAFT:
        return HttpResponseRedirect(reverse("applications:tasks", args=[ref]))
    return render(
        request, "applications/case.html", _words(sent_case(request, ref), who(request).identifier, who(request).name)
    )


def _words(found: Case, reader: str, name: str = "") -> dict[str, Any]:
    now = clock.now()
    version = versions.of(found)
    rows = list(found.facts.order_by("id"))
    state, colour = queries.state_words(found.state, found.outcome, found.waiting_for)
    undecided = found.state in rules.UNDECIDED
    papers = showing.papers(found, now)
    has_tasks = walk.needs_tasks(version.service)
    waits = standing.waits(found, version, reader) if has_tasks else []
    tickets = standing.tickets(found, version) if has_tasks else []
    beside = standing.beside(found)
    may_appeal = _may_appeal(found, version, now)
    changeable = changing.changeable(found, version) if reader == found.applicant else ()
    given = found.state == rules.DECIDED and found.outcome in (rules.GRANTED, rules.PARTLY)
    return {
        "case": found,
        "title_texts": showing.title(version),
        "state": state,
        "colour": colour,
        "subject": showing.known_name(found, rows, found.subject) or (name if found.subject == reader else ""),
        "due_on": waiting.answer_by(found, version, timeline.day_of(now))
        if undecided and found.due_on != rules.NEVER
        else None,
        "stands_still": waiting.stands_still(found, version),
        "overdue": rules.is_overdue(found.desk_on, timeline.day_of(now)),
        "undecided": undecided,
        "is_being_made": given and not waits,
        "is_carried_out": given and bool(waits),
        "tasks": task_words.of_person(reader, now, ref=found.ref) if has_tasks else (),
        "appointments": standing.appointments(found, version) if has_tasks else [],
        "waits": waits,
        "waits_for": standing.main_wait(found, version),
        "tickets": tickets,
        "is_in_line": any(ticket.position for ticket in tickets),
        "fees": standing.fees(found) if has_tasks else [],
        "beside": beside,
        "begun_by": found.begun_by,
        "may_decline": found.begun_by == "event" and undecided,
        "may_appeal": may_appeal,
        "corrected_by": next((each.ref for each in beside if each.kind == "correction"), ""),
        "is_appealed": not may_appeal and any(each.kind == "appeal" for each in beside),
        "answers": answers.sent_answers(found, version, rows, changeable=changeable),
        "lists": answers.sent_lists(found, version, rows, changeable=changeable),
        "may_change": bool(changeable),
        "groups": showing.fact_groups(version, rows),
        "findings": answers.findings(found, version, rows),
        "events": history.events(
            found, version, found.events.order_by("number"), lambda: courses.all_facts(found, version, rows, now=now)
        ),
        "decision": showing.decision(found, version, rows, list(found.decisions.order_by("number")), papers),
        "papers": papers,
        "all_revoked": showing.all_revoked(papers),
        "agency": wording.agency(version, found.agency, showing.language(), timeline.day_of(now)),
    }


def _may_appeal(found: Case, version: versions.Version, now: datetime) -> bool:
    """Against what was refused, in whole or in part, once, while the time runs; after that there is the court."""
    if found.outcome not in (rules.REFUSED, rules.PARTLY):
        return False
    last = appealing.last_day_to_appeal(found, version)
    return last is not None and timeline.day_of(now) <= last and not appealing.is_appealed(found)


@access.person
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, ref: str) -> HttpResponse:
    """Reasons for an appeal; then it is a case of its own, with a page of its own."""
    found = sent_case(request, ref)
    version = versions.of(found)
    now = clock.now()
    if not _may_appeal(found, version, now):
        return HttpResponseRedirect(reverse("applications:case", args=[ref]))
    form = AppealForm(request.POST if request.method == "POST" else None)
    problem = ""
    if request.method == "POST" and form.is_valid():
        person = who(request)
        try:
            made = actions.appeal(ref, person.identifier, person.account_id, form.cleaned_data["reasons"], now=now)
            return HttpResponseRedirect(reverse("applications:case", args=[made]))
        except Refused as no:
            problem = no.rule
    terms = appealing.terms_of(version)
    words = {
        "case": found,
        "title_texts": showing.title(version),
        "form": form,
        "problem": problem,
        "law": wording.law(version, terms.law),
        "last_day": appealing.last_day_to_appeal(found, version),
        "decided_in": (terms.decided.amount, terms.decided.unit),
    }
    return render(request, "applications/appeal.html", words, status=409 if problem else 200)


@access.person
@require_safe
def state(request: HttpRequest, ref: str) -> JsonResponse:
    """For the script of the page: whether anything has changed since it was shown."""
    found = queries.state_of(ref, who(request).identifier)
    if found is None:
        raise NoSuchCase(ref)
    return JsonResponse({"state": found[0], "outcome": found[1]})


@access.person
@require_safe
def receipt(request: HttpRequest, ref: str) -> HttpResponse:
    """The signed receipt as a file: with it anybody can later prove that the application was received."""
    found = sent_case(request, ref)
    response = HttpResponse(found.submission.receipt, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="receipt-{ref}.txt"'
    return response


@access.person
@require_safe
def letter(request: HttpRequest, ref: str) -> HttpResponse:
    """The decision as a letter, to be printed."""
    words = _words(sent_case(request, ref), who(request).identifier, who(request).name)
    if words["decision"] is None:
        raise NoSuchCase(ref)
    return render(request, "applications/letter.html", words)


@access.person
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    """Takes the case back, after asking."""
    found = sent_case(request, ref)
    if found.state not in rules.UNDECIDED:
        return HttpResponseRedirect(reverse("applications:case", args=[ref]))
    if request.method == "POST":
        actions.withdraw(ref, who(request).identifier, now=clock.now())
        return HttpResponseRedirect(reverse("applications:case", args=[ref]))
    return render(
        request, "applications/withdraw.html", {"case": found, "title_texts": showing.title(versions.of(found))}
    )
