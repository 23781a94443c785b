"""What a case gives back when it ends: tasks, tickets, places held for it, and fees as they say themselves.

Inside the transaction that ends it; what goes out of the house is a job's, repeated until it is confirmed.
"""

from __future__ import annotations

from datetime import datetime

from pencere.applications import effects, opening, rules, tasking, timeline
from pencere.applications.models import Case
from pencere.applications.versions import Version
from pencere.payments import actions as payments
from pencere.payments import queries as paid

REFUSED, WITHDRAWN, LATE = "refused", "withdrawn", "late"


def decided(case: Case, version: Version, now: datetime) -> None:
    """The case was decided just now."""
    if case.outcome == rules.REFUSED:
        _give_back(case, now)
        _fees(case, version, REFUSED, now)
    elif case.due_on < timeline.day_of(now):
        _fees(case, version, LATE, now)


def ended(case: Case, version: Version, now: datetime) -> None:
    """The case ended before it was decided."""
    _give_back(case, now)
    _fees(case, version, WITHDRAWN, now)


def _give_back(case: Case, now: datetime) -> None:
    tasking.void_open(case, now)
    case.tickets.exclude(state__in=("accepted", "left", "ended")).update(state="ended", line=None)
    effects.release_holds.enqueue(case.ref)


def _fees(case: Case, version: Version, why: str, now: datetime) -> None:
    """A fee that was asked is called off; one that was paid is paid back, where it says so."""
    seen = case.tasks.filter(kind="visit", state=rules.TASK_DONE).exists()
    for task in case.tasks.filter(kind="pay").order_by("id"):
        fee, key = version.service.fees[task.result["fee"]], opening.fee_key(case.ref, task.result["fee"])
        payment = paid.by_key(key)
        if payment is None:
            continue
        if payment.paid_at is None:
            if why != LATE:
                payments.cancel(key, now)
            continue
        back = fee.refund.get(why, "none")
        if back == "full" or (back == "before_visit" and not seen):
            payments.refund(key, reason=why, now=now)
            body = {"fee": fee.name, "amount": payment.amount, "why": why}
            timeline.add(case, "refund", who="system", now=now, body=body)
