"""What a granted case does outside: writes into registers, hands papers on, gives held places back.

Each is a job: sent with the case and step as key until the holder answers, so that twice is once; then written down
here in the transaction that ends the job. A holder's no is not an end: facts are fetched again, the tables decide
again, and an officer sees both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction

from pencere.applications import (
    by_officer,
    courses,
    deciding,
    fetching,
    holders,
    rules,
    tasking,
    timeline,
    values,
    versions,
)
from pencere.applications.holders import Asker
from pencere.applications.models import Case, Hold, Task, Ticket
from pencere.applications.tasking import Loaded
from pencere.applications.versions import Version
from pencere.base import clock
from pencere.base.errors import BadInput, Refused, Unavailable
from pencere.certificates import queries as papers
from pencere.country.course import Course
from pencere.country.declarations import Step
from pencere.exchange.actions import Written
from pencere.jobs.actions import OUTSIDE, task
from pencere.ledger import actions as ledger

log = structlog.get_logger(__name__)
SETTLED = timedelta(minutes=5)
"""After so long nothing that was asked for before can still be on its way."""
CODE = "code"
"""`criminal-record.code`: the number under which the case's certificate of that kind was issued."""


def record_key(task_: Task, ref: str) -> str:
    """Under which a change is sent, and done once."""
    return f"{ref}:{task_.step}:{task_.item}" if task_.item >= 0 else f"{ref}:{task_.step}"


@task(kind=OUTSIDE, max_tries=40)
def write_record(task_id: int, tries: int = 0) -> Callable[[], None] | None:
    """Sends one change to the register's owner, and keeps what came back."""
    now = clock.now()
    row = Task.objects.filter(pk=task_id, state=rules.OPEN, kind="record").select_related("case").first()
    if row is None:
        return None
    case, version = row.case, versions.of(row.case)
    loaded = tasking.load(case, version)
    step = version.service.steps[row.step - 1]
    course = courses.course_of_effects(case, version, loaded, step, row.item)
    target = step.through or step.names[0]
    sent = course.row(step) | _codes(case, step, row.item)
    try:
        written = holders.record(
            case, version, target, sent,
            key=record_key(row, case.ref), hold=_hold_for(version, step, loaded), now=now,
            corrects=earlier_key(case, row), consented=_has_agreed(case, version, target, loaded),
        )  # fmt: skip
    except Unavailable as silent:
        log.info("record_waits", case=case.ref, step=step.number, for_=silent.who)
        return lambda: _send_again(task_id, tries, now)
    except (Refused, BadInput) as no:
        said = no.rule if isinstance(no, Refused) else no.reason
        return _after_refusal(row, version, loaded, said, now)

    def finish() -> None:
        locked = Case.objects.select_for_update().get(pk=case.pk)
        task_ = Task.objects.get(pk=task_id)
        if task_.state != rules.OPEN:
            return
        tasking.close(task_, rules.TASK_DONE, now)
        _keep(locked, version, step, task_.item, written, now)
        Hold.objects.filter(case=locked, key=_hold_for(version, step, loaded)).delete()
        body: dict[str, Any] = {"change": target, "step": step.number, "register": written.register}
        kind = "delivered" if step.through else "recorded"
        timeline.add(locked, kind, who="system", now=now, body=body if task_.item < 0 else {**body, "item": task_.item})
        ledger.record(
            f"case.{kind}", {"case": locked.ref, "change": target, "step": step.number, "item": task_.item}, now=now
        )
        deciding.advance(locked, version, now=now)

    return finish


def earlier_key(case: Case, row: Task) -> str:
    """Under which the case that this one corrects wrote the same row; empty if none did."""
    earlier = case.earlier
    while earlier is not None:
        written = earlier.tasks.filter(kind="record", state=rules.TASK_DONE, step=row.step, item=row.item).first()
        if written is not None:
            return record_key(written, earlier.ref)
        earlier = earlier.earlier
    return ""


