"""What the skeleton of a page needs, under the name `frame`. Everything is worked out at first use, so a page of
error, which uses only `languages`, `home` and `demo`, asks neither the session nor the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext

from pencere import country
from pencere.ui.links import Link, is_officers, links


@dataclass(frozen=True, slots=True)
class Language:
    """This page in a language; `url` names the language in its first step."""

    code: str
    name: str
    url: str
    current: bool


class Frame:
    """Of one request; see the head of this module."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.language = translation.get_language() or settings.LANGUAGE_CODE
        self.home = f"/{self.language}/"
        self.demo: bool = settings.PENCERE.demo

    @cached_property
    def languages(self) -> Sequence[Language]:
        """The page at hand in every language of the country; where it has no language, the first page."""
        codes = country.current().languages
        first, _, rest = self._request.path.removeprefix("/").partition("/")
        rest = rest if first in codes else ""
        asked = self._request.META.get("QUERY_STRING", "") if self._request.method == "GET" and rest else ""
        query = f"?{asked}" if asked else ""
        return [Language(code, language_name(code), f"/{code}/{rest}{query}", code == self.language) for code in codes]

    @cached_property
    def signed_in(self) -> bool:
        who = getattr(self._request, "who", None)
        return bool(who is not None and who.signed_in)

    @cached_property
    def officer(self) -> bool:
        return bool(self.signed_in and self._request.who.is_officer)  # type: ignore[attr-defined]

    @cached_property
    def name(self) -> str:
        return str(self._request.who.name) if self.signed_in else ""  # type: ignore[attr-defined]

    @cached_property
    def in_officers_area(self) -> bool:
        return is_officers(self._request.path)

    @cached_property
    def area(self) -> str:
        return gettext("Officers' desk") if self.in_officers_area else ""

    @cached_property
    def navigation(self) -> Sequence[Link]:
        return self._links("OFFICER" if self.in_officers_area else "CITIZEN")

    @cached_property
    def person(self) -> Sequence[Link]:
        return self._links("PERSON")

    @cached_property
    def footer(self) -> Sequence[Link]:
        return self._links("FOOTER")

    @cached_property
    def demo_links(self) -> Sequence[Link]:
        return self._links("DEMO")

    def _links(self, name: str) -> Sequence[Link]:
        return links(name, self._request.path, signed_in=self.signed_in, officer=self.officer)


def language_name(code: str) -> str:
    """What a language calls itself: "Azərbaycanca"."""
    try:
        return str(translation.get_language_info(code)["name_local"])
    except KeyError:
        return code


def page(request: HttpRequest) -> dict[str, object]:
    """The context processor."""
    return {"frame": Frame(request)}
