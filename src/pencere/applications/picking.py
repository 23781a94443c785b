"""Places that a person picks, or that whoever comes first takes; and how a place becomes a case's, however it came.

That a place may be held is written down before it is asked for (`Hold`), so that whatever dies in between is given
back. Those who wait in line for one are `queueing`'s.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from pencere.applications import courses, deadlines, deciding, effects, holders, rules, tasking, timeline, versions
from pencere.applications.drafting import NoSuchCase
from pencere.applications.models import Case, Task
from pencere.applications.versions import Version
from pencere.base import clock
from pencere.base.errors import Refused, Unavailable
from pencere.country.course import Course
from pencere.country.declarations import Allotment
from pencere.jobs.actions import OUTSIDE, task
from pencere.ledger import actions as ledger

if TYPE_CHECKING:
    from pencere.exchange.queries import Held

PLACES = 1000
"""So many rows with free places are looked at."""
TAKE_AGAIN = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Taken:
    """A place that is held for the case under `hold`: the key of its row, and what the row says."""

    hold: str
    place: str
    row: Mapping[str, object]


def place_of(version: Version, step: int) -> Allotment:
    """What the step of that number gives places of."""
    return version.service.places[version.service.steps[step - 1].names[0]]


def wishes(course: Course, place: Allotment) -> tuple[str, ...]:
    """The keys of the rows that the case wants a place of; one empty key: of any."""
    if place.chosen is None:
        return ("",)
    group, _, field = place.chosen.partition(".")
    questions = course.service.questions.get(group)
    if questions is not None and questions.many:
        rows = course.fact(group)
        found = [row.get(field) for row in rows] if isinstance(rows, tuple | list) else []
    else:
        found = [course.fact(place.chosen)]
    return tuple(dict.fromkeys(str(wish) for wish in found if wish not in (None, "")))


def none_left(case: Case, task_: Task, now: datetime) -> None:
    """There is no place for this case: it is refused by the rule that the place names."""
    tasking.close(task_, rules.TASK_REFUSED, now)
    timeline.add(case, "no_place", who="system", now=now, body={"step": task_.step})


def take(
    case: Case, version: Version, task_: Task, taken: Taken, *, who: str, account: str = "", now: datetime
) -> None:
    """The place is this case's: it becomes a fact, and the case goes on."""
    tasking.close(task_, rules.TASK_DONE, now, hold=taken.hold, place=taken.place)
    _keep_place(case, version, place_of(version, task_.step), taken, now)
    timeline.add(case, "place", who=who, account=account, now=now, body={"step": task_.step})
    deciding.advance(case, version, now=now)


def _keep_place(case: Case, version: Version, place: Allotment, taken: Taken, now: datetime) -> None:
    register, agency = holders.register_of(version, place.of)
    single = "" if place.chosen is None or _is_of_items(version, place.chosen) else place.chosen
    facts = effects.place_facts(place.name, single, taken.place, taken.row)
    tasking.bring(case, facts, source="place", register=register, holder=agency, now=now)


def _is_of_items(version: Version, chosen: str) -> bool:
    group = version.service.questions.get(chosen.partition(".")[0])
    return group is not None and group.many is not None


def case_of_task(task_id: int, person: str) -> Case:
    """The case of a task that this person must do. Raises NoSuchCase."""
    task_ = Task.objects.filter(pk=task_id, person=person).select_related("case").first() if person else None
    if task_ is None:
        raise NoSuchCase(str(task_id))
    return task_.case


