"""What a person has sent: the list, one case with its timeline and decision, receipt, letter, taking it back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from pencere.applications import actions, answers, drafting, queries, rules, showing, timeline, versions, wording
from pencere.applications.drafting import NoSuchCase
from pencere.applications.models import Case
from pencere.applications.views.draft import who
from pencere.base import clock
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
    return render(request, "applications/case.html", _words(sent_case(request, ref)))


def _words(found: Case) -> dict[str, Any]:
    now = clock.now()
    version = versions.of(found)
    rows = list(found.facts.order_by("id"))
    state, colour = queries.state_words(found.state, found.outcome, found.waiting_for)
    undecided = found.state in rules.UNDECIDED
    papers = showing.papers(found, now)
    return {
        "case": found,
        "title_texts": showing.title(version),
        "state": state,
        "colour": colour,
        "subject": showing.subject_name(found, rows),
        "due_on": found.due_on if undecided and found.due_on != rules.NEVER else None,
        "overdue": rules.is_overdue(found.state, found.due_on, timeline.day_of(now)),
        "undecided": undecided,
        "is_being_made": (found.state, found.outcome) == (rules.DECIDED, rules.GRANTED),
        "waits_for": _agency(found, version) if found.waiting_who else "",
        "answers": answers.sent_answers(found, version, rows),
        "lists": answers.sent_lists(found, version, rows),
        "groups": showing.fact_groups(version, rows),
        "events": showing.events(found, version, found.events.order_by("number")),
        "decision": showing.decision(found, version, rows, list(found.decisions.order_by("number")), papers),
        "papers": papers,
        "all_revoked": showing.all_revoked(papers),
        "agency": wording.agency(version, found.agency, showing.language(), timeline.day_of(now)),
    }


def _agency(found: Case, version: versions.Version) -> str:
    return wording.agency(version, found.waiting_who, showing.language(), timeline.day_of(clock.now()))


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
    words = _words(sent_case(request, ref))
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
