"""The desk of an agency's officers: the queue, a case, deciding with reasons, taking a certificate back.

A case of another agency looks like one that does not exist. Opening a case is a look: it is written down first.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pencere import country
from pencere.applications import (
    actions,
    answers,
    appealing,
    attaching,
    by_officer,
    courses,
    desk_rights,
    history,
    queries,
    rules,
    showing,
    standing,
    task_words,
    timeline,
    versions,
    waiting,
    wording,
)
from pencere.applications.actions import Opened
from pencere.applications.drafting import NoSuchCase
from pencere.applications.forms import DecideForm, RevokeForm
from pencere.applications.models import Case
from pencere.applications.showing import DecisionShown
from pencere.applications.versions import Version
from pencere.applications.views.draft import who
from pencere.base import clock
from pencere.base.errors import BadInput, Refused
from pencere.certificates.queries import CertificateView
from pencere.country.course import REFUSE
from pencere.identity import access
from pencere.identity.queries import Office


@access.officer()
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The agency's cases, those to be answered first on top. Names nobody, so nothing personal is looked at."""
    today = timeline.day_of(clock.now())
    agencies = tuple(dict.fromkeys(office.agency for office in who(request).offices))
    asked = {name: request.GET.get(name, "") for name in ("state", "service", "ref")}
    state = asked["state"] or queries.OPEN
    after = request.GET.get("after", "")
    page = queries.desk(agencies, today, state=state, service=asked["service"], ref=asked["ref"], after=after)
    here = reverse("applications:desk")
    kept = {name: value for name, value in asked.items() if value}
    words = {
        "cases": page.lines,
        "states": _states(state),
        "services": _services(agencies, asked["service"]),
        "ref": asked["ref"],
        "older": f"{here}?{urlencode({**kept, 'after': page.next})}" if page.next else "",
        "newest": f"{here}?{urlencode(kept)}" if after else "",
        "agencies": [wording_of(agency) for agency in agencies],
        "task_count": len(task_words.of_desk(who(request).offices, who(request).identifier, clock.now())),
    }
    return render(request, "applications/desk.html", words)


def wording_of(agency: str) -> str:
    here = country.current()
    return here.agencies[agency].name(showing.language(), timeline.day_of(clock.now()))


def _states(chosen: str) -> list[tuple[str, str, bool]]:
    offered = [
        (queries.OPEN, gettext("Not decided yet")),
        ("overdue", gettext("Overdue")),
        (rules.WORKING, gettext("To be decided by an officer")),
        (rules.WAITING, gettext("Waiting")),
        (rules.DECIDED, gettext("Decided")),
        (rules.DONE, gettext("Done")),
        (rules.WITHDRAWN, gettext("Taken back")),
    ]
    return [(code, words, code == chosen) for code, words in offered]


def _services(agencies: tuple[str, ...], chosen: str) -> list[tuple[str, Any, bool]]:
    here = country.current()
    offered = [each for each in here.services.values() if each.agency in agencies]
    return [(each.id, each.texts.get("title", {}), each.id == chosen) for each in offered]


def offices_for(request: HttpRequest, ref: str) -> tuple[Office, ...]:
    """The offices under which this officer may open the case, the registry's first. Raises NoSuchCase."""
    offices = who(request).offices
    for agency in dict.fromkeys(office.agency for office in offices):
        with suppress(NoSuchCase):
            case = by_officer.at_agency(ref, agency)
            blind = _blind_roles(case)
            here = [office for office in offices if office.agency == agency and office.role not in blind]
            if not here or case.tasks.filter(kind="expert", person=who(request).identifier).exists():
                raise NoSuchCase(ref)
            return tuple(sorted(here, key=lambda office: office.role != by_officer.DEFAULT_ROLE))
    raise NoSuchCase(ref)


def _blind_roles(case: Case) -> frozenset[str]:
    """Roles whose officers judge such cases blind, and so never open one."""
    steps = versions.of(case).service.steps
    return frozenset(step.panel.of.removeprefix("officer.") for step in steps if step.panel is not None)


