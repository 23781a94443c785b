"""The certificate of registered residence, end to end: the citizen, the employer, the officer."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation
from tests.journeys.papers import code_of, text_of, with_one_byte_changed
from tests.journeys.walking import Person, download, officer_code, person

pytestmark = [pytest.mark.browser, pytest.mark.outside_tool, pytest.mark.xdist_group("journeys")]

WORDS = {
    "az": {
        "genuine": "Bu sənəd həqiqidir",
        "revoked": "Bu sənəd geri götürülüb",
        "changed": "Bu fayl verilmiş sənəd deyil",
        "error": "Xəta: ",
        "address": "Nizami küçəsi, ev 5, mənzil 12",
        "officer": "Əhmədli Nərgiz",
    },
    "en": {
        "genuine": "This document is genuine",
        "revoked": "This document was taken back",
        "changed": "This file is not what was issued",
        "error": "Error: ",
        "address": "Nizami küçəsi, ev 5, mənzil 12",
        "officer": "Əhmədli Nərgiz",
    },
    "ru": {
        "genuine": "Этот документ подлинный",
        "revoked": "Этот документ отозван",
        "changed": "Этот файл — не то, что было выдано",
        "error": "Ошибка: ",
        "address": "Nizami küçəsi, ev 5, mənzil 12",
        "officer": "Əhmədli Nərgiz",
    },
}


@pytest.mark.parametrize(("width", "scripts"), [(1200, True), (320, True), (320, False)])
@pytest.mark.parametrize("language", ["az", "en", "ru"])
def test_a_person_gets_a_certificate_an_employer_checks_it_an_officer_takes_it_back(
    chromium: Browser, portal: Installation, pages: Path, tmp_path: Path, language: str, width: int, scripts: bool
):
    words = WORDS[language]
    with person(chromium, portal, pages, language=language, width=width, scripts=scripts) as citizen:
        papers, ref = _apply(citizen, words, name="Sevinc", holder=0)
        text = " ".join(text_of(papers[language]).split())
        assert all(word in text for word in ("Sevinc", "Nizami küçəsi", "ev 5", "mənzil 12")), text
        for other in papers.values():
            assert other.startswith(b"%PDF")

        with person(chromium, portal, pages, language=language, width=width, scripts=scripts) as employer:
            _check(employer, words, papers[language], tmp_path)

        file = tmp_path / "paper.pdf"
        file.write_bytes(papers[language])
        assert portal.command("verify", str(file), check=False).returncode == 0
        file.write_bytes(with_one_byte_changed(papers[language]))
        assert portal.command("verify", str(file), check=False).returncode == 1

        citizen.go("me/documents/")
        assert citizen.page.locator("main a[href$='.pdf']").count() >= 3
        citizen.go("me/access/")
        seen = citizen.text()
        assert ref in seen and "Bank of Baku" in seen

        with person(chromium, portal, pages, language=language, width=width, scripts=scripts) as officer:
            _revoke(officer, portal, words, ref)
            officer.page.goto(code_of(papers[language]))
            officer.look()
            assert officer.sees(words["revoked"])

        citizen.go(f"me/cases/{ref}/")
        citizen.go("me/access/")
        assert "din" not in ref and citizen.page.locator("main").inner_text() != seen


def _apply(citizen: Person, words: dict[str, str], *, name: str, holder: int) -> tuple[dict[str, bytes], str]:
    citizen.go("")
    citizen.go("services/")
    citizen.go("services/residence-certificate/")
    citizen.click(".govuk-button--start")
    citizen.sign_in(name)
    citizen.click("main form button")
    ref = citizen.page.url.split("/apply/")[1].split("/")[0]
    citizen.click("main .govuk-task-list a")
    citizen.send()
    assert citizen.page.title().startswith(words["error"])
    assert citizen.page.locator(".govuk-error-summary a").count() == 2
    citizen.page.locator("input[name=holder]").nth(holder).check()
    citizen.page.locator("input[name=purpose][value=bank]").check()
    citizen.send()
    assert "/facts/" in citizen.page.url and citizen.sees(words["address"])
    citizen.click("main a.govuk-button, main .govuk-button")
    assert "/check/" in citizen.page.url
    citizen.send()
    assert "/done/" in citizen.page.url and citizen.sees(ref)
    for _ in range(20):
        if citizen.page.locator("main a[href$='.pdf']").count() >= 3:
            break
        citizen.page.wait_for_timeout(500)
        citizen.page.reload()
    found = {code: download(citizen, f"main a[href$='/{code}.pdf']") for code in ("az", "en", "ru")}
    return found, ref


def _check(employer: Person, words: dict[str, str], paper: bytes, folder: Path) -> None:
    employer.page.goto(code_of(paper))
    employer.look()
    assert employer.sees(words["genuine"])
    assert not employer.sees("Sevinc"), "no fact before the second factor"
    employer.page.fill("input[name=answer]", "1987")
    employer.page.fill("input[name=organisation]", "Bank of Baku")
    employer.send()
    assert not employer.sees("Sevinc"), "no fact for a wrong year"
    employer.page.fill("input[name=answer]", "1988")
    employer.page.fill("input[name=organisation]", "Bank of Baku")
    employer.send()
    assert employer.sees("Sevinc")
    for content, expected in ((paper, words["genuine"]), (with_one_byte_changed(paper), words["changed"])):
        file = folder / "file.pdf"
        file.write_bytes(content)
        employer.go("verify/")
        employer.page.set_input_files("input[type=file]", str(file))
        employer.page.locator("main button").last.click()
        employer.page.wait_for_url(lambda url: True)
        employer.page.wait_for_load_state()
        employer.page.get_by_text(expected).first.wait_for()
        employer.look()


def _revoke(officer: Person, portal: Installation, words: dict[str, str], ref: str) -> None:
    officer.go("desk/")
    officer.sign_in(words["officer"], officer_code(portal, "registry"))
    officer.page.select_option(
        "select[name=state]", index=officer.page.locator("select[name=state] option").count() - 1
    )
    officer.go(f"desk/?state=&ref={ref}")
    officer.go(f"desk/cases/{ref}/")
    officer.click("main a[href*='/revoke/']")
    officer.send()
    assert officer.page.locator(".govuk-error-summary").count() == 1, "a reason is asked for"
    officer.page.fill("textarea[name=reason]", "Ünvan səhv göstərilib")
    officer.send()
    officer.click("main button[value=revoke]")
