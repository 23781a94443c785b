"""Experts who judge blind: drawn from the officers of a role, never from where they may not be, joined to one finding.

Neither side learns who the other is: a seat's task shows what the step lets an expert see, the case says only that
experts are at work. Who is silent is replaced; a panel that does not agree is replaced as a whole.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import structlog

from pencere.applications import courses, deadlines, deciding, holders, rules, tasking, timeline, versions
from pencere.applications.holders import Asker
from pencere.applications.models import Case, Task
from pencere.applications.versions import Version
from pencere.base import clock
from pencere.base.errors import Unavailable
from pencere.country.cells import as_number
from pencere.country.course import Course
from pencere.country.declarations import Field, Panel, Step
from pencere.country.functions import as_fact
from pencere.exchange import actions as exchange
from pencere.identity import queries as identity
from pencere.jobs.actions import OUTSIDE, task

log = structlog.get_logger(__name__)
DRAW_AGAIN = timedelta(minutes=30)
"""When there are too few who may sit on a panel."""
NUMBERS = ("integer", "decimal", "percent", "money")


@task(kind=OUTSIDE, max_tries=40)
def draw_panel(panel_id: int) -> Callable[[], None] | None:
    """Fills the seats of a panel that are empty, by lot."""
    now = clock.now()
    panel = Task.objects.filter(pk=panel_id, kind="panel", state=rules.OPEN).select_related("case").first()
    if panel is None:
        return None
    case, version = panel.case, versions.of(panel.case)
    step = version.service.steps[panel.step - 1]
    assert step.panel is not None
    seats = list(case.tasks.filter(step=panel.step, kind="expert"))
    empty = step.panel.size - sum(seat.state in (rules.OPEN, rules.TASK_DONE) for seat in seats)
    if empty <= 0:
        return None
    course = courses.course_of(case, version, case.facts.all(), now=now)
    try:
        who = _candidates(case, version, step, step.panel, course, seats, now)
    except Unavailable:
        return lambda: _draw_later(panel_id, now)
    chosen = random.SystemRandom().sample(who, min(empty, len(who)))

    def finish() -> None:
        locked = Case.objects.select_for_update().get(pk=case.pk)
        fresh = Task.objects.get(pk=panel_id)
        taken = list(locked.tasks.filter(step=fresh.step, kind="expert"))
        if fresh.state != rules.OPEN or len(taken) != len(seats):
            return
        for number, person in enumerate(chosen, len(taken) + 1):
            _seat(locked, version, step, course, number, person, now)
        body = {"step": step.number, "seats": len(chosen), "missing": empty - len(chosen)}
        timeline.add(locked, "panel", who="system", now=now, body=body)
        if len(chosen) < empty:
            if taken and not chosen and fresh.result.get("disagreed"):
                _join(locked, version, fresh, now, at_last=True)
            else:
                _draw_later(panel_id, now)

    return finish


def _draw_later(panel_id: int, now: datetime) -> None:
    draw_panel.using(run_after=now + DRAW_AGAIN).enqueue(panel_id)


def _seat(case: Case, version: Version, step: Step, course: Course, number: int, person: str, now: datetime) -> None:
    term = step.term
    due_at = deadlines.over_at(term, course, tasking.clocks(case, ()) | {"asked": now}) if term else None
    Task.objects.create(
        case=case, step=step.number, seat=number, kind="expert", who=role_of(step), person=person, agency=case.agency,
        opened_at=now, due_at=due_at, silence="leave",
    )  # fmt: skip


def role_of(step: Step) -> str:
    assert step.panel is not None
    return step.panel.of.replace(".", ":", 1)


def _candidates(
    case: Case, version: Version, step: Step, panel: Panel, course: Course, seats: Iterable[Task], now: datetime
) -> list[str]:
    """Officers of the role at the case's agency, without those who sat already, have to do with the case, or come from

    where the step says.
    """
    role = panel.of.removeprefix("officer.")
    out = {seat.person for seat in seats} | {str(course.fact(name)) for name in version.service.parties}
    out |= {case.applicant, case.subject}
    found = []
    for officer in identity.officers_with(case.agency, role, now):
        if officer not in out and not _is_from(case, version, step, course, officer, now):
            found.append(officer)
    return found


def _is_from(case: Case, version: Version, step: Step, course: Course, officer: str, now: datetime) -> bool:
    """Whether the officer comes from a place, or belongs to a body, that the step excludes."""
    names = {name.rpartition(".")[2]: course.fact(name) for name in step.not_from}
    if case.agency in names.values():
        return True
    take = tuple(name for name in names if name in version.country.person.facts and names[name] is not None)
    if not take:
        return False
    own = exchange.person_facts(officer, take, holders.consumer_of(case, version, Asker("", "system")), now=now)
    return own is not None and any(own[name] == names[name] for name in take)


# ---- findings


def found(case: Case, version: Version, seat: Task, now: datetime) -> None:
    """An expert has judged; when all have, the findings become one. The case is held, the seat is closed."""
    panel = case.tasks.get(step=seat.step, kind="panel", seat=0)
    step = version.service.steps[seat.step - 1]
    assert step.panel is not None
    done = case.tasks.filter(step=seat.step, kind="expert", state=rules.TASK_DONE).count()
    if done >= step.panel.size:
        _join(case, version, panel, now)


def _join(case: Case, version: Version, panel: Task, now: datetime, *, at_last: bool = False) -> None:
    step = version.service.steps[panel.step - 1]
    assert step.panel is not None
    seats = list(case.tasks.filter(step=panel.step, kind="expert", state=rules.TASK_DONE).order_by("seat"))
    judged = [seat.result["findings"] for seat in seats] or panel.result.get("disagreed", [])
    one = join(step.panel, step.fields, judged)
    if one is None and not at_last:
        # Not agreed: others judge anew, who know nothing of these.
        ids = [seat.pk for seat in seats]
        Task.objects.filter(pk__in=ids).update(state=rules.TASK_LAPSED)
        panel.result = {**panel.result, "disagreed": [*panel.result.get("disagreed", []), *judged]}
        panel.save(update_fields=["result"])
        timeline.add(case, "panel_apart", who="system", now=now, body={"step": step.number})
        draw_panel.enqueue(panel.pk)
        return
    one = one if one is not None else dict.fromkeys(step.fields)
    facts = {f"{step.names[0]}.{name}": (field.kind, one.get(name)) for name, field in step.fields.items()}
    tasking.bring(case, facts, source="officer", now=now)
    tasking.close(panel, rules.TASK_DONE, now)
    timeline.add(case, "judged", who=role_of(step), now=now, body={"step": step.number})
    deciding.advance(case, version, now=now)


def join(panel: Panel, fields: Mapping[str, Field], judged: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """One finding of several. `agreed`: what more than half say, and None if of one field nobody does; `mean`: of

    numbers the mean. Words are put one below the other.
    """
    one: dict[str, Any] = {}
    for name, field in fields.items():
        said = [each.get(name) for each in judged]
        if field.kind in ("long_text", "text"):
            one[name] = "\n\n".join(str(each) for each in said if each) or None
        elif panel.joined == "mean" and field.kind in NUMBERS:
            numbers = [Decimal(number) for each in said if (number := as_number(each)) is not None]
            one[name] = _mean(numbers, field) if numbers else None
        else:
            value, times = Counter(_hashable(each) for each in said).most_common(1)[0]
            if 2 * times <= len(said):
                return None
            one[name] = next(each for each in said if _hashable(each) == value)
    return one


def _mean(numbers: list[Decimal], field: Field) -> object:
    mean = sum(numbers, Decimal(0)) / len(numbers)
    if field.kind in ("integer", "money"):
        return int(mean.to_integral_value())
    return as_fact(mean.quantize(Decimal("0.01")))


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
