"""An invented office with small services that together have every kind of step, laid over a copy of the country.

`in_use(folder)` puts it in place of the country; its registers are all kept here, so that nobody else must answer.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from pencere import country
from pencere.applications import actions, drafting
from pencere.applications.actions import Asker, Submitted
from pencere.applications.models import Case, Task
from pencere.applications.tests import make
from pencere.base import clock
from pencere.identity.queries import Office
from pencere.identity.tests import make as people
from pencere.jobs import actions as jobs
from pencere.payments import actions as payments
from pencere.payments.models import Attempt
from pencere.payments.tests.fake import FakeProvider
from pencere.registers import actions as registers

LANGUAGES = ("az", "en", "ru")
DESK = Office("din", "registry")
HEAD = Office("din", "head")
ARCHIVE = Office("din", "archive")
INTAKE = Office("din", "intake")
EXPERTS = Office("din", "medical_expert")

DECLARED = Path(__file__).parent / "declared"


@contextmanager
def in_use(folder: Path) -> Iterator[None]:
    """The country with these services and registers; afterwards the country as it was."""
    before = country.current().folder
    copy = folder / before.name
    shutil.copytree(before, copy)
    for declared in sorted(DECLARED.glob("*/*")):
        place = copy / declared.relative_to(DECLARED)
        shutil.copytree(declared, place)
        for language in LANGUAGES:
            (place / f"{language}.yaml").write_text(f"title: {declared.name}\n")
    country.use(copy)
    try:
        yield
    finally:
        country.use(before)


# ---- people and rows


START = date(2020, 1, 1)


def rows(register: str, *given: dict[str, object]) -> None:
    registers.add_rows(register, list(given), valid_from=START, recorded_by="test", now=make.NOW)


def slots(desks: int = 1, number: int = 2) -> None:
    found = [
        {"slot_no": f"s{n}", "at": datetime(2026, 4, 1 + n, 6, 0, tzinfo=UTC), "desks": desks} for n in range(number)
    ]
    rows("t-slots", *found)


def officer(fin: str, office: Office) -> str:
    """The account of an officer."""
    people.officer(fin, office.role, office.agency)
    return str(make.account(fin).id)


# ---- walking


def submitted(
    service: str, fin: str, answers: dict[str, dict[str, object] | list[dict[str, object]]], now: datetime = make.NOW
) -> Submitted:
    """A case that was sent with these answers."""
    ref = prepared(service, fin, answers, now)
    return actions.submit(ref, make.who(fin), make.key(), language="az", now=now)


def prepared(
    service: str, fin: str, answers: dict[str, dict[str, object] | list[dict[str, object]]], now: datetime = make.NOW
) -> str:
    """A draft with these answers, ready to be sent."""
    who = make.who(fin)
    ref = actions.start_draft(service, who, language="az", now=now)
    case = Case.objects.get(ref=ref)
    asker = Asker(who.account_id, "person")
    actions.offer_persons(case, asker, who.name, now=now)
    for group, given in answers.items():
        if isinstance(given, list):
            _offer_household(case, given)
            for item, row in enumerate(given):
                actions.save_item(ref, who, group, item, row, language="az", now=now)
        else:
            actions.save_page(ref, who, group, given, language="az", now=now)
    actions.fetch_evidence(drafting.draft(ref, fin), asker, now=now)
    return ref


def _offer_household(case: Case, given: list[dict[str, object]]) -> None:
    """As if the register had named them as the household."""
    case.refresh_from_db()
    named = [row["person"] for row in given if "person" in row]
    known = {each["identifier"] for each in case.people}
    case.people += [
        {"identifier": each, "name": str(each), "ground": "household"} for each in named if each not in known
    ]
    case.save()


def open_tasks(ref: str, kind: str = "") -> list[Task]:
    found = Task.objects.filter(case__ref=ref, closed_at__isnull=True).order_by("step", "item", "seat")
    return [task for task in found if not kind or task.kind == kind]


def task(ref: str, kind: str) -> Task:
    """The one open task of this kind."""
    (found,) = open_tasks(ref, kind)
    return found


def events(ref: str) -> list[str]:
    return list(Case.objects.get(ref=ref).events.order_by("number").values_list("kind", flat=True))


def run(now: datetime = make.NOW) -> None:
    """All jobs that may run now, until none is left."""
    with clock.standing_at(now):
        while jobs.run_pending():
            continue


def pay(ref: str, fake: FakeProvider, how: str = "pay", now: datetime = make.NOW) -> None:
    """The person goes to the provider and pays; the case hears of it."""
    asked = task(ref, "pay")
    payments.begin(asked.result["payment"], asked.person, "az", now)
    attempt = Attempt.objects.filter(payment=asked.result["payment"]).latest("number")
    fake.choose(attempt.key, how)
    payments.ask_now(attempt.key, now)
    actions.poll_payments(now)
    run(now)


def case(ref: str) -> Case:
    return Case.objects.get(ref=ref)


def state(ref: str) -> tuple[str, str, str]:
    found = case(ref)
    return found.state, found.outcome, found.waiting_for


def happen(register: str, row: dict[str, object], now: datetime = make.NOW) -> None:
    """A row that the agency itself writes, and that the register tells of."""
    registers.happen(register, "add", {}, row, recorded_by="test", now=now)


def case_of(service: str) -> str:
    """The reference of the one case of this service."""
    return Case.objects.get(service=service).ref


def elsewhere() -> Office:
    return Office("emdx", "head")
