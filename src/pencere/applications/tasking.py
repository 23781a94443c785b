"""The tasks of a case: what happened so far as the walk wants it, opening what it asks for, closing what is done.

Everything here runs inside the transaction that holds the case, and asks nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pencere.applications import deadlines, rules, statements, timeline, values, walk
from pencere.applications.models import Case, Decision, Fact, Task
from pencere.applications.versions import Version
from pencere.applications.walk import History, Past, Settled, Want
from pencere.base.canonical import sha256_hex
from pencere.country.course import Course, Verdict
from pencere.country.declarations import CaseTerm
from pencere.country.tables import Used

PERSONS = ("ask", "submit", "sign", "pay", "offer")
"""What a party does; it stands on their page."""
DESK = ("check", "visit", "expert", "archive", "paper", "deliver", "recheck", "appeal")
"""What officers do; it lies on the desk."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A case as it stands in the database."""

    rows: tuple[Fact, ...]
    tasks: tuple[Task, ...]
    decisions: tuple[Decision, ...]
    issued: frozenset[tuple[int, int]]

    def history(self, case: Case) -> History:
        acting = case.ground != "self"
        return History(past_of(self.tasks), settled_of(self.decisions), self.issued, begun(case), acting)

    def task(self, step: int, name: str = "", item: int = -1, seat: int = 0) -> Task | None:
        key = (step, name, item, seat)
        return next((each for each in self.tasks if (each.step, each.name, each.item, each.seat) == key), None)


def load(
    case: Case, version: Version, rows: Iterable[Fact] | None = None, issued: frozenset[tuple[int, int]] | None = None
) -> Loaded:
    """Reads what the walk needs, but for what the caller has; tasks only of a service that can have them."""
    found = tuple(rows) if rows is not None else tuple(statements.facts_of.all(case.pk))
    tasks = tuple(statements.tasks_of.all(case.pk)) if walk.needs_tasks(version.service) else ()
    decisions = tuple(statements.decisions_of.all(case.pk))
    if issued is None:
        issued = issued_of(case) if case.decided_at else frozenset()
    return Loaded(found, tasks, decisions, issued)


def issued_of(case: Case) -> frozenset[tuple[int, int]]:
    """The certificates that were made, by step and item."""
    bodies = case.events.filter(kind="issued").values_list("body", flat=True)
    return frozenset((body["step"], body.get("item", -1)) for body in bodies)


def begun(case: Case) -> str:
    """How the walk takes it: a draft that was sent, or something that began without one."""
    return "application" if case.begun_by in ("application", "appeal", "correction") else case.begun_by


def past_of(tasks: Iterable[Task]) -> dict[walk.Key, Past]:
    """Seats and single offers are a matter of the panel and of the place; the walk sees those."""
    return {
        (task.step, task.name, task.item): Past(task.state, task.result)
        for task in tasks
        if task.seat == 0 and task.kind not in ("paper", "recheck", "appeal")
    }


def settled_of(decisions: Iterable[Decision]) -> dict[tuple[str, int], Settled]:
    """What was decided, the last word on each table and item; what was left open to an officer is not."""
    found: dict[tuple[str, int], Settled] = {}
    for row in sorted(decisions, key=lambda each: each.number):
        if row.table and row.outcome in ("grant", "refuse"):
            verdict = Verdict(row.outcome, row.table, row.rule, row.law, used_of(row.trace), {}, row.by)
            outputs = {name: values.untagged(value) for name, value in row.outputs.items()}
            found[(row.table, row.item)] = Settled(verdict, row.item, outputs)
    return found


def trace_of(used: Iterable[Used]) -> list[dict[str, Any]]:
    return [{"fact": each.fact, "value": values.stored(each.value)} for each in used]


def used_of(trace: Iterable[dict[str, Any]]) -> tuple[Used, ...]:
    return tuple(Used(each["fact"], each["value"]) for each in trace)


