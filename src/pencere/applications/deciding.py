"""What happens to a case after it was sent: it is decided, waits, goes to the desk, what was granted is carried out.

Two halves: `prepare` asks holders and thinks, outside any transaction; `settle` writes what came of it, inside one
that holds the case. Where nobody needs to be asked, `advance` does both at once, in the transaction of what happened.
A job continues a case that must ask, and makes certificates. What an officer says of it is `by_officer.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.db import transaction

from pencere.applications import (
    again,
    deadlines,
    ending,
    fetching,
    opening,
    parties,
    representing,
    rules,
    statements,
    tasking,
    timeline,
    values,
    versions,
    walk,
)
from pencere.applications.courses import course_of, course_of_effects, fetched_in
from pencere.applications.drafting import own
from pencere.applications.fetching import Gathered
from pencere.applications.holders import Asker
from pencere.applications.models import Case, Decision, Fact, Task
from pencere.applications.tasking import Loaded, trace_of
from pencere.applications.versions import Version
from pencere.applications.waiting import end_wait, stands_still, wait
from pencere.applications.walk import NOTHING, History, Settled, Standing, Want
from pencere.base import clock
from pencere.base.errors import Refused, Unavailable
from pencere.certificates import actions as certificates
from pencere.country.course import Course, Verdict
from pencere.country.declarations import Step
from pencere.jobs.actions import OUTSIDE, task
from pencere.ledger import actions as ledger

log = structlog.get_logger(__name__)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(minutes=15)
"""A case that waits for a holder asks again after the first pause, doubled each time up to the longest."""

PARTY_PAUSE = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is known about a case without having written anything."""

    rows: tuple[Fact, ...]  # register facts that shall be the case's
    standing: Standing | None  # None while it waits
    waiting_for: str = ""
    waiting_who: str = ""
    course: Course | None = None
    tasks: tuple[Task, ...] = ()
    known: frozenset[tuple[str, int]] = field(default=frozenset())  # tables and items that were decided before


def prepare(
    case: Case, version: Version, loaded: Loaded, asker: Asker, *, now: datetime, anew: bool = False
) -> Prepared:
    """Asks again who may act and what is missing, then lets the tables speak. Silence makes the case wait."""
    kept = tuple(row for row in loaded.rows if row.source == "register")
    past = loaded.history(case)
    try:
        if case.decided_at is None and not representing.may_still_act(case, version, asker, now=now):
            return Prepared(kept, None, "party")
        gathered = fetching.gather(case, version, loaded.rows, asker, now=now, until_submit=False, past=past, anew=anew)
    except Unavailable as silent:
        return Prepared(kept, None, "agency", silent.who)
    others = [row for row in loaded.rows if row.source != "register"]
    return think(case, version, others, gathered, past, loaded.tasks, now=now)


def think(
    case: Case, version: Version, rows: Iterable[Fact], gathered: Gathered, past: History = NOTHING,
    tasks: tuple[Task, ...] = (), *, now: datetime,
) -> Prepared:  # fmt: skip
    """Where the case stands with these facts, beside those gathered. Asks nobody."""
    course = course_of(case, version, [*rows, *gathered.rows], now=now)
    standing = walk.walk(course, gathered.fetched, {}, past)
    if standing.missing:  # asked for in this very round and not there: the holder did not say
        return Prepared(gathered.rows, None, "agency", version.service.agency)
    return Prepared(gathered.rows, standing, course=course, tasks=tasks, known=frozenset(past.settled))


def settle(case: Case, version: Version, prepared: Prepared, *, now: datetime) -> None:
    """Writes down where the case stands; inside the transaction that holds it."""
    standing = prepared.standing
    if standing is None:
        wait(case, version, prepared.waiting_for, prepared.waiting_who, now)
        return
    was_working = case.state == rules.WORKING
    before = case.waiting_for, case.waiting_who
    for settled in standing.decided:
        _write_decision(case, settled, prepared.known, now)
    opened: list[Task] = []
    if prepared.course is not None:
        _name_subject(case, version, prepared.course)
        _start_clock(case, version, prepared, now)
        opened = opening.open_all(case, version, standing, prepared.course, prepared.tasks, now)
    if standing.open is not None:
        end_wait(case, version, now)
        _to_desk(case, standing, was_working, now)
    elif standing.outcome:
        end_wait(case, version, now)
        _carry_on(case, version, standing, now)
    else:
        _stand_still(case, version, standing, before, opened, now)


