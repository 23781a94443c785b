"""A URLconf for the tests of this part: its own pages, and one page for each rule."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.urls import path

from pencere.identity import access, urls


def _page(request: HttpRequest) -> HttpResponse:
    who = request.who  # type: ignore[attr-defined]
    return HttpResponse(f"{who.signed_in}|{who.name}|{who.level}|{request.method}|{request.POST.get('purpose', '')}")


@access.public
def home(request: HttpRequest) -> HttpResponse:
    return _page(request)


@access.person
def me(request: HttpRequest) -> HttpResponse:
    return _page(request)


@access.officer("registry")
def desk(request: HttpRequest) -> HttpResponse:
    return _page(request)


@access.officer()
def any_desk(request: HttpRequest) -> HttpResponse:
    return _page(request)


@access.bearer
def mine(request: HttpRequest) -> HttpResponse:
    return _page(request)


@access.system
def health(request: HttpRequest) -> HttpResponse:
    return HttpResponse("well")


def without_rule(request: HttpRequest) -> HttpResponse:
    return HttpResponse("this must never be seen")


urlpatterns = [
    *urls.plain_urlpatterns,
    path("health/live", health),
    path("api/mine", mine),
    path("without-rule/", without_rule),
    *i18n_patterns(
        path("", home),
        path("me/", me),
        path("desk/", desk),
        path("any-desk/", any_desk),
        *urls.urlpatterns,
        prefix_default_language=True,
    ),
]

handler404 = "pencere.conf.errors.not_found"
handler500 = "pencere.conf.errors.broken"
