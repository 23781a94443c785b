"""Writes movements: each in the transaction of what it tells of, with its leaf; those that are polled get a number."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from pencere.base.canonical import Value
from pencere.ledger import actions as ledger
from pencere.payments import rules
from pencere.payments.models import Attempt, Count, Movement, Payment, Refund


def move(payment: Payment, kind: str, amount: int, now: datetime, *, attempt: int = 0, **more: Value) -> None:
    """One movement. Its leaf names the payment and the case, never the person."""
    body: dict[str, Value] = {
        "payment": str(payment.id),
        "case": payment.case,
        "amount": amount,
        "currency": payment.currency,
        "payee": payment.payee,
        "attempt": attempt,
        **more,
    }
    leaf = ledger.record(f"payment.{kind}", body, now=now).leaf_id
    Movement.objects.create(
        payment=payment,
        kind=kind,
        attempt=attempt,
        amount=amount,
        at=now,
        leaf=leaf,
        told=_next_number() if kind in rules.TOLD else None,
    )


def _next_number() -> int:
    """Taken as late as can be: the row stays locked until the commit, so that who polls never passes over a number

    that appears later than a greater one.
    """
    Count.objects.get_or_create(pk=1)
    Count.objects.filter(pk=1).update(last=F("last") + 1)
    return Count.objects.get(pk=1).last


def close(payment: Payment, because: str, now: datetime) -> None:
    """Ends a payment unpaid; if an order is open at the provider, only once the provider agrees."""
    live = payment.attempts.filter(state=rules.LIVE)
    if live.exists():
        payment.state, payment.because = rules.CLOSING, because
        payment.save(update_fields=["state", "because"])
        live.update(ask_at=now, asked_times=0)
    else:
        end(payment, because, now)


def end(payment: Payment, because: str, now: datetime) -> None:
    """Nothing was paid, and nothing can be any more."""
    payment.state, payment.because, payment.ended_at = rules.ended(because), because, now
    payment.save(update_fields=["state", "because", "ended_at"])
    move(payment, payment.state, payment.amount, now, because=because)


def pay_back(payment: Payment, attempt: Attempt, amount: int, reason: str, now: datetime) -> None:
    Refund.objects.create(
        attempt=attempt,
        key=f"{attempt.key}-back",
        amount=amount,
        of=attempt.amount,
        reason=reason[:200],
        asked_at=now,
        ask_at=now,
    )
    move(payment, rules.REFUND_ASKED, amount, now, attempt=attempt.number, reason=reason[:200])
