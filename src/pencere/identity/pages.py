"""The pages of a sign-in that did not come about: what happened, that nothing is lost, and what to do next."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def my_page(language: str) -> str:
    """Where a sign-in leads that came from nowhere in particular."""
    return f"/{language}/me/"


def no_answer(request: HttpRequest, next_path: str) -> HttpResponse:
    """The provider is down or slow."""
    response = _page(request, "no_answer", 503, next_path)
    response["Retry-After"] = "60"
    return response


def stopped(request: HttpRequest, next_path: str) -> HttpResponse:
    """The person turned back at the provider."""
    return _page(request, "stopped", 200, next_path)


def not_held(request: HttpRequest, next_path: str) -> HttpResponse:
    """The answer is used up, too old, of another browser, or not genuine: which one is nobody's business."""
    return _page(request, "not_held", 400, next_path)


def no_person(request: HttpRequest, reason: str) -> HttpResponse:
    """The answer is genuine but names no person of this country. `reason` (`missing`, `unreadable`) is for the log."""
    return _page(request, "no_person", 403, "")


def _page(request: HttpRequest, name: str, status: int, next_path: str) -> HttpResponse:
    return render(request, f"identity/{name}.html", {"next": next_path}, status=status)
