"""Asks the provider how open orders stand and repeats refunds, until it has spoken: nothing depends on its calling us.

What is asked is first put off in a short write of its own, so that several workers do not ask the same; the provider
is asked outside of any transaction; its word is taken by `taking`.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import structlog
from django.db import Error, connection, transaction
from django.db.models import F

from pencere.base import clock
from pencere.base.errors import Unavailable
from pencere.payments import models, moving, provider, rules
from pencere.payments.models import Attempt, Refund
from pencere.payments.provider import RefundOrder, Word
from pencere.payments.taking import take_refund_word, take_word

log = structlog.get_logger(__name__)
A_ROUND = 50
EVERY_SECONDS = 1.0


def ask_due(now: datetime, limit: int = A_ROUND) -> int:
    """One round: payments whose time is over close, due orders and refunds are asked for; how many were.

    A provider that is silent ends the round, so that it costs one time-out and not fifty.
    """
    close_late(now, limit)
    asked = 0
    try:
        for attempt in _due_attempts(now, limit):
            if _put_off(attempt, now):
                take_word(_word(attempt, now), now)
                asked += 1
        for refund in _due_refunds(now, limit):
            if _put_off(refund, now):
                _repeat(refund, now)
                asked += 1
    except Unavailable as problem:
        log.warning("payments_unavailable", reason=problem.reason)
    return asked


def ask_now(attempt_key: str, now: datetime) -> bool:
    """Asks about one order at once; whether that changed anything. Raises Unavailable."""
    attempt = Attempt.objects.select_related("payment").filter(key=attempt_key).first()
    return attempt is not None and take_word(_word(attempt, now), now)


def close_late(now: datetime, limit: int = A_ROUND) -> int:
    """Closes what was not paid in time; how many."""
    late = models.Payment.objects.filter(state=rules.ASKED, ended_at__isnull=True, until__lte=now)
    closed = 0
    for key in late.order_by("until").values_list("pk", flat=True)[:limit]:
        with transaction.atomic():
            row = models.Payment.objects.select_for_update().filter(pk=key, state=rules.ASKED).first()
            if row is not None:
                moving.close(row, rules.LATE, now)
                closed += 1
    return closed


def watch(stop: threading.Event) -> None:
    """Beside the worker's jobs, until told to stop; a failure of the database is logged and outlived."""
    while not stop.wait(EVERY_SECONDS):
        try:
            while ask_due(clock.now()) == A_ROUND and not stop.is_set():
                pass
        except (Error, OSError) as problem:
            log.error("payments_round_failed", exc_info=problem)
            connection.close()
    connection.close()


def _due_attempts(now: datetime, limit: int) -> list[Attempt]:
    due = Attempt.objects.filter(ask_at__isnull=False, ask_at__lte=now).select_related("payment")
    return list(due.order_by("ask_at")[:limit])


def _due_refunds(now: datetime, limit: int) -> list[Refund]:
    due = Refund.objects.filter(ask_at__isnull=False, ask_at__lte=now).select_related("attempt")
    return list(due.order_by("ask_at")[:limit])


def _put_off(row: Attempt | Refund, now: datetime) -> bool:
    """To its next turn; False if another worker was first."""
    trouble = bool(row.differs if isinstance(row, Attempt) else row.trouble)
    wait: timedelta = rules.pause(row.asked_times, trouble=trouble)
    with transaction.atomic():
        same = type(row)._default_manager.filter(pk=row.pk, ask_at=row.ask_at)
        return bool(same.update(ask_at=now + wait, asked_times=F("asked_times") + 1))


def _word(attempt: Attempt, now: datetime) -> Word:
    """How an order stands; one that is no longer wanted, or of long ago, is closed."""
    there = provider.current()
    wanted = attempt.payment.state == rules.ASKED and now < attempt.begun_at + rules.ORDER_OPEN
    return there.ask(attempt.key) if wanted else there.close(attempt.key)


def _repeat(refund: Refund, now: datetime) -> None:
    attempt = refund.attempt
    order = RefundOrder(refund.key, refund.amount, attempt.currency, refund.reason)
    take_refund_word(provider.current().refund(attempt.key, order), now)
