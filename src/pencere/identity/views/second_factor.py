"""The second factor of an officer: confirm it, add one, take one away."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pencere.base import clock
from pencere.base.errors import BadInput
from pencere.identity import access, pages, second_factor, sessions
from pencere.identity.forms import CodeForm, NewPasskeyForm, PasskeyForm
from pencere.identity.models import Account

View = TypeVar("View", bound=Callable[..., HttpResponse])


def _sentence(reason: str) -> str:
    return {
        "wrong_code": gettext("This code is not right. Enter the code that your app shows now."),
        "too_many": gettext("Too many wrong codes. Wait five minutes, then enter a new code."),
        "no_code": gettext("You have no app set up. Use your passkey."),
        "wrong_passkey": gettext("The passkey was not recognised. Try again, or use the code from your app."),
        "last_factor": gettext("This is your only second factor. Add another one before you remove it."),
    }[reason]


def _confirmed_if_any(view: View) -> View:
    """Who has a second factor confirms it before changing any; who has none adds the first."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.who.confirmed and second_factor.factors(_account(request)):  # type: ignore[attr-defined]
            return _to_confirm(request)
        return view(request, *args, **kwargs)

    return guarded  # type: ignore[return-value]


@access.officer(confirmed=False)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Asks for the code or the passkey; leads to adding one if there is none."""
    account, next_path = _account(request), _next(request)
    if not second_factor.factors(account):
        return HttpResponseRedirect(f"{reverse('security')}?{urlencode({'next': next_path})}")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            second_factor.check_code(account, form.cleaned_data["code"], clock.now())
        except BadInput as problem:
            form.add_error("code", _sentence(problem.reason))
        else:
            return _confirmed(request, next_path)
    return _confirm_page(request, form, next_path)


@access.officer(confirmed=False)
@require_POST
def confirm_passkey(request: HttpRequest) -> HttpResponse:
    account, next_path, form = _account(request), _next(request), PasskeyForm(request.POST)
    if form.is_valid():
        try:
            second_factor.check_passkey(account, request.session, form.cleaned_data["answer"], clock.now())
        except BadInput as problem:
            form.add_error(None, _sentence(problem.reason))
        else:
            return _confirmed(request, next_path)
    return _confirm_page(request, CodeForm(), next_path, form)


@access.officer(confirmed=False)
@require_GET
@_confirmed_if_any
def security(request: HttpRequest) -> HttpResponse:
    """The officer's second factors."""
    return _security_page(request)


@access.officer(confirmed=False)
@require_http_methods(["GET", "HEAD", "POST"])
@_confirmed_if_any
def add_code(request: HttpRequest) -> HttpResponse:
    """Shows the secret as a picture and as text, and takes the first code of the app."""
    account, form = _account(request), CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if second_factor.activate_code(account, request.session, form.cleaned_data["code"], clock.now()):
            return _confirmed(request, _next(request, reverse("security")))
        form.add_error("code", _sentence("wrong_code"))
    secret = second_factor.new_secret(request.session)
    words = {
        "form": form,
        "picture": second_factor.picture(account, secret),
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "next": _next(request, reverse("security")),
    }
    return render(request, "identity/add_code.html", words)


@access.officer(confirmed=False)
@require_http_methods(["GET", "HEAD", "POST"])
@_confirmed_if_any
def add_passkey(request: HttpRequest) -> HttpResponse:
    account, form = _account(request), NewPasskeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            answer, name = form.cleaned_data["answer"], form.cleaned_data["name"]
            second_factor.add_passkey(account, request.session, answer, name, clock.now())
        except BadInput as problem:
            form.add_error(None, _sentence(problem.reason))
        else:
            return _confirmed(request, _next(request, reverse("security")))
    words = {
        "form": form,
        "options": json.dumps(second_factor.ask_new_passkey(account, request.session)),
        "next": _next(request, reverse("security")),
    }
    return render(request, "identity/add_passkey.html", words)


@access.officer()
@require_POST
def remove(request: HttpRequest, factor: int) -> HttpResponse:
    try:
        second_factor.remove(_account(request), factor)
    except BadInput as problem:
        told = Form({})
        told.add_error(None, _sentence(problem.reason))
        return _security_page(request, told, status=400)
    return HttpResponseRedirect(reverse("security"))


def _account(request: HttpRequest) -> Account:
    return cast(Account, request.user)


def _next(request: HttpRequest, default: str = "") -> str:
    asked = request.POST.get("next") or request.GET.get("next")
    return access.safe_path(asked, default or pages.my_page(translation.get_language()))


def _to_confirm(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('confirm')}?{urlencode({'next': request.get_full_path()})}")


def _confirmed(request: HttpRequest, next_path: str) -> HttpResponse:
    sessions.confirm(request)
    return access.on_from(request, next_path)


def _confirm_page(
    request: HttpRequest, form: CodeForm, next_path: str, passkey_form: PasskeyForm | None = None
) -> HttpResponse:
    account = _account(request)
    options = second_factor.ask_passkey(account, request.session)
    words = {
        "form": form,
        "next": next_path,
        "passkey_form": passkey_form,
        "has_errors": bool(passkey_form),
        "has_app": any(factor.kind == "code" for factor in second_factor.factors(account)),
        "options": json.dumps(options) if options else "",
    }
    status = 400 if passkey_form or form.errors else 200
    return render(request, "identity/confirm.html", words, status=status)


def _security_page(request: HttpRequest, form: Form | None = None, status: int = 200) -> HttpResponse:
    words = {"factors": second_factor.factors(_account(request)), "form": form, "next": _next(request)}
    return render(request, "identity/security.html", words, status=status)
