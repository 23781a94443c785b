"""A criminal record: straight to the employer, after a search by hand, refused for an employer that is none."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation
from tests.journeys import applying
from tests.journeys.filling import fill, goes_on, office_task, press, somebody
from tests.journeys.papers import text_of
from tests.journeys.walking import Kept, Person, officer, person

pytestmark = [pytest.mark.browser, pytest.mark.outside_tool]

SERVICE = "criminal-record"
NO_EMPLOYER = "1400057421"


def test_for_a_workplace_the_paper_goes_to_the_employer_too(chromium: Browser, portal: Installation, kept: Kept):
    worker = somebody(portal, SERVICE, "granted", "VÖEN")
    (voen,) = re.findall(r"\d{10}", worker.note)
    with person(chromium, portal, kept, language="az") as citizen:
        ref = _asked(citizen, worker.name, "workplace", voen)
        goes_on(citizen, f"me/cases/{ref}/", "MA-")
        assert worker.name.split()[0] in text_of(applying.papers(citizen)["az"])


def test_a_namesake_is_looked_up_by_hand(chromium: Browser, portal: Installation, kept: Kept):
    namesake = somebody(portal, SERVICE, "officer")
    with person(chromium, portal, kept, language="en", width=320) as citizen:
        ref = _asked(citizen, namesake.name, "other")
        with officer(chromium, portal, kept, "police", "Kərimov Elşad", language="en") as police:
            office_task(police, ref)
            assert police.sees(namesake.name)
            fill(police, {"result": "clear"})
            press(police)
        goes_on(citizen, f"me/cases/{ref}/", "Your document is ready")
        assert "Not convicted" in text_of(applying.papers(citizen)["en"])


def test_an_employer_that_nobody_knows_is_refused(chromium: Browser, portal: Installation, kept: Kept):
    worker = somebody(portal, SERVICE, "refused")
    with person(chromium, portal, kept, language="ru") as citizen:
        _asked(citizen, worker.name, "workplace", NO_EMPLOYER)
        assert citizen.sees("не знает работодателя с таким ИНН (VÖEN)")
        assert citizen.page.locator("main a[href$='.pdf']").count() == 0


def _asked(citizen: Person, name: str, purpose: str, employer: str = "") -> str:
    ref = applying.begin(citizen, name, service=SERVICE)
    citizen.go(f"apply/{ref}/request/")
    citizen.page.locator("input[name=holder]").first.check()
    fill(citizen, {"purpose": purpose})
    if employer:
        fill(citizen, {"employer": employer})
    citizen.send()
    if employer:
        fill(citizen, {"company": "yes"})  # agrees that the employment agency is asked
        citizen.send()
    applying.check(citizen)
    applying.send(citizen)
    return ref
