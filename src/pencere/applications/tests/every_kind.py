"""A service that asks every kind of question, in a copy of the country: for tests of forms and of what they bring."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from django.test import Client

from pencere import country
from pencere.applications.tests import make
from pencere.base.tests import make_media
from pencere.registers import actions as registers

SERVICE = "every-kind"
CONSENT = "with-consent"
LANGUAGES = ("az", "en", "ru")

_SERVICE = """
agency: din
law: [residence-law 5]
since: 2020-01-01
channels: {apply: [online], result: [online]}
result: an answer of every kind
starts: [application]
parties:
  applicant: {is: person, subject: yes, acts_as: [self], sign_in: substantial}
questions:
  home:
    fields:
      basis: [owner, order]
      order: {kind: file, when: {home.basis: order}}
      rent: {kind: money, min: 1, max: 5000}
      share: percent
      area: {kind: decimal, unit: m2, required: no}
      rooms: {kind: choices, of: [kitchen, bath, balcony], required: no}
      calls: {kind: time, required: no}
      account: iban
      owner: {kind: person, required: no}
      firm: {kind: organisation, required: no}
      phones: {kind: phone, many: 1..3}
      face: photo
  movers:
    many: 1..3
    fields:
      person: {kind: person, of: applicant.household}
      child: boolean
      school: {kind: text, when: {movers.child: true}}
      since: date
  visit: {fields: {office: [nizami, sahil], slot: {kind: ref, of: test-slots, only: {office: visit.office}}}}
term: {within: 1 working_days, law: residence-law 5}
steps:
  - ask: [home, movers, visit]
  - submit
  - {decide: answer, by: officer.registry}
"""
_DECISION = """
answer:
  hit: first
  rows: |
    rule  | home.basis || outcome | law
    owner | owner      || grant   | residence-law 5
    order | -          || officer | residence-law 5
"""
_WITH_CONSENT = """
agency: din
law: [residence-law 5]
since: 2020-01-01
channels: {apply: [online], result: [online]}
result: an answer
starts: [application]
parties:
  applicant: {is: person, subject: yes, acts_as: [self], sign_in: substantial}
questions:
  request: {fields: {note: text}}
evidence:
  home: {from: residence.by-person, by: {person: applicant}, take: [address], consent: yes}
term: {within: 1 working_days, law: residence-law 5}
steps:
  - ask: request
  - evidence: home
  - submit
  - {decide: answer, by: officer.registry}
"""
_DECISION_WITH_CONSENT = """
answer:
  hit: first
  rows: |
    rule  | home.address || outcome | law
    known | not(null)    || grant   | residence-law 5
    other | -            || officer | residence-law 5
"""
_SLOTS = """
agency: din
kept: here
law: residence-law 5
of: slot
key: slot_no
fields:
  slot_no: {kind: text, search: exact}
  office: {kind: choice, of: [nizami, sahil], search: exact}
  at: moment
  desks: {kind: integer, min: 0}
answers:
  by-number: {by: [slot_no], fields: [office, at]}
capacity:
  slot: {places: desks}
"""
_LABELS = {
    "title": "Every kind", "summary": "All questions", "result": "Answer", "need": "Nothing",
    "home": "Your home", "home.basis": "On what ground?", "home.basis.owner": "I own it",
    "home.basis.order": "A court order", "home.order": "The order", "home.rent": "Rent", "home.share": "Share",
    "home.area": "Area", "home.rooms": "Rooms", "home.rooms.kitchen": "Kitchen", "home.rooms.bath": "Bath",
    "home.rooms.balcony": "Balcony", "home.calls": "When may we call?", "home.account": "Account",
    "home.owner": "FIN of the owner", "home.firm": "Firm", "home.phones": "Phones", "home.face": "Photo",
    "movers": "Who moves", "movers.person": "Person", "movers.child": "Does the person go to school?",
    "movers.school": "School", "movers.since": "Since when?", "visit": "Visit", "visit.office": "Office",
    "visit.office.nizami": "Nizami office", "visit.office.sahil": "Sahil office", "visit.slot": "Time",
    "answer": "Answer", "rules.owner": "It is yours.", "rules.order": "An officer looks at the order.",
}  # fmt: skip
_SLOT_LABELS = {
    "title": "Slots", "row": "slot", "slot_no": "Number", "office": "Office", "office.nizami": "Nizami office",
    "office.sahil": "Sahil office", "at": "Time", "desks": "Desks", "slot": "Place",
}  # fmt: skip


@contextmanager
def in_use(folder: Path) -> Iterator[None]:
    """The country with the service and its register; afterwards the country as it was."""
    before = country.current().folder
    copy = folder / before.name
    shutil.copytree(before, copy)
    _write(copy / "services" / SERVICE, {"service.yaml": _SERVICE, "decision.yaml": _DECISION}, _LABELS)
    asked = {"service.yaml": _WITH_CONSENT, "decision.yaml": _DECISION_WITH_CONSENT}
    labels = {"title": "Consent", "request": "Request", "request.note": "Note", "home": "Home", "answer": "Answer",
              "summary": "s", "result": "r", "rules.known": "We know.", "rules.other": "An officer looks."}  # fmt: skip
    _write(copy / "services" / CONSENT, asked, labels)
    _write(copy / "registers" / "test-slots", {"register.yaml": _SLOTS}, _SLOT_LABELS)
    told = (copy / "country.yaml").read_text()
    if "household:" not in told:
        relation = "relations:\n  household: {from: residence.household, law: residence-law 5}\n"
        head, _, rest = told.partition("relations:")
        (copy / "country.yaml").write_text(head + relation + rest.partition("\n")[2])
    country.use(copy)
    try:
        yield
    finally:
        country.use(before)


def _write(folder: Path, files: dict[str, str], labels: dict[str, str]) -> None:
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    for language in LANGUAGES:
        (folder / f"{language}.yaml").write_text("".join(f"{key}: '{words}'\n" for key, words in labels.items()))


def slots(number: int = 3, first: int = 0) -> None:
    """Hours at the offices: `number` at each, the last of them without a free desk."""
    rows: list[dict[str, object]] = [
        {
            "slot_no": f"{office}-{hour}",
            "office": office,
            "at": datetime(2026, 4, 1, 5, 0, tzinfo=UTC).replace(hour=5 + hour % 8, day=1 + hour // 8),
            "desks": 0 if hour == first + number - 1 else 2,
        }
        for office in ("nizami", "sahil")
        for hour in range(first, first + number)
    ]
    registers.add_rows("test-slots", rows, valid_from=date(2020, 1, 1), recorded_by="test", now=make.NOW)


HOME = {
    "basis": "owner", "rent": "450.50", "share": "12.5", "area": "54.5", "rooms": ["kitchen", "balcony"],
    "calls": "9:30", "account": "AZ21 NABZ 0000 0000 1370 1000 1944", "owner": "9e7k5dy",
    "phones": "050 123 45 67\n055 123 45 67",
}  # fmt: skip


def begin(browser: Client, service: str = SERVICE) -> str:
    answer = browser.post(f"/en/apply/{service}/")
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"].split("/")[3])


def photo(width: int = 413, height: int = 531) -> bytes:
    return make_media.png(width, height)
