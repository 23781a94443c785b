"""What every answer to a checker has in common: it is kept by nobody, found by nobody, and its size tells nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
PAGE_STEP, MACHINE_STEP = 12_288, 1024
RETRY_AFTER = 60


def page(request: HttpRequest, template: str, words: dict[str, object], status: int = 200) -> HttpResponse:
    return _quiet(render(request, template, words, status=status), PAGE_STEP)


def machine(words: dict[str, object], status: int = 200) -> HttpResponse:
    kind = "application/json" if status == 200 else "application/problem+json"
    return _quiet(JsonResponse(words, status=status, content_type=kind), MACHINE_STEP)


def quiet(response: HttpResponse) -> HttpResponse:
    for name, value in _HEADERS.items():
        response[name] = value
    return response


def _quiet(response: HttpResponse, step: int) -> HttpResponse:
    """Blanks at the end bring every answer to a whole number of steps, so that length does not tell the state."""
    response.content += b"\n" * (-len(response.content) % step)
    return quiet(response)
