"""What other parts and pages may read of payments. Nothing here names who pays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from pencere.country.declarations import Texts
from pencere.payments import models, rules
from pencere.payments.models import Attempt, Movement


@dataclass(frozen=True, slots=True)
class Settled:
    """Something that is certain: paid, failed (not paid in time) or refunded. `key` is the caller's."""

    cursor: int
    key: str
    case: str
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Back:
    """Money on its way back, or back (`done_at`)."""

    amount: int
    asked_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment as its person's page, the case's page and the desk show it; amounts in minor units."""

    id: str
    key: str
    case: str
    kind: str
    title: Texts
    amount: int
    currency: str
    payee: str
    payee_names: Texts
    iban: str
    code: str
    return_to: str
    state: str  # of rules.STATES
    because: str
    asked_at: datetime
    until: datetime | None
    paid_at: datetime | None
    receipt: str  # the provider's number
    leaf: str  # of the ledger, where it was paid
    under_way: bool  # an order is open at the provider
    differs: bool
    refused: bool  # the last order was
    refund: Back | None
    surplus: tuple[Back, ...]  # paid without being owed

    @property
    def url(self) -> str:
        """The person's page, in the language of the reader."""
        return reverse("pay", args=[self.id])


def settled_since(cursor: int, limit: int) -> tuple[Settled, ...]:
    """What was settled after `cursor` (0: from the beginning), in its order; a number is never passed over."""
    rows = Movement.objects.filter(told__gt=cursor).select_related("payment").order_by("told")[:limit]
    return tuple(Settled(row.told or 0, row.payment.key, row.payment.case, row.kind, row.at) for row in rows)


def of_case(ref: str) -> tuple[PaymentView, ...]:
    """The payments of a case, in the order in which they were asked for."""
    return _views(models.Payment.objects.filter(case=ref).order_by("asked_at", "id")) if ref else ()


def payment_for(payment_id: str | UUID, person: str) -> PaymentView | None:
    """The payment, for who is asked for it; None for everybody else and for what there is not."""
    rows = models.Payment.objects.filter(id=payment_id, person=person) if person else ()
    return next(iter(_views(rows)), None)


def by_key(key: str) -> PaymentView | None:
    """The payment under the caller's key."""
    return next(iter(_views(models.Payment.objects.filter(key=key))), None)


def live_attempt(payment_id: str | UUID) -> str:
    """The key of the order that is open; empty if none is."""
    found = Attempt.objects.filter(payment_id=payment_id, state=rules.LIVE).values_list("key", flat=True).first()
    return found or ""


def _views(rows: Iterable[models.Payment]) -> tuple[PaymentView, ...]:
    if isinstance(rows, tuple):
        return ()
    found = rows.prefetch_related("attempts__refund", "movements")  # type: ignore[attr-defined]
    return tuple(_view(row) for row in found)


def _view(row: models.Payment) -> PaymentView:
    attempts = sorted(row.attempts.all(), key=lambda one: one.number)
    paid = next((one for one in attempts if one.state == rules.PAID), None)
    leaf = next((one.leaf for one in row.movements.all() if one.kind == rules.PAID), "")
    surplus = (_back(one) for one in attempts if one.state == rules.SURPLUS)
    return PaymentView(
        id=str(row.id),
        key=row.key,
        case=row.case,
        kind=row.kind,
        title=row.title,
        amount=row.amount,
        currency=row.currency,
        payee=row.payee,
        payee_names=row.payee_names,
        iban=row.iban,
        code=row.code,
        return_to=row.return_to,
        state=row.state,
        because=row.because,
        asked_at=row.asked_at,
        until=row.until,
        paid_at=row.paid_at,
        receipt=paid.receipt if paid else "",
        leaf=leaf,
        under_way=any(one.state == rules.LIVE for one in attempts),
        differs=any(one.differs for one in attempts),
        refused=bool(attempts) and attempts[-1].state == rules.REFUSED,
        refund=_back(paid) if paid else None,
        surplus=tuple(one for one in surplus if one),
    )


def _back(attempt: Attempt) -> Back | None:
    refund = getattr(attempt, "refund", None)
    return Back(refund.amount, refund.asked_at, refund.done_at) if refund else None
