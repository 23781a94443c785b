"""Serves a WSGI application by granian: processes, threads, address from the configuration."""

from __future__ import annotations

from django.conf import settings
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels


def serve(target: str, address: tuple[str, int], processes: int, threads: int) -> None:
    """Blocks until the process is told to stop."""
    host, port = address
    Granian(
        target,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=threads,
        backlog=512,
        respawn_failed_workers=True,
        websockets=False,
        log_enabled=True,
        log_level=LogLevels.warning,
    ).serve()


def serve_portal() -> None:
    serve(
        "pencere.conf.wsgi:application",
        settings.PENCERE.address,
        settings.PENCERE.web_processes,
        settings.PENCERE.web_threads,
    )
