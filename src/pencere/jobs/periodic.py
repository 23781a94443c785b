"""What the worker does for this part from time to time: (seconds between, what); and beside its jobs: the long ones."""

from __future__ import annotations

import threading

import structlog
from django.db import DatabaseError, connection

from pencere.jobs.actions import LONG, run_pending, sweep, worker_name

log = structlog.get_logger(__name__)
_IDLE_SECONDS = 0.5


def long_jobs(stop: threading.Event) -> None:
    """Until told to stop. One at a time; a job that is at it when the process ends goes on elsewhere."""
    name = worker_name()
    while not stop.is_set():
        try:
            if run_pending(limit=1, worker=name, kinds=(LONG,)):
                continue
        except DatabaseError:
            log.exception("long_jobs_round_failed")
            connection.close()
        stop.wait(_IDLE_SECONDS)
    connection.close()


EVERY = [(3600, sweep)]
BESIDE = [long_jobs]
