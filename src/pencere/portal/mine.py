"""My page: what one has begun, sent and got, and who looked lately. Composes; owns nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from pencere import country
from pencere.applications import queries as applications
from pencere.base import clock
from pencere.certificates import queries as certificates
from pencere.identity import access
from pencere.ledger import queries as ledger
from pencere.portal import looks

CASES_SHOWN = 5
TASKS_SHOWN = 3
LOOKS_SHOWN = 3
LOOKS_READ = 20
"""An entry is made of several looks."""


@access.person
def my_page(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    here = country.current()
    language, today = get_language() or here.languages[0], clock.day_in(here.time_zone, now)
    identifier = request.who.identifier  # type: ignore[attr-defined]
    seen = looks.page(ledger.looks_of(identifier, limit=LOOKS_READ + 1), LOOKS_READ)
    tasks = applications.my_tasks(identifier, now)
    cases = applications.my_cases(identifier, today, limit=CASES_SHOWN)
    return render(
        request,
        "portal/me.html",
        {
            "tasks": tasks[:TASKS_SHOWN],
            "task_count": len(tasks),
            "drafts": applications.drafts_of(identifier, today),
            "cases": cases.lines,
            "more_cases": bool(cases.next),
            "documents": certificates.documents_of(identifier, now),
            "looks": looks.entries(seen, language, today)[:LOOKS_SHOWN],
        },
    )
