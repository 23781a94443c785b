"""The last journey: every page that any journey has opened, every public page and every page of error, before judges.

Their HTML is valid for html-validate and for the Nu checker; the first visit is small; nothing is asked of another
host; and no identifier of a person, no code of a certificate stands in an address or in the log.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response

from pencere.ui.building import find_node
from tests import tools
from tests.installation import Installation
from tests.journeys.walking import Kept, person

pytestmark = [pytest.mark.browser, pytest.mark.outside_tool]

LANGUAGES = ("az", "en", "ru")
PUBLIC = (
    "", "services/", "services/?q=ünvan", "services/?q=xyz", "services/residence-certificate/", "agencies/",
    "agencies/din/", "agencies/bpqmi/", "life/moving-home/", "life/having-a-child/", "verify/", "verify/?send",
    "verify/0000000000000000000000/", "accessibility/", "privacy/", "sign-in/", "signed-out/",
    "demo/agencies/",
)  # fmt: skip
MOST_BYTES, MOST_REQUESTS = 40 * 1024, 10
HERE = Path(__file__).parent


@pytest.mark.one_engine
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


@pytest.mark.one_engine
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


@pytest.mark.one_engine
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


@pytest.mark.one_engine
def test_html_validate_finds_nothing(kept: Kept, tmp_path: Path):
    said = tmp_path / "found.json"  # a file: what it writes into a pipe is cut off when it ends
    with said.open("w") as output:
        found = subprocess.run(
            [*find_node().node, str(tools.REPOSITORY / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"),
             "--config", str(HERE / "html-validate.cjs"), "--formatter", "json", str(kept.folder)],
            stdout=output, stderr=subprocess.PIPE, text=True, check=False, cwd=tools.REPOSITORY,
        )  # fmt: skip
    assert found.returncode in (0, 1), found.stderr
    assert _sentences(kept, json.loads(said.read_text() or "[]")) == []


def _sentences(kept: Kept, results: list[dict[str, Any]]) -> list[str]:
    addresses = _addresses(kept)
    return sorted({
        f"{one['ruleId']}: {one['message']} ({addresses.get(Path(result['filePath']).name)}:{one['line']})"
        for result in results
        for one in result["messages"]
    })  # fmt: skip


def _addresses(kept: Kept) -> dict[str, str]:
    lines = (kept.folder / "addresses.txt").read_text().splitlines()
    return dict(line.split(" ", 1) for line in lines)


@pytest.mark.one_engine
def test_the_nu_checker_finds_nothing(kept: Kept):
    jar = tools.REPOSITORY / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    found = subprocess.run(
        [str(tools.program("java")), "-Xss2m", "-jar", str(jar), "--format", "json", "--skip-non-html",
         "--exit-zero-always", str(kept.folder)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    messages = json.loads(found.stderr)["messages"]
    addresses = _addresses(kept)
    said = {
        f"{one.get('subType') or one['type']}: {one['message']} ({addresses.get(one['url'].rpartition('/')[2])})"
        for one in messages
    }
    assert list(kept.folder.glob("*.html"))
    assert said == set()


def test_no_identifier_and_no_code_stands_in_an_address_or_in_the_log(portal: Installation, kept: Kept):
    people = (portal.data / "demo" / "people.jsonl").read_text().splitlines()
    identifiers = {json.loads(line)["identifier"] for line in people}
    words = {word for address in kept.addresses for word in re.split(r"[^A-Za-z0-9_-]+", address)}
    log = portal.logged()

    assert len(identifiers) > 100 and kept.addresses
    assert words & identifiers == set()
    assert set(re.split(r"[^A-Za-z0-9_-]+", log)) & identifiers == set()
    codes = set(re.findall(r"/verify/([\w-]{16,})", " ".join(kept.addresses)))
    assert codes
    assert [code for code in codes if code in log] == []
