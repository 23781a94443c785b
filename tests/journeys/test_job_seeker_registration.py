"""Somebody without work is registered as a job seeker and as unemployed, but of a payment an officer must decide;
one who works is a job seeker only.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation
from tests.journeys import applying
from tests.journeys.filling import fill, goes_on, refuse, somebody
from tests.journeys.walking import Kept, Person, officer, person

pytestmark = [pytest.mark.browser, pytest.mark.outside_tool]

SERVICE, PAYMENT = "job-seeker-registration", "unemployment-payment"
EMPLOYMENT = "Orucova Mehriban"
ACCOUNT = "AZ21NABZ00000000137010001944"
NO_CONTRACT = "Reyestrdə əmək müqaviləniz yoxdur. Müqavilə daxil ediləndən sonra yenidən müraciət edin."


def test_who_has_no_work_is_both_job_seeker_and_unemployed_but_once(
    chromium: Browser, portal: Installation, kept: Kept
):
    with person(chromium, portal, kept, language="en") as citizen:
        ref = _seek(citizen, somebody(portal, SERVICE, "granted").name, "accountant")
        goes_on(citizen, f"me/cases/{ref}/", "Register of unemployed persons")
        assert citizen.sees("You are unemployed in the sense of the law")
        assert citizen.sees("Register of job seekers")
        again = _seek(citizen, "", "driver", advice="You need not apply again")
        citizen.go(f"me/cases/{again}/")
        assert citizen.sees("Refused") and citizen.sees("You have been registered as a job seeker since")

        ref = _asks_for_the_payment(citizen)
        with officer(chromium, portal, kept, EMPLOYMENT, EMPLOYMENT, language="az") as clerk:
            refuse(clerk, ref, NO_CONTRACT)
        citizen.go(f"me/cases/{ref}/")
        assert citizen.sees("Refused.") and citizen.sees(NO_CONTRACT)


def test_who_works_is_a_job_seeker_and_reads_why_not_unemployed(chromium: Browser, portal: Installation, kept: Kept):
    with person(chromium, portal, kept, language="az", width=320) as citizen:
        ref = _seek(citizen, somebody(portal, SERVICE, "partly").name, "mühasib")
        goes_on(citizen, f"me/cases/{ref}/", "İş axtaranların reyestri")
        assert citizen.sees("Qismən təmin edildi. Bitməmiş əmək müqaviləniz var")
        assert citizen.sees("şikayət edə bilərsiniz")
        assert not citizen.sees("İşsizlərin reyestri")


def _seek(citizen: Person, name: str, occupation: str, advice: str = "") -> str:
    """Applies, and gives the reference of the case; `advice` stands on the page of the check."""
    ref = applying.begin(citizen, name, SERVICE)
    citizen.go(f"apply/{ref}/wish/")
    fill(citizen, {"occupation": occupation, "where": "quba", "hours": "full"})
    citizen.send()
    applying.check(citizen)
    assert citizen.sees(advice)
    applying.send(citizen)
    return ref


def _asks_for_the_payment(citizen: Person) -> str:
    """Of somebody who never had a contract, so that no table decides it."""
    ref = applying.begin(citizen, service=PAYMENT)
    citizen.go(f"apply/{ref}/facts/")
    citizen.click("main .govuk-button")
    fill(citizen, {"account": ACCOUNT})
    citizen.send()
    applying.send(citizen)
    return ref
