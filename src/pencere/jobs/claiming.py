"""The port "job claim": one way for each engine, one promise: no two workers hold the same job.

PostgreSQL locks the row and skips locked ones; SQLite has one writer at a time, and the gate makes them queue.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from pencere.jobs.backend import INSIDE, OUTSIDE
from pencere.jobs.models import Job


def claim(worker: str, now: datetime, kinds: Collection[str] = (INSIDE, OUTSIDE)) -> Job | None:
    """The next job of these kinds that may run, leased to `worker`; None if there is none. Commits first."""
    open_now = Q(queue__in=kinds) & (Q(state="waiting", run_at__lte=now) | Q(state="running", lease_until__lt=now))
    if not Job.objects.filter(open_now).exists():  # a look without a lock: an idle worker writes nothing
        return None
    with transaction.atomic():
        jobs = Job.objects.filter(open_now).order_by("-priority", "run_at")
        if connection.features.has_select_for_update_skip_locked:
            jobs = jobs.select_for_update(skip_locked=True)
        job = jobs.first()
        if job is None:
            return None
        job.state, job.worker = "running", worker
        job.lease, job.lease_until = uuid.uuid4(), now + timedelta(seconds=job.lease_seconds)
        job.started_at = now
        job.tries += 1
        job.save(update_fields=["state", "worker", "lease", "lease_until", "started_at", "tries"])
    return job
