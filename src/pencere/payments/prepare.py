"""What the first start makes: the secret with which we and the payment provider sign."""

from __future__ import annotations

from pencere.payments import provider

ORDER = 60


def prepare(*, demo: bool, persons: int) -> None:
    """Safe to repeat."""
    provider.secret()
