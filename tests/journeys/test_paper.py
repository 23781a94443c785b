"""A paper of an archive: scanned, typed by two who see nothing of each other, settled by a third, a row."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation
from tests.journeys.filling import fill, picture
from tests.journeys.walking import Kept, Person, officer

pytestmark = [pytest.mark.browser, pytest.mark.outside_tool]

FIRST, SECOND, THIRD = "Babayeva Zeynəb", "Nəsirli Rauf", "İsmayılov Fuad"
KEEP = ".pen-beside form button"
READ = {
    "series": "XZ", "number": "0000417", "person": "5SVN8KT", "issued_on": date(1996, 6, 28),
    "institution": "Nümunə Dövlət Universiteti", "specialty": "Kitabxanaçılıq", "level": "specialist",
}  # fmt: skip


@pytest.mark.both_engines
def test_three_officers_bring_a_paper_from_the_scanner_into_the_register(
    chromium: Browser, portal: Installation, kept: Kept
):
    with officer(chromium, portal, kept, FIRST, FIRST, language="en") as first:
        address = _begins(first)
        _scans(first, address)
        first.go(address)
        _types(first, {})
        assert first.sees("It is kept.")
        _takes_back(first, address)
    with officer(chromium, portal, kept, SECOND, SECOND, language="az", width=320, scripts=False) as second:
        second.go(address)
        _opens(second, "next")
        assert not second.sees(READ["specialty"])
        second.click(KEEP)  # nothing was typed: everything is said, nothing lost
        _fills(second, {"institution": "Numune Dovlet Universiteti"})
        second.click("button[name=paper-stop]")
    with officer(chromium, portal, kept, THIRD, THIRD, language="ru") as third:
        third.go(address)
        _opens(third, "settle")
        assert third.sees("Nümunə Dövlət Universiteti") and third.sees("Numune Dovlet Universiteti")
        _puts_aside_and_takes_up_again(third, address)
        _opens(third, "settle")
        third.click(KEEP)  # nothing was decided
        third.page.check("input[name=pick-institution][value=first]")
        third.click(KEEP)
        third.go(address)
        assert third.sees("Завершено документов: 1 из 300")
        for page in ("print/", "papers/", "papers/?state=entered"):
            third.go(f"{address}{page}")
        third.click("main .pen-list a")
        assert re.search(r"Запись реестра\s+\d+", third.text())
        third.go(address)
        third.click(f"form[action$='/{address}close/'] button")
        third.click(f"form[action$='/{address}open/'] button")
    with officer(chromium, portal, kept, FIRST, FIRST, language="en") as first:
        first.page.request.get(f"{portal.url}/en/{address}progress.csv")
        first.go(f"{address}edit/")
        first.send()
        assert first.sees("0 papers may be typed by you.")


def test_the_papers_of_the_demo_are_there_to_be_walked(chromium: Browser, portal: Installation, kept: Kept):
    with officer(chromium, portal, kept, SECOND, SECOND, language="ru") as second:
        second.go("desk/paper/")
        second.click("main h2 a:has-text('Образец фонда')")
        assert second.sees("0 из 40")
        _opens(second, "next")
        shown = second.page.locator("main .pen-scan__picture")
        assert shown.evaluate("picture => picture.complete && picture.naturalWidth > 300")
        assert second.page.evaluate("document.activeElement.name") == "series"
        second.click("form[action$='/back/'] button")
        second.go("desk/paper/turns/999999/", 404)


def _begins(first: Person) -> str:
    first.go("desk/paper/")
    first.click("main a.govuk-button")
    first.send()
    fill(first, {"code": "F-1996", "name_az": "Diplomlar, 1996", "expected": "300", "source": "list of 2024",
                 "on": date(2026, 1, 5)})  # fmt: skip
    first.send()
    assert first.sees("The fond is begun.")
    return first.path().partition("?")[0]


def _scans(first: Person, address: str) -> None:
    one, other = picture(500, 400), picture(510, 400)
    first.go(f"{address}scan/")
    first.page.set_input_files("input[name=scans]", [one, one, other])
    first.send()
    assert first.sees("2 papers are kept.") and first.sees("it is paper 1 of fond F-1996")


def _types(officer: Person, changes: dict[str, str]) -> None:
    _opens(officer, "next")
    _fills(officer, changes)
    officer.click("button[name=paper-stop]")


def _fills(officer: Person, changes: dict[str, str]) -> None:
    fill(officer, {**READ, **changes})  # type: ignore[arg-type]


def _opens(officer: Person, what: str) -> None:
    officer.click(f"form[action$='/{what}/'] button")


def _puts_aside_and_takes_up_again(third: Person, address: str) -> None:
    third.click("main a[href$='/aside/']")
    third.page.fill("main [name=reason]", "the wrong paper")
    third.send()
    third.go(f"{address}papers/?state=unreadable")
    third.click("main .pen-list a")
    third.click("main form[action$='/take-up/'] button")
    assert third.page.locator("main form[action$='/take-up/']").count() == 0
    third.go(address)


def _takes_back(first: Person, address: str) -> None:
    first.go(f"{address}papers/")
    first.click("main .pen-list li:nth-child(2) a")
    first.click("main a[href$='/take-back/']")
    first.send()
    first.page.fill("input[name=reason]", "scanned upside down")
    first.send()
    assert first.sees("The paper is taken back.")
