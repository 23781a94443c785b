"""The port "bulk load": many new rows at once. SQLite by prepared statements, PostgreSQL by COPY; same rows after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from pencere.registers import guards
from pencere.registers.models import Row, RowKey

MANY = 1_000
"""Rows that make a plan of before a wrong one; a load of so many pays for being planned well."""
_ROOM_KIB = 96 << 10
_CHANGED = """
SELECT n_mod_since_analyze > %s OR COALESCE(last_analyze, last_autoanalyze) IS NULL
FROM pg_stat_user_tables WHERE relid = %s::regclass
"""
ROW_COLUMNS = ("id", "register", "key", "values", "valid_from", "valid_until", "recorded_at", "recorded_by",
               "retired_at", "how", "follows_id", "reason", "document")  # fmt: skip
KEY_COLUMNS = ("row_id", "field", "value")


@dataclass(frozen=True, slots=True)
class NewRow:
    """A checked row as it will stand in the tables. `found`: ("register.field", value) pairs."""

    key: str
    values: str
    valid_from: date
    valid_until: date | None
    found: tuple[tuple[str, str], ...]


def load(register: str, rows: Sequence[NewRow], *, recorded_by: str, recorded_at: datetime) -> tuple[int, int]:
    """Adds the rows in the caller's transaction; gives the first and last id, which have no other between."""
    ids = take_ids(len(rows))
    moment = connection.ops.adapt_datetimefield_value(recorded_at)
    day = connection.ops.adapt_datefield_value
    insert(
        Row._meta.db_table,
        ROW_COLUMNS,
        [
            (id_, register, row.key, row.values, day(row.valid_from), day(row.valid_until), moment, recorded_by,
             None, "add", None, "", "")
            for id_, row in zip(ids, rows, strict=True)
        ],
    )  # fmt: skip
    insert(
        RowKey._meta.db_table,
        KEY_COLUMNS,
        [(id_, field, value) for id_, row in zip(ids, rows, strict=True) for field, value in row.found],
    )
    return ids[0], ids[-1]


def take_ids(count: int) -> range:
    """Ids for `count` rows, one after the other; in the caller's transaction."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            guards.lock_loads(connection)  # or two would take numbers in between each other
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('registers_row', 'id'), "
                "nextval(pg_get_serial_sequence('registers_row', 'id')) + %s - 1)",
                [count],
            )
            last = int(cursor.fetchone()[0])
            return range(last - count + 1, last + 1)
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = 'registers_row'")
        found = cursor.fetchone()
    first = (found[0] if found else 0) + 1
    return range(first, first + count)


@contextmanager
def roomy() -> Iterator[None]:
    """In the caller's transaction the database may sort and index in more memory than it takes by default; bounded."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL work_mem = '64MB'")
            yield
            return
        cursor.execute("PRAGMA cache_size")
        before = int(cursor.fetchone()[0])
        cursor.execute(f"PRAGMA cache_size = {-_ROOM_KIB}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA cache_size = {before}")


def insert(table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # type: ignore[arg-type]  # noqa: S608


def measure(table: str, *, anyway: bool) -> None:
    """PostgreSQL plans by what it knows of a table; through one that was filled since it would walk for each line.

    To measure takes up to a second, which a load of ten lines into 300,000 rows spent nine tenths of its time on. So a
    table is measured `anyway`, or if it never was, or if more than MANY of its rows were written since.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        if not anyway:
            cursor.execute(_CHANGED, [MANY, table])
            if cursor.fetchone() == (False,):
                return
        cursor.execute(f"ANALYZE {table}")
