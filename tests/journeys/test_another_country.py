"""The template country, deliberately unlike the first: another script, other letters, the same journey."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation, installation
from tests.journeys import applying
from tests.journeys.papers import code_of, text_of, with_one_byte_changed
from tests.journeys.walking import Kept, officer, person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.one_engine,
    pytest.mark.outside_tool,
]

REASON = "Λάθος διεύθυνση στη βεβαίωση"


@pytest.fixture(scope="module")
def elaionesos() -> Iterator[Installation]:
    with installation("template") as place:
        place.start(persons=100)
        yield place


@pytest.mark.parametrize(("language", "holder", "birth_year"), [("el", "Ελένη", "1986"), ("en", "Μυρτώ", "2015")])
def test_the_same_journey_in_another_country(
    chromium: Browser,
    elaionesos: Installation,
    kept: Kept,
    tmp_path: Path,
    language: str,
    holder: str,
    birth_year: str,
):
    with person(chromium, elaionesos, kept, language=language) as citizen:
        citizen.go("")
        citizen.go("services/")
        ref = applying.begin(citizen, "Ελένη", "home-certificate")
        applying.answer(citizen, holder, "bank")
        applying.check(citizen)
        applying.send(citizen)
        papers = applying.papers(citizen, ("el", "en"))
        paper = papers[language]
        for each in papers.values():
            text = " ".join(text_of(each).split())
            assert holder in text and "Οδός Ελαιών 12" in text

        address = code_of(paper)
        with person(chromium, elaionesos, kept, language=language) as employer:
            employer.page.goto(address)
            employer.look()
            assert employer.page.locator(".pen-panel--good, .govuk-panel--confirmation").count() == 1
            assert not employer.sees(holder)
            employer.page.fill("input[name=answer]", birth_year)
            employer.send()
            assert employer.sees(holder)

        file = tmp_path / "paper.pdf"
        for content, status in ((paper, 0), (with_one_byte_changed(paper), 1)):
            file.write_bytes(content)
            assert elaionesos.command("verify", str(file), check=False).returncode == status

        with officer(chromium, elaionesos, kept, "registry", "Φωτεινή", language="el") as clerk:
            clerk.go(f"desk/cases/{ref}/")
            clerk.click("main a[href*='/revoke/']")
            clerk.page.fill("textarea[name=reason]", REASON)
            clerk.send()
            clerk.click("main button[value=revoke]")
        file.write_bytes(paper)
        assert elaionesos.command("verify", str(file), check=False).returncode == 1
        citizen.go(f"me/cases/{ref}/")
        assert citizen.sees(REASON)
        citizen.go("me/access/")
        assert citizen.sees(ref)
