"""From the service page to the downloaded paper with the keyboard alone; the focus is seen at every stop."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation
from tests.journeys.walking import Kept, Person, person

pytestmark = [pytest.mark.browser, pytest.mark.one_engine, pytest.mark.xdist_group("journeys")]

MOST_STOPS = 80
FOCUSED = """() => {
  const one = document.activeElement;
  const shown = (element, part) => {
    if (!element) return false;
    const style = getComputedStyle(element, part);
    const outline = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
      && !/rgba\\(.*, 0\\)|transparent/.test(style.outlineColor);
    return outline || style.boxShadow !== 'none';
  };
  const hidden = ['radio', 'checkbox'].includes(one.type);
  const label = hidden ? document.querySelector(`label[for="${one.id}"]`) : null;
  const box = one.getBoundingClientRect();
  return {
    name: one.localName + ' ' + (one.name || one.getAttribute('href') || one.className || ''),
    seen: hidden ? shown(label, '::before') : shown(one, null),
    inside: box.bottom > 0 && box.top < innerHeight,
  };
}"""


def test_everything_is_reached_and_done_with_the_keyboard(chromium: Browser, portal: Installation, kept: Kept):
    with person(chromium, portal, kept, language="en") as citizen:
        citizen.go("services/residence-certificate/")
        _press(citizen, "Tab")
        assert _is(citizen, ".govuk-skip-link")
        _press(citizen, "Enter")
        assert _is(citizen, "main")

        _follow(citizen, ".govuk-button--start")
        _follow(citizen, "main form[action*='/sign-in/'] button")
        _follow(citizen, "main button:has-text('İlqar')")
        _follow(citizen, "main form button")
        _follow(citizen, "main .govuk-task-list a")
        _answer(citizen)
        _open_the_explanation(citizen)
        _follow(citizen, "main a.govuk-button")
        _follow(citizen, "main form button")
        assert citizen.path().endswith("/done/")

        _to(citizen, "main a[href$='/az.pdf']")
        with citizen.page.expect_download() as waited:
            citizen.page.keyboard.press("Enter")
        assert Path(waited.value.path()).read_bytes().startswith(b"%PDF")


def _answer(citizen: Person) -> None:
    """First nothing, which leads to the errors, then by arrows and space."""
    page = citizen.page
    _follow(citizen, "main form button")
    assert _is(citizen, ".govuk-error-summary"), "the list of errors has the focus"
    _to(citizen, ".govuk-error-summary a[href^='#']")
    _press(citizen, "Enter")
    if _is(citizen, "input[name=purpose]"):
        _to(citizen, "input[name=holder]", back=True)
    _press(citizen, "Space")
    _to(citizen, "input[name=purpose]")
    _press(citizen, "Space")
    _press(citizen, "ArrowDown")
    assert page.locator("input[name=purpose]").nth(1).is_checked()
    _press(citizen, "ArrowUp")
    assert page.locator("input[name=purpose]").nth(0).is_checked()
    _to(citizen, "input[name=holder]", back=True)
    _follow(citizen, "main form button")
    assert citizen.path().endswith("/facts/")


def _open_the_explanation(citizen: Person) -> None:
    _to(citizen, "main summary")
    opened = citizen.page.locator("main details").first
    _press(citizen, "Space")
    assert opened.get_attribute("open") is not None
    _press(citizen, "Enter")
    assert opened.get_attribute("open") is None


def _follow(citizen: Person, selector: str) -> None:
    """Goes there and presses Enter, as one follows a link or sends a form."""
    _to(citizen, selector)
    with citizen.page.expect_navigation():
        citizen.page.keyboard.press("Enter")
    citizen.page.wait_for_load_state()
    citizen.look()


def _to(citizen: Person, selector: str, *, back: bool = False) -> None:
    for _ in range(MOST_STOPS):
        _press(citizen, "Shift+Tab" if back else "Tab")
        if _is(citizen, selector):
            return
    raise AssertionError(f"{citizen.page.url}: the keyboard does not reach {selector}")


def _press(citizen: Person, key: str) -> None:
    citizen.page.keyboard.press(key)
    stop: dict[str, Any] = citizen.page.evaluate(FOCUSED)
    on_a_thing = not stop["name"].startswith(("body", "main", "html"))
    assert not on_a_thing or (stop["seen"] and stop["inside"]), f"{citizen.page.url}: no focus seen at {stop}"


def _is(citizen: Person, selector: str) -> bool:
    """Whether the focus is on one of these."""
    found = citizen.page.locator(selector)
    return any(found.nth(number).evaluate("one => one === document.activeElement") for number in range(found.count()))
