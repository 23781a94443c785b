"""Fixtures of this part's tests: a provider that can be told what to say, and the demo's real one, a process apart."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
import requests
from django.conf import settings as django_settings

from pencere.identity import navigation, openid
from pencere.identity.demo_provider import people
from pencere.identity.demo_provider.people import Person
from pencere.identity.tests import make
from pencere.ui import links
from tests.installation import free_port

STORY = {"az": "İki uşağı var.", "en": "Has two children.", "ru": "Двое детей."}
PERSONS = (
    Person(make.SEVINC, "Nümunəli Sevinc Kamal qızı", date(1988, 4, 12), STORY),
    Person(make.TOFIQ, "Quliyev Tofiq Həsən oğlu", date(1962, 11, 30), {"az": "Köhnə küçə."}),
    Person(make.NARGIZ, "Əhmədli Nərgiz Vaqif qızı", date(1984, 6, 3), None, "din", "registry"),
    Person("7ABC123", "Məmmədova Çinarə Əli qızı", date(1990, 1, 2)),
)


@pytest.fixture(autouse=True)
def _only_our_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' pages are those of this part alone, so the bars name no others."""
    monkeypatch.setattr(links, "entries", lambda name: tuple(getattr(navigation, name, ())))


@dataclass(frozen=True)
class DemoProvider:
    """The demo's provider, running."""

    url: str
    port: int
    portal: str
    process: int


@pytest.fixture
def fake(settings: Any) -> Iterator[make.FakeProvider]:
    """The portal is set to a provider that says what the test wants."""
    with make.fake_provider() as provider:
        settings.PENCERE = replace(settings.PENCERE, oidc_issuer=provider.url)
        openid.forget()
        yield provider
    openid.forget()


@pytest.fixture(scope="session")
def demo_provider() -> Iterator[DemoProvider]:
    """`pencere demo-provider` in a process of its own, for a portal at a port that is still free."""
    here = django_settings.PENCERE
    people.write(here.data / "demo" / "people.jsonl", PERSONS)
    port, portal = free_port(), f"http://localhost:{free_port()}"
    environ = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"} | {
        "PENCERE_DATA": str(here.data), "PENCERE_DEMO": "yes", "PENCERE_URL": portal,
        "PENCERE_DEMO_IDP_ADDRESS": f"127.0.0.1:{port}",
    }  # fmt: skip
    environ.pop("PENCERE_DATABASE", None)
    log = (here.data / "demo-provider.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "pencere", "demo-provider"], env=environ, stdout=log, stderr=subprocess.STDOUT
    )
    address = f"http://localhost:{port}"
    try:
        for _ in range(300):
            try:
                if requests.get(f"{address}/.well-known/openid-configuration", timeout=1).ok:
                    break
            except requests.RequestException:
                time.sleep(0.1)
        else:
            raise RuntimeError((here.data / "demo-provider.log").read_text())
        yield DemoProvider(address, port, portal, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=10)
        log.close()


@pytest.fixture
def demo(demo_provider: DemoProvider, settings: Any) -> Iterator[DemoProvider]:
    """The portal is set to the running demo provider."""
    settings.PENCERE = replace(
        settings.PENCERE, url=demo_provider.portal, demo_idp_address=("127.0.0.1", demo_provider.port)
    )
    openid.forget()
    yield demo_provider
    openid.forget()
