"""A death: told by the hospital and told twice, told by a stranger, and established by a court."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation
from tests.journeys import applying
from tests.journeys.filling import fill, goes_on, happens, office_task, picture, press
from tests.journeys.papers import text_of
from tests.journeys.walking import Kept, Person, officer, person

pytestmark = [pytest.mark.browser, pytest.mark.outside_tool]

SERVICE = "death-registration"
REGISTRY = "Mustafayeva Təranə"
RESHAD, ILQAR, MISSING, DECEASED = "7RSD5WX", "9LQR6DH", "6EXP3KX", "7EXP4LY"


def test_a_relative_named_by_the_hospital_confirms_and_a_second_report_is_refused(
    chromium: Browser, portal: Installation, kept: Kept
):
    with person(chromium, portal, kept, language="az") as hospital:
        happens(hospital, "death-records.new", {
            "record_no": "TÖ-77", "facility": "Nümunə xəstəxanası", "person": DECEASED, "died_on": date.today(),
            "informant": RESHAD,
        })  # fmt: skip
    with person(chromium, portal, kept, language="en", width=320) as relative:
        relative.page.goto(f"{portal.url}/en/me/")
        relative.look()
        relative.sign_in("Rəşad")
        goes_on(relative, "me/tasks/", "Registration of a death")
        relative.click("main a[href*='/me/tasks/']:has-text('Confirm')")
        ref = applying.REFERENCE.findall(relative.text())[0]
        press(relative)
        goes_on(relative, f"me/cases/{ref}/", "Your document is ready")
        paper = " ".join(text_of(applying.papers(relative)["en"]).split())
        assert "Death certificate" in paper and "Sultanova Rəna" in paper

        again = _report(relative, "", {"person": DECEASED, "ground": "medical_record", "kin_paper": picture()})
        _find(chromium, portal, kept, again, {"proven": True})
        goes_on(relative, f"me/cases/{again}/", "The death of this person is registered already")


def test_a_stranger_learns_nothing_and_is_refused(chromium: Browser, portal: Installation, kept: Kept):
    with person(chromium, portal, kept, language="az") as citizen:
        ref = _report(citizen, "Tofiq", {"person": ILQAR, "ground": "medical_record"})
        _find(chromium, portal, kept, ref, {"proven": False})
        goes_on(citizen, f"me/cases/{ref}/", "qohumluğunuz təsdiq olunmadı")


def test_a_court_established_the_death_and_a_paper_the_kinship(chromium: Browser, portal: Installation, kept: Kept):
    with person(chromium, portal, kept, language="ru") as citizen:
        answers: dict[str, str | date | Path] = {
            "person": MISSING,
            "ground": "court",
            "died_on": date(2020, 10, 1),
            "decision": picture(),
            "kin_paper": picture(),
        }
        ref = _report(citizen, "Tofiq", answers)
        _find(chromium, portal, kept, ref, {"proven": True})
        _find(chromium, portal, kept, ref, {"valid": True})
        goes_on(citizen, f"me/cases/{ref}/", "Ваш документ готов")
        paper = " ".join(text_of(applying.papers(citizen)["ru"]).split())
        assert "Свидетельство о смерти" in paper and "Qarayev Natiq" in paper and "1 октября 2020" in paper


def _report(citizen: Person, name: str, answers: dict[str, str | date | Path]) -> str:
    ref = applying.begin(citizen, name, SERVICE)
    citizen.go(f"apply/{ref}/report/")
    fill(citizen, answers)
    citizen.send()
    assert not citizen.sees("İlqar"), "who the identifier belongs to is told to nobody who only typed it"
    applying.send(citizen)
    return ref


def _find(chromium: Browser, portal: Installation, kept: Kept, ref: str, findings: dict[str, bool]) -> None:
    """An officer of the civil registry looks at the papers and writes down the findings."""
    with officer(chromium, portal, kept, REGISTRY, REGISTRY, language="az") as clerk:
        for _ in range(60):
            clerk.go("desk/tasks/")
            if clerk.sees(ref):
                office_task(clerk, ref)
                if clerk.page.locator(f"input[name={next(iter(findings))}]").count():
                    break
            clerk.page.wait_for_timeout(1000)
        fill(clerk, dict(findings))
        press(clerk)
