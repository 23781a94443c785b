"""What every payment provider must keep to; the fake and the demo's own, over HTTP, are held to it alike."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from pencere.base import clock
from pencere.base.errors import BadInput
from pencere.payments import provider
from pencere.payments.provider import Order, OverHttp, Payee, Provider, RefundOrder
from pencere.payments.tests.fake import FakeProvider

pytestmark = pytest.mark.one_engine


@dataclass
class Side:
    provider: Provider
    choose: Callable[[str, str], Any]  # key, what
    pages: dict[str, str]

    def open(self, order: Order) -> str:
        page = self.provider.open(order)
        self.pages[order.key] = page
        return page

    def settled(self, key: str, seconds: float = 15) -> provider.Word:
        """Asked until it is no longer open."""
        until = time.monotonic() + seconds
        while (word := self.provider.ask(key)).state == "open" and time.monotonic() < until:
            time.sleep(0.2)
        return word


@pytest.fixture(params=["fake", "demo"])
def side(request: pytest.FixtureRequest) -> Side:
    pages: dict[str, str] = {}
    if request.param == "fake":
        fake = FakeProvider(slow=timedelta(seconds=1), refund_takes=timedelta(seconds=0.3))
        return Side(fake, fake.choose, pages)
    demo = request.getfixturevalue("demo")
    return Side(OverHttp(demo.url, provider.secret()), lambda key, what: demo.choose(pages[key], what), pages)


def order(amount: int = 4000, **changes: Any) -> Order:
    values: dict[str, Any] = {
        "key": f"{uuid4()}-1", "amount": amount, "currency": "AZN", "what": "Dövlət rüsumu",
        "payee": Payee("Xəzinədarlıq", "AZ21NABZ00000000137010001944", "142213"), "language": "az",
        "back": "http://localhost:1/az/pay/x/back/", "tell": "http://localhost:1/api/payments/tell",
        "until": clock.now() + timedelta(hours=1),
    }  # fmt: skip
    return Order(**{**values, **changes})


def test_an_order_is_open_until_somebody_decides(side: Side) -> None:
    one = order()

    assert side.provider.ask(one.key).state == "unknown"
    assert side.open(one) == side.open(one)
    assert side.provider.ask(one.key).state == "open"


def test_what_was_paid_is_said_with_amount_number_and_time(side: Side) -> None:
    one = order(4050)
    side.open(one)
    began = clock.now() - timedelta(seconds=1)
    side.choose(one.key, "pay")

    word = side.settled(one.key)

    assert (word.state, word.amount, word.currency) == ("paid", 4050, "AZN")
    assert word.receipt
    assert word.at and began <= word.at <= clock.now()
    assert side.provider.ask(one.key) == word


def test_the_first_choice_counts(side: Side) -> None:
    one = order()
    side.open(one)
    side.choose(one.key, "refuse")
    if isinstance(side.provider, FakeProvider):
        side.choose(one.key, "pay")

    assert side.settled(one.key).state == "refused"


def test_a_slow_bank_has_not_paid_yet_cannot_be_stopped_and_then_has(side: Side) -> None:
    slow, silent, closing = order(), order(), order()
    for one, what in ((slow, "slowly"), (silent, "never"), (closing, "slowly")):
        side.open(one)
        side.choose(one.key, what)

    assert side.provider.ask(slow.key).state == side.provider.ask(silent.key).state == "open"
    assert side.provider.close(closing.key).state == "open"
    assert [side.settled(one.key).state for one in (slow, silent, closing)] == ["paid"] * 3


def test_an_order_that_ended_cannot_be_opened_again(side: Side) -> None:
    one = order()
    side.open(one)
    side.choose(one.key, "pay")
    side.settled(one.key)

    with pytest.raises(BadInput, match="order_over"):
        side.provider.open(one)


def test_the_same_key_cannot_be_another_order(side: Side) -> None:
    one = order()
    side.open(one)

    with pytest.raises(BadInput, match="order_over"):
        side.provider.open(order(1, key=one.key))
    assert side.provider.ask(one.key).amount == 4000


def test_what_is_closed_takes_no_money(side: Side) -> None:
    one = order()
    side.open(one)

    assert side.provider.close(one.key).state == "closed"
    assert side.provider.close(one.key).state == "closed"
    with pytest.raises(BadInput, match="order_over"):
        side.provider.open(one)


def test_what_was_never_opened_is_closed_for_ever(side: Side) -> None:
    one = order()

    assert side.provider.close(one.key).state == "closed"
    with pytest.raises(BadInput, match="order_over"):
        side.provider.open(one)


def test_closing_comes_too_late_for_what_was_paid(side: Side) -> None:
    one = order()
    side.open(one)
    side.choose(one.key, "pay")

    assert side.provider.close(one.key).state == "paid"


def test_money_goes_back_once_however_often_it_is_asked_for(side: Side) -> None:
    one = order()
    side.open(one)
    side.choose(one.key, "pay")
    side.settled(one.key)
    back = RefundOrder(f"{one.key}-back", 1500, "AZN", "refused")

    words = []
    for _ in range(20):
        words.append(side.provider.refund(one.key, back))
        if words[-1].state == "done":
            break
        time.sleep(0.2)

    assert words[0].state in ("waiting", "done")
    assert (words[-1].state, words[-1].amount, words[-1].currency) == ("done", 1500, "AZN")
    assert side.provider.refund(one.key, back) == words[-1]
    lines = [line for line in _lines(side) if line.key.startswith(one.key)]
    assert [(line.kind, line.amount) for line in lines] == [("payment", 4000), ("refund", 1500)]


def test_more_than_was_paid_is_not_given_back(side: Side) -> None:
    one = order()
    side.open(one)
    open_ = side.provider.refund(one.key, RefundOrder(f"{one.key}-a", 1, "AZN", ""))
    side.choose(one.key, "pay")
    side.settled(one.key)

    assert open_.state == "refused"
    assert side.provider.refund(one.key, RefundOrder(f"{one.key}-b", 4001, "AZN", "")).state == "refused"
    assert side.provider.refund(one.key, RefundOrder(f"{one.key}-c", 1000, "USD", "")).state == "refused"
    assert side.provider.refund("nothing", RefundOrder("nothing-back", 1, "AZN", "")).state == "refused"


def test_the_books_hold_what_moved_in_the_time_asked_for(side: Side) -> None:
    one, refused = order(), order()
    for each, what in ((one, "pay"), (refused, "refuse")):
        side.open(each)
        side.choose(each.key, what)
    word = side.settled(one.key)
    assert word.at

    lines = {line.key: line for line in _lines(side)}
    assert (lines[one.key].kind, lines[one.key].amount, lines[one.key].at) == ("payment", 4000, word.at)
    assert lines[one.key].receipt == word.receipt
    assert refused.key not in lines
    earlier = side.provider.lines(word.at - timedelta(hours=1), word.at)
    assert one.key not in {line.key for line in earlier}


def _lines(side: Side) -> tuple[provider.Line, ...]:
    now: datetime = clock.now()
    return side.provider.lines(now - timedelta(hours=1), now + timedelta(hours=1))
