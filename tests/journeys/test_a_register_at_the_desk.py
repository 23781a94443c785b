"""Officers at a register of their agency: search, filter, sort, turn pages, open, correct, confirm; the person sees it.

The population register of the demo's Ministry of Internal Affairs: a name is found whatever the keyboard, a correction
rests on a document, a change of family life needs a second officer, and whose data was seen reads it.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation
from tests.journeys.keyboard import follow, is_on, press, to
from tests.journeys.walking import Kept, Person, officer, person

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]

CLERK, HEAD = "Əhmədli Nərgiz", "İbrahimli Teymur"
LIST = "desk/registers/population/"
STATED = "118/2026"
DOCUMENT = "Qərar 12, 3 may 2026"
IDENTIFIER = re.compile(r"[0-9A-HJ-NP-Z]{7}")


def say_for_what(clerk: Person) -> None:
    """The page that asks for it comes first, once in a session."""
    clerk.go(LIST)
    if clerk.path() != LIST:
        clerk.send()
        assert clerk.page.locator(".govuk-error-summary").count() == 1
        clerk.page.fill("main [name=stated]", STATED)
        clerk.send()
    assert clerk.path() == LIST
    assert clerk.sees(STATED), clerk.text()


def search(clerk: Person, words: str) -> None:
    clerk.go(LIST)
    clerk.page.fill("main [name=q]", words)
    clerk.click("main form[method=post] .govuk-button")
    assert words not in clerk.page.url


def names(clerk: Person) -> list[str]:
    return clerk.page.locator("main tbody tr > td:nth-of-type(1)").all_inner_texts()


def fill_day(clerk: Person, name: str, day: str, month: str, year: str) -> None:
    for part, value in (("day", day), ("month", month), ("year", year)):
        clerk.page.fill(f"main [name={name}_{part}]", value)


@pytest.mark.parametrize(
    ("language", "width", "scripts"), [("az", 1280, True), ("en", 320, True), ("ru", 1280, False), ("az", 320, False)]
)
def test_rows_are_found_sorted_turned_and_printed(
    chromium: Browser, portal: Installation, kept: Kept, language: str, width: int, scripts: bool
):
    with officer(chromium, portal, kept, CLERK, CLERK, language=language, width=width, scripts=scripts) as clerk:
        clerk.go("desk/registers/")
        clerk.click("main a[href$='/registers/population/']")
        say_for_what(clerk)

        search(clerk, "numuneli sevinc")
        assert [name for name in names(clerk) if "Nümunəli Sevinc" in name] == names(clerk) != []

        clerk.go(f"{LIST}?sort=name")
        first = names(clerk)
        clerk.click("main a[rel=next]")
        assert len(first) == len(names(clerk)) == 20 and not set(first) & set(names(clerk))
        clerk.click("main a[rel=prev]")
        assert names(clerk) == first
        clerk.go(f"{LIST}?sort=-name&size=100")
        assert len(names(clerk)) > 1 and first[0] not in names(clerk)
        clerk.click("main a[href*='/population/print/']")
        assert clerk.sees(STATED)
        search(clerk, "qqqqqq")
        assert clerk.page.locator("main table").count() == 0


@pytest.mark.parametrize(("language", "width", "scripts"), [("az", 1280, True), ("en", 320, False), ("ru", 320, True)])
def test_a_row_is_corrected_with_its_document_and_the_person_reads_who_looked(
    chromium: Browser, portal: Installation, kept: Kept, language: str, width: int, scripts: bool
):
    with officer(chromium, portal, kept, CLERK, CLERK, language=language, width=width, scripts=scripts) as clerk:
        say_for_what(clerk)
        search(clerk, "babayev ilqar")
        clerk.click("main tbody th a")
        clerk.click("main a[href$='/correct/']")
        clerk.page.fill("main [name=name]", f"Babayev İlqar Əli oğlu ({language})")
        clerk.page.locator("main button[value=check]").last.click()
        clerk.page.wait_for_load_state()
        clerk.look()
        assert clerk.page.locator(".govuk-error-summary a[href='#id_desk-document']").count() == 1
        clerk.page.fill("main [name=desk-reason]", "Doğum aktında ad başqa cür yazılıb.")
        clerk.page.fill("main [name=desk-document]", DOCUMENT)
        clerk.page.locator("main button[value=check]").last.click()
        clerk.page.wait_for_load_state()
        clerk.look()
        assert clerk.sees(f"({language})")
        clerk.click("main button[value=send]")
        assert "/population/rows/" in clerk.path() and clerk.sees(DOCUMENT)
        clerk.click("main a[href$='/history/']")
        assert clerk.sees(f"({language})") and clerk.sees(DOCUMENT)
        versions = clerk.path()
        clerk.page.locator("main details summary").first.click()
        fill_day(clerk, "on", "31", "2", "2020")
        clerk.click("main button[value=as-of]")
        assert clerk.page.locator(".govuk-error-summary").count() == 1
        fill_day(clerk, "on", "1", "2", "2020")
        fill_day(clerk, "known", "1", "2", "2020")  # nothing was known then
        clerk.click("main button[value=as-of]")
        assert clerk.page.locator("main .govuk-inset-text").count() == 1
        clerk.go(f"{versions}?on=2020-02-01")
        assert clerk.page.locator("main .govuk-summary-list").first.inner_text().count(f"({language})") == 1
        clerk.page.fill("main [name=need]", "Dispute 7")
        clerk.click("main button[value=special]")
        assert clerk.sees("Dispute 7")
        clerk.go(versions.removesuffix("history/"))
        clerk.click("main a[href$='/print/']")
        for address in [each for each in kept.addresses if "/desk/registers/" in each]:
            assert "9LQR6DH" not in address

    with person(chromium, portal, kept, language=language, width=width, scripts=scripts) as citizen:
        citizen.go("me/access/")
        citizen.sign_in("Babayev İlqar")
        assert citizen.sees(STATED)


def test_a_change_of_special_data_holds_when_a_second_officer_has_confirmed_it(
    chromium: Browser, portal: Installation, kept: Kept
):
    with officer(chromium, portal, kept, CLERK, CLERK, language="en") as clerk:
        say_for_what(clerk)
        search(clerk, "babayev ilqar")
        clerk.click("main tbody th a")
        clerk.page.fill("main [name=need]", "Dispute 7")
        clerk.click("main form[action$='/special/'] button")
        assert clerk.sees("Dispute 7")
        clerk.click("main a[href$='/correct/']")
        clerk.page.fill("main [name=need]", "Dispute 7")
        clerk.click("main button[value=special]")
        clerk.page.fill("main [name=father]", "6TFQ3RZ")
        clerk.page.fill("main [name=desk-reason]", "The court found who the father is.")
        clerk.page.fill("main [name=desk-document]", DOCUMENT)
        clerk.page.locator("main button[value=check]").last.click()
        clerk.page.wait_for_load_state()
        clerk.look()
        clerk.click("main button[value=send]")
        assert clerk.path().startswith("desk/proposals/")
        clerk.click("main .pen-list a[href*='/desk/proposals/']")
        assert clerk.page.locator("main button[value=confirm]").count() == 0

    with officer(chromium, portal, kept, HEAD, HEAD, language="en") as head:
        say_for_what(head)
        head.go("desk/proposals/")
        head.click("main .pen-list a[href*='/desk/proposals/']")
        assert head.sees("6TFQ3RZ")
        head.page.locator("main button[value=turn_down]").click()
        head.page.wait_for_load_state()
        head.look()
        assert head.page.locator(".govuk-error-summary").count() == 1
        head.click("main button[value=confirm]")
        assert head.path().startswith("desk/proposals/")

    with officer(chromium, portal, kept, CLERK, CLERK, language="en") as clerk:
        say_for_what(clerk)
        search(clerk, "babayev ilqar")
        clerk.click("main tbody th a")
        clerk.page.fill("main [name=need]", "Dispute 7")
        clerk.click("main form[action$='/special/'] button")
        assert clerk.sees("6TFQ3RZ")


def test_a_list_is_searched_and_a_row_opened_with_the_keyboard_alone(
    chromium: Browser, portal: Installation, kept: Kept
):
    with officer(chromium, portal, kept, CLERK, CLERK, language="en") as clerk:
        say_for_what(clerk)
        clerk.go(LIST)
        press(clerk, "Tab")
        assert is_on(clerk, ".govuk-skip-link")
        press(clerk, "Enter")
        to(clerk, "main [name=q]")
        clerk.page.keyboard.type("quliyev tofiq")
        follow(clerk, "main form[method=post] .govuk-button")
        follow(clerk, "main tbody th a")
        follow(clerk, "main a[href$='/end/']")
        follow(clerk, "main button[value=check]")
        assert clerk.page.locator("main button[value=send]").count() == 1
