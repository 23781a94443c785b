"""What the walk asks for is opened: tasks for people and desks, fees, tickets, jobs for what goes out of the house.

Inside the transaction that holds the case. Asks nobody: what must be asked is a job's.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse

from pencere.applications import effects, events, panels, queueing, rules, tasking, timeline
from pencere.applications.models import Case, Task
from pencere.applications.versions import Version
from pencere.applications.walk import Standing, Want
from pencere.country.course import Course
from pencere.identity import queries as identity
from pencere.payments import actions as payments


def open_all(
    case: Case, version: Version, standing: Standing, course: Course, tasks: Iterable[Task], now: datetime
) -> list[Task]:
    """Opens what the case wants and what is not open yet; notices are written down and done."""
    _void_unwanted(standing, tasks, now)
    opened = []
    for want in (*standing.notices, *standing.wants):
        if want.kind == "issue":
            continue
        task = tasking.open_task(case, version, want, course, tasks, now)
        if task is not None:
            opened.append(task)
            _begin(case, version, task, want, course, now)
    return opened


ONLY_WHILE_WANTED = ("ask", "submit", "sign", "check", "visit", "offer", "wait_for", "archive", "deliver")


def _void_unwanted(standing: Standing, tasks: Iterable[Task], now: datetime) -> None:
    """An answer changed, and with it what must be done: what is not asked for any more is open no longer."""
    wanted = {want.key for want in standing.wants}
    for task in tasks:
        if task.state != rules.OPEN or task.seat or task.kind not in ONLY_WHILE_WANTED:
            continue
        if (task.step, task.name, task.item) not in wanted:
            tasking.close(task, rules.VOID, now)


def _begin(case: Case, version: Version, task: Task, want: Want, course: Course, now: datetime) -> None:
    """What belongs to a task of this kind besides its row."""
    if task.kind == "notify":
        tasking.close(task, rules.TASK_DONE, now)
        said = {"to": want.step.names[0], "text": want.step.text}
        timeline.add(case, "notice", who="system", now=now, body=said)
        return
    if task.kind in tasking.PERSONS or task.kind in tasking.DESK:
        body: dict[str, Any] = {"kind": task.kind, "who": task.who, "step": task.step, "item": task.item}
        timeline.add(case, "asked", who="system", now=now, body=body)
    if task.kind == "pay":
        _ask_fee(case, version, task, want, now)
    elif task.kind == "panel":
        panels.draw_panel.enqueue(task.pk)
    elif task.kind == "place":
        queueing.enter(case, version, task, course, now)
    elif task.kind == "wait_for":
        events.hear_earlier(case, task)
    elif task.kind == "record":
        effects.write_record.enqueue(task.pk)


def _ask_fee(case: Case, version: Version, task: Task, want: Want, now: datetime) -> None:
    service = version.service
    fee = service.fees[want.step.names[0]]
    payment = payments.request(
        fee_key(case.ref, fee.name),
        case=case.ref,
        person=task.person,
        account=identity.account_of(task.person) or case.account,
        amount=want.amount,
        currency=version.country.currency,
        kind=fee.kind,
        payee=version.country.payees[fee.payee],
        title=service.texts.get(fee.name) or service.texts.get("title", {}),
        until=task.due_at if task.silence != "overdue" else None,
        now=now,
        return_to=reverse("applications:case", args=[case.ref]),
    )
    task.result = {"fee": fee.name, "payment": payment.id, "key": payment.key, "amount": payment.amount}
    task.save(update_fields=["result"])


def fee_key(ref: str, fee: str) -> str:
    """Under which a fee is asked, once in the life of a case."""
    return f"{ref}:{fee}"


def waits_for(wants: Iterable[Want]) -> tuple[str, str] | None:
    """For what the case waits, and for whom; None if the desk is at work."""
    found = [_wait_of(want) for want in wants if want.kind != "issue"]
    if not found or any(each is None for each in found):
        return None
    return next(each for each in found if each is not None)


def _wait_of(want: Want) -> tuple[str, str] | None:
    if want.kind in tasking.DESK or want.kind == "panel":
        return None
    if want.kind == "pay":
        return "payment", ""
    if want.kind == "place":
        return "place", want.step.names[0]
    if want.kind in ("wait_for", "record"):
        return "agency", want.who.removeprefix("agency:")
    return "party", want.who.removeprefix("party:")
