"""The steps of an application, as the journeys share them: begin, answer, look at the facts, send, download."""

from __future__ import annotations

from tests.journeys.walking import REFERENCE, Person, download

SERVICE = "residence-certificate"


def begin(citizen: Person, name: str = "", service: str = SERVICE) -> str:
    """From the page of the service to the tasks of a new draft, signing in as `name` on the way."""
    citizen.go(f"services/{service}/")
    citizen.click(".govuk-button--start")
    if name:
        citizen.sign_in(name)
    citizen.click("main form button")
    assert citizen.path().endswith("/tasks/")
    return ref_of(citizen)


def ref_of(citizen: Person) -> str:
    found = REFERENCE.search(citizen.page.url)
    assert found, citizen.page.url
    return found[0]


def answer(citizen: Person, holder: str = "", purpose: str = "bank") -> None:
    """Answers the questions of the draft; `holder` is part of the name of the one it is for, "" for oneself."""
    citizen.go(f"apply/{ref_of(citizen)}/request/")
    choose(citizen, holder, purpose)
    citizen.send()
    assert citizen.path().endswith("/facts/")


def choose(citizen: Person, holder: str, purpose: str) -> None:
    persons = citizen.page.locator(".govuk-radios__item:has(input[name=holder])")
    chosen = persons.filter(has_text=holder) if holder else persons
    chosen.first.locator("input").check()
    citizen.page.locator(f"input[name=purpose][value={purpose}]").check()


def check(citizen: Person) -> None:
    citizen.click("main .govuk-button")
    assert citizen.path().endswith("/check/")


def send(citizen: Person) -> None:
    citizen.send()
    assert citizen.path().endswith("/done/") and citizen.sees(ref_of(citizen))


def papers(citizen: Person, languages: tuple[str, ...] = ("az", "en", "ru")) -> dict[str, bytes]:
    """The files of the certificate, as soon as they are made; with scripts the page sees to that itself."""
    links = citizen.page.locator("main a[href$='.pdf']")
    if citizen.scripts:
        links.first.wait_for()
    for _ in range(40):
        if links.count():
            break
        citizen.page.wait_for_timeout(500)
        citizen.page.reload()
    assert links.count() == len(languages)
    return {code: download(citizen, f"main a[href$='/{code}.pdf']") for code in languages}
