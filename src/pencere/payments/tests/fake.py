"""A payment provider in memory, held to the same contract test as the client of the demo's (`test_contract.py`).

`choose` is what the visitor does on its page; `silent`, `lies` and `refuses_refunds` are how a test lets it fail.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from pencere.base import clock
from pencere.base.errors import BadInput, Unavailable
from pencere.payments.provider import WHO, Line, Order, RefundOrder, RefundWord, Word


@dataclass
class FakeProvider:
    """`words` are its books; `calls` what it was asked, in order."""

    words: dict[str, Word] = field(default_factory=dict)
    refunds: dict[str, tuple[str, RefundWord]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    settling: dict[str, datetime] = field(default_factory=dict)
    silent: bool = False
    lies: int = 0  # so many qəpik more than was asked, in every word "paid"
    refuses_refunds: bool = False
    slow: timedelta = timedelta(seconds=5)
    refund_takes: timedelta = timedelta(0)

    def open(self, order: Order) -> str:
        self._called(f"open {order.key}")
        known = self._word(order.key)
        if known.state == "unknown":
            self.words[order.key] = Word(order.key, "open", order.amount, order.currency)
        elif known.state != "open" or (known.amount, known.currency) != (order.amount, order.currency):
            raise BadInput("order_over")
        return f"https://payments.example/{order.language}/{order.key}"

    def ask(self, key: str) -> Word:
        self._called(f"ask {key}")
        return self._said(key)

    def close(self, key: str) -> Word:
        self._called(f"close {key}")
        word = self._word(key)
        if word.state == "unknown" or (word.state == "open" and key not in self.settling):
            self.words[key] = replace_word(word, state="closed", at=clock.now())
        return self._said(key)

    def refund(self, key: str, refund: RefundOrder) -> RefundWord:
        self._called(f"refund {refund.key}")
        if refund.key not in self.refunds:
            word = self._word(key)
            back = sum(one.amount for of, one in self.refunds.values() if of == key)
            fits = word.state == "paid" and refund.currency == word.currency and 0 < refund.amount <= word.amount - back
            if self.refuses_refunds or not fits:
                return RefundWord(refund.key, "refused")
            at = clock.now() + self.refund_takes
            self.refunds[refund.key] = (key, RefundWord(refund.key, "done", refund.amount, refund.currency, at))
        done = self.refunds[refund.key][1]
        return done if done.at and done.at <= clock.now() else RefundWord(refund.key, "waiting")

    def lines(self, since: datetime, until: datetime) -> tuple[Line, ...]:
        self._called("lines")
        now = clock.now()
        found = [
            Line("payment", key, word.amount, word.currency, word.receipt, word.at)
            for key in self.words
            if (word := self._word(key)).state == "paid" and word.at
        ]
        found += [
            Line("refund", one.key, one.amount, one.currency, "", one.at) for _, one in self.refunds.values() if one.at
        ]
        return tuple(
            sorted((line for line in found if since <= line.at < until and line.at <= now), key=lambda line: line.at)
        )

    # ---- what the visitor does

    def choose(self, key: str, what: str) -> None:
        """pay, refuse, slowly, twice or never; the first choice counts."""
        word = self._word(key)
        if word.state != "open" or key in self.settling:
            return
        now = clock.now()
        if what == "refuse":
            self.words[key] = replace_word(word, state="refused", at=now)
        else:
            self.settling[key] = now + (self.slow if what in ("slowly", "never") else timedelta(0))

    # ---- within

    def _called(self, what: str) -> None:
        self.calls.append(what)
        if self.silent:
            raise Unavailable(WHO, "silent")

    def _word(self, key: str) -> Word:
        word = self.words.get(key, Word(key, "unknown"))
        settles_at = self.settling.get(key)
        if word.state == "open" and settles_at is not None and settles_at <= clock.now():
            word = replace_word(word, state="paid", receipt=f"FAKE-{len(self.settling)}", at=settles_at)
            self.words[key] = word
        return word

    def _said(self, key: str) -> Word:
        word = self._word(key)
        return replace_word(word, amount=word.amount + self.lies) if word.state == "paid" else word


def replace_word(word: Word, **changes: object) -> Word:
    return msgspec.structs.replace(word, **changes)
