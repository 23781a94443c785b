"""Queues with their order, offers, hold, expiry and yearly end; ranking; a plate that is sold once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pencere.applications import actions, holders, queries
from pencere.applications.actions import NoSuchCase, NotReady
from pencere.applications.models import Case, Queue, Ticket
from pencere.applications.tests import make, office
from pencere.base.errors import Refused, Unavailable
from pencere.payments import queries as payments
from pencere.payments.tests.fake import FakeProvider
from pencere.registers import queries as registers
from pencere.registers.models import Hold, Row

NOW = make.NOW
PEOPLE = (make.SEVINC, make.ELCIN, make.ILQAR, make.KAMRAN, make.ULVIYYE)


@pytest.fixture(autouse=True)
def fake(at_office: FakeProvider) -> FakeProvider:
    return at_office


def groups(**seats: int) -> None:
    office.rows("t-groups", *({"group_no": name, "hall": f"hall of {name}", "seats": n} for name, n in seats.items()))


def wants(fin: str, *wishes: str, special: bool = False, now: datetime = NOW) -> str:
    rows: list[dict[str, object]] = [{"group": wish} for wish in wishes]
    return office.submitted("t-seat", fin, {"choice": {"special": special}, "wishes": rows}, now).ref


def rounds(now: datetime = NOW, times: int = 1) -> None:
    for _ in range(times):
        actions.run_queues(now)
        office.run(now)


def offered() -> list[str]:
    """Who has an offer, in the order of the tickets."""
    tickets = Ticket.objects.filter(state="offered").select_related("case").order_by("sort")
    return [ticket.case.applicant for ticket in tickets]


def answer(ref: str, accept: bool, now: datetime = NOW) -> None:
    task = office.task(ref, "offer")
    actions.answer_offer(task.pk, task.person, "", accept, now=now)
    office.run(now)


def held() -> int:
    return Hold.objects.filter(state="held").count()


def test_the_first_in_order_is_offered_the_place_and_takes_it() -> None:
    groups(a=1)
    first = wants(make.SEVINC, "a")
    second = wants(make.ELCIN, "a", now=NOW + timedelta(seconds=1))
    assert office.state(first) == ("waiting", "", "place")

    rounds()
    assert offered() == [make.SEVINC]
    assert office.state(first) == ("waiting", "", "party")
    offer = queries.task_for(office.task(first, "offer").pk, make.SEVINC)
    assert (offer.result["place"], offer.result["values"]["hall"]) == ("a", "hall of a")

    answer(first, True)
    assert office.state(first)[:2] == ("done", "granted")
    assert office.case(first).facts.get(name="seat").value == "a"
    rounds()
    assert office.state(second) == ("waiting", "", "place")
    assert Row.objects.filter(register="t-enrolments").count() == 1
    assert held() == 0  # taken by the row


def test_need_goes_before_arrival() -> None:
    groups(a=1)
    wants(make.SEVINC, "a")
    wants(make.ELCIN, "a", special=True, now=NOW + timedelta(hours=1))

    rounds()

    assert offered() == [make.ELCIN]


def test_who_lets_a_place_go_leaves_it_to_the_next() -> None:
    groups(a=1)
    first, second = wants(make.SEVINC, "a"), wants(make.ELCIN, "a", now=NOW + timedelta(seconds=1))
    rounds()

    answer(first, False)
    rounds()

    assert office.state(first)[0] == "lapsed"
    assert offered() == [make.ELCIN]
    assert office.state(second) == ("waiting", "", "party")
    assert held() == 1


def test_silence_gives_the_place_to_the_next_and_leaves_the_other_wishes() -> None:
    groups(a=1, b=0)
    first = wants(make.SEVINC, "a", "b")
    wants(make.ELCIN, "a", now=NOW + timedelta(seconds=1))
    rounds()

    late = NOW + timedelta(days=20)
    rounds(late, times=2)

    assert office.state(first) == ("waiting", "", "place")
    assert {ticket.queue.key: ticket.state for ticket in office.case(first).tickets.all()} == {
        "a": "left",
        "b": "waiting",
    }
    assert offered() == [make.ELCIN]
    assert held() == 1


def test_an_offer_cannot_be_taken_when_its_time_is_over() -> None:
    groups(a=1)
    ref = wants(make.SEVINC, "a")
    rounds()
    task = office.task(ref, "offer")

    with pytest.raises(Refused, match="too_late"):
        actions.answer_offer(task.pk, make.SEVINC, "", True, now=NOW + timedelta(days=20))
    with pytest.raises(NoSuchCase):
        actions.answer_offer(task.pk, make.ELCIN, "", True, now=NOW)


def test_a_case_has_one_live_offer_and_taking_it_ends_the_other_wishes() -> None:
    groups(a=1, b=1)
    ref = wants(make.SEVINC, "a", "b")

    rounds(times=3)
    assert office.case(ref).tickets.filter(state="offered").count() == 1
    assert held() == 1
    answer(ref, True)

    assert sorted(office.case(ref).tickets.values_list("state", flat=True)) == ["accepted", "ended"]
    assert held() == 0


def test_who_came_before_the_opening_draws_a_random_ticket_and_runs_before_later_ones() -> None:
    groups(a=0)
    early = [wants(fin, "a", now=datetime(2026, 2, 1, 9, n, tzinfo=UTC)) for n, fin in enumerate(PEOPLE[:4])]
    late = wants(make.ULVIYYE, "a")

    sorts = {ref: Ticket.objects.get(case__ref=ref).sort for ref in (*early, late)}
    assert max(sorts.values()) == sorts[late]
    assert len(set(sorts.values())) == 5


def test_nothing_is_offered_before_the_opening_or_in_closed_days() -> None:
    groups(a=1)
    ref = wants(make.SEVINC, "a", now=datetime(2026, 2, 1, 9, 0, tzinfo=UTC))

    rounds(datetime(2026, 2, 20, 9, 0, tzinfo=UTC))
    assert offered() == []
    rounds(datetime(2026, 9, 3, 9, 0, tzinfo=UTC))
    assert offered() == []
    assert office.state(ref)[0] in ("waiting", "decided")


def test_once_a_year_the_queue_ends_by_its_rule_and_law() -> None:
    groups(a=0)
    ref = wants(make.SEVINC, "a")

    rounds(datetime(2026, 8, 31, 12, 0, tzinfo=UTC))
    assert office.state(ref)[0] == "waiting"
    rounds(datetime(2026, 9, 1, 0, 0, tzinfo=UTC))

    assert office.state(ref)[:2] == ("decided", "refused")
    assert office.case(ref).rule == "queue_lapsed"


def test_a_case_that_ends_leaves_the_queue_and_gives_the_place_back() -> None:
    groups(a=1)
    first, _second = wants(make.SEVINC, "a"), wants(make.ELCIN, "a", now=NOW + timedelta(seconds=1))
    rounds()

    actions.withdraw(first, make.SEVINC, now=NOW)
    office.run()
    rounds()

    assert offered() == [make.ELCIN]
    assert held() == 1


def test_more_places_go_to_the_next_at_once() -> None:
    groups(a=3)
    for n, fin in enumerate(PEOPLE):
        wants(fin, "a", now=NOW + timedelta(seconds=n))

    rounds()

    assert offered() == list(PEOPLE[:3])


def test_one_has_one_open_case_and_a_new_one_when_it_is_over() -> None:
    groups(a=0)
    first = wants(make.SEVINC, "a")

    with pytest.raises(NotReady, match="open_already"):
        wants(make.SEVINC, "a")
    Case.objects.filter(state="draft").delete()
    actions.withdraw(first, make.SEVINC, now=NOW)
    wants(make.SEVINC, "a")


# ---- what dies in between


def test_a_worker_that_died_between_the_hold_and_the_offer_is_made_good(monkeypatch: pytest.MonkeyPatch) -> None:
    groups(a=1)
    ref = wants(make.SEVINC, "a")
    wants(make.ELCIN, "a", now=NOW + timedelta(seconds=1))
    reserve = holders.reserve

    def dies(*args: object, **more: object) -> object:
        reserve(*args, **more)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(holders, "reserve", dies)
    with pytest.raises(KeyboardInterrupt):
        actions.run_queues(NOW)
    monkeypatch.setattr(holders, "reserve", reserve)
    assert held() == 1
    assert Ticket.objects.get(case__ref=ref).state == "offering"

    rounds(NOW + timedelta(minutes=2))

    assert offered() == [make.SEVINC]
    assert held() == 1


def test_a_place_held_for_a_case_that_ended_meanwhile_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    groups(a=1)
    ref = wants(make.SEVINC, "a")
    reserve = holders.reserve

    def ends(*args: object, **more: object) -> object:
        actions.withdraw(ref, make.SEVINC, now=NOW)
        office.run()
        return reserve(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(holders, "reserve", ends)
    actions.run_queues(NOW)
    monkeypatch.setattr(holders, "reserve", reserve)
    assert held() == 1

    rounds(NOW + timedelta(minutes=10), times=2)

    assert held() == 0


def test_a_register_that_is_silent_offers_nothing_and_loses_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    groups(a=1)
    ref = wants(make.SEVINC, "a")
    reserve = holders.reserve

    def silent(*_: object, **__: object) -> object:
        raise Unavailable("din", "no answer")

    monkeypatch.setattr(holders, "reserve", silent)
    actions.run_queues(NOW)
    monkeypatch.setattr(holders, "reserve", reserve)
    assert office.case(ref).state == "waiting"

    rounds(NOW + timedelta(minutes=2))

    assert offered() == [make.SEVINC]


def test_two_who_give_out_the_same_queue_do_not_meet() -> None:
    groups(a=1)
    wants(make.SEVINC, "a")
    Queue.objects.update(lease="00000000-0000-0000-0000-000000000001", lease_until=NOW + timedelta(seconds=30))

    rounds()
    assert offered() == []
    rounds(NOW + timedelta(seconds=31))
    assert offered() == [make.SEVINC]


# ---- ranking


def experts(number: int = 3) -> list[str]:
    people = [make.NARGIZ, make.KAMRAN, make.ULVIYYE, make.ILQAR][:number]
    for fin in people:
        office.officer(fin, office.EXPERTS)
    return people


def applies(fin: str, average: int, points: int) -> str:
    """An application that experts have judged."""
    ref = office.submitted("t-award", fin, {"essay": {"text": "My essay", "average": average}}).ref
    office.run()
    judge(ref, points)
    return ref


def judge(ref: str, points: int) -> None:
    for seat in office.open_tasks(ref, "expert"):
        findings = {"points": str(points), "reasons": "Well done."}
        actions.find(seat.pk, office.EXPERTS, seat.person, "", findings, now=NOW)
    office.run()


AFTER = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)


def test_after_the_closing_the_best_are_offered_first_until_places_end() -> None:
    experts(4)
    office.rows("t-rounds", {"round_no": "2026", "awards": 1})
    low, high = applies(make.SEVINC, 60, 10), applies(make.ELCIN, 60, 30)

    rounds()
    assert offered() == []  # not closed yet
    rounds(AFTER)
    assert offered() == [make.ELCIN]
    assert office.state(low) == ("waiting", "", "place")

    answer(high, True, AFTER)
    rounds(AFTER, times=2)

    assert office.state(high)[:2] == ("done", "granted")
    assert office.state(low)[:2] == ("decided", "refused")
    assert office.case(low).rule == "not_placed"


def test_a_best_one_who_is_silent_leaves_the_award_to_the_next() -> None:
    experts(4)
    office.rows("t-rounds", {"round_no": "2026", "awards": 1})
    low, high = applies(make.SEVINC, 60, 10), applies(make.ELCIN, 60, 30)
    rounds(AFTER)

    later = AFTER + timedelta(days=12)
    rounds(later, times=2)

    assert office.state(high)[0] == "lapsed"
    assert offered() == [make.SEVINC]
    answer(low, True, later)
    assert office.state(low)[:2] == ("done", "granted")


def test_once_a_year_is_once_a_year() -> None:
    experts(4)
    office.rows("t-rounds", {"round_no": "2026", "awards": 1})
    applies(make.SEVINC, 60, 10)

    with pytest.raises(NotReady, match="once_a_year"):
        applies(make.SEVINC, 90, 10)


def test_a_refused_application_does_not_use_up_the_year() -> None:
    experts(4)
    refused = office.submitted("t-award", make.SEVINC, {"essay": {"text": "My essay", "average": 10}}).ref
    assert office.state(refused)[:2] == ("decided", "refused")

    applies(make.SEVINC, 90, 10)


# ---- first come


def plate(fin: str, number: str = "10-AA-001") -> str:
    ref = office.submitted("t-plate", fin, {"wish": {"plate": number}}).ref
    office.run()
    return ref


def stock(*numbers: str, kind: str = "A") -> None:
    office.rows("t-stock", *({"plate": number, "class": kind} for number in numbers))


def test_the_first_who_comes_has_the_plate_and_the_other_is_refused() -> None:
    stock("10-AA-001")
    first, second = plate(make.SEVINC), plate(make.ELCIN)

    assert office.state(first) == ("waiting", "", "payment")
    assert office.case(first).facts.get(name="number.class").value == "A"
    assert office.state(second)[:2] == ("decided", "refused")
    assert office.case(second).rule == "just_sold"


def test_a_plate_that_is_paid_is_sold(fake: FakeProvider) -> None:
    stock("10-AA-001")
    ref = plate(make.SEVINC)
    office.pay(ref, fake)

    assert office.state(ref)[:2] == ("decided", "granted")
    assert Row.objects.filter(register="t-plates").count() == 1
    assert held() == 0
    assert registers.free_places("t-stock", "plate", {}, limit=5, now=NOW) == ()


def test_a_plate_that_nobody_pays_is_free_again(fake: FakeProvider) -> None:
    from pencere.payments import actions as paying

    stock("10-AA-001")
    ref = plate(make.SEVINC)
    later = NOW + timedelta(hours=2)
    paying.ask_due(later)
    actions.poll_payments(later)
    office.run(later)

    assert office.state(ref)[0] == "lapsed"
    assert held() == 0
    assert len(registers.free_places("t-stock", "plate", {}, limit=5, now=later)) == 1


def test_paid_and_refused_is_paid_back_in_full(fake: FakeProvider) -> None:
    stock("10-AA-001", kind="Z")
    ref = plate(make.SEVINC)
    office.pay(ref, fake)

    assert office.state(ref)[:2] == ("decided", "refused")
    (payment,) = payments.of_case(ref)
    assert (payment.amount, payment.refund is not None) == (2550, True)
    assert held() == 0


def test_after_a_refusal_one_waits_as_long_as_the_law_says() -> None:
    stock("10-AA-001", "10-AA-002")
    plate(make.SEVINC)
    plate(make.ELCIN)
    with pytest.raises(NotReady, match="refused_lately"):
        plate(make.ELCIN, "10-AA-002")
    Case.objects.filter(state="draft").delete()

    later = NOW + timedelta(days=120)
    sent = office.submitted("t-plate", make.ELCIN, {"wish": {"plate": "10-AA-002"}}, later)
    assert not sent.again
