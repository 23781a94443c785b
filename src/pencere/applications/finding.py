"""What officers do at the desk: findings of a check or a visit, an expert's judgement, a look in the paper archive,

a paper in place of a silent holder, handing things over, what becomes of a grant that a holder did not take.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from pencere.applications import (
    answering,
    by_officer,
    courses,
    deciding,
    effects,
    holders,
    panels,
    rules,
    tasking,
    timeline,
    values,
    versions,
)
from pencere.applications.drafting import NoSuchCase
from pencere.applications.holders import Asker
from pencere.applications.models import Case, Task
from pencere.applications.versions import Version
from pencere.base import clock
from pencere.base.errors import BadInput, Refused, Unavailable
from pencere.country import facts as declared_facts
from pencere.country import offers
from pencere.country.cells import facts_of
from pencere.country.course import GRANT, REFUSE, Course, Verdict
from pencere.country.declarations import Evidence, Field
from pencere.identity.queries import Office
from pencere.jobs.actions import OUTSIDE, task
from pencere.ledger import actions as ledger

FOUND = "found"
"""In a look in the archive: whether there is anything. Without it, nothing else needs to be said."""


def fields_of(task_: Task, version: Version, course: Course) -> dict[str, Field]:
    """What an officer is asked in a task: the findings of the step, or the fields of what no holder could say."""
    step = version.service.steps[task_.step - 1]
    if task_.kind in ("archive", "paper"):
        return _fields_of_evidence(version, version.service.evidence[task_.name], archive=task_.kind == "archive")
    own = f"{step.names[0]}."
    return {
        name: field
        for name, field in step.fields.items()
        if course.holds(field.when) or any(fact.startswith(own) for fact in facts_of(field.when))
    }


def _asked_of(
    task_: Task, version: Version, course: Course, fields: Mapping[str, Field], findings: Mapping[str, object]
) -> dict[str, Field]:
    """Those of the fields that are asked beside these findings: one may depend on another of the same step."""
    if task_.kind in ("archive", "paper"):
        return dict(fields)
    group = version.service.steps[task_.step - 1].names[0]
    said = {f"{group}.{name}": value for name, value in findings.items()}
    whole = Course(course.country, course.service, {**course.given, **said}, course.today, sent=course.sent)
    return {name: field for name, field in fields.items() if whole.holds(field.when)}


def _fields_of_evidence(version: Version, evidence: Evidence, *, archive: bool) -> dict[str, Field]:
    source = declared_facts.asked(version.country, evidence)
    found: dict[str, Field] = {FOUND: Field(FOUND, "boolean")}
    names = list(evidence.take)
    if archive and evidence.none is not None and evidence.none.into:
        change = offers.change(version.country, evidence.none.into)
        names += [name for name in (change.declared.fields if change else ()) if name not in names]
        names = [name for name in names if name not in evidence.by]
    for name in names:
        field = declared_facts.field_of(source.register, name) if source else None
        found[name] = field or Field(name, "text")
    return found


def find(
    task_id: int, office: Office, officer: str, account: str, findings: Mapping[str, object], *, now: datetime
) -> None:
    """An officer says what they found, in a task of kind check, visit, expert, archive or paper (`fields_of`).

    Raises NoSuchCase (another desk's, another expert's), BadInput (missing, not_offered: field), Refused "own_case",
    "not_your_role" or "state", Unavailable if it cannot be told whose child the case is about.
    """
    task_ = at_desk(task_id, office, officer)
    case, version = task_.case, versions.of(task_.case)
    demand_stranger(case, version, office, officer, account, now)
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        fresh = Task.objects.get(pk=task_id)
        if fresh.state != rules.OPEN or fresh.kind not in ("check", "visit", "expert", "archive", "paper"):
            raise Refused("state")
        if locked.state not in rules.UNDECIDED:
            raise Refused("state")
        course = courses.course_of(locked, version, locked.facts.all(), now=now)
        fields = _asked_of(fresh, version, course, fields_of(fresh, version, course), findings)
        if findings.get(FOUND) is False and FOUND in fields:
            kept: dict[str, object] = {FOUND: False}
        else:
            kept = answering.checked(
                [f for f in fields.values() if fresh.kind in ("check", "visit", "expert") or f.name == FOUND], findings
            )
            kept |= {name: findings.get(name) for name in fields if name not in kept}
        body: dict[str, Any] = {"step": fresh.step, "kind": fresh.kind}
        timeline.add(
            locked,
            "found",
            who=_who(fresh, office),
            account="" if fresh.kind == "expert" else account,
            now=now,
            body=body,
        )
        stored = {name: values.stored(value) for name, value in kept.items()}
        ledger.record(
            "case.found", {**body, "case": locked.ref, "by": account, "findings": values.hash_of(stored)}, now=now
        )
        _FOUND[fresh.kind](locked, version, fresh, kept, account, now)
        answering.bind_files(locked)


def _who(task_: Task, office: Office) -> str:
    return f"officer:{office.role}" if task_.kind != "expert" else task_.who


def _of_step(
    case: Case, version: Version, task_: Task, kept: Mapping[str, object], account: str, now: datetime
) -> None:
    step = version.service.steps[task_.step - 1]
    facts = {f"{step.names[0]}.{name}": (step.fields[name].kind, value) for name, value in kept.items()}
    tasking.bring(case, facts, source="officer", now=now)
    tasking.close(task_, rules.TASK_DONE, now, by=account)
    deciding.advance(case, version, now=now)


def _of_expert(
    case: Case, version: Version, task_: Task, kept: Mapping[str, object], account: str, now: datetime
) -> None:
    stored = {name: values.stored(value) for name, value in kept.items()}
    tasking.close(task_, rules.TASK_DONE, now, by=account, findings=stored)
    panels.found(case, version, task_, now)


def _of_archive(
    case: Case, version: Version, task_: Task, kept: Mapping[str, object], account: str, now: datetime
) -> None:
    """What stands on paper goes into the register first, marked so; then it is a fact like any other."""
    evidence = version.service.evidence[task_.name]
    if not kept.get(FOUND):
        tasking.close(task_, rules.TASK_DONE, now, by=account, found=False)
        deciding.advance(case, version, now=now)
        return
    task_.result = {"by": account, "findings": {name: values.tagged(value) for name, value in kept.items()}}
    if evidence.none is None or evidence.none.into is None:
        _keep_found(case, version, task_, evidence, kept, now)
        return
    task_.who = f"agency:{case.agency}"  # the officer has done their part: it leaves the desk
    task_.agency = ""
    task_.save(update_fields=["result", "who", "agency"])
    enter_from_archive.enqueue(task_.pk)


def _of_paper(
    case: Case, version: Version, task_: Task, kept: Mapping[str, object], account: str, now: datetime
) -> None:
    task_.result = {"by": account}
    evidence = version.service.evidence[task_.name]
    if not kept.get(FOUND):
        kept = dict.fromkeys(evidence.take)
    _keep_found(case, version, task_, evidence, kept, now)


def _keep_found(
    case: Case, version: Version, task_: Task, evidence: Evidence, kept: Mapping[str, object], now: datetime
) -> None:
    """Facts of the evidence by an officer's word, in place of the holder's."""
    source = declared_facts.asked(version.country, evidence)
    fields = source.register.fields if source else {}
    turn = sum(evidence.name in step.names for step in version.service.steps[: task_.step] if step.kind == "evidence")
    facts = {
        f"{evidence.name}.{name}": (values.kind_of(fields.get(name), name), kept.get(name)) for name in evidence.take
    }
    case.facts.filter(evidence=evidence.name).delete()
    tasking.bring(case, facts, source="officer", evidence=evidence.name, turn=max(turn, 1), now=now)
    tasking.close(task_, rules.TASK_DONE, now)
    deciding.advance(case, version, now=now)


_FOUND: Mapping[str, Callable[[Case, Version, Task, Mapping[str, object], str, datetime], None]] = {
    "check": _of_step,
    "visit": _of_step,
    "expert": _of_expert,
    "archive": _of_archive,
    "paper": _of_paper,
}


@task(kind=OUTSIDE, max_tries=40)
def enter_from_archive(task_id: int, tries: int = 0) -> Callable[[], None] | None:
    """Writes what an officer found on paper into the register, marked so: the next person finds it there."""
    now = clock.now()
    task_ = Task.objects.filter(pk=task_id, state=rules.OPEN, kind="archive").select_related("case").first()
    if task_ is None:
        return None
    case, version = task_.case, versions.of(task_.case)
    evidence = version.service.evidence[task_.name]
    assert evidence.none is not None and evidence.none.into is not None
    found = {name: values.untagged(value) for name, value in task_.result["findings"].items()}
    course = courses.course_of(case, version, case.facts.all(), now=now)
    change = offers.change(version.country, evidence.none.into)
    asked = {name: course.fact(fact) for name, fact in evidence.by.items()}
    fields = change.declared.fields if change else ()
    row = {name: found.get(name, asked.get(name)) for name in fields}
    who = version.service.evidence[task_.name].none.archive  # type: ignore[union-attr]
    try:
        holders.record(
            case, version, evidence.none.into, {name: value for name, value in row.items() if value is not None},
            key=f"{case.ref}:{task_.step}:{task_.name}", hold="", now=now, who=str(who).replace(".", ":", 1),
        )  # fmt: skip
    except Unavailable:
        pause = min(deciding.FIRST_PAUSE * 2 ** min(tries, 8), deciding.LONGEST_PAUSE)
        return lambda: _enter_later(task_id, tries, now + pause)
    except (Refused, BadInput) as no:
        said = no.rule if isinstance(no, Refused) else no.reason
        return lambda: _back_to_desk(task_id, said, now)

    def finish() -> None:
        locked = Case.objects.select_for_update().get(pk=case.pk)
        fresh = Task.objects.get(pk=task_id)
        if fresh.state == rules.OPEN:
            timeline.add(locked, "entered", who=str(who).replace(".", ":", 1), now=now, body={"step": fresh.step})
            _keep_found(locked, version, fresh, evidence, {**asked, **found}, now)

    return finish


def _enter_later(task_id: int, tries: int, at: datetime) -> None:
    enter_from_archive.using(run_after=at).enqueue(task_id, tries + 1)


def _back_to_desk(task_id: int, said: str, now: datetime) -> None:
    """The register does not take what was entered: the officer looks again."""
    task_ = Task.objects.select_related("case").get(pk=task_id)
    evidence = versions.of(task_.case).service.evidence[task_.name]
    assert evidence.none is not None and evidence.none.archive is not None
    task_.who, task_.agency = evidence.none.archive.replace(".", ":", 1), task_.case.agency
    task_.result = {**task_.result, "said": said}
    task_.save(update_fields=["who", "agency", "result"])
    timeline.add(task_.case, "not_entered", who="system", now=now, body={"step": task_.step, "said": said})


def hand_over(task_id: int, office: Office, officer: str, account: str, *, now: datetime) -> None:
    """What was made is handed over, or is in the post. Raises NoSuchCase, Refused "state", "own_case"."""
    task_ = at_desk(task_id, office, officer)
    if officer in (task_.case.applicant, task_.case.subject):
        raise Refused("own_case")
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=task_.case_id)
        fresh = Task.objects.get(pk=task_id)
        if fresh.state != rules.OPEN or fresh.kind != "deliver":
            raise Refused("state")
        tasking.close(fresh, rules.TASK_DONE, now, by=account)
        body: dict[str, Any] = {"step": fresh.step}
        timeline.add(locked, "handed_over", who=f"officer:{office.role}", account=account, now=now, body=body)
        ledger.record("case.handed_over", {**body, "case": locked.ref, "by": account}, now=now)
        deciding.advance(locked, versions.of(locked), now=now)


def recheck(
    task_id: int, office: Office, officer: str, account: str, *, outcome: str, reasons: str, now: datetime
) -> None:
    """A holder did not take what was granted. The officer, who sees the decision and what the tables say of the facts

    of today, stands by it (`grant`: it is sent again) or takes it back (`refuse`), with reasons that the person reads.
    Raises NoSuchCase, Refused "state", "own_case", "not_your_role".
    """
    task_ = at_desk(task_id, office, officer)
    case, version = task_.case, versions.of(task_.case)
    demand_stranger(case, version, office, officer, account, now)
    if outcome not in (GRANT, REFUSE) or not reasons.strip():
        raise Refused("state")
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        fresh = Task.objects.get(pk=task_id)
        if fresh.state != rules.OPEN or fresh.kind != "recheck" or locked.state != rules.DECIDED:
            raise Refused("state")
        last = locked.decisions.exclude(table="").order_by("-number").first()
        verdict = Verdict(
            outcome, last.table if last else "", last.rule if last else "",
            (last.law if last else "") or str(version.service.law[0]), (), {}, f"officer:{office.role}",
        )  # fmt: skip
        tasking.close(fresh, rules.TASK_DONE, now, by=account, outcome=outcome)
        body: dict[str, Any] = {"step": fresh.step, "outcome": outcome}
        timeline.add(locked, "rechecked", who=f"officer:{office.role}", account=account, now=now, body=body)
        ledger.record("case.rechecked", {**body, "case": locked.ref, "by": account}, now=now)
        if outcome == GRANT:
            effects.send_once_more(fresh, now)
            locked.edition += 1
            locked.save(update_fields=["edition"])
            return
        by_officer.write_officers(locked, deciding.Settled(verdict, fresh.item), office, account, reasons, now)
        deciding.turn_down(locked, version, verdict, now)


def at_desk(task_id: int, office: Office, officer: str) -> Task:
    """A task at this office's desk; an expert's only for the expert. Raises NoSuchCase, Refused "not_your_role"."""
    task_ = (
        Task.objects.filter(pk=task_id, agency=office.agency).select_related("case").first() if office.agency else None
    )
    if task_ is None or (task_.kind == "expert" and task_.person != officer):
        raise NoSuchCase(str(task_id))
    if task_.who != f"officer:{office.role}":
        raise Refused("not_your_role")
    return task_


def demand_stranger(case: Case, version: Version, office: Office, officer: str, account: str, now: datetime) -> None:
    """The officer is nobody's party or parent in this case."""
    course = courses.course_of(case, version, case.facts.all(), now=now)
    parties = {str(course.fact(name)) for name in version.service.parties}
    by_officer.demand_stranger(officer, case, version, Asker(account, f"officer:{office.role}"), parties, now=now)
