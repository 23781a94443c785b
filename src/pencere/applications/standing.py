"""Where a case stands, in words for its page: what it waits for, tickets in queues, fees, other decisions beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext

from pencere.applications import (
    answers,
    attaching,
    courses,
    queries,
    rules,
    showing,
    task_words,
    tasking,
    timeline,
    wording,
)
from pencere.applications.models import Case, Fact, Task, Ticket
from pencere.applications.versions import Version
from pencere.base import clock
from pencere.country.declarations import Texts
from pencere.payments import queries as payments
from pencere.payments.queries import PaymentView


@dataclass(frozen=True, slots=True)
class Wait:
    """One thing that others must do first."""

    what: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Appointment:
    """A place that was picked and is still to be kept. `change_url`: where another is picked instead."""

    words: str
    change_url: str


def appointments(case: Case, version: Version) -> list[Appointment]:
    """When and where the person is expected."""
    found = []
    for task in case.tasks.filter(kind="offer", seat=0, state=rules.TASK_DONE).order_by("step"):
        if case.tasks.filter(kind="visit", state=rules.OPEN, step__gt=task.step).exists():
            name = version.service.steps[task.step - 1].names[0]
            words = answers.place_words(case, version, name)
            if words:
                found.append(Appointment(words, reverse("applications:task", args=[task.pk])))
    return found


@dataclass(frozen=True, slots=True)
class TicketShown:
    """A ticket in a queue; `position` counts from 1, 0 where it stands in none."""

    wish: str
    position: int
    state: str


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee of the case."""

    payment: PaymentView
    amount: str
    refund: str


def waits(case: Case, version: Version, person: str) -> list[Wait]:
    """What others must do before the case goes on; what the reader must do stands elsewhere."""
    if case.state not in (*rules.UNDECIDED, rules.DECIDED):
        return []
    tasks = list(
        case.tasks.filter(closed_at__isnull=True).exclude(kind__in=("place", "change")).order_by("step", "item", "seat")
    )
    panels = {(task.step, task.item) for task in tasks if task.kind == "panel"}
    tasks = [task for task in tasks if task.kind != "expert" or (task.step, task.item) not in panels]
    return [_wait(version, task) for task in tasks if not (task.kind in tasking.PERSONS and task.person == person)]


def _wait(version: Version, task: Task) -> Wait:
    if task.kind in tasking.PERSONS:
        words = gettext("%(what)s: %(who)s") % {
            "what": task_words.noun(task.kind),
            "who": task_words.who_acts(task.case, version, task.who, task.step, task.item),
        }
        if task_words.is_of_item(version, task.who, task.step):
            return Wait(words, task.due_at)
    elif task.kind in ("expert", "panel"):
        words = gettext("Experts judge")
    elif task.kind in tasking.DESK:
        words = task_words.seen_from_outside(version, task)
    elif task.kind in ("record", "wait_for"):
        who = task_words.party_words(version, task.who)
        words = (
            gettext("Being entered into a register of: %(agency)s")
            if task.kind == "record"
            else gettext("We wait until this body tells that it is done: %(agency)s")
        ) % {"agency": who}
    else:
        words = task_words.kind_words(task.kind)
    about = task_words.item_words(version, task)
    return Wait(f"{words} ({about})" if about else words, task.due_at)


def main_wait(case: Case, version: Version) -> str:
    """For whom or what the case as a whole waits, where no task says it."""
    if case.waiting_for == "agency" and case.waiting_who:
        return wording.agency(version, case.waiting_who, showing.language(), timeline.day_of(clock.now()))
    return ""


def tickets(case: Case, version: Version) -> list[TicketShown]:
    """The queues in which the case stands, with its place in each."""
    found = case.tickets.select_related("queue").order_by("seat")
    return [TicketShown(_wish(case, version, ticket), _position(ticket), _ticket_words(ticket)) for ticket in found]


def _wish(case: Case, version: Version, ticket: Ticket) -> str:
    if not ticket.queue.key:
        return gettext("Any place")
    return attaching.called(case, ticket.queue.key) or ticket.queue.key


def _position(ticket: Ticket) -> int:
    if ticket.line is None:
        return 0
    before = Ticket.objects.filter(queue=ticket.queue_id, line__isnull=False)
    ahead = before.filter(line__lt=ticket.line).count() + before.filter(line=ticket.line, pk__lt=ticket.pk).count()
    return ahead + 1


def _ticket_words(ticket: Ticket) -> str:
    return {
        "waiting": gettext("waiting"),
        "offering": gettext("a place is being offered"),
        "offered": gettext("a place is offered to you"),
        "accepted": gettext("you took the place"),
        "left": gettext("left"),
        "ended": gettext("ended"),
    }[ticket.state]


def fees(case: Case) -> list[Fee]:
    """The fees of the case and how they stand."""
    return [
        Fee(payment, showing.amount(payment.amount, payment.currency), _refund_words(payment))
        for payment in payments.of_case(case.ref)
    ]


@dataclass(frozen=True, slots=True)
class FeeToCome:
    """A fee that sending the draft leads to. `amount` is "" while the draft cannot tell it yet."""

    title: Texts
    amount: str


def fees_to_come(case: Case, version: Version, rows: Sequence[Fact], *, now: datetime) -> list[FeeToCome]:
    """What will have to be paid as things stand; nothing that does not apply or that one is exempt from."""
    course = courses.course_of(case, version, rows, now=now)
    found = []
    for step in version.service.steps:
        if step.kind != "pay" or not course.holds(step.when):
            continue
        fee = version.service.fees[step.names[0]]
        amount = course.fee(fee.name)
        if amount != 0:
            words = "" if amount is None else showing.amount(amount, version.country.currency)
            found.append(FeeToCome(version.service.texts.get(fee.name) or version.service.texts["title"], words))
    return found


def _refund_words(payment: PaymentView) -> str:
    if payment.refund is None:
        return ""
    amount = showing.amount(payment.refund.amount, payment.currency)
    if payment.refund.done_at is not None:
        return gettext("Paid back: %(amount)s") % {"amount": amount}
    return gettext("Being paid back: %(amount)s") % {"amount": amount}


@dataclass(frozen=True, slots=True)
class Beside:
    """A case that makes a decision again, or the one that it is about."""

    ref: str
    kind: str  # appeal correction earlier
    words: str
    state: str
    colour: str


def beside(case: Case) -> list[Beside]:
    """The earlier case and those that came after: all decisions stay readable."""
    found: list[tuple[Case, str]] = [(case.earlier, "earlier")] if case.earlier is not None else []
    found += [(later, later.begun_by) for later in case.later.order_by("created_at")]
    labels = {
        "earlier": gettext("The decision that this is about"),
        "appeal": gettext("Appeal"),
        "correction": gettext("Correction"),
    }
    return [
        Beside(each.ref, kind, labels.get(kind, kind), *queries.state_words(each.state, each.outcome, each.waiting_for))
        for each, kind in found
    ]
