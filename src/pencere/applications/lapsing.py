"""What happens when time is over: a step's silence as it is declared, an officer's paper for a silent holder, a term

made longer once, with reasons.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from pencere import country
from pencere.applications import (
    answering,
    by_officer,
    courses,
    deadlines,
    deciding,
    panels,
    rules,
    tasking,
    timeline,
    versions,
    waiting,
    walk,
)
from pencere.applications.models import Case, Task
from pencere.applications.versions import Version
from pencere.applications.walk import Settled, Standing
from pencere.base.canonical import Value
from pencere.base.errors import Refused
from pencere.base.terms import UnknownYear, due
from pencere.country.course import GRANT, REFUSE, Verdict
from pencere.country.declarations import Refusal
from pencere.identity.queries import Office
from pencere.ledger import actions as ledger

AT_ONCE = 500
PAPER_EVERY = 200


def lapse_overdue(now: datetime) -> int:
    """Closes what nobody did in time, as the step says; returns how many tasks. Fees end in the payments, offers in

    their queue.
    """
    over = Task.objects.filter(closed_at__isnull=True, due_at__isnull=False, due_at__lte=now)
    over = over.exclude(silence="overdue").exclude(kind="pay").exclude(kind="offer", seat__gt=0)
    closed = 0
    for pk, case_id in over.order_by("due_at", "id").values_list("pk", "case_id")[:AT_ONCE]:
        with transaction.atomic():
            case = Case.objects.select_for_update().get(pk=case_id)
            task_ = Task.objects.get(pk=pk)
            if task_.state == rules.OPEN and task_.due_at is not None and task_.due_at <= now:
                lapse_task(case, versions.of(case), task_, now)
                closed += 1
    closed += _end_terms(now)
    _open_papers(now)
    return closed


def _end_terms(now: datetime) -> int:
    """Cases whose own term is over, where the law says what silence means: granted, refused or lapsed by it."""
    ended, today = 0, timeline.day_of(now)
    for service in country.current().services.values():
        if service.term is None or service.term.silence not in (GRANT, REFUSE, "lapse"):
            continue
        late = Case.objects.filter(service=service.id, agency=service.agency, desk_on__lt=today, desk_on__isnull=False)
        for case in late.order_by("desk_on", "id")[:AT_ONCE]:
            with transaction.atomic():
                locked = Case.objects.select_for_update().get(pk=case.pk)
                if rules.is_overdue(locked.desk_on, today):
                    ended += _end_term(locked, now)
    return ended


def _end_term(case: Case, now: datetime) -> bool:
    version = versions.of(case)
    term = version.service.term
    if term is None or term.silence not in (GRANT, REFUSE, "lapse"):
        return False
    timeline.add(case, "silent", who="system", now=now, body={"kind": "term"})
    if term.silence == "lapse":
        deciding.end(case, rules.LAPSED, now, who="system", body={"why": "term"})
        return True
    loaded = tasking.load(case, version)
    course = courses.course_of(case, version, loaded.rows, now=now)
    standing = walk.walk(course, courses.fetched_in(loaded.rows), {}, loaded.history(case))
    table = standing.open.table if standing.open is not None else ""
    law = str(term.law or version.service.law[0])
    verdict = Verdict(term.silence, table, "silence", law, (), {}, "system")
    if term.silence == REFUSE:
        refusal = Refusal("silence", term.law or version.service.law[0])
        deciding.decide_now(case, version, Standing(outcome=rules.REFUSED, settled_by=verdict, refused=refusal), now)
        return True
    if standing.open is None:
        return False  # somebody else is waited for, and the law makes nothing of that
    deciding.write_decision(case, Settled(verdict, standing.open_item), now)
    deciding.advance(case, version, now=now)
    return True


def lapse_task(case: Case, version: Version, task_: Task, now: datetime) -> None:
    """Nobody did it in time. The case is held."""
    silence = task_.silence
    body = {"step": task_.step, "item": task_.item, "kind": task_.kind, "who": task_.who}
    timeline.add(case, "silent", who="system", now=now, body=body)
    if task_.kind == "expert":
        tasking.close(task_, rules.TASK_LAPSED, now)
        panel = case.tasks.get(step=task_.step, kind="panel", seat=0)
        panels.draw_panel.enqueue(panel.pk)
        return
    if task_.kind == "pay" or silence == "lapse":
        tasking.close(task_, rules.TASK_LAPSED, now)
        if case.state in rules.UNDECIDED:
            deciding.end(case, rules.LAPSED, now, who="system", body={"step": task_.step, "why": "silent"})
        return
    state = rules.TASK_DONE if silence == "grant" else rules.TASK_LAPSED
    tasking.close(task_, state, now, silence=REFUSE if silence == "refuse" else silence)
    if task_.kind == "sign":
        answering.silent(case, version, task_, now)
    if case.state in (*rules.UNDECIDED, rules.DECIDED):
        deciding.advance(case, version, now=now)


def _open_papers(now: datetime) -> None:
    """A holder is silent for longer than the country waits: an officer may take a paper instead."""
    wait = country.current().defaults.evidence_wait
    if wait is None:
        return
    silent = Case.objects.filter(state=rules.WAITING, waiting_for="agency", waiting_since__isnull=False)
    for case in silent.order_by("waiting_since")[:PAPER_EVERY]:
        ends = deadlines.after(wait, case.waiting_since, country.current().calendar) if case.waiting_since else None
        if ends is None or ends > now:
            continue
        with transaction.atomic():
            locked = Case.objects.select_for_update().get(pk=case.pk)
            if (locked.state, locked.waiting_for) == (rules.WAITING, "agency"):
                _ask_for_paper(locked, now)


def _ask_for_paper(case: Case, now: datetime) -> None:
    version = versions.of(case)
    loaded = tasking.load(case, version)
    course = courses.course_of(case, version, loaded.rows, now=now)
    standing = walk.walk(course, courses.fetched_in(loaded.rows), {}, loaded.history(case))
    step = next((step for step in version.service.steps if step.kind == "evidence"
                 and {each.name for each in standing.missing} & set(step.names)), None)  # fmt: skip
    if step is None:
        return
    for each in standing.missing:
        _, made = Task.objects.get_or_create(
            case=case, step=step.number, name=each.name, item=-1, seat=0,
            defaults={
                "kind": "paper", "who": f"officer:{by_officer.DEFAULT_ROLE}", "agency": case.agency, "opened_at": now,
            },
        )  # fmt: skip
        if made:
            body = {"kind": "paper", "who": f"officer:{by_officer.DEFAULT_ROLE}", "step": step.number}
            timeline.add(case, "asked", who="system", now=now, body=body)


def extend_term(ref: str, office: Office, officer: str, account: str, *, reasons: str, now: datetime) -> None:
    """Makes the term of the decision longer, once, where the service says by whom and to what; the person is told.

    Raises NoSuchCase, Refused "state", "not_your_role", "own_case", "extended_already".
    """
    case = by_officer.at_agency(ref, office.agency)
    version = versions.of(case)
    term = version.service.term
    if term is None or term.extend is None or case.state not in rules.UNDECIDED or not reasons.strip():
        raise Refused("state")
    if term.extend.by.removeprefix("officer.") != office.role:
        raise Refused("not_your_role", str(term.extend.law))
    if officer in (case.applicant, case.subject):
        raise Refused("own_case")
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        if locked.state not in rules.UNDECIDED or locked.due_on == rules.NEVER:
            raise Refused("state")
        if locked.events.filter(kind="extended").exists():
            raise Refused("extended_already", str(term.extend.law))
        course = courses.course_of(locked, version, locked.facts.all(), now=now)
        start = deadlines.begins(term, course, tasking.clocks(locked, locked.tasks.all()))
        try:
            last = due(term.extend.to, start or locked.submitted_at or now, version.country.calendar).day
        except UnknownYear:
            raise Refused("state") from None
        before, locked.due_on = locked.due_on, max(last, locked.due_on)
        locked.desk_on = rules.NEVER if waiting.stands_still(locked, version) else locked.due_on
        locked.save(update_fields=["due_on", "desk_on"])
        body: dict[str, Any] = {"from": before.isoformat(), "to": locked.due_on.isoformat(), "reasons": reasons,
                                "law": str(term.extend.law)}  # fmt: skip
        timeline.add(locked, "extended", who=f"officer:{office.role}", account=account, now=now, body=body)
        leaf: dict[str, Value] = {
            "case": locked.ref,
            "to": locked.due_on.isoformat(),
            "by": account,
            "law": str(term.extend.law),
        }
        ledger.record("case.extended", leaf, now=now)
