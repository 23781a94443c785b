"""The way of a person and of an officer in a real Chromium, under the strict policy of the pages."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from pencere.base import clock
from pencere.identity import demo as demonstration
from pencere.identity import rules, sessions
from pencere.identity.demo_provider.people import People
from pencere.identity.models import Account
from pencere.identity.tests import make
from pencere.identity.tests.conftest import PERSONS, DemoProvider
from tests.serving import serving

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("pencere.identity.tests.pages"),
]
SEVINC, NARGIZ = "Nümunəli Sevinc Kamal qızı", "Əhmədli Nərgiz Vaqif qızı"


@pytest.fixture
def portal(demo: DemoProvider) -> Iterator[str]:
    """The portal, served in a thread at the address that the provider knows."""
    with serving(demo.portal) as address:
        yield address


@dataclass
class Tab:
    """A page of the browser that remembers every address it asked for and every complaint of the policy."""

    page: Any
    context: Any
    addresses: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def shows(self, text: str) -> bool:
        return text in self.page.content()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()
        self.page.wait_for_load_state()


@pytest.fixture(params=["with script", "without script"])
def tab(request: pytest.FixtureRequest, chromium: Any) -> Iterator[Tab]:
    yield from open_tab(chromium, script=request.param == "with script")


@pytest.fixture
def script_tab(chromium: Any) -> Iterator[Tab]:
    yield from open_tab(chromium, script=True)


def open_tab(chromium: Any, *, script: bool) -> Iterator[Tab]:
    context = chromium.new_context(java_script_enabled=script, locale="az")
    page = context.new_page()
    made = Tab(page, context)
    page.on("request", lambda asked: made.addresses.append(asked.url))
    page.on("console", lambda said: made.complaints.append(said.text) if is_complaint(said) else None)
    page.on("pageerror", lambda problem: made.complaints.append(str(problem)))
    yield made
    context.close()


def is_complaint(said: Any) -> bool:
    """The bare pages of this part's tests have no icon; everything else that the browser does not like counts."""
    return bool(said.type == "error" and not said.location.get("url", "").endswith("/favicon.ico"))


def code_of_nargiz(offset: int = 0) -> str:
    step = int(clock.now().timestamp()) // rules.STEP_SECONDS + offset
    return rules.code_at(demonstration.secret_of(make.NARGIZ), step)


def test_a_person_signs_in_and_out(portal: str, tab: Tab) -> None:
    tab.page.goto(f"{portal}/az/me/?page=2")

    began = time.perf_counter()
    tab.press("Daxil ol")
    tab.press(SEVINC)
    took = time.perf_counter() - began

    assert tab.page.url == f"{portal}/az/me/?page=2"
    assert tab.shows(f"True|{SEVINC}|high|GET|")
    assert not any(make.SEVINC in address for address in tab.addresses)
    assert tab.complaints == []
    assert took < 5
    print(f"signed in after {took:.2f} s")

    tab.page.goto(f"{portal}/az/signed-out/")
    tab.press("Çıxış")
    tab.page.goto(f"{portal}/az/me/")
    assert "/az/sign-in/" in tab.page.url


def test_an_officer_confirms_with_the_code_of_the_app(portal: str, tab: Tab) -> None:
    demonstration.prepare_officers(People(PERSONS), clock.now())
    tab.page.goto(f"{portal}/az/desk/")
    tab.press("Daxil ol")
    tab.press(NARGIZ)
    assert urlsplit(tab.page.url).path == "/az/confirm/"

    tab.page.get_by_label("Tətbiqinizdəki kod").fill("000000")
    tab.press("Təsdiq et")
    assert tab.shows("Bu kod düzgün deyil.")
    tab.page.get_by_label("Tətbiqinizdəki kod").fill(code_of_nargiz())
    tab.press("Təsdiq et")

    assert tab.page.url == f"{portal}/az/desk/"
    assert tab.shows(f"True|{NARGIZ}|high|GET|")
    assert [said for said in tab.complaints if "400" not in said] == []


