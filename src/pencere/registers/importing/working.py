"""What the worker does with loads from a browser: it checks, confirms, undoes; beside its other jobs, one at a time.

Killed, a check goes on where its last batch was committed. Why something could not be is written with the load.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import msgspec
from django.utils.translation import override

from pencere.base import clock
from pencere.base.errors import BadInput
from pencere.jobs import actions as jobs
from pencere.jobs.actions import LONG, task
from pencere.registers.importing import loads, swapping
from pencere.registers.models import Load

_TRIES, _LEASE = 50, 120


class Wanted(msgspec.Struct, frozen=True):
    """How a file that has arrived is to be read; its load keeps it until the check begins."""

    encoding: str
    separator: str
    said: dict[str, str] = {}
    since: date | None = None


@task(kind=LONG, max_tries=_TRIES, lease_seconds=_LEASE)
def check(load_id: int) -> Callable[[], None] | None:
    """Reads, checks and stages; of a dry run only the numbers and the error file stay."""
    load = Load.objects.filter(pk=load_id, state__in=("arrived", "staging"), wish__in=("check", "dry")).first()
    if load is None:
        return None
    Load.objects.filter(pk=load.pk).update(run_at=clock.now(), run_from=load.rows + load.bad)
    with override(load.language):
        try:
            _read(load)
        except BadInput as problem:
            if problem.reason == "another_is_at_it" and _is_closed(load):
                return None
            return partial(_say, load, problem)
    return partial(_done, load)


@task(kind=LONG, max_tries=_TRIES, lease_seconds=_LEASE)
def confirm(load_id: int, closed_by: str) -> Callable[[], None] | None:
    load = Load.objects.filter(pk=load_id, state="ready").first()
    if load is None:
        return None
    with override(load.language):
        try:
            loads.confirm(load, closed_by=closed_by)
        except BadInput as problem:
            return partial(_say, load, problem)
    return partial(_done, load)


@task(kind=LONG, max_tries=_TRIES, lease_seconds=_LEASE)
def undo(load_id: int, closed_by: str) -> Callable[[], None] | None:
    load = Load.objects.filter(pk=load_id, state="confirmed").first()
    if load is None:
        return None
    swapping.undo(load, recorded_by=closed_by, now=clock.now())
    return partial(_done, load)


@task(kind=LONG, max_tries=_TRIES, lease_seconds=_LEASE)
def tidy() -> None:
    """After a load was given up."""
    swapping.sweep()


def _read(load: Load) -> None:
    path = Path(load.path)
    if load.state == "staging":
        loads.resume(load.register, path, told=_told, load=load, dry=load.wish == "dry")
    else:
        wanted = msgspec.json.decode(load.layout, type=Wanted)
        encoding = wanted.encoding if wanted.separator else None
        loads.start(
            load.register, path, loads.Asked(wanted.said, wanted.since, encoding), errors=loads.errors_beside(path),
            recorded_by=load.recorded_by, told=_told, arrived=load, dry=load.wish == "dry",
        )  # fmt: skip
    if load.wish == "dry":
        load.refresh_from_db()
        swapping.drop(load, closed_by=load.recorded_by, now=clock.now())


def _told(share: float, load: Load) -> None:
    jobs.prolong()
    Load.objects.filter(pk=load.pk).update(share=min(share, 1.0))


def _is_closed(load: Load) -> bool:
    return Load.objects.filter(pk=load.pk, state__in=("dropped", "undone", "confirmed")).exists()


def _say(load: Load, problem: BadInput) -> None:
    said = msgspec.json.encode([problem.reason, dict(problem.details)]).decode()
    Load.objects.filter(pk=load.pk).update(problem=said, wish="")


def _done(load: Load) -> None:
    Load.objects.filter(pk=load.pk).exclude(wish="dry").update(wish="", problem="")
