"""A diploma: at once from the register, or found in the paper archive, or nowhere."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation
from tests.journeys import applying
from tests.journeys.filling import fill, goes_on, office_task, press, somebody
from tests.journeys.papers import text_of
from tests.journeys.walking import Kept, Person, officer, person

pytestmark = [pytest.mark.browser, pytest.mark.outside_tool]

SERVICE = "diploma-certificate"
FOUND = {
    "found": "yes", "series": "AB", "issued_on": date(1996, 6, 28), "institution": "Nümunə Dövlət Universiteti",
    "specialty": "Kitabxanaçılıq", "level": "specialist",
}  # fmt: skip


def test_a_diploma_of_the_register_is_certified_at_once(chromium: Browser, portal: Installation, kept: Kept):
    graduate = somebody(portal, SERVICE, "granted")
    (number,) = re.findall(r"number (\d+)", graduate.note)
    with person(chromium, portal, kept, language="az") as citizen:
        _asked(citizen, graduate.name, number)
        words = text_of(applying.papers(citizen)["ru"])
        assert number in words and graduate.name.split()[0] in words


@pytest.mark.parametrize("found", [False, True])
def test_an_older_one_is_looked_for_in_the_archive(chromium: Browser, portal: Installation, kept: Kept, found: bool):
    graduate = somebody(portal, SERVICE, "officer")
    with person(chromium, portal, kept, language="en", width=320) as citizen:
        ref = _asked(citizen, graduate.name, "417733", institution="Nümunə Dövlət Universiteti", year="1996")
        with officer(chromium, portal, kept, "Babayeva Zeynəb", "Babayeva Zeynəb", language="en") as archive:
            office_task(archive, ref)
            assert archive.sees("Nümunə Dövlət Universiteti") and archive.sees("1996")
            fill(archive, FOUND if found else {"found": "no"})
            press(archive)
        if not found:
            goes_on(citizen, f"me/cases/{ref}/", "Neither the register nor the archive holds a diploma")
            return
        goes_on(citizen, f"me/cases/{ref}/", "Your document is ready")
        assert "Kitabxanaçılıq" in text_of(applying.papers(citizen)["en"])
        _asked(citizen, "", "417733")
        assert applying.papers(citizen), "the next time the register knows it"


def _asked(citizen: Person, name: str, number: str, **more: str) -> str:
    ref = applying.begin(citizen, name, service=SERVICE)
    citizen.go(f"apply/{ref}/request/")
    fill(citizen, {"number": number, **more})
    citizen.send()
    applying.check(citizen)
    applying.send(citizen)
    return ref
