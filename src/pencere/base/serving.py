"""Serves a WSGI application that keeps something in its memory: one process, so that every request meets it."""

from __future__ import annotations

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels


def serve_alone(application: str, address: tuple[str, int], *, threads: int) -> None:
    """Blocks until the process is told to stop. `application`: `module:name`."""
    host, port = address
    Granian(
        application,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=threads,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()
