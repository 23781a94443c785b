"""Django Tasks backend on the main database. `settings.TASKS` names it; callers only `enqueue`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Model
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskError, TaskResult, TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist
from django_tasks.utils import normalize_json

from pencere.base import clock
from pencere.statements.actions import Insert

INSIDE, OUTSIDE, LONG = "inside", "outside", "long"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTask(Task):
    """A task that knows how often it may be tried and how long one try may take."""

    max_tries: int = 12
    lease_seconds: int = 60


class MainDatabase(BaseTaskBackend):
    task_class = JobTask
    supports_defer = True
    supports_priority = True
    supports_get_result = True

    def __init__(self, alias: str, params: dict[str, Any]) -> None:
        super().__init__(alias, {**params, "QUEUES": [INSIDE, OUTSIDE, LONG]})

    def enqueue(self, task: Any, args: Any, kwargs: Any) -> TaskResult:
        """Writes the job in the caller's transaction; refuses to write it outside of one."""
        from pencere.jobs.models import Job

        if not connection.in_atomic_block:
            raise RuntimeError(f"{task.module_path}: enqueue inside the transaction of what the job is for")
        self.validate_task(task)
        now = clock.now()
        job = Job(
            task=task.module_path,
            queue=task.queue_name,
            arguments={"args": normalize_json(list(args)), "kwargs": normalize_json(kwargs)},
            priority=task.priority,
            enqueued_at=now,
            run_at=task.run_after or now,
            max_tries=task.max_tries,
            lease_seconds=task.lease_seconds,
        )
        _adding(Job).of(job)
        return _result(job, task)

    def get_result(self, result_id: str) -> TaskResult:
        from django.utils.module_loading import import_string

        from pencere.jobs.models import Job

        try:
            job = Job.objects.get(pk=result_id)
        except Job.DoesNotExist as missing:
            raise TaskResultDoesNotExist(result_id) from missing
        return _result(job, import_string(job.task))


@cache
def _adding(model: type[Model]) -> Insert:
    return Insert(model, *(field.name for field in model._meta.concrete_fields))


_STATUS = {
    "waiting": TaskResultStatus.READY,
    "running": TaskResultStatus.RUNNING,
    "done": TaskResultStatus.SUCCESSFUL,
    "failed": TaskResultStatus.FAILED,
    "dropped": TaskResultStatus.FAILED,
}


def _result(job: Any, task: Task) -> TaskResult:
    return TaskResult(
        task=task,
        id=str(job.pk),
        status=_STATUS[job.state],
        enqueued_at=job.enqueued_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        last_attempted_at=job.started_at,
        args=job.arguments["args"],
        kwargs=job.arguments["kwargs"],
        backend="default",
        errors=[TaskError(exception_class_path="builtins.Exception", traceback=job.last_error)]
        if job.last_error
        else [],
        worker_ids=[job.worker] if job.worker else [],
    )
