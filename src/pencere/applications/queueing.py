"""Places for those who wait in line: tickets in queues, offers that are answered or run out.

A free place is held by the register before it is offered, in the register's own transaction, so that no place is
offered twice. That it may be held is written down before it is asked for (`Ticket.hold`), so that whatever dies in
between is given back or found again. Who gives out the places of one queue holds its lease: the order of the
tickets is kept, however many work at it.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q

from pencere import country
from pencere.applications import (
    deadlines,
    deciding,
    effects,
    holders,
    rules,
    tasking,
    timeline,
    values,
    versions,
    waiting,
)
from pencere.applications.models import Case, Queue, Task, Ticket
from pencere.applications.picking import PLACES, Taken, case_of_task, none_left, place_of, take, take_place, wishes
from pencere.applications.versions import Version
from pencere.base.errors import Refused, Unavailable
from pencere.country import offers
from pencere.country.course import Course
from pencere.country.declarations import Allotment
from pencere.ledger import actions as ledger

if TYPE_CHECKING:
    from pencere.exchange.queries import FreePlace, Held

log = structlog.get_logger(__name__)
IN_LINE = ("queue", "rank", "draw")
"""Modes in which one waits with a ticket; with the others a place is picked, or taken at once."""

LIVE = ("offering", "offered")
LEASE = timedelta(seconds=60)
AT_ONCE = 50
"""So many tickets of a queue are given places in one go."""


# ---- in line


def enter(case: Case, version: Version, task_: Task, course: Course, now: datetime) -> None:
    """The case wants a place: it gets tickets, one for each wish, or a job takes the place that it named."""
    place = place_of(version, task_.step)
    opens, closes = _moment(course, place.opens), _moment(course, place.closes)
    if place.mode not in IN_LINE:
        take_place.using(run_after=max(now, opens) if opens else now).enqueue(task_.pk)
        return
    if closes is not None and closes <= now:
        none_left(case, task_, now)
        deciding.continue_case.enqueue(case.ref)
        return
    earliest = [moment for moment in (opens, closes) if moment is not None]
    if place.offer is not None and place.offer.not_before is not None:
        waits = deadlines.not_before(place.offer.not_before, now, version.country.calendar)
        earliest += [waits] if waits is not None else []
    arrived = case.submitted_at or now
    for seat, wish in enumerate(wishes(course, place), 1):
        queue, _ = Queue.objects.get_or_create(service=case.service, place=place.name, key=wish)
        sort = sort_key(course, place, arrived, opens)
        Ticket.objects.get_or_create(
            case=case, queue=queue, step=task_.step,
            defaults={
                "seat": seat, "sort": sort, "line": sort, "taken_at": now,
                "not_before": max(earliest) if earliest else None,
            },
        )  # fmt: skip


def sort_key(course: Course, place: Allotment, arrived: datetime, opens: datetime | None) -> str:
    """Where a ticket stands: by the facts of `order`, then by the ticket. Of digits only, so every engine sorts alike.

    A ticket of one who came before the opening, and every one of a draw, is random; after it, they run by arrival.
    """
    if place.mode == "draw" or (opens is not None and arrived < opens):
        number = f"0{secrets.randbelow(10**19):019d}"
    else:
        number = f"1{int(arrived.timestamp() * 1_000_000):019d}"
    ranked = () if place.mode == "draw" else course.rank(place)
    return "".join(_digits(known, value) for known, value in ranked) + number


_NOUGHT, _PARTS = 10**12, 10**4


def _digits(unknown: int, value: object) -> str:
    """A number as digits that sort as the number does, negative ones too; what is unknown comes last."""
    number = int(value * _PARTS) if not isinstance(value, str) else 0  # type: ignore[operator]
    return f"{unknown}{min(max(number + _NOUGHT * _PARTS, 0), 10**17 - 1):017d}"


def _moment(course: Course, name: str | None) -> datetime | None:
    value = course.fact(name) if name else None
    if isinstance(value, datetime):
        return deadlines.moment_of(value, course.country.calendar)
    if isinstance(value, date):
        return deadlines.day_after(value - timedelta(days=1), course.country.calendar)
    return None


# ---- the round


def run_queues(now: datetime) -> None:
    """Ends what has run out, then offers what is free; whoever runs it, and however many at once."""
    for version, place in _lines():
        _lapse(version, place, now)
    expire_offers(now)
    for version, place in _lines():
        try:
            give_out(version, place, now)
        except Unavailable as silent:
            log.warning("places_unknown", service=version.service.id, place=place.name, for_=silent.who)
        except Refused as no:  # no agreement in force: an agency's matter, and no reason for others to wait
            log.error("places_refused", service=version.service.id, place=place.name, rule=no.rule)
    _release_forgotten(now)


def _lines() -> list[tuple[Version, Allotment]]:
    here = country.current()
    return [
        (Version(here, service), place)
        for service in here.services.values()
        for place in service.places.values()
        if place.mode in IN_LINE
    ]


def give_out(version: Version, place: Allotment, now: datetime) -> int:
    """Offers the free places of one kind to those who are next; returns how many were offered."""
    if _is_closed(place, timeline.day_of(now)):
        return 0
    wanted = Queue.objects.filter(service=version.service.id, place=place.name).filter(
        Exists(Ticket.objects.filter(queue=OuterRef("pk"), state__in=("waiting", "offering")))
    )
    queues = list(wanted.order_by("pk"))
    if not queues:
        return 0
    free = holders.free_places(version, place.of, {}, limit=PLACES, now=now)
    named = {each.place for each in free}
    left = set(Ticket.objects.filter(queue__in=queues, state="offering").values_list("queue", flat=True))
    ends = place.mode in ("rank", "draw")
    todo = [each for each in queues if each.pk in left or each.key in named or (free and not each.key) or ends]
    random.SystemRandom().shuffle(todo)  # so that several who give out seldom meet
    return sum(_serve(version, place, queue, free, now) for queue in todo)


def _is_closed(place: Allotment, today: date) -> bool:
    day = (today.month, today.day)
    return any(first <= day <= last if first <= last else (day >= first or day <= last) for first, last in place.closed)


def _serve(version: Version, place: Allotment, queue: Queue, free: Sequence[FreePlace], now: datetime) -> int:
    """Offers what is free in one queue, in the order of its tickets; 0 if another is at it."""
    rows = _rows(queue, free)
    if not rows and place.mode == "queue" and not queue.tickets.filter(state="offering").exists():
        return 0
    lease = uuid4()
    with transaction.atomic():
        unheld = Queue.objects.filter(Q(lease_until__isnull=True) | Q(lease_until__lt=now), pk=queue.pk)
        if not unheld.update(lease=lease, lease_until=now + LEASE):
            return 0
    try:
        # Once more: what another gave out until the queue was ours would be marked for people whom no place awaits, and
        # who are passed over in their other queues meanwhile.
        rows = _rows(queue, _free_now(version, place, queue, now)) if rows else rows
        marked = _mark_next(place, queue, rows[:AT_ONCE], now)
        held = [(ticket, _held_for(version, place, ticket, now)) for ticket in marked]
        offered = _write_offers(version, place, queue, held, now) if held else 0
        if place.mode in ("rank", "draw") and len(rows) <= offered:
            _end_ranking(version, queue, now)
    finally:
        with transaction.atomic():
            Queue.objects.filter(pk=queue.pk, lease=lease).update(lease=None, lease_until=None)
    return offered


def _rows(queue: Queue, free: Sequence[FreePlace]) -> list[str]:
    """The rows whose places are free in that queue, each as often as it has some."""
    return [each.place for each in free if queue.key in ("", each.place) for _ in range(min(each.free, AT_ONCE))]


def _free_now(version: Version, place: Allotment, queue: Queue, now: datetime) -> tuple[FreePlace, ...]:
    """The free places of that queue: of its row, or of all rows where it waits for any."""
    if not queue.key:
        return holders.free_places(version, place.of, {}, limit=PLACES, now=now)
    found = offers.capacity(version.country, place.of)
    if found is None or len(found.register.key) != 1:
        return ()
    return holders.free_places(version, place.of, {found.register.key[0]: queue.key}, limit=1, now=now)


def _held_for(version: Version, place: Allotment, ticket: Ticket, now: datetime) -> Held | None:
    """The place that was marked for the ticket; None if it is gone, or its row is no more."""
    try:
        return holders.reserve(version, place.of, ticket.asked_for, key=ticket.hold, now=now)
    except Refused:
        return None


def _mark_next(place: Allotment, queue: Queue, rows: Sequence[str], now: datetime) -> list[Ticket]:
    """The tickets that come next, marked before anything is asked for them. Those come first that somebody was

    serving who died. A case with as many live offers as the place allows is passed over.
    """
    with transaction.atomic():
        before = list(queue.tickets.filter(state="offering").order_by("sort", "id"))
        if not rows:
            return before
        ready = queue.tickets.filter(Q(not_before__isnull=True) | Q(not_before__lte=now), line__isnull=False)
        found = list(ready.order_by("line", "id").values_list("pk", "case_id")[: 2 * len(rows) + AT_ONCE])
        cases = sorted({case for _, case in found})
        list(Case.objects.select_for_update().filter(pk__in=cases).order_by("pk").values_list("pk", flat=True))
        live = Ticket.objects.filter(case__in=cases, state__in=LIVE).values_list("case").annotate(Count("pk"))
        most, offers = place.offer.at_once if place.offer is not None else 1, dict(live)
        chosen = [pk for pk, case in found if offers.get(case, 0) < most][: len(rows)]
        in_line = Ticket.objects.filter(pk__in=chosen, line__isnull=False).select_related("case")
        tickets = list(in_line.order_by("line", "id"))
        for ticket, row in zip(tickets, rows, strict=False):
            ticket.state, ticket.line, ticket.offered_at = "offering", None, now
            ticket.hold, ticket.asked_for = f"{ticket.case.ref}:{ticket.step}:{ticket.seat}", row
        Ticket.objects.bulk_update(tickets, ["state", "line", "offered_at", "hold", "asked_for"])
    return [*before, *tickets]


def _write_offers(
    version: Version, place: Allotment, queue: Queue, held: Sequence[tuple[Ticket, Held | None]], now: datetime
) -> int:
    """Tells those for whom a place is held; the others stand where they stood."""
    offered = 0
    with transaction.atomic():
        locked = Case.objects.select_for_update().filter(pk__in={ticket.case_id for ticket, _ in held})
        cases = {case.pk: case for case in locked.order_by("pk")}
        fresh = Ticket.objects.in_bulk([ticket.pk for ticket, _ in held])
        for marked, hold in held:
            ticket, case = fresh.get(marked.pk), cases.get(marked.case_id)
            if ticket is None or case is None or ticket.state != "offering":
                continue  # the case ended meanwhile: what was held is given back by the round
            if hold is None:
                ticket.state, ticket.line, ticket.hold, ticket.asked_for = "waiting", ticket.sort, "", ""
                ticket.save()
                continue
            _offer(version, place, case, ticket, hold, now)
            offered += 1
    return offered


def _offer(version: Version, place: Allotment, case: Case, ticket: Ticket, hold: Held, now: datetime) -> None:
    ticket.state = "offered"
    ticket.save(update_fields=["state"])
    result = {
        "place": hold.place,
        "values": {name: values.tagged(value) for name, value in hold.values.items()},
        "hold": ticket.hold,
        "name": place.name,
    }
    task_ = Task(
        case=case, step=ticket.step, name=place.name, seat=ticket.seat, kind="offer", who=_applicant(version),
        person=case.applicant, opened_at=now, result=result,
    )  # fmt: skip
    if place.offer is not None:
        task_.due_at = deadlines.after(place.offer.answer, now, version.country.calendar)
        task_.silence = place.offer.silence
    task_.save()
    body = {"kind": "offer", "who": task_.who, "step": task_.step}
    timeline.add(case, "offered", who="system", now=now, body=body)
    ledger.record("case.offered", {"case": case.ref, "step": ticket.step, "hold": ticket.hold}, now=now)
    if place.offer is None:
        _accept(case, version, task_, ticket, who="system", now=now)
        return
    waiting.end_wait(case, version, now, told=False)
    waiting.wait(case, version, "party", version.service.applicant.name, now)


def _applicant(version: Version) -> str:
    return f"party:{version.service.applicant.name}"


def _end_ranking(version: Version, queue: Queue, now: datetime) -> None:
    """All places are given out for good, none is offered or on its way back: who still stands in line gets none."""
    coming_back = Q(state__in=("left", "ended")) & ~Q(hold="")
    while not queue.tickets.filter(Q(state__in=LIVE) | coming_back).exists():
        ready = queue.tickets.filter(Q(not_before__isnull=True) | Q(not_before__lte=now), line__isnull=False)
        left = list(ready.order_by("line", "id")[:AT_ONCE])
        for ticket in left:
            with transaction.atomic():
                case = Case.objects.select_for_update().get(pk=ticket.case_id)
                _leave(case, ticket.pk, "ended", "no_place", now)
        if not left:
            return


def _leave(case: Case, ticket_id: int, state: str, why: str, now: datetime) -> None:
    """A ticket leaves its queue. Where it was the last one, the case has no place; the case is held."""
    ticket = Ticket.objects.get(pk=ticket_id)
    if ticket.state in ("accepted", "left", "ended"):
        return
    ticket.state, ticket.line = state, None
    ticket.save(update_fields=["state", "line"])
    if ticket.hold:
        effects.release_holds.enqueue(case.ref)
    if case.state not in rules.UNDECIDED:
        return
    version = versions.of(case)
    if case.tickets.filter(step=ticket.step, state__in=("waiting", *LIVE)).exists():
        if not case.tickets.filter(step=ticket.step, state__in=LIVE).exists():
            waiting.end_wait(case, version, now, told=False)
            waiting.wait(case, version, "place", place_of(version, ticket.step).name, now)
        return
    task_ = case.tasks.get(step=ticket.step, name="", item=-1, seat=0)
    place = place_of(version, ticket.step)
    if why in ("no_place", "queue_over") and place.none is not None:
        none_left(case, task_, now)
        deciding.advance(case, version, now=now)
    else:
        deciding.end(case, rules.LAPSED, now, who="system", body={"why": why})


def _lapse(version: Version, place: Allotment, now: datetime) -> None:
    """Once a year the queue ends, with its day; who came later stands in the next one."""
    if place.lapses is None:
        return
    over = _last_lapse(place.lapses, version, now)
    old = Ticket.objects.filter(
        queue__service=version.service.id, queue__place=place.name, line__isnull=False, taken_at__lt=over
    )
    for _ in range(200):
        some = list(old.order_by("pk")[:AT_ONCE])
        for ticket in some:
            with transaction.atomic():
                case = Case.objects.select_for_update().get(pk=ticket.case_id)
                _leave(case, ticket.pk, "ended", "queue_over", now)
        if not some:
            return


def _last_lapse(on: tuple[int, int], version: Version, now: datetime) -> datetime:
    """The moment in which the last of these days was over."""
    calendar = version.country.calendar
    year = timeline.day_of(now).year
    ends = [deadlines.day_after(_day(year - back, *on), calendar) for back in (0, 1)]
    return next(end for end in ends if end <= now)


def _day(year: int, month: int, day: int) -> date:
    return date(year, month, day) if (month, day) != (2, 29) or year % 4 == 0 else date(year, 2, 28)


def expire_offers(now: datetime) -> None:
    """Offers that nobody answered in time: the place goes on to the next."""
    late = Task.objects.filter(kind="offer", seat__gt=0, closed_at__isnull=True, due_at__lte=now)
    for pk, case_id in late.order_by("due_at").values_list("pk", "case_id")[:500]:
        with transaction.atomic():
            case = Case.objects.select_for_update().get(pk=case_id)
            task_ = Task.objects.get(pk=pk)
            if task_.state != rules.OPEN:
                continue
            tasking.close(task_, rules.TASK_LAPSED, now)
            timeline.add(case, "offer_over", who="system", now=now, body={"step": task_.step})
            if task_.silence == "lapse":
                deciding.end(case, rules.LAPSED, now, who="system", body={"why": "silent"})
            else:
                _leave(case, _ticket_of(task_).pk, "left", "silent", now)


def _ticket_of(task_: Task) -> Ticket:
    return Ticket.objects.get(case=task_.case_id, step=task_.step, seat=task_.seat)


def _release_forgotten(now: datetime) -> None:
    """Tickets that are over and for which a place may still be held."""
    over = Ticket.objects.filter(state__in=("left", "ended"), offered_at__lt=now - effects.SETTLED).exclude(hold="")
    refs = list(dict.fromkeys(over.order_by("pk").values_list("case__ref", flat=True)[:200]))
    if refs:
        with transaction.atomic():
            for ref in refs:
                effects.release_holds.enqueue(ref)


# ---- what a person does


def answer_offer(task_id: int, person: str, account: str, accept: bool, *, now: datetime) -> None:
    """Takes the place that is offered, or lets it go to the next. Raises NoSuchCase; Refused "state", "too_late"."""
    case = case_of_task(task_id, person)
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        task_ = Task.objects.get(pk=task_id)
        if task_.state != rules.OPEN or task_.seat == 0 or locked.state not in rules.UNDECIDED:
            raise Refused("state")
        if task_.due_at is not None and task_.due_at <= now:
            raise Refused("too_late")
        version, ticket = versions.of(locked), _ticket_of(task_)
        ledger.record("case.offer_answered", {"case": locked.ref, "step": task_.step, "accepted": accept}, now=now)
        if accept:
            _accept(locked, version, task_, ticket, who="person", account=account, now=now)
            return
        tasking.close(task_, rules.TASK_REFUSED, now)
        timeline.add(locked, "offer_declined", who="person", account=account, now=now, body={"step": task_.step})
        _leave(locked, ticket.pk, "left", "declined", now)


def _accept(
    case: Case, version: Version, task_: Task, ticket: Ticket, *, who: str, account: str = "", now: datetime
) -> None:
    tasking.close(task_, rules.TASK_DONE, now, accepted=True)
    ticket.state = "accepted"
    ticket.save(update_fields=["state"])
    others = case.tickets.filter(step=ticket.step).exclude(pk=ticket.pk)
    had_holds = others.exclude(hold="").exists()
    others.exclude(state__in=("left", "ended")).update(state="ended", line=None)
    case.tasks.filter(step=ticket.step, kind="offer", seat__gt=0, closed_at__isnull=True).update(
        state=rules.VOID, closed_at=now
    )
    if had_holds:
        effects.release_holds.enqueue(case.ref)
    whole = case.tasks.get(step=ticket.step, name="", item=-1, seat=0)
    given = {name: values.untagged(value) for name, value in task_.result["values"].items()}
    taken = Taken(ticket.hold, task_.result["place"], given)
    take(case, version, whole, taken, who=who, account=account, now=now)