def _opened(request: HttpRequest, ref: str) -> tuple[Opened, tuple[Office, ...]]:
    offices = offices_for(request, ref)
    return actions.open_case(ref, offices[0], who(request).account_id, now=clock.now()), offices


def _office_with(offices: tuple[Office, ...], roles: Collection[str]) -> Office | None:
    return next((office for office in offices if office.role in roles), None)


@access.officer()
@require_safe
def case(request: HttpRequest, ref: str) -> HttpResponse:
    opened, offices = _opened(request, ref)
    return render(request, "applications/desk_case.html", _words(request, opened, offices, DecideForm()))


@access.officer()
@require_safe
def file(request: HttpRequest, ref: str, digest: str) -> HttpResponse:
    """A file of the case; that it was opened is written down."""
    office = offices_for(request, ref)[0]
    found = actions.open_file(ref, office, who(request).account_id, f"sha256:{digest}", now=clock.now())
    return attaching.response(found, digest)


def _words(request: HttpRequest, opened: Opened, offices: tuple[Office, ...], form: DecideForm) -> dict[str, Any]:
    found, version, rows = opened.case, opened.version, opened.rows
    now = clock.now()
    state, colour = queries.state_words(found.state, found.outcome, found.waiting_for)
    papers = showing.papers(found, now)
    own = not rules.may_decide(who(request).identifier, found.applicant, found.subject, ())
    return {
        "case": found,
        "title_texts": showing.title(version),
        "state": state,
        "colour": colour,
        "applicant": found.applicant_name or showing.known_name(found, rows, found.applicant),
        "subject": showing.subject_name(found, rows),
        "due_on": waiting.answer_by(found, version, timeline.day_of(now))
        if found.desk_on and found.due_on != rules.NEVER
        else None,
        "stands_still": waiting.stands_still(found, version),
        "overdue": rules.is_overdue(found.desk_on, timeline.day_of(now)),
        "offices": [version.country.role(office.role, showing.language()) for office in offices],
        "tasks": [line for line in task_words.of_desk(offices, who(request).identifier, now) if line.ref == found.ref],
        "waits": standing.waits(found, version, ""),
        "tickets": standing.tickets(found, version),
        "fees": standing.fees(found),
        "beside": standing.beside(found),
        "findings": answers.findings(found, version, rows, attaching.desk_link(found)),
        "open_item_name": showing.item_name(found, version, rows, _group_of(opened), opened.open_item)
        if opened.open_item >= 0
        else "",
        "may_extend": desk_rights.may_extend(found, version, offices) is not None,
        "may_correct": desk_rights.may_correct(found, offices) is not None,
        "answers": answers.sent_answers(found, version, rows, link=attaching.desk_link(found)),
        "lists": answers.sent_lists(found, version, rows, link=attaching.desk_link(found)),
        "groups": showing.fact_groups(version, rows),
        "events": history.events(
            found,
            version,
            found.events.order_by("number"),
            lambda: courses.all_facts(found, version, rows, now=now),
            for_officer=True,
        ),
        "decision": showing.decision(found, version, rows, list(found.decisions.order_by("number")), papers),
        "open_sentence": wording.rule(version, opened.open.rule, opened.open.facts, rows) if opened.open else {},
        "open_law": wording.law(version, opened.open.law) if opened.open and opened.open.law else None,
        "may_decide": opened.open is not None and not own and _deciding_office(opened, offices) is not None,
        "own": own,
        "open": opened.open,
        "open_item": opened.open_item,
        "unknown": showing.labels(version, opened.unknown),
        "role_needed": _role_needed(opened),
        "papers": papers,
        "agency": wording.agency(version, found.agency, showing.language(), timeline.day_of(now)),
        "revocable": {paper.id for paper in papers if not own and _revoking_office(version, paper, offices)},
        "form": form,
        "waits_for": wording.agency(version, found.waiting_who, showing.language(), timeline.day_of(now))
        if found.waiting_who
        else "",
    }


def _group_of(opened: Opened) -> str:
    """The repeating group whose item is open."""
    table = opened.open.table if opened.open else ""
    step = next((each for each in opened.version.service.steps if each.kind == "decide" and table in each.names), None)
    return step.each if step and step.each else ""


