"""On the road: a lost licence and a plate of one's choice; no licence for one who has none, no plate at customs."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation
from tests.journeys import applying
from tests.journeys.filling import fill, goes_on, office_task, pay, press, somebody
from tests.journeys.walking import Kept, Person, officer, person

pytestmark = [pytest.mark.browser, pytest.mark.outside_tool]

LICENCE, PLATE = "driving-licence", "plate-number"
LOST = {"reason": "lost", "photo_from": "id_card"}


def test_a_lost_licence_is_paid_made_and_collected(chromium: Browser, portal: Installation, kept: Kept):
    driver = somebody(portal, LICENCE, "granted")
    with person(chromium, portal, kept, language="az") as citizen:
        ref = applying.begin(citizen, driver.name, service=LICENCE)
        _order(citizen, ref)
        applying.check(citizen)
        applying.send(citizen)
        pay(citizen, ref, "never")
        goes_on(citizen, f"me/cases/{ref}/", "Vəsiqə dəyişdirilir", 90)
        _hand_over(chromium, portal, kept, ref)
        goes_on(citizen, f"me/cases/{ref}/", "Tamamlanıb")


def test_who_has_no_licence_cannot_lose_one(chromium: Browser, portal: Installation, kept: Kept):
    walker = somebody(portal, LICENCE, "refused", "no driving licence")
    with person(chromium, portal, kept, language="ru", width=320) as citizen:
        ref = applying.begin(citizen, walker.name, service=LICENCE)
        _order(citizen, ref)
        applying.check(citizen)
        assert citizen.sees("Водительское удостоверение на ваше имя не найдено")
        applying.send(citizen)
        assert citizen.sees("обратитесь в дорожную полицию")


def test_a_free_plate_is_held_paid_and_collected(chromium: Browser, portal: Installation, kept: Kept):
    owner = somebody(portal, PLATE, "granted")
    with person(chromium, portal, kept, language="en", width=320) as citizen:
        ref = applying.begin(citizen, owner.name, service=PLATE)
        _car(citizen, ref, owner.note)
        _wish(citizen, ref)
        applying.send(citizen)
        pay(citizen, ref)
        goes_on(citizen, f"me/cases/{ref}/", "Granted")
        _hand_over(chromium, portal, kept, ref)
        goes_on(citizen, f"me/cases/{ref}/", "Done")


def test_a_car_at_customs_gets_no_plate(chromium: Browser, portal: Installation, kept: Kept):
    owner = somebody(portal, PLATE, "refused")
    with person(chromium, portal, kept, language="az") as citizen:
        ref = applying.begin(citizen, owner.name, service=PLATE)
        _car(citizen, ref, owner.note)
        _wish(citizen, ref)
        assert citizen.sees("gömrük isə onu rəsmiləşdirməyib"), "advice before it is sent"
        applying.send(citizen)
        citizen.go("me/tasks/")
        assert not citizen.sees(ref), "nothing is held and nothing to pay"


def _order(citizen: Person, ref: str) -> None:
    citizen.go(f"apply/{ref}/request/")
    fill(citizen, LOST)
    place = citizen.page.locator("[name=pickup]").first
    if place.evaluate("field => field.localName") == "select":
        place.select_option(index=1)
    else:
        place.check()
    citizen.send()
    assert citizen.path().endswith("/facts/"), citizen.text()


def _car(citizen: Person, ref: str, note: str) -> None:
    (vin,) = re.findall(r"VIN: (\w{17})", note)
    citizen.go(f"apply/{ref}/car/")
    fill(citizen, {"vin": vin})
    citizen.send()


def _wish(citizen: Person, ref: str) -> None:
    """Chooses the first free combination of Baku; ends before sending."""
    citizen.go(f"apply/{ref}/wish/")
    fill(citizen, {"code": "c10"})
    citizen.click("main button[name=list-search][value=plate]")
    citizen.page.locator("main input[type=radio][name=plate]").first.check()
    citizen.send()
    citizen.go(f"apply/{ref}/check/")


def _hand_over(chromium: Browser, portal: Installation, kept: Kept, ref: str) -> None:
    with officer(chromium, portal, kept, "Əhmədli Nərgiz", "Əhmədli Nərgiz", language="en") as clerk:
        goes_on(clerk, "desk/tasks/", ref, 120)
        office_task(clerk, ref)
        fill(clerk, {"seen": True})
        press(clerk)
