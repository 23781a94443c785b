"""Anybody reads how digital the registers are: from the foot of a page to one register, to its fields, to the file."""

from __future__ import annotations

import csv
import io

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation
from tests.journeys.filling import goes_on
from tests.journeys.keyboard import follow
from tests.journeys.walking import Kept, download, person

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]
COUNTED = {"az": "Nədən ibarətdir", "en": "What it is made of", "ru": "Из чего складывается"}
ROUNDED = {"az": "onluğa yuvarlaqlaşdırılıb", "en": "rounded to tens", "ru": "округлено до десятков"}


@pytest.mark.parametrize(("language", "width", "scripts"), [("az", 1200, True), ("en", 320, True), ("ru", 320, False)])
def test_how_digital_the_population_register_is(
    chromium: Browser, portal: Installation, kept: Kept, language: str, width: int, scripts: bool
):
    with person(chromium, portal, kept, language=language, width=width, scripts=scripts) as visitor:
        goes_on(visitor, "open/registers/population/", COUNTED[language])
        visitor.go("")
        visitor.click("footer a[href$='/open/registers/']")
        visitor.click("main a[href$='/open/registers/population/']")
        assert visitor.path() == "open/registers/population/"
        assert visitor.sees(ROUNDED[language])
        assert visitor.page.locator("main p.pen-figure").inner_text().strip()
        assert visitor.page.locator("main .pen-bar").count() > 5
        visitor.page.locator("main details summary").click()

        rows = csv.DictReader(io.StringIO(download(visitor, "main a[href$='digital.csv']").decode()))
        (found,) = (row for row in rows if row["register"] == "population")
        assert int(found["rows"]) % 10 == 0 and found["universe"] == "10262351"


def test_a_register_of_another_agency_is_named_and_read_with_the_keyboard(
    chromium: Browser, portal: Installation, kept: Kept
):
    with person(chromium, portal, kept, language="en") as visitor:
        visitor.go("open/registers/")
        follow(visitor, "main a[href$='/open/registers/pensions/']")
        assert visitor.sees("Kept in a system of the agency: not counted here.")
        assert not visitor.page.locator("main table, main .pen-figure").count()