def clocks(case: Case, tasks: Iterable[Task]) -> dict[str, datetime]:
    """When what a term may begin with happened."""
    found = {"submitted": case.submitted_at or case.created_at}
    if case.begun_by == "event":
        found["event"] = case.created_at
    for task in tasks:
        name = {"pay": "paid", "visit": "visit"}.get(task.kind)
        if name and task.state == rules.TASK_DONE and task.closed_at is not None:
            found[name] = max(found.get(name, task.closed_at), task.closed_at)
    return found


def open_task(
    case: Case, version: Version, want: Want, course: Course, tasks: Iterable[Task], now: datetime
) -> Task | None:
    """The task that the walk asks for, opened now; None if it is open already. One that was void is opened again."""
    key = (want.step.number, want.name, want.item, 0)
    before = next((each for each in tasks if (each.step, each.name, each.item, each.seat) == key), None)
    if before is not None and before.state == rules.OPEN:
        return None
    term = term_for(version, want)
    inside = course.item(want.step.each, want.item) if want.step.each and want.item >= 0 else course
    due_at = deadlines.over_at(term, inside, clocks(case, tasks) | {"asked": now}) if term else None
    task = before or Task(case=case, step=want.step.number, name=want.name, item=want.item, seat=0)
    task.kind, task.state, task.who, task.person = want.kind, rules.OPEN, want.who, want.person
    task.agency = case.agency if want.kind in DESK else ""
    task.silence = term.silence if term else "overdue"
    if want.kind == "offer":  # an appointment: how long one may take to pick it
        offer = version.service.places[want.step.names[0]].offer
        due_at = deadlines.after(offer.answer, now, version.country.calendar) if offer else None
        task.silence = "lapse" if offer else "overdue"
    task.opened_at, task.due_at, task.closed_at, task.result = now, due_at, None, {}
    if want.kind == "wait_for":
        task.mark = mark_of(version, want, course)
    task.save()
    return task


def term_for(version: Version, want: Want) -> CaseTerm | None:
    if want.kind == "archive":
        declared = version.service.evidence[want.name].none
        return declared.term if declared else None
    return want.step.term


def mark_of(version: Version, want: Want, course: Course) -> str:
    """What an event must say for this case to be the one it waits for."""
    return mark(version.service.id, want.step.names[0], course.matching(want.step))


def mark(service: str, source: str, facts: Mapping[str, object]) -> str:
    """A hash over service, event and the values that are compared."""
    return sha256_hex({"service": service, "source": source, "facts": {k: values.plain(v) for k, v in facts.items()}})


def close(task: Task, state: str, now: datetime, **result: Any) -> None:
    """Closes a task with what came of it. Who calls has locked the case and looked that it is open."""
    task.state, task.closed_at = state, now
    task.result = {**task.result, **result}
    task.save(update_fields=["state", "closed_at", "result"])


def void_open(case: Case, now: datetime) -> None:
    """The case is over: nobody needs to do anything any more."""
    case.tasks.filter(closed_at__isnull=True).update(state=rules.VOID, closed_at=now)


def bring(
    case: Case, facts: Mapping[str, tuple[str, object]], *, source: str, now: datetime, evidence: str = "",
    register: str = "", holder: str = "", law: str = "", about: str = "", turn: int = 1,
) -> None:  # fmt: skip
    """Keeps facts (name → kind, value in memory) that a task brought, in place of those of the same name."""
    if not facts:
        return
    Fact.objects.filter(case=case, name__in=list(facts)).delete()
    day = timeline.day_of(now)
    rows = []
    for name, (kind, value) in facts.items():
        row = Fact(case=case, name=name, kind=kind, source=source, evidence=evidence, register=register, holder=holder)
        row.law, row.about, row.as_of, row.fetched_at, row.round = law, about, day, now, turn
        row.value = value if kind == values.ROWS else values.stored(value)
        rows.append(row)
    statements.add_facts.of(*rows)
