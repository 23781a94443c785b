"""A build broken on purpose: it acknowledges a submission first and writes it a moment later."""

import threading
import time
import types

from breaking import when_loaded

LATER = 1.5


def _break(module: types.ModuleType) -> None:
    from pencere.applications.submitting import Submitted, submit

    def submit_later(ref, who, key, *, language, now):  # type: ignore[no-untyped-def]
        def write() -> None:
            from django.db import connection

            time.sleep(LATER)
            submit(ref, who, key, language=language, now=now)
            connection.close()

        threading.Thread(target=write).start()
        return Submitted(ref, "receipt", now, again=False)

    module.submit = submit_later  # type: ignore[attr-defined]


when_loaded("pencere.applications.actions", _break)
