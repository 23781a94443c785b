"""What happens to a case after it was sent: it is decided, waits, goes to the desk, its certificates are made.

Two halves: `prepare` asks holders and thinks, outside any transaction; `settle` writes what came of it, inside one
that holds the case. A job continues a case that waits, and makes certificates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.db import transaction

from pencere.applications import fetching, rules, statements, timeline, values, versions, walk
from pencere.applications.drafting import NoSuchCase, own
from pencere.applications.fetching import Asker, Gathered
from pencere.applications.models import Case, Decision, Fact
from pencere.applications.versions import Version
from pencere.applications.walk import Standing
from pencere.base import clock
from pencere.base.errors import Refused, Unavailable
from pencere.base.terms import UnknownYear
from pencere.certificates import actions as certificates
from pencere.certificates import queries as papers
from pencere.country.course import GRANT, REFUSE, Course, Verdict, given_facts
from pencere.country.declarations import Step
from pencere.country.tables import Used
from pencere.identity.queries import Office
from pencere.jobs.actions import OUTSIDE, task
from pencere.ledger import actions as ledger

log = structlog.get_logger(__name__)
DEFAULT_ROLE = "registry"
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


def prepare(
    case: Case, version: Version, rows: Iterable[Fact], asker: Asker, *, now: datetime,
    decisions: Iterable[Decision] = (),
) -> Prepared:  # fmt: skip
    """Asks again who may act and what is missing, then lets the tables speak. Silence makes the case wait."""
    rows = list(rows)
    kept = tuple(row for row in rows if row.source == "register")
    try:
        if not fetching.may_still_act(case, version, asker, now=now):
            return Prepared(kept, None, "party")
        gathered = fetching.gather(case, version, rows, asker, now=now, until_submit=False)
    except Unavailable as silent:
        return Prepared(kept, None, "agency", silent.who)
    return think(case, version, rows, gathered, decisions, now=now)


def think(
    case: Case, version: Version, rows: Iterable[Fact], gathered: Gathered, decisions: Iterable[Decision],
    *, now: datetime,
) -> Prepared:  # fmt: skip
    """Where the case stands with these facts. Asks nobody."""
    course = course_of(case, version, [*(row for row in rows if row.source == "answer"), *gathered.rows], now=now)
    standing = walk.walk(course, gathered.fetched, of_officers(version, decisions))
    if standing.missing:  # asked for in this very round and not there: the holder did not say
        return Prepared(gathered.rows, None, "agency", version.service.agency)
    return Prepared(gathered.rows, standing)


def course_of(case: Case, version: Version, rows: Iterable[Fact], *, now: datetime) -> Course:
    """The case's facts in the hands of the rules, on the day of its submission."""
    facts = values.known(case, version.service, rows)
    if case.submitted_at is None:
        pages = walk.pages(version.country, version.service, facts, timeline.day_of(now))
        facts = values.without_idle_branches(facts, version.service, pages)
    facts["case.ref"] = case.ref
    return Course(version.country, version.service, facts, timeline.day_of(case.submitted_at or now))


def of_officers(version: Version, decisions: Iterable[Decision]) -> dict[str, Verdict]:
    """What officers settled so far, by table."""
    return {
        row.table: Verdict(row.outcome, row.table, row.rule, row.law, _used(row.trace), {}, row.by)
        for row in decisions
        if row.by != "system"
    }


def settle(case: Case, version: Version, prepared: Prepared, *, now: datetime) -> None:
    """Writes down where the case stands; inside the transaction that holds it."""
    standing = prepared.standing
    if standing is None:
        _wait(case, prepared, now)
        return
    _end_wait(case, version, now)
    for verdict in standing.verdicts:
        _write_decision(case, verdict, now)
    if standing.open is not None:
        if case.state != rules.WORKING:
            timeline.move(case, rules.WORKING, now)
        statements.save_case(case)
        body: dict[str, Any] = {"table": standing.open.table, "rule": standing.open.rule}
        if standing.unknown:
            body["unknown"] = list(standing.unknown)
        timeline.add(case, "officer", who="system", now=now, body=body)
        return
    _decide(case, standing, now)


