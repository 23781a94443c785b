"""Nothing that was typed is lost, and nothing is sent twice."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation
from tests.journeys import applying
from tests.journeys.walking import Kept, Person, person

pytestmark = pytest.mark.browser


def test_who_leaves_in_the_middle_finds_the_answers_again(chromium: Browser, portal: Installation, kept: Kept):
    with person(chromium, portal, kept, language="en") as citizen:
        ref = applying.begin(citizen, "Sevinc")
        applying.answer(citizen, "Kənan", "court")
        citizen.click("header form button")
        assert citizen.path() == "signed-out/"

    with person(chromium, portal, kept, language="az", width=320) as citizen:
        citizen.page.goto(f"{portal.url}/az/me/cases/")
        citizen.look()
        citizen.sign_in("Sevinc")
        citizen.click(f"main a[href*='/apply/{ref}/']")
        citizen.go(f"apply/{ref}/request/")
        assert citizen.page.locator("input[name=purpose]:checked").get_attribute("value") == "court"
        assert "Kənan" in citizen.page.locator(".govuk-radios__item:has(input[name=holder]:checked)").inner_text()
        citizen.go("services/residence-certificate/")
        citizen.click(".govuk-button--start")
        assert citizen.page.locator(f"main a[href*='/apply/{ref}/']").count() == 1, "the draft is offered again"
        citizen.go(f"apply/{ref}/delete/")
        citizen.send()
        citizen.go(f"apply/{ref}/tasks/", status=404)


@pytest.mark.parametrize("scripts", [True, False])
def test_what_was_typed_when_the_session_ended_is_sent_on_after_signing_in_again(
    chromium: Browser, portal: Installation, kept: Kept, scripts: bool
):
    with person(chromium, portal, kept, language="az", scripts=scripts) as citizen:
        ref = applying.begin(citizen, "Sevinc")
        citizen.go(f"apply/{ref}/request/")
        applying.choose(citizen, "Sevinc", "abroad")
        citizen.context.clear_cookies(name="pencere_session")
        citizen.send()
        assert citizen.path() == "sign-in/"
        assert citizen.page.locator(".govuk-notification-banner").count() == 1
        citizen.sign_in("Sevinc")
        assert citizen.path() == "sign-in/kept/"
        citizen.click("main form button")
        assert citizen.path() == f"apply/{ref}/facts/"
        citizen.go(f"apply/{ref}/request/")
        assert citizen.page.locator("input[name=purpose]:checked").get_attribute("value") == "abroad"
        citizen.go(f"apply/{ref}/delete/")
        citizen.send()


@pytest.mark.both_engines
def test_pressing_twice_and_going_back_make_one_application(chromium: Browser, portal: Installation, kept: Kept):
    with person(chromium, portal, kept, language="ru") as citizen:
        citizen.page.goto(f"{portal.url}/ru/me/cases/")
        citizen.look()
        citizen.sign_in("İlqar")
        before = _sent(citizen)
        ref = applying.begin(citizen)
        applying.answer(citizen)
        applying.check(citizen)
        citizen.page.locator("main form button").dblclick(no_wait_after=True)
        citizen.page.wait_for_url("**/done/")
        citizen.look()
        receipt = citizen.page.locator("main details").inner_text()

        citizen.page.go_back()
        if "/check/" in citizen.page.url and citizen.page.locator("main form button").count():
            citizen.send()
        assert applying.ref_of(citizen) == ref and citizen.path().endswith("/done/")
        assert citizen.page.locator("main details").inner_text() == receipt
        assert _sent(citizen) == before | {ref}


def _sent(citizen: Person) -> set[str]:
    citizen.go("me/cases/")
    links = citizen.page.locator("main h3 a[href*='/me/cases/']").all()
    return {str(link.get_attribute("href")).rstrip("/").rpartition("/")[2] for link in links}


def test_another_language_keeps_the_page_and_what_was_saved(chromium: Browser, portal: Installation, kept: Kept):
    with person(chromium, portal, kept, language="az") as citizen:
        ref = applying.begin(citizen, "Sevinc")
        applying.answer(citizen, "Sevinc", "work")
        for path in (f"apply/{ref}/request/", f"apply/{ref}/check/", "me/access/", "services/?q=ünvan"):
            citizen.go(path)
            for code in ("en", "ru", "az"):
                here = citizen.page.url
                citizen.language = code
                citizen.click(f"header a[hreflang={code}]")
                assert citizen.page.url == here.replace(f"/{here.split('/')[3]}/", f"/{code}/", 1)
        citizen.go(f"apply/{ref}/request/")
        assert citizen.page.locator("input[name=purpose]:checked").get_attribute("value") == "work"
        citizen.go(f"apply/{ref}/delete/")
        citizen.send()
