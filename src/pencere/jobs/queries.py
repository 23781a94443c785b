"""How much work waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

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