def _decide(case: Case, standing: Standing, now: datetime) -> None:
    by = standing.settled_by
    case.outcome, case.decided_at = standing.outcome, now
    timeline.move(case, rules.DECIDED, now)
    case.rule = by.rule if by else ""
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
    if standing.outcome == rules.GRANTED and not standing.issues:
        timeline.move(case, rules.DONE, now)
    statements.save_case(case)
    for step in standing.issues:
        issue_certificate.enqueue(case.ref, step.number)


def is_officers(verdict: Verdict) -> bool:
    """Whether a person settled it: a step names its role `officer.x`, an event its officer `officer:x`."""
    return bool(verdict.by) and str(verdict.by).startswith("officer:")


def _wait(case: Case, prepared: Prepared, now: datetime) -> None:
    if (case.state, case.waiting_for, case.waiting_who) == (rules.WAITING, prepared.waiting_for, prepared.waiting_who):
        return
    timeline.move(case, rules.WAITING, now, waiting_for=prepared.waiting_for, waiting_who=prepared.waiting_who)
    statements.save_case(case)
    timeline.add(case, "waiting", who="system", now=now, body={"for": case.waiting_for, "who": case.waiting_who})


def _end_wait(case: Case, version: Version, now: datetime) -> None:
    if case.state != rules.WAITING:
        return
    term, since = version.service.term, case.waiting_since
    if term is not None and since is not None and case.waiting_for in term.pauses:
        began, ended = timeline.day_of(since), timeline.day_of(now)
        with suppress(UnknownYear):  # then the day that was told stays
            case.due_on = rules.due_after_pause(case.due_on, term.longest.unit, began, ended, version.country.calendar)
    timeline.move(case, rules.WORKING, now)
    timeline.add(case, "resumed", who="system", now=now)


def _write_decision(case: Case, verdict: Verdict, now: datetime) -> None:
    """The table's word, once; an officer's own row stands already."""
    known = statements.decisions_of.all(case.pk)
    if any(row.table == verdict.table for row in known):
        return
    decision = Decision(
        case=case,
        number=len(known) + 1,
        table=verdict.table,
        rule=verdict.rule,
        outcome=verdict.outcome,
        law=verdict.law,
        trace=trace_of(verdict.trace),
        by="system",
        at=now,
    )
    statements.add_decision.of(decision)


def trace_of(used: Iterable[Used]) -> list[dict[str, Any]]:
    return [{"fact": each.fact, "value": values.stored(each.value)} for each in used]


def _used(trace: Iterable[dict[str, Any]]) -> tuple[Used, ...]:
    return tuple(Used(each["fact"], each["value"]) for each in trace)


# ---- jobs


@task(kind=OUTSIDE, max_tries=40)
def continue_case(ref: str, tries: int = 0) -> Callable[[], None] | None:
    """Asks again for a case that waits, and lets it go on if the answer came."""
    now = clock.now()
    case = Case.objects.filter(ref=ref, state=rules.WAITING).first()
    if case is None:
        return None
    version = versions.of(case)
    edition, rows = case.edition, list(case.facts.all())
    decisions = list(case.decisions.all())
    prepared = prepare(case, version, rows, Asker(case.account, "system"), now=now, decisions=decisions)

    def finish() -> None:
        locked = Case.objects.select_for_update().get(pk=case.pk)
        if locked.state != rules.WAITING or locked.edition != edition:
            return
        fetching.keep_facts(locked, prepared.rows, rows)
        settle(locked, version, prepared, now=now)
        locked.edition += 1
        locked.save(update_fields=["edition"])
        if prepared.standing is None:
            ask_again(locked, tries + 1, now)

    return finish


def ask_again(case: Case, tries: int, now: datetime) -> None:
    """Puts the next question of a waiting case off, longer each time; inside the transaction that made it wait."""
    pause = PARTY_PAUSE if case.waiting_for == "party" else min(FIRST_PAUSE * 2 ** min(tries, 8), LONGEST_PAUSE)
    continue_case.using(run_after=now + pause).enqueue(case.ref, tries)


