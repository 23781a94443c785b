"""What can happen to a payment: it is asked for, called off, begun, settled, paid back.

`request`, `cancel` and `refund` only write, in the caller's transaction: the provider is spoken to afterwards, by the
worker (`asking.py`) and by the person's own page.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import override

from pencere import country
from pencere.base.errors import BadInput
from pencere.country import declarations
from pencere.country.declarations import Texts
from pencere.payments import models, moving, provider, rules
from pencere.payments.asking import ask_due, ask_now
from pencere.payments.models import Attempt, Refund
from pencere.payments.rules import Payment
from pencere.payments.taking import take_word

__all__ = ["Payment", "ask_due", "ask_now", "begin", "cancel", "forget", "refund", "request", "take_word"]

log = structlog.get_logger(__name__)


def request(
    key: str,
    *,
    case: str,
    person: str,
    account: str,
    amount: int,
    currency: str,
    kind: str,
    payee: declarations.Payee,
    title: Texts,
    until: datetime | None,
    now: datetime,
    return_to: str = "",
) -> Payment:
    """Asks `person` (identifier) for a fee of a case, in the caller's transaction. The same key again is the same

    payment, whatever else is said: a fee is asked once. `until`: the last moment to pay; then the payment fails.
    `return_to`: path of the page that the person goes on with; its language is that of the reader.
    Raises BadInput (not_an_amount, no_code: the payee has none for this kind).
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a fee is asked in the transaction of what it is for")
    if not isinstance(amount, int) or isinstance(amount, bool) or amount <= 0:
        raise BadInput("not_an_amount")
    if kind not in payee.codes:
        raise BadInput("no_code", payee=payee.id, kind=kind)
    row, made = models.Payment.objects.get_or_create(
        key=key,
        defaults={
            "case": case,
            "person": person,
            "account": account,
            "amount": amount,
            "currency": currency,
            "kind": kind,
            "title": dict(title),
            "payee": payee.id,
            "payee_names": dict(payee.names),
            "iban": payee.iban or "",
            "code": payee.codes[kind],
            "return_to": return_to,
            "asked_at": now,
            "until": until,
        },
    )
    if made:
        moving.move(row, rules.ASKED, row.amount, now)
    return _shown(row)


def cancel(key: str, now: datetime) -> Payment:
    """The fee is no longer wanted; in the caller's transaction. What was paid already stays paid: `refund` gives it

    back. What is being paid at this moment comes back by itself. Raises BadInput "no_such_payment".
    """
    with transaction.atomic():
        row = _locked(key)
        if row.state in (rules.ASKED, rules.CLOSING) and row.because != rules.UNWANTED:
            moving.close(row, rules.UNWANTED, now)
    return _shown(row)


def refund(key: str, *, reason: str, amount: int | None = None, now: datetime) -> Payment:
    """Pays the fee back, whole or `amount` of it, in the caller's transaction: written now, repeated until the

    provider confirms it. A payment is paid back once: asked again, the first one counts.
    Raises BadInput (no_such_payment, not_paid, not_an_amount).
    """
    with transaction.atomic():
        row = _locked(key)
        attempt = row.attempts.filter(state=rules.PAID).first()
        if attempt is None:
            raise BadInput("not_paid")
        sum_ = attempt.amount if amount is None else amount
        if not isinstance(sum_, int) or isinstance(sum_, bool) or not 0 < sum_ <= attempt.amount:
            raise BadInput("not_an_amount")
        if not Refund.objects.filter(attempt=attempt).exists():
            moving.pay_back(row, attempt, sum_, reason, now)
    return _shown(row)


def forget(cases: Sequence[str]) -> int:
    """Deletes what was paid for these cases, in the caller's transaction that forgets them; the leaves stay. What is

    not over yet (an order open, money on its way back) stays until it is; returns how many went.
    """
    rows = models.Payment.objects.filter(case__in=cases, state__in=rules.ENDED)
    moving_yet = Attempt.objects.filter(state=rules.LIVE).values("payment")
    owed = Refund.objects.filter(done_at__isnull=True).values("attempt__payment")
    over = list(rows.exclude(pk__in=moving_yet).exclude(pk__in=owed).values_list("pk", flat=True))
    with transaction.atomic():
        models.Movement.objects.filter(payment__in=over).delete()
        Refund.objects.filter(attempt__payment__in=over).delete()
        Attempt.objects.filter(payment__in=over).delete()
        models.Payment.objects.filter(pk__in=over).delete()
    return len(over)


def begin(payment_id: str | UUID, person: str, language: str, now: datetime) -> str:
    """The address of the page where this person pays: that of the order which is open, or of a new one.

    Not within a transaction. Raises BadInput (no_such_payment; not_open: paid, called off or too late) and Unavailable.
    """
    attempt = _attempt(payment_id, person, now)
    row = attempt.payment
    try:
        page = provider.current().open(_order(row, attempt, language))
    except BadInput:
        ask_now(attempt.key, now)  # the order ended and we had not heard of it
        raise BadInput("not_open") from None
    with transaction.atomic():
        Attempt.objects.filter(pk=attempt.pk, page="").update(page=page)
    log.info("payment_begun", payment=str(row.id), attempt=attempt.number)
    return page


def _attempt(payment_id: str | UUID, person: str, now: datetime) -> Attempt:
    """The live attempt, made if there is none: written before the provider hears of it."""
    with transaction.atomic():
        row = models.Payment.objects.select_for_update().filter(id=payment_id, person=person).first()
        if row is None or not person:
            raise BadInput("no_such_payment")
        if row.state != rules.ASKED or (row.until is not None and row.until <= now):
            raise BadInput("not_open")
        live = row.attempts.filter(state=rules.LIVE).first()
        if live is None:
            number = row.attempts.count() + 1
            live = row.attempts.create(
                number=number,
                key=f"{row.id}-{number}",
                amount=row.amount,
                currency=row.currency,
                begun_at=now,
                ask_at=now + rules.pause(0),
            )
            moving.move(row, rules.BEGUN, row.amount, now, attempt=number)
        live.payment = row
    return live


def _order(row: models.Payment, attempt: Attempt, language: str) -> provider.Order:
    here = country.current()
    with override(language):
        back = reverse("pay-back", args=[row.id])
    return provider.Order(
        key=attempt.key,
        amount=attempt.amount,
        currency=attempt.currency,
        what=here.text({"title": row.title}, "title", language),
        payee=provider.Payee(here.text({"names": row.payee_names}, "names", language), row.iban, row.code),
        language=language,
        back=settings.PENCERE.url + back,
        tell=settings.PENCERE.url + reverse("api-payments-tell"),
        until=row.until or attempt.begun_at + rules.ORDER_OPEN,
    )


def _locked(key: str) -> models.Payment:
    row = models.Payment.objects.select_for_update().filter(key=key).first()
    if row is None:
        raise BadInput("no_such_payment")
    return row


def _shown(row: models.Payment) -> Payment:
    return Payment(str(row.id), row.key, row.amount, row.state)
