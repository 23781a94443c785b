"""A birth: told by the hospital, in time or late, or at home with a paper; a father by marriage, or one who signs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation
from tests.journeys import applying
from tests.journeys.filling import fill, goes_on, happens, office_task, picture, press, sign
from tests.journeys.papers import text_of
from tests.journeys.walking import Kept, Person, officer, person

pytestmark = [pytest.mark.browser, pytest.mark.outside_tool]

SERVICE = "birth-registration"
REGISTRY = "Mustafayeva Təranə"
ULVIYYE, RESHAD = "8ULV2QP", "7RSD5WX"


@pytest.mark.both_engines
@pytest.mark.parametrize(("days", "decided"), [(3, "table"), (60, "officer")])
def test_a_mother_asked_by_the_state_names_her_child_and_an_officer_excuses_the_delay(
    chromium: Browser, portal: Installation, kept: Kept, days: int, decided: str
):
    with person(chromium, portal, kept, language="az") as hospital:
        happens(hospital, "birth-records.new", {
            "record_no": f"TD-{days}", "facility": "Nümunə doğum evi", "mother": ULVIYYE, "sex": "female",
            "vital": "live", "born_on": date.today() - timedelta(days=days),
        })  # fmt: skip
    with person(chromium, portal, kept, language="az", width=320) as mother:
        mother.page.goto(f"{portal.url}/az/me/")
        mother.look()
        mother.sign_in("Ülviyyə")
        goes_on(mother, "me/tasks/", "Uşağa ad verin")
        mother.click("main a[href*='/me/tasks/']:has-text('Uşağa ad verin')")
        ref = applying.REFERENCE.findall(mother.text())[0]
        mother.click("main a.govuk-button")
        fill(mother, {"given_name": "Aylin", "surname_of": "mother"})
        mother.send()
        press(mother)
        if decided == "officer":
            mother.go("me/")
            with officer(chromium, portal, kept, REGISTRY, REGISTRY, language="az") as clerk:
                goes_on(clerk, f"desk/?ref={ref}", ref)
                _decide(clerk, ref, "Ana xəstəxanada idi, gecikmə üzrlüdür.")
        goes_on(mother, f"me/cases/{ref}/", "Sənədiniz hazırdır")
        paper = " ".join(text_of(applying.papers(mother)["az"]).split())
        assert "Doğum haqqında şəhadətnamə" in paper and "Aylin" in paper and "anasının soyadı" in paper


@pytest.mark.parametrize(
    ("proven", "sentence"), [(True, "Your document is ready"), (False, "The papers you gave do not prove the birth")]
)
def test_a_birth_at_home_is_proven_by_a_paper_and_the_father_signs(
    chromium: Browser, portal: Installation, kept: Kept, proven: bool, sentence: str
):
    with person(chromium, portal, kept, language="en") as mother:
        ref = applying.begin(mother, "Zümrüd", SERVICE)
        mother.go(f"apply/{ref}/birth/")
        fill(mother, {"born_on": date.today() - timedelta(days=2), "paper": picture()})
        mother.send()
        mother.go(f"apply/{ref}/names/")
        fill(mother, {"given_name": "Tunar", "father": RESHAD, "surname_of": "father"})
        mother.send()
        mother.go(f"apply/{ref}/payment/")
        mother.send()
        if mother.path().endswith("/facts/"):
            applying.check(mother)
        applying.send(mother)
        with person(chromium, portal, kept, language="ru", width=320) as father:
            father.go("me/")
            father.sign_in("Rəşad")
            sign(father, ref)
        with officer(chromium, portal, kept, REGISTRY, REGISTRY, language="en") as clerk:
            goes_on(clerk, "desk/tasks/", ref)
            office_task(clerk, ref)
            assert clerk.page.locator("main a[href*='/files/']").count(), "the officer sees the paper"
            fill(clerk, {"proven": proven})
            press(clerk)
        goes_on(mother, f"me/cases/{ref}/", sentence)
        if proven:
            paper = " ".join(text_of(applying.papers(mother)["en"]).split())
            assert "Tunar" in paper and "Rəşad" in paper and "the father’s surname" in paper
            goes_on(mother, "me/cases/", "One-time benefit at the birth of a child")


def _decide(clerk: Person, ref: str, reasons: str) -> None:
    """The officer grants what the table leaves open."""
    clerk.go(f"desk/?ref={ref}")
    clerk.click(f"main a[href*='{ref}']")
    clerk.page.fill("textarea[name=reasons]", reasons)
    clerk.page.check("input[name=outcome][value=grant]")
    clerk.click("main button[name=step][value=preview]")
    clerk.click("main button[name=step][value=decide]")
    assert clerk.sees(reasons)