def pick_place(task_id: int, person: str, account: str, place: str, *, now: datetime) -> None:
    """Picks a place among those that are free (an appointment), or another one instead, until one was there.

    The place is held before this returns. Raises NoSuchCase; Refused "state", "just_taken", "gone_by", "too_late".
    """
    case = case_of_task(task_id, person)
    version, task_ = versions.of(case), Task.objects.get(pk=task_id)
    step = version.service.steps[task_.step - 1]
    if step.kind != "offer" or task_.seat != 0:
        raise Refused("state")
    allotment = version.service.places[step.names[0]]
    _demand_pickable(case, task_, allotment, now)
    key = f"{case.ref}:{task_.step}:p{secrets.token_hex(4)}"
    effects.hold_place(case, key, allotment.of, now)
    hold = holders.reserve(version, allotment.of, place, key=key, now=now)
    try:
        if hold is None:
            raise Refused("just_taken")
        if any(isinstance(value, datetime) and deadlines.moment_of(value, version.country.calendar) <= now
               for value in hold.values.values()):  # fmt: skip
            raise Refused("gone_by")
        with transaction.atomic():
            locked = Case.objects.select_for_update().get(pk=case.pk)
            task_ = Task.objects.get(pk=task_id)
            _demand_pickable(locked, task_, allotment, now)
            before, taken = task_.result.get("hold"), Taken(key, hold.place, hold.values)
            ledger.record("case.place_picked", {"case": locked.ref, "step": task_.step, "hold": key}, now=now)
            if before is None:
                take(locked, version, task_, taken, who="person", account=account, now=now)
                return
            task_.result = {**task_.result, "hold": key, "place": hold.place}
            task_.save(update_fields=["result"])
            _keep_place(locked, version, allotment, taken, now)
            timeline.add(locked, "place", who="person", account=account, now=now, body={"step": task_.step})
            effects.release_one.enqueue(locked.ref, allotment.of, before)
    except Refused:
        with transaction.atomic():
            effects.release_one.enqueue(case.ref, allotment.of, key)
        raise


def _demand_pickable(case: Case, task_: Task, place: Allotment, now: datetime) -> None:
    if place.mode != "pick" or case.state not in rules.UNDECIDED:
        raise Refused("state")
    if task_.state == rules.OPEN:
        if task_.due_at is not None and task_.due_at <= now:
            raise Refused("too_late")
        return
    visit = case.tasks.filter(kind="visit", state=rules.OPEN, step__gt=task_.step).exists()
    if task_.state != rules.TASK_DONE or not visit:
        raise Refused("state")


@task(kind=OUTSIDE, max_tries=40)
def take_place(task_id: int) -> Callable[[], None] | None:
    """Takes the place that the case named, if it is still free; else the case has none."""
    now = clock.now()
    task_ = Task.objects.filter(pk=task_id, state=rules.OPEN, kind="place").select_related("case").first()
    if task_ is None or task_.case.state not in rules.UNDECIDED:
        return None
    case, version = task_.case, versions.of(task_.case)
    place = place_of(version, task_.step)
    course = courses.course_of(case, version, case.facts.all(), now=now)
    key = f"{case.ref}:{task_.step}"
    effects.hold_place(case, key, place.of, now)
    try:
        amount = effects.amount_for(version, course, place.name)
        hold = _first_free(version, place, wishes(course, place), key, amount, now)
    except Unavailable:
        return lambda: _take_later(task_id, now)

    def finish() -> None:
        locked = Case.objects.select_for_update().get(pk=case.pk)
        fresh = Task.objects.get(pk=task_id)
        if fresh.state != rules.OPEN or locked.state not in rules.UNDECIDED:
            effects.release_holds.enqueue(locked.ref)
            return
        if hold is not None:
            take(locked, version, fresh, Taken(key, hold.place, hold.values), who="system", now=now)
            return
        none_left(locked, fresh, now)
        if place.none is None:
            deciding.end(locked, rules.LAPSED, now, who="system", body={"why": "no_place"})
        else:
            deciding.advance(locked, version, now=now)

    return finish


def _take_later(task_id: int, now: datetime) -> None:
    take_place.using(run_after=now + TAKE_AGAIN).enqueue(task_id)


def _first_free(
    version: Version, place: Allotment, named: Iterable[str], key: str, amount: int, now: datetime
) -> Held | None:
    for wish in named:
        if not wish:
            rows = holders.free_places(version, place.of, {}, limit=PLACES, now=now)
            return next(
                (hold for row in rows if row.free >= amount
                 and (hold := holders.reserve(version, place.of, row.place, key=key, amount=amount, now=now))),
                None,
            )  # fmt: skip
        try:
            hold = holders.reserve(version, place.of, wish, key=key, amount=amount, now=now)
        except Refused:
            continue  # no such row any more
        if hold is not None:
            return hold
    return None
