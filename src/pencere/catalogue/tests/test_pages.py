"""The pages of the catalogue."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.django_db

PAGES = (
    "services/",
    "services/residence-certificate/",
    "life/moving-home/",
    "life/travelling/",
    "agencies/",
    "agencies/emdx/",
)


@pytest.fixture
def browser() -> Client:
    return Client(HTTP_HOST=settings.PENCERE.host)


@pytest.mark.parametrize("language", ["az", "en", "ru"])
@pytest.mark.parametrize("page", PAGES)
def test_it_works_without_signing_in(browser: Client, page: str, language: str) -> None:
    response = browser.get(f"/{language}/{page}")

    assert response.status_code == 200
    assert response.content.count(b"<h1") == 1


@pytest.mark.parametrize("language", ["az", "en", "ru"])
def test_a_service_says_until_which_age_a_parent_applies_for_a_child(browser: Client, language: str) -> None:
    page = browser.get(f"/{language}/services/residence-certificate/").content.decode()

    assert {"az": "18 yaşına çatmayan", "en": "a child under 18", "ru": "возраст до 18"}[language] in page


@pytest.mark.parametrize("page", ["services/nothing/", "life/nothing/", "agencies/nothing/"])
def test_what_there_is_not_is_not_found(browser: Client, page: str) -> None:
    assert browser.get(f"/az/{page}").status_code == 404


def test_a_service_begins_at_its_application(browser: Client) -> None:
    html = browser.get("/en/services/residence-certificate/").content.decode()

    assert 'href="/en/apply/residence-certificate/" class="govuk-button govuk-button--start"' in html
    assert "Free of charge" in html
    assert "1 working day" in html
    assert "(reference not yet confirmed)" in html


def test_a_search_says_how_many_it_found(browser: Client) -> None:
    words = {"q": "справка регистрации жительства"}
    assert "1 услуга" in browser.get("/ru/services/", words).content.decode().replace("Найдена ", "")
    assert "1 xidmət tapıldı" in browser.get("/az/services/", {"q": "YASAYIS YERI ARAYIS"}).content.decode()


def test_a_search_without_result_has_a_next_step_and_keeps_what_was_typed(browser: Client) -> None:
    html = browser.get("/en/services/", {"q": "<zzz>"}).content.decode()

    assert "No service has all of these words" in html
    assert 'value="&lt;zzz&gt;"' in html
    assert 'href="/en/agencies/"' in html


def test_a_search_of_any_length_is_answered(browser: Client) -> None:
    assert browser.get("/az/services/", {"q": "ə" * 5000}).status_code == 200
