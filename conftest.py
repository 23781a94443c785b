"""Fixtures for every test: the country in use, a real browser. More in tests/journeys/conftest.py."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from pencere.country import nodes
from tests import tools

CI = os.environ.get("CI", "").lower() == "true"
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


_BY_FILE = ("tests/journeys/", "src/pencere/country/tests/test_dmn.py")  # the second sets up a large engine


class InGroups(LoadScopeScheduling):  # type: ignore[misc]
    """A file of journeys in one process, for its steps share what it sets up; other tests wherever there is room.

    What parts try in a browser is one piece, too: it needs a database of tests, which the journeys do not.

    pytest-xdist 3.8 groups by a sign that it writes behind a test's name, which pytest 9 does not keep: its own
    `loadgroup` spreads a group over all processes.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if file.endswith("/tests/test_browser.py"):
            return "test_browser.py"
        return file if file.startswith(_BY_FILE) else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return InGroups(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where a program is missing, the tests that need it are left out and named; with CI=true they fail instead."""
    # Playwright's loop stays in its thread: browsers come last, so that no other test meets it. What kills processes
    # takes longest, so it comes first: at the end no process is left alone with it.
    items.sort(key=lambda item: (bool(item.get_closest_marker("browser")), not item.get_closest_marker("faults")))
    if "PYTEST_XDIST_WORKER" in os.environ:  # it sees what one process walked: they judge in a run of their own
        _leave_out(config, items, [item for item in items if item.get_closest_marker("judges")])
    if os.environ.get("PENCERE_TEST_DATABASE"):
        _leave_out(config, items, [item for item in items if _knows_no_database(item)])
    if CI:
        return
    without = []
    if tools.program("chromium") is None:
        without.append("browser")
    if any(tools.program(name) is None for name in ("pdfsig", "qpdf", "mutool", "zbarimg", "certutil", "javac", "mvn")):
        without.append("outside_tool")
    if os.geteuid() != 0:
        without.append("root")
    _leave_out(config, items, [item for item in items if any(item.get_closest_marker(name) for name in without)])


def _knows_no_database(item: pytest.Item) -> bool:
    """What runs on one engine is not run again on the other: what asks for no database, and tests marked `one_engine`.

    Nor are most walks in a browser, which take longest and show of a database what other tests do; `make prove` does.
    """
    if item.get_closest_marker("one_engine"):
        return True
    if item.get_closest_marker("browser"):
        return not (item.get_closest_marker("both_engines") or os.environ.get("EVERY_WALK"))
    return not (any(item.get_closest_marker(name) for name in ("django_db", "faults", "both_engines"))
                or {"db", "transactional_db"} & set(item.fixturenames))  # fmt: skip


def _leave_out(config: pytest.Config, items: list[pytest.Item], left_out: list[pytest.Item]) -> None:
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        chosen = set(left_out)
        items[:] = [item for item in items if item not in chosen]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The system's Chromium, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=tools.browser(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
                  "--disable-sync", "--no-first-run", "--disable-quic"],
        )  # fmt: skip
        yield browser
        browser.close()


@pytest.fixture(autouse=True, scope="session")
def _tables_are_emptied_quickly() -> Iterator[None]:
    from tests.emptying import only_what_holds_rows

    with only_what_holds_rows():
        yield


@pytest.fixture(autouse=True, scope="session")
def _a_file_of_a_country_is_parsed_once() -> Iterator[None]:
    """Tests read a country hundreds of times, most of them one that differs in a file or two. Nobody changes a node."""
    real = nodes.parse

    @lru_cache(maxsize=4096)
    def parsed(content: bytes, file: str) -> tuple[nodes.Node | None, tuple[nodes.Finding, ...]]:
        findings: list[nodes.Finding] = []
        return real(content, file, findings), tuple(findings)

    def parse(content: bytes, file: str, findings: list[nodes.Finding]) -> nodes.Node | None:
        node, found = parsed(content, file)
        findings.extend(found)
        return node

    nodes.parse = parse
    yield
    nodes.parse = real


@pytest.fixture(autouse=True)
def _registers_kept_elsewhere_answer_from_the_tables_of_the_test() -> Iterator[None]:
    """By the same contract as the demo's stand-in (`exchange/tests/test_contract.py`), without a process apart."""
    from pencere.exchange.tests.make import elsewhere_next_door

    with elsewhere_next_door():
        yield
