"""The worker: does jobs, seals the ledger every second, and what each part does from time to time.

A part names the latter in `<part>/periodic.py`: EVERY = [(seconds, function(now))]. What must run beside the
jobs in a thread of its own it names in BESIDE = [function(stop: Event)] (the ledger's seal).
"""

from __future__ import annotations

import signal
import threading
import time

import structlog
from django.db import close_old_connections, connection

from pencere.base import clock
from pencere.conf import discovery
from pencere.jobs import actions as jobs

log = structlog.get_logger(__name__)
IDLE_SECONDS = 0.1


def work(stop: threading.Event | None = None) -> None:
    """Blocks until told to stop (SIGTERM, SIGINT, or `stop` set)."""
    stop = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    threads = [
        threading.Thread(target=beside, args=(stop,), name=beside.__name__, daemon=True)
        for module in discovery.modules("periodic")
        for beside in getattr(module, "BESIDE", [])
    ]
    for thread in threads:
        thread.start()
    _work_until(stop)
    for thread in threads:
        thread.join(timeout=5)


def _work_until(stop: threading.Event) -> None:
    name = jobs.worker_name()
    jobs.give_back_leases_of_the_dead()
    every = [pair for module in discovery.modules("periodic") for pair in getattr(module, "EVERY", [])]
    due = [0.0] * len(every)
    while not stop.is_set():
        with _Survived("work"):
            for index, (seconds, what) in enumerate(every):
                if time.monotonic() >= due[index]:
                    due[index] = time.monotonic() + seconds
                    with _Survived(what.__name__):
                        what(clock.now())
            if jobs.run_pending(limit=20, worker=name):
                continue
        stop.wait(IDLE_SECONDS)
    connection.close()


class _Survived:
    """A failure of one round is logged, the connection is made anew, and the worker goes on."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, _trace: object) -> bool:
        if not isinstance(problem, Exception):
            return False
        log.error("worker_round_failed", what=self._what, exc_info=problem)
        close_old_connections()
        connection.close()
        time.sleep(0.5)
        return True
