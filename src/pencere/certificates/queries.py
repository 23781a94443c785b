"""What other parts and pages may read: a person's certificates without their facts, a paper for its owner, a check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

from pencere import country
from pencere.base import clock
from pencere.base.purpose import Purpose
from pencere.certificates import papers, rules
from pencere.certificates.checking import (
    ISSUED,
    REGISTER,
    Asker,
    Checked,
    FileChecked,
    check,
    check_file,
    check_hash,
    check_with_answer,
)
from pencere.certificates.models import Certificate, Paper
from pencere.ledger import actions as ledger
from pencere.ledger.actions import Look

__all__ = [
    "ISSUED",
    "REGISTER",
    "Asker",
    "CertificateView",
    "Checked",
    "Document",
    "FileChecked",
    "PaperView",
    "check",
    "check_file",
    "check_hash",
    "check_with_answer",
    "documents_of",
    "file",
    "of_case",
]


@dataclass(frozen=True, slots=True)
class PaperView:
    language: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class CertificateView:
    """A certificate without what it says: for lists, the case's page and the desk."""

    id: str
    kind: str
    title: Mapping[str, str]
    agency: str
    number: str
    state: str  # of rules.STATES
    issued_on: date
    valid_until: date | None
    until_superseded: bool
    case: str
    step: int
    papers: tuple[PaperView, ...]
    revoked_on: date | None
    revoked_because: str


@dataclass(frozen=True, slots=True)
class Document:
    """A sealed file for its owner."""

    content: bytes
    name: str


def documents_of(identifier: str, now: datetime | None = None) -> tuple[CertificateView, ...]:
    """The certificates given to this person, newest first."""
    if not identifier:
        return ()
    return _views(Certificate.objects.filter(holder=identifier).order_by("-issued_at", "-id"), now or clock.now())


def of_case(ref: str, now: datetime | None = None) -> tuple[CertificateView, ...]:
    """The certificates that a case gave, in the order of its steps."""
    return _views(Certificate.objects.filter(case=ref).order_by("step"), now or clock.now()) if ref else ()


def file(certificate_id: str | UUID, language: str, identifier: str, *, account: str, now: datetime) -> Document | None:
    """The paper, for the person it was given to; None for everybody else and for what there is not.

    Written into the subject's ledger as a look of their own (or of who acts for them) before it is returned.
    """
    found = Paper.objects.filter(
        certificate_id=certificate_id, language=language, certificate__holder=identifier
    ).select_related("certificate")
    paper = found.first() if identifier else None
    if paper is None:
        return None
    row = paper.certificate
    content = papers.read(Path(settings.PENCERE.papers), paper.path)
    purpose = Purpose("own", "", "documents", row.case, "", "person", account)
    look = Look(row.subject, REGISTER, tuple(row.facts) or ("state",), source=row.kind)
    ledger.record_look(purpose, [look], kind="own", now=now)
    here = country.current()
    declared = here.certificates.get(row.kind)
    title = here.text(declared.texts, "title", language) if declared else row.kind
    return Document(content, f"{title} {row.number}.pdf")


def _views(rows: Iterable[Certificate], now: datetime) -> tuple[CertificateView, ...]:
    here = country.current()
    today = clock.day_in(here.time_zone, now)
    found = rows.select_related("revocation").prefetch_related("papers")  # type: ignore[attr-defined]
    return tuple(_view(row, today) for row in found)


def _view(row: Certificate, today: date) -> CertificateView:
    here = country.current()
    declared = here.certificates.get(row.kind)
    revocation = getattr(row, "revocation", None)
    order = {language: place for place, language in enumerate(here.languages)}
    return CertificateView(
        id=str(row.id),
        kind=row.kind,
        title=declared.texts["title"] if declared else {here.languages[0]: row.kind},
        agency=row.agency,
        number=row.number,
        state=rules.state(
            revoked=revocation is not None,
            superseded=row.superseded_at is not None,
            valid_until=row.valid_until,
            today=today,
        ),
        issued_on=clock.day_in(here.time_zone, row.issued_at),
        valid_until=row.valid_until,
        until_superseded=row.until_superseded,
        case=row.case,
        step=row.step,
        papers=tuple(
            PaperView(paper.language, paper.size, paper.sha256)
            for paper in sorted(row.papers.all(), key=lambda paper: order.get(paper.language, len(order)))
        ),
        revoked_on=clock.day_in(here.time_zone, revocation.at) if revocation else None,
        revoked_because=revocation.reason if revocation else "",
    )
