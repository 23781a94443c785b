"""An assessment without a name: intake clears the referral, drawn experts judge, the patient reads the decision."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation
from tests.journeys import applying
from tests.journeys.filling import fill, goes_on, office_task, press, refuse, somebody, waits_for_case
from tests.journeys.papers import text_of
from tests.journeys.walking import REFERENCE, Kept, Person, officer, person

pytestmark = [pytest.mark.browser, pytest.mark.outside_tool]

SERVICE = "disability-assessment"
INTAKE = "Vəliyeva Aidə"
EXPERTS = (
    "Əlizadə Kamran", "Nəcəfova Sevda", "Hacıyev Ziya", "Mirzəyeva Arzu", "Qarayev Natiq", "Sultanova Rəna",
    "Bayramov Elnur",
)  # fmt: skip
SIZE = 3
FUND = "Zeynalova Könül"
NO_PENSION_KNOWN = "Pensiya reyestrində qeydiniz yoxdur. Fond onu daxil edəndən sonra müraciət edin."
REASONS = "MRT nəticəsi və nevroloqun rəyi."


def test_experts_who_know_no_name_establish_a_disability_and_the_allowance_follows(
    chromium: Browser, portal: Installation, kept: Kept
):
    patient = somebody(portal, SERVICE, "granted").name
    with person(chromium, portal, kept, language="en") as citizen:
        ref = _case_of(citizen, patient)
        _clear(chromium, portal, kept, ref)
        _judge(chromium, portal, kept, patient, ref, percent=65)
        goes_on(citizen, f"me/cases/{ref}/", "Your document is ready")
        assert citizen.sees("The loss of function is 65 per cent; a disability of the second degree is established")
        paper = " ".join(text_of(applying.papers(citizen)["en"]).split())
        assert patient in paper and "second" in paper and "65" in paper
        follows = waits_for_case(citizen, "Disability allowance")
        with officer(chromium, portal, kept, FUND, FUND, language="az") as clerk:
            refuse(clerk, follows, NO_PENSION_KNOWN)
        citizen.go(f"me/cases/{follows}/")
        assert citizen.sees("Refused.") and citizen.sees(NO_PENSION_KNOWN)


def test_thirty_per_cent_are_no_disability_and_the_patient_may_appeal(
    chromium: Browser, portal: Installation, kept: Kept
):
    patient = somebody(portal, SERVICE, "refused").name
    with person(chromium, portal, kept, language="ru", width=320) as citizen:
        ref = _case_of(citizen, patient)
        _clear(chromium, portal, kept, ref)
        _judge(chromium, portal, kept, patient, ref, percent=30)
        goes_on(citizen, f"me/cases/{ref}/", "нарушение функций составляет 30 %")
        assert citizen.sees("Отказано") and citizen.sees("подайте жалобу на этой странице")


def _case_of(citizen: Person, name: str) -> str:
    """Signs the patient in, who has done nothing; the reference of the case that waits for the intake."""
    citizen.page.goto(f"{citizen.place.url}/{citizen.language}/me/")
    citizen.look()
    citizen.sign_in(name)
    title = {"en": "Assessment of disability", "ru": "Установление инвалидности"}[citizen.language]
    goes_on(citizen, "me/cases/", title)
    found = REFERENCE.search(citizen.page.locator(f"main a[href*='/me/cases/']:has-text('{title}')").first.inner_text())
    assert found
    return found[0]


def _clear(chromium: Browser, portal: Installation, kept: Kept, ref: str) -> None:
    with officer(chromium, portal, kept, INTAKE, INTAKE, language="az") as clerk:
        goes_on(clerk, "desk/tasks/", ref)
        office_task(clerk, ref)
        fill(clerk, {"identity_removed": True, "complete": True})
        press(clerk)


def _judge(chromium: Browser, portal: Installation, kept: Kept, patient: str, ref: str, percent: int) -> None:
    """Those experts who were drawn find the task on their desks, with the findings and without the person."""
    drawn = 0
    for name in EXPERTS:
        with officer(chromium, portal, kept, name, name, language="az") as expert:
            expert.go("desk/tasks/")
            tasks = expert.page.locator("main a[href*='/desk/tasks/']")
            if not tasks.count():
                continue
            tasks.first.click()
            expert.page.wait_for_url("**/desk/tasks/*/")
            expert.look()
            assert expert.sees("Müayinələrin nəticələri")
            shown = expert.page.content()
            assert ref not in shown and " ".join(patient.split()[:2]) not in shown, "the expert learns who it is"
            fill(expert, {"percent": str(percent), "cause": "general", "reasons": REASONS})
            press(expert)
            drawn += 1
        if drawn == SIZE:
            return
    raise AssertionError(f"{drawn} experts were drawn, {SIZE} are needed")
