"""One installation for all journeys of a test process, and what they have seen."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.installation import Installation, installation
from tests.journeys.walking import Kept

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in this thread


@pytest.fixture(scope="session")
def portal() -> Iterator[Installation]:
    with installation() as place:
        place.start(persons=300)
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
