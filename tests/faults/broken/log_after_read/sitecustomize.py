"""A build broken on purpose: it hands the data out first and writes the look into the ledger a moment later."""

import threading
import time
import types

from breaking import when_loaded

LATER = 3.0


def _break(module: types.ModuleType) -> None:
    record = module.record_look  # type: ignore[attr-defined]

    def record_later(purpose, looks, *, kind, now):  # type: ignore[no-untyped-def]
        def write() -> None:
            from django.db import connection

            time.sleep(LATER)
            record(purpose, looks, kind=kind, now=now)
            connection.close()

        threading.Thread(target=write).start()
        return ()

    module.record_look = record_later  # type: ignore[attr-defined]


when_loaded("pencere.ledger.actions", _break)