def _role_needed(opened: Opened) -> str:
    """What the role is called that settles what is open; "" if nothing is."""
    role = by_officer.role_for(opened.open) if opened.open else ""
    return opened.version.country.role(role, showing.language()) if role else ""


def _deciding_office(opened: Opened, offices: tuple[Office, ...]) -> Office | None:
    return _office_with(offices, {by_officer.role_for(opened.open)}) if opened.open else None


def _revoking_office(version: Version, paper: CertificateView, offices: tuple[Office, ...]) -> Office | None:
    kind = version.country.certificates.get(paper.kind)
    if kind is None or paper.state == "revoked":
        return None
    return _office_with(offices, {role.removeprefix("officer.") for role in kind.revoke_by})


@access.officer()
@require_POST
def decide(request: HttpRequest, ref: str) -> HttpResponse:
    """First the letter as the person will read it, then, confirmed, the decision. What was typed is never lost."""
    opened, offices = _opened(request, ref)
    form = DecideForm(request.POST)
    words = _words(request, opened, offices, form)
    office = _deciding_office(opened, offices)
    if not words["may_decide"] or office is None:
        return HttpResponseRedirect(reverse("applications:desk-case", args=[ref]))
    if not form.is_valid() or request.POST.get("step") == "change":
        return render(request, "applications/desk_case.html", words)
    outcome, reasons = form.cleaned_data["outcome"], form.cleaned_data["reasons"]
    if request.POST.get("step") != "decide":
        preview = {**words, "decision": _preview(opened, outcome, reasons), "typed": form.cleaned_data}
        return render(request, "applications/desk_preview.html", preview)
    try:
        actions.decide_by_officer(
            ref, office, who(request).identifier, who(request).account_id,
            outcome=outcome, reasons=reasons, item=_item(request), now=clock.now(),
        )  # fmt: skip
    except Refused as no:
        return render(request, "applications/desk_case.html", {**words, "problem": no.rule}, status=409)
    return HttpResponseRedirect(reverse("applications:desk-case", args=[ref]))


def _item(request: HttpRequest) -> int | None:
    """The item that was on the page when the officer decided."""
    item = request.POST.get("item", "")
    return int(item) if re.fullmatch(r"-1|\d{1,4}", item) else None


def _preview(opened: Opened, outcome: str, reasons: str) -> DecisionShown:
    now = clock.now()
    refused = outcome == REFUSE
    law = opened.open.law if opened.open else ""
    return DecisionShown(
        outcome=outcome,
        sentence={},
        advice={},
        law=wording.law(opened.version, law) if law else None,
        reasons=reasons,
        by_officer=True,
        at=now,
        trace=None,
        appeal_law=wording.law(opened.version, appealing.terms_of(opened.version).law) if refused else None,
        last_day=showing.last_day(opened.version, now) if refused else None,
    )


@access.officer()
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, ref: str, certificate: UUID) -> HttpResponse:
    """Asks for the reason, shows once more what will happen, then takes the certificate back."""
    opened, offices = _opened(request, ref)
    words = _words(request, opened, offices, DecideForm())
    paper = next((each for each in words["papers"] if each.id == str(certificate)), None)
    if paper is None:
        raise NoSuchCase(ref)
    back = HttpResponseRedirect(reverse("applications:desk-case", args=[ref]))
    office = _revoking_office(opened.version, paper, offices)
    if paper.id not in words["revocable"] or office is None:
        return back
    form = RevokeForm(request.POST if request.method == "POST" else None)
    words |= {"paper": paper, "form": form}
    if request.method != "POST" or not form.is_valid() or request.POST.get("step") == "change":
        return render(request, "applications/revoke.html", words)
    if request.POST.get("step") != "revoke":
        return render(request, "applications/revoke_confirm.html", {**words, "reason": form.cleaned_data["reason"]})
    try:
        actions.revoke_certificate(
            ref, paper.id, office, who(request).identifier, who(request).account_id,
            reason=form.cleaned_data["reason"], now=clock.now(),
        )  # fmt: skip
    except BadInput as bad:
        if bad.reason != "revoked_already":
            raise
    return back
