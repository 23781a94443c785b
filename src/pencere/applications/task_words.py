"""Tasks in words: what to do, in which case, until when, and what silence means; for a person and for a desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext

from pencere.applications import rules, showing, tasking, timeline, versions, wording
from pencere.applications.models import Case, Task
from pencere.applications.versions import Version
from pencere.base import clock
from pencere.country.declarations import Step, Texts
from pencere.identity.queries import Office
from pencere.ui import writing

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list of tasks. `ref` is empty where the reader must not know the case."""

    kind: str
    title: str
    service: Texts
    ref: str
    due_at: datetime | None
    overdue: bool
    url: str


def of_person(identifier: str, now: datetime, *, ref: str = "") -> tuple[Line, ...]:
    """What this person must do, the most urgent first; of one case, where `ref` names it."""
    if not identifier:
        return ()
    rows = Task.objects.filter(person=identifier, closed_at__isnull=True, kind__in=tasking.PERSONS)
    if ref:
        rows = rows.filter(case__ref=ref)
    found = rows.exclude(case__state__in=(rules.WITHDRAWN, rules.LAPSED)).select_related("case")
    return _lines(found.order_by(F("due_at").asc(nulls_last=True), "id")[:SHOWN], now, "applications:task")


def of_desk(offices: Iterable[Office], officer: str, now: datetime) -> tuple[Line, ...]:
    """What lies on the desks of these offices, overdue first; of experts only what was given to this officer."""
    found: dict[int, Task] = {}
    for office in offices:
        rows = Task.objects.filter(agency=office.agency, who=f"officer:{office.role}", closed_at__isnull=True)
        rows = rows.filter(~Q(kind="expert") | Q(person=officer), kind__in=tasking.DESK).select_related("case")
        found |= {task.pk: task for task in rows.order_by(F("due_at").asc(nulls_last=True), "id")[:SHOWN]}
    ordered = sorted(found.values(), key=lambda task: (task.due_at is None, task.due_at or task.opened_at, task.pk))
    return _lines(ordered[:SHOWN], now, "applications:desk-task")


def _lines(tasks: Iterable[Task], now: datetime, route: str) -> tuple[Line, ...]:
    return tuple(_line(task, now, route) for task in tasks)


def _line(task: Task, now: datetime, route: str) -> Line:
    version = versions.of(task.case)
    return Line(
        kind=task.kind,
        title=title(version, task),
        service=showing.title(version),
        ref="" if task.kind == "expert" else task.case.ref,
        due_at=task.due_at,
        overdue=task.due_at is not None and task.due_at <= now,
        url=reverse(route, args=[task.pk]),
    )


def step_of(version: Version, task: Task) -> Step:
    """The step that the task is for; an appeal is for none."""
    return version.service.steps[task.step - 1]


def title(version: Version, task: Task) -> str:
    """What is to be done, to whom does it: the service's own words, else ours."""
    own = _own_words(version, task) if task.kind == "ask" else ""
    return own or kind_words(task.kind, is_pick=is_pick(task))


def seen_from_outside(version: Version, task: Task) -> str:
    """What is being done, to whom waits for it."""
    return _own_words(version, task) or noun(task.kind)


def _own_words(version: Version, task: Task) -> str:
    if not task.step or task.kind not in ("ask", "check", "expert", "visit"):
        return ""
    own = version.service.texts.get(f"steps.{task.name or step_of(version, task).names[0]}")
    return str(writing.words(own, showing.language())) if own else ""


def noun(kind: str) -> str:
    """A kind of task as a thing that happens."""
    return {
        "ask": gettext("questions"),
        "submit": gettext("confirmation"),
        "sign": gettext("agreement"),
        "pay": gettext("fee"),
        "offer": gettext("choice of a place"),
        "place": gettext("a free place"),
        "check": gettext("check by an officer"),
        "visit": gettext("visit"),
        "expert": gettext("judgement of an expert"),
        "panel": gettext("judgement of experts"),
        "archive": gettext("search in the paper archive"),
        "paper": gettext("paper in place of a silent register"),
        "recheck": gettext("a look at an entry that was not taken"),
        "appeal": gettext("appeal"),
        "deliver": gettext("hand-over"),
    }.get(kind, kind)


def is_pick(task: Task) -> bool:
    """Whether a place is picked from a list, not offered."""
    return task.kind == "offer" and task.seat == 0