@task(kind=OUTSIDE, max_tries=40)
def take_back(task_id: int, correction: str, reasons: str, tries: int = 0) -> Callable[[], None] | None:
    """A row that an earlier decision wrote, and a correction does not, is superseded by one that ends it."""
    now = clock.now()
    row = Task.objects.filter(pk=task_id).select_related("case").first()
    if row is None:
        return None
    case, version = row.case, versions.of(row.case)
    step = version.service.steps[row.step - 1]
    try:
        holders.take_back(
            case, version, step.through or step.names[0],
            key=f"{correction}:{row.step}:{row.item}", corrects=record_key(row, case.ref), reason=reasons, now=now,
        )  # fmt: skip
    except Unavailable:
        pause = min(deciding.FIRST_PAUSE * 2 ** min(tries, 8), deciding.LONGEST_PAUSE)
        return lambda: _take_back_later(task_id, correction, reasons, tries, now + pause)

    def finish() -> None:
        locked = Case.objects.select_for_update().get(pk=case.pk)
        timeline.add(locked, "taken_back", who="system", now=now, body={"step": row.step, "item": row.item})

    return finish


def _take_back_later(task_id: int, correction: str, reasons: str, tries: int, at: datetime) -> None:
    take_back.using(run_after=at).enqueue(task_id, correction, reasons, tries + 1)


def _send_again(task_id: int, tries: int, now: datetime) -> None:
    pause = min(deciding.FIRST_PAUSE * 2 ** min(tries, 8), deciding.LONGEST_PAUSE)
    write_record.using(run_after=now + pause).enqueue(task_id, tries + 1)


def _keep(case: Case, version: Version, step: Step, item: int, written: Written, now: datetime) -> None:
    """Fields that the holder gave become facts `<as>.<field>`; one of them may be the case's subject."""
    if not step.as_:
        return
    register = version.country.registers.get(written.register)
    fields = register.fields if register else {}
    facts = {
        values.path(f"{step.as_}.{name}", item): (values.kind_of(fields.get(name), name), written.values.get(name))
        for name in step.keep
    }
    tasking.bring(
        case, facts, source="record", register=written.register, holder=written.holder,
        law=str(version.service.law[0]), now=now,
    )  # fmt: skip


def _has_agreed(case: Case, version: Version, target: str, loaded: Loaded) -> bool:
    """Whether the person agreed to what goes under this agreement: they were asked before its evidence was, or they

    sent the case that says it.
    """
    agreement = target.partition(".")[0]
    asked = [
        f"{fetching.CONSENT}.{each.name}"
        for each in version.service.evidence.values()
        if each.consent and each.from_.partition(".")[0] == agreement
    ]
    said = {row.name: row.value for row in loaded.rows if row.name in asked}
    return any(said.values()) if said else case.begun_by != "event" and not asked


def _codes(case: Case, step: Step, item: int) -> dict[str, object]:
    """Fields of the row that name a certificate of this case."""
    found: dict[str, object] = {}
    for name, word in step.row.items():
        kind, _, what = word.partition(".")
        if what == CODE:
            issued = [each for each in papers.of_case(case.ref) if each.kind == kind]
            if issued:
                found[name] = issued[-1].number
    return found


def _hold_for(version: Version, step: Step, loaded: Loaded) -> str:
    """The key of the hold that this row fills; empty if it fills none."""
    change = (step.through or step.names[0]).partition(".")[0]
    for field, word in step.row.items():
        place = version.service.places.get(word)
        if place is None:
            continue
        takes = holders.takes(version, place.of)
        if takes is not None and takes[0] == f"{change}.{field}":
            offered = next(each for each in version.service.steps if each.kind == "offer" and each.names[0] == word)
            given = loaded.task(offered.number)
            return str(given.result.get("hold", "")) if given else ""
    return ""


# ---- a holder that says no


def _after_refusal(row: Task, version: Version, loaded: Loaded, said: str, now: datetime) -> Callable[[], None] | None:
    """The row changed meanwhile: facts are fetched again, the tables decide again, an officer sees both."""
    case = row.case
    anew = deciding.prepare(case, version, _undecided(loaded), Asker(case.account, "system"), now=now, anew=True)

    def finish() -> None:
        locked = Case.objects.select_for_update().get(pk=case.pk)
        task_ = Task.objects.get(pk=row.pk)
        if task_.state != rules.OPEN:
            return
        verdicts = [
            {"table": each.verdict.table, "item": each.item, "outcome": each.verdict.outcome, "rule": each.verdict.rule}
            for each in (anew.standing.decided if anew.standing else ())
        ]
        facts = {fact.name: {"kind": fact.kind, "value": fact.value} for fact in anew.rows}
        tasking.close(task_, rules.TASK_REFUSED, now, said=said)
        ask_officer(locked, task_, {"said": said, "verdicts": verdicts, "facts": facts, "record": task_.pk}, now)
        timeline.add(locked, "record_refused", who="system", now=now, body={"step": task_.step, "said": said})
        locked.edition += 1
        locked.save(update_fields=["edition"])

    return finish


