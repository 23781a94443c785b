"""An identity card and a passport: ordered, paid, seen in person, made, handed over; or refused on the way."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation
from tests.journeys import applying
from tests.journeys.filling import fill, goes_on, office_task, pay, picture, press, sign, somebody, task
from tests.journeys.walking import Kept, Person, officer, person

pytestmark = [pytest.mark.browser, pytest.mark.outside_tool]

CARD, PASSPORT = "identity-card", "foreign-passport"


@pytest.mark.both_engines
def test_a_card_is_ordered_paid_made_and_handed_over(chromium: Browser, portal: Installation, kept: Kept):
    holder = somebody(portal, CARD, "granted", "expired")
    with person(chromium, portal, kept, language="en") as citizen:
        ref = _order(citizen, holder.name, CARD, {"reason": "expired", "speed": "three_days"})
        pay(citizen, ref)
        _choose_an_appointment(citizen, ref)
        _seen(chromium, portal, kept, ref, {"same_person": True})
        goes_on(citizen, f"me/cases/{ref}/", "Granted")
        _hand_over(chromium, portal, kept, ref)
        goes_on(citizen, f"me/cases/{ref}/", "Done")


def test_who_comes_in_place_of_the_holder_is_refused_and_gets_the_duty_back(
    chromium: Browser, portal: Installation, kept: Kept
):
    parent = somebody(portal, CARD, "granted", "small child")
    (child,) = re.findall(r"small child \((.+?)\)", parent.note)
    with person(chromium, portal, kept, language="az", width=320) as citizen:
        ref = _order(citizen, parent.name, CARD, {"reason": "first", "speed": "ten_days", "holder": child})
        pay(citizen, ref, "twice")
        _choose_an_appointment(citizen, ref)
        _seen(chromium, portal, kept, ref, {"same_person": False})
        goes_on(citizen, f"me/cases/{ref}/", "vəsiqənin sahibi deyil")
        goes_on(citizen, f"me/cases/{ref}/", "qaytarıl")


def test_a_foreigner_reads_before_sending_that_the_card_is_for_citizens(
    chromium: Browser, portal: Installation, kept: Kept
):
    foreigner = somebody(portal, CARD, "refused")
    with person(chromium, portal, kept, language="ru") as citizen:
        ref = applying.begin(citizen, foreigner.name, service=CARD)
        _answer(citizen, ref, {"reason": "first", "speed": "one_day"})
        applying.check(citizen)
        assert citizen.sees("удостоверение выдаётся гражданам")
        applying.send(citizen)
        citizen.go("me/tasks/")
        assert not citizen.sees(ref), "nothing to pay for one who is refused"


def test_a_child_of_fifteen_signs_before_the_passport_is_paid(chromium: Browser, portal: Installation, kept: Kept):
    parent, child = _parent_and_child(portal)
    with person(chromium, portal, kept, language="en") as citizen:
        ref = _order(
            citizen, parent, PASSPORT, {"reason": "first", "urgent": "no", "speed": "five_days", "holder": child}
        )
        with person(chromium, portal, kept, language="az", width=320) as other:
            other.go("me/")
            other.sign_in(child)
            sign(other, ref)
        pay(citizen, ref, "slowly")
        _choose_an_appointment(citizen, ref)
        _seen(chromium, portal, kept, ref, {"same_person": True})
        goes_on(citizen, f"me/cases/{ref}/", "Granted")
        _hand_over(chromium, portal, kept, ref)
        goes_on(citizen, f"me/cases/{ref}/", "Done")


def test_a_child_who_does_not_agree_gets_no_passport(chromium: Browser, portal: Installation, kept: Kept):
    parent, child = _parent_and_child(portal)
    with person(chromium, portal, kept, language="az") as citizen:
        asked = {"reason": "first", "urgent": "medical", "holder": child}
        ref = _order(citizen, parent, PASSPORT, asked)
        with person(chromium, portal, kept, language="ru") as other:
            other.go("me/")
            other.sign_in(child)
            sign(other, ref, agree=False)
        goes_on(citizen, f"me/cases/{ref}/", "Uşaq razılıq vermədi")


def _parent_and_child(portal: Installation) -> tuple[str, str]:
    parent = somebody(portal, PASSPORT, "granted", "child of 15")
    (child,) = re.findall(r"15 to 18 \((.+?)\)", parent.note)
    return parent.name, child


def _order(citizen: Person, name: str, service: str, answers: dict[str, str]) -> str:
    ref = applying.begin(citizen, name, service=service)
    _answer(citizen, ref, answers)
    applying.check(citizen)
    applying.send(citizen)
    return ref


def _answer(citizen: Person, ref: str, answers: dict[str, str]) -> None:
    citizen.go(f"apply/{ref}/request/")
    if "holder" not in answers:
        citizen.page.locator("input[name=holder]").first.check()
    fill(citizen, answers)
    citizen.send()
    assert citizen.path().endswith("/facts/"), citizen.text()


def _choose_an_appointment(citizen: Person, ref: str) -> None:
    """As soon as the payment is known, the task is there."""
    places = citizen.page.locator("main input[type=radio][name=place]")
    for _ in range(30):
        citizen.go("me/tasks/")
        if citizen.sees(ref):
            task(citizen, ref)
        if places.count():
            break
        citizen.page.wait_for_timeout(1000)
    places.first.check()
    press(citizen)


def _seen(chromium: Browser, portal: Installation, kept: Kept, ref: str, found: dict[str, bool]) -> None:
    with officer(chromium, portal, kept, "Əhmədli Nərgiz", "Əhmədli Nərgiz", language="en") as clerk:
        office_task(clerk, ref)
        fill(clerk, {**found, "photo": picture(), "prints": picture()})
        if clerk.page.locator("main [name=blood_group]").count():
            fill(clerk, {"blood_group": "o_pos"})
        press(clerk)


def _hand_over(chromium: Browser, portal: Installation, kept: Kept, ref: str) -> None:
    """The workshop of the demo makes the card after some seconds; then it lies at the office."""
    with officer(chromium, portal, kept, "Əhmədli Nərgiz", "Əhmədli Nərgiz", language="en") as clerk:
        goes_on(clerk, "desk/tasks/", ref, 120)
        office_task(clerk, ref)
        fill(clerk, {"seen": True})
        press(clerk)
