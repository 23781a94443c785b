"""A household moves: the owner applies, the other grown-up signs, the child comes along; a paper is looked at."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation
from tests.journeys import applying
from tests.journeys.filling import fill, goes_on, office_task, picture, press, search, sign, somebody
from tests.journeys.walking import Kept, Person, officer, person

pytestmark = [pytest.mark.browser, pytest.mark.outside_tool]

SERVICE = "change-of-residence"
STREET = "Nizami küçəsi"


@pytest.mark.both_engines
def test_an_owner_moves_with_child_and_partner_who_signs(chromium: Browser, portal: Installation, kept: Kept):
    owner = somebody(portal, SERVICE, "granted", "as its owner")
    address = owner.note.partition(": ")[2].rstrip(".")
    with person(chromium, portal, kept, language="en") as citizen:
        ref = applying.begin(citizen, owner.name, service=SERVICE)
        _where(citizen, ref, address, "owner", moved=date.today() - timedelta(days=20))
        household = _all_of_the_household(citizen)
        assert owner.name in household
        _check_and_send(citizen)
        adults = _who_must_sign(citizen, ref, household, owner.name)
        _moved_a_day_later(citizen, ref)
        for adult in adults:
            with person(chromium, portal, kept, language="ru", width=320) as other:
                other.go("me/")
                other.sign_in(adult)
                sign(other, ref)
        goes_on(citizen, f"me/cases/{ref}/", "Your document is ready")
        assert citizen.sees(f"{owner.name} is registered at the new address")
        assert citizen.page.locator("main a[href$='/en.pdf']").count() == len(household)
        citizen.go(f"me/cases/{ref}/change/move/move/")
        assert citizen.sees("This can not be changed any more")


def test_without_a_lease_there_is_advice_before_and_a_refusal_after(
    chromium: Browser, portal: Installation, kept: Kept
):
    lodger = somebody(portal, SERVICE, "refused")
    with person(chromium, portal, kept, language="az", width=320) as citizen:
        ref = applying.begin(citizen, lodger.name, service=SERVICE)
        _where(citizen, ref, STREET, "lease", moved=date.today())
        fill(citizen, {"person": lodger.name})
        citizen.send()
        citizen.send()
        applying.check(citizen)
        assert citizen.sees("adınıza icarə müqaviləsi tapılmadı")
        applying.send(citizen)
        citizen.go(f"me/cases/{ref}/")
        assert citizen.sees("Order və ya başqa kağız sənəd")
        assert citizen.page.locator("main a[href$='.pdf']").count() == 0


@pytest.mark.parametrize(
    ("valid", "sentence"), [(True, "is registered at the new address"), (False, "The document does not give")]
)
def test_an_officer_looks_at_the_paper(chromium: Browser, portal: Installation, kept: Kept, valid: bool, sentence: str):
    with person(chromium, portal, kept, language="en") as citizen:
        ref = applying.begin(citizen, "İlqar" if valid else "Tofiq", service=SERVICE)
        _where(citizen, ref, STREET, "order", moved=date.today())
        citizen.page.locator("main input[name=person]").first.check()
        citizen.send()
        citizen.send()
        _check_and_send(citizen)
        with officer(chromium, portal, kept, "Əhmədli Nərgiz", "Əhmədli Nərgiz", language="en") as clerk:
            office_task(clerk, ref)
            assert clerk.page.locator("main a[href*='/files/']").count(), "the officer sees the paper"
            fill(clerk, {"valid": valid})
            press(clerk)
        goes_on(citizen, f"me/cases/{ref}/", sentence)


def _moved_a_day_later(citizen: Person, ref: str) -> None:
    """Changes what was sent while the others are asked: first left as it was, then changed."""
    for button in ("leave", "change"):
        citizen.go(f"me/cases/{ref}/")
        citizen.click("main a[href$='/change/move/move/']")
        fill(citizen, {"moved_on": date.today() - timedelta(days=19)})
        citizen.send()
        assert citizen.path() == f"me/cases/{ref}/change/move/"
        assert citizen.sees("What is different"), citizen.text()
        citizen.click(f"main button[name=step][value={button}]")
        assert citizen.sees("An answer was changed") is (button == "change")


def _where(citizen: Person, ref: str, address: str, basis: str, moved: date) -> None:
    citizen.go(f"apply/{ref}/move/")
    search(citizen, "address", address)
    fill(citizen, {"moved_on": moved, "basis": basis, **({"paper": picture()} if basis == "order" else {})})
    citizen.send()
    assert "/movers/" in citizen.path(), citizen.text()


def _all_of_the_household(citizen: Person) -> list[str]:
    """Adds everybody whom the question offers; their names."""
    names = [label.inner_text().strip() for label in citizen.page.locator("main .govuk-radios__label").all()]
    for number, name in enumerate(names):
        if number:
            citizen.click("main a[href*='/movers/']:has-text('Add')")
        fill(citizen, {"person": name})
        citizen.send()
    citizen.send()
    return names


def _check_and_send(citizen: Person) -> None:
    applying.check(citizen)
    applying.send(citizen)


def _who_must_sign(citizen: Person, ref: str, household: list[str], owner: str) -> list[str]:
    """The grown-ups of the household but the one who applied, as the facts of the case show their birth dates."""
    citizen.go(f"me/cases/{ref}/")
    shown = citizen.text()
    found = []
    for name in household:
        born = re.search(re.escape(name) + r"\nDate of birth\t\d+ \w+ (\d{4})", shown)
        if name != owner and born and date.today().year - int(born[1]) > 18:
            found.append(name)
    return found
