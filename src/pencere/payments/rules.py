"""What a provider's word means for a payment, and when to ask again. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

ASKED, CLOSING, PAID, FAILED, CANCELLED = "asked", "closing", "paid", "failed", "cancelled"
STATES = (ASKED, CLOSING, PAID, FAILED, CANCELLED)
"""Closing: no longer wanted, but the provider has not yet said that nothing was paid."""
ENDED = (PAID, FAILED, CANCELLED)

LATE, UNWANTED = "late", "cancelled"
REASONS = (LATE, UNWANTED)
"""Why a payment closes: its time is over, or the caller called it off."""

LIVE, REFUSED, CLOSED, SURPLUS = "live", "refused", "closed", "surplus"
ATTEMPT_STATES = (LIVE, REFUSED, CLOSED, PAID, SURPLUS)
"""Surplus: money came that is not owed (any more); it goes back."""

BEGUN, REFUND_ASKED, REFUNDED, RETURNED, DIFFERS = "begun", "refund_asked", "refunded", "returned", "differs"
MOVEMENTS = (ASKED, BEGUN, REFUSED, CLOSED, PAID, FAILED, CANCELLED, SURPLUS, DIFFERS, REFUND_ASKED, REFUNDED, RETURNED)
"""Returned: a surplus came back; refunded: a fee that had been paid."""
TOLD = (PAID, FAILED, REFUNDED)

OPEN, UNKNOWN = "open", "unknown"
"""What a provider may say of an order besides paid, refused and closed."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=3), timedelta(hours=1)
ORDER_OPEN = timedelta(days=30)
"""How long an order stays open at the provider where the fee itself has no last moment; then it is closed there."""


@dataclass(frozen=True, slots=True)
class Payment:
    """What the caller learns of the payment it asked for; amounts in minor units."""

    id: str
    key: str
    amount: int
    state: str


@dataclass(frozen=True, slots=True)
class Step:
    """What follows from a word: the new state of attempt and payment; an empty one stays as it is."""

    attempt: str = ""
    payment: str = ""


def step(payment: str, because: str, attempt: str, word: str) -> Step:
    """From the states of a payment and of one of its attempts, and the provider's word about that attempt.

    Money is never overlooked: a word "paid" counts whatever was said before.
    """
    if word == PAID:
        if attempt in (PAID, SURPLUS):
            return Step()
        wanted = payment == ASKED or (payment == CLOSING and because == LATE)
        if wanted:
            return Step(PAID, PAID)
        return Step(SURPLUS, ended(because) if payment == CLOSING and attempt == LIVE else "")
    if attempt != LIVE or word not in (REFUSED, CLOSED):
        return Step()
    return Step(word, ended(because) if payment == CLOSING else "")


def ended(because: str) -> str:
    """The state in which a payment ends unpaid."""
    return FAILED if because == LATE else CANCELLED


def differs(amount: int, currency: str, said_amount: int, said_currency: str) -> bool:
    return (amount, currency) != (said_amount, said_currency)


def pause(times: int, *, trouble: bool = False) -> timedelta:
    """How long to wait before the provider is asked again that was asked so many times: doubling, to an hour."""
    if trouble:
        return LONGEST_PAUSE
    return min(FIRST_PAUSE * 2 ** min(times, 12), LONGEST_PAUSE)
