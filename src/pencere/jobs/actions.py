"""What can happen to a job: it is declared, claimed and run, given back, tried again or dropped, swept away.

A task is declared at module level:

    @task(kind=INSIDE)
    def remind(case_ref: str) -> None: ...              runs in the transaction that marks it done

    @task(kind=OUTSIDE)
    def issue(case_ref: str) -> Callable[[], None]:     runs without a transaction (calls, files, rendering);
        ...                                             what it returns runs in the one that marks it done

    @task(kind=LONG): as OUTSIDE, for what takes minutes. Such jobs run beside the others, one at a time, so that nobody
    waits for them; one that goes on and on says `prolong()` in between.
"""

from __future__ import annotations

import os
import random
import socket
import traceback
from collections.abc import Callable, Collection
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.module_loading import import_string
from django_tasks import task as _django_task

from pencere.base import clock
from pencere.base.errors import BadInput
from pencere.jobs import rules
from pencere.jobs.backend import INSIDE, LONG, OUTSIDE, JobTask
from pencere.jobs.claiming import claim
from pencere.jobs.models import Job
from pencere.jobs.queries import failing

__all__ = [
    "INSIDE",
    "LONG",
    "OUTSIDE",
    "drop",
    "give_back_leases_of_the_dead",
    "prolong",
    "run_pending",
    "sweep",
    "task",
    "try_again",
    "worker_name",
]

log = structlog.get_logger(__name__)
KEPT = timedelta(days=30)
LONGEST_NAME, LONGEST_REASON = 80, 500
_running: ContextVar[Job | None] = ContextVar("running", default=None)


class LeaseLost(Exception):
    """Another worker took the job over while we worked; our effect is rolled back."""


def task(*, kind: str, max_tries: int = 12, lease_seconds: int = 60) -> Callable[[Callable[..., Any]], JobTask]:
    """Declares a task. `lease_seconds` is how long one try may take before another worker may take over."""
    return cast(
        "Callable[[Callable[..., Any]], JobTask]",
        _django_task(queue_name=kind, max_tries=max_tries, lease_seconds=lease_seconds),
    )


def worker_name() -> str:
    """Names this process so that its leases can be given back if it dies: host, process id, when it began."""
    return f"{socket.gethostname()}/{os.getpid()}/{_began(os.getpid())}"


def run_pending(limit: int = 100, worker: str | None = None, kinds: Collection[str] = (INSIDE, OUTSIDE)) -> int:
    """Runs what may run now, at most `limit` jobs; returns how many were run. Failures are recorded, not raised."""
    worker = worker or worker_name()
    for done in range(limit):
        job = claim(worker, clock.now(), kinds)
        if job is None:
            return done
        with _Attempt(job):
            _run(job)
    return limit


def prolong() -> None:
    """The job that runs here goes on: its lease begins anew. Raises LeaseLost; outside of a job it does nothing."""
    job = _running.get()
    if job is None:
        return
    until = clock.now() + timedelta(seconds=job.lease_seconds)
    with transaction.atomic():
        if not Job.objects.filter(pk=job.pk, lease=job.lease, state="running").update(lease_until=until):
            raise LeaseLost(job.task)


def _run(job: Job) -> None:
    declared = cast("JobTask", import_string(job.task))
    args, kwargs = job.arguments["args"], job.arguments["kwargs"]
    if declared.queue_name in (OUTSIDE, LONG):
        finish = declared.call(*args, **kwargs)
        with transaction.atomic():
            if finish is not None:
                finish()
            _mark_done(job)
    else:
        with transaction.atomic():
            declared.call(*args, **kwargs)
            _mark_done(job)


class _Attempt:
    """One try of a job. Whatever goes wrong in it is recorded with the job, shown to the operator, tried again."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def __enter__(self) -> None:
        _running.set(self._job)

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, _trace: object) -> bool:
        _running.set(None)
        if isinstance(problem, LeaseLost):
            log.warning("job_taken_over", task=self._job.task, job=str(self._job.pk))
            return True
        if isinstance(problem, Exception):
            _record_failure(self._job, problem)
            return True
        return False


def _mark_done(job: Job) -> None:
    changed = Job.objects.filter(pk=job.pk, lease=job.lease).update(
        state="done", lease=None, lease_until=None, finished_at=clock.now(), last_error=""
    )
    if not changed:
        raise LeaseLost(job.task)


def _record_failure(job: Job, problem: Exception) -> None:
    used_up = job.tries >= job.max_tries
    now = clock.now()
    again_at = now + rules.pause_before(job.tries + 1, random.random())  # noqa: S311 - spreads load, guards nothing
    with transaction.atomic():
        Job.objects.filter(pk=job.pk, lease=job.lease).update(
            state="failed" if used_up else "waiting",
            lease=None,
            lease_until=None,
            run_at=again_at,
            finished_at=now if used_up else None,
            last_error="".join(traceback.format_exception(problem))[-4000:],
        )
    log.warning("job_failed", task=job.task, job=str(job.pk), tries=job.tries, gave_up=used_up, exc_info=problem)


def give_back_leases_of_the_dead() -> int:
    """At a worker's start: jobs held by processes of this host that are no more may run at once."""
    host = socket.gethostname()
    given_back = 0
    for job in Job.objects.filter(state="running", worker__startswith=f"{host}/"):
        _, process, began = job.worker.rsplit("/", 2)
        if _began(int(process)) == began:
            continue
        with transaction.atomic():
            given_back += Job.objects.filter(pk=job.pk, lease=job.lease, state="running").update(
                state="waiting", lease=None, lease_until=None
            )
    return given_back


def try_again(job: UUID) -> bool:
    """An operator's order for one that failed: it runs at once, with all its tries. False: none such (any more)."""
    with transaction.atomic():
        return bool(failing().filter(pk=job).update(state="waiting", tries=0, run_at=clock.now(), finished_at=None))


def drop(job: UUID, *, by: str, reason: str) -> bool:
    """An operator's order: nothing comes of it, ever; the job stays with who said so, and why. False as above.

    Raises BadInput without a reason, or with one that is too long.
    """
    if not 1 <= len(reason := reason.strip()) <= LONGEST_REASON:
        raise BadInput("bad_reason", field="reason", max=LONGEST_REASON)
    with transaction.atomic():
        dropped = (
            failing()
            .filter(pk=job)
            .update(state="dropped", finished_at=clock.now(), dropped_by=by[:LONGEST_NAME], dropped_for=reason)
        )
    if dropped:
        log.warning("job_dropped", job=str(job), by=by)
    return bool(dropped)


def sweep(now: datetime) -> int:
    """Forgets jobs that were done a month ago."""
    with transaction.atomic():
        return Job.objects.filter(state="done", finished_at__lt=now - KEPT).delete()[0]


def _began(process: int) -> str:
    """When a process began, in clock ticks since boot, as the kernel counts; "" if there is none such."""
    try:
        with open(f"/proc/{process}/stat", encoding="ascii", errors="replace") as stat:
            return stat.read().rpartition(")")[2].split()[19]
    except OSError:
        return ""
