"""Decisions made again: an appeal that the person makes, a correction that the agency makes. Each is a case of its own.

The first case stays as it was; the new one is linked to it (`Case.earlier`), takes over what was known and done, and
is decided by another officer. What it grants is carried out as its own: rows that the first one wrote are superseded,
certificates replaced, so that all that was ever said stays readable.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from pencere import country
from pencere.applications import (
    by_officer,
    courses,
    deadlines,
    deciding,
    drafting,
    effects,
    rules,
    tasking,
    timeline,
    values,
    versions,
    walk,
)
from pencere.applications.models import Case, Decision, Fact, Task
from pencere.applications.tasking import Loaded
from pencere.applications.versions import Version
from pencere.applications.walk import Settled, Standing
from pencere.base.canonical import Value
from pencere.base.errors import BadInput, Refused
from pencere.base.identifiers import random_ref
from pencere.base.terms import UnknownYear, due
from pencere.certificates import actions as certificates
from pencere.certificates import queries as papers
from pencere.country.course import GRANT, OFFICER, REFUSE, Verdict
from pencere.country.declarations import Appeal
from pencere.identity.queries import Office
from pencere.ledger import actions as ledger

HEAD = "head"
EFFECTS = ("record", "issue", "deliver")
_BETTER = {rules.REFUSED: 0, rules.PARTLY: 1, rules.GRANTED: 2}


def terms_of(version: Version) -> Appeal:
    """To whom, until when and under which law one may appeal."""
    return version.service.appeal or version.country.defaults.appeal


def last_day_to_appeal(case: Case, version: Version) -> date | None:
    """Until when the person may appeal; None if there is nothing to appeal against, or the year is not declared."""
    if case.decided_at is None or case.begun_by == "appeal" or case.state not in (rules.DECIDED, rules.DONE):
        return None
    try:
        return due(terms_of(version).within, timeline.day_of(case.decided_at), version.country.calendar).day
    except UnknownYear:
        return None


def is_appealed(case: Case) -> bool:
    """Whether there is an appeal already, open or decided; one that was taken back is none."""
    return case.later.filter(begun_by="appeal").exclude(state__in=(rules.WITHDRAWN, rules.LAPSED)).exists()


def _until(day: date, version: Version) -> datetime | None:
    return None if day == rules.NEVER else deadlines.day_after(day, version.country.calendar)


def appeal(ref: str, person: str, account: str, reasons: str, *, now: datetime) -> str:
    """The person wants a decision made again, with reasons; returns the reference of the appeal, a case of its own.

    Raises NoSuchCase; Refused "state", "too_late" (with the law), "open_already"; BadInput "missing".
    """
    case = drafting.own(ref, person)
    version = versions.of(case)
    law = str(terms_of(version).law)
    last = last_day_to_appeal(case, version)
    if not reasons.strip():
        raise BadInput("missing", field="reasons")
    if last is None:
        raise Refused("state", law)
    if last < timeline.day_of(now):
        raise Refused("too_late", law)
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        if is_appealed(locked):
            raise Refused("open_already", law)
        fresh = _copy(locked, version, "appeal", _decided_by(version, now), now)
        role = HEAD if HEAD in version.country.officer_roles else by_officer.DEFAULT_ROLE
        Task.objects.create(
            case=fresh, step=0, kind="appeal", who=f"officer:{role}", agency=fresh.agency, opened_at=now,
            due_at=_until(fresh.due_on, version), result={"reasons": reasons},
        )  # fmt: skip
        timeline.add(fresh, "appeal", who="person", account=account, now=now, body={"of": ref, "reasons": reasons})
        timeline.add(locked, "appealed", who="person", account=account, now=now, body={"ref": fresh.ref})
        ledger.record("case.appealed", {"case": locked.ref, "appeal": fresh.ref, "law": law}, now=now)
    return fresh.ref


def _decided_by(version: Version, now: datetime) -> date:
    try:
        return due(terms_of(version).decided, timeline.day_of(now), version.country.calendar).day
    except UnknownYear:
        return rules.NEVER


def decide_appeal(
    ref: str, office: Office, officer: str, account: str, *, outcome: str, reasons: str, now: datetime
) -> None:
    """The appeal is allowed (`grant`) or dismissed (`refuse`), with reasons, by somebody who has not decided before.

    Raises NoSuchCase; Refused "state", "not_your_role", "own_case", "decided_before"; BadInput "missing".
    """
    case = by_officer.at_agency(ref, office.agency)
    version, earlier = versions.of(case), case.earlier
    task = case.tasks.filter(kind="appeal", state=rules.OPEN).first()
    if task is None or earlier is None or outcome not in (GRANT, REFUSE) or case.state != rules.WORKING:
        raise Refused("state")
    if not reasons.strip():
        raise BadInput("missing", field="reasons")
    if task.who != f"officer:{office.role}":
        raise Refused("not_your_role")
    if account and earlier.decisions.filter(account=account).exists():
        raise Refused("decided_before")
    by_officer.demand_stranger(officer, case, version, deciding.Asker(account, f"officer:{office.role}"), now=now)
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        fresh = Task.objects.get(pk=task.pk)
        if fresh.state != rules.OPEN or locked.state != rules.WORKING:
            raise Refused("state")
        tasking.close(fresh, rules.TASK_DONE, now, by=account, outcome=outcome)
        refused = _refused(earlier)
        for row in refused:
            law = row.law or str(version.service.law[0])
            verdict = Verdict(outcome, row.table, row.rule, law, (), {}, f"officer:{office.role}")
            by_officer.write_officers(locked, Settled(verdict, row.item, _outputs(row)), office, account, reasons, now)
        timeline.add(earlier, "appeal_decided", who=f"officer:{office.role}", account=account, now=now,
                     body={"ref": locked.ref, "outcome": outcome})  # fmt: skip
        ledger.record("case.appeal_decided", {"case": locked.ref, "of": earlier.ref, "outcome": outcome}, now=now)
        if outcome == GRANT:
            deciding.advance(locked, version, now=now)
            return
        last = refused[-1] if refused else None
        verdict = Verdict(
            REFUSE, last.table if last else "", last.rule if last else "", last.law if last else "", (), {},
            f"officer:{office.role}",
        )  # fmt: skip
        deciding.decide_now(locked, version, Standing(outcome=rules.REFUSED, settled_by=verdict), now)


def _refused(earlier: Case) -> list[Decision]:
    """What was refused, the last word on each table and item; the whole, where everything was granted."""
    last: dict[tuple[str, int], Decision] = {}
    for row in earlier.decisions.order_by("number"):
        last[(row.table, row.item)] = row
    found = [row for row in last.values() if row.outcome == REFUSE]
    return found or list(last.values())[-1:]


def _outputs(row: Decision) -> Mapping[str, object]:
    return {name: values.untagged(value) for name, value in row.outputs.items()}


# ---- correction


def correct(
    ref: str, office: Office, officer: str, account: str, facts: Mapping[str, object], reasons: str, *,
    law: str = "", hearing: str = "", to_loss: bool = False, now: datetime,
) -> str:  # fmt: skip
    """An error was found after the decision: the facts are said anew (name → value) and the tables decide again.

    Returns the reference of the correction, a case of its own, decided by this officer's word. To the person's loss
    only with the law that allows it and a note of the hearing. Raises NoSuchCase; BadInput (missing, unknown_fact);
    Refused "state", "not_your_role", "own_case", "needs_law_and_hearing", "still_open" (something had to be asked).
    """
    case = by_officer.at_agency(ref, office.agency)
    version = versions.of(case)
    if (
        case.decided_at is None
        or case.state not in (rules.DECIDED, rules.DONE)
        or case.later.filter(begun_by="correction").exists()
    ):
        raise Refused("state")
    if office.role not in (by_officer.DEFAULT_ROLE, HEAD):
        raise Refused("not_your_role")
    if not reasons.strip():
        raise BadInput("missing", field="reasons")
    by_officer.demand_stranger(officer, case, version, deciding.Asker(account, f"officer:{office.role}"), now=now)
    _demand_known(case, facts)
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        fresh = _copy(locked, version, "correction", rules.NEVER, now)
        _say_anew(fresh, facts, now)
        standing, loaded, course = _decide_again(locked, fresh, version, now)
        if not standing.outcome:
            raise Refused("still_open")
        is_loss = to_loss or _BETTER[standing.outcome] < _BETTER[locked.outcome]
        if is_loss and not (law.strip() and hearing.strip()):
            raise Refused("needs_law_and_hearing")
        for settled in standing.decided:
            by = replace(settled.verdict, by=f"officer:{office.role}")
            by_officer.write_officers(fresh, replace(settled, verdict=by), office, account, reasons, now)
        body: dict[str, Any] = {"of": ref, "reasons": reasons, "facts": sorted(facts), "law": law, "hearing": hearing}
        timeline.add(fresh, "correction", who=f"officer:{office.role}", account=account, now=now, body=body)
        timeline.add(locked, "corrected", who=f"officer:{office.role}", account=account, now=now,
                     body={"ref": fresh.ref, "reasons": reasons})  # fmt: skip
        leaf: dict[str, Value] = {"case": locked.ref, "correction": fresh.ref, "facts": [*sorted(facts)], "law": law}
        ledger.record("case.corrected", leaf, now=now)
        _take_back(locked, fresh, standing, office, account, reasons, now)
        prepared = deciding.Prepared(
            (), standing, course=course, tasks=loaded.tasks,
            known=frozenset((each.verdict.table, each.item) for each in standing.decided),
        )  # fmt: skip
        deciding.settle(fresh, version, prepared, now=now)
    return fresh.ref


def _demand_known(case: Case, facts: Mapping[str, object]) -> None:
    known = set(case.facts.values_list("name", flat=True))
    for name in facts:
        if name not in known:
            raise BadInput("unknown_fact", field=name)
    if not facts:
        raise BadInput("missing", field="facts")


def _say_anew(case: Case, facts: Mapping[str, object], now: datetime) -> None:
    for row in case.facts.filter(name__in=list(facts)):
        value = facts[row.name]
        row.value = value if row.kind == values.ROWS else values.stored(value)
        if row.source != "answer":
            row.source, row.register = "officer", ""
        row.fetched_at, row.as_of = now, timeline.day_of(now)
        row.save()


def _decide_again(earlier: Case, case: Case, version: Version, now: datetime) -> tuple[Standing, Loaded, walk.Course]:
    """What the tables say of the corrected facts; what they leave open stays as an officer settled it before."""
    loaded = tasking.load(case, version)
    course = courses.course_of(case, version, loaded.rows, now=now)
    fetched = courses.fetched_in(loaded.rows)
    past = loaded.history(case)
    standing = walk.walk(course, fetched, {}, past)
    before = tasking.settled_of(earlier.decisions.all())
    for _ in range(len(before)):
        if standing.open is None or standing.open.outcome != OFFICER:
            break
        key = (standing.open.table, standing.open_item)
        if key not in before or not deciding.is_officers(before[key].verdict):
            break
        past = replace(past, settled={**past.settled, key: before[key]})
        standing = walk.walk(courses.course_of(case, version, loaded.rows, now=now), fetched, {}, past)
    return standing, loaded, course


def _take_back(
    earlier: Case, case: Case, standing: Standing, office: Office, account: str, reasons: str, now: datetime
) -> None:
    """Papers of the first decision no longer hold; rows that the new one does not write again are taken back."""
    for paper in papers.of_case(earlier.ref):
        if paper.state == "genuine":
            by = _who_may_revoke(paper.kind, office)
            certificates.revoke(str(paper.id), reason=reasons, by=by, account=account, case=earlier.ref, now=now)
    refused = {each.item for each in standing.decided if each.verdict.outcome == REFUSE and each.item >= 0}
    for task in earlier.tasks.filter(kind="record", state=rules.TASK_DONE).order_by("-step", "item"):
        if standing.outcome == rules.REFUSED or task.item in refused:
            effects.take_back.enqueue(task.pk, case.ref, reasons)


def _who_may_revoke(kind: str, office: Office) -> Office:
    """A decision that is corrected takes its papers with it, in the name of the role that may take them back."""
    declared = country.current().certificates.get(kind)
    roles = [role.removeprefix("officer.") for role in declared.revoke_by] if declared else []
    return office if office.role in roles or not roles else replace(office, role=roles[0])


# ---- taking over


def _copy(earlier: Case, version: Version, begun_by: str, due_on: date, now: datetime) -> Case:
    """A new case about the same, with all that was known and done before anything was carried out."""
    fresh = Case(
        ref=random_ref(), service=earlier.service, agency=earlier.agency, content_hash=earlier.content_hash,
        texts_hash=earlier.texts_hash, applicant=earlier.applicant, applicant_name=earlier.applicant_name,
        account=earlier.account, ground=earlier.ground, subject=earlier.subject, language=earlier.language,
        answers=earlier.answers, begun_by=begun_by, earlier=earlier, created_at=now, saved_at=now,
        submitted_at=earlier.submitted_at, due_on=due_on,
    )  # fmt: skip
    timeline.move(fresh, rules.WORKING, now)
    fresh.save(force_insert=True)
    first = next(
        (step.number for step in version.service.steps if step.kind in EFFECTS), len(version.service.steps) + 1
    )
    later = {step.as_ for step in version.service.steps if step.number >= first and step.as_}
    _copy_rows(fresh, (row for row in earlier.facts.order_by("id") if row.name.partition(".")[0] not in later), Fact)
    gone = ("offer", "place") if earlier.outcome == rules.REFUSED else ()
    tasks = earlier.tasks.filter(step__lt=first, closed_at__isnull=False).exclude(kind__in=("recheck", "appeal", *gone))
    _copy_rows(fresh, (task for task in tasks.order_by("id") if task.step > 0), Task)
    if begun_by == "appeal":
        granted = [row for row in earlier.decisions.order_by("number") if row.outcome == GRANT]
        for number, row in enumerate(granted, 1):
            row.number = number
        _copy_rows(fresh, granted, Decision)
    return fresh


def _copy_rows(case: Case, rows: Iterable[Any], model: type[Any]) -> None:
    copies = []
    for row in rows:
        row.pk, row.case = None, case
        row._state.adding = True
        if isinstance(row, Task):
            row.mark = None
        copies.append(row)
    model.objects.bulk_create(copies)
