"""Pages that are the same for everybody are drawn once a day and kept in the process.

Only for a question without search words by somebody without a session, and only what a view marked with
`ui.sharing.same_for_all` answered, whole and without a cookie. New declarations or a new day begin with nothing kept.
Stands above the session, so that nothing about a person can enter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from pencere import country
from pencere.base import clock
from pencere.conf.configuration import Configuration
from pencere.country.declarations import Country
from pencere.ui.sharing import is_same_for_all

Answer = Callable[[HttpRequest], HttpResponse]
MOST_PAGES, MOST_BYTES = 2_000, 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Page:
    content: bytes
    headers: dict[str, str]


class Middleware:
    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._of: tuple[Country, Configuration, date] | None = None
        self._pages: dict[tuple[str, str], _Page] = {}
        self._bytes = 0

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _may_be_kept(request):
            return self._answer(request)
        pages, key = self._of_today(), _key(request)
        kept = pages.get(key)
        if kept is not None:
            return HttpResponse(kept.content, headers=kept.headers)
        response = self._answer(request)
        if request.method == "GET" and _is_for_all(request, response):
            self._keep(pages, key, response)
        return response

    def _of_today(self) -> dict[tuple[str, str], _Page]:
        """The pages of these declarations on this day. A page that was begun before goes into the old ones."""
        here = country.current()
        today = clock.day_in(here.time_zone)
        of = self._of
        if of is None or of[0] is not here or of[1] is not settings.PENCERE or of[2] != today:
            self._of, self._pages, self._bytes = (here, settings.PENCERE, today), {}, 0
        return self._pages

    def _keep(self, pages: dict[tuple[str, str], _Page], key: tuple[str, str], response: HttpResponse) -> None:
        if len(pages) < MOST_PAGES and self._bytes + len(response.content) <= MOST_BYTES:
            pages[key] = _Page(response.content, dict(response.headers))
            self._bytes += len(response.content)


def _may_be_kept(request: HttpRequest) -> bool:
    return (
        request.method in ("GET", "HEAD")
        and not request.META.get("QUERY_STRING")
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and request.path_info[1:].partition("/")[0] in country.current().languages
    )


def _key(request: HttpRequest) -> tuple[str, str]:
    """The address, which begins with the language; and the language that the browser remembers, which is set anew."""
    remembered = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return request.path_info, remembered if remembered in country.current().languages else ""


def _is_for_all(request: HttpRequest, response: HttpResponse) -> bool:
    match = request.resolver_match
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and match is not None
        and is_same_for_all(match.func)
    )
