"""Fees of cases: what became of them is read from the payments by a cursor, and the case goes on, or lapses."""

from __future__ import annotations

from datetime import datetime

from pencere.applications import deciding, lapsing, rules, tasking, timeline, versions
from pencere.applications.keeping_up import Told, keep_up
from pencere.applications.models import Case, Task
from pencere.ledger import actions as ledger
from pencere.payments import queries as payments
from pencere.payments.queries import Settled

LIST = "payments"


def poll_payments(now: datetime) -> int:
    """Lets cases go on whose fee was settled; returns how many movements were taken."""
    return keep_up(
        Told(
            LIST,
            read=lambda after, most: payments.settled_since(int(after or 0), most),
            about=lambda each: (each.case,),
            take=lambda each: _settled(each, now),
        ),
        now,
    )


def _settled(each: Settled, now: datetime) -> int:
    case = Case.objects.select_for_update().filter(ref=each.case).first()
    if case is None:
        return 1
    task_ = next((one for one in case.tasks.filter(kind="pay") if one.result.get("key") == each.key), None)
    if task_ is None:
        return 1
    if each.state == "refunded":
        timeline.add(case, "refunded", who="system", now=now, body={"fee": task_.result["fee"]})
    elif task_.state == rules.OPEN and case.state in rules.UNDECIDED:
        _close(case, task_, each, now)
    return 1


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
