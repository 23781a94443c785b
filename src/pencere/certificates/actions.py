"""What can happen to a certificate: issued, taken back, checked with its second factor; orphans swept."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, override

from pencere import country
from pencere.base import clock, identifiers
from pencere.base.canonical import Value
from pencere.base.errors import BadInput, Refused
from pencere.certificates import papers, rendering, rules, seals, wording
from pencere.certificates.models import Certificate, Paper, Revocation
from pencere.certificates.papers import Written
from pencere.country.declarations import CertificateKind, Country
from pencere.identity.queries import Office
from pencere.ledger import actions as ledger
from pencere.ledger.actions import Receipt

__all__ = ["Receipt", "issue", "revoke", "sweep_papers"]

log = structlog.get_logger(__name__)
Finish = Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A certificate whose papers are on disk and whose row is not yet written."""

    row: Certificate
    written: tuple[Written, ...]


def issue(
    kind: str,
    *,
    case: str,
    step: int,
    subject: str,
    to: str,
    facts: Mapping[str, object],
    second_factors: Mapping[str, object],
    now: datetime,
    under: Country | None = None,
    valid_until: date | None = None,
) -> Finish | None:
    """For a job that runs outside a transaction: draws, seals and stores the papers of every language now, which is

    the heavy work; what it returns writes the row, in the transaction that marks the job done. None if this step of
    the case has its certificate already. However often a job is run or killed, there is one certificate.
    `under`: the declarations of the case, where they are not those of today. `valid_until`: the last day, where the
    case says it and not the kind of certificate.
    """
    if _exists(case, step):
        return None
    here = under or country.current()
    declared = here.certificates[kind]
    issued_on = clock.day_in(here.time_zone, now)
    row = Certificate(
        id=uuid4(),
        kind=declared.id,
        number=_new_number(declared, issued_on.year),
        subject=subject,
        holder=to,
        case=case,
        step=step,
        facts=wording.stored(facts),
        agency=declared.agency,
        content_hash=declared.content_hash,
        issued_at=now,
        valid_until=valid_until or rules.last_day(declared.valid, issued_on, here.calendar),
        until_superseded=valid_until is None and declared.valid == "superseded",
        synthetic=settings.PENCERE.demo,
    )
    draft = _draft(row, declared, here, second_factors, now)
    return lambda: _commit(draft, declared)


def _draft(
    row: Certificate, kind: CertificateKind, here: Country, second_factors: Mapping[str, object], now: datetime
) -> _Draft:
    """With the code by which it is checked, and its papers."""
    code = identifiers.random_code()
    answer = rules.expected_answer(kind.verify.second_factor, row.number, dict(second_factors))
    row.code_hash = identifiers.code_hash(code)
    row.second_factor = rules.second_factor_hash(code, answer) if answer else ""
    return _Draft(row, tuple(_paper(row, kind, here, code, language, now) for language in here.languages))


def _paper(row: Certificate, kind: CertificateKind, here: Country, code: str, language: str, now: datetime) -> Written:
    url = f"{settings.PENCERE.url}/{language}/verify/{code}"
    facts = wording.page_facts(
        kind,
        row.facts,
        here,
        language,
        number=row.number,
        issued_on=clock.day_in(here.time_zone, now),
        verify_url=url,
        synthetic=row.synthetic,
    )
    page = rendering.Page(here.folder / kind.page, here.folder, settings.PENCERE.assets / "fonts")
    pdf = rendering.shared.render(page, facts, url, now)
    with override(language):
        reason = gettext("Electronic seal of the agency")
    sealed = seals.sealer(kind.agency, now).seal(pdf, signer=str(facts["agency"]), reason=reason, moment=now)
    return papers.write(Path(settings.PENCERE.papers), row.id, language, sealed)


def _commit(draft: _Draft, kind: CertificateKind) -> None:
    """In the caller's transaction: the row, its papers, its leaf, the end of the one it replaces."""
    row = draft.row
    if _exists(row.case, row.step):
        log.info("certificate_there_already", case=row.case, step=row.step)
        return
    earlier = Certificate.objects.filter(kind=row.kind, subject=row.subject, until_superseded=True, superseded_at=None)
    replaced = list(earlier.values_list("id", flat=True)) if row.until_superseded else []
    Certificate.objects.filter(id__in=replaced).update(superseded_at=row.issued_at)
    row.leaf = ledger.record("certificate.issued", _issued(draft, replaced), now=row.issued_at).leaf_id
    row.save(force_insert=True)
    Certificate.objects.filter(id__in=replaced).update(superseded_by=row)
    Paper.objects.bulk_create(
        Paper(certificate=row, language=one.language, sha256=one.sha256, size=one.size, path=one.path)
        for one in draft.written
    )
    log.info("certificate_issued", kind=kind.id, certificate=str(row.id), case=row.case)


def _issued(draft: _Draft, replaced: list[UUID]) -> dict[str, Value]:
    row = draft.row
    return {
        "certificate": str(row.id),
        "kind": row.kind,
        "number": row.number,
        "agency": row.agency,
        "case": row.case,
        "step": row.step,
        "content_hash": row.content_hash,
        "papers": {one.language: one.sha256 for one in draft.written},
        "replaces": [str(one) for one in replaced],
    }


def revoke(certificate_id: str | UUID, *, reason: str, by: Office, account: str, case: str, now: datetime) -> Receipt:
    """Takes a certificate back; the next check says so. Raises Refused (not this office), BadInput (no such

    certificate, no reason, taken back already).
    """
    reason = " ".join(reason.split())
    if not reason:
        raise BadInput("reason_missing")
    with transaction.atomic():
        row = Certificate.objects.select_for_update().filter(id=certificate_id).first()
        if row is None or row.agency != by.agency:
            raise BadInput("no_such_certificate")
        declared = country.current().certificates.get(row.kind)
        if declared is None or f"officer.{by.role}" not in declared.revoke_by:
            raise Refused("certificate-revocation")
        if Revocation.objects.filter(certificate=row).exists():
            raise BadInput("revoked_already")
        receipt = ledger.record(
            "certificate.revoked",
            {
                "certificate": str(row.id),
                "reason": reason,
                "agency": by.agency,
                "role": by.role,
                "account": account,
                "case": case,
            },
            now=now,
        )
        Revocation.objects.create(
            certificate=row,
            reason=reason,
            at=now,
            by_agency=by.agency,
            by_role=by.role,
            by_account=account,
            case=case,
            leaf=receipt.leaf_id,
        )
    log.info("certificate_revoked", certificate=str(row.id), agency=by.agency, role=by.role)
    return receipt


def sweep_papers(now: datetime) -> int:
    """Deletes files of a day ago whose row was never committed."""

    def is_known(path: str) -> bool:
        return Paper.objects.filter(path=path).exists()

    return papers.sweep(Path(settings.PENCERE.papers), is_known, now)


def _exists(case: str, step: int) -> bool:
    return Certificate.objects.filter(case=case, step=step).exists()


def _new_number(kind: CertificateKind, year: int) -> str:
    """A number nobody has. One taken between this and the commit breaks the constraint, and the job is run again."""
    while True:
        number = rules.number(kind.number, year, secrets.randbelow)
        if not Certificate.objects.filter(number=number).exists():
            return number
