"""Cases and drafts are forgotten when they have been kept as long as the country says: whole, in bounded batches.

A case goes with its answers, facts, events, decisions, submission and what was paid for it. Its
certificates and what the ledger has stay; a leaf says how many went and on what ground, and names none.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import QuerySet

from pencere import country
from pencere.applications import rules, timeline
from pencere.applications.drafting import keeper
from pencere.applications.models import Case, Task
from pencere.base.canonical import Value
from pencere.base.terms import Term, is_past
from pencere.files import actions as files
from pencere.ledger import actions as ledger
from pencere.payments import actions as payments

BATCH, BATCHES = 500, 10
"""So many cases go in one transaction, and so many transactions follow each other in one round."""

log = structlog.get_logger(__name__)


def forget_closed(now: datetime) -> int:
    """Cases that are over, and whose term of storage after that is over too; returns how many went."""
    here = country.current()
    closed = Case.objects.filter(closed_at__isnull=False).order_by("closed_at")
    own = {service.id: service.closed_kept for service in here.services.values() if service.closed_kept is not None}
    gone = _forget(
        closed.exclude(service__in=own), _closed_at, here.defaults.closed_kept, "defaults.retain.closed", now
    )
    for service, kept in own.items():  # where the law differs from the country's
        gone += _forget(closed.filter(service=service), _closed_at, kept, f"{service}.retain.closed", now)
    return gone


def _closed_at(case: Case) -> datetime | None:
    return case.closed_at


def forget_drafts(now: datetime) -> int:
    """Drafts that nobody has touched for as long as the country keeps them; returns how many went."""
    drafts = Case.objects.filter(state=rules.DRAFT).order_by("saved_at")
    return _forget(
        drafts, lambda case: case.saved_at, country.current().defaults.draft_kept, "defaults.draft.kept", now
    )


def _forget(
    oldest: QuerySet[Case], since: Callable[[Case], datetime | None], kept: Term, ground: str, now: datetime
) -> int:
    today, total = timeline.day_of(now), 0

    def is_old(case: Case) -> bool:
        began = since(case)
        return began is not None and is_past(kept, timeline.day_of(began), today, country.current().calendar)

    for _ in range(BATCHES):
        old = [case.pk for case in oldest.only("saved_at", "closed_at")[:BATCH] if is_old(case)]
        if not old:
            break
        with transaction.atomic():
            found = [case for case in oldest.filter(pk__in=old).select_for_update() if is_old(case)]
            going = [case.pk for case in found]
            if not going:
                break
            tasks = Task.objects.filter(case__in=going).values_list("pk", flat=True)
            files.release([*(keeper(case) for case in found), *(f"task:{pk}" for pk in tasks)])
            payments.forget([case.ref for case in found])
            Case.objects.filter(pk__in=going).delete()
            body: dict[str, Value] = {"cases": len(going), "ground": ground, "kept": str(kept)}
            ledger.record("cases.forgotten", body, now=now)
        log.info("cases_forgotten", **body)
        total += len(going)
    return total
