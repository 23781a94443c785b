"""The portal's pages: first page, my page, my documents, who saw my data, and the two statements."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language

from pencere import country
from pencere.base import clock
from pencere.catalogue import queries as catalogue
from pencere.certificates import queries as certificates
from pencere.identity import access
from pencere.identity.queries import Who
from pencere.ledger import queries as ledger
from pencere.portal import export, looks, persons
from pencere.ui.sharing import same_for_all

LOOKS_ON_A_PAGE = 50
SERVICES_ON_FIRST_PAGE = 6


@access.public
@same_for_all
def home(request: HttpRequest) -> HttpResponse:
    """The first page remembers its language, so that `/` leads here again."""
    services = [one for one in catalogue.services(_language(), _today()) if one.open and one.online]
    response = render(
        request,
        "portal/home.html",
        {
            "services": services[:SERVICES_ON_FIRST_PAGE],
            "events": catalogue.life_events(_language(), _today()),
            "demo": settings.PENCERE.demo,
        },
    )
    if request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) != _language():
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            _language(),
            max_age=365 * 24 * 3600,
            secure=settings.PENCERE.https,
            httponly=True,
            samesite="Lax",
        )
    return response


@access.person
def documents(request: HttpRequest) -> HttpResponse:
    mine = certificates.documents_of(_who(request).identifier, clock.now())
    return render(request, "portal/documents.html", {"documents": mine})


@access.person
def who_saw(request: HttpRequest) -> HttpResponse:
    """One's own looks, or with `of` those of somebody one may act for."""
    whose = persons.opened(_who(request), request.GET.get("of", ""), clock.now())
    before = request.GET.get("before") or None
    seen = ledger.looks_of(whose.identifier, before=before, limit=LOOKS_ON_A_PAGE + 1)
    shown = looks.page(seen, LOOKS_ON_A_PAGE)
    of = urlencode({"of": whose.number} if whose.number else {})
    here = reverse("portal:who-saw") + (f"?{of}" if of else "")
    return render(
        request,
        "portal/who_saw.html",
        {
            "looks": looks.entries(shown, _language(), _today()),
            "older": f"{here}{'&' if of else '?'}before={shown[-1].id}" if len(seen) > len(shown) else "",
            "newest": here if before else "",
            "export": reverse("portal:who-saw-csv") + (f"?{of}" if of else ""),
            "other": whose.name if whose.number else "",
            "may_be_others": persons.may_be_others(),
        },
    )


@access.person
def whose(request: HttpRequest) -> HttpResponse:
    """Whose looks one may read: a page of its own, because asking the register is a look at the children."""
    known = persons.others(_who(request), clock.now())
    agencies = country.current().agencies
    silent = [agencies[one].name(_language(), _today()) for one in known.silent if one in agencies]
    return render(request, "portal/whose.html", {"others": known.persons, "silent": silent})


@access.person
def who_saw_csv(request: HttpRequest) -> StreamingHttpResponse:
    whose = persons.opened(_who(request), request.GET.get("of", ""), clock.now())
    lines = export.lines(whose.identifier, _language(), _today())
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="who-saw-my-data.csv"'
    return response


@access.public
@same_for_all
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/accessibility.html")


@access.public
@same_for_all
def privacy(request: HttpRequest) -> HttpResponse:
    terms = country.current().defaults
    return render(
        request,
        "portal/privacy.html",
        {
            "draft_kept": (terms.draft_kept.amount, terms.draft_kept.unit),
            "closed_kept": (terms.closed_kept.amount, terms.closed_kept.unit),
            "appeal_within": (terms.appeal.within.amount, terms.appeal.within.unit),
        },
    )


def _who(request: HttpRequest) -> Who:
    """The person who has signed in."""
    return request.who  # type: ignore[attr-defined, no-any-return]


def _language() -> str:
    return get_language() or country.current().languages[0]


def _today() -> date:
    return clock.day_in(country.current().time_zone)
