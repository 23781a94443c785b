"""Fees of cases: what became of them is read from the payments by a cursor, and the case goes on, or lapses."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pencere.applications import deciding, lapsing, rules, tasking, timeline, versions
from pencere.applications.models import Case, Cursor, Task
from pencere.ledger import actions as ledger
from pencere.payments import queries as payments
from pencere.payments.queries import Settled

CURSOR = "payments"
AT_ONCE, ROUNDS = 200, 20


def poll_payments(now: datetime) -> int:
    """Lets cases go on whose fee was settled; returns how many movements were read."""
    read = 0
    for _ in range(ROUNDS):
        at = Cursor.objects.filter(name=CURSOR).values_list("at", flat=True).first()
        settled = payments.settled_since(int(at or 0), AT_ONCE)
        for each in settled:
            with transaction.atomic():
                _settled(each, now)
                Cursor.objects.update_or_create(name=CURSOR, defaults={"at": str(each.cursor), "read_at": now})
        read += len(settled)
        if len(settled) < AT_ONCE:
            break
    return read


def _settled(each: Settled, now: datetime) -> None:
    case = Case.objects.select_for_update().filter(ref=each.case).first()
    if case is None:
        return
    task_ = next((one for one in case.tasks.filter(kind="pay") if one.result.get("key") == each.key), None)
    if task_ is None:
        return
    if each.state == "refunded":
        timeline.add(case, "refunded", who="system", now=now, body={"fee": task_.result["fee"]})
    elif task_.state == rules.OPEN and case.state in rules.UNDECIDED:
        _close(case, task_, each, now)


def _close(case: Case, task_: Task, each: Settled, now: datetime) -> None:
    version = versions.of(case)
    if each.state == "failed":
        lapsing.lapse_task(case, version, task_, now)
        return
    tasking.close(task_, rules.TASK_DONE, now)
    body = {"fee": task_.result["fee"], "amount": task_.result["amount"], "step": task_.step}
    timeline.add(case, "paid", who="system", now=now, body=body)
    ledger.record(
        "case.paid", {"case": case.ref, "fee": task_.result["fee"], "payment": task_.result["payment"]}, now=now
    )
    deciding.advance(case, version, now=now)
