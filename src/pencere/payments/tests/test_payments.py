"""What a payment promises: asked once, settled once, paid back once; amounts compared; nothing lost, nothing stuck."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import Error, IntegrityError, transaction
from django.db.models import F

from pencere.base import clock
from pencere.base.errors import BadInput, Unavailable
from pencere.ledger.models import Leaf
from pencere.payments import actions, models, queries, rules
from pencere.payments.models import Attempt, Movement, Refund
from pencere.payments.provider import RefundWord
from pencere.payments.taking import take_refund_word
from pencere.payments.tests import make
from pencere.payments.tests.fake import FakeProvider
from pencere.payments.tests.make import NOW, PERSON

pytestmark = pytest.mark.django_db(transaction=True)
KEY = f"{make.CASE}:duty"


def settled() -> list[tuple[str, str]]:
    return [(one.key, one.state) for one in queries.settled_since(0, 100)]


# ---- asked


def test_a_fee_is_asked_once(fake: FakeProvider) -> None:
    first = make.asked()
    again = make.asked(amount=9900, title={"az": "başqa"})

    assert again == first
    assert first.amount == 4000
    assert make.movements(first) == ["asked"]


def test_what_is_asked_belongs_to_the_callers_transaction(fake: FakeProvider) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        actions.request(
            KEY, case=make.CASE, person=PERSON, account="", amount=1, currency="AZN", kind="state_duty",
            payee=make.payee(), title=make.TITLE, until=None, now=NOW,
        )  # fmt: skip
    try:
        with transaction.atomic():
            make.asked()
            raise KeyError
    except KeyError:
        pass

    assert fake.calls == []
    assert queries.of_case(make.CASE) == ()


@pytest.mark.parametrize("amount", [0, -1, 40.5, True, "4000"])
def test_an_amount_is_whole_qepik_and_not_nothing(fake: FakeProvider, amount: Any) -> None:
    with pytest.raises(BadInput, match="not_an_amount"):
        make.asked(amount=amount)


def test_a_payee_that_takes_no_such_fee_is_refused(fake: FakeProvider) -> None:
    with pytest.raises(BadInput, match="no_code"):
        make.asked(kind="fine")


# ---- paid


def test_a_payment_is_paid_and_told_once_however_often_the_provider_says_so(fake: FakeProvider) -> None:
    attempt = make.begun()
    words = [make.word(attempt), make.word(attempt), make.word(attempt, "refused"), make.word(attempt, "closed")]

    changed = [actions.take_word(word, NOW) for word in words]

    assert changed == [True, False, False, False]
    assert make.row(attempt).state == "paid"
    assert make.movements(attempt) == ["asked", "begun", "paid"]
    assert settled() == [(KEY, "paid")]


def test_every_movement_has_a_leaf_that_names_the_case_and_not_the_person(fake: FakeProvider) -> None:
    attempt = make.paid()
    with transaction.atomic():
        actions.refund(KEY, reason="refused", now=NOW)
    actions.ask_due(NOW)

    leaves = {str(leaf.pk): leaf for leaf in Leaf.objects.filter(kind__startswith="payment.")}
    moved = Movement.objects.filter(payment=attempt.payment)
    assert {row.leaf for row in moved} == set(leaves)
    assert {leaf.kind for leaf in leaves.values()} == {
        "payment.asked", "payment.begun", "payment.paid", "payment.refund_asked", "payment.refunded",
    }  # fmt: skip
    assert all(make.CASE in str(leaf.body) and PERSON not in str(leaf.body) for leaf in leaves.values())


@pytest.mark.parametrize("changes", [{"amount": 4001}, {"amount": 1}, {"amount": 0}, {"currency": "USD"}])
def test_an_amount_of_the_provider_is_compared_never_believed(fake: FakeProvider, changes: dict[str, Any]) -> None:
    attempt = make.begun()

    for _ in range(2):
        actions.take_word(make.word(attempt, **changes), NOW)

    assert make.row(attempt).state == "asked"
    assert make.movements(attempt) == ["asked", "begun", "differs"]
    assert settled() == []
    view = queries.payment_for(attempt.payment_id, PERSON)
    assert view and view.differs

    actions.take_word(make.word(attempt), NOW)
    assert make.row(attempt).state == "paid"
    view = queries.payment_for(attempt.payment_id, PERSON)
    assert view and not view.differs


def test_one_order_is_open_at_a_time_and_pressing_again_leads_to_it(fake: FakeProvider) -> None:
    payment = make.asked()
    pages = {actions.begin(payment.id, PERSON, language, NOW) for language in ("az", "az", "az")}

    assert len(pages) == 1
    assert Attempt.objects.filter(payment=payment.id).count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.create(
            payment_id=payment.id, number=2, key="second", amount=4000, currency="AZN", begun_at=NOW, ask_at=NOW
        )


def test_after_a_refusal_one_may_try_again(fake: FakeProvider) -> None:
    attempt = make.begun()
    fake.choose(attempt.key, "refuse")
    actions.ask_now(attempt.key, NOW)
    assert make.row(attempt).state == "asked"
    assert settled() == []

    again = make.paid()

    assert again.number == 2
    assert settled() == [(KEY, "paid")]


def test_only_who_is_asked_may_pay(fake: FakeProvider) -> None:
    payment = make.asked()
    for person in ("6TFQ3RZ", ""):
        with pytest.raises(BadInput, match="no_such_payment"):
            actions.begin(payment.id, person, "az", NOW)
        assert queries.payment_for(payment.id, person) is None

    assert fake.calls == []


def test_a_paid_payment_is_not_begun_again(fake: FakeProvider) -> None:
    attempt = make.paid()

    with pytest.raises(BadInput, match="not_open"):
        actions.begin(attempt.payment_id, PERSON, "az", NOW)


def test_an_order_that_ended_unheard_is_found_out_when_one_presses_again(fake: FakeProvider) -> None:
    attempt = make.begun()
    fake.choose(attempt.key, "pay")
    fake.ask(attempt.key)

    with pytest.raises(BadInput, match="not_open"):
        actions.begin(attempt.payment_id, PERSON, "az", NOW)
    assert make.row(attempt).state == "paid"


# ---- a provider that is slow or silent


def test_a_provider_that_never_calls_is_asked_until_it_speaks(fake: FakeProvider) -> None:
    attempt = make.begun()
    fake.choose(attempt.key, "never")
    asked_at = []

    for second in range(60):
        moment = NOW + timedelta(seconds=second)
        with clock.standing_at(moment):
            before = len(fake.calls)
            actions.ask_due(moment)
            asked_at += [second] * (len(fake.calls) - before)

    assert make.row(attempt).state == "paid"
    assert asked_at == [3, 6]  # and not once more after the answer


def test_a_silent_provider_costs_one_time_out_a_round_and_loses_nothing(fake: FakeProvider) -> None:
    attempts = [make.begun(f"{make.CASE}:{number}") for number in range(5)]
    for attempt in attempts:
        fake.choose(attempt.key, "pay")
    fake.silent, before = True, len(fake.calls)

    actions.ask_due(NOW + timedelta(seconds=10))
    assert len(fake.calls) - before == 1

    fake.silent = False
    for minutes in (1, 2):
        actions.ask_due(NOW + timedelta(minutes=minutes))
    assert {make.row(attempt).state for attempt in attempts} == {"paid"}


def test_a_provider_that_is_away_when_one_begins_leaves_an_order_that_can_be_begun_again(fake: FakeProvider) -> None:
    payment = make.asked()
    fake.silent = True
    with pytest.raises(Unavailable):
        actions.begin(payment.id, PERSON, "az", NOW)

    fake.silent = False
    page = actions.begin(payment.id, PERSON, "az", NOW)

    assert page.endswith(f"{payment.id}-1")
    assert make.movements(payment) == ["asked", "begun"]


def test_two_workers_do_not_ask_the_same(fake: FakeProvider) -> None:
    make.begun()
    later = NOW + timedelta(seconds=5)

    assert [actions.ask_due(later), actions.ask_due(later)] == [1, 0]


def test_an_order_of_long_ago_is_closed_and_asked_about_no_more(fake: FakeProvider) -> None:
    attempt = make.begun(until=None)
    later = NOW + timedelta(days=31)
    with clock.standing_at(later):
        actions.ask_due(later)

    attempt.refresh_from_db()
    assert (attempt.state, attempt.ask_at) == ("closed", None)
    assert make.row(attempt).state == "asked"


# ---- too late, called off


def test_what_is_not_paid_in_time_fails_once(fake: FakeProvider) -> None:
    make.asked()
    for days in (9, 10, 11):
        actions.ask_due(NOW + timedelta(days=days))

    assert settled() == [(KEY, "failed")]
    with pytest.raises(BadInput, match="not_open"):
        make.begun()


def test_nothing_is_called_unpaid_before_the_provider_has_said_so(fake: FakeProvider) -> None:
    attempt = make.begun()
    late = NOW + timedelta(days=10)
    fake.silent = True
    actions.ask_due(late)
    assert make.row(attempt).state == "closing"
    assert settled() == []

    fake.silent = False
    actions.ask_due(late + timedelta(minutes=1))

    assert make.row(attempt).state == "failed"
    assert settled() == [(KEY, "failed")]
    assert fake.words[attempt.key].state == "closed"


def test_who_paid_at_the_last_moment_has_paid(fake: FakeProvider) -> None:
    attempt = make.begun()
    fake.choose(attempt.key, "pay")
    actions.ask_due(NOW + timedelta(days=10))

    assert settled() == [(KEY, "paid")]


def test_what_is_called_off_ends_and_is_not_told(fake: FakeProvider) -> None:
    payment = make.asked()
    with transaction.atomic():
        for _ in range(2):
            actions.cancel(KEY, NOW)

    assert make.row(payment).state == "cancelled"
    assert make.movements(payment) == ["asked", "cancelled"]
    assert settled() == []


def test_what_is_called_off_while_it_is_paid_comes_back_by_itself(fake: FakeProvider) -> None:
    attempt = make.begun()
    fake.choose(attempt.key, "pay")
    with transaction.atomic():
        actions.cancel(KEY, NOW)
    assert make.row(attempt).state == "closing"

    for seconds in (0, 10, 20):
        actions.ask_due(NOW + timedelta(seconds=seconds))

    assert make.row(attempt).state == "cancelled"
    view = queries.payment_for(attempt.payment_id, PERSON)
    assert view and [(one.amount, bool(one.done_at)) for one in view.surplus] == [(4000, True)]
    assert make.movements(attempt) == ["asked", "begun", "surplus", "refund_asked", "cancelled", "returned"]
    assert settled() == []


def test_calling_off_what_was_paid_changes_nothing(fake: FakeProvider) -> None:
    attempt = make.paid()
    with transaction.atomic():
        assert actions.cancel(KEY, NOW).state == "paid"

    assert make.movements(attempt) == ["asked", "begun", "paid"]


def test_money_that_comes_after_the_end_goes_back(fake: FakeProvider) -> None:
    attempt = make.begun()
    actions.take_word(make.word(attempt, "refused"), NOW)
    second = make.paid()

    actions.take_word(make.word(attempt), NOW)
    actions.ask_due(NOW)

    attempt.refresh_from_db()
    assert (attempt.state, second.state) == ("surplus", "paid")
    assert make.row(attempt).state == "paid"
    assert Refund.objects.get(attempt=attempt).amount == 4000
    assert not Refund.objects.filter(attempt=second).exists()


# ---- paid back


def test_a_refund_is_repeated_until_it_is_confirmed_and_done_once(fake: FakeProvider) -> None:
    attempt = make.paid()
    with transaction.atomic():
        for _ in range(2):
            actions.refund(KEY, reason="refused", now=NOW)
    fake.silent = True
    actions.ask_due(NOW)
    fake.silent, fake.refund_takes = False, timedelta(seconds=30)
    for seconds in range(3, 120):
        with clock.standing_at(NOW + timedelta(seconds=seconds)):
            actions.ask_due(NOW + timedelta(seconds=seconds))

    refund = Refund.objects.get()
    assert refund.done_at
    assert len(fake.refunds) == 1
    assert sum("refund" in call for call in fake.calls) >= 3
    assert settled() == [(KEY, "paid"), (KEY, "refunded")]
    assert make.row(attempt).state == "paid"


def test_a_part_may_be_paid_back_but_never_more_than_was_paid(fake: FakeProvider) -> None:
    make.paid()
    with pytest.raises(BadInput, match="not_an_amount"):
        actions.refund(KEY, reason="refused", amount=4001, now=NOW)
    actions.refund(KEY, reason="late", amount=1000, now=NOW)
    actions.refund(KEY, reason="late", amount=4000, now=NOW)

    assert Refund.objects.get().amount == 1000
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.update(amount=F("of") + 1)


def test_what_was_not_paid_is_not_paid_back(fake: FakeProvider) -> None:
    make.begun()
    with pytest.raises(BadInput, match="not_paid"):
        actions.refund(KEY, reason="refused", now=NOW)
    with pytest.raises(BadInput, match="no_such_payment"):
        actions.refund("nothing", reason="refused", now=NOW)


def test_a_refund_of_another_amount_is_not_done(fake: FakeProvider) -> None:
    make.paid()
    actions.refund(KEY, reason="refused", now=NOW)
    refund = Refund.objects.get()

    take_refund_word(RefundWord(refund.key, "done", 3999, "AZN", NOW), NOW)

    refund.refresh_from_db()
    assert (refund.done_at, refund.trouble) == (None, "differs")
    assert settled() == [(KEY, "paid")]


def test_a_refund_that_is_refused_is_asked_for_again_later(fake: FakeProvider) -> None:
    make.paid()
    actions.refund(KEY, reason="refused", now=NOW)
    fake.refuses_refunds = True
    actions.ask_due(NOW)
    assert Refund.objects.get().trouble == "refused"

    fake.refuses_refunds = False
    actions.ask_due(NOW + timedelta(hours=1))

    assert Refund.objects.get().trouble == ""
    assert settled() == [(KEY, "paid"), (KEY, "refunded")]


# ---- forgotten


def test_what_is_over_is_forgotten_with_its_case_and_what_is_not_stays(fake: FakeProvider) -> None:
    make.paid("paid")
    make.paid("owed")
    actions.refund("owed", reason="refused", now=NOW)
    make.begun("open")
    make.asked("other", case="ABCDE-12345")
    with transaction.atomic():
        actions.cancel("other", NOW)

    assert actions.forget([make.CASE]) == 1
    assert set(models.Payment.objects.values_list("key", flat=True)) == {"owed", "open", "other"}
    assert Leaf.objects.filter(kind="payment.paid").count() == 2

    actions.ask_due(NOW)
    assert actions.forget([make.CASE, "ABCDE-12345"]) == 2
    assert [one.key for one in queries.of_case(make.CASE)] == ["open"]


# ---- what the database itself refuses


@pytest.mark.parametrize(
    "change",
    [
        {"state": "paid"},
        {"state": "lost"},
        {"state": "failed"},
        {"amount": 0},
        {"because": "late"},
        {"paid_at": NOW},
        {"person": ""},
    ],
    ids=str,
)
def test_the_database_refuses_a_state_that_cannot_be(fake: FakeProvider, change: dict[str, Any]) -> None:
    make.asked()
    with pytest.raises(Error), transaction.atomic():
        models.Payment.objects.update(**change)


def test_the_list_of_what_is_settled_goes_on_after_a_cursor(fake: FakeProvider) -> None:
    for number in range(5):
        make.paid(f"{make.CASE}:{number}")
    first = queries.settled_since(0, 2)
    rest = queries.settled_since(first[-1].cursor, 100)

    assert [one.key for one in (*first, *rest)] == [f"{make.CASE}:{number}" for number in range(5)]
    assert [one.cursor for one in (*first, *rest)] == sorted(one.cursor for one in (*first, *rest))


# ---- rules


WORDS = ("open", "unknown", "refused", "closed", "paid")


@pytest.mark.parametrize("word", WORDS)
def test_money_is_never_overlooked_and_nothing_that_ended_begins_again(word: str) -> None:
    for payment in rules.STATES:
        for because in ("", *rules.REASONS):
            for attempt in rules.ATTEMPT_STATES:
                step = rules.step(payment, because, attempt, word)
                if word == "paid":
                    assert step.attempt in ("paid", "surplus") or attempt in ("paid", "surplus")
                elif word in ("open", "unknown") or attempt != "live":
                    assert step == rules.Step()
                if payment in ("paid", "failed", "cancelled"):
                    assert step.payment == ""
                    assert step.attempt != "paid"


def test_the_pause_doubles_up_to_an_hour() -> None:
    pauses = [rules.pause(times).total_seconds() for times in range(14)]

    assert pauses[:4] == [3, 6, 12, 24]
    assert pauses[-1] == 3600
    assert pauses == sorted(pauses)
