"""A build broken on purpose: it acknowledges a submission first and writes it a moment later.

Python reads this file at the start of every process of an installation that has this folder on its PYTHONPATH.
"""

import importlib.abc
import importlib.machinery
import sys
import threading
import time
import types

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


class _Breaker(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):  # type: ignore[no-untyped-def]
        if name != "pencere.applications.actions":
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        run = spec.loader.exec_module

        def run_and_break(module: types.ModuleType) -> None:
            run(module)
            _break(module)

        spec.loader.exec_module = run_and_break  # type: ignore[method-assign]
        return spec


sys.meta_path.insert(0, _Breaker())
