"""Fixtures of this part's tests: the fake provider, and the demo's real one, a process apart."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import settings as django_settings
from django.urls import clear_url_caches

from pencere.base import clock
from pencere.identity import navigation
from pencere.payments import provider
from pencere.payments.tests import make
from pencere.payments.tests.fake import FakeProvider
from pencere.ui import links
from tests.installation import free_port


@pytest.fixture(autouse=True)
def _only_our_pages(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The tests' pages are those of this part and of the sign-in, so the bars name no others."""
    settings.ROOT_URLCONF = "pencere.payments.tests.pages"
    monkeypatch.setattr(links, "entries", lambda name: tuple(getattr(navigation, name, ())))
    clear_url_caches()
    yield
    clear_url_caches()


@pytest.fixture
def fake() -> Iterator[FakeProvider]:
    """The installation's provider is one in memory, and the clock stands."""
    one = FakeProvider()
    with provider.using(one), clock.standing_at(make.NOW):
        yield one


@dataclass(frozen=True)
class DemoProvider:
    """The demo's provider, running."""

    url: str
    port: int
    portal: str
    log: Path

    def choose(self, page: str, what: str) -> requests.Response:
        """What the visitor chooses on the order's page."""
        with requests.Session() as browser:
            shown = browser.get(page)
            assert shown.status_code == 200, shown.text
            token = shown.text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
            return browser.post(
                page,
                {"chosen": what, "csrfmiddlewaretoken": token},
                headers={"Referer": page},
                allow_redirects=False,
            )


@pytest.fixture(scope="session")
def demo_process() -> Iterator[DemoProvider]:
    """`pencere demo-payments` in a process of its own, for a portal at a port that is still free."""
    here = django_settings.PENCERE
    port, portal = free_port(), f"http://localhost:{free_port()}"
    environ = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"} | {
        "PENCERE_DATA": str(here.data), "PENCERE_DEMO": "yes", "PENCERE_URL": portal,
        "PENCERE_DEMO_PAYMENTS_ADDRESS": f"127.0.0.1:{port}",
    }  # fmt: skip
    environ.pop("PENCERE_DATABASE", None)
    log = here.data / "demo-payments.log"
    url = f"http://localhost:{port}"
    with log.open("w") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "pencere", "demo-payments"], env=environ, stdout=written, stderr=subprocess.STDOUT
        )
        try:
            _wait(url, log)
            yield DemoProvider(url, port, portal, log)
        finally:
            process.terminate()
            process.wait(timeout=10)


def _wait(url: str, log: Path) -> None:
    for _ in range(300):
        try:
            if requests.get(f"{url}/health/live", timeout=1).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)
    raise RuntimeError(log.read_text())


@pytest.fixture
def demo(demo_process: DemoProvider, settings: Any) -> DemoProvider:
    """The portal is set to the running provider of the demo."""
    settings.PENCERE = replace(
        settings.PENCERE, url=demo_process.portal, demo_payments_address=("127.0.0.1", demo_process.port)
    )
    return demo_process
