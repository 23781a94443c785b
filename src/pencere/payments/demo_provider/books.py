"""What happens in the provider's books: an order is opened, decided, closed, paid back. Each may be asked again."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from pencere.payments import provider
from pencere.payments.demo_provider.models import CLOSED, OPEN, PAID, REFUSED, Order, Refund, Telling
from pencere.payments.provider import Line, RefundWord, Word

PAY, REFUSE, SLOWLY, TWICE, NEVER = "pay", "refuse", "slowly", "twice", "never"
CHOICES = (PAY, REFUSE, SLOWLY, TWICE, NEVER)
SLOW = timedelta(seconds=5)
REFUND_TAKES = timedelta(seconds=1)


def opened(asked: provider.Order) -> Order | None:
    """The order under its key; None if it has ended, or is of another amount."""
    with transaction.atomic():
        order, _made = Order.objects.get_or_create(
            key=asked.key,
            defaults={
                "token": secrets.token_urlsafe(24),
                "amount": asked.amount,
                "currency": asked.currency,
                "what": asked.what,
                "payee": asked.payee.name,
                "iban": asked.payee.iban,
                "code": asked.payee.code,
                "language": asked.language,
                "back": asked.back,
                "tell": asked.tell,
                "until": asked.until,
            },
        )
    same = (order.amount, order.currency) == (asked.amount, asked.currency)
    return order if same and order.state == OPEN else None


def decide(token: str, chosen: str, now: datetime) -> Order:
    """What the visitor chose; the first choice counts. Raises Order.DoesNotExist."""
    with transaction.atomic():
        order = Order.objects.select_for_update().get(token=token)
        if order.state != OPEN or order.chosen:
            return order
        order.chosen = chosen
        if chosen == REFUSE:
            order.state, order.ended_at = REFUSED, now
        else:
            order.settles_at = now + SLOW if chosen in (SLOWLY, NEVER) else now
            _settle(order, now)
        order.save()
        if chosen != NEVER:
            for _ in range(2 if chosen == TWICE else 1):
                Telling.objects.create(order=order, due_at=order.settles_at or now)
    return order


def state_of(key: str, now: datetime) -> Word:
    """How the order stands now."""
    with transaction.atomic():
        order = Order.objects.select_for_update().filter(key=key).first()
        if order is None:
            return Word(key, "unknown")
        _bring_up(order, now)
    return word(order)


def closed(key: str, now: datetime) -> Word:
    """No more money. What the bank is at cannot be stopped: it is open still, and soon paid."""
    with transaction.atomic():
        order, made = Order.objects.get_or_create(
            key=key,
            defaults={"token": secrets.token_urlsafe(24), "amount": 0, "state": CLOSED, "ended_at": now},
        )
        if not made:
            _bring_up(order, now)
            if order.state == OPEN and not order.chosen:
                order.state, order.ended_at = CLOSED, now
                order.save()
    return word(order)


def paid_back(key: str, asked: provider.RefundOrder, now: datetime) -> RefundWord:
    """Refused if there is not so much to give back."""
    with transaction.atomic():
        order = Order.objects.select_for_update().filter(key=key).first()
        known = Refund.objects.filter(key=asked.key).first()
        if known is None and order is not None and order.state == PAID and asked.currency == order.currency:
            left = order.amount - sum(Refund.objects.filter(order=order).values_list("amount", flat=True))
            if 0 < asked.amount <= left:
                known = Refund.objects.create(
                    order=order,
                    key=asked.key,
                    amount=asked.amount,
                    reason=asked.reason[:200],
                    done_at=now + REFUND_TAKES,
                )
    if known is None or order is None:
        return RefundWord(asked.key, "refused")
    if known.done_at > now:
        return RefundWord(asked.key, "waiting")
    return RefundWord(asked.key, "done", known.amount, order.currency, known.done_at)


def lines(since: datetime, until: datetime, now: datetime) -> tuple[Line, ...]:
    """All money that moved in that time, as a bank lists it."""
    for order in Order.objects.filter(state=OPEN, settles_at__lte=now):
        state_of(order.key, now)
    orders = Order.objects.filter(state=PAID, ended_at__gte=since, ended_at__lt=until)
    refunds = Refund.objects.filter(done_at__gte=since, done_at__lt=min(until, now)).select_related("order")
    found = [Line("payment", one.key, one.amount, one.currency, one.receipt, one.ended_at or now) for one in orders]
    found += [
        Line("refund", one.key, one.amount, one.order.currency, one.order.receipt, one.done_at) for one in refunds
    ]
    return tuple(sorted(found, key=lambda line: line.at))


def word(order: Order) -> Word:
    return Word(order.key, order.state, order.amount, order.currency, order.receipt, order.ended_at)  # type: ignore[arg-type]


def _bring_up(order: Order, now: datetime) -> None:
    """To this moment: the bank has paid, or the last day is past."""
    if order.state != OPEN:
        return
    if order.settles_at is not None:
        if _settle(order, now):
            order.save()
    elif order.until is not None and order.until <= now:
        order.state, order.ended_at = CLOSED, now
        order.save()


def _settle(order: Order, now: datetime) -> bool:
    if order.settles_at is None or order.settles_at > now:
        return False
    order.state, order.ended_at, order.receipt = PAID, order.settles_at, f"DEMO-{secrets.token_hex(4).upper()}"  # ascii
    return True
