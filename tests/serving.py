"""The portal served in a thread of the tests, at an address that somebody knows beforehand: a provider, a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from django.db import connections
from django.test.testcases import LiveServerThread, QuietWSGIRequestHandler


class _Server(LiveServerThread):
    """May listen where the server of the test before has just listened."""

    def _create_server(self, connections_override: Any = None) -> Any:
        return self.server_class(
            (self.host, self.port),
            QuietWSGIRequestHandler,
            allow_reuse_address=True,
            connections_override=connections_override,
        )


@contextmanager
def serving(address: str) -> Iterator[str]:
    """`address`: http://127.0.0.1:8123; given back."""
    thread = _Server("127.0.0.1", lambda application: application, port=urlsplit(address).port or 0)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait(10)
    if thread.error:
        raise thread.error
    yield address
    thread.terminate()
    connections.close_all()
