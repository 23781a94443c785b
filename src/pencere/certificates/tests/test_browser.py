"""In a real browser the file stays with the checker: only its hash is sent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection

from pencere.certificates import seals
from pencere.certificates.tests import make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def built(route: Any) -> None:
    """The test's server has no assets: they come from where they were built."""
    route.fulfill(path=Path(django_settings.STATIC_ROOT) / route.request.url.rpartition("/")[2])


def issued_apart() -> bytes:
    """In a thread of its own, since Playwright keeps an event loop in this one, where no seal can be made."""

    def issue() -> bytes:
        try:
            return make.issued().files["az"]
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(issue).result()


@pytest.fixture
def address(live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """The product's own name is that of the test's server. Playwright's loop runs in this thread, which is no harm."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")
    settings.PENCERE = replace(settings.PENCERE, url=live_server.url.replace("127.0.0.1", "localhost"))
    return str(settings.PENCERE.url)


def test_with_a_script_only_the_hash_is_sent(address: str, chromium: Any, tmp_path: Path) -> None:
    file = issued_apart()
    (tmp_path / "paper.pdf").write_bytes(file)
    (tmp_path / "changed.pdf").write_bytes(file[:-1] + b"X")
    sent: list[bytes] = []
    page = chromium.new_page()
    page.on("request", lambda request: sent.append(request.post_data_buffer) if request.method == "POST" else None)
    page.route("**/assets/*", built)

    page.goto(f"{address}/en/verify/")
    page.set_input_files("#id_file", tmp_path / "paper.pdf")
    page.get_by_role("button", name="Check the file").click()
    page.wait_for_selector("text=This document is genuine")
    page.goto(f"{address}/en/verify/")
    page.set_input_files("#id_file", tmp_path / "changed.pdf")
    page.get_by_role("button", name="Check the file").click()
    page.wait_for_selector("text=This file is not what was issued")

    assert len(sent) == 2
    assert all(b"%PDF" not in body and len(body) < 1000 for body in sent)
    page.close()


def test_without_a_script_the_file_is_sent_and_says_so(address: str, chromium: Any, tmp_path: Path) -> None:
    file = issued_apart()
    (tmp_path / "added.pdf").write_bytes(file + b"%")
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()

    page.goto(f"{address}/en/verify/")
    says = page.locator("text=Your file is sent to us, checked and not kept").is_visible()
    page.set_input_files("#id_file", tmp_path / "added.pdf")
    page.get_by_role("button", name="Check the file").click()
    page.wait_for_selector("text=then something was added to it")

    assert says
    assert seals.trust_list().seals
    context.close()