def _undecided(loaded: Loaded) -> Loaded:
    """The case as if no table had spoken."""
    return Loaded(loaded.rows, loaded.tasks, (), loaded.issued)


def ask_officer(case: Case, refused: Task, result: dict[str, Any], now: datetime) -> None:
    """A task at the desk: send it once more, or take the grant back with reasons."""
    recheck, _ = Task.objects.update_or_create(
        case=case, step=refused.step, name="recheck", item=refused.item, seat=0,
        defaults={
            "kind": "recheck", "state": rules.OPEN, "who": f"officer:{by_officer.DEFAULT_ROLE}", "agency": case.agency,
            "opened_at": now, "closed_at": None, "result": result,
        },
    )  # fmt: skip
    timeline.add(
        case, "asked", who="system", now=now, body={"kind": "recheck", "who": recheck.who, "step": recheck.step}
    )


def send_once_more(recheck: Task, now: datetime) -> None:
    """The officer stands by the grant: the change is sent again."""
    refused = Task.objects.get(pk=recheck.result["record"])
    refused.state, refused.closed_at = rules.OPEN, None
    refused.save(update_fields=["state", "closed_at"])
    write_record.enqueue(refused.pk)


# ---- places


@task(kind=OUTSIDE, max_tries=40)
def release_holds(ref: str) -> Callable[[], None] | None:
    """Gives back what was held for a case that is over, and what another of its tickets did not need."""
    now = clock.now()
    case = Case.objects.filter(ref=ref).first()
    if case is None:
        return None
    version = versions.of(case)
    tickets = list(case.tickets.filter(state__in=("left", "ended")).exclude(hold="").select_related("queue"))
    for ticket in tickets:
        holders.release(version, version.service.places[ticket.queue.place].of, ticket.hold, now=now)
    over = rules.is_over(case.state, case.outcome) and case.state != rules.DONE
    held = list(case.holds.all()) if over else []
    for hold in held:
        holders.release(version, hold.target, hold.key, now=now)

    def finish() -> None:
        # What was asked for a moment ago may still be on its way: the round of the queues looks once more.
        settled = [each.pk for each in tickets if each.offered_at is None or each.offered_at < now - SETTLED]
        Ticket.objects.filter(pk__in=settled).update(hold="")
        Hold.objects.filter(pk__in=[hold.pk for hold in held]).delete()

    return finish


@task(kind=OUTSIDE, max_tries=40)
def release_one(ref: str, target: str, key: str) -> Callable[[], None] | None:
    """Gives one held place back: another was picked."""
    case = Case.objects.filter(ref=ref).first()
    if case is None:
        return None
    holders.release(versions.of(case), target, key, now=clock.now())
    return lambda: _forget_hold(key)


def _forget_hold(key: str) -> None:
    Hold.objects.filter(key=key).delete()


def place_facts(name: str, chosen: str, place: str, row: Mapping[str, object]) -> dict[str, tuple[str, object]]:
    """The place as facts: its key under its name, and what its row says; so, too, of the question that chose it."""
    found: dict[str, tuple[str, object]] = {name: ("ref", place)}
    for head in (name, chosen) if chosen else (name,):
        found |= {f"{head}.{field}": (_kind(value), value) for field, value in row.items()}
    return found


def _kind(value: object) -> str:
    kinds = {bool: "boolean", int: "integer", str: "text"}
    if isinstance(value, datetime):
        return "moment"
    return "date" if hasattr(value, "isoformat") else kinds.get(type(value), "text")


def amount_for(version: Version, course: Course, place: str) -> int:
    """How many places the case takes: what the row that fills them says."""
    allotment = version.service.places[place]
    takes = holders.takes(version, allotment.of)
    if takes is None or not takes[1]:
        return 1
    for step in version.service.steps:
        if step.kind == "record" and step.names[0].partition(".")[0] == takes[0].partition(".")[0]:
            amount = course.row(step).get(takes[1])
            if isinstance(amount, int) and amount > 0:
                return amount
    return 1


def hold_place(case: Case, key: str, target: str, now: datetime) -> None:
    """Writes down that a place may be held, before it is asked for: whatever happens then, it is given back."""
    with transaction.atomic():
        Hold.objects.get_or_create(key=key, defaults={"case": case, "target": target, "asked_at": now})
