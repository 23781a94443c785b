"""An applicant changes what they sent: nothing before the last button, and nothing once others went on with it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from pencere.applications import actions
from pencere.applications.models import Task
from pencere.applications.tests import make, office
from pencere.applications.views.questions import number_of
from pencere.identity.tests import make as people
from pencere.payments.tests.fake import FakeProvider

NOW = make.NOW


@pytest.fixture(autouse=True)
def fake(at_office: FakeProvider) -> FakeProvider:
    return at_office


@pytest.fixture
def browser() -> Client:
    return people.signed_in(people.account(make.SEVINC))


def card() -> str:
    """For a child who must agree: the case waits for her."""
    asked = {"holder": make.NIGAR, "speed": "slow", "receive": "office"}
    return office.submitted("t-card", make.SEVINC, {"request": asked}).ref


def typed(ref: str, speed: str, holder: str = make.NIGAR) -> dict[str, str]:
    return {"holder": number_of(office.case(ref), holder), "speed": speed, "receive": "office"}


def speed(ref: str) -> object:
    return office.case(ref).facts.get(name="request.speed").value


def text(response: Any) -> str:
    return response.content.decode()


def form(ref: str, group: str = "request") -> str:
    return f"/en/me/cases/{ref}/change/{group}/{group}/"


def test_an_answer_is_changed_when_the_last_button_is_pressed(browser: Client) -> None:
    ref = card()
    assert form(ref) in text(browser.get(f"/en/me/cases/{ref}/"))
    assert re.search(r'value="slow"[^>]*checked', text(browser.get(form(ref))))
    assert not Task.objects.filter(kind="change").exists()

    saved = browser.post(form(ref), typed(ref, "fast"))
    assert saved["Location"] == f"/en/me/cases/{ref}/change/request/"
    check = text(browser.get(saved["Location"]))
    assert "What is different" in check
    assert "asked to agree" in check
    assert speed(ref) == "slow"

    done = browser.post(saved["Location"], {"step": "change"})
    assert done["Location"] == f"/en/me/cases/{ref}/"
    assert speed(ref) == "fast"
    assert "An answer was changed" in text(browser.get(done["Location"]))
    assert not Task.objects.filter(kind="change").exists()
    assert office.task(ref, "sign").person == make.NIGAR


def test_what_was_typed_can_be_left_and_is_kept_until_then(browser: Client) -> None:
    ref = card()
    browser.post(form(ref), typed(ref, "fast"))
    assert re.search(r'value="fast"[^>]*checked', text(browser.get(form(ref))))

    left = browser.post(f"/en/me/cases/{ref}/change/request/", {"step": "leave"})

    assert left["Location"] == f"/en/me/cases/{ref}/"
    assert speed(ref) == "slow"
    assert re.search(r'value="slow"[^>]*checked', text(browser.get(form(ref))))
    assert browser.get(f"/en/me/cases/{ref}/change/request/")["Location"] == form(ref)


def test_what_is_not_different_is_not_changed(browser: Client) -> None:
    ref = card()
    where = browser.post(form(ref), typed(ref, "slow"))["Location"]

    assert "Nothing is different" in text(browser.get(where))
    assert "changed" not in office.events(ref)


def test_what_is_typed_waits_for_nobody_and_is_nobodys_task(browser: Client) -> None:
    ref = card()
    browser.post(form(ref), typed(ref, "fast"))

    page = text(browser.get(f"/en/me/cases/{ref}/"))
    assert "change" not in re.findall(r"What others must do.*?</ul>", page, re.DOTALL)[0]
    actions.sign_task(office.task(ref, "sign").pk, make.NIGAR, "", True, now=NOW)
    office.run()
    assert office.state(ref) == ("waiting", "", "payment")


def test_it_is_too_late_once_a_fee_was_asked(browser: Client) -> None:
    ref = card()
    where = browser.post(form(ref), typed(ref, "fast"))["Location"]
    actions.sign_task(office.task(ref, "sign").pk, make.NIGAR, "", True, now=NOW)
    office.run()

    assert form(ref) not in text(browser.get(f"/en/me/cases/{ref}/"))
    for address in (where, form(ref)):
        assert "can not be changed any more" in text(browser.get(address))
        late = browser.post(address, {**typed(ref, "fast"), "step": "change"})
        assert (late.status_code, speed(ref)) == (409, "slow")


def test_whom_it_is_about_is_not_changed(browser: Client) -> None:
    ref = card()
    where = browser.post(form(ref), typed(ref, "slow", make.SEVINC))["Location"]

    refused = browser.post(where, {"step": "change"})

    assert refused.status_code == 409
    assert "For somebody else send a new application" in text(refused)
    assert office.case(ref).facts.get(name="request.holder").value == make.NIGAR


def test_entries_of_a_list_are_changed_and_the_owner_agrees_again(browser: Client) -> None:
    home: dict[str, object] = {"address": make.HOME, "basis": "consent", "owner": make.ILQAR}
    movers: list[dict[str, object]] = [{"person": make.ELCIN}, {"person": make.SEVINC}]
    ref = office.submitted("t-move", make.SEVINC, {"move": home, "movers": movers}).ref
    actions.sign_task(office.task(ref, "sign").pk, make.ILQAR, "", True, now=NOW)
    office.run()
    assert form(ref, "movers") in text(browser.get(f"/en/me/cases/{ref}/"))

    assert text(browser.get(form(ref, "movers"))).count("/remove/") >= 2
    browser.post(f"{form(ref, 'movers')}1/remove/")
    where = browser.post(form(ref, "movers"))["Location"]
    assert where == f"/en/me/cases/{ref}/change/movers/"
    assert "What is different" in text(browser.get(where))
    assert len(office.case(ref).facts.get(name="movers").value["rows"]) == 2
    browser.post(where, {"step": "change"})

    rows = office.case(ref).facts.get(name="movers").value["rows"]
    assert [row["person"] for row in rows] == [make.SEVINC]
    assert office.task(ref, "sign").person == make.ILQAR


def test_a_question_that_a_change_brings_along_is_asked_with_it(browser: Client) -> None:
    home: dict[str, object] = {"address": make.HOME, "basis": "consent", "owner": make.ILQAR}
    ref = office.submitted("t-move", make.SEVINC, {"move": home, "movers": [{"person": make.SEVINC}]}).ref

    saved = browser.post(form(ref, "move"), {"address": make.HOME, "basis": "consent", "owner": ""})

    assert saved.status_code == 200
    assert "owner" in text(saved)


def test_nobody_else_finds_the_page() -> None:
    ref = card()
    other = people.signed_in(people.account(make.NIGAR))

    for address in (form(ref), f"/en/me/cases/{ref}/change/request/"):
        assert other.get(address).status_code == 404
        assert other.post(address, {"step": "change"}).status_code == 404
    mine = people.signed_in(people.account(make.SEVINC))
    assert mine.get(form(ref, "nothing")).status_code == 404
