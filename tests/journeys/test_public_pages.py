"""Every public page and every page of error in all languages and two widths; what a first visit weighs.

Also the pages on which an officer signs in: elsewhere officers sign in once and work on in that session.
"""

from __future__ import annotations

import json
import re
import time

import pytest
from playwright.sync_api import Browser, Page, Response

from pencere.identity.rules import STEP_SECONDS
from tests.installation import Installation
from tests.journeys.walking import Kept, person

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]

LANGUAGES = ("az", "en", "ru")
PUBLIC = (
    "", "services/", "services/?q=ünvan", "services/?q=xyz", "services/residence-certificate/", "agencies/",
    "agencies/din/", "agencies/bpqmi/", "life/moving-home/", "life/having-a-child/", "verify/", "verify/?send",
    "verify/0000000000000000000000/", "accessibility/", "privacy/", "sign-in/", "signed-out/",
    "demo/agencies/",
)  # fmt: skip
MOST_BYTES, MOST_REQUESTS = 40 * 1024, 10


@pytest.mark.parametrize("width", [1200, 320])
@pytest.mark.parametrize("language", LANGUAGES)
def test_public_pages_and_pages_of_error_pass_the_gates(
    chromium: Browser, portal: Installation, kept: Kept, language: str, width: int
):
    with person(chromium, portal, kept, language=language, width=width) as visitor:
        for path in PUBLIC:
            visitor.go(path)
        for path in ("no-such-page/", "services/no-such-service/", "apply/no-such-service/"):
            visitor.page.goto(f"{portal.url}/{language}/{path}")
            if "/sign-in/" not in visitor.page.url:
                visitor.look(404)
        _sent_without_a_token(visitor.page, f"{portal.url}/{language}/sign-in/")
        visitor.look(403)


def _sent_without_a_token(page: Page, address: str) -> None:
    page.goto(address)
    page.evaluate("document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach(one => one.value = 'x')")
    page.locator("main form[action*='/sign-in/'] button").click()
    page.wait_for_load_state()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_too_large_or_unreadable_is_answered_in_words(
    chromium: Browser, portal: Installation, kept: Kept, language: str
):
    with person(chromium, portal, kept, language=language) as visitor:
        visitor.go("sign-in/")
        visitor.page.evaluate(
            """() => {
              const form = document.querySelector("main form[action*='/sign-in/']");
              const field = document.createElement("textarea");
              field.name = "long";
              field.value = "x".repeat(600_000);
              form.append(field);
            }"""
        )
        visitor.page.locator("main form[action*='/sign-in/'] button").click()
        visitor.page.wait_for_load_state()
        visitor.look(413)


@pytest.mark.parametrize("path", ["", "services/residence-certificate/"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_visit_is_small(chromium: Browser, portal: Installation, language: str, path: str):
    context = chromium.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    came: list[Response] = []
    page.on("response", lambda response: came.append(response))
    page.goto(f"{portal.url}/{language}/{path}", wait_until="networkidle")
    sizes = {each.url: each.request.sizes() for each in came}
    context.close()

    total = sum(size["responseBodySize"] for size in sizes.values())
    print(f"{language}/{path}: {total} bytes in {len(sizes)} requests")
    assert total <= MOST_BYTES, sizes
    assert len(sizes) <= MOST_REQUESTS, list(sizes)


@pytest.mark.parametrize("width", [1200, 320])
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_officer_signs_in_with_the_code_that_a_command_says(
    chromium: Browser, portal: Installation, kept: Kept, language: str, width: int
):
    lines = (portal.data / "demo" / "people.jsonl").read_text(encoding="utf-8").splitlines()
    officers = [one["name"] for one in map(json.loads, lines) if one["role"]]
    name = officers[-1 - LANGUAGES.index(language) - len(LANGUAGES) * (width == 320)]  # each has a code of their own
    with person(chromium, portal, kept, language=language, width=width) as clerk:
        clerk.page.goto(f"{portal.url}/{language}/desk/")
        clerk.look()
        clerk.sign_in(name, _said_code(portal, kept, name))
        assert clerk.path() == "desk/"


def _said_code(portal: Installation, kept: Kept, name: str) -> str:
    while kept.used.get((portal.url, name), 0) >= int(time.time()) // STEP_SECONDS:
        time.sleep(0.5)
    found = re.match(r"(\d{6})", portal.command("demo", "code", name).stdout)
    kept.used[portal.url, name] = int(time.time()) // STEP_SECONDS
    assert found
    return found[1]
