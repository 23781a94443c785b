"""A page that is the same for all is drawn once; nobody with a session gets or leaves anything there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from pencere import country
from pencere.base import clock
from pencere.conf import kept_pages
from pencere.country.reading import load
from pencere.identity.tests import make as people
from pencere.ui.sharing import same_for_all

pytestmark = pytest.mark.django_db
SERVICE = "/en/services/residence-certificate/"
NOW = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)


class Inner:
    """Stands for all that lies below: counts how often it is asked."""

    def __init__(self, *, marked: bool = True, response: HttpResponse | None = None) -> None:
        self.asked, self._marked, self._response = 0, marked, response

    def __call__(self, request):
        self.asked += 1

        def view() -> None: ...

        request.resolver_match = type("Match", (), {"func": same_for_all(view) if self._marked else view})()
        return self._response or HttpResponse(f"drawn {self.asked}")


def ask(kept, path: str = SERVICE, method: str = "get", cookies: dict[str, str] | None = None):
    request = getattr(RequestFactory(), method)(path)
    request.COOKIES.update(cookies or {})
    return kept(request)


def test_it_is_drawn_once_and_answered_alike():
    inner = Inner()
    kept = kept_pages.Middleware(inner)

    first, second, head = ask(kept), ask(kept), ask(kept, method="head")

    assert inner.asked == 1
    assert (first.content, dict(first.headers)) == (second.content, dict(second.headers)) == (
        head.content, dict(head.headers),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("inner", "asked"),
    [
        (Inner(marked=False), {}),
        (Inner(response=HttpResponse(status=404)), {}),
        (Inner(), {"path": f"{SERVICE}?q=1"}),
        (Inner(), {"method": "post"}),
        (Inner(), {"path": "/services/"}),
        (Inner(), {"cookies": {"pencere_session": "a"}}),
    ],
    ids=["no mark", "not found", "search words", "a form", "no language", "a session"],
)
def test_nothing_else_is_kept(inner, asked):
    kept = kept_pages.Middleware(inner)

    ask(kept, **asked)
    ask(kept, **asked)

    assert inner.asked == 2


def test_an_answer_with_a_cookie_is_not_kept():
    answer = HttpResponse("x")
    answer.set_cookie("pencere_csrf", "secret")
    inner = Inner(response=answer)
    kept = kept_pages.Middleware(inner)

    ask(kept)
    ask(kept)

    assert inner.asked == 2


def test_a_new_day_and_new_declarations_begin_anew(monkeypatch):
    inner = Inner()
    kept = kept_pages.Middleware(inner)
    with clock.standing_at(NOW):
        ask(kept)
    with clock.standing_at(NOW + timedelta(days=1)):
        ask(kept)
        assert inner.asked == 2
        other = load(country.current().folder)
        monkeypatch.setattr(country, "current", lambda: other)
        ask(kept)

    assert inner.asked == 3


def test_it_never_grows_beyond_its_limits(monkeypatch):
    monkeypatch.setattr(kept_pages, "MOST_PAGES", 1)
    inner = Inner()
    kept = kept_pages.Middleware(inner)

    for path in (SERVICE, "/en/agencies/", SERVICE, "/en/agencies/"):
        ask(kept, path)

    assert inner.asked == 3


def test_the_kept_page_has_the_headers_of_a_fresh_one():
    browser, other = people.client(), people.client()

    browser.get(SERVICE)
    with CaptureQueriesContext(connection) as statements:
        kept = browser.get(SERVICE)
    fresh = other.get(SERVICE)

    assert len(statements) == 0
    assert (kept.content, dict(kept.headers)) == (fresh.content, dict(fresh.headers))
    assert "Content-Security-Policy" in kept.headers and not kept.cookies


def test_who_has_signed_in_gets_a_page_of_their_own_and_leaves_nothing_behind():
    account = people.account()
    browser = people.signed_in(account)
    assert account.name in browser.get(SERVICE).content.decode()
    session = browser.cookies.pop(settings.SESSION_COOKIE_NAME)

    assert account.name not in browser.get(SERVICE).content.decode()  # fills
    browser.cookies[settings.SESSION_COOKIE_NAME] = session.value
    assert account.name in browser.get(SERVICE).content.decode()


def test_the_first_page_still_sets_the_language_where_it_is_not_remembered():
    browser = people.client()
    for _ in range(3):
        assert browser.get("/az/").status_code == 200  # the browser remembers az from the first answer on

    browser.cookies.clear()
    assert browser.get("/az/").cookies[settings.LANGUAGE_COOKIE_NAME].value == "az"
    assert browser.get("/ru/").cookies[settings.LANGUAGE_COOKIE_NAME].value == "ru"


def test_every_language_has_its_own_page():
    browser: Client = people.client()
    pages = {browser.get(f"/{code}/agencies/").content for _ in range(2) for code in country.current().languages}

    assert len(pages) == len(country.current().languages)
