"""A place in a kindergarten: two queues joined at once; no queue for a child that has a place."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation
from tests.journeys import applying
from tests.journeys.filling import fill, goes_on, office_task, press, somebody
from tests.journeys.walking import Kept, Person, officer, person

pytestmark = [pytest.mark.browser, pytest.mark.outside_tool]

SERVICE = "kindergarten-place"


@pytest.mark.both_engines
def test_a_child_joins_two_queues_after_the_opinion_was_looked_up(chromium: Browser, portal: Installation, kept: Kept):
    parent = somebody(portal, SERVICE, "refused", "is not vaccinated")  # who would be granted walks elsewhere (tasks)
    with person(chromium, portal, kept, language="en", width=320) as citizen:
        ref = _wished(citizen, parent.name, _child(parent.note), groups=2, special=True)
        applying.send(citizen)
        with officer(chromium, portal, kept, "Həsənova Sona", "Həsənova Sona", language="en") as education:
            office_task(education, ref)
            fill(education, {"special_need": True})
            press(education)
        goes_on(citizen, f"me/cases/{ref}/", "number 1 in the queue")


def test_a_child_with_a_place_reads_so_before_sending(chromium: Browser, portal: Installation, kept: Kept):
    parent = somebody(portal, SERVICE, "refused", "goes to a kindergarten already")
    with person(chromium, portal, kept, language="az") as citizen:
        _wished(citizen, parent.name, _child(parent.note), groups=1, special=False)
        assert citizen.sees("Uşağın artıq bağçada yeri var")
        applying.send(citizen)
        assert citizen.sees("Uşağın artıq bağçada yeri var")


def _child(note: str) -> str:
    found = re.search(r"\((.+?)\)", note)
    assert found
    return found[1]


def _wished(citizen: Person, parent: str, child: str, *, groups: int, special: bool) -> str:
    """Up to the page where everything is checked."""
    ref = applying.begin(citizen, parent, service=SERVICE)
    citizen.go(f"apply/{ref}/choice/")
    fill(citizen, {"child": child, "special_group": special})
    citizen.send()
    citizen.go(f"apply/{ref}/wishes/")
    for number in range(groups):
        if number:
            citizen.click("main a[href*='/wishes/']:has-text('Add')")
        citizen.page.locator("main input[type=radio][name=group]").nth(number).check()
        citizen.send()
    citizen.go(f"apply/{ref}/check/")
    return ref
