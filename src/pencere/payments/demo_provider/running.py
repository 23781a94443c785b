"""Makes the provider ready and serves it; called by `pencere demo-payments` in a process of its own."""

from __future__ import annotations

from django.conf import settings
from django.core.management import call_command

from pencere.base.serving import serve_alone
from pencere.payments import provider


def prepare() -> None:
    """Tables, and the secret that the portal reads, too. Safe to repeat."""
    provider.secret()
    call_command("migrate", verbosity=0, interactive=False)


def serve() -> None:
    """Blocks until the process is told to stop. One worker: it also tells the portal how orders ended."""
    serve_alone("pencere.payments.demo_provider.wsgi:application", settings.PENCERE.demo_payments_address, threads=2)
