"""A preview: every service's registers say what its examples give, and a saved file is read again."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from pencere import country
from pencere.conf.preview import inventing
from pencere.conf.preview.inventing import Stage
from pencere.conf.preview.watching import Watched
from pencere.conf.running import die_with_parent
from pencere.country.facts import asked
from pencere.registers import queries as registers
from tests.installation import free_port
from tests.tools import REPOSITORY

SERVICES = sorted(country.current().services)
PERSON = "5ABC123"


@pytest.mark.parametrize("service", SERVICES)
def test_registers_answer_every_example_in_values_of_their_kinds(service: str) -> None:
    here = country.current()
    one = here.services[service]
    for number in range(len(one.examples)):
        stage = Stage(service, number, PERSON)
        for evidence in one.evidence.values():
            source = asked(here, evidence)
            assert source is not None
            rows = inventing.rows_of(here, one, stage, source.register.id, source.answer.name, evidence.take)
            for row in rows:
                assert set(row) == set(evidence.take)
                for name, value in row.items():
                    registers.in_memory(source.register.id, name, value)


def test_what_an_example_says_is_what_the_register_says() -> None:
    here = country.current()
    one = here.services["residence-certificate"]
    number = next(at for at, example in enumerate(one.examples) if example.name == "street renamed")
    take = ("state", "now")
    (row,) = inventing.rows_of(here, one, Stage(one.id, number, PERSON), "address-register", "by-address", take)
    assert row == {"state": "renamed", "now": "Nizami 5-12"}
    nowhere = next(at for at, example in enumerate(one.examples) if example.name == "nowhere")
    assert inventing.rows_of(here, one, Stage(one.id, nowhere, PERSON), "residence", "by-person", ("address",)) == ()


def test_a_holder_gives_what_only_a_holder_gives() -> None:
    now = datetime(2026, 11, 2, tzinfo=UTC)
    made = inventing.given_back(country.current(), "birth-acts", Stage("birth-registration", 0, PERSON), now)
    assert set(made) == {"act_no", "registered_on", "child"}


def test_a_saved_file_is_read_again_and_a_spoilt_one_is_told(tmp_path: Path) -> None:
    before = country.current()
    folder = Path(shutil.copytree(REPOSITORY / "countries/template", tmp_path / "template"))
    try:
        country.use(folder)
        watched = Watched(folder)
        texts = folder / "services/home-certificate/en.yaml"
        title = country.current().services["home-certificate"].texts["title"]["en"]
        texts.write_text(texts.read_text().replace(title, "Another title"))
        os.utime(texts, ns=(1, time.time_ns() + 10**9))
        watched.look()
        assert country.current().services["home-certificate"].texts["title"]["en"] == "Another title"
        texts.write_text("title: [")
        os.utime(texts, ns=(1, time.time_ns() + 2 * 10**9))
        watched.look()
        assert any("home-certificate/en.yaml" in str(finding) for finding in watched.findings)
        assert country.current().services["home-certificate"].texts["title"]["en"] == "Another title"
    finally:
        country.use(before.folder)
        country.put_back(before)


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[str]:
    """`pencere preview` of a copy of the country, running; its address."""
    folder = shutil.copytree(REPOSITORY / "countries/azerbaijan", tmp_path / "az")
    address = f"127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "pencere", "preview", "residence-certificate", "--country", str(folder),
               "--address", address]  # fmt: skip
    environ = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    environ["TMPDIR"] = str(tmp_path)
    log = (tmp_path / "log").open("wb")
    process = subprocess.Popen(command, env=environ, stdout=log, stderr=log, preexec_fn=die_with_parent)
    url = f"http://localhost:{address.rpartition(':')[2]}"
    try:
        for _ in range(600):
            try:
                if requests.get(f"{url}/preview/stamp", timeout=2).ok:
                    break
            except requests.RequestException:
                time.sleep(0.1)
        else:
            raise RuntimeError((tmp_path / "log").read_text())
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)
        log.close()
    assert _nobody_answers(address), "a process of the preview outlived it"
    assert not list(Path(environ["TMPDIR"]).glob("pencere-preview-*")), "its folder was left behind"


def _nobody_answers(address: str) -> bool:
    host, _, port = address.rpartition(":")
    for _ in range(100):
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except ConnectionRefusedError:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.one_engine
def test_an_example_is_walked_on_the_real_pages(preview: str) -> None:
    browser = requests.Session()
    start = browser.get(f"{preview}/en/preview/", timeout=30).text
    assert "street renamed" in start and "walk/1/" in start
    page = browser.get(f"{preview}/en/preview/walk/1/", timeout=30)
    assert "/apply/residence-certificate/" in page.url
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token is not None and "/preview/reload.js" in page.text
    tasks = browser.post(page.url, {"csrfmiddlewaretoken": token[1]}, headers={"Referer": page.url}, timeout=30)
    assert "/tasks/" in tasks.url
    facts = browser.get(tasks.url.replace("/tasks/", "/request/"), timeout=30)
    assert "Who is the certificate for?" in facts.text
    assert browser.get(f"{preview}/en/preview/desk/", timeout=30).url.endswith("/en/desk/")