def _to_desk(case: Case, standing: Standing, was_working: bool, now: datetime) -> None:
    """A table left something open: an officer settles it."""
    assert standing.open is not None
    if case.state != rules.WORKING:
        timeline.move(case, rules.WORKING, now)
    statements.save_case(case)
    body: dict[str, Any] = {"table": standing.open.table, "rule": standing.open.rule}
    if standing.open_item >= 0:
        body["item"] = standing.open_item
    if standing.unknown:
        body["unknown"] = list(standing.unknown)
    last = case.events.filter(kind="officer").order_by("-number").first() if was_working else None
    if last is None or last.body != body:
        timeline.add(case, "officer", who="system", now=now, body=body)


def _stand_still(
    case: Case, version: Version, standing: Standing, before: tuple[str, str], opened: list[Task], now: datetime
) -> None:
    """Somebody must do something first: the desk (working), or whom the case waits for."""
    waits = opening.waits_for(standing.wants)
    if waits is None:
        end_wait(case, version, now)
        if case.state != rules.WORKING:
            timeline.move(case, rules.WORKING, now)
        statements.save_case(case)
        return
    if waits[0] == "place" and case.tasks.filter(kind="offer", seat__gt=0, closed_at__isnull=True).exists():
        waits = ("party", version.service.applicant.name)
    if case.state == rules.WAITING and before != waits:
        end_wait(case, version, now, told=False)
    wait(case, version, *waits, now)


def _carry_on(case: Case, version: Version, standing: Standing, now: datetime) -> None:
    """The case is decided, or was: what is granted is carried out, step by step, until all is done."""
    if case.state not in (rules.DECIDED, rules.DONE):
        _decide(case, version, standing, now)
    if standing.outcome != rules.REFUSED and standing.finished and case.state == rules.DECIDED:
        timeline.move(case, rules.DONE, now)
    statements.save_case(case)
    for want in standing.wants:
        if want.kind == "issue":
            _enqueue_paper(case, want)
    if rules.is_over(case.state, case.outcome):
        again.free(case, version, timeline.day_of(now))


def _enqueue_paper(case: Case, want: Want) -> None:
    if want.item < 0:
        issue_certificate.enqueue(case.ref, want.step.number)
    else:
        issue_certificate.enqueue(case.ref, want.step.number, want.item)


def _decide(case: Case, version: Version, standing: Standing, now: datetime) -> None:
    by = standing.settled_by
    case.outcome, case.decided_at = standing.outcome, now
    timeline.move(case, rules.DECIDED, now)
    case.rule = by.rule if by else ""
    if standing.refused is not None and by is not None:
        _write_decision(case, Settled(by), frozenset(), now)
    body: dict[str, Any] = {"outcome": standing.outcome, "table": by.table if by else "", "rule": case.rule}
    timeline.add(case, "decided", who=str(by.by) if by and is_officers(by) else "system", now=now, body=body)
    leaf = {
        **body,
        "case": case.ref,
        "service": case.service,
        "content_hash": case.content_hash,
        "law": by.law if by else "",
    }
    ledger.record("case.decided", leaf, now=now)
    if walk.needs_tasks(version.service):
        ending.decided(case, version, now)


def _name_subject(case: Case, version: Version, course: Course) -> None:
    """Whom the case is about, where it is not a question that says so: an event, a derived fact, a row just written."""
    service = version.service
    if service.subject.from_ is None or parties.acts_for_subject(service):
        return
    subject = course.fact(service.subject.name)
    if isinstance(subject, str) and subject:
        case.subject = subject


def _start_clock(case: Case, version: Version, prepared: Prepared, now: datetime) -> None:
    """A term that begins with a payment, a visit or a choice begins to run as soon as that is there."""
    term = version.service.term
    if term is None or case.due_on != rules.NEVER or prepared.course is None or case.decided_at is not None:
        return
    last = deadlines.last_day(term, prepared.course, tasking.clocks(case, prepared.tasks))
    if last is not None:
        case.due_on = last
        case.desk_on = (
            None if case.state not in rules.UNDECIDED else rules.NEVER if stands_still(case, version) else last
        )


def is_officers(verdict: Verdict) -> bool:
    """Whether a person settled it: a step names its role `officer.x`, an event its officer `officer:x`."""
    return bool(verdict.by) and str(verdict.by).startswith("officer:")


def write_decision(case: Case, settled: Settled, now: datetime) -> None:
    """A word that is not a table's, in place of one: what the law makes of silence."""
    _write_decision(case, settled, frozenset(), now)


