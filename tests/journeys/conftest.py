"""One installation for all journeys of a test process, and what they have seen."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.installation import Installation, installation
from tests.journeys.walking import Kept

HERE = Path(__file__).parent
_left_out: list[str] = []
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in this thread


@pytest.fixture(scope="session")
def portal() -> Iterator[Installation]:
    with installation() as place:
        place.start(persons=1500)
        yield place


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """A journey that fails shows the end of the installation's log."""
    report = yield
    place = getattr(item, "funcargs", {}).get("portal")
    if report.failed and place is not None:
        report.sections.append(("log of the installation", place.logged()[-6000:]))
    return report


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """The HTML of every opened page, for the checkers, and every address asked for."""
    return Kept(tmp_path_factory.mktemp("pages"))


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    _left_out.extend(item.nodeid for item in items if item.path.parent == HERE)


@pytest.fixture(scope="session")
def part(request: pytest.FixtureRequest) -> str:
    """Why this run is not every journey, in words; empty if it is."""
    chosen = {item.path.name for item in request.session.items if item.path.parent == HERE}
    missing = sorted({file.name for file in HERE.glob("test_*.py")} - chosen)
    if missing or _left_out or any("::" in word for word in request.config.args):
        return f"only a part of the journeys ran: {len(missing)} files and {len(_left_out)} more tests were left out"
    return ""
