"""The certificate of registered residence, end to end: the citizen, the employer, the officer."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation
from tests.journeys import applying
from tests.journeys.papers import code_of, text_of, with_one_byte_changed
from tests.journeys.walking import Kept, Person, officer, person

pytestmark = [pytest.mark.browser, pytest.mark.outside_tool]

WORDS = {
    "az": {
        "genuine": "Bu sənəd həqiqidir",
        "revoked": "Bu sənəd ləğv edilib",
        "changed": "Bu fayl verilmiş sənəd deyil",
        "error": "Xəta: ",
        "address": "Nizami küçəsi, ev 5, mənzil 12",
    },
    "en": {
        "genuine": "This document is genuine",
        "revoked": "This document was taken back",
        "changed": "This file is not what was issued",
        "error": "Error: ",
        "address": "Nizami küçəsi, ev 5, mənzil 12",
    },
    "ru": {
        "genuine": "Этот документ подлинный",
        "revoked": "Этот документ отозван",
        "changed": "Этот файл – не то, что было выдано",
        "error": "Ошибка: ",
        "address": "Nizami küçəsi, ev 5, mənzil 12",
    },
}
ONCE = pytest.mark.one_engine  # another width shows nothing more on another database
REASON = "Ünvan səhv göstərilib"


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("width", "scripts"),
    [(1200, True), pytest.param(320, True, marks=ONCE), pytest.param(320, False, marks=ONCE)],
)
@pytest.mark.parametrize("language", ["az", "en", "ru"])
def test_a_person_gets_a_certificate_an_employer_checks_it_an_officer_takes_it_back(
    chromium: Browser, portal: Installation, kept: Kept, tmp_path: Path, language: str, width: int, scripts: bool
):
    words = WORDS[language]
    window = {"language": language, "width": width, "scripts": scripts}
    with person(chromium, portal, kept, **window) as citizen:
        papers, ref = _apply(citizen, words)
        text = " ".join(text_of(papers[language]).split())
        assert all(word in text for word in ("Sevinc", "Nizami küçəsi", "ev 5", "mənzil 12")), text
        assert all(paper.startswith(b"%PDF") for paper in papers.values())

        address = code_of(papers[language])
        with person(chromium, portal, kept, **window) as employer:
            _check(employer, words, papers[language], address, tmp_path)

        file = tmp_path / "paper.pdf"
        for content, status in ((papers[language], 0), (with_one_byte_changed(papers[language]), 1)):
            file.write_bytes(content)
            assert portal.command("verify", str(file), check=False).returncode == status

        citizen.go("me/")
        citizen.go("me/documents/")
        assert citizen.page.locator("main a[href$='.pdf']").count() >= 3
        citizen.go("me/access/")
        unseen = {"Bank of Baku", ref}
        while unseen := {words for words in unseen if not citizen.sees(words)}:
            older = citizen.page.locator("main a[href*='before=']")  # a page ends with a whole minute: others fill it
            assert older.count(), f"no look of {unseen}"
            older.first.click()

        with officer(chromium, portal, kept, "registry", "Əhmədli Nərgiz", **window) as clerk:
            _revoke(clerk, ref)
            clerk.page.goto(address)
            clerk.look()
            assert clerk.sees(words["revoked"])

        citizen.go(f"me/cases/{ref}/")
        assert citizen.sees(REASON)
        citizen.go("me/documents/")


def _apply(citizen: Person, words: dict[str, str]) -> tuple[dict[str, bytes], str]:
    citizen.go("")
    citizen.go("services/")
    ref = applying.begin(citizen, "Sevinc")
    citizen.click("main .govuk-task-list a")
    citizen.send()
    assert citizen.page.title().startswith(words["error"])
    assert citizen.page.locator(".govuk-error-summary a").count() == 2
    applying.choose(citizen, "Sevinc", "bank")
    citizen.send()
    assert "/facts/" in citizen.page.url and citizen.sees(words["address"])
    applying.check(citizen)
    applying.send(citizen)
    return applying.papers(citizen), ref


def _check(employer: Person, words: dict[str, str], paper: bytes, address: str, folder: Path) -> None:
    employer.page.goto(address)
    employer.look()
    assert employer.sees(words["genuine"])
    assert not employer.sees("Sevinc"), "no fact before the second factor"
    for year, shown in (("1987", False), ("1988", True)):
        employer.page.fill("input[name=answer]", year)
        employer.page.fill("input[name=organisation]", "Bank of Baku")
        employer.send()
        assert employer.sees("Sevinc") == shown, f"facts after the year {year}"
    for content, expected in ((paper, words["genuine"]), (with_one_byte_changed(paper), words["changed"])):
        file = folder / "file.pdf"
        file.write_bytes(content)
        employer.go("verify/")
        employer.page.set_input_files("input[type=file]", str(file))
        employer.page.locator("main button").last.click()
        employer.page.get_by_text(expected).first.wait_for()
        employer.look()


def _revoke(clerk: Person, ref: str) -> None:
    clerk.go(f"desk/?state=done&ref={ref}")
    clerk.click(f"main a[href*='{ref}']")
    clerk.click("main a[href*='/revoke/']")
    clerk.send()
    assert clerk.page.locator(".govuk-error-summary").count() == 1, "a reason is asked for"
    clerk.page.fill("textarea[name=reason]", REASON)
    clerk.send()
    clerk.click("main button[value=revoke]")
    assert clerk.path() == f"desk/cases/{ref}/"
