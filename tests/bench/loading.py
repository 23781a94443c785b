"""A file of 12 columns into a register: checked, staged, confirmed, against the plain fastest load of the same file.

The plain load puts the same CSV as text into one table of 12 columns, in one transaction, over the same connection:
COPY on PostgreSQL, `executemany` over `csv.reader` on SQLite. It checks nothing and finds nothing. Each engine is
measured in a process of its own (`python -m tests.bench.loading URL ROWS ROUNDS`), sides taking turns; processor time
is that of the process and, on PostgreSQL, of its server too.
"""

from __future__ import annotations

import csv
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.bench.measuring import Row, cpu_of, each_engine, said_by, tree_of

ROWS, ROUNDS, GOAL = 100_000, 3, 4
COLUMNS = ("well_no", "name", "kind", "drilled", "depth", "cost", "territory", "licensed", "owner_phone", "address",
           "active", "remarks")  # fmt: skip


def run(rows: int = ROWS, rounds: int = ROUNDS) -> list[Row]:
    return each_engine(lambda name, url: _engine(name, url, rows, rounds))


def _engine(name: str, url: str, rows: int, rounds: int) -> list[Row]:
    seen = said_by("tests.bench.loading", url, rows, rounds)
    lines = []
    for measure in ("wall", "processor"):
        ours, raw = seen["ours"][measure], seen["raw"][measure]
        ratio = ours / raw
        lines.append(
            Row(
                f"{rows:,} lines of 12 columns, {seen['bad']:,} bad, on {name}: checked, staged, confirmed; {measure}"
                + (f" ({rows / ours:,.0f} lines/s)" if measure == "wall" else ""),
                f"{ours:.2f} s", f"{raw:.2f} s", f"{ratio:.1f} × as long", f"≤ {GOAL} ×",
                "yes" if ratio <= GOAL else "no",
            )
        )  # fmt: skip
    return lines


# --- the file and its register


def write_file(path: Path, rows: int) -> int:
    """A file of wells, about 1 % of its lines wrong; gives how many are."""
    chance = random.Random(20261126)
    first, bad = date(1950, 1, 1), 0
    with path.open("w", encoding="utf-8", newline="") as out:
        written = csv.writer(out)
        written.writerow(COLUMNS)
        for number in range(1, rows + 1):
            line = [
                f"W-{number * 7919 % 10_000_019:08}", f"Şəfəq quyusu {number}",
                chance.choice(("artesian", "dug", "tube")),
                (first + timedelta(chance.randrange(27_000))).isoformat(), f"{chance.randrange(5, 400)}.{number % 10}",
                f"{chance.randrange(500, 90_000)}.50", chance.choice(("nesimi", "sebail", "yasamal")),
                (first + timedelta(chance.randrange(27_000))).strftime("%d.%m.%Y"),
                f"+99450{chance.randrange(10**7):07}", f"Nizami küçəsi, ev {chance.randrange(1, 9000)}",
                chance.choice(("bəli", "xeyr")), "" if number % 3 else "Suyu içməyə yararlı deyil",
            ]  # fmt: skip
            if number % 100 == 50:
                place = chance.choice((0, 2, 3, 4, 5))
                line[place] = "?"
                bad += 1
            elif number % 1000 == 1 and number > 1:
                line[0] = f"W-{(number - 1) * 7919 % 10_000_019:08}"  # the key of the line before
                bad += 1
            written.writerow(line)
    return bad


@contextmanager
def using_wells() -> Iterator[None]:
    from pencere.registers.importing.tests.make import country_of
    from pencere.registers.tests.make import field, using

    fields = (
        field("well_no", "text", pattern=r"W-\d{8}"),
        field("name", "text", search="words"),
        field("kind", "choice", of=("artesian", "dug", "tube")),
        field("drilled", "date"),
        field("depth", "decimal", min="1", max="1000"),
        field("cost", "money"),
        field("territory", "territory"),
        field("licensed", "date", required=False),
        field("owner_phone", "phone", required=False),
        field("address", "address"),
        field("active", "boolean"),
        field("remarks", "long_text", required=False),
    )
    with using(country_of("wells", fields, ("well_no",))):
        yield


# --- both sides, in a process of its own


@dataclass(frozen=True, slots=True)
class Cost:
    wall: float
    processor: float


def measured(work: Callable[[], object]) -> Cost:
    servers = _servers()
    began, processor, served = time.perf_counter(), time.process_time(), cpu_of(servers)
    work()
    return Cost(time.perf_counter() - began, time.process_time() - processor + cpu_of(servers) - served)


def _servers() -> list[int]:
    """The processes of PostgreSQL that serve us, and those that write for it."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return []
    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    parent = int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])
    return tree_of(parent)


def _raw(path: Path) -> None:
    from django.db import connection, transaction

    names = ", ".join(f"c{place} text" for place in range(len(COLUMNS)))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_raw ({names})")
        if connection.vendor == "postgresql":
            with path.open("rb") as file, cursor.copy("COPY bench_raw FROM STDIN (FORMAT csv, HEADER true)") as copy:
                while block := file.read(1 << 18):
                    copy.write(block)
            return
        with path.open(encoding="utf-8", newline="") as file:
            lines = csv.reader(file)
            next(lines)
            marks = ", ".join(["?"] * len(COLUMNS))
            connection.connection.executemany(f"INSERT INTO bench_raw VALUES ({marks})", lines)


def _ours(path: Path) -> None:
    from pencere.registers.importing import loads

    asked = loads.Asked({}, None, None)
    errors = loads.errors_beside(path)
    staged = loads.start("wells", path, asked, errors=errors, recorded_by="bench", told=lambda done, load: None)
    loads.confirm(staged.load)


def _clear() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_raw")
        if connection.vendor == "postgresql":
            cursor.execute("TRUNCATE registers_row, registers_load CASCADE")
        else:
            for table in ("rowkey", "stagedrow", "row", "load"):
                cursor.execute(f"DELETE FROM registers_{table}")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def side(rows: int, rounds: int) -> dict[str, Any]:
    """The medians of both sides; ours must have loaded exactly the good lines."""
    from pencere.registers.models import Load, Row

    seen: dict[str, list[Cost]] = {"ours": [], "raw": []}
    with tempfile.TemporaryDirectory() as folder, using_wells():
        path = Path(folder) / "wells.csv"
        bad = write_file(path, rows)
        sides = {"ours": lambda: _ours(path), "raw": lambda: _raw(path)}
        for number in range(rounds):
            for name in sides if number % 2 else reversed(sides):
                seen[name].append(measured(sides[name]))
                if name == "ours":
                    load = Load.objects.get()
                    counted = Row.objects.filter(register="wells", retired_at__isnull=True).count()
                    assert (load.state, load.rows, load.bad, counted) == ("confirmed", rows - bad, bad, rows - bad), (
                        load.state,
                        load.rows,
                        load.bad,
                        bad,
                    )
                _clear()
    return {
        "bad": bad,
        **{
            name: {
                "wall": statistics.median(cost.wall for cost in costs),
                "processor": statistics.median(cost.processor for cost in costs),
            }
            for name, costs in seen.items()
        },
    }


def main(rows: int, rounds: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.db import connection

    connection.creation.create_test_db(verbosity=0, serialize=False)
    try:
        print(json.dumps(side(rows, rounds)))
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
