"""How much work the database has with a load grows as the load does; counted in its own steps, not in time."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pencere.registers import loading
from pencere.registers.importing import duplicates, loads
from pencere.registers.importing.checking import Checker
from pencere.registers.importing.columns import Columns
from pencere.registers.importing.sentences import yes_and_no
from pencere.registers.importing.tests import make
from pencere.registers.using import shape_of


@pytest.mark.django_db(transaction=True)
def test_to_confirm_four_times_the_rows_is_about_four_times_the_work(tmp_path: Path):
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite counts its steps")

    def steps_of(first: int, rows: int) -> int:
        path = make.file(tmp_path, [make.line(number) for number in range(first, first + rows)], name=f"{first}.csv")
        load = make.start(path).load
        steps = 0

        def step() -> int:
            nonlocal steps
            steps += 1
            return 0

        connection.connection.set_progress_handler(step, 1000)
        try:
            loads.confirm(load)
        finally:
            connection.connection.set_progress_handler(None, 0)
        return steps

    with make.using_boats():
        few, many = steps_of(1, 500), steps_of(501, 2000)

    assert few > 0
    assert many < 6 * few


@pytest.mark.django_db(transaction=True)
def test_the_database_knows_how_much_is_staged_before_it_is_asked_for_duplicates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL plans by what it counted before")
    seen: list[float] = []
    take_out = duplicates.take_out

    def looking(*asked: Any, **more: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'registers_stagedrow'::regclass")
            seen.append(cursor.fetchone()[0])
        take_out(*asked, **more)

    monkeypatch.setattr(duplicates, "take_out", looking)
    with make.using_boats():
        make.start(make.file(tmp_path, [make.line(number) for number in range(1, 301)]))

    assert seen == [300]


def test_what_is_new_in_every_line_is_not_remembered():
    with make.using_boats():
        shape = shape_of("boats")
        columns = Columns(shape, Checker(shape, make.HEAD, make.HEAD, date(2020, 1, 1), yes_and_no(shape.country)))
        for first in range(1, 2001, 500):
            columns.check([(number, make.line(number).split(",")) for number in range(first, first + 500)])
        remembered = {column.name: len(column) for _place, column in columns._columns}

    assert remembered["boat_no"] == 0
    assert 0 < remembered["kind"] < 10


@pytest.mark.django_db(transaction=True)
def test_a_small_load_does_not_have_the_whole_register_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL plans by what it counted before")

    def measured(first: int, rows: int) -> list[str]:
        path = make.file(tmp_path, [make.line(number) for number in range(first, first + rows)], name=f"{first}.csv")
        with CaptureQueriesContext(connection) as asked:
            make.confirmed(path)
        return [each["sql"].split()[1] for each in asked.captured_queries if each["sql"].startswith("ANALYZE")]

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE registers_row, registers_rowkey")
    monkeypatch.setattr(loading, "MANY", 50)

    with make.using_boats():
        assert measured(1, 10) == ["registers_stagedrow"]
        assert measured(11, 60) == ["registers_stagedrow", "registers_row", "registers_rowkey"]
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_force_next_flush()")
        assert measured(71, 10) == ["registers_stagedrow", "registers_row", "registers_rowkey"], "60 were written since"
        assert measured(81, 10) == ["registers_stagedrow"]
