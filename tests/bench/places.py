"""A queue hands out its places under eight writers: how long it takes, and whether any place is offered twice.

50,000 tickets want 10,000 places of 200 groups. Each writer is a process that gives out whatever is free, as the
worker's round does, until nothing is left; on SQLite, then in a process of its own on PostgreSQL. There is no other
side: what counts is that held, offered and free places agree, and that the order is kept.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from tests import tools
from tests.bench.measuring import Row

WRITERS = 8
GROUPS = 200


PLACES = 10_000
_ON_POSTGRESQL = "import django; django.setup(); from tests.bench import places; print(*places.measured(), sep='|')"


def run() -> list[Row]:
    rows = [_row(*measured())]
    if tools.program("initdb"):
        with tools.postgresql() as url:
            asked = [sys.executable, "-c", _ON_POSTGRESQL]
            there = {**os.environ, "PENCERE_TEST_DATABASE": url}
            told = subprocess.run(asked, env=there, cwd=tools.REPOSITORY, check=True, capture_output=True, text=True)
        engine, took, wrong = told.stdout.splitlines()[-1].split("|")
        rows.append(_row(engine, float(took), wrong))
    return rows


def _row(engine: str, took: float, wrong: str) -> Row:
    what = f"{PLACES:,} places to {5 * PLACES:,} tickets, {WRITERS} writers, {engine}"
    met = "yes" if not wrong else f"no: {wrong}"
    return Row(what, f"{PLACES / took:,.0f} a second", "-", "-", "no double offer, in order", met)


def measured() -> tuple[str, float, str]:
    """The engine in use, the seconds it took, and what is wrong ("" if nothing is)."""
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    from pencere.applications.tests import make, office
    from pencere.base import clock

    old = setup_databases(verbosity=0, interactive=False)
    try:
        with tempfile.TemporaryDirectory() as folder, office.in_use(Path(folder)), clock.standing_at(make.NOW):
            _fill(PLACES)
            began = time.perf_counter()
            _at_once()
            took = time.perf_counter() - began
            wrong = _what_is_wrong(PLACES)
            return connection.vendor, took, wrong
    finally:
        teardown_databases(old, verbosity=0)


def _fill(places: int) -> None:
    from django.db import transaction

    from pencere.applications import versions
    from pencere.applications.models import Case, Queue, Task, Ticket
    from pencere.applications.tests import make, office

    version = versions.current("t-seat")
    assert version is not None
    service, now = version.service, make.NOW
    step = next(step.number for step in service.steps if step.kind == "offer")
    groups = [f"g{n}" for n in range(GROUPS)]
    office.rows("t-groups", *({"group_no": name, "hall": "hall", "seats": places // GROUPS} for name in groups))
    same = {
        "service": service.id, "agency": service.agency, "content_hash": service.content_hash,
        "texts_hash": service.texts_hash, "language": "az", "applicant": make.SEVINC, "subject": make.SEVINC,
        "created_at": now, "saved_at": now, "submitted_at": now, "state": "waiting", "waiting_for": "place",
        "waiting_who": "seat", "waiting_since": now, "desk_on": now.date(),
    }  # fmt: skip
    with transaction.atomic():
        queues = [Queue.objects.create(service=service.id, place="seat", key=name) for name in groups]
        refs = (f"{n // 10000:05d}-{n % 10000:05d}" for n in range(5 * places))
        cases = Case.objects.bulk_create([Case(ref=ref, **same) for ref in refs], batch_size=500)
        Task.objects.bulk_create(
            [Task(case=case, step=step, kind="place", who="system", opened_at=now) for case in cases], batch_size=500
        )
        Ticket.objects.bulk_create(
            [
                Ticket(
                    case=case, queue=queues[n % GROUPS], step=step, seat=1, sort=f"{n:020d}", line=f"{n:020d}",
                    taken_at=now + timedelta(microseconds=n),
                )
                for n, case in enumerate(cases)
            ],
            batch_size=500,
        )  # fmt: skip


def _at_once() -> None:
    from django.db import connections

    connections.close_all()
    writers = [multiprocessing.get_context("fork").Process(target=_give_out) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert all(writer.exitcode == 0 for writer in writers)


def _give_out() -> None:
    from pencere.applications import queueing, versions
    from pencere.applications.models import Ticket
    from pencere.applications.tests import make
    from pencere.registers import queries as registers

    version = versions.current("t-seat")
    assert version is not None
    place = version.service.places["seat"]
    while True:
        given = queueing.give_out(version, place, make.NOW)
        at_work = Ticket.objects.filter(state="offering").exists()
        if not given and not at_work and not registers.free_places("t-groups", "place", {}, limit=1, now=make.NOW):
            return


def _what_is_wrong(places: int) -> str:
    from django.db.models import Count, Max

    from pencere.applications.models import Task, Ticket
    from pencere.registers.models import Hold

    offered = Ticket.objects.filter(state="offered")
    if not offered.count() == Hold.objects.filter(state="held").count() == places:
        return f"{offered.count()} offered, {Hold.objects.filter(state='held').count()} held"
    if Task.objects.filter(kind="offer").count() != places:
        return "offers and tasks differ"
    most = offered.values("queue").annotate(number=Count("pk"), last=Max("sort"))
    if any(each["number"] != places // GROUPS for each in most):
        return "a group gave out more or less than it has"
    passed = sum(Ticket.objects.filter(queue=e["queue"], state="waiting", sort__lt=e["last"]).count() for e in most)
    return f"{passed} were passed over" if passed else ""
