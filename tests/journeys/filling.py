"""Forms of any service, filled in by the names of their questions; and who of the demo's nation a service is for."""

from __future__ import annotations

import json
import struct
import tempfile
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.installation import Installation
from tests.journeys.walking import REFERENCE, Person


def picture(width: int = 480, height: int = 640) -> Path:
    """A file with a plain grey picture, as a scan or a photo that somebody hands in."""
    rows = b"".join(b"\x00" + bytes([200 + line % 40]) * width for line in range(height))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    parts = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
    with tempfile.NamedTemporaryFile("wb", suffix=".png", delete=False) as file:
        file.write(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
    return Path(file.name)


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person of the nation to whom a service applies, and what the demo's guide says of them, in English."""

    name: str
    note: str


def somebody(place: Installation, service: str, outcome: str, words: str = "") -> Somebody:
    """The one whom the guide names for this outcome of the service, with these words in the note."""
    lines = (place.data / "demo" / "who.jsonl").read_text(encoding="utf-8").splitlines()
    for one in map(json.loads, lines):
        if one["service"] == service and one["outcome"] == outcome and words in one["note"]["en"]:
            return Somebody(one["name"], one["note"]["en"])
    raise LookupError(f"the nation has nobody for {service} {outcome} {words}")


def officers_of(place: Installation, agency: str, role: str) -> list[str]:
    """Names of those who hold this office in the demo."""
    lines = (place.data / "demo" / "people.jsonl").read_text(encoding="utf-8").splitlines()
    return [one["name"] for one in map(json.loads, lines) if (one["agency"], one["role"]) == (agency, role)]


def fill(walker: Person, answers: Mapping[str, str | bool | date | Path]) -> None:
    """Answers the questions of the page; does not send it. A choice is named by its code, a person by their name."""
    for name, answer in answers.items():
        if isinstance(answer, date):
            for part in ("day", "month", "year"):
                walker.page.fill(f"input[name={name}_{part}]", str(getattr(answer, part)))
        elif isinstance(answer, Path):
            walker.page.set_input_files(f"input[name={name}]", answer)
        elif isinstance(answer, bool):
            walker.page.check(f"input[name={name}][value={'yes' if answer else 'no'}]")
        else:
            _fill_words(walker, name, answer)


def _fill_words(walker: Person, name: str, answer: str) -> None:
    one = walker.page.locator(f"[name={name}]").first
    if one.evaluate("field => field.localName") == "select":
        one.select_option(answer)
    elif one.get_attribute("type") in ("radio", "checkbox"):
        coded = walker.page.locator(f"input[name={name}][value='{answer}']")
        named = (
            walker.page.locator(f"main label:has-text('{answer}')").locator("xpath=..").locator(f"input[name={name}]")
        )
        (coded if coded.count() else named).first.check()
    else:
        one.fill(answer)


def search(walker: Person, name: str, words: str) -> None:
    """Looks for rows of a long list or for an address, and chooses the first that is found."""
    walker.page.fill(f"input[name={name}_words]", words)
    walker.click(f"main button[name=list-search][value={name}]")
    walker.page.locator(f"main input[type=radio][name={name}]").first.check()


def goes_on(walker: Person, path: str, words: str, seconds: float = 90) -> None:
    """Opens the page again and again until these words stand on it: others, or the worker, do their part meanwhile."""
    pause, ends = 0.2, time.monotonic() + seconds
    walker.go(path)
    while not walker.sees(words):
        if time.monotonic() > ends:
            raise AssertionError(f"{path}: no {words!r} after {seconds} s\n{walker.text()}")
        walker.page.wait_for_timeout(1000 * pause)
        pause = min(1, 1.5 * pause)
        walker.go(path)


def sign(walker: Person, case: str, agree: bool = True) -> None:
    """Another party finds the task on their page, answers it, and confirms the answer."""
    task(walker, case)
    walker.page.check(f"input[name=answer][value={'agree' if agree else 'refuse'}]")
    walker.send()
    walker.send()


def task(walker: Person, case: str) -> None:
    """Opens the party's task of this case, as soon as it is there."""
    goes_on(walker, "me/tasks/", case)
    walker.click(f"main li:has-text('{case}') a, main tr:has-text('{case}') a, main a:has-text('{case}')")


def office_task(officer: Person, case: str) -> None:
    """Opens the desk's task of this case, as soon as it is there."""
    goes_on(officer, "desk/tasks/", case)
    officer.click(f"main a:has-text('{case}')")


def waits_for_case(walker: Person, title: str) -> str:
    """The reference of the person's case with this title, as soon as it is there: it begins by itself."""
    goes_on(walker, "me/cases/", title)
    link = walker.page.locator(f"main a[href*='/me/cases/']:has-text('{title}')").first
    found = REFERENCE.search(str(link.get_attribute("href")))
    assert found
    return found[0]


def refuse(clerk: Person, case: str, reasons: str) -> None:
    """An officer refuses what the table leaves open, and sends the letter."""
    goes_on(clerk, f"desk/?ref={case}", case)
    clerk.click(f"main a[href*='{case}']")
    clerk.page.fill("textarea[name=reasons]", reasons)
    clerk.page.check("input[name=outcome][value=refuse]")
    clerk.click("main button[name=step][value=preview]")
    clerk.click("main button[name=step][value=decide]")
    assert clerk.sees(reasons)


def press(walker: Person) -> None:
    """Sends the page and, where it asks again, confirms."""
    here = walker.page.url
    walker.send()
    if walker.page.url == here and walker.page.locator("main button[name=step][value=confirm]").count():
        walker.send()


def pay(walker: Person, case: str, how: str = "pay") -> None:
    """From the task to the bank, and back to the case."""
    task(walker, case)
    walker.click("main .govuk-button")
    walker.send()
    walker.page.check(f"input[name=chosen][value={how}]")
    walker.send()


def happens(visitor: Person, happening: str, answers: Mapping[str, str | bool | date | Path]) -> None:
    """Lets something happen at another agency, in its own system."""
    visitor.go(f"demo/agencies/?happening={happening}")
    fill(visitor, answers)
    visitor.send()
    assert visitor.path() == "demo/agencies/", visitor.text()
