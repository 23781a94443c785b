"""Cases for programs: begun, listed, looked at, taken back, and the papers that came of them."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, JsonResponse

from pencere.applications import (
    actions,
    drafting,
    history,
    queries,
    rules,
    showing,
    timeline,
    values,
    versions,
    waiting,
)
from pencere.applications.drafting import NoSuchCase
from pencere.applications.models import Case
from pencere.applications.views.machine.asking import (
    Wrong,
    language_of,
    machine_view,
    moment,
    sentence_of,
    url_of,
    who_of,
)
from pencere.applications.views.machine.tasks import line_of
from pencere.base import clock
from pencere.certificates import queries as certificates
from pencere.certificates.queries import CertificateView

MOST = 50


@machine_view("POST")
def begin(request: HttpRequest, service_id: str) -> HttpResponse:
    """Begins a draft, or gives the one that was begun before."""
    version = versions.current(service_id)
    if version is None:
        raise NoSuchCase(service_id)
    if not who_of(request).reaches(version.service.applicant.sign_in or "substantial"):
        raise Wrong(403, "this service needs a surer sign-in", level=version.service.applicant.sign_in)
    ref = actions.start_draft(service_id, who_of(request), language=language_of(request), now=clock.now())
    return _case(request, ref, status=201)


@machine_view("GET")
def cases(request: HttpRequest) -> HttpResponse:
    """The person's cases, newest first, a page at a time."""
    today = timeline.day_of(clock.now())
    after = request.GET.get("after", "")
    page = queries.my_cases(who_of(request).identifier, today, after=after, limit=MOST)
    drafts = queries.drafts_of(who_of(request).identifier, today) if not after else ()
    items = [
        {"ref": line.ref, "service": line.service, "title": dict(line.title), "state": line.state,
         "outcome": line.outcome or None, "words": line.words, "url": url_of("api-case", line.ref)}
        for line in (*drafts, *page.lines)
    ]  # fmt: skip
    following = f"{url_of('api-cases')}?after={page.next}" if page.next else None
    return JsonResponse({"items": items, "next": following})


@machine_view("GET", "DELETE")
def case(request: HttpRequest, ref: str) -> HttpResponse:
    """How a case stands: state, decision, tasks of its person, documents. DELETE throws a draft away."""
    if request.method == "DELETE":
        actions.delete_draft(ref, who_of(request).identifier, now=clock.now())
        return HttpResponse(status=204)
    return _case(request, ref)


def _case(request: HttpRequest, ref: str, status: int = 200) -> HttpResponse:
    now = clock.now()
    found = drafting.own(ref, who_of(request).identifier)
    version = versions.of(found)
    rows = list(found.facts.order_by("id"))
    papers = showing.papers(found, now)
    decision = showing.decision(found, version, rows, list(found.decisions.order_by("number")), papers)
    words, _ = queries.state_words(found.state, found.outcome, found.waiting_for)

    def known() -> Mapping[str, object]:
        return values.known(found, version.service, rows)

    return JsonResponse(
        {
            "ref": found.ref,
            "service": found.service,
            "state": found.state,
            "words": words,
            "outcome": found.outcome or None,
            "waiting_for": found.waiting_for or None,
            "submitted_at": moment(found.submitted_at),
            "decided_at": moment(found.decided_at),
            "due_on": waiting.answer_by(found, version, timeline.day_of(now)).isoformat()
            if found.due_on != rules.NEVER
            else None,
            "decision": {"rule": found.rule or None, "sentence": sentence_of(decision)} if decision else None,
            "tasks": [line_of(task) for task in queries.tasks_of(who_of(request).identifier) if task.ref == ref],
            "documents": [_document(ref, each) for each in papers],
            "timeline": [
                {"at": event.at, "words": str(event.title)}
                for event in history.events(found, version, found.events.all(), known)
            ],
            "links": _links(found),
        },
        status=status,
    )  # fmt: skip


def _document(ref: str, paper: CertificateView) -> dict[str, object]:
    files = {each.language: url_of("api-document", ref, paper.id, each.language) for each in paper.papers}
    return {"id": paper.id, "title": dict(paper.title), "number": paper.number, "state": paper.state, "files": files}


def _links(found: Case) -> dict[str, str]:
    links = {"self": url_of("api-case", found.ref)}
    if found.state == "draft":
        return links | {"form": url_of("api-form", found.ref), "evidence": url_of("api-evidence", found.ref),
                        "submission": url_of("api-submission", found.ref)}  # fmt: skip
    return links | {"withdrawal": url_of("api-withdrawal", found.ref)}


@machine_view("POST")
def withdrawal(request: HttpRequest, ref: str) -> HttpResponse:
    actions.withdraw(ref, who_of(request).identifier, now=clock.now())
    return _case(request, ref)


@machine_view("GET")
def document(request: HttpRequest, ref: str, document: str, language: str) -> HttpResponse:
    """A sealed paper."""
    found = certificates.file(
        document, language, who_of(request).identifier, account=who_of(request).account_id, now=clock.now()
    )
    if found is None:
        raise NoSuchCase(ref)
    return HttpResponse(found.content, content_type="application/pdf")