def _write_decision(case: Case, settled: Settled, known: frozenset[tuple[str, int]], now: datetime) -> None:
    """The table's word, once; an officer's own row stands already."""
    verdict = settled.verdict
    if (verdict.table, settled.item) in known:
        return
    written = statements.decisions_of.all(case.pk)
    before = any((row.table, row.item) == (verdict.table, settled.item) for row in written)
    if before and (verdict.outcome == "officer" or not _was_left_open(written, settled)):
        return
    decision = Decision(
        case=case,
        number=len(written) + 1,
        table=verdict.table,
        rule=verdict.rule,
        outcome=verdict.outcome,
        law=verdict.law,
        item=settled.item,
        outputs={name: values.tagged(value) for name, value in settled.outputs.items() if name != "outcome"},
        trace=trace_of(verdict.trace),
        by="system",
        at=now,
    )
    statements.add_decision.of(decision)


def _was_left_open(written: Iterable[Decision], settled: Settled) -> bool:
    """Whether the last word on the table was that an officer decides: now a fact came, and the table speaks."""
    rows = [row for row in written if (row.table, row.item) == (settled.verdict.table, settled.item)]
    return rows[-1].outcome == "officer"


# ---- going on


def advance(
    case: Case, version: Version, *, now: datetime, rows: Iterable[Fact] | None = None,
    issued: frozenset[tuple[int, int]] | None = None,
) -> None:  # fmt: skip
    """Something happened to the case, which this transaction holds: lets it go on as far as nobody must be asked.

    What must be asked (evidence, whether the applicant may still act for another) is a job's.
    """
    loaded = tasking.load(case, version, rows, issued)
    past = loaded.history(case)
    course = course_of(case, version, loaded.rows, now=now)
    standing = walk.walk(course, fetched_in(loaded.rows), {}, past)
    case.edition += 1
    if standing.missing or _must_prove_mandate(case, standing, past):
        if case.decided_at is None:
            end_wait(case, version, now)
        statements.save_case(case)
        continue_case.enqueue(case.ref)
        return
    settle(
        case, version, Prepared((), standing, course=course, tasks=loaded.tasks, known=frozenset(past.settled)), now=now
    )


def _must_prove_mandate(case: Case, standing: Standing, past: History) -> bool:
    """Who acts for another proves it again when something is decided."""
    if case.ground == "self" or case.decided_at is not None:
        return False
    return any((each.verdict.table, each.item) not in past.settled for each in standing.decided)


# ---- jobs


@task(kind=OUTSIDE, max_tries=40)
def continue_case(ref: str, tries: int = 0) -> Callable[[], None] | None:
    """Asks again for a case that waits, or asks what it must know now, and lets it go on if the answer came."""
    now = clock.now()
    case = Case.objects.filter(ref=ref, state__in=(*rules.UNDECIDED, rules.DECIDED)).first()
    if case is None or case.outcome == rules.REFUSED:
        return None
    version = versions.of(case)
    edition, loaded = case.edition, tasking.load(case, version)
    prepared = prepare(case, version, loaded, Asker(case.account, "system"), now=now)

    def finish() -> None:
        locked = Case.objects.select_for_update().filter(pk=case.pk).first()
        if locked is None or locked.state not in (*rules.UNDECIDED, rules.DECIDED):
            return
        if locked.edition != edition:  # something happened while we asked
            continue_case.enqueue(ref, tries)
            return
        fetching.keep_facts(locked, prepared.rows, loaded.rows)
        locked.edition += 1
        settle(locked, version, prepared, now=now)
        if prepared.standing is None:
            ask_again(locked, tries + 1, now, prepared.waiting_for)

    return finish


def ask_again(case: Case, tries: int, now: datetime, waiting_for: str = "") -> None:
    """Puts the next question of a waiting case off, longer each time; inside the transaction that made it wait."""
    is_party = (waiting_for or case.waiting_for) == "party"
    pause = PARTY_PAUSE if is_party else min(FIRST_PAUSE * 2 ** min(tries, 8), LONGEST_PAUSE)
    continue_case.using(run_after=now + pause).enqueue(case.ref, tries)


