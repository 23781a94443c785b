"""What a party does in a case that was sent: answers, confirms, signs, changes an answer.

Each is acknowledged after the commit, with a leaf in the ledger; the case goes on in the same transaction as far as
nobody must be asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from pencere.applications import (
    again,
    changing,
    courses,
    deciding,
    drafting,
    parties,
    rules,
    statements,
    tasking,
    timeline,
    values,
    versions,
)
from pencere.applications.drafting import NoSuchCase
from pencere.applications.models import Case, Fact, Task
from pencere.applications.versions import Version
from pencere.base.errors import BadInput, Refused
from pencere.country.course import Course
from pencere.country.declarations import Field, QuestionGroup
from pencere.files import actions as file_actions
from pencere.files import queries as files
from pencere.ledger import actions as ledger

Answers = Mapping[str, Mapping[str, object] | Sequence[Mapping[str, object]]]
"""Group → its answers by field; of a repeating group, its items."""


def answer_task(task_id: int, person: str, account: str, answers: Answers, *, now: datetime) -> None:
    """Answers a task `ask`: every group that it asks for at once; fields that are not asked are left out.

    Raises NoSuchCase (not this person's), BadInput (missing, too_few, too_many, not_offered: field), Refused "state".
    """
    with transaction.atomic():
        case, task_, version = _held(task_id, person, "ask")
        step = version.service.steps[task_.step - 1]
        names = (task_.name,) if task_.name else step.names
        changed = _keep(case, version, names, answers, now)
        tasking.close(task_, rules.TASK_DONE, now)
        _void_signatures(case, version, changed, now)
        timeline.add(case, "answered", who=task_.who, account=account, now=now, body={"step": task_.step})
        ledger.record("case.answered", {"case": case.ref, "step": task_.step, "facts": _hash(case)}, now=now)
        deciding.advance(case, version, now=now)


def change_answers(ref: str, person: str, account: str, answers: Answers, *, now: datetime) -> None:
    """The applicant changes what they sent, group by group, while nothing rests on it but what others agreed to.

    Who agreed to what changed must agree again. Raises NoSuchCase, BadInput, Refused "state" (`changing`) and
    "subject": whom the case is about is a matter of another application.
    """
    case = drafting.own(ref, person)
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        version = versions.of(locked)
        names = tuple(name for name in version.service.questions if name in answers)
        if not names or len(names) < len(answers):
            raise NoSuchCase(ref)
        changing.demand_changeable(locked, version, names)
        keepers = changing.leave(locked)
        subject = changing.subject_of(locked, version)
        changed = _keep(locked, version, names, answers, now)
        if changing.subject_of(locked, version) != subject:
            raise Refused("subject")
        changed |= _forget_idle(locked, version, now)
        _void_signatures(locked, version, changed, now)
        for name in sorted(changed):
            timeline.add(locked, "changed", who="person", account=account, now=now, body={"group": name})
        void, _ = locked.decisions.all().delete()  # of tables, on the way: they speak again; the ledger has them
        body: dict[str, Any] = {"case": locked.ref, "groups": list(names), "facts": _hash(locked), "void": void}
        ledger.record("case.changed", body, now=now)
        deciding.advance(locked, version, now=now)
    file_actions.release(keepers)


def leave_change(ref: str, person: str) -> None:
    """What the applicant typed anew is forgotten: all is as it was sent. Raises NoSuchCase."""
    case = drafting.own(ref, person)
    with transaction.atomic():
        keepers = changing.leave(Case.objects.select_for_update().get(pk=case.pk))
    file_actions.release(keepers)


def submit_task(task_id: int, person: str, account: str, *, now: datetime) -> str:
    """Confirms what a case that nobody asked for says: from now on it is an application. Returns the receipt.

    Raises NoSuchCase and Refused ("state", or what `again` says).
    """
    with transaction.atomic():
        case, task_, version = _held(task_id, person, "submit")
        case.submitted_at, case.account = now, case.account or account
        course = courses.course_of(case, version, case.facts.all(), now=now)
        again.take(case, version, course, now)
        tasking.close(task_, rules.TASK_DONE, now)
        timeline.add(case, "submitted", who=task_.who, account=account, now=now)
        receipt = ledger.record(
            "case.submitted",
            {
                "case": case.ref,
                "service": case.service,
                "agency": case.agency,
                "content_hash": case.content_hash,
                "texts_hash": case.texts_hash,
                "facts": _hash(case),
            },
            now=now,
        )
        key = f"task:{task_.pk}"
        statements.add_submission((case.pk, key, now, receipt.leaf_id, receipt.leaf_hash, receipt.note))
        deciding.advance(case, version, now=now)
    return receipt.note


def sign_task(task_id: int, person: str, account: str, agree: bool, *, now: datetime) -> None:
    """Signs what the step shows, or refuses to. Raises NoSuchCase and Refused "state"."""
    with transaction.atomic():
        case, task_, version = _held(task_id, person, "sign")
        step = version.service.steps[task_.step - 1]
        shown = shown_hash(case, step.shows)
        tasking.close(task_, rules.TASK_DONE if agree else rules.TASK_REFUSED, now, agree=agree, shown=shown)
        _keep_signature(case, step.names[0], task_.item, agree, now)
        body: dict[str, Any] = {"step": task_.step, "item": task_.item, "agree": agree}
        timeline.add(case, "signed", who=task_.who, account=account, now=now, body=body)
        ledger.record("case.signed", {**body, "case": case.ref, "shown": shown}, now=now)
        deciding.advance(case, version, now=now)


def _keep_signature(case: Case, party: str, item: int, agree: bool | None, now: datetime) -> None:
    head = party.partition(".")[0]
    tasking.bring(case, {values.path(f"{head}.signed", item): ("boolean", agree)}, source="party", now=now)


def shown_hash(case: Case, groups: Iterable[str]) -> str:
    """One hash over the answers that a signature stands under."""
    rows = case.facts.filter(source="answer")
    return values.hash_of({row.name: row.value for row in rows if row.name.partition(".")[0] in set(groups)})


def silent(case: Case, version: Version, task_: Task, now: datetime) -> None:
    """A signature that nobody gave in time, where the case goes on: it is unknown, or what the law makes of silence."""
    step = version.service.steps[task_.step - 1]
    agree = True if task_.silence == "grant" else None
    _keep_signature(case, step.names[0], task_.item, agree, now)


def _held(task_id: int, person: str, kind: str) -> tuple[Case, Task, Version]:
    """The person's open task of this kind and its case, held. Raises NoSuchCase, Refused "state"."""
    found = Task.objects.filter(pk=task_id, person=person, kind=kind).first() if person else None
    if found is None:
        raise NoSuchCase(str(task_id))
    case = Case.objects.select_for_update().get(pk=found.case_id)
    task_ = Task.objects.get(pk=task_id)
    if task_.state != rules.OPEN or case.state not in rules.UNDECIDED:
        raise Refused("state")
    return case, task_, versions.of(case)


# ---- answers as facts


def _forget_idle(case: Case, version: Version, now: datetime) -> set[str]:
    """Answers to questions that a change makes needless go; returns their groups."""
    gone = set()
    for group in version.service.questions.values():
        course = courses.course_of(case, version, case.facts.all(), now=now)
        if group.when is None or course.holds(group.when):
            continue
        rows = [row.pk for row in case.facts.filter(source="answer") if row.name.partition(".")[0] == group.name]
        if Fact.objects.filter(pk__in=rows).delete()[0]:
            gone.add(group.name)
    return gone


def _keep(case: Case, version: Version, names: Iterable[str], answers: Answers, now: datetime) -> set[str]:
    """Keeps the answers of these groups; returns the groups whose answers changed."""
    changed = set()
    before = {row.name: row.value for row in case.facts.filter(source="answer")}
    for name in names:
        group = version.service.questions[name]
        course = courses.course_of(case, version, case.facts.all(), now=now)
        if not course.holds(group.when):
            continue
        given = answers.get(name, {})
        _demand_offered(case, version, group, given, before)
        facts = _facts(course, group, given)
        old = {key: value for key, value in before.items() if key.partition(".")[0] == name}
        new = {key: value if kind == values.ROWS else values.stored(value) for key, (kind, value) in facts.items()}
        if old != new:
            changed.add(name)
            Fact.objects.filter(case=case, source="answer", name__in=set(old) - set(new)).delete()
            if group.many:  # what was known of the items is about items that are no more
                Fact.objects.filter(case=case, name__startswith=f"{name}.").delete()
            tasking.bring(case, facts, source="answer", now=now)
    bind_files(case)
    return changed


def _demand_offered(
    case: Case, version: Version, group: QuestionGroup, given: object, before: Mapping[str, Any]
) -> None:
    """Who is named in answer to a question that offers persons was offered by it, or named there before.

    The offer is made by the page of the question, which asks the registers. Raises BadInput "not_offered" (field).
    """
    rows = given if isinstance(given, list | tuple) else [given]
    for name, field in group.fields.items():
        if not drafting.offers_persons(field):
            continue
        what = str(field.of).rpartition(".")[2]
        grounds = ("self", *version.country.representation) if what == parties.ACTING else (what,)
        offered = {each["identifier"] for each in case.people if each["ground"] in grounds}
        kept = before.get(group.name) if group.many else None
        offered |= {row.get(name) for row in (kept or {}).get("rows", [])} | {before.get(f"{group.name}.{name}")}
        for row in rows:
            value = row.get(name) if isinstance(row, Mapping) else None
            if value not in (None, "") and value not in offered:
                raise BadInput("not_offered", field=name)


def _facts(
    course: Course, group: QuestionGroup, given: Mapping[str, object] | Sequence[Mapping[str, object]]
) -> dict[str, tuple[str, object]]:
    if group.many:
        rows = list(given) if isinstance(given, list | tuple) else []
        least, most = group.many
        if not least <= len(rows) <= most:
            raise BadInput("too_few" if len(rows) < least else "too_many", field=group.name)
        whole = Course(
            course.country, course.service, {**course.given, group.name: tuple(rows)}, course.today, sent=course.sent
        )
        kept = [_checked(whole.item(group.name, at), group, row) for at, row in enumerate(rows)]
        return {group.name: (values.ROWS, values.stored_rows(kept, values.kinds_of(group.fields)))}
    assert isinstance(given, Mapping)
    typed = {f"{group.name}.{name}": value for name, value in given.items()}
    whole = Course(course.country, course.service, {**course.given, **typed}, course.today, sent=course.sent)
    return {
        f"{group.name}.{name}": (group.fields[name].kind, value)
        for name, value in _checked(whole, group, given).items()
    }


def _checked(course: Course, group: QuestionGroup, row: Mapping[str, object]) -> dict[str, object]:
    return checked(tuple(field for field in group.fields.values() if course.holds(field.when)), row)


def checked(fields: Iterable[Field], row: Mapping[str, object]) -> dict[str, object]:
    """The values of these fields. Raises BadInput (missing, not_offered: field)."""
    found: dict[str, object] = {}
    for field in fields:
        value = row.get(field.name)
        if value in (None, ""):
            if field.required:
                raise BadInput("missing", field=field.name)
            value = None
        elif isinstance(field.of, tuple) and field.kind == "choice" and value not in field.of:
            raise BadInput("not_offered", field=field.name)
        found[field.name] = value
    return found


def bind_files(case: Case) -> None:
    """The case needs every file among its answers and facts."""
    found = set(drafting.files_of(case))
    for kind, value in case.facts.values_list("kind", "value"):
        rows: list[dict[str, Any]] = value["rows"] if kind == values.ROWS and value else [{"": value}]
        found |= {each for row in rows for each in row.values() if isinstance(each, str) and files.is_reference(each)}
    file_actions.bind(found, drafting.keeper(case))


def _hash(case: Case) -> str:
    return values.hash_of({row.name: row.value for row in case.facts.all()})


def _void_signatures(case: Case, version: Version, changed: set[str], now: datetime) -> None:
    """A changed answer voids the signatures that showed it: they are asked for again."""
    if not changed:
        return
    for step in version.service.steps:
        if step.kind != "sign" or not changed & changing.shows(version, step):
            continue
        head = step.names[0].partition(".")[0]
        for task_ in case.tasks.filter(step=step.number, kind="sign").exclude(state=rules.VOID):
            tasking.close(task_, rules.VOID, now)
            Fact.objects.filter(case=case, name=values.path(f"{head}.signed", task_.item), source="party").delete()
            body = {"step": step.number, "item": task_.item, "who": task_.who}
            timeline.add(case, "void", who="system", now=now, body=body)
