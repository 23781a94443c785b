"""The last judge of all: was every declared service walked, granted and refused, by its person and by its officers?

What was walked is what the journeys saw (`walked.py`), what must be walked is what the services declare: those that
ship and the invented ones of the tests' country.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pencere.country.declarations import Service
from pencere.country.reading import load
from tests.countries import FIRST, laid_over
from tests.journeys.walked import CITIZEN, OFFICER, Walk, kept_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.one_engine,
    pytest.mark.outside_tool,
    pytest.mark.judges,
]
AT_A_DESK = ("check", "expert", "visit")


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Service]:
    return dict(load(laid_over(tmp_path_factory.mktemp("declared"))).services)


def test_every_service_is_walked_granted_and_refused_and_by_its_officers(
    pages: Path, services: dict[str, Service], part: str
):
    if part:
        pytest.skip(part)
    assert {folder.name for folder in (FIRST / "services").iterdir()} < services.keys()
    assert missing(services, kept_in(pages)) == []


def missing(services: dict[str, Service], walks: frozenset[Walk]) -> list[str]:
    """What is declared and was not seen, in words."""
    return [
        f"{service.id}: nobody saw the {role}'s part{f' that ends {ending}' if ending else ''}"
        for service in services.values()
        for role, ending in declared(service)
        if not any(_is(walk, service, role, ending) for walk in walks)
    ]


def declared(service: Service) -> Iterator[tuple[str, str]]:
    """Who must be seen at it, and how it ended ("" if that is all one)."""
    outcomes = {row.outcome for table in service.tables.values() for row in table.rows}
    if "grant" in outcomes:
        yield CITIZEN, "granted"
    if "refuse" in outcomes:
        yield CITIZEN, "refused"
    if "officer" in outcomes or has_a_desk(service):
        yield OFFICER, ""


def has_a_desk(service: Service) -> bool:
    """Whether an officer has a task in it: checks, judges, meets, hands over, looks in the archive."""
    handed_over = any(step.kind == "deliver" and step.through is None for step in service.steps)
    archives = any(evidence.none and evidence.none.archive for evidence in service.evidence.values())
    return handed_over or archives or any(step.kind in AT_A_DESK for step in service.steps)


def _is(walk: Walk, service: Service, role: str, ending: str) -> bool:
    title = service.texts["title"].get(walk.language, "")
    return (walk.country, walk.role) == (FIRST.name, role) and ending in ("", walk.ending) and walk.is_of(title)


def test_a_service_that_nobody_walked_is_missed(services: dict[str, Service]):
    one = services["plate-number"]
    seen = Walk(FIRST.name, "en", f"Application ABC – {one.texts['title']['en']}", CITIZEN, "granted")

    found = missing({one.id: one}, frozenset({seen}))

    assert found == [
        "plate-number: nobody saw the citizen's part that ends refused",
        "plate-number: nobody saw the officer's part",
    ]
    elsewhere = Walk("template", seen.language, seen.title, seen.role, seen.ending)
    assert len(missing({one.id: one}, frozenset({elsewhere}))) == 3


def test_titles_tell_the_services_apart(services: dict[str, Service]):
    for language in ("az", "en", "ru"):
        titles = [service.texts["title"][language] for service in services.values()]
        assert len(set(titles)) == len(titles)