def kind_words(kind: str, *, is_pick: bool = False) -> str:
    if kind == "offer" and is_pick:
        return gettext("Choose an appointment")
    words = {
        "ask": gettext("Answer a few questions"),
        "submit": gettext("Confirm what was filled in for you"),
        "sign": gettext("Agree or refuse"),
        "pay": gettext("Pay the fee"),
        "offer": gettext("Answer the offer of a place"),
        "place": gettext("Wait for a place"),
        "check": gettext("Check and write down what you find"),
        "visit": gettext("See the person and write down what you find"),
        "expert": gettext("Give your judgement"),
        "panel": gettext("Experts judge"),
        "archive": gettext("Look in the paper archive"),
        "paper": gettext("Take a paper in place of a register that is silent"),
        "recheck": gettext("A register did not take what was granted"),
        "appeal": gettext("Decide an appeal"),
        "deliver": gettext("Hand over"),
        "record": gettext("Entry into a register"),
        "wait_for": gettext("Wait for a register"),
    }
    return words.get(kind, kind)


def silence_words(task: Task) -> str:
    """What happens if nobody answers in time; empty where there is no time."""
    if task.due_at is None:
        return ""
    return {
        "overdue": gettext("If there is no answer by then, the application waits on, and the delay is shown."),
        "continue": gettext("If there is no answer by then, the procedure goes on without it."),
        "leave": gettext("If there is no answer by then, the place goes to the next person."),
        "lapse": gettext("If there is no answer by then, the application ends."),
        "grant": gettext("If there is no answer by then, that counts as a yes."),
        "refuse": gettext("If there is no answer by then, the application is refused."),
    }.get(task.silence, "")


def said_words(rule: str) -> str:
    """Why a register does not take an entry, in words; its own word, where there is none of ours."""
    known = {
        "no_such_row": gettext("there is no such entry any more"),
        "unknown_row": gettext("there is no such entry any more"),
        "row_changed": gettext("the entry was changed meanwhile"),
        "no_free_place": gettext("no place is free any more"),
        "lies_over_another": gettext("what is drawn lies over another entry"),
        "hold_gone": gettext("no place is free any more"),
        "no_agreement": gettext("no agreement allows this entry"),
        "agreement_not_in_force": gettext("no agreement allows this entry"),
        "service_not_granted": gettext("no agreement allows this entry"),
    }
    return known.get(rule, rule)


def party_words(version: Version, who: str) -> str:
    """`party:owner` as the service calls it; a role of officers; an agency."""
    kind, _, name = who.partition(":")
    language = showing.language()
    if kind == "party":
        head, _, _ = name.partition(".")
        if head == version.service.applicant.name:
            return gettext("the applicant")
        if head in version.service.questions:  # its own text is a question to the applicant
            return str(writing.words(showing.group_title(version, head), language))
        own = version.service.texts.get(name) or version.service.texts.get(head)
        return str(writing.words(own, language)) if own else gettext("another person")
    if kind == "officer":
        return version.country.role(name, language)
    if kind == "agency":
        return wording.agency(version, name, language, timeline.day_of(clock.now()))
    return ""


def item_words(version: Version, task: Task) -> str:
    """Which item of a repeating group the task is about, if any. Experts read only its number."""
    step = step_of(version, task)
    if task.item < 0 or not step.each:
        return ""
    name = "" if task.kind in ("expert", "panel") else item_name(task.case, version, task.step, task.item)
    group = writing.words(showing.group_title(version, step.each), showing.language())
    return f"{group}: {name or gettext('Entry %(number)s') % {'number': task.item + 1}}"


def item_name(case: Case, version: Version, step: int, item: int) -> str:
    """What the item of a step that is done for each is called; empty where there is none."""
    group = version.service.steps[step - 1].each if step > 0 else ""
    if item < 0 or not group:
        return ""
    return showing.item_name(case, version, list(case.facts.order_by("id")), group, item)


def who_acts(case: Case, version: Version, who: str, step: int, item: int) -> str:
    """Whoever acts: a party of an item by name, since "who moves" may be several persons; else as `party_words`."""
    return (item_name(case, version, step, item) if is_of_item(version, who, step) else "") or party_words(version, who)


def is_of_item(version: Version, who: str, step: int) -> bool:
    """Whether the party is named by an item of the group that the step is done for."""
    group = version.service.steps[step - 1].each if step > 0 else ""
    return bool(group) and who.startswith(f"party:{group}.")
