"""The table of jobs."""

from __future__ import annotations

import uuid

from django.db import models


class Job(models.Model):
    """One call put off. `state` waiting → running → done, or failed when its tries are used up, or dropped by hand."""

    STATES = ("waiting", "running", "done", "failed", "dropped")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    task = models.CharField(max_length=200)
    queue = models.CharField(max_length=20)
    arguments = models.JSONField(default=dict)
    priority = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=10, default="waiting")
    enqueued_at = models.DateTimeField()
    run_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    max_tries = models.PositiveSmallIntegerField()
    lease_seconds = models.PositiveIntegerField(default=60)
    lease = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=120, blank=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    dropped_by = models.CharField(max_length=80, blank=True)
    dropped_for = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=("waiting", "running", "done", "failed", "dropped")), name="job_state"
            ),
            models.CheckConstraint(
                condition=(models.Q(state="dropped") & ~models.Q(dropped_for=""))
                | (~models.Q(state="dropped") & models.Q(dropped_by="", dropped_for="")),
                name="job_dropped_for",
            ),
            models.CheckConstraint(
                condition=models.Q(state="running", lease__isnull=False, lease_until__isnull=False)
                | (~models.Q(state="running") & models.Q(lease__isnull=True, lease_until__isnull=True)),
                name="job_leased_while_running",
            ),
        )
        indexes = (
            models.Index(
                fields=("-priority", "run_at"), condition=models.Q(state__in=("waiting", "running")), name="job_open"
            ),
            models.Index(fields=("finished_at",), condition=models.Q(state="done"), name="job_done"),
        )
