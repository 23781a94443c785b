"""A fee is paid in a real Chromium: from our page to the provider's and back, with and without a script, narrow and

wide, under the strict policy of the pages, with axe looking at each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.db import connections
from playwright.sync_api import sync_playwright

from pencere.base import clock
from pencere.identity.tests import make as people
from pencere.payments import actions
from pencere.payments.tests import make
from pencere.payments.tests.conftest import DemoProvider
from tests import tools
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AXE = tools.REPOSITORY / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def portal(demo: DemoProvider) -> Iterator[str]:
    """The portal, served in a thread at the address that the provider knows."""
    with serving(demo.portal) as address:
        yield address


class Tab:
    """A person's window. Every page that is looked at passes the gates."""

    def __init__(self, page: Any, portal: str, *, scripts: bool) -> None:
        self.page, self.portal, self.scripts = page, portal, scripts
        self.complaints: list[str] = []
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda problem: self.complaints.append(str(problem)))
        page.route(f"{portal}/assets/*", _built)

    def go(self, path: str) -> None:
        self.page.goto(self.portal + path)
        self.look()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()
        self.page.wait_for_load_state()
        self.look()

    def choose(self, label: str) -> None:
        """At the provider."""
        self.page.get_by_label(label, exact=True).check()
        self.page.locator("main button[type=submit]").click()
        self.page.wait_for_load_state()
        self.look()

    def sees(self, words: str) -> bool:
        return words in re.sub(r"\s+", " ", self.page.locator("main").inner_text())

    def look(self) -> None:
        assert self.page.locator("h1").count() == 1, self.page.url
        assert self.complaints == [], self.page.url
        if not self.scripts:
            return
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{self.page.url}: {wide} px too wide"
        self.page.evaluate(AXE.read_text())
        found = self.page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], self.page.url


def _built(route: Any) -> None:
    """The test's server has no assets: they come from where they were built."""
    route.fulfill(path=Path(django_settings.STATIC_ROOT) / route.request.url.rpartition("/")[2])


def in_browser(portal: str, visit: Callable[[Tab], None], *, scripts: bool = True, width: int = 1200) -> None:
    session = people.signed_in(people.account(make.PERSON)).cookies[django_settings.SESSION_COOKIE_NAME].value

    def drive() -> None:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=tools.program("chromium"), args=["--no-sandbox"])
            context = browser.new_context(java_script_enabled=scripts, viewport={"width": width, "height": 900})
            context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": session, "url": portal}])
            visit(Tab(context.new_page(), portal, scripts=scripts))
            browser.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(drive).result()


WALKS = {
    "az": ("40,00 ₼ ödə", "Ödə", "Ödənilib", "Müraciətə davam et", "Qəbz (çap etmək və ya saxlamaq üçün)"),
    "en": ("Pay AZN 40.00", "Pay", "Paid", "Go on with the application", "Receipt, to print or save"),
    "ru": ("Заплатить 40,00 AZN", "Заплатить", "Оплачено", "Продолжить заявление", "Квитанция (распечатать"),
}


@pytest.mark.parametrize(
    ("language", "width", "scripts"), [("az", 320, True), ("az", 1200, False), ("en", 1200, True), ("ru", 320, True)]
)
def test_a_fee_is_paid_and_the_way_leads_back_to_the_case(
    portal: str, language: str, width: int, scripts: bool
) -> None:
    payment = make.asked(now=clock.now())
    pay, choice, paid, onward, receipt = WALKS[language]

    def visit(tab: Tab) -> None:
        tab.go(f"/{language}/pay/{payment.id}/")
        tab.press(pay)
        tab.choose(choice)
        assert urlsplit(tab.page.url).path == f"/{language}/pay/{payment.id}/"
        assert tab.sees(paid)
        button = tab.page.locator("main a.govuk-button")
        assert onward in button.inner_text()
        back = button.get_attribute("href")
        assert back == f"/{language}/me/cases/{make.CASE}/"
        tab.page.get_by_role("link", name=receipt).click()
        tab.page.wait_for_load_state()
        tab.look()

    in_browser(portal, visit, scripts=scripts, width=width)
    assert make.movements(payment) == ["asked", "begun", "paid"]


def test_a_refused_try_is_repeated_and_two_words_at_once_pay_once(portal: str) -> None:
    payment = make.asked(now=clock.now())

    def visit(tab: Tab) -> None:
        tab.go(f"/en/pay/{payment.id}/")
        tab.press("Pay AZN 40.00")
        tab.choose("Refuse the payment")
        assert tab.sees("The last try was refused")
        tab.press("Pay AZN 40.00")
        tab.choose("Pay, and say so twice")
        assert tab.sees("Paid")

    in_browser(portal, visit, width=320)
    assert make.movements(payment) == ["asked", "begun", "refused", "begun", "paid"]


@pytest.mark.parametrize("choice", ["Pay slowly", "Pay, and never say so"])
def test_a_page_that_waits_shows_by_itself_that_it_was_paid(portal: str, choice: str) -> None:
    payment = make.asked(now=clock.now())

    def visit(tab: Tab) -> None:
        tab.go(f"/en/pay/{payment.id}/")
        tab.press("Pay AZN 40.00")
        tab.choose(choice)
        assert tab.sees("The payment service has not said yet that you paid.")
        if "never" in choice:
            tab.page.wait_for_timeout(5500)
            with ThreadPoolExecutor(1) as worker:  # what the worker does each second
                worker.submit(_round).result()
        tab.page.wait_for_selector("text=Go on with the application", timeout=15_000)
        tab.look()

    in_browser(portal, visit)
    assert make.movements(payment) == ["asked", "begun", "paid"]


def _round() -> None:
    actions.ask_due(clock.now())
    connections.close_all()