@task(kind=OUTSIDE, max_tries=20, lease_seconds=120)
def issue_certificate(ref: str, step_number: int, item: int = -1) -> Callable[[], None] | None:
    """Makes the certificate of one step, or of one item of it: renders and seals first, then writes it down with the

    case's progress.
    """
    now = clock.now()
    case = Case.objects.get(ref=ref)
    if case.state != rules.DECIDED or case.outcome not in (rules.GRANTED, rules.PARTLY):
        return None
    version = versions.of(case)
    if walk.needs_tasks(version.service):
        loaded = tasking.load(case, version)
    else:  # its tables say today what they said
        loaded = Loaded(tuple(statements.facts_of.all(case.pk)), (), (), frozenset())
    rows = loaded.rows
    step = next(step for step in version.service.steps if step.number == step_number)
    course = course_of_effects(case, version, loaded, step, item)
    unknown = walk.unknown_facts(course, step)
    if unknown:  # no case is decided so; one that was is told of, and not tried for ever
        log.error("certificate_has_a_hole", case=ref, step=step_number, facts=unknown)
        return lambda: _tell_of_hole(case, step, unknown, now)
    subject, born = _subject_of(course, case, step)
    finish_paper = certificates.issue(
        step.names[0],
        case=case.ref,
        step=paper_step(step.number, item),
        subject=subject,
        to=str(course.fact(step.to) if step.to else case.applicant),
        facts=course.filled(step),
        second_factors={"birth_year": str(born.year)} if isinstance(born, date) else {},
        now=now,
        under=version.country,
        valid_until=_last_day(course.fact(step.valid)) if step.valid else None,
    )

    def finish() -> None:
        locked = Case.objects.select_for_update().get(pk=case.pk)
        issued = tasking.issued_of(locked)
        if locked.state != rules.DECIDED or (step.number, item) in issued:
            return
        if finish_paper is not None:
            finish_paper()
        body: dict[str, Any] = {"kind": step.names[0], "step": step.number}
        timeline.add(locked, "issued", who="system", now=now, body=body if item < 0 else {**body, "item": item})
        fresh = None if walk.needs_tasks(version.service) else rows
        advance(locked, version, now=now, rows=fresh, issued=issued | {(step.number, item)})

    return finish


def paper_step(number: int, item: int) -> int:
    """The number under which the certificate of an item is kept: a step makes one for each."""
    return number if item < 0 else number + 1000 * (item + 1)


def _last_day(value: object) -> date | None:
    return value if isinstance(value, date) else None


def _subject_of(course: Course, case: Case, step: Step) -> tuple[str, object]:
    """Whom the certificate is about, and their birthday: of one that is made for each item, the item's person."""
    kind = course.country.certificates[step.names[0]]
    if step.each:
        person = step.facts.get(kind.subject, "").rpartition(".")[0]
        named = course.fact(person) if person else None
        if isinstance(named, str) and named:
            return named, course.fact(f"{person}.birth_date")
    return case.subject, course.fact(f"{course.service.subject.name}.birth_date")


def _tell_of_hole(case: Case, step: Step, unknown: tuple[str, ...], now: datetime) -> None:
    locked = Case.objects.select_for_update().get(pk=case.pk)
    body = {"kind": step.names[0], "step": step.number, "unknown": list(unknown)}
    timeline.add(locked, "not_issued", who="system", now=now, body=body)


# ---- how it ends otherwise


def withdraw(ref: str, applicant: str, *, now: datetime) -> None:
    """The person takes a sent case back before it is decided. What was paid is paid back as the fee says."""
    case = own(ref, applicant)
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        if locked.state not in rules.UNDECIDED:
            raise Refused("state")
        end(locked, rules.WITHDRAWN, now, who="person", account=locked.account)


def end(
    case: Case, state: str, now: datetime, *, who: str, account: str = "", body: dict[str, Any] | None = None
) -> None:
    """A case ends before it is decided: withdrawn or lapsed. Inside the transaction that holds it."""
    version = versions.of(case)
    timeline.move(case, state, now)
    case.edition += 1
    case.save()
    timeline.add(case, state, who=who, account=account, now=now, body=body or {})
    ledger.record(f"case.{state}", {"case": case.ref, "service": case.service}, now=now)
    if walk.needs_tasks(version.service):
        ending.ended(case, version, now)
    again.free(case, version, timeline.day_of(now))


def decide_now(case: Case, version: Version, standing: Standing, now: datetime) -> None:
    """An officer's word ends the case here. The case is held."""
    end_wait(case, version, now)
    case.edition += 1
    _carry_on(case, version, standing, now)


def turn_down(case: Case, version: Version, verdict: Verdict, now: datetime) -> None:
    """What was granted cannot be: nothing more is carried out, and the case is refused. The case is held."""
    case.outcome, case.rule = rules.REFUSED, verdict.rule
    case.closed_at, case.edition = now, case.edition + 1
    case.save()
    body: dict[str, Any] = {"outcome": rules.REFUSED, "table": verdict.table, "rule": verdict.rule}
    timeline.add(case, "decided", who=str(verdict.by), now=now, body=body)
    ledger.record("case.decided", {**body, "case": case.ref, "service": case.service, "law": verdict.law}, now=now)
    ending.decided(case, version, now)
    again.free(case, version, timeline.day_of(now))