@task(kind=OUTSIDE, max_tries=20, lease_seconds=120)
def issue_certificate(ref: str, step_number: int) -> Callable[[], None] | None:
    """Makes the certificate of one step: renders and seals first, then writes it down with the case's progress."""
    now = clock.now()
    case = Case.objects.get(ref=ref)
    if case.state != rules.DECIDED or case.outcome != rules.GRANTED:
        return None
    version = versions.of(case)
    rows = list(case.facts.all())
    course = course_of(case, version, rows, now=now)
    step = next(step for step in version.service.steps if step.number == step_number)
    unknown = walk.unknown_facts(course, step)
    if unknown:  # no case is decided so; one that was is told of, and not tried for ever
        log.error("certificate_has_a_hole", case=ref, step=step_number, facts=unknown)
        return lambda: _tell_of_hole(case, step, unknown, now)
    born = course.fact(f"{version.service.subject.name}.birth_date")
    finish_paper = certificates.issue(
        step.names[0],
        case=case.ref,
        step=step.number,
        subject=case.subject,
        to=str(course.fact(step.to) if step.to else case.applicant),
        facts={name: course.fact(fact) for name, fact in step.facts.items()},
        second_factors={"birth_year": str(born.year)} if isinstance(born, date) else {},
        now=now,
        under=version.country,
    )

    def finish() -> None:
        locked = Case.objects.select_for_update().get(pk=case.pk)
        issued = {event.body["step"] for event in locked.events.filter(kind="issued")}
        if locked.state != rules.DECIDED or step.number in issued:
            return
        if finish_paper is not None:
            finish_paper()
        timeline.add(locked, "issued", who="system", now=now, body={"kind": step.names[0], "step": step.number})
        standing = walk.walk(course, _all_evidence(version), of_officers(version, locked.decisions.all()))
        if {each.number for each in standing.issues} <= issued | {step.number}:
            timeline.move(locked, rules.DONE, now)
            locked.save()

    return finish


def _tell_of_hole(case: Case, step: Step, unknown: tuple[str, ...], now: datetime) -> None:
    locked = Case.objects.select_for_update().get(pk=case.pk)
    body = {"kind": step.names[0], "step": step.number, "unknown": list(unknown)}
    timeline.add(locked, "not_issued", who="system", now=now, body=body)


def _all_evidence(version: Version) -> frozenset[str]:
    return frozenset(version.service.evidence)


# ---- officers and the person


def on_desk(case: Case, version: Version, *, now: datetime) -> Standing | None:
    """Where a case stands that an officer has to settle (`open`, `unknown`); None if nothing is open."""
    if case.state != rules.WORKING:
        return None
    standing = _standing(case, version, case.facts.all(), of_officers(version, case.decisions.all()), now)
    return standing if standing.open is not None else None


def _standing(
    case: Case, version: Version, rows: Iterable[Fact], settled: Mapping[str, Verdict], now: datetime
) -> Standing:
    course = course_of(case, version, list(rows), now=now)
    return walk.walk(course, _all_evidence(version), settled)


def role_for(verdict: Verdict) -> str:
    """The role that settles what a table leaves open."""
    return (verdict.by or f"officer.{DEFAULT_ROLE}").removeprefix("officer.")


