"""What people and desks must do for a case, with the keyboard: sign, answer an offer, hand over, decide an appeal."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Browser

from tests import tools
from tests.installation import Installation
from tests.journeys import applying
from tests.journeys.filling import fill, goes_on, pay, search, somebody
from tests.journeys.keyboard import follow, is_on, press, to
from tests.journeys.walking import REFERENCE, Kept, Person, officer, person

pytestmark = [pytest.mark.browser, pytest.mark.outside_tool]

MOVE, LICENCE, KINDERGARTEN = "change-of-residence", "driving-licence", "kindergarten-place"
REGISTRY, HEAD = "Əhmədli Nərgiz", "İbrahimli Teymur"
A_WEEK_LATER = """
import django
django.setup()
from datetime import timedelta
from pencere import country
from pencere.applications import queueing
from pencere.applications.versions import Version
from pencere.base import clock
service = country.current().services["kindergarten-place"]
with clock.standing_at(clock.now() + timedelta(days=8)):
    queueing.give_out(Version(country.current(), service), service.places["seat"], clock.now())
"""
REASONS = "Razılıq sonradan yazılı şəkildə verilib."


@pytest.fixture(scope="module")
def licence(chromium: Browser, portal: Installation, kept: Kept) -> str:
    """The reference of a licence that is ordered and paid first of all: making it takes the workshop a while."""
    with person(chromium, portal, kept, language="en") as citizen:
        ref = applying.begin(citizen, somebody(portal, LICENCE, "granted").name, service=LICENCE)
        citizen.go(f"apply/{ref}/request/")
        fill(citizen, {"reason": "lost", "photo_from": "id_card"})
        citizen.page.locator("select[name=pickup]").select_option(index=1)
        citizen.send()
        applying.check(citizen)
        applying.send(citizen)
        pay(citizen, ref)
        return ref


@pytest.mark.usefixtures("licence")
@pytest.mark.parametrize(("name", "language", "agrees"), [("Tofiq", "az", True), ("İlqar", "ru", False)])
def test_the_owner_of_a_dwelling_signs_with_the_keyboard(
    chromium: Browser, portal: Installation, kept: Kept, name: str, language: str, agrees: bool
) -> None:
    owner = somebody(portal, MOVE, "granted", "as its owner")
    with person(chromium, portal, kept, language=language, width=320) as citizen:
        ref = _asks_the_owner(citizen, portal, name, owner.name, owner.note.partition(": ")[2].rstrip("."))
        with person(chromium, portal, kept, language=language) as signer:
            signer.go("me/")
            signer.sign_in(owner.name)
            _answers(signer, ref, "agree" if agrees else "refuse")
            signer.go("me/tasks/")
            assert not signer.sees(ref)
        goes_on(citizen, f"me/cases/{ref}/", "Tamamlanıb" if agrees else "Отказано")
        if not agrees:
            _appeals(chromium, portal, kept, citizen, ref)


def test_an_offered_place_is_taken_with_the_keyboard(chromium: Browser, portal: Installation, kept: Kept) -> None:
    parent = somebody(portal, KINDERGARTEN, "granted")
    with person(chromium, portal, kept, language="en") as citizen:
        citizen.go("me/")
        citizen.sign_in(parent.name)
        ref = _stands_in_a_queue(citizen, parent.note)
        environment = {**portal.environment, "DJANGO_SETTINGS_MODULE": "pencere.conf.settings"}
        for _ in range(5):  # the worker may be at the same queue just then
            subprocess.run([sys.executable, "-c", A_WEEK_LATER], env=environment, cwd=tools.REPOSITORY, check=True)
            citizen.go("me/tasks/")
            if citizen.sees(ref):
                break
        _answers(citizen, ref, "accept")
        goes_on(citizen, f"me/cases/{ref}/", "Done")


def test_a_licence_is_handed_over_with_the_keyboard(
    chromium: Browser, portal: Installation, kept: Kept, licence: str
) -> None:
    with officer(chromium, portal, kept, REGISTRY, REGISTRY, language="az") as clerk:
        goes_on(clerk, "desk/tasks/", licence, 120)
        follow(clerk, f"main a:has-text('{licence}')")
        follow(clerk, "main form button")
        assert is_on(clerk, ".govuk-error-summary"), "nothing was compared"
        _choose(clerk, "input[name=seen]", lambda: clerk.page.locator("input[name=seen][value=yes]").is_checked())
        follow(clerk, "main form button")
        assert clerk.sees(licence), "looked through first"
        follow(clerk, "main form button[value=confirm]")
        assert clerk.path().startswith("desk/tasks/") and not clerk.sees(licence)


def _asks_the_owner(citizen: Person, portal: Installation, name: str, owner: str, address: str) -> str:
    """Moves in with the consent of the owner, who is named by their number; the reference of the case."""
    people = map(json.loads, (portal.data / "demo" / "people.jsonl").read_text(encoding="utf-8").splitlines())
    (identifier,) = (one["identifier"] for one in people if one["name"] == owner)
    ref = applying.begin(citizen, name, service=MOVE)
    citizen.go(f"apply/{ref}/move/")
    search(citizen, "address", address)
    fill(citizen, {"moved_on": date.today(), "basis": "consent", "owner": identifier})
    citizen.send()
    citizen.page.locator("main input[name=person]").first.check()
    citizen.send()
    citizen.send()
    applying.check(citizen)
    applying.send(citizen)
    return ref


def _answers(walker: Person, ref: str, answer: str) -> None:
    """From the list of tasks to the confirmed answer; first nothing is chosen."""
    walker.go("me/tasks/")
    follow(walker, f"main a:has-text('{ref}')")
    follow(walker, "main form button")
    assert is_on(walker, ".govuk-error-summary")
    wanted = walker.page.locator(f"input[name=answer][value={answer}]")
    _choose(walker, "input[name=answer]", wanted.is_checked)
    follow(walker, "main form button")
    follow(walker, "main button[value=sure]")


def _choose(walker: Person, radios: str, is_chosen: Callable[[], bool]) -> None:
    """With space the first answer, with the arrow the next."""
    to(walker, radios)
    press(walker, "Space")
    if not is_chosen():
        press(walker, "ArrowDown")
    assert is_chosen()


def _appeals(chromium: Browser, portal: Installation, kept: Kept, citizen: Person, ref: str) -> None:
    """The head of the office decides anew; the person reads why, and cannot appeal once more."""
    citizen.click(f"main a[href*='/{ref}/appeal/']")
    citizen.send()
    assert citizen.page.locator(".govuk-error-summary").count()
    citizen.page.fill("textarea[name=reasons]", "Владелец согласился письменно.")
    citizen.send()
    appeal = applying.ref_of(citizen)
    assert appeal != ref
    with officer(chromium, portal, kept, HEAD, HEAD, language="az", width=320) as head:
        head.go("desk/tasks/")
        follow(head, f"main a:has-text('{appeal}')")
        assert head.sees("Владелец согласился письменно.")
        fill(head, {"outcome": "grant", "reasons": REASONS})
        head.send()
    goes_on(citizen, f"me/cases/{appeal}/", REASONS)
    citizen.go(f"me/cases/{ref}/")
    assert citizen.sees(appeal) and not citizen.page.locator(f"main a[href*='/{ref}/appeal/']").count()


def _stands_in_a_queue(citizen: Person, note: str) -> str:
    """The case of the parent that waits for a place; begun here if there is none."""
    citizen.go("me/cases/")
    begun = citizen.page.locator("main a[href*='/me/cases/']:has-text('A place in a kindergarten')")
    if begun.count():
        found = REFERENCE.search(str(begun.first.get_attribute("href")))
        assert found
        return found[0]
    ref = applying.begin(citizen, service=KINDERGARTEN)
    citizen.go(f"apply/{ref}/choice/")
    fill(citizen, {"child": note[note.index("(") + 1 : note.index(")")], "special_group": False})
    citizen.send()
    citizen.go(f"apply/{ref}/wishes/")
    citizen.page.locator("main input[type=radio][name=group]").first.check()
    citizen.send()
    citizen.go(f"apply/{ref}/check/")
    applying.send(citizen)
    goes_on(citizen, f"me/cases/{ref}/", "in the queue")
    return ref
