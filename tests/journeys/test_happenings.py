"""Whoever tries the demo lets a hospital record a birth, in the system of another agency, and a passport be made."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation
from tests.journeys.walking import Kept, person

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]
DONE = {"az": "Hadisə baş verdi", "en": "It has happened", "ru": "Событие произошло"}


@pytest.mark.parametrize(("language", "width"), [("az", 1200), ("en", 320), ("ru", 1200)])
def test_a_birth_is_recorded_at_a_hospital(
    chromium: Browser, portal: Installation, kept: Kept, language: str, width: int
):
    everybody = [json.loads(line) for line in (portal.data / "demo" / "people.jsonl").open(encoding="utf-8")]
    with person(chromium, portal, kept, language=language, width=width) as visitor:
        visitor.go("demo/agencies/")
        visitor.click("main a[href*='happening=birth-records.new']")
        visitor.send()
        assert visitor.page.locator(".govuk-error-summary").count() == 1
        typed = {"record_no": f"R-{language}", "facility": "Doğum evi 5", "mother": everybody[0]["identifier"]}
        typed |= {"born_on_day": "1", "born_on_month": "3", "born_on_year": "2026"}
        for name, value in typed.items():
            visitor.page.fill(f"main [name={name}]", value)
        for name in ("sex", "vital"):
            visitor.page.locator(f"main [name={name}]").first.check()

        visitor.send()

        assert visitor.path() == "demo/agencies/"
        assert visitor.sees(DONE[language])
        visitor.click("main a[href*='happening=birth-records.new']")
        for name, value in typed.items():
            visitor.page.fill(f"main [name={name}]", value)
        for name in ("sex", "vital"):
            visitor.page.locator(f"main [name={name}]").first.check()
        visitor.send()
        assert visitor.page.locator(".govuk-error-summary").count() == 1  # that record is there already


def test_a_passport_that_nobody_ordered_is_not_made(chromium: Browser, portal: Installation, kept: Kept):
    with person(chromium, portal, kept, language="en") as visitor:
        visitor.go("demo/agencies/?happening=passports.make")
        assert visitor.page.locator("main [name=state][value=made]").is_checked()
        visitor.page.fill("main [name=order_no]", "ABCDE-12345")
        visitor.page.fill("main [name=passport_no]", "P12345678")

        visitor.send()

        assert visitor.sees("There is no such entry")
