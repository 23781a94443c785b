"""A person at a browser. Every page that is opened passes the gates: axe, no sideways scroll, no console error.

What was opened is kept (`Kept`): `test_zz_every_page.py` gives the HTML to html-validate and the Nu checker and looks
through every address, and `test_zz_every_service.py` asks what was walked (`walked.py`): the last tests of all.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests import tools
from tests.installation import Installation
from tests.journeys.walked import Eyes

AXE = (tools.REPOSITORY / "node_modules" / "axe-core" / "axe.min.js").read_text
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
REFERENCE = re.compile(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}")
VARYING = re.compile(rf"{REFERENCE.pattern}|[0-9a-f]{{8}}-[0-9a-f-]{{27}}|(?<=/verify/)[\w-]{{16,}}")
"""What differs from case to case in an address: references, ids, codes of certificates."""
SECONDS_OF_A_CODE = 30


@dataclass
class Kept:
    """What all journeys of this process have opened and asked for."""

    folder: Path
    addresses: set[str] = field(default_factory=set)
    examined: set[str] = field(default_factory=set)  # pages that axe has seen, in a language and a width
    officers: dict[tuple[str, str], Any] = field(default_factory=dict)  # sessions of officers
    signed_in: set[tuple[str, str, int]] = field(default_factory=set)  # where an officer did: language and width
    used: dict[tuple[str, str], str] = field(default_factory=dict)  # the last code of an officer

    def html(self, text: str, url: str) -> None:
        """Keeps a page once, however often its tokens and references change."""
        same = re.sub(r'(name="(csrfmiddlewaretoken|next|once)" )?value="[^"]*"', "", VARYING.sub("", text))
        name = hashlib.sha256(same.encode()).hexdigest()[:16]
        (self.folder / f"{name}.html").write_text(text, encoding="utf-8")
        with (self.folder / "addresses.txt").open("a", encoding="utf-8") as listed:
            listed.write(f"{name}.html {VARYING.sub('…', url)}\n")


@dataclass
class Person:
    """One browser window: language, width, with or without JavaScript."""

    page: Page
    context: BrowserContext
    place: Installation
    language: str
    width: int
    scripts: bool
    kept: Kept
    sent: Response | None = None  # the last page as it came
    seen: list[str] = field(default_factory=list)  # what the browser complained of
    eyes: Eyes = field(init=False)

    def __post_init__(self) -> None:
        self.eyes = Eyes(self.kept.folder, Path(self.place.environment["PENCERE_COUNTRY"]).name)

    def go(self, path: str, status: int = 200) -> None:
        """Opens a page of the portal in the person's language."""
        self.page.goto(f"{self.place.url}/{self.language}/{path}")
        self.look(status)

    def click(self, selector: str) -> None:
        self.page.locator(selector).first.click()
        self.page.wait_for_load_state()
        self.look()

    def send(self, status: int = 200) -> None:
        """The last button of the page's main part."""
        self.page.locator("main button[type=submit], main button:not([type])").last.click()
        self.page.wait_for_load_state()
        self.look(status)

    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def sees(self, words: str) -> bool:
        return words in self.text()

    def path(self) -> str:
        return urlsplit(self.page.url).path.removeprefix(f"/{self.language}/")

    def sign_in(self, name: str, code: str = "") -> None:
        """From the sign-in page through the provider and back; with `code`, the second factor as well."""
        self.click("main form[action*='/sign-in/'] button")
        self.pick(name)
        if code:
            self.page.fill("input[name=code]", code)
            self.send()

    def pick(self, name: str) -> None:
        """At the provider: a person of the list, or one that is searched for."""
        there = self.page.locator(f"main button:has-text('{name}')")
        if there.count() == 0:
            self.page.fill("main input[name=name]", name)
            self.click("main form[action$='#search'] button")
        self.click(f"main button:has-text('{name}')")

    def look(self, status: int = 200) -> None:
        """The gates of a page."""
        came = self.sent
        assert came is not None and came.status == status, f"{self.page.url}: {came.status if came else 'nothing'}"
        policy = came.headers.get("content-security-policy", "")
        assert "default-src 'none'" in policy and "unsafe" not in policy, f"{self.page.url}: {policy}"
        language = self.page.get_attribute("html", "lang")
        assert language == self.language, f"{self.page.url}: lang={language}"
        assert self.page.locator("h1").count() == 1, f"{self.page.url}: one h1"
        self.kept.html(came.text(), self.page.url)
        wide = self.page.locator("html").evaluate("page => page.scrollWidth - page.clientWidth") if self.scripts else 0
        assert wide <= 0, f"{self.page.url}: {wide} px too wide"
        if self.scripts and self._is_new():
            found = self._axe()
            assert not found, f"{self.page.url}: {found}"
        assert not self.seen, f"{self.page.url}: {self.seen}"
        self.eyes.read(self.page, self.path(), self.language)

    def _is_new(self) -> bool:
        """Whether axe has not yet seen such a page: same address but for references, same headings, same pieces."""
        pieces = self.page.evaluate(
            "() => [...new Set([...document.querySelectorAll('h1, h2, h3, [class]')]"
            ".map(one => one.localName + '.' + one.className))].sort().join()"
        )
        address = VARYING.sub("", urlsplit(self.page.url).path)
        mark = hashlib.sha256(f"{self.language} {self.width} {address} {pieces}".encode()).hexdigest()
        known = mark in self.kept.examined
        self.kept.examined.add(mark)
        return not known

    def _axe(self) -> list[str]:
        self.page.evaluate(AXE())
        result: dict[str, Any] = self.page.evaluate(
            "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations', 'incomplete']})", RULES
        )
        with (self.kept.folder / "incomplete.txt").open("a", encoding="utf-8") as listed:
            for one in result["incomplete"]:
                for node in one["nodes"]:
                    why = " ".join(said["message"] for said in node["any"] + node["all"] + node["none"])
                    address = VARYING.sub("…", self.page.url)
                    listed.write(f"{self.width} {address}: {one['id']} {node['target']} {why}\n")
        return [f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in result["violations"]]

    def _came(self, response: Response) -> None:
        asked = response.request
        a_page = asked.resource_type == "document" and asked.frame == self.page.main_frame
        if a_page and "text/html" in response.headers.get("content-type", "") and response.status // 100 != 3:
            self.sent = response

    def _asked(self, url: str) -> None:
        if url.startswith(("data:", "blob:")):
            return
        self.kept.addresses.add(url)
        if not url.startswith((self.place.url + "/", f"{provider(self.place)}/", f"{payments(self.place)}/")):
            self.seen.append(f"a request to elsewhere: {url}")

    def _said(self, kind: str, text: str, url: str) -> None:
        # That a page of error is one, the browser writes too; its status is held by `look`.
        if kind == "error" and not (text.startswith("Failed to load resource") and self.sent and url == self.sent.url):
            self.seen.append(text)


