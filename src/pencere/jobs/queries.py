"""How much work waits, and what has gone wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from pencere.jobs import rules
from pencere.jobs.models import Job


@dataclass(frozen=True, slots=True)
class Backlog:
    waiting: int
    running: int
    failed: int
    oldest: datetime | None  # when the oldest waiting job should have run


def backlog() -> Backlog:
    counts = dict(
        Job.objects.filter(state__in=("waiting", "running", "failed")).values_list("state").annotate(Count("pk"))
    )
    oldest = Job.objects.filter(state="waiting").aggregate(Min("run_at"))["run_at__min"]
    return Backlog(counts.get("waiting", 0), counts.get("running", 0), counts.get("failed", 0), oldest)


@dataclass(frozen=True, slots=True)
class Failing:
    """A job that has failed. `state`: failed (tried no more by itself), waiting (tried again at `again_at`), dropped.

    `reason` names nobody; `arguments` and `trace` may.
    """

    id: UUID
    task: str
    state: str
    tries: int
    enqueued_at: datetime
    again_at: datetime | None
    reason: str
    arguments: dict[str, Any]
    trace: str
    dropped_by: str
    dropped_for: str
    dropped_at: datetime | None


def failing() -> QuerySet[Job]:
    """Those that an operator may have tried again, or drop: never one that is running."""
    return Job.objects.filter(Q(state="failed") | Q(state="waiting") & ~Q(last_error=""))


def failed(*, dropped: bool = False) -> tuple[Failing, ...]:
    """Those that have failed, the oldest first; or those that were dropped. All are shown: mending goes by kind."""
    jobs = Job.objects.filter(state="dropped") if dropped else failing()
    return tuple(
        Failing(
            id=job.pk,
            task=job.task.removeprefix("pencere."),
            state=job.state,
            tries=job.tries,
            enqueued_at=job.enqueued_at,
            again_at=job.run_at if job.state == "waiting" else None,
            reason=rules.reason_of(job.last_error),
            arguments=job.arguments,
            trace=job.last_error,
            dropped_by=job.dropped_by,
            dropped_for=job.dropped_for,
            dropped_at=job.finished_at if dropped else None,
        )
        for job in jobs.order_by("enqueued_at", "pk")
    )
