"""What is printed: the case, the documents, the looks. No menu, no button, no address of this site."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation
from tests.journeys import applying
from tests.journeys.walking import Kept, person

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]

LEFT_OUT = ".pen-nav, .pen-header__side, .govuk-button, .govuk-breadcrumbs, .govuk-back-link, .govuk-skip-link"


def test_pages_of_a_person_are_printed_without_menu_and_buttons(chromium: Browser, portal: Installation, kept: Kept):
    with person(chromium, portal, kept, language="az") as citizen:
        ref = applying.begin(citizen, "Sevinc")
        applying.answer(citizen)
        applying.check(citizen)
        applying.send(citizen)
        for path in (f"me/cases/{ref}/", "me/documents/", "me/access/", f"me/cases/{ref}/letter/"):
            citizen.go(path)
            citizen.page.emulate_media(media="print")
            assert citizen.page.locator("h1").is_visible()
            left = [one for one in citizen.page.locator(LEFT_OUT).all() if one.is_visible()]
            assert left == [], path
            said = "links => links.map(link => getComputedStyle(link, '::after').content)"
            assert set(citizen.page.locator("main a[href^='/']").evaluate_all(said)) <= {"none"}, path
            if path == f"me/cases/{ref}/":
                assert citizen.page.locator("main details .govuk-details__text").first.is_visible(), "opened for paper"
            paper = citizen.page.pdf(format="A4")
            (kept.folder / f"paper-{path.strip('/').rpartition('/')[2]}.pdf").write_bytes(paper)
            citizen.page.emulate_media(media="screen")
