"""An officer takes a register out as a file and the person reads who did and why; anybody takes what is published."""

from __future__ import annotations

import csv
import io
import json

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation
from tests.journeys.walking import Kept, download, officer, person

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]

CLERK = "Əhmədli Nərgiz"
PAGE = "desk/registers/driving-licences/export/"
REASON = {"az": "118 nömrəli sorğu", "en": "Request 118", "ru": "Запрос 118"}


@pytest.mark.parametrize(
    ("language", "width", "scripts"), [("az", 1280, True), ("en", 320, True), ("ru", 320, False), ("az", 320, False)]
)
def test_an_officer_takes_a_register_out(
    chromium: Browser, portal: Installation, kept: Kept, language: str, width: int, scripts: bool
):
    with officer(chromium, portal, kept, CLERK, CLERK, language=language, width=width, scripts=scripts) as clerk:
        clerk.go("desk/registers/plate-stock/")  # about nobody, so nobody asks what for
        clerk.click("main a[href$='/export/']")
        clerk.go(PAGE)
        clerk.page.locator("main form .govuk-button").click()
        clerk.page.wait_for_load_state()
        clerk.look()
        assert clerk.page.locator(".govuk-error-summary a[href='#id_reason']").count() == 1
        clerk.page.fill("main [name=reason]", REASON[language])
        clerk.page.check("main [name=format][value=csv]")
        rows = list(csv.DictReader(io.StringIO(download(clerk, "main form .govuk-button").decode(), newline="")))
        assert len(rows) > 10 and "valid_from" in rows[0]
        clerk.go(PAGE)
        assert clerk.sees(REASON[language])


@pytest.mark.parametrize(("language", "width", "scripts"), [("az", 1280, True), ("en", 320, True), ("ru", 320, False)])
def test_an_officer_takes_the_rows_of_a_list_out(
    chromium: Browser, portal: Installation, kept: Kept, language: str, width: int, scripts: bool
):
    with officer(chromium, portal, kept, CLERK, CLERK, language=language, width=width, scripts=scripts) as clerk:
        clerk.go("desk/registers/plate-stock/?sort=-plate")
        first = clerk.page.locator("tbody th, tbody td").first.inner_text()
        clerk.click("main a[href*='/export/?']")
        clerk.look()
        assert clerk.page.locator("main [name^=on]").count() == 0  # the list says as of when
        clerk.page.fill("main [name=reason]", REASON[language])
        clerk.page.check("main [name=format][value=csv]")
        rows = list(csv.DictReader(io.StringIO(download(clerk, "main form .govuk-button").decode(), newline="")))
        plates = [row["plate"] for row in rows]
        assert plates[0] in first and plates == sorted(plates, reverse=True) and len(plates) > 10


@pytest.mark.parametrize(("language", "width", "scripts"), [("az", 1280, True), ("en", 320, True), ("ru", 320, False)])
def test_anybody_takes_what_is_published(
    chromium: Browser, portal: Installation, kept: Kept, language: str, width: int, scripts: bool
):
    with person(chromium, portal, kept, language=language, width=width, scripts=scripts) as visitor:
        visitor.go("")
        visitor.click(f"footer a[href='/{language}/open/']")
        described = json.loads(visitor.page.request.get(f"{portal.url}/open/csv-metadata.json").text())
        assert "kindergarten-groups.csv" in {table["url"] for table in described["tables"]}
        head = download(visitor, "main a[href='/open/kindergarten-groups.csv']").decode().splitlines()[0]
        assert head.startswith("group_no,")
