"""An officer loads a table in a browser: sent, mapped, tried, its errors taken, confirmed, undone; duplicates decided.

The appointment hours of the demo's Ministry of Internal Affairs are about nobody; its population register is, so the
officer says for what before rows of it stand beside the lines of the file.
"""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation
from tests.journeys.walking import Kept, Person, download, officer

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]

CLERK = "Əhmədli Nərgiz"
WAYS = [("az", 1280, True), ("en", 320, True), ("ru", 320, False), ("az", 320, False)]
STATED = "118/2026"
SECONDS = 60


def send_file(clerk: Person, register: str, path: Path) -> None:
    clerk.go("console/loads/new/")
    clerk.page.select_option("#register", register)
    clerk.page.set_input_files("#file", str(path))
    clerk.send()


def until(clerk: Person, selector: str) -> None:
    """The page of the load looks again by itself where scripts run; others open it anew."""
    ends = time.monotonic() + SECONDS
    while not clerk.page.locator(selector).count():
        assert time.monotonic() < ends, clerk.text()
        time.sleep(0.5)
        if not clerk.scripts:
            clerk.page.reload()
    clerk.page.wait_for_load_state()
    clerk.look()


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(("language", "width", "scripts"), WAYS)
def test_a_table_is_tried_loaded_and_undone(
    chromium: Browser, portal: Installation, kept: Kept, tmp_path: Path, language: str, width: int, scripts: bool
):
    mark = f"{language}{width}{'s' if scripts else ''}"
    lines = [f"{mark}-{number},Xidmət mərkəzi,2027-05-{number:02}T10:00:00+04:00,{number},-" for number in range(1, 20)]
    lines += [f"{mark}-20,Xidmət mərkəzi,2027-05-20T10:00:00+04:00,many,-", lines[4]]
    path = tmp_path / f"slots-{mark}.csv"
    path.write_text("\n".join([f"slot_no,office,at,desks,Qeyd {mark}", *lines, ""]), encoding="utf-8")

    with officer(chromium, portal, kept, CLERK, CLERK, language=language, width=width, scripts=scripts) as clerk:
        clerk.go("console/loads/")
        clerk.click("main a.govuk-button")
        clerk.send()
        assert clerk.page.locator(".govuk-error-summary a[href='#register']").count() == 1

        send_file(clerk, "visit-slots", path)
        clerk.click("button[value=check]")  # one column nobody knows
        assert clerk.page.locator(".govuk-error-summary").count() == 1 and clerk.sees(f"Qeyd {mark}")
        clerk.page.select_option("#column-4", "-")
        clerk.click("button[value=dry]")
        until(clerk, "main a[href$='/errors.csv']")
        errors = table(download(clerk, "main a[href$='/errors.csv']"))
        assert [row[0] for row in errors[1:]] == ["21", "22"]  # a value, and a number that stands twice
        bad = table(download(clerk, "main a[href$='/bad-rows.csv']"))
        assert [row[0] for row in bad[1:]] == ["21", "22"] and bad[1][2:] == lines[19].split(",")
        clerk.go(f"desk/registers/visit-slots/?q={mark}")

        send_file(clerk, "visit-slots", path)  # what was chosen is remembered
        clerk.click("button[value=check]")
        until(clerk, "main a[href$='/confirm/']")
        clerk.click("main a[href$='/confirm/']")
        clerk.send()
        until(clerk, "main a[href$='/undo/']")
        clerk.click("main a[href$='/undo/']")
        clerk.send()
        until(clerk, "main:not(:has([data-waits-for])):not(:has(a[href$='/undo/']))")
        clerk.go("console/loads/")
        assert clerk.page.locator(f"main a:has-text('slots-{mark}.csv')").count() == 2


@pytest.mark.parametrize(("language", "width", "scripts"), WAYS)
def test_possible_duplicates_are_shown_side_by_side_and_decided(
    chromium: Browser, portal: Installation, kept: Kept, tmp_path: Path, language: str, width: int, scripts: bool
):
    path = tmp_path / "people.csv"
    path.write_text(
        "person,name,birth_date,sex,citizen,valid_from\n"
        "9ZZZ111,NUMUNELI SEVINC KAMAL QIZI,1988-04-12,female,true,2026-05-04\n"
        "9ZZZ112,Sınaqlı Ayan Rza qızı,2001-02-03,female,true,2026-05-04\n"
        "9ZZZ113,Sinaqli Ayan Rza qizi,2001-02-03,female,true,2026-05-04\n",
        encoding="utf-8",
    )
    with officer(chromium, portal, kept, CLERK, CLERK, language=language, width=width, scripts=scripts) as clerk:
        send_file(clerk, "population", path)
        clerk.click("button[value=check]")
        until(clerk, "main a[href$='/possible-duplicates/']")
        load = clerk.path()
        errors = table(download(clerk, "main a[href$='/errors.csv']"))
        assert [row[0] for row in errors[1:]] == ["2", "4"]
        clerk.click("main a[href$='/possible-duplicates/']")
        if "what-for" in clerk.path():
            clerk.page.fill("main [name=stated]", STATED)
            clerk.send()
        assert clerk.path() == f"{load}possible-duplicates/"
        assert clerk.sees("Nümunəli Sevinc Kamal qızı") and clerk.page.locator("main strong").count() >= 4

        clerk.click("button[value=save]")  # nothing chosen
        assert clerk.page.locator(".govuk-error-summary").count() == 1
        clerk.page.locator("input[name=line-2][value^='keep:']").check()
        clerk.page.locator("input[name=line-4][value=new]").check()
        clerk.click("button[value=save]")
        clerk.click("main a[href*='all=1']")
        assert clerk.page.locator("input[name=line-2][value^='keep:']").is_checked()
        clerk.go(load)
        assert clerk.page.locator("main a[href$='/confirm/']").count() == 0  # another officer confirms
        clerk.page.locator("main form[action$='/drop/'] button").click()
        clerk.page.wait_for_load_state()
        clerk.look()
