"""The headers that keep a page to itself: nothing inline, nothing from elsewhere, in no frame, kept by no cache.

Middleware of the portal and of the demo's providers; each says where its forms may lead, and what it sends besides.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]


def strict(answer: Answer, *, forms_to: Collection[str], more: Mapping[str, str] | None = None) -> Answer:
    """`forms_to`: origins to which a form may lead, besides the page's own."""
    ways = " ".join(("'self'", *forms_to))
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"connect-src 'self'; form-action {ways}; frame-ancestors 'none'; base-uri 'none'; "
        "manifest-src 'self'"
    )
    fixed = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        **(more or {}),
    }

    def middleware(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        for name, value in fixed.items():
            response.headers.setdefault(name, value)
        if "Cache-Control" not in response.headers and not request.path.startswith("/assets/"):
            response.headers["Cache-Control"] = "no-store"
        return response

    return middleware


def of_a_provider(answer: Answer) -> Answer:
    """For the demo's providers, whose forms lead back to the portal."""
    return strict(answer, forms_to=(settings.PENCERE.url,))
