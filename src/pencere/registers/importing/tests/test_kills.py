"""A load is killed at random moments: nothing is lost, nothing twice, nothing half-visible; then it goes on."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from django.db import connection

from pencere.registers import queries
from pencere.registers.importing import loads, staging, swapping
from pencere.registers.importing.tests import make
from pencere.registers.models import Load, Row, StagedRow
from pencere.registers.tests.killing import killed_after

LINES, KILLS = 5000, 25


@pytest.fixture(autouse=True)
def _boats(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(staging, "BATCH", 200)
    with make.using_boats():
        yield


def the_file(folder: Path) -> Path:
    """Of 5,000 lines 150 are wrong, 20 of them for a key that another line has."""
    lines = []
    for number in range(1, LINES + 1):
        changes = {}
        if number % 250 == 0:
            changes = {"boat_no": f"B-{number - 1:05}"}
        elif number % 38 == 0:
            changes = {"kind": "submarine"}
        lines.append(make.line(number, **changes))
    return make.file(folder, lines)


def go_on(path: Path) -> None:
    if Load.objects.exists():
        loads.resume("boats", path, told=lambda done, load: None)
    else:
        make.start(path)


def seen() -> list[tuple[str, int, int, int]]:
    """Of each load its state, its rows, how many are staged, how many are readable; all of one moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, rows, (SELECT COUNT(*) FROM registers_stagedrow WHERE load_id = registers_load.id), "
            "(SELECT COUNT(*) FROM registers_row WHERE register = 'boats' AND retired_at IS NULL) FROM registers_load"
        )
        return cursor.fetchall()


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_a_load_that_is_killed_again_and_again_ends_as_if_it_never_was(tmp_path: Path):
    chance = random.Random(20261126)
    path = the_file(tmp_path)
    began = time.monotonic()
    whole = make.start(path).load
    took = time.monotonic() - began
    expected_rows = sorted(StagedRow.objects.values_list("key", "values"))
    expected_errors = Path(whole.errors).read_bytes()
    swapping.drop(whole, closed_by="test", now=whole.started_at)
    Load.objects.all().delete()

    kills = 0
    for _attempt in range(KILLS):
        kills += killed_after(chance.uniform(0.02, 0.2) * took, lambda: go_on(path))
        found = seen()
        assert all(staged == rows and readable == 0 for _state, rows, staged, readable in found)
        if any(state == "ready" for state, *_ in found):
            break
    if not Load.objects.filter(state="ready").exists():
        go_on(path)

    load = Load.objects.get()
    assert kills >= 3 and (load.rows, load.bad) == (whole.rows, whole.bad)
    assert sorted(StagedRow.objects.values_list("key", "values")) == expected_rows
    assert Path(load.errors).read_bytes() == expected_errors

    for _attempt in range(8):
        killed_after(chance.uniform(0.005, 0.4), lambda: loads.confirm(Load.objects.get(state="ready")))
        ((state, rows, _staged, readable),) = seen()
        assert readable == (rows if state == "confirmed" else 0)
        if state == "confirmed":
            break
    if Load.objects.filter(state="ready").exists():
        loads.confirm(Load.objects.get())
    assert sorted(Row.objects.values_list("key", "values")) == expected_rows


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_a_drop_that_is_killed_is_ended_by_the_next_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(swapping, "_AT_ONCE", 100)
    path = the_file(tmp_path)
    load = make.start(path).load

    for _attempt in range(5):
        killed_after(0.03, lambda: swapping.drop(load, closed_by="test", now=load.started_at))
        time.sleep(0.01)
        if Load.objects.get().state == "dropped":
            break
    if Load.objects.get().state == "ready":
        swapping.drop(load, closed_by="test", now=load.started_at)

    assert queries.count("boats") == 0
    again = make.start(path).load
    assert StagedRow.objects.count() == again.rows
