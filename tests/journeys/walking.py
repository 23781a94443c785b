"""A person at a browser. Every page that is opened passes the gates: axe, no sideways scroll, no console error.

What was opened is kept (`Kept`), in one folder whichever process walks: `test_zz_every_page.py` gives the HTML to
html-validate and the Nu checker and looks through every address, and `test_zz_every_service.py` asks what was walked
(`walked.py`): the last tests of all.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Error, Page, Response

from pencere.identity import rules
from tests import tools
from tests.installation import Installation
from tests.journeys.walked import Eyes

AXE = (tools.REPOSITORY / "node_modules" / "axe-core" / "axe.min.js").read_text
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
REFERENCE = re.compile(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}")
VARYING = re.compile(rf"{REFERENCE.pattern}|[0-9a-f]{{8}}-[0-9a-f-]{{27}}|(?<=/verify/)[\w-]{{16,}}")
"""What differs from case to case in an address: references, ids, codes of certificates."""
WENT_AWAY = (
    "because of a navigation",
    "No resource with given identifier",
    "net::ERR_ABORTED",
    "interrupted by another navigation",
)


@dataclass
class Kept:
    """What journeys have opened and asked for.

    The folder is that of all processes that walk at the same time: a page or a line is whole in it or not at all.
    What stands in fields is of this process and its own installations.
    """

    folder: Path
    addresses: set[str] = field(default_factory=set)
    places: list[Installation] = field(default_factory=list)  # those whose log judges read
    officers: dict[tuple[str, str], Any] = field(default_factory=dict)  # sessions of officers, in this file of journeys
    signed_in: set[tuple[str, str, int]] = field(default_factory=set)  # where an officer did: language and width
    used: dict[tuple[str, str], int] = field(default_factory=dict)  # the step of an officer's last code

    def html(self, text: str, url: str) -> None:
        """Keeps a page once, however often its tokens and references change."""
        same = re.sub(r'(name="(csrfmiddlewaretoken|next|send-once)" )?value="[^"]*"', "", VARYING.sub("", text))
        name = hashlib.sha256(same.encode()).hexdigest()[:16]
        if not (self.folder / f"{name}.html").exists():
            fresh = self.folder / f"{name}.{os.getpid()}"
            fresh.write_text(text, encoding="utf-8")
            fresh.replace(self.folder / f"{name}.html")
            self.note("pages.txt", f"{name}.html {VARYING.sub('…', url)}")

    def asked(self, url: str) -> None:
        """An address that a browser asked for."""
        if url not in self.addresses:
            self.addresses.add(url)
            self.note("asked.txt", url)

    def note(self, name: str, line: str) -> None:
        """Appends a line; lines of other processes stay whole beside it."""
        with (self.folder / name).open("ab", buffering=0) as file:
            file.write(f"{line}\n".encode())

    def is_first(self, what: str) -> bool:
        """Whether nobody, in any process, has said this before."""
        self._mark(what).parent.mkdir(exist_ok=True)
        try:
            self._mark(what).open("x").close()
        except FileExistsError:
            return False
        return True

    def takes_back(self, what: str) -> None:
        self._mark(what).unlink()

    def _mark(self, what: str) -> Path:
        return self.folder / "firsts" / hashlib.sha256(what.encode()).hexdigest()

    def closes(self, place: Installation) -> None:
        """The installation ends; its log and the identifiers of its people are kept for the judges."""
        people = (place.data / "demo" / "people.jsonl").read_text(encoding="utf-8").splitlines()
        for line in people:
            self.note("identifiers.txt", json.loads(line)["identifier"])
        (self.folder / f"{place.data.parent.name}.log").write_text(place.logged(), encoding="utf-8")


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
        self._till_it_stays(lambda: self.page.goto(f"{self.place.url}/{self.language}/{path}"))
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
        self._till_it_stays(lambda: self._gates(status))

    def _till_it_stays(self, do: Callable[[], object]) -> None:
        """A page that waits for something opens itself anew, perhaps just now: then once more."""
        for left in reversed(range(5)):
            try:
                do()
            except Error as problem:
                if not left or not any(words in str(problem) for words in WENT_AWAY):
                    raise
                self.page.wait_for_load_state()
            else:
                return

    def _gates(self, status: int) -> None:
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
        if self.scripts and self.kept.is_first(kind := self._kind()):
            try:
                found = self._axe()
            except Error:
                self.kept.takes_back(kind)
                raise
            assert not found, f"{self.page.url}: {found}"
        assert not self.seen, f"{self.page.url}: {self.seen}"
        self.eyes.read(self.page, self.path(), self.language)

    def _kind(self) -> str:
        """What axe need not see twice: same address but for references, same headings, same pieces."""
        pieces = self.page.evaluate(
            "() => [...new Set([...document.querySelectorAll('h1, h2, h3, [class]')]"
            ".map(one => one.localName + '.' + one.className))].sort().join()"
        )
        address = VARYING.sub("", urlsplit(self.page.url).path)
        return f"{self.language} {self.width} {address} {pieces}"

    def _axe(self) -> list[str]:
        self.page.evaluate(AXE())
        result: dict[str, Any] = self.page.evaluate(
            "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations', 'incomplete']})"
            ".then(({violations, incomplete}) => ({violations, incomplete}))",  # without a page of what passes
            RULES,
        )
        for one in result["incomplete"]:
            for node in one["nodes"]:
                why = " ".join(said["message"] for said in node["any"] + node["all"] + node["none"])
                address = VARYING.sub("…", self.page.url)
                self.kept.note("incomplete.txt", f"{self.width} {address}: {one['id']} {node['target']} {why}")
        return [f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in result["violations"]]

    def _came(self, response: Response) -> None:
        asked = response.request
        a_page = asked.resource_type == "document" and asked.frame == self.page.main_frame
        if a_page and "text/html" in response.headers.get("content-type", "") and response.status // 100 != 3:
            self.sent = response

    def _asked(self, url: str) -> None:
        if url.startswith(("data:", "blob:")):
            return
        self.kept.asked(url)
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

    In every language and width some officer signs in anew. No session goes on in another file of journeys: what it
    holds would then hang on which files one process happens to walk.
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
    """The code that the officer's app shows, or the next, as if its clock ran half a minute fast: none is taken twice.

    `pencere demo code` says the one of now (`test_public_pages.py`).
    """
    lines = (place.data / "demo" / "people.jsonl").read_text(encoding="utf-8").splitlines()
    (identifier,) = {
        one["identifier"]
        for one in map(json.loads, lines)
        if one["role"] and name in one["name"] and (one["role"] == role or role in one["name"])
    }
    key = (place.data / "keys" / "demo-second-factor").read_text().strip()
    secret = base64.b32encode(hmac.digest(key.encode(), identifier.encode(), hashlib.sha256)[:20]).decode()
    now = int(time.time()) // rules.STEP_SECONDS
    step = kept.used[place.url, name] = max(now, kept.used.get((place.url, name), 0) + 1)
    while step > int(time.time()) // rules.STEP_SECONDS + rules.DRIFT:
        time.sleep(0.5)
    return rules.code_at(secret, step)
