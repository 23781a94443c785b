"""How much work the database has with a load grows as the load does; counted in its own steps, not in time."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from pencere.registers.importing import loads
from pencere.registers.importing.tests import make


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
