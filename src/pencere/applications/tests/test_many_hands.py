"""Many at once, and what is killed: no place is offered twice, an act that was acknowledged is there once."""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, connections, transaction

from pencere.applications import actions, again, holders, queueing, versions
from pencere.applications.models import Case, Queue, Task, Ticket
from pencere.applications.tests import make, office
from pencere.base import clock
from pencere.base.errors import Refused
from pencere.base.identifiers import random_ref
from pencere.country.course import Course
from pencere.payments import provider
from pencere.payments.tests.fake import FakeProvider
from pencere.registers.models import Hold, Row

pytestmark = pytest.mark.django_db(transaction=True)
NOW = make.NOW
GROUPS, SEATS, TICKETS = 12, 5, 240


@pytest.fixture
def many(_declared: Path) -> Iterator[None]:
    """The office with real transactions."""
    with provider.using(FakeProvider()), clock.standing_at(NOW):
        make.nation()
        yield


def at_once(work: Callable[[int], object], number: int = 8) -> list[object]:
    def one(n: int) -> object:
        try:
            return work(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


def in_line() -> None:
    """Cases that wait for places, without the way to it."""
    version = versions.current("t-seat")
    assert version is not None
    service = version.service
    step = next(step.number for step in service.steps if step.kind == "offer")
    office.rows("t-groups", *({"group_no": f"g{n}", "hall": "hall", "seats": SEATS} for n in range(GROUPS)))
    with transaction.atomic():
        queues = [Queue.objects.create(service=service.id, place="seat", key=f"g{n}") for n in range(GROUPS)]
        for n in range(TICKETS):
            case = Case.objects.create(
                ref=random_ref(), service=service.id, agency=service.agency, content_hash=service.content_hash,
                texts_hash=service.texts_hash, applicant=make.SEVINC, subject=make.SEVINC, language="az",
                created_at=NOW, saved_at=NOW, submitted_at=NOW, state="waiting", waiting_for="place",
                waiting_who="seat", waiting_since=NOW, desk_on=NOW.date(),
            )  # fmt: skip
            Task.objects.create(case=case, step=step, kind="place", who="system", opened_at=NOW)
            for seat, queue in enumerate((queues[n % GROUPS], queues[(n + 1) % GROUPS]), 1):
                sort = f"{n:020d}"
                Ticket.objects.create(case=case, queue=queue, step=step, seat=seat, sort=sort, line=sort, taken_at=NOW)


def test_eight_who_give_out_the_places_offer_none_twice_and_keep_the_order(many: None) -> None:
    in_line()

    at_once(lambda _: [actions.run_queues(NOW) for _ in range(4)])
    actions.run_queues(NOW)

    offered = Counter(Ticket.objects.filter(state="offered").values_list("queue__key", flat=True))
    held = Counter(Hold.objects.filter(state="held").values_list("place", flat=True))
    assert offered == held
    assert set(offered.values()) == {SEATS}
    by_case = Counter(Ticket.objects.filter(state="offered").values_list("case", flat=True))
    assert set(by_case.values()) == {1}
    assert not Ticket.objects.filter(state="offering").exists()
    for queue in Queue.objects.all():
        sorts = list(queue.tickets.filter(state="offered").values_list("sort", flat=True))
        passed_over = queue.tickets.filter(state="waiting", sort__lt=max(sorts))
        assert all(ticket.case.tickets.filter(state="offered").exists() for ticket in passed_over)


def test_a_place_that_another_gave_out_meanwhile_is_marked_for_nobody(
    many: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or whoever it is marked for is passed over in their other queue, and stands there with nothing."""
    in_line()
    free_now, reserve, none_there = queueing._free_now, holders.reserve, []

    def another_is_faster(*given: object) -> object:
        found = free_now(*given)  # type: ignore[arg-type]
        monkeypatch.setattr(queueing, "_free_now", free_now)
        actions.run_queues(NOW)
        return found

    def reserved(*given: object, **more: object) -> object:
        held = reserve(*given, **more)  # type: ignore[arg-type]
        if held is None:
            none_there.append(given)
        return held

    monkeypatch.setattr(queueing, "_free_now", another_is_faster)
    monkeypatch.setattr(holders, "reserve", reserved)

    actions.run_queues(NOW)

    assert Ticket.objects.filter(state="offered").count() == GROUPS * SEATS
    assert none_there == []


def test_places_are_answered_while_others_are_given_out(many: None) -> None:
    in_line()
    actions.run_queues(NOW)
    tasks = list(Task.objects.filter(kind="offer").order_by("id").values_list("pk", flat=True))

    def work(n: int) -> None:
        if n % 2:
            actions.run_queues(NOW)
            return
        for place, pk in enumerate(tasks[n // 2 :: 4]):
            actions.answer_offer(pk, make.SEVINC, "", place % 2 == 0, now=NOW)

    at_once(work)
    office.run()
    for minutes in (6, 12):
        actions.run_queues(NOW + timedelta(minutes=minutes))
        office.run(NOW + timedelta(minutes=minutes))

    places = Counter(Hold.objects.filter(state__in=("held", "taken")).values_list("place", flat=True))
    assert set(places.values()) == {SEATS}
    keys = set(Hold.objects.filter(state="held").values_list("key", flat=True))
    offered = set(Ticket.objects.filter(state="offered").values_list("hold", flat=True))
    accepted = set(Ticket.objects.filter(state="accepted").values_list("hold", flat=True))
    assert offered <= keys <= offered | accepted


def test_one_offer_is_answered_once(many: None) -> None:
    office.rows("t-groups", {"group_no": "a", "hall": "h", "seats": 1})
    office.submitted("t-seat", make.SEVINC, {"choice": {"special": False}, "wishes": [{"group": "a"}]})
    actions.run_queues(NOW)
    task = Task.objects.get(kind="offer")

    def click(n: int) -> bool:
        try:
            actions.answer_offer(task.pk, make.SEVINC, "", n % 2 == 0, now=NOW)
        except Refused:
            return False
        return True

    assert at_once(click).count(True) == 1


def test_an_event_told_to_eight_begins_one_case(many: None) -> None:
    row = {"record_no": "B", "mother": make.SEVINC, "born_on": NOW.date(), "vital": True, "account": "AZ1"}
    office.happen("t-births", row)

    at_once(lambda _: _quietly(lambda: actions.start_from_events(NOW)))
    office.run()

    assert Case.objects.filter(service="t-payout").count() == 1
    assert Row.objects.filter(register="t-payouts").count() == 1


def _quietly(work: Callable[[], object]) -> None:
    """A round that met another is done again by the next one."""
    from django.db import DatabaseError

    try:
        work()
    except DatabaseError:
        connection.close()


def test_one_bar_is_held_by_one(many: None) -> None:
    """Two drafts for one person cannot both be sent where one may have one open case."""
    version = versions.current("t-seat")
    assert version is not None
    same = {"service": "t-seat", "agency": "din", "content_hash": "x", "texts_hash": "x", "language": "az"}
    cases = [
        Case.objects.create(
            ref=random_ref(), applicant=make.SEVINC, subject=f"{n}", created_at=NOW, saved_at=NOW, **same
        )
        for n in range(8)
    ]
    course = Course(version.country, version.service, {"applicant": make.SEVINC}, NOW.date())

    def take(n: int) -> bool:
        try:
            with transaction.atomic():
                again.take(cases[n], version, course, NOW)
        except Refused:
            return False
        return True

    assert at_once(take).count(True) == 1


# ---- killed


def killed(work: Callable[[], object]) -> int:
    """Runs the work in a process of its own that dies in it; returns its exit status."""
    connections.close_all()

    def child() -> None:
        connections.close_all()
        work()
        os._exit(0)

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join(60)
    assert process.exitcode is not None
    return process.exitcode


def test_killed_between_the_record_and_its_mark_it_is_done_once(many: None, monkeypatch: pytest.MonkeyPatch) -> None:
    home: dict[str, object] = {"address": make.HOME, "basis": "own"}
    ref = office.submitted("t-move", make.SEVINC, {"move": home, "movers": [{"person": make.SEVINC}]}).ref
    record = holders.record

    def dies(*args: object, **more: object) -> object:
        record(*args, **more)  # type: ignore[arg-type]
        os._exit(9)

    monkeypatch.setattr(holders, "record", dies)
    assert killed(office.run) == 9
    monkeypatch.setattr(holders, "record", record)
    assert Row.objects.filter(register="t-homes").count() == 1
    assert office.state(ref)[:2] == ("decided", "granted")

    office.run(NOW + timedelta(hours=1))

    assert office.state(ref)[:2] == ("done", "granted")
    assert Row.objects.filter(register="t-homes").count() == 1
    assert office.events(ref).count("recorded") == 1


def test_killed_between_the_hold_and_the_offer_the_place_is_offered_once(
    many: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.rows("t-groups", {"group_no": "a", "hall": "h", "seats": 1})
    ref = office.submitted("t-seat", make.SEVINC, {"choice": {"special": False}, "wishes": [{"group": "a"}]}).ref
    reserve = holders.reserve

    def dies(*args: object, **more: object) -> object:
        reserve(*args, **more)  # type: ignore[arg-type]
        os._exit(9)

    monkeypatch.setattr(holders, "reserve", dies)
    assert killed(lambda: queueing.run_queues(NOW)) == 9
    monkeypatch.setattr(holders, "reserve", reserve)
    assert Hold.objects.filter(state="held").count() == 1

    actions.run_queues(NOW + timedelta(minutes=2))

    assert office.task(ref, "offer")
    assert Hold.objects.filter(state="held").count() == 1


def test_killed_in_the_middle_of_an_event_it_begins_once(many: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from pencere.applications import deciding

    row = {"record_no": "B", "mother": make.SEVINC, "born_on": NOW.date(), "vital": True, "account": "AZ1"}
    office.happen("t-births", row)
    advance = deciding.advance

    def dies(*args: object, **more: object) -> None:
        os._exit(9)

    monkeypatch.setattr(deciding, "advance", dies)
    assert killed(lambda: actions.start_from_events(NOW)) == 9
    monkeypatch.setattr(deciding, "advance", advance)
    assert not Case.objects.exists()

    actions.start_from_events(NOW)
    office.run()

    assert Case.objects.filter(service="t-payout").count() == 1