def decide_by_officer(
    ref: str, office: Office, officer: str, account: str, *, outcome: str, reasons: str, now: datetime
) -> None:
    """An officer grants or refuses what the table left open, with reasons that the person reads.

    Facts that a certificate must say and that were unknown are asked for once more before anything is granted.
    Raises NoSuchCase for a case of another agency, Refused "own_case", "not_your_role", "no_mandate", "unknown_facts"
    or "state", Unavailable if a holder is silent.
    """
    case = at_agency(ref, office.agency)
    version = versions.of(case)
    before = on_desk(case, version, now=now)
    verdict = before.open if before is not None else None
    if verdict is None or outcome not in (GRANT, REFUSE):
        raise Refused("state")
    if office.role != role_for(verdict):
        raise Refused("not_your_role")
    asker = Asker(account, f"officer:{office.role}")
    if case.ground == "self":
        children = frozenset[str]()
    else:
        children = frozenset(fetching.children_of(officer, case, version, asker, now=now))
    if not rules.may_decide(officer, case.applicant, case.subject, children):
        raise Refused("own_case")
    if not fetching.may_still_act(case, version, asker, now=now):
        _stop_for_party(case, now)
        raise Refused("no_mandate")
    settled = replace(verdict, outcome=outcome, by=asker.who)
    renewed = _without_holes(case, version, settled, asker, now) if outcome == GRANT else None
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        if locked.state != rules.WORKING or locked.edition != case.edition:
            raise Refused("state")
        number = Decision.objects.filter(case=locked).count() + 1
        Decision.objects.create(
            case=locked, number=number, table=settled.table, rule=settled.rule, outcome=outcome, law=settled.law,
            trace=trace_of(settled.trace), by=asker.who, account=account, reasons=reasons, at=now,
        )  # fmt: skip
        locked.edition += 1
        if renewed is not None:
            fetching.keep_facts(locked, renewed)
        standing = _standing(locked, version, locked.facts.all(), of_officers(version, locked.decisions.all()), now)
        settle(locked, version, Prepared((), standing), now=now)


def _without_holes(
    case: Case, version: Version, settled: Verdict, asker: Asker, now: datetime
) -> tuple[Fact, ...] | None:
    """The register facts, asked for anew, with which every certificate is whole; None if those that are there will do.

    Raises Refused "unknown_facts" if a holder still does not know what a certificate must say.
    """
    rows = list(case.facts.all())
    answers = [row for row in rows if row.source == "answer"]
    decided = of_officers(version, case.decisions.all()) | {settled.table: settled}
    unknown = _standing(case, version, rows, decided, now).unknown
    if not unknown:
        return None
    sources = {name.partition(".")[0] for name in given_facts(version.service, unknown)}
    kept = [row for row in rows if row.source == "answer" or row.evidence not in sources]
    renewed = fetching.gather(case, version, kept, asker, now=now, until_submit=False).rows
    if _standing(case, version, [*answers, *renewed], decided, now).unknown:
        raise Refused("unknown_facts")
    return renewed


def _stop_for_party(case: Case, now: datetime) -> None:
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        if locked.state == rules.WORKING:
            _wait(locked, Prepared((), None, "party"), now)
            ask_again(locked, 0, now)


def withdraw(ref: str, applicant: str, *, now: datetime) -> None:
    """The person takes a sent case back before it is decided."""
    case = own(ref, applicant)
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        if locked.state not in rules.UNDECIDED:
            raise Refused("state")
        timeline.move(locked, rules.WITHDRAWN, now)
        locked.edition += 1
        locked.save()
        timeline.add(locked, "withdrawn", who="person", account=locked.account, now=now)
        ledger.record("case.withdrawn", {"case": locked.ref, "service": locked.service}, now=now)


def revoke_certificate(
    ref: str, certificate_id: str, office: Office, officer: str, account: str, *, reason: str, now: datetime
) -> None:
    """An officer takes a certificate back, with a reason; whoever checks it from now on is told."""
    case = at_agency(ref, office.agency)
    if officer in (case.applicant, case.subject):
        raise Refused("own_case")
    paper = next((each for each in papers.of_case(ref) if str(each.id) == certificate_id), None)
    if paper is None:
        raise NoSuchCase(certificate_id)
    kind = versions.of(case).country.certificates[paper.kind]
    if f"officer.{office.role}" not in kind.revoke_by:
        raise Refused("not_your_role")
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        certificates.revoke(certificate_id, reason=reason, by=office, account=account, case=ref, now=now)
        timeline.add(
            locked, "revoked", who=f"officer:{office.role}", account=account, now=now,
            body={"kind": paper.kind, "certificate": certificate_id, "reason": reason},
        )  # fmt: skip


def at_agency(ref: str, agency: str) -> Case:
    """A sent case of this agency. Raises NoSuchCase."""
    case = Case.objects.filter(ref=ref, agency=agency, submitted_at__isnull=False).first()
    if case is None:
        raise NoSuchCase(ref)
    return case
