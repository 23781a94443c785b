"""The page that says who is who: in a demo only, without identifiers, in every language."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from django.conf import settings
from django.test import Client

from pencere import country
from pencere.identity.demo_provider import people
from pencere.identity.tests import make
from pencere.portal.nation import guide
from pencere.portal.nation.loading import people_file

pytestmark = pytest.mark.django_db
PAGE = "/en/demo/"
NOTE = {"az": "Səbəb budur.", "en": "This is the reason.", "ru": "Причина такова."}


@pytest.fixture
def browser() -> Client:
    return make.client()


@pytest.fixture
def nation() -> None:
    lines = [
        guide.Line("residence-certificate", outcome, f"Person {outcome}", date(1990, 5, 4), NOTE)
        for outcome in ("granted", "partly", "refused", "officer")
    ]
    guide.write([*lines, guide.Line("no-such-service", "granted", "Nobody", date(1990, 5, 4), NOTE)])
    everybody = [
        people.Person("5SVN8KT", "A citizen", date(1988, 4, 12)),
        people.Person("2RGY4KA", "An officer", date(1984, 6, 3), agency="din", role="registry"),
    ]
    people.write(people_file(), everybody)


def test_it_names_persons_for_each_service_and_the_officers_of_each_agency(nation, browser) -> None:
    html = browser.get(PAGE).content.decode()

    assert html.count("This is the reason.") == 4
    for words in ("likely to be granted", "likely to be granted in part", "likely to be refused", "an officer decides"):
        assert words in html
    assert "born on 4 May 1990" in html
    assert "An officer: registry officer" in html
    assert "Nobody" not in re.sub(r"Nobody here lives", "", html)
    assert "A citizen" not in html


@pytest.mark.parametrize("language", country.current().languages)
def test_the_reasons_are_in_the_readers_language(nation, browser, language) -> None:
    html = browser.get(f"/{language}/demo/").content.decode()

    assert NOTE[language] in html
    assert all(text not in html for code, text in NOTE.items() if code != language)


def test_no_identifier_stands_on_it(nation, browser) -> None:
    html = browser.get(PAGE).content.decode()

    assert "5SVN8KT" not in html
    assert "2RGY4KA" not in html


def test_before_the_nation_is_made_it_says_so(browser) -> None:
    for path in (people_file(), people_file().with_name("who.jsonl")):
        path.unlink(missing_ok=True)

    assert "The nation is not made yet." in browser.get(PAGE).content.decode()


def test_an_installation_for_real_persons_has_no_such_page(nation, browser, monkeypatch) -> None:
    monkeypatch.setattr(settings, "PENCERE", replace(settings.PENCERE, demo=False))

    assert browser.get(PAGE).status_code == 404


def test_the_band_of_the_demo_leads_there(browser) -> None:
    assert '<a href="/en/demo/">Who is who</a>' in browser.get("/en/services/").content.decode()
