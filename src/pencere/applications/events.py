"""What registers tell: an event begins a case, one for each, or is what a case waits for, matched once.

Lists are read after a cursor that is kept in the transaction of what they brought: told twice is done once. An event
that cannot be taken waits apart (`keeping_up`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from pencere import country
from pencere.applications import deciding, holders, keeping_up, rules, tasking, timeline, values, versions
from pencere.applications.keeping_up import keep_up
from pencere.applications.models import Case, Heard, Task
from pencere.applications.versions import Bundle, Version
from pencere.base import clock
from pencere.base.canonical import sha256_hex
from pencere.base.errors import Refused
from pencere.base.identifiers import random_ref
from pencere.country.course import Course
from pencere.country.declarations import Service, Step
from pencere.identity import queries as identity
from pencere.jobs.actions import INSIDE, task
from pencere.ledger import actions as ledger

if TYPE_CHECKING:
    from pencere.exchange.actions import Told

ROUNDS = 20
HEARD_KEPT = timedelta(days=400)
"""So long an event is kept for a case that may still begin to wait for it."""


# ---- beginning


def start_from_events(now: datetime) -> int:
    """Begins a case for each event that has come; returns how many began."""
    begun = 0
    for service in _services():
        for start in service.starts:
            if start.kind == "event":
                begun += _start_all(Version(country.current(), service), start.event, now)
    return begun


def _services() -> Iterable[Service]:
    return country.current().services.values()


def _start_all(version: Version, source: str, now: datetime) -> int:
    service = version.service
    today = timeline.day_of(now)
    if not (service.since <= today and (service.until is None or today <= service.until)):
        return 0
    bundles: list[Bundle | None] = []

    def read(after: str, most: int) -> tuple[Told, ...]:
        found = holders.events(version, source, after, most, now=now)
        if found and not bundles:  # a folder that is being edited is Unavailable: the next round begins them
            bundles.append(versions.bundle_for(version))
        return found

    return keep_up(
        keeping_up.Told(
            f"start/{service.id}/{source}",
            read=read,
            about=lambda each: _persons(version, source, each),
            take=lambda each: _start(version, source, each, bundles[0], now),
            untold=lambda each: each.problem,
        ),
        now,
    )


def _persons(version: Version, source: str, told: Told) -> Iterable[str]:
    """Whom the event names: what happens to one of them is done in the order in which it happened."""
    register, _ = holders.register_of(version, source)
    declared = version.country.registers.get(register)
    fields = declared.fields if declared else {}
    return (
        str(value)
        for name, value in told.values.items()
        if value is not None and name in fields and fields[name].kind == "person"
    )


def _start(version: Version, source: str, told: Told, bundle: Bundle | None, now: datetime) -> int:
    """One case for one event; 0 if it began before."""
    service = version.service
    origin = sha256_hex({"service": service.id, "source": source, "cursor": str(told.cursor)})
    if Case.objects.filter(origin=origin).exists():
        return 0
    versions.keep(bundle, now)
    case = Case(
        ref=random_ref(), service=service.id, agency=service.agency, content_hash=service.content_hash,
        texts_hash=service.texts_hash, language=version.country.languages[0], begun_by="event", origin=origin,
        created_at=now, saved_at=now, submitted_at=now,
    )  # fmt: skip
    facts = facts_of(version, source, "event", told.values)
    known = {name: value for name, (_, value) in facts.items()}
    course = Course(version.country, service, known, timeline.day_of(now))
    case.applicant = str(course.fact(service.applicant.name) or course.fact(service.subject.name) or "")
    case.subject = str(course.fact(service.subject.name) or "")
    case.account = identity.account_of(case.applicant) or "" if case.applicant else ""
    named = identity.named(case.account) if case.account else None
    case.applicant_name = named.name if named else ""
    timeline.move(case, rules.WORKING, now)
    case.save(force_insert=True)
    register, agency = holders.register_of(version, source)
    tasking.bring(case, facts, source="event", register=register, holder=agency, law=str(service.law[0]),
                  about=case.subject or case.applicant, now=now)  # fmt: skip
    timeline.add(case, "begun", who="system", now=now, body={"source": source})
    ledger.record(
        "case.begun", {"case": case.ref, "service": service.id, "content_hash": service.content_hash}, now=now
    )
    deciding.advance(case, version, now=now)
    return 1


def facts_of(version: Version, source: str, name: str, told: Mapping[str, object]) -> dict[str, tuple[str, object]]:
    """The fields of an event as facts `<name>.<field>`."""
    register, _ = holders.register_of(version, source)
    declared = version.country.registers.get(register)
    fields = declared.fields if declared else {}
    return {f"{name}.{field}": (values.kind_of(fields.get(field), field), value) for field, value in told.items()}


def decline(ref: str, person: str, account: str, *, now: datetime) -> None:
    """The person does not want what they did not ask for, before it is decided. Raises NoSuchCase, Refused "state"."""
    case = deciding.own(ref, person)
    if case.begun_by != "event":
        raise Refused("state")
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        if locked.state not in rules.UNDECIDED:
            raise Refused("state")
        deciding.end(locked, rules.WITHDRAWN, now, who="person", account=account, body={"why": "declined"})


# ---- waiting


def poll_events(now: datetime) -> int:
    """Hears what cases wait for; returns how many could go on."""
    matched = 0
    for service in _services():
        steps = [step for step in service.steps if step.kind == "wait_for"]
        for source in dict.fromkeys(step.names[0] for step in steps):
            matches = [tuple(step.match) for step in steps if step.names[0] == source]
            matched += _hear_all(Version(country.current(), service), source, set(matches), now)
    return matched


def _hear_all(version: Version, source: str, matches: set[tuple[str, ...]], now: datetime) -> int:
    return keep_up(
        keeping_up.Told(
            f"wait/{version.service.id}/{source}",
            read=lambda after, most: holders.events(version, source, after, most, now=now),
            about=lambda each: (
                *_persons(version, source, each),
                *(_mark(version, source, each, fields) for fields in sorted(matches) if each.values),
            ),
            take=lambda each: sum(_hear(version, source, each, fields, now) for fields in sorted(matches)),
            untold=lambda each: each.problem,
        ),
        now,
    )


def _mark(version: Version, source: str, told: Told, fields: tuple[str, ...]) -> str:
    return tasking.mark(version.service.id, source, {name: told.values.get(name) for name in fields})


def _hear(version: Version, source: str, told: Told, fields: tuple[str, ...], now: datetime) -> int:
    mark = _mark(version, source, told, fields)
    waiting = Task.objects.filter(mark=mark, closed_at__isnull=True).order_by("opened_at", "id").first()
    # The case first, then what was heard: as everywhere, so that two never wait for each other.
    case = Case.objects.select_for_update().get(pk=waiting.case_id) if waiting is not None else None
    heard, _ = Heard.objects.get_or_create(
        service=version.service.id, source=source, cursor=str(told.cursor), mark=mark,
        defaults={"values": {name: values.tagged(value) for name, value in told.values.items()}, "at": told.at},
    )  # fmt: skip
    if case is None or waiting is None:
        return 0
    return int(_go_on(case, waiting.pk, heard, now))


def hear_earlier(case: Case, task_: Task) -> None:
    """A case begins to wait: what it waits for may have come since the case began. It is held."""
    heard = (
        Heard.objects.filter(mark=task_.mark, task__isnull=True, at__gte=case.created_at).order_by("at", "id").first()
    )
    if heard is not None:
        match_earlier.enqueue(task_.pk, heard.pk)


def _go_on(case: Case, task_id: int, heard: Heard, now: datetime) -> bool:
    """The event is this task's, once."""
    task_ = Task.objects.get(pk=task_id)
    fresh = Heard.objects.select_for_update().get(pk=heard.pk)
    if task_.state != rules.OPEN or fresh.task_id is not None or fresh.at < case.created_at:
        return False
    if case.state not in (*rules.UNDECIDED, rules.DECIDED):
        return False
    fresh.task = task_
    fresh.save(update_fields=["task"])
    version = versions.of(case)
    step = version.service.steps[task_.step - 1]
    _bring(case, version, step, {name: values.untagged(value) for name, value in fresh.values.items()}, now)
    tasking.close(task_, rules.TASK_DONE, now)
    timeline.add(case, "heard", who="system", now=now, body={"step": step.number, "event": step.names[0]})
    deciding.advance(case, version, now=now)
    return True


def _bring(case: Case, version: Version, step: Step, told: Mapping[str, object], now: datetime) -> None:
    if not step.as_:
        return
    register, agency = holders.register_of(version, step.names[0])
    facts = facts_of(version, step.names[0], step.as_, told)
    tasking.bring(
        case, facts, source="event", register=register, holder=agency, law=str(version.service.law[0]), now=now
    )


@task(kind=INSIDE)
def match_earlier(task_id: int, heard_id: int) -> None:
    """What came before the case began to wait for it."""
    now = clock.now()
    task_ = Task.objects.filter(pk=task_id).first()
    heard = Heard.objects.filter(pk=heard_id).first()
    if task_ is not None and heard is not None:
        case = Case.objects.select_for_update().get(pk=task_.case_id)
        _go_on(case, task_id, heard, now)


def forget_heard(now: datetime) -> int:
    """Events that nobody waits for any more."""
    total = 0
    for _ in range(ROUNDS):
        with transaction.atomic():
            old: list[Any] = list(
                Heard.objects.filter(at__lt=now - HEARD_KEPT).order_by("at").values_list("pk", flat=True)[:500]
            )
            total += Heard.objects.filter(pk__in=old).delete()[0]
        if len(old) < 500:
            break
    return total
