"""A file is loaded in a real Chromium: in each language, wide and narrow, by keyboard, with and without scripts."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.test.testcases import LiveServerThread, QuietWSGIRequestHandler

from pencere.identity.tests import make as people
from pencere.jobs import actions as jobs
from pencere.registers import queries
from pencere.registers.importing import arriving
from pencere.registers.importing.tests import make
from tests.installation import free_port
from tests.journeys.walking import AXE, RULES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.one_engine]
WAYS = [("az", 1280, True), ("en", 320, True), ("ru", 320, False), ("ru", 1280, True)]


class Server(LiveServerThread):
    def _create_server(self, connections_override: Any = None) -> Any:
        return self.server_class(
            (self.host, self.port), QuietWSGIRequestHandler, connections_override=connections_override
        )


@pytest.fixture
def portal(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "loads"
    folder.mkdir()
    monkeypatch.setattr(arriving, "folder", lambda: folder)
    port = free_port()
    settings.PENCERE = replace(settings.PENCERE, url=f"http://localhost:{port}")
    settings.CSRF_TRUSTED_ORIGINS = [settings.PENCERE.url]
    thread = Server("127.0.0.1", lambda application: application, port=port)
    thread.daemon = True
    with make.using_boats(desk=make.DESK):
        thread.start()
        thread.is_ready.wait(10)
        if thread.error:
            raise thread.error
        yield settings.PENCERE.url
        thread.terminate()
        connections.close_all()


class Officer:
    def __init__(self, browser: Any, portal: str, language: str, width: int, script: bool) -> None:
        client = people.signed_in(people.officer(), confirmed=True)
        self.context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=script)
        name = django_settings.SESSION_COOKIE_NAME
        self.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": portal}])
        self.page, self.script, self.complaints = self.context.new_page(), script, []
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda problem: self.complaints.append(str(problem)))
        self.shots = Path(os.environ.get("SHOTS", "")) if os.environ.get("SHOTS") else None
        self.mark = f"{language}-{width}"

    def look(self, name: str) -> None:
        """The gates of a page; a picture of it where somebody asks for pictures (`SHOTS`)."""
        if self.shots is not None:
            self.page.screenshot(path=str(self.shots / f"{name}-{self.mark}.png"), full_page=True)
        assert self.page.locator("h1").count() == 1
        if self.script:
            assert self.page.locator("html").evaluate("page => page.scrollWidth - page.clientWidth") <= 0, name
            self.page.evaluate(AXE())
            found = self.page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
            assert not found, (name, [(one["id"], one["nodes"][0]["html"]) for one in found])
        assert not self.complaints, (name, self.complaints)

    def press(self, place: str) -> None:
        self.page.locator(place).first.focus()
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def until(self, place: str) -> None:
        for _look in range(60):
            if self.page.locator(place).count():
                return
            time.sleep(0.5)
            if not self.script:
                self.page.reload()
        raise AssertionError(self.page.content())


@pytest.mark.parametrize(("language", "width", "script"), WAYS)
def test_a_file_is_loaded_and_undone(
    chromium: Any, portal: str, tmp_path: Path, language: str, width: int, script: bool
):
    lines = [make.line(number, **({"built": "soon"} if number % 9 == 0 else {})) + ",x" for number in range(1, 60)]
    path = make.file(tmp_path, lines, head=",".join(make.HEAD) + ",Sail")
    officer = Officer(chromium, portal, language, width, script)
    page = officer.page
    page.goto(f"{portal}/{language}/console/loads/")
    officer.look("empty")
    officer.press("main a.govuk-button")
    officer.look("new")
    officer.press("main form button")
    officer.look("new-refused")
    page.select_option("#register", "boats")
    page.set_input_files("#file", str(path))
    officer.press("main form button")
    officer.look("columns")
    officer.press("button[value=check]")
    officer.look("columns-refused")
    page.select_option("#column-9", "-")
    officer.press("button[value=check]")
    officer.look("waiting")

    worker = threading.Thread(target=_work)
    worker.start()
    officer.until("a[href$='/confirm/']")
    worker.join(30)
    officer.look("ready")
    officer.press("a[href$='/confirm/']")
    officer.look("confirm")
    officer.press("main form button")
    worker = threading.Thread(target=_work)
    worker.start()
    officer.until("a[href$='/undo/']")
    worker.join(30)
    assert queries.count("boats") == 53
    officer.look("confirmed")
    officer.press("a[href$='/undo/']")
    officer.look("undo")
    page.goto(f"{portal}/{language}/console/loads/")
    officer.look("list")
    officer.context.close()


def _work() -> None:
    time.sleep(0.5)
    jobs.run_pending(kinds=(jobs.LONG,))
    connections.close_all()


@pytest.mark.parametrize(("language", "width", "script"), WAYS)
def test_possible_duplicates_are_decided(
    chromium: Any, portal: str, tmp_path: Path, language: str, width: int, script: bool
):
    with make.using_boats(desk=make.DESK, alike=("name", "built")):
        make.confirmed(make.file(tmp_path, [make.line(1, name="Ay", price="100")], name="old.csv"))
        path = make.file(tmp_path, [make.line(2, name="AY", price="7"), make.line(3), make.line(4, name="Şəfəq 3")])
        officer = Officer(chromium, portal, language, width, script)
        page = officer.page
        page.goto(f"{portal}/{language}/console/loads/new/")
        page.select_option("#register", "boats")
        page.set_input_files("#file", str(path))
        officer.press("main form button")
        officer.press("button[value=check]")
        worker = threading.Thread(target=_work)
        worker.start()
        officer.until("a[href$='/possible-duplicates/']")
        worker.join(30)
        officer.look("doubts-ready")
        officer.press("a[href$='/possible-duplicates/']")
        officer.look("doubts")
        officer.press("button[value=save]")
        officer.look("doubts-refused")
        page.locator("input[value^='correct:']").focus()
        page.keyboard.press("Space")
        page.locator("input[name=line-4]").nth(1).focus()
        page.keyboard.press("Space")
        officer.press("button[value=save]")
        officer.look("doubts-none")
        officer.press("main a[href*='all=1']")
        officer.look("doubts-all")
        page.goto(f"{portal}/{language}/console/loads/")
        officer.press("main .pen-list a")
        officer.look("doubts-decided")
        officer.press("a[href$='/confirm/']")
        officer.look("doubts-confirm")
        officer.press("main form button")
        worker = threading.Thread(target=_work)
        worker.start()
        officer.until("a[href$='/undo/']")
        worker.join(30)
        assert queries.count("boats") == 2
        officer.context.close()
