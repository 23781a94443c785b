"""Who gets no certificate at once: one who is registered nowhere, and those whose house is gone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation
from tests.journeys import applying
from tests.journeys.papers import text_of
from tests.journeys.walking import Kept, Person, officer, person

pytestmark = [pytest.mark.browser, pytest.mark.outside_tool]

GRANTED = "Ev bu il yenidən nömrələnib, ünvan əvvəlki kimi doğrudur."
REFUSED = "Belə bir ev bu küçədə olmayıb. Qeydiyyatınızı dəqiqləşdirin və yenidən müraciət edin."


def test_who_is_registered_nowhere_is_refused_with_rule_law_and_next_step(
    chromium: Browser, portal: Installation, kept: Kept
):
    with person(chromium, portal, kept, language="en", width=320) as citizen:
        ref = applying.begin(citizen, "Rəşad")
        applying.answer(citizen)
        applying.check(citizen)
        assert citizen.sees("As things stand you would be refused.")
        applying.send(citizen)

        for place in ("", f"me/cases/{ref}/", f"me/cases/{ref}/letter/"):
            if place:
                citizen.go(place)
            assert citizen.sees("The register of residence has no address for this person"), place
            assert citizen.sees("First register the place of residence"), place
            assert re.search(r"Ground: .*article 5", citizen.text().replace("\n", " ")), place
            assert re.search(r"you can appeal to the higher body of the agency until \d", citizen.text()), place
        assert citizen.page.locator("main a[href$='.pdf']").count() == 0


@pytest.mark.parametrize(
    ("name", "outcome", "reasons", "language"),
    [("Ülviyyə", "grant", GRANTED, "az"), ("Zümrüd", "refuse", REFUSED, "ru")],
)
def test_a_house_that_is_gone_waits_for_an_officer_whose_letter_the_person_reads(
    chromium: Browser, portal: Installation, kept: Kept, name: str, outcome: str, reasons: str, language: str
):
    with person(chromium, portal, kept, language=language) as citizen:
        ref = applying.begin(citizen, name)
        applying.answer(citizen, purpose="notary")
        applying.check(citizen)
        applying.send(citizen)
        assert citizen.page.locator("main a[href$='.pdf']").count() == 0
        citizen.go(f"me/cases/{ref}/")

        with officer(chromium, portal, kept, "head", "İbrahimli Teymur", language=language) as head:
            head.go(f"desk/cases/{ref}/")
            assert head.page.locator("input[name=outcome]").count() == 0, "the head sees, the registry decides"
        with officer(chromium, portal, kept, "registry", "Əhmədli Nərgiz", language=language) as clerk:
            _decide(clerk, ref, outcome, reasons)

        citizen.go(f"me/cases/{ref}/letter/")
        assert citizen.sees(reasons) and citizen.sees(ref)
        citizen.go(f"me/cases/{ref}/")
        assert citizen.sees(reasons)
        if outcome == "grant":
            assert name in text_of(applying.papers(citizen)["az"])
        else:
            assert citizen.page.locator("main a[href$='.pdf']").count() == 0
        citizen.go("me/access/")
        assert citizen.sees(ref)


def _decide(clerk: Person, ref: str, outcome: str, reasons: str) -> None:
    clerk.go(f"desk/?ref={ref}")
    clerk.click(f"main a[href*='{ref}']")
    clerk.page.fill("textarea[name=reasons]", reasons)
    _step(clerk, "preview")
    assert clerk.page.locator(".govuk-error-summary a").count() == 1
    assert clerk.page.input_value("textarea[name=reasons]") == reasons
    clerk.page.check(f"input[name=outcome][value={outcome}]")
    _step(clerk, "preview")
    assert clerk.sees(reasons)
    _step(clerk, "change")
    assert clerk.page.input_value("textarea[name=reasons]") == reasons
    _step(clerk, "preview")
    _step(clerk, "decide")
    assert clerk.path() == f"desk/cases/{ref}/" and clerk.sees(reasons)


def _step(clerk: Person, name: str) -> None:
    clerk.click(f"main button[name=step][value={name}]")


def test_officers_of_elsewhere_and_strangers_see_no_such_page(chromium: Browser, portal: Installation, kept: Kept):
    with person(chromium, portal, kept, language="en") as citizen:
        ref = applying.begin(citizen, "Tofiq")
        applying.answer(citizen)
        applying.check(citizen)
        applying.send(citizen)
        papers = applying.papers(citizen)
        assert "Atatürk prospekti" in " ".join(text_of(papers["en"]).split())
        file = citizen.page.locator("main a[href$='/en.pdf']").first.get_attribute("href")
        for hidden in ("desk/", f"desk/cases/{ref}/", "me/security/"):
            citizen.go(hidden, status=404)

        with person(chromium, portal, kept, language="en") as stranger:
            stranger.page.goto(f"{portal.url}/en/me/")
            stranger.look()
            stranger.sign_in("İlqar")
            for hidden in (
                f"me/cases/{ref}/",
                f"apply/{ref}/done/",
                f"me/cases/{ref}/letter/",
                "me/cases/AAAAA-AAAAA/",
            ):
                stranger.go(hidden, status=404)
            stranger.page.goto(f"{portal.url}{file}")
            stranger.look(404)

    portal.command("officer", "appoint", "emdx", "registry", "7RSD5WX")
    with person(chromium, portal, kept, language="en") as elsewhere:
        elsewhere.page.goto(f"{portal.url}/en/desk/")
        elsewhere.look()
        elsewhere.sign_in("Rəşad")
        _set_up_an_app(elsewhere)
        elsewhere.go(f"desk/?ref={ref}")
        assert not elsewhere.page.locator(f"main a[href*='{ref}']").count()
        elsewhere.go(f"desk/cases/{ref}/", status=404)


def _set_up_an_app(walker: Person) -> None:
    """A new officer has no second factor: adds an app on the way, and comes back to the desk."""
    from pencere.identity import rules

    walker.click("main a[href*='/security/code/']")
    secret = walker.page.locator("main code").inner_text().replace(" ", "")
    now = walker.page.evaluate("Date.now() / 1000") if walker.scripts else 0
    walker.page.fill("input[name=code]", rules.code_at(secret, int(now) // rules.STEP_SECONDS))
    walker.send()
    walker.go("me/security/")
