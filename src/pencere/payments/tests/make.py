"""Builders: a payment that somebody is asked for, one under way, one paid; words of the provider."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from pencere.country.declarations import Payee, Place
from pencere.payments import actions, models, provider
from pencere.payments.models import Attempt
from pencere.payments.rules import Payment
from pencere.payments.tests.fake import FakeProvider

NOW = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
CASE, PERSON, ACCOUNT = "K7QF2-9XMZT", "5SVN8KT", "account-1"
TITLE = {"az": "Dövlət rüsumu: pasport", "en": "State duty: passport", "ru": "Госпошлина: паспорт"}


def payee(**changes: Any) -> Payee:
    values: dict[str, Any] = {
        "id": "treasury",
        "names": {"az": "Dövlət Xəzinədarlığı", "en": "State Treasury", "ru": "Государственное казначейство"},
        "iban": "AZ21NABZ00000000137010001944",
        "codes": {"state_duty": "142213", "service_fee": "142310"},
        "law": None,
        "confirmed": False,
        "place": Place("", 0),
    }
    return Payee(**{**values, **changes})


def asked(key: str = f"{CASE}:duty", *, now: datetime = NOW, **changes: Any) -> Payment:
    values: dict[str, Any] = {
        "case": CASE, "person": PERSON, "account": ACCOUNT, "amount": 4000, "currency": "AZN", "kind": "state_duty",
        "payee": payee(), "title": TITLE, "until": now + timedelta(days=10), "return_to": f"/az/me/cases/{CASE}/",
    }  # fmt: skip
    with transaction.atomic():
        return actions.request(key, now=now, **{**values, **changes})


def begun(key: str = f"{CASE}:duty", *, now: datetime = NOW, **changes: Any) -> Attempt:
    """Somebody has gone to the provider's page of it."""
    payment = asked(key, now=now, **changes)
    actions.begin(payment.id, changes.get("person", PERSON), "az", now)
    return Attempt.objects.get(payment=payment.id, state="live")


def paid(key: str = f"{CASE}:duty", *, now: datetime = NOW, **changes: Any) -> Attempt:
    """Begun, and the provider has said that it is paid."""
    attempt = begun(key, now=now, **changes)
    there = provider.current()
    if isinstance(there, FakeProvider):
        there.choose(attempt.key, "pay")
        actions.ask_now(attempt.key, now)
    else:
        actions.take_word(word(attempt, at=now), now)
    attempt.refresh_from_db()
    return attempt


def word(attempt: Attempt, state: str = "paid", *, at: datetime = NOW, **changes: Any) -> provider.Word:
    values: dict[str, Any] = {"amount": attempt.amount, "currency": attempt.currency, "receipt": "R-1", "at": at}
    return provider.Word(attempt.key, state, **{**values, **changes})  # type: ignore[arg-type]


def row(payment: Payment | Attempt) -> models.Payment:
    key = payment.payment_id if isinstance(payment, Attempt) else payment.id
    return models.Payment.objects.get(pk=key)


def movements(payment: Payment | Attempt) -> list[str]:
    return list(row(payment).movements.order_by("id").values_list("kind", flat=True))
