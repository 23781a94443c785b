"""An officer opens a case: who sees what is written into the ledger first, then the case is handed over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pencere.applications import attaching, by_officer, versions
from pencere.applications.models import Case, Fact
from pencere.applications.versions import Version
from pencere.base.purpose import Purpose
from pencere.country.course import Verdict
from pencere.identity.queries import Office
from pencere.ledger import actions as ledger
from pencere.ledger.actions import Look

REGISTER = "applications"
"""What the ledger calls the answers that a person gave us."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A case on the desk. `open` is what the officer is asked to settle, `unknown` what a certificate would lack."""

    case: Case
    version: Version
    rows: tuple[Fact, ...]
    open: Verdict | None
    unknown: tuple[str, ...]
    open_item: int = -1


def open_case(ref: str, office: Office, account: str, *, now: datetime) -> Opened:
    """Writes each look, then returns the case. Raises NoSuchCase (other agency), Unavailable (ledger)."""
    case = by_officer.at_agency(ref, office.agency)
    version = versions.of(case)
    rows = tuple(case.facts.order_by("id"))
    purpose = Purpose(
        ground="oversight",
        act=str(version.service.law[0]),
        service=case.service,
        case=case.ref,
        agency=office.agency,
        who=f"officer:{office.role}",
        person=account,
    )
    ledger.record_look(purpose, looks_at(case, rows), kind="desk", now=now)
    standing = by_officer.on_desk(case, version, now=now)
    if standing is None:
        return Opened(case, version, rows, None, ())
    return Opened(case, version, rows, standing.open, standing.unknown, standing.open_item)


def open_file(ref: str, office: Office, account: str, reference: str, *, now: datetime) -> Case:
    """Writes the look at one file, then returns its case. Raises NoSuchCase, Unavailable (ledger)."""
    case = by_officer.at_agency(ref, office.agency)
    purpose = Purpose(
        ground="oversight",
        act=str(versions.of(case).service.law[0]),
        service=case.service,
        case=case.ref,
        agency=office.agency,
        who=f"officer:{office.role}",
        person=account,
    )
    persons = {case.applicant, case.subject} - {""}
    looks = [Look(person, REGISTER, attaching.facts_with(case, reference)) for person in sorted(persons)]
    ledger.record_look(purpose, looks, kind="desk", now=now)
    return case


def looks_at(case: Case, rows: Iterable[Fact]) -> list[Look]:
    """One look for each person and register whose fields the page shows."""
    named = {case.subject: "subject", case.applicant: "applicant"}
    named.pop("", None)  # a child that becomes a person by the act, a case that began by itself
    seen: dict[tuple[str, str], list[str]] = {(person, REGISTER): [word] for person, word in named.items()}
    for row in rows:
        if row.source == "answer":
            for person in named:
                seen[(person, REGISTER)].append(row.name)
        elif about := row.about or case.subject or case.applicant:
            # What is about no person (an address) was asked for the sake of the subject and is shown with their name.
            seen.setdefault((about, row.register), []).append(row.name.rpartition(".")[2])
    return [Look(person, register, tuple(dict.fromkeys(fields))) for (person, register), fields in seen.items()]
