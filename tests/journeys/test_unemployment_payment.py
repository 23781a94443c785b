"""Who lost the job by a staff cut is paid as soon as the employment office has approved the programme."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation
from tests.journeys import applying
from tests.journeys.filling import fill, goes_on, somebody
from tests.journeys.walking import Kept, Person, person

pytestmark = [pytest.mark.browser, pytest.mark.outside_tool]

SERVICE = "unemployment-payment"
ACCOUNT = "AZ21NABZ00000000137010001944"


def test_the_payment_waits_for_the_programme_and_is_then_ordered(chromium: Browser, portal: Installation, kept: Kept):
    with person(chromium, portal, kept, language="en") as citizen:
        ref = _apply(citizen, somebody(portal, SERVICE, "granted").name)
        goes_on(citizen, f"me/cases/{ref}/", "We wait until this body tells that it is done")
        assert citizen.sees("You have a right to the payment")
        goes_on(citizen, f"me/cases/{ref}/", "Payment orders", seconds=120)


def test_who_works_is_told_so_before_and_after(chromium: Browser, portal: Installation, kept: Kept):
    with person(chromium, portal, kept, language="az", width=320) as citizen:
        works = somebody(portal, "job-seeker-registration", "partly")
        ref = _apply(citizen, works.name, advice="Siz işsiz kimi qeydiyyatda deyilsiniz")
        citizen.go(f"me/cases/{ref}/")
        assert citizen.sees("İmtina edilib. Siz işsiz kimi qeydiyyatda deyilsiniz")
        assert citizen.sees("şikayət edə bilərsiniz")


def _apply(citizen: Person, name: str, advice: str = "") -> str:
    """Applies, and gives the reference of the case; `advice` stands on the page of the check."""
    ref = applying.begin(citizen, name, SERVICE)
    citizen.go(f"apply/{ref}/facts/")
    citizen.click("main .govuk-button")
    fill(citizen, {"account": ACCOUNT})
    citizen.send()
    assert citizen.path().endswith("/check/") and citizen.sees(advice)
    applying.send(citizen)
    return ref
