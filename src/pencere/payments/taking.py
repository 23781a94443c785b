"""Takes the provider's words: into effect once, however often they come and from wherever, in one transaction."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction

from pencere.base.canonical import Value
from pencere.payments import models, moving, rules
from pencere.payments.models import Attempt, Movement, Refund
from pencere.payments.provider import RefundWord, Word

log = structlog.get_logger(__name__)
SURPLUS_REASON = "paid, though nothing was owed any more"


def take_word(word: Word, now: datetime) -> bool:
    """Whether the word changed anything. A paid order of another amount than was asked is not paid: it is written

    down as differing, the person is told that we look into it, and the provider is asked again.
    """
    with transaction.atomic():
        found = Attempt.objects.filter(key=word.key).values_list("payment", flat=True).first()
        if found is None:
            log.warning("payment_word_of_nothing", state=word.state)
            return False
        payment = models.Payment.objects.select_for_update().get(pk=found)
        attempt = Attempt.objects.get(key=word.key)
        if word.state == rules.PAID and rules.differs(attempt.amount, attempt.currency, word.amount, word.currency):
            return _differs(payment, attempt, word, now)
        step = rules.step(payment.state, payment.because, attempt.state, word.state)
        if not step.attempt:
            return False
        _end_attempt(attempt, step.attempt, word, now)
        _move_payment(payment, attempt, step, word, now)
    log.info("payment_settled", payment=str(payment.id), attempt=attempt.number, state=step.attempt)
    return True


def _end_attempt(attempt: Attempt, state: str, word: Word, now: datetime) -> None:
    attempt.state, attempt.ended_at, attempt.ask_at, attempt.differs = state, now, None, False
    if state in (rules.PAID, rules.SURPLUS):
        attempt.receipt, attempt.received_at = word.receipt, word.at or now
    attempt.save()


def _move_payment(payment: models.Payment, attempt: Attempt, step: rules.Step, word: Word, now: datetime) -> None:
    if step.payment == rules.PAID:
        payment.state, payment.because, payment.paid_at, payment.ended_at = rules.PAID, "", now, now
        payment.save(update_fields=["state", "because", "paid_at", "ended_at"])
    moving.move(payment, step.attempt, attempt.amount, now, attempt=attempt.number, receipt=word.receipt)
    if step.attempt == rules.SURPLUS:
        moving.pay_back(payment, attempt, attempt.amount, SURPLUS_REASON, now)
        log.error("payment_surplus", payment=str(payment.id), attempt=attempt.number)
    if step.payment in (rules.FAILED, rules.CANCELLED):
        moving.end(payment, payment.because, now)


def _differs(payment: models.Payment, attempt: Attempt, word: Word, now: datetime) -> bool:
    if attempt.state != rules.LIVE or attempt.differs:
        return False
    attempt.differs, attempt.ask_at = True, now + rules.pause(0, trouble=True)
    attempt.save(update_fields=["differs", "ask_at"])
    said: dict[str, Value] = {"said_amount": word.amount, "said_currency": word.currency[:3]}
    moving.move(payment, rules.DIFFERS, attempt.amount, now, attempt=attempt.number, **said)
    log.error("payment_differs", payment=str(payment.id), attempt=attempt.number, asked=attempt.amount, **said)
    return True


def take_refund_word(word: RefundWord, now: datetime) -> bool:
    """Whether the word changed anything."""
    with transaction.atomic():
        found = Refund.objects.filter(key=word.key).values_list("attempt__payment", flat=True).first()
        if found is None:
            return False
        payment = models.Payment.objects.select_for_update().get(pk=found)
        refund = Refund.objects.select_related("attempt").get(key=word.key)
        if refund.done_at is not None or word.state == "waiting":
            return False
        if word.state == "refused":
            return _in_trouble(refund, "refused", now)
        if rules.differs(refund.amount, refund.attempt.currency, word.amount, word.currency):
            return _in_trouble(refund, "differs", now)
        refund.done_at, refund.returned_at, refund.ask_at, refund.trouble = now, word.at or now, None, ""
        refund.save()
        kind = rules.REFUNDED if refund.attempt.state == rules.PAID else rules.RETURNED
        if not Movement.objects.filter(payment=payment, kind=kind, attempt=refund.attempt.number).exists():
            moving.move(payment, kind, refund.amount, now, attempt=refund.attempt.number)
    log.info("payment_refunded", payment=str(payment.id), kind=kind)
    return True


def _in_trouble(refund: Refund, trouble: str, now: datetime) -> bool:
    """Asked again, but seldom; reconciliation and the log name it."""
    changed = refund.trouble != trouble
    refund.trouble, refund.ask_at = trouble, now + rules.pause(0, trouble=True)
    refund.save(update_fields=["trouble", "ask_at"])
    if changed:
        log.error("payment_refund_in_trouble", refund=refund.key, trouble=trouble)
    return changed
