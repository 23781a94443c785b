"""What the first start makes: the secret shared with the provider, and in the demo its officers."""

from __future__ import annotations

from django.conf import settings

from pencere.base import clock, secrets
from pencere.identity import demo as demonstration
from pencere.identity.demo_provider import people

ORDER = 80
"""After the nation, whose persons hold the offices."""


def prepare(*, demo: bool, persons: int) -> None:
    """Safe to repeat."""
    if not demo:
        return
    secrets.read_or_make(settings.PENCERE.keys / "oidc-secret")
    path = settings.PENCERE.data / "demo" / "people.jsonl"
    if path.exists():
        demonstration.prepare_officers(people.read(path), clock.now())
