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
from pencere.registers.importing import advancing, loads, swapping
from pencere.registers.importing.staging import OPEN
from pencere.registers.models import Load

_TRIES, _LEASE = 50, 120
_IN_ONE = 3600  # seconds: what happens in one transaction can say in between to nobody that it goes on


class Wanted(msgspec.Struct, frozen=True):
    """How a file that has arrived is to be read; its load keeps it until the check begins."""

    encoding: str
    separator: str
    said: dict[str, str] = {}
    since: date | None = None
    head: int = 0
    sheet: str = ""


@task(kind=LONG, max_tries=_TRIES, lease_seconds=_LEASE)
def check(load_id: int) -> Callable[[], None] | None:
    """Reads, checks and stages; of a dry run only the numbers and the error file stay.

    Killed when all was done but to say so, it says so.
    """
    load = Load.objects.filter(pk=load_id, state__in=("arrived", *OPEN), wish__in=("check", "dry")).first()
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


@task(kind=LONG, max_tries=_TRIES, lease_seconds=_IN_ONE)
def confirm(load_id: int, closed_by: str) -> Callable[[], None] | None:
    load = Load.objects.filter(pk=load_id, wish="confirm").first()
    if load is None:
        return None
    if load.state != "ready":  # killed when all was done but to say so, or somebody else was faster
        return partial(_done, load)
    with override(load.language), advancing.written(load) as told:
        try:
            loads.confirm(load, closed_by=closed_by, told=told)
        except BadInput as problem:
            if problem.reason == "wrong_state":
                return partial(_done, load)
            return partial(_say, load, problem)
    return partial(_done, load)


@task(kind=LONG, max_tries=_TRIES, lease_seconds=_IN_ONE)
def undo(load_id: int, closed_by: str) -> Callable[[], None] | None:
    load = Load.objects.filter(pk=load_id, wish="undo").first()
    if load is None:
        return None
    if load.state == "confirmed":
        with advancing.written(load) as told:
            swapping.undo(load, recorded_by=closed_by, now=clock.now(), told=told)
    return partial(_done, load)


@task(kind=LONG, max_tries=_TRIES, lease_seconds=_LEASE)
def tidy() -> None:
    """After a load was given up."""
    swapping.sweep()


def _read(load: Load) -> None:
    path = Path(load.path)
    if load.state != "arrived":
        loads.resume(load.register, path, told=_told, load=load, dry=load.wish == "dry")
    else:
        wanted = msgspec.json.decode(load.layout, type=Wanted)
        encoding = wanted.encoding if wanted.separator else None
        asked = loads.Asked(wanted.said, wanted.since, encoding, head=wanted.head, sheet=wanted.sheet)
        loads.start(
            load.register, path, asked, errors=loads.errors_beside(path),
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
