"""In a real browser the file stays with the checker: only its hash is sent.

The browser is driven from a thread of its own, since Playwright keeps an event loop in the thread it is used in; and
papers are sealed in one, since sealing has a loop, too, and other tests' browser may be in this thread.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connections
from playwright.sync_api import sync_playwright

from pencere.certificates.tests import make
from tests import tools

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def address(live_server: Any, settings: Any) -> str:
    """The product's own name is that of the test's server."""
    settings.PENCERE = replace(settings.PENCERE, url=live_server.url.replace("127.0.0.1", "localhost"))
    return str(settings.PENCERE.url)


def in_browser(visit: Callable[[Any], None], *, scripts: bool = True) -> None:
    def drive() -> None:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=tools.program("chromium"), args=["--no-sandbox"])
            page = browser.new_context(java_script_enabled=scripts).new_page()
            page.route("**/assets/*", built)
            visit(page)
            browser.close()

    _apart(drive)


def paper() -> bytes:
    def issue() -> bytes:
        try:
            return make.issued().files["az"]
        finally:
            connections.close_all()

    return bytes(_apart(issue))


def _apart(do: Callable[[], Any]) -> Any:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(do).result()


def built(route: Any) -> None:
    """The test's server has no assets: they come from where they were built."""
    route.fulfill(path=Path(django_settings.STATIC_ROOT) / route.request.url.rpartition("/")[2])


def test_with_a_script_only_the_hash_is_sent(address: str, tmp_path: Path) -> None:
    file = paper()
    (tmp_path / "paper.pdf").write_bytes(file)
    (tmp_path / "changed.pdf").write_bytes(file[:-1] + b"X")
    sent: list[bytes] = []

    def visit(page: Any) -> None:
        page.on("request", lambda request: sent.append(request.post_data_buffer) if request.method == "POST" else None)
        for name, words in (("paper", "This document is genuine"), ("changed", "This file is not what was issued")):
            page.goto(f"{address}/en/verify/")
            page.set_input_files("#id_file", tmp_path / f"{name}.pdf")
            page.get_by_role("button", name="Check the file").click()
            page.wait_for_selector(f"text={words}")

    in_browser(visit)

    assert len(sent) == 2
    assert all(b"%PDF" not in body and len(body) < 1000 for body in sent)


def test_without_a_script_the_file_is_sent_and_the_page_says_so(address: str, tmp_path: Path) -> None:
    (tmp_path / "added.pdf").write_bytes(paper() + b"%")
    says: list[bool] = []

    def visit(page: Any) -> None:
        page.goto(f"{address}/en/verify/")
        says.append(page.locator("text=Your file is sent to us, checked and not kept").is_visible())
        page.set_input_files("#id_file", tmp_path / "added.pdf")
        page.get_by_role("button", name="Check the file").click()
        page.wait_for_selector("text=then something was added to it")

    in_browser(visit, scripts=False)

    assert says == [True]
