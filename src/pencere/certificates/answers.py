"""What every answer to a checker has in common: it is kept by nobody, found by nobody, and its size tells nothing."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
PAGE_STEP, MACHINE_STEP = 12_288, 1024
RETRY_AFTER = 60


def page(request: HttpRequest, template: str, words: dict[str, object], status: int = 200) -> HttpResponse:
    response = render(request, template, words, status=status)
    response.content += _blanks(len(response.content), PAGE_STEP)
    return quiet(response)


def machine(words: dict[str, object], status: int = 200) -> HttpResponse:
    kind = "application/json" if status == 200 else "application/problem+json"
    content = json.dumps(words).encode()
    return quiet(HttpResponse(content + _blanks(len(content), MACHINE_STEP), status=status, content_type=kind))


def quiet(response: HttpResponse) -> HttpResponse:
    for name, value in _HEADERS.items():
        response[name] = value
    return response


def _blanks(length: int, step: int) -> bytes:
    """They bring every answer to a whole number of steps, so that length does not tell the state."""
    return b"\n" * (-length % step)
