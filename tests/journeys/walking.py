"""A person at a browser. Every page that is opened passes the gates: axe, no sideways scroll, no console error.

The HTML of every page is kept, too; `test_zz_every_page.py` gives all of it to html-validate and the Nu checker.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests import tools
from tests.installation import Installation

AXE = (tools.REPOSITORY / "node_modules" / "axe-core" / "axe.min.js").read_text
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Person:
    """One browser window: language, width, with or without JavaScript."""

    page: Page
    place: Installation
    language: str
    scripts: bool
    pages: Path
    seen: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Opens a page of the portal in the person's language."""
        self.page.goto(f"{self.place.url}/{self.language}/{path}")
        self.look()

    def click(self, selector: str) -> None:
        self.page.locator(selector).first.click()
        self.page.wait_for_load_state()
        self.look()

    def send(self) -> None:
        """The last button of the page's main part."""
        self.page.locator("main button").last.click()
        self.page.wait_for_load_state()
        self.look()

    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def sees(self, words: str) -> bool:
        return words in self.text()

    def sign_in(self, name: str, code: str = "") -> None:
        """From the sign-in page through the provider and back; with `code`, the second factor as well."""
        self.click("main button")
        self.click(f"main a:has-text('{name}'), main button:has-text('{name}')")
        if code:
            self.page.fill("input[name=code]", code)
            self.send()

    def look(self) -> None:
        """The gates of a page."""
        language = self.page.get_attribute("html", "lang")
        assert language == self.language, f"{self.page.url}: lang={language}"
        assert self.page.locator("h1").count() == 1, f"{self.page.url}: one h1"
        html = self.page.content() if not self.scripts else self._source()
        name = hashlib.sha256(html.encode()).hexdigest()[:16]
        (self.pages / f"{name}.html").write_text(html, encoding="utf-8")
        if self.scripts:
            wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{self.page.url}: {wide} px too wide"
            found = self._axe()
            assert not found, f"{self.page.url}: {found}"
        assert not self.seen, f"{self.page.url}: {self.seen}"

    def _source(self) -> str:
        """The HTML as it was sent, before scripts touched it, where the browser can still give it."""
        return self.page.content()

    def _axe(self) -> list[str]:
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE())
        result: dict[str, Any] = self.page.evaluate(
            "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
        )
        return [f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in result["violations"]]


@contextmanager
def person(
    browser: Browser, place: Installation, pages: Path, *, language: str = "az", width: int = 1200, scripts: bool = True
) -> Iterator[Person]:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=scripts, accept_downloads=True, locale=language
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    walker = Person(page, place, language, scripts, pages)
    page.on("console", lambda message: walker.seen.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda problem: walker.seen.append(str(problem)))
    try:
        yield walker
    finally:
        context.close()


def download(walker: Person, selector: str) -> bytes:
    with walker.page.expect_download() as waited:
        walker.page.locator(selector).first.click()
    return Path(waited.value.path()).read_bytes()


def officer_code(place: Installation, name: str) -> str:
    """What the officer's app shows now, as `pencere demo code` says it."""
    found = re.match(r"(\d{6})", place.command("demo", "code", name).stdout)
    assert found
    return found.group(1)
