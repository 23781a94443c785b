"""Every route has a rule, written on its view; the middleware holds it. A view without a rule is never served.

    @access.public              everybody
    @access.person              who has signed in, at level substantial
    @access.officer("registry") who holds one of these roles (none named: any), second factor confirmed in this session
    @access.officer(confirmed=False)   the pages where an officer adds or confirms the second factor
    @access.bearer              a person whom a host portal names by a token; a machine's address, without a session
    @access.system              the machine's own questions: health, metrics

`request.who` is a `queries.Who`, asked for once and only if needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import structlog
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from pencere.base.errors import Unavailable
from pencere.identity import bearer as tokens
from pencere.identity import queries, sessions
from pencere.ui import problems

log = structlog.get_logger(__name__)
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may open a route. `roles` is of officers; empty means any role."""

    kind: str  # public person officer bearer system
    roles: tuple[str, ...] = ()
    confirmed: bool = True  # of officers: a second factor in this session

    def __str__(self) -> str:
        words = (*self.roles, *(() if self.confirmed else ("unconfirmed",)))
        return f"{self.kind}({', '.join(words)})" if words else self.kind


class Elsewhere(Exception):
    """Raised in a view: another page of this host comes first, and leads back. The table of errors sends there."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


def elsewhere(request: HttpRequest, address: str) -> Elsewhere:
    """To be raised; a form that was sent is kept meanwhile, and `on_from` that page leads back to it."""
    sessions.keep_early_form(request)
    return Elsewhere(address)


def on_from(request: HttpRequest, path: str) -> HttpResponseRedirect:
    """From a page that came first to where somebody was going: a form of theirs that is kept, or `path`."""
    return HttpResponseRedirect(reverse("kept-form") if sessions.kept_form(request) else path)


PUBLIC, PERSON, BEARER, SYSTEM = Rule("public"), Rule("person"), Rule("bearer"), Rule("system")


def public(view: View) -> View:
    return _with(view, PUBLIC)


def person(view: View) -> View:
    return _with(view, PERSON)


def bearer(view: View) -> View:
    return _with(view, BEARER)


def system(view: View) -> View:
    return _with(view, SYSTEM)


def officer(*roles: str, confirmed: bool = True) -> Callable[[View], View]:
    if not all(isinstance(role, str) for role in roles):
        raise TypeError("write @access.officer() or @access.officer('role', …)")
    return lambda view: _with(view, Rule("officer", roles, confirmed))


def quiet(view: View) -> View:
    """A question that a script asks by itself: it does not prolong the session."""
    view.quiet = True  # type: ignore[attr-defined]
    return view


def rules() -> list[tuple[str, Rule | None]]:
    """Every route of the URLconf with its rule, None where one is missing; for the route matrix."""
    return list(_walk(get_resolver(), ""))


def safe_path(path: str | None, default: str) -> str:
    """`path` if it leads to a page of this very host, else `default`: no open redirect."""
    if (
        path
        and path.startswith("/")
        and url_has_allowed_host_and_scheme(path, allowed_hosts=None, require_https=False)
        and not urlsplit(path).netloc
        and path.isprintable()
    ):
        return path
    return default


class Middleware:
    """Sets `request.who`, ends sessions that are too old, and holds each view's rule."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.who = SimpleLazyObject(lambda: queries.who(request))  # type: ignore[attr-defined]
        sessions.end_if_over(request)
        return self.answer(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        rule = _rule_of(view, request)
        if rule.kind == "system":
            return None
        if not getattr(view, "quiet", False):
            sessions.prolong(request)
        if rule.kind == "public":
            return None
        refusal = _refusal(request, rule)
        if refusal is None:
            sessions.forget_sent(request)
        return refusal


def asks_for_office(path: str) -> bool:
    """Whether only an officer who has confirmed the second factor opens the page of this path."""
    try:
        view = resolve(urlsplit(path).path).func
    except Resolver404:
        return False
    rule: Rule | None = getattr(view, "access", None)
    return rule is not None and rule.kind == "officer" and rule.confirmed


def refusal_of_machine(view: Callable[..., Any], request: HttpRequest) -> HttpResponse | None:
    """For machines' addresses, where no session counts; None if the rule is met.

    Raises ImproperlyConfigured if the view asks for somebody who signs in here.
    """
    rule = _rule_of(view, request)
    if rule.kind not in ("public", "bearer", "system"):
        raise ImproperlyConfigured(f"{request.path} is a machine's address, its view's rule is {rule}")
    request.who = queries.NOBODY  # type: ignore[attr-defined]
    if rule.kind != "bearer":
        return None
    try:
        request.who = who = tokens.who_of(request)  # type: ignore[attr-defined]
    except Unavailable:
        return problems.answer(503, "the sign-in provider does not answer; ask again in a minute")
    if not who.signed_in:
        return problems.answer(
            401, "send the person's ID token: Authorization: Bearer …", {"WWW-Authenticate": "Bearer"}
        )
    if not who.reaches("substantial"):
        return problems.answer(403, "this sign-in is not sure enough; level substantial is needed")
    return None


def _rule_of(view: Callable[..., Any], request: HttpRequest) -> Rule:
    rule: Rule | None = getattr(view, "access", None)
    if rule is None:
        name = f"{view.__module__}.{getattr(view, '__qualname__', view)}"
        log.error("route without an access rule", view=name, path=request.path)
        raise ImproperlyConfigured(f"{name} has no access rule: write @access.public, person, officer or system")
    return rule


def _refusal(request: HttpRequest, rule: Rule) -> HttpResponse | None:
    """What is answered instead of the page; None if the rule is met."""
    who: queries.Who = request.who  # type: ignore[attr-defined]
    if not who.signed_in:
        sessions.keep_form(request)
        return _with_next(request, "sign-in")
    if not who.reaches("substantial"):
        return render(request, "identity/too_low.html", {"next": request.get_full_path()}, status=403)
    if rule.kind == "person":
        return None
    if not who.holds(*rule.roles):
        raise Http404  # the page of "unknown": a stranger does not learn that there is a desk here
    if rule.confirmed and not who.confirmed:
        sessions.keep_early_form(request)
        return _with_next(request, "confirm")
    return None


def _with_next(request: HttpRequest, name: str) -> HttpResponseRedirect:
    """To a page that comes back here. A form that was sent comes back to its page: its answers are in the draft."""
    return HttpResponseRedirect(f"{reverse(name)}?{urlencode({'next': request.get_full_path()})}")


def _with(view: View, rule: Rule) -> View:
    view.access = rule  # type: ignore[attr-defined]
    return view


def _walk(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, Rule | None]]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route, getattr(pattern.callback, "access", None)
        else:
            yield from _walk(pattern, route)
