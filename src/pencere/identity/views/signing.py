"""Signing in through the provider, signing out, and the end of a session."""

from __future__ import annotations

from typing import cast

import structlog
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from requests import RequestException

from pencere.base.errors import Unavailable
from pencere.identity import access, openid, pages, sessions

log = structlog.get_logger(__name__)


@access.public
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Says what will happen; the one button leads to the provider."""
    language = translation.get_language()
    asked = request.POST if request.method == "POST" else request.GET
    next_path = access.safe_path(asked.get("next"), pages.my_page(language))
    if request.method == "POST":
        try:
            return openid.begin(request, next_path, language)
        except (Unavailable, RequestException) as problem:
            log.warning("the sign-in provider does not answer", kind=type(problem).__name__, reason=str(problem))
            return pages.no_answer(request, next_path)
    if request.who.signed_in:  # type: ignore[attr-defined]
        return HttpResponseRedirect(next_path)
    words = {"next": next_path, "ended": bool(sessions.ended_of(request)), "kept": sessions.KEPT_KEY in request.session}
    return render(request, "identity/sign_in.html", words)


@access.public
@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Where the provider sends the person back to. Its address has no language, so the state remembers it."""
    view = openid.Callback()
    view.request, view.adapter = request, openid.Adapter(request, openid.PROVIDER)
    language = openid.language_of(request)
    with translation.override(language):
        request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
        try:
            response = cast(HttpResponse, view.dispatch(request))
        except Unavailable as problem:
            log.warning("the sign-in provider does not answer", reason=problem.reason)
            return pages.no_answer(request, access.safe_path((view.state or {}).get("next"), ""))
        if request.user.is_authenticated:
            if sessions.kept_form(request) is not None:
                response = HttpResponseRedirect(reverse("kept-form"))
            sessions.remember(response, str(request.user.pk))
    return response


@access.person
@require_http_methods(["GET", "HEAD", "POST"])
def kept_form(request: HttpRequest) -> HttpResponse:
    """A form that arrived after the end of its session can be sent on, or thrown away.

    One of the pages of an office has to be preceded by the second factor, or it would be refused as it is sent on.
    """
    kept = sessions.kept_form(request)
    who = request.who  # type: ignore[attr-defined]
    if kept is not None and who.is_officer and not who.confirmed and access.asks_for_office(kept.path):
        return HttpResponseRedirect(f"{reverse('confirm')}?{urlencode({'next': request.path})}")
    if kept is None or request.method == "POST":
        sessions.drop_form(request)
        return HttpResponseRedirect(kept.path if kept else pages.my_page(translation.get_language()))
    return render(request, "identity/kept_form.html", {"kept": kept})


@access.public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    response = HttpResponseRedirect(reverse("signed-out"))
    sessions.forget(response)
    return response


@access.public
@require_GET
def signed_out(request: HttpRequest) -> HttpResponse:
    return render(request, "identity/signed_out.html")


@access.quiet
@access.public
@require_GET
def session_end(request: HttpRequest) -> HttpResponse:
    """Asked by the script of a page: how long the session still lasts, and the words of the warning."""
    left = sessions.seconds_left(request)
    back = access.safe_path(request.GET.get("from"), pages.my_page(translation.get_language()))
    ended = f"{reverse('sign-in')}?{urlencode({'next': back})}"
    response = render(request, "identity/session_end.html", {"minutes": max(1, round(left / 60)), "left": left})
    response["X-Session-Left"], response["X-Session-Ended"] = str(left), ended
    return response


@access.person
@require_POST
def session_stay(request: HttpRequest) -> HttpResponse:
    """The person is still there; reaching this view has prolonged the session."""
    return HttpResponse(status=204)
