"""From the service page to the downloaded paper with the keyboard alone; the focus is seen at every stop."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation
from tests.journeys.keyboard import follow, is_on, press, to
from tests.journeys.walking import Kept, Person, person

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]


def test_everything_is_reached_and_done_with_the_keyboard(chromium: Browser, portal: Installation, kept: Kept):
    with person(chromium, portal, kept, language="en") as citizen:
        citizen.go("services/residence-certificate/")
        press(citizen, "Tab")
        assert is_on(citizen, ".govuk-skip-link")
        press(citizen, "Enter")
        assert is_on(citizen, "main")

        follow(citizen, ".govuk-button--start")
        follow(citizen, "main form[action*='/sign-in/'] button")
        follow(citizen, "main button:has-text('İlqar')")
        follow(citizen, "main form button")
        follow(citizen, "main .govuk-task-list a")
        _answer(citizen)
        _open_the_explanation(citizen)
        follow(citizen, "main a.govuk-button")
        follow(citizen, "main form button")
        assert citizen.path().endswith("/done/")

        to(citizen, "main a[href$='/az.pdf']")
        with citizen.page.expect_download() as waited:
            citizen.page.keyboard.press("Enter")
        assert Path(waited.value.path()).read_bytes().startswith(b"%PDF")


def _answer(citizen: Person) -> None:
    """First nothing, which leads to the errors, then by arrows and space."""
    page = citizen.page
    follow(citizen, "main form button")
    assert is_on(citizen, ".govuk-error-summary"), "the list of errors has the focus"
    to(citizen, ".govuk-error-summary a[href^='#']")
    press(citizen, "Enter")
    if is_on(citizen, "input[name=purpose]"):
        to(citizen, "input[name=holder]", back=True)
    press(citizen, "Space")
    to(citizen, "input[name=purpose]")
    press(citizen, "Space")
    press(citizen, "ArrowDown")
    assert page.locator("input[name=purpose]").nth(1).is_checked()
    press(citizen, "ArrowUp")
    assert page.locator("input[name=purpose]").nth(0).is_checked()
    to(citizen, "input[name=holder]", back=True)
    follow(citizen, "main form button")
    assert citizen.path().endswith("/facts/")


def _open_the_explanation(citizen: Person) -> None:
    to(citizen, "main summary")
    opened = citizen.page.locator("main details").first
    press(citizen, "Space")
    assert opened.get_attribute("open") is not None
    press(citizen, "Enter")
    assert opened.get_attribute("open") is None
