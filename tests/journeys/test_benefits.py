"""Benefits that begin by themselves: nobody applies, and the page says what was decided, how much and why."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation
from tests.journeys import applying
from tests.journeys.filling import fill, goes_on, press, somebody
from tests.journeys.walking import Kept, Person, person

pytestmark = [pytest.mark.browser, pytest.mark.outside_tool]

ACCOUNT = "AZ21NABZ00000000137010001944"


def test_a_mother_gives_her_account_and_is_paid(chromium: Browser, portal: Installation, kept: Kept):
    with person(chromium, portal, kept, language="en") as mother:
        case = _mine(mother, somebody(portal, "birth-lump-sum", "granted").name, "birth of a child")
        assert mother.sees("Nobody applied for this")
        if mother.page.locator("main a[href*='/me/tasks/']").count():  # no account was given at registration
            mother.click("main a[href*='/me/tasks/']")
            mother.click("main a.govuk-button")
            fill(mother, {"account": ACCOUNT})
            mother.send()
            press(mother)
        goes_on(mother, case, "Payment orders")
        assert mother.sees("you are granted a benefit of 600 manat")
        assert mother.sees("has been ordered")


def test_after_a_stillbirth_the_answer_is_gentle_and_says_the_law(chromium: Browser, portal: Installation, kept: Kept):
    with person(chromium, portal, kept, language="az", width=320) as mother:
        _mine(mother, somebody(portal, "birth-lump-sum", "refused").name, "birdəfəlik müavinət")
        assert mother.sees("başsağlığı veririk")
        assert "maddə 5" in mother.text().replace("\xa0", " ")


def test_the_allowance_of_a_disability_is_granted_by_itself(chromium: Browser, portal: Installation, kept: Kept):
    with person(chromium, portal, kept, language="en") as citizen:
        case = _mine(citizen, somebody(portal, "disability-allowance", "granted").name, "disability allowance")
        goes_on(citizen, case, "Payment orders")
        assert any(citizen.sees(f"you are granted {amount} manat a month") for amount in (110, 130, 150))


def test_who_has_no_disability_is_advised_before_and_refused_after(chromium: Browser, portal: Installation, kept: Kept):
    with person(chromium, portal, kept, language="ru", width=320) as citizen:
        ref = applying.begin(citizen, "Rəşad", "disability-allowance")
        citizen.go(f"apply/{ref}/facts/")
        applying.check(citizen)
        assert citizen.sees("В реестре нет действующего решения о вашей инвалидности")
        applying.send(citizen)
        citizen.go(f"me/cases/{ref}/")
        assert citizen.sees("Отказано. В реестре нет действующего решения")


def _mine(citizen: Person, name: str, title: str) -> str:
    """Signs in and opens the case that began by itself; its path."""
    citizen.page.goto(f"{citizen.place.url}/{citizen.language}/me/")
    citizen.look()
    citizen.sign_in(name)
    links = f"main a[href*='/me/cases/']:has-text('{title}')"
    for _ in range(60):
        citizen.go("me/cases/")
        if citizen.page.locator(links).count():
            break
        citizen.page.wait_for_timeout(1000)
    citizen.page.locator(links).first.click()
    citizen.page.wait_for_url("**/me/cases/*-*/")
    citizen.look()
    return citizen.path()