def provider(place: Installation) -> str:
    return f"http://localhost:{place.environment['PENCERE_DEMO_IDP_ADDRESS'].rpartition(':')[2]}"


def payments(place: Installation) -> str:
    return f"http://localhost:{place.environment['PENCERE_DEMO_PAYMENTS_ADDRESS'].rpartition(':')[2]}"


def bank(place: Installation) -> str:
    """The test provider of payments."""
    return f"http://localhost:{place.environment['PENCERE_DEMO_PAYMENTS_ADDRESS'].rpartition(':')[2]}"


@contextmanager
def person(
    browser: Browser,
    place: Installation,
    kept: Kept,
    *,
    language: str = "az",
    width: int = 1200,
    scripts: bool = True,
    cookies: Any = None,
) -> Iterator[Person]:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        java_script_enabled=scripts,
        accept_downloads=True,
        locale=language,
        storage_state=cookies,
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    walker = Person(page, context, place, language, width, scripts, kept)
    page.on("response", walker._came)
    page.on("request", lambda asked: walker._asked(asked.url))
    page.on("console", lambda said: walker._said(said.type, said.text, said.location.get("url", "")))
    page.on("pageerror", lambda problem: walker.seen.append(str(problem)))
    try:
        yield walker
    finally:
        context.close()


@contextmanager
def officer(
    browser: Browser,
    place: Installation,
    kept: Kept,
    role: str,
    name: str,
    *,
    language: str = "az",
    width: int = 1200,
    scripts: bool = True,
) -> Iterator[Person]:
    """An officer at the desk, who signs in once and works on in that session, in whatever language and width.

    In every language and width some officer signs in anew, so that the pages of signing in are seen in each. Each time
    takes another code, for which one may have to wait half a minute.
    """
    key, window = (place.url, name), (place.url, language, width)
    cookies = kept.officers.get(key) if window in kept.signed_in else None
    with person(browser, place, kept, language=language, width=width, scripts=scripts, cookies=cookies) as walker:
        walker.page.goto(f"{place.url}/{language}/desk/")
        walker.look()
        if walker.path() != "desk/":
            walker.sign_in(name, officer_code(place, kept, role, name))
            assert walker.path() == "desk/"
            kept.officers[key] = walker.context.storage_state()
            kept.signed_in.add(window)
        yield walker


def download(walker: Person, selector: str) -> bytes:
    with walker.page.expect_download() as waited:
        walker.page.locator(selector).first.click()
    return Path(waited.value.path()).read_bytes()


def officer_code(place: Installation, kept: Kept, role: str, name: str) -> str:
    """What the officer's app shows now, as `pencere demo code` says it; waits for the next if this one was used."""
    for _ in range(SECONDS_OF_A_CODE + 5):
        found = re.match(r"(\d{6})", place.command("demo", "code", role).stdout)
        assert found
        if kept.used.get((place.url, name)) != found.group(1):
            kept.used[place.url, name] = found.group(1)
            return found.group(1)
        time.sleep(1)
    raise TimeoutError(f"no new code for {name}")
