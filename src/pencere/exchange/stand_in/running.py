"""Makes the stand-in ready and serves it; called by `pencere stand-in` in a process of its own."""

from __future__ import annotations

from django.conf import settings
from django.core.management import call_command

from pencere.base import secrets
from pencere.base.serving import serve_alone
from pencere.exchange.stand_in.server import secret_file


def prepare() -> None:
    """Tables, and the secret that guards it. Safe to repeat."""
    settings.PENCERE.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    call_command("migrate", verbosity=0, interactive=False)
    secrets.read_or_make(secret_file())


def serve() -> None:
    """Blocks until the process is told to stop. One worker: a fault on demand is kept in its memory."""
    serve_alone("pencere.exchange.stand_in.wsgi:application", settings.PENCERE.stand_in_address, threads=4)
