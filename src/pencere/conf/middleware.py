"""What holds for every answer: the one public name, and the headers that keep a page to itself."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import resolve
from django.utils import translation

from pencere.conf import errors
from pencere.identity import access
from pencere.ui.headers import strict

Answer = Callable[[HttpRequest], HttpResponse]

INSIDE = ("/health/", "/metrics")
"""Asked by the machine itself, under whatever name it knows."""

MACHINES = (*INSIDE, "/api/", "/.well-known/", "/robots.txt", "/favicon.ico")
"""Asked by programs: no session, language, form or sign-in counts there."""


def one_host(answer: Answer) -> Answer:
    """Redirects every other host name to PENCERE_URL, so that cookies, passkeys and links have one home."""

    def middleware(request: HttpRequest) -> HttpResponse:
        host = request.META.get("HTTP_HOST", "")
        if host != settings.PENCERE.host and not request.path.startswith(INSIDE):
            return HttpResponsePermanentRedirect(settings.PENCERE.url + request.get_full_path())
        return answer(request)

    return middleware


def headers(answer: Answer) -> Answer:
    """Content Security Policy without inline, nothing from elsewhere, no frame, no page of a person stored."""
    here = settings.PENCERE
    more = {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
    if settings.SECURE_HSTS_SECONDS:
        more["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains"
    ways = filter(None, (here.oidc_issuer or here.demo_idp_url, _origin(here.payments_url)))
    return strict(answer, forms_to=tuple(ways), more=more)


def _origin(url: str) -> str:
    """Where a form may lead on to: the host, whatever the path."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if url else ""


def machines(answer: Answer) -> Answer:
    """Leads programs straight to their view, past what only people's pages need. The view's rule still holds."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(MACHINES):
            return answer(request)
        translation.deactivate()  # of the page that this thread answered before
        match = request.resolver_match = resolve(request.path_info)
        response = access.refusal_of_machine(match.func, request) or errors.answered(
            match.func, request, *match.args, **match.kwargs
        )
        if not response.streaming:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response

    return middleware
