"""Brings an installation to where it can serve: tables, keys, and in the demo its nation. Safe to repeat."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection

from pencere.conf import discovery


def migrate() -> None:
    """Tables of this version; one process at a time, held by the gate or an advisory lock."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(7465636572)")
            try:
                call_command("migrate", verbosity=0, interactive=False)
            finally:
                cursor.execute("SELECT pg_advisory_unlock(7465636572)")
    else:
        call_command("migrate", verbosity=0, interactive=False)


def prepare(*, demo: bool, persons: int) -> None:
    """Runs each part's `prepare(demo, persons)` (`<part>/prepare.py`), lowest part first, in its declared order."""
    migrate()
    steps = sorted((module.ORDER, module.__name__, module.prepare) for module in discovery.modules("prepare"))
    for _order, _name, step in steps:
        step(demo=demo, persons=persons)