def test_a_passkey_is_added_and_opens_the_desk(portal: str, script_tab: Tab) -> None:
    tab = script_tab
    devtools = tab.context.new_cdp_session(tab.page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                     "isUserVerified": True, "automaticPresenceSimulation": True}},
    )  # fmt: skip
    make.officer(app=False)
    tab.page.goto(f"{portal}/en/desk/")
    tab.press("Sign in")
    tab.press(NARGIZ)

    tab.page.get_by_role("link", name="Add a passkey").click()
    tab.page.get_by_label("Name of the passkey").fill("Office computer")
    tab.page.get_by_role("button", name="Add the passkey").click()
    tab.page.wait_for_url(f"{portal}/en/desk/")

    tab.page.goto(f"{portal}/en/signed-out/")
    tab.press("Sign out")
    tab.page.goto(f"{portal}/en/desk/")
    tab.press("Sign in")
    tab.press(NARGIZ)
    assert urlsplit(tab.page.url).path == "/en/confirm/"
    tab.page.get_by_role("button", name="Use your passkey").click()
    tab.page.wait_for_url(f"{portal}/en/desk/")

    assert tab.shows(f"True|{NARGIZ}|high|GET|")
    tab.page.goto(f"{portal}/en/me/security/")
    assert tab.shows("Passkey “Office computer”")
    assert tab.complaints == []


def test_a_passkey_that_does_not_answer_is_told_in_words(portal: str, script_tab: Tab) -> None:
    tab = script_tab
    make.officer(app=False)
    tab.page.goto(f"{portal}/en/me/security/passkey/")
    tab.press("Sign in")
    tab.press(NARGIZ)
    tab.page.evaluate("() => { navigator.credentials.create = () => Promise.reject(new Error('gone')); }")

    tab.page.get_by_label("Name of the passkey").fill("Key")
    tab.page.get_by_role("button", name="Add the passkey").click()

    tab.page.get_by_text("The passkey did not answer. Try again.").wait_for()
    assert urlsplit(tab.page.url).path == "/en/me/security/passkey/"


def test_an_app_is_set_up_from_the_page(portal: str, tab: Tab) -> None:
    make.officer(app=False)
    tab.page.goto(f"{portal}/en/me/security/code/")
    tab.press("Sign in")
    tab.press(NARGIZ)
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", tab.page.content())[1].replace(" ", "")  # type: ignore[index]
    picture = tab.page.locator("main img")
    assert picture.get_attribute("alt")
    assert picture.bounding_box()["width"] > 100

    step = int(clock.now().timestamp()) // rules.STEP_SECONDS
    tab.page.get_by_label("Code from your app").fill(rules.code_at(secret, step))
    tab.press("Set up")

    assert tab.page.url == f"{portal}/en/me/security/"
    assert tab.shows("App with codes")
    assert tab.complaints == []


def seen(ago: timedelta) -> None:
    """As if the last page had been asked for so long ago."""
    row = Session.objects.get()
    store = SessionStore(row.session_key)
    store[sessions.SEEN_KEY] -= int(ago.total_seconds())
    store.save()


def test_a_session_that_is_about_to_end_can_be_prolonged(portal: str, script_tab: Tab) -> None:
    tab = script_tab
    make.officer(app=False)
    tab.page.clock.install()
    tab.page.goto(f"{portal}/en/me/security/")
    tab.press("Sign in")
    tab.press(NARGIZ)
    seen(timedelta(minutes=26))

    tab.page.clock.fast_forward("25:01")
    dialog = tab.page.get_by_role("dialog", name="You will soon be signed out")
    dialog.wait_for()
    assert "in 4 minutes" in dialog.inner_text()
    dialog.get_by_role("button", name="Stay signed in").click()
    dialog.wait_for(state="hidden")

    assert Session.objects.get().get_decoded()[sessions.SEEN_KEY] > clock.now().timestamp() - 10
    assert tab.complaints == []


def test_the_page_of_a_person_is_not_left_open_after_the_end(portal: str, script_tab: Tab) -> None:
    tab = script_tab
    make.officer(app=False)
    tab.page.clock.install()
    tab.page.goto(f"{portal}/en/me/security/")
    tab.press("Sign in")
    tab.press(NARGIZ)
    seen(timedelta(minutes=31))

    tab.page.clock.fast_forward("25:01")
    tab.page.wait_for_url("**/en/sign-in/**")

    assert tab.shows("Your session has ended")
    assert tab.page.locator("input[name=next]").first.input_value() == "/en/me/security/"


def test_the_pages_fit_a_small_screen(portal: str, script_tab: Tab) -> None:
    tab = script_tab
    tab.page.set_viewport_size({"width": 320, "height": 640})
    tab.page.goto(f"{portal}/ru/desk/")
    assert fits(tab)
    tab.press("Войти")
    assert fits(tab)
    assert Account.objects.count() == 0


def fits(tab: Tab) -> bool:
    return bool(tab.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
