"""The one error table: which problem becomes which page, status and sentence. The only broad `except` lives here.

Whoever asks for JSON gets problem+json (RFC 9457). A page of error says what to do next, and a form that
was sent is not lost: the browser's back button still holds it, and drafts are saved on every page.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse

from pencere.base.errors import BadInput, Problem, Refused, Unavailable
from pencere.identity import access, sessions

log = structlog.get_logger(__name__)
Answer = Callable[[HttpRequest], HttpResponse]


def middleware(answer: Answer) -> Answer:
    """Innermost of the stack, so that every header and the session still apply to a page of error."""

    def handle(request: HttpRequest) -> HttpResponse:
        return answer(request)

    handle.process_exception = _process_exception  # type: ignore[attr-defined]
    return handle


def answered(view: Callable[..., HttpResponse], request: HttpRequest, *args: object, **named: object) -> HttpResponse:
    """The view's answer, or this table's, where no other middleware stands between."""
    try:
        return view(request, *args, **named)
    except Exception as problem:
        response = _process_exception(request, problem)
        if response is None:
            raise
        return response


def _process_exception(request: HttpRequest, problem: Exception) -> HttpResponse | None:
    if isinstance(problem, Http404):
        return None
    if isinstance(problem, access.Elsewhere):
        return HttpResponseRedirect(problem.address)
    if isinstance(problem, RequestDataTooBig | TooManyFieldsSent):
        return page(request, 413, "too_large")
    if isinstance(problem, Unavailable):
        log.warning("unavailable", who=problem.who, reason=problem.reason, path=request.path)
        response = page(request, 503, "unavailable", {"who": problem.who})
        response["Retry-After"] = str(problem.retry_after_seconds)
        return response
    if isinstance(problem, Refused):
        return page(request, 403, "refused", {"rule": problem.rule, "law": problem.law})
    if isinstance(problem, BadInput):
        return page(request, 400, "bad_input", {"reason": problem.reason})
    if isinstance(problem, DatabaseError):
        log.error("database", path=request.path, exc_info=problem)
        response = page(request, 503, "busy")
        response["Retry-After"] = "10"
        return response
    if isinstance(problem, Problem):
        log.error("problem", path=request.path, exc_info=problem)
        return page(request, 500, "broken")
    return None


def page(request: HttpRequest, status: int, name: str, words: dict[str, object] | None = None) -> HttpResponse:
    """The page of an error: `ui/errors/<name>.html`, needs neither database nor session."""
    if "application/json" in request.headers.get("Accept", "") or request.path.startswith("/api/"):
        body = {"type": f"about:{name}", "title": name.replace("_", " "), "status": status, **(words or {})}
        return JsonResponse(body, status=status, content_type="application/problem+json")
    html = render_to_string(f"ui/errors/{name}.html", {"status": status, **(words or {})}, request=request)
    return HttpResponse(html, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 of Django. A request that is too large is one of them and gets its own sentence."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        return page(request, 413, "too_large")
    return page(request, 400, "bad_input")


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 403, "refused")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 404, "not_found")


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is too old or of another session. A form of ours is kept for its person, to be sent on."""
    kept_page = reverse("kept-form")
    if request.path == kept_page or sessions.keep_expired_form(request):
        return HttpResponseRedirect(kept_page)
    return page(request, 403, "form_expired")


def broken(request: HttpRequest) -> HttpResponse:
    return page(request, 500, "broken")
