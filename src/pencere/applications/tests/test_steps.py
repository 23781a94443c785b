"""A card: another signs, a fee, an appointment, a visit, an order that the maker answers, the hand-over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pencere.applications import actions, queries
from pencere.applications.actions import NoSuchCase
from pencere.applications.tests import make, office
from pencere.base.errors import BadInput, Refused
from pencere.identity.queries import Office
from pencere.ledger.models import Leaf
from pencere.payments import queries as payments
from pencere.payments.tests.fake import FakeProvider
from pencere.registers import actions as registers
from pencere.registers.models import Hold

NOW = make.NOW


@pytest.fixture(autouse=True)
def fake(at_office: FakeProvider) -> FakeProvider:
    return at_office


def card(fin: str = make.ELCIN, *, holder: str = "", speed: str = "slow") -> str:
    answers: dict[str, object] = {"holder": holder or fin, "speed": speed, "receive": "office"}
    return office.submitted("t-card", fin, {"request": answers}).ref


def booked(fake: FakeProvider, **more: str) -> str:
    """A card that is paid, with an appointment."""
    office.slots()
    ref = card(**more)
    office.pay(ref, fake)
    slot = office.task(ref, "offer")
    actions.pick_place(slot.pk, slot.person, "", "s0", now=NOW)
    return ref


def seen(ref: str, *, same: bool = True) -> None:
    account = office.officer(make.NARGIZ, office.DESK)
    visit = office.task(ref, "visit")
    actions.find(visit.pk, office.DESK, make.NARGIZ, account, {"same_person": same}, now=NOW)
    office.run()


def made(ref: str) -> None:
    registers.replace_row(
        "t-cards", {"order_no": ref}, {"state": "made"}, from_day=NOW.date(), recorded_by="maker", now=NOW
    )
    actions.poll_events(NOW)
    office.run()


def test_a_card_from_the_fee_to_the_hand_over(fake: FakeProvider) -> None:
    ref = booked(fake)
    assert office.state(ref) == ("working", "", "")

    seen(ref)
    assert office.state(ref)[:2] == ("decided", "granted")
    assert office.case(ref).facts.get(name="ordered.card_no").value.startswith("C-2026-")

    made(ref)
    deliver = office.task(ref, "deliver")
    actions.hand_over(deliver.pk, office.DESK, make.NARGIZ, "a", now=NOW)
    office.run()

    assert office.state(ref)[:2] == ("done", "granted")
    assert office.events(ref) == [
        "started", "submitted", "asked", "waiting", "paid", "asked", "waiting", "place", "asked", "resumed", "found",
        "decided", "recorded", "heard", "notice", "asked", "handed_over", "recorded",
    ]  # fmt: skip
    assert not queries.tasks_of(make.ELCIN)


def test_a_fee_is_asked_of_the_applicant_as_the_law_says_and_paid_once(fake: FakeProvider) -> None:
    ref = card(speed="fast")
    asked = queries.tasks_of(make.ELCIN)[0]

    (payment,) = payments.of_case(ref)
    assert (asked.kind, asked.payment, payment.amount) == ("pay", payment.id, 4000)
    assert office.state(ref) == ("waiting", "", "payment")

    office.slots()
    office.pay(ref, fake)
    actions.poll_payments(NOW)
    assert office.state(ref) == ("waiting", "", "party")
    assert len(payments.of_case(ref)) == 1


def test_the_term_begins_with_the_visit(fake: FakeProvider) -> None:
    ref = booked(fake)
    assert office.case(ref).due_on.year == 9999

    later = NOW + timedelta(days=2)
    visit = office.task(ref, "visit")
    actions.find(visit.pk, office.DESK, make.NARGIZ, "", {"same_person": True}, now=later)

    assert office.case(ref).due_on > later.date()
    assert office.case(ref).due_on.year == 2026


@pytest.mark.parametrize(("refused", "amount"), [(True, 1000), (False, 1000)])
def test_what_was_paid_is_paid_back_as_the_fee_says(fake: FakeProvider, refused: bool, amount: int) -> None:
    ref = booked(fake)
    if refused:
        seen(ref, same=False)
    else:
        actions.withdraw(ref, make.ELCIN, now=NOW)
    office.run()

    (payment,) = payments.of_case(ref)
    assert payment.refund is not None
    assert payment.refund.amount == amount
    assert "refund" in office.events(ref)


def test_after_the_visit_nothing_is_paid_back_to_who_withdraws(fake: FakeProvider) -> None:
    ref = booked(fake)
    visit = office.task(ref, "visit")
    office.case(ref).tasks.filter(pk=visit.pk).update(state="done", closed_at=NOW)

    actions.withdraw(ref, make.ELCIN, now=NOW)

    assert payments.of_case(ref)[0].refund is None


def test_a_fee_that_nobody_paid_is_called_off_when_the_case_ends() -> None:
    ref = card()

    actions.withdraw(ref, make.ELCIN, now=NOW)

    assert payments.of_case(ref)[0].state != "asked"
    assert not queries.tasks_of(make.ELCIN)


def test_a_place_that_was_picked_is_held_and_given_back_when_the_case_ends(fake: FakeProvider) -> None:
    ref = booked(fake)
    assert Hold.objects.filter(state="held").count() == 1

    actions.withdraw(ref, make.ELCIN, now=NOW)
    office.run()

    assert not Hold.objects.filter(state="held").exists()
    assert not office.case(ref).holds.exists()


def test_one_place_is_picked_by_one(fake: FakeProvider) -> None:
    booked(fake)
    other = card(make.SEVINC)
    office.pay(other, fake)
    slot = office.task(other, "offer")

    with pytest.raises(Refused, match="just_taken"):
        actions.pick_place(slot.pk, make.SEVINC, "", "s0", now=NOW)
    actions.pick_place(slot.pk, make.SEVINC, "", "s1", now=NOW)
    office.run()

    assert Hold.objects.filter(state="held").count() == 2


def test_another_time_may_be_picked_until_the_visit(fake: FakeProvider) -> None:
    ref = booked(fake)
    place = office.case(ref).tasks.get(kind="offer")

    actions.pick_place(place.pk, make.ELCIN, "", "s1", now=NOW)
    office.run()

    assert office.case(ref).facts.get(name="slot").value == "s1"
    assert list(Hold.objects.filter(state="held").values_list("place", flat=True)) == ["s1"]


def test_a_time_that_is_over_cannot_be_picked(fake: FakeProvider) -> None:
    office.rows("t-slots", {"slot_no": "past", "at": datetime(2026, 3, 1, 6, 0, tzinfo=UTC), "desks": 1})
    ref = card()
    office.pay(ref, fake)
    slot = office.task(ref, "offer")

    with pytest.raises(Refused, match="gone_by"):
        actions.pick_place(slot.pk, make.ELCIN, "", "past", now=NOW)
    office.run()

    assert not Hold.objects.filter(state="held").exists()


def test_whoever_picks_no_time_lapses(fake: FakeProvider) -> None:
    office.slots()
    ref = card()
    office.pay(ref, fake)

    actions.lapse_overdue(NOW + timedelta(days=29))
    assert office.state(ref)[0] == "waiting"
    actions.lapse_overdue(NOW + timedelta(days=40))

    assert office.state(ref)[0] == "lapsed"
    assert payments.of_case(ref)[0].refund is not None


def test_the_holder_signs_and_sees_only_what_is_shown() -> None:
    ref = card(make.SEVINC, holder=make.NIGAR)
    sign = office.task(ref, "sign")
    assert (sign.person, office.state(ref)) == (make.NIGAR, ("waiting", "", "party"))

    page = queries.task_for(sign.pk, make.NIGAR)
    assert {row.name.partition(".")[0] for row in page.rows} == {"request"}
    with pytest.raises(NoSuchCase):
        queries.task_for(sign.pk, make.ELCIN)
    with pytest.raises(NoSuchCase):
        actions.sign_task(sign.pk, make.SEVINC, "", True, now=NOW)

    actions.sign_task(sign.pk, make.NIGAR, "", True, now=NOW)
    office.run()

    assert office.case(ref).facts.get(name="holder.signed").value is True
    assert office.task(ref, "pay").person == make.SEVINC
    assert Leaf.objects.filter(kind="case.signed").exists()


def test_a_refused_signature_refuses_by_its_rule_and_law() -> None:
    ref = card(make.SEVINC, holder=make.NIGAR)

    actions.sign_task(office.task(ref, "sign").pk, make.NIGAR, "", False, now=NOW)
    office.run()

    assert office.state(ref)[:2] == ("decided", "refused")
    decision = office.case(ref).decisions.get()
    assert (decision.rule, decision.law, decision.outcome) == ("child_refuses", "residence-law 5", "refuse")


def test_a_signature_that_nobody_gives_lapses_the_case() -> None:
    ref = card(make.SEVINC, holder=make.NIGAR)

    actions.lapse_overdue(NOW + timedelta(days=20))

    assert office.state(ref)[0] == "lapsed"


def test_a_changed_answer_voids_the_signature_that_showed_it() -> None:
    ref = card(make.SEVINC, holder=make.NIGAR)
    sign = office.task(ref, "sign")
    changed = {"holder": make.NIGAR, "speed": "fast", "receive": "office"}

    actions.change_answers(ref, make.SEVINC, "", {"request": changed}, now=NOW)
    office.run()

    assert office.task(ref, "sign").pk == sign.pk
    assert "void" in office.events(ref)
    actions.sign_task(sign.pk, make.NIGAR, "", True, now=NOW)
    office.run()
    assert payments.of_case(ref)[0].amount == 4000


def test_nothing_is_changed_once_a_fee_was_asked_on_the_ground_of_it() -> None:
    ref = card(make.SEVINC, holder=make.NIGAR)
    actions.sign_task(office.task(ref, "sign").pk, make.NIGAR, "", True, now=NOW)
    office.run()
    changed = {"holder": make.NIGAR, "speed": "fast", "receive": "office"}

    with pytest.raises(Refused, match="state"):
        actions.change_answers(ref, make.SEVINC, "", {"request": changed}, now=NOW)

    assert office.case(ref).facts.get(name="request.speed").value == "slow"


def test_whom_a_case_is_about_is_not_changed() -> None:
    ref = card(make.SEVINC, holder=make.NIGAR)
    case = office.case(ref)
    case.people = [{"identifier": make.SEVINC, "name": "Sevinc", "ground": "self"}]
    case.save()
    changed = {"holder": make.SEVINC, "speed": "slow", "receive": "office"}

    with pytest.raises(Refused, match="subject"):
        actions.change_answers(ref, make.SEVINC, "", {"request": changed}, now=NOW)

    assert office.case(ref).facts.get(name="request.holder").value == make.NIGAR


def test_findings_are_of_the_desk_whole_and_said_once(fake: FakeProvider) -> None:
    ref = booked(fake)
    visit = office.task(ref, "visit")

    with pytest.raises(NoSuchCase):
        actions.find(visit.pk, Office("emdx", "registry"), make.NARGIZ, "", {"same_person": True}, now=NOW)
    with pytest.raises(Refused, match="not_your_role"):
        actions.find(visit.pk, office.HEAD, make.NARGIZ, "", {"same_person": True}, now=NOW)
    with pytest.raises(Refused, match="own_case"):
        actions.find(visit.pk, office.DESK, make.ELCIN, "", {"same_person": True}, now=NOW)
    with pytest.raises(BadInput, match="missing"):
        actions.find(visit.pk, office.DESK, make.NARGIZ, "", {}, now=NOW)
    actions.find(visit.pk, office.DESK, make.NARGIZ, "", {"same_person": True}, now=NOW)
    with pytest.raises(Refused, match="state"):
        actions.find(visit.pk, office.DESK, make.NARGIZ, "", {"same_person": True}, now=NOW)


def test_an_officer_who_opens_a_task_leaves_a_look(fake: FakeProvider) -> None:
    from pencere.ledger.models import Look

    ref = booked(fake)
    (listed,) = queries.desk_tasks([office.DESK])

    page = actions.open_task(listed.id, office.DESK, make.NARGIZ, "account", now=NOW)

    assert set(page.fields) == {"same_person", "note"}
    assert Look.objects.filter(subject=make.ELCIN, case=ref, kind="desk").exists()


def test_the_maker_is_waited_for_and_heard_once(fake: FakeProvider) -> None:
    ref = booked(fake)
    seen(ref)
    waiting = office.task(ref, "wait_for")
    assert waiting.who == "agency:din"

    actions.poll_events(NOW)
    assert office.task(ref, "wait_for").pk == waiting.pk
    made(ref)
    actions.poll_events(NOW)

    assert office.events(ref).count("heard") == 1
    assert office.case(ref).facts.get(name="made.card_no").value.startswith("C-2026-")


def test_an_event_that_came_before_the_case_waits_is_heard_when_it_does(fake: FakeProvider) -> None:
    ref = booked(fake)
    office.rows("t-cards", {"order_no": ref, "card_no": "C-1", "person": make.ELCIN, "speed": "slow"})
    registers.replace_row(
        "t-cards", {"order_no": ref}, {"state": "made"}, from_day=NOW.date(), recorded_by="maker", now=NOW
    )
    actions.poll_events(NOW)
    registers.end_row("t-cards", {"order_no": ref}, from_day=NOW.date(), recorded_by="maker", now=NOW)

    seen(ref)
    office.run()

    assert "heard" in office.events(ref)
