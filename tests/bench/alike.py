"""Lines of a load that look like others (`alike`): what it costs to find them, at one size and at three times that.

A register of so many rows, and a file of as many lines under other keys: 2 % look like a row, 1 % like an earlier line.
Measured is what is done for it and nothing else: putting the lines aside, and asking again at the confirming. A line is
to cost the same at both sizes. Processor time of the process and, on PostgreSQL, of its server; sizes take turns, each
engine in a process of its own (`python -m tests.bench.alike ROWS ROUNDS`).
"""

from __future__ import annotations

import csv
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from tests.bench import loading
from tests.bench.measuring import Row, each_engine, said_by

ROWS, TIMES, ROUNDS, GOAL = 100_000, 3, 2, 1.3


def run(rows: int = ROWS, rounds: int = ROUNDS) -> list[Row]:
    return each_engine(lambda name, url: _engine(name, url, rows, rounds))


def _engine(name: str, url: str, rows: int, rounds: int) -> list[Row]:
    said = said_by("tests.bench.alike", url, rows, rounds)
    small, large = (seen / size * 1e6 for size, seen in sorted(said))
    ratio = large / small
    what = f"a line looked at for others like it, {rows * TIMES:,} lines into {rows * TIMES:,} rows on {name}"
    return [
        Row(f"{what}, against {rows:,} into {rows:,}", f"{large:.1f} µs", f"{small:.1f} µs", f"{ratio:.2f} × as long",
            f"≤ {GOAL} ×", "yes" if ratio <= GOAL else "no")
    ]  # fmt: skip


@contextmanager
def using_boats() -> Iterator[None]:
    from pencere.registers.importing.tests.make import country_of
    from pencere.registers.tests.make import field, using

    fields = (
        field("boat_no", "text", pattern=r"[AB]-\d{8}"),
        field("name", "text", search="words"),
        field("built", "date"),
        field("owner_phone", "phone", required=False),
    )
    with using(country_of("boats", fields, ("boat_no",), alike=("name", "built"))):
        yield


def write_file(path: Path, letter: str, rows: int) -> tuple[int, int]:
    """Names and days differ from line to line but for some; gives how many look like a row of A, and like a line."""
    like_rows = like_lines = 0
    with path.open("w", encoding="utf-8", newline="") as out:
        written = csv.writer(out)
        written.writerow(("boat_no", "name", "built", "owner_phone"))
        for number in range(1, rows + 1):
            name, of = letter, number
            if letter == "B" and number % 100 in (7, 57):
                name, like_rows = "A", like_rows + 1
            elif letter == "B" and number % 100 == 33:
                of, like_lines = number - 1, like_lines + 1
            day = f"{1950 + of % 70}-{1 + of % 12:02}-{1 + of % 28:02}"
            written.writerow((f"{letter}-{number * 7919 % 100_000_007:08}", f"Şəfəq {name} {of}", day, ""))
    return like_rows, like_lines


def _spent(rows: int, folder: Path) -> float:
    """Seconds of processor time for a file into a register of as many rows."""
    from pencere.registers.importing import alike, loads
    from pencere.registers.models import Row as RegisterRow

    spent: list[float] = []

    def timed(work: Any) -> Any:
        def done(*given: Any) -> Any:
            result: list[Any] = []
            spent.append(loading.measured(lambda: result.append(work(*given))).processor)
            return result[0]

        return done

    def load(letter: str) -> tuple[int, int, int]:
        path = folder / f"{letter}.csv"
        like = write_file(path, letter, rows)
        asked, errors = loads.Asked({}, None, None), loads.errors_beside(path)
        staged = loads.start("boats", path, asked, errors=errors, recorded_by="bench", told=lambda done, load: None)
        waiting = alike.undecided(staged.load)
        loads.confirm(staged.load)
        return waiting, *like

    load("A")
    with (
        mock.patch.object(alike, "put_aside", timed(alike.put_aside)),
        mock.patch.object(alike, "any_new", timed(alike.any_new)),
    ):
        waiting, like_rows, like_lines = load("B")
    assert waiting == like_rows + like_lines, (waiting, like_rows, like_lines)
    assert RegisterRow.objects.filter(register="boats").count() == 2 * rows - waiting
    assert len(spent) == 2
    return sum(spent)


def _clear() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("TRUNCATE registers_row, registers_load CASCADE")
            return
        for table in ("possibleduplicate", "rowkey", "stagedrow", "row", "load"):
            cursor.execute(f"DELETE FROM registers_{table}")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def main(rows: int, rounds: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.db import connection

    connection.creation.create_test_db(verbosity=0, serialize=False)
    seen: dict[int, list[float]] = {rows: [], rows * TIMES: []}
    try:
        with tempfile.TemporaryDirectory() as folder, using_boats():
            for number in range(rounds):
                for size in sorted(seen, reverse=bool(number % 2)):
                    seen[size].append(_spent(size, Path(folder)))
                    _clear()
        print(json.dumps([(size, statistics.median(spent)) for size, spent in seen.items()]))
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
