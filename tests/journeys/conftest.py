"""One installation for the journeys of a test process, and one folder for what those of all processes have seen.

Judges (`test_zz_…`) walk nowhere: they look at that folder when all walks are over. Where one process walks, they come
last; where several do, they are a run of their own (`tests.run`), and `JOURNEYS` names the folder to both.
"""

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
def portal(kept: Kept) -> Iterator[Installation]:
    with installation() as place:
        place.start(persons=1500, prepared=True)
        kept.places.append(place)
        yield place
        kept.closes(place)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """A journey that fails shows the end of the installation's log."""
    report = yield
    place = getattr(item, "funcargs", {}).get("portal")
    if report.failed and place is not None:
        report.sections.append(("log of the installation", place.logged()[-6000:]))
    return report


@pytest.fixture(scope="session")
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """The HTML of every opened page, for the checkers, and every address asked for."""
    folder = os.environ.get("JOURNEYS")
    kept = Kept(Path(folder) if folder else tmp_path_factory.mktemp("pages"))
    walked = {item.path.name for item in request.session.items if _walks(item)}
    for name in walked:
        kept.note("walked.txt", name)
    for word in [*_left_out, *(word for word in request.config.args if "::" in word)] if walked else []:
        kept.note("left-out.txt", word)
    return kept


@pytest.fixture(autouse=True, scope="module")
def _officers_sign_in_anew(kept: Kept) -> None:
    """What the session of an officer holds does not hang on which other files this process walks."""
    kept.officers.clear()
    kept.signed_in.clear()


@pytest.fixture
def pages(kept: Kept) -> Path:
    """For judges: the folder of all that was seen, with the logs of the installations as they are by now."""
    for place in kept.places:
        kept.closes(place)
    return kept.folder


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    _left_out.extend(item.nodeid for item in items if _walks(item))


@pytest.fixture
def part(pages: Path) -> str:
    """Why these were not all journeys, in words; empty if they were."""
    missing = {file.name for file in HERE.glob("test_*.py") if not file.name.startswith("test_zz_")}
    missing -= set(_lines(pages / "walked.txt"))
    left_out = set(_lines(pages / "left-out.txt"))
    if missing or left_out:
        return f"only a part of the journeys ran: {len(missing)} files and {len(left_out)} more tests were left out"
    return ""


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def _walks(item: pytest.Item) -> bool:
    return item.path.parent == HERE and item.get_closest_marker("judges") is None
