"""Where rows wait that other processes make for SQLite: each process writes a file, and the database takes all of them.

A file is a small SQLite database without any safety: it holds nothing that could not be made again, and is thrown away
with the filling. Of each field of the index it has a table, so that the database sorts one field at a time and its own
index, which is in that order, only grows at its end.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

from pencere.registers.loading import KEY_COLUMNS, ROW_COLUMNS
from pencere.registers.models import Row, RowKey

MOST = 8
"""So many files SQLite can read at once, and some to spare."""
_AT_ONCE = 25

Waiting = tuple[str, str, int, int]
"""Rows of one register: the file, the register, the first and the last id."""
Found = Mapping[str, Sequence[tuple[str, int]]]
"""Field of the index -> value and row."""


class PartFile:
    """Written by one process; whole after each `add`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._link = sqlite3.connect(path, isolation_level=None, cached_statements=2000)
        self._link.executescript(
            "PRAGMA page_size = 16384; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -32000;"
            'CREATE TABLE row (id INTEGER PRIMARY KEY, key TEXT, "values" TEXT, valid_from TEXT, valid_until TEXT);'
            "CREATE TABLE field (id INTEGER PRIMARY KEY, name TEXT);"
        )
        self._tables: dict[str, str] = {}

    def add(self, rows: Iterable[tuple[int, str, str, str, str | None]], found: Found) -> None:
        self._link.execute("BEGIN")
        self._insert("row", 5, list(chain.from_iterable(rows)))
        for field, pairs in found.items():
            self._insert(self._tables.get(field) or self._begin(field), 2, list(chain.from_iterable(pairs)))
        self._link.execute("COMMIT")

    def _insert(self, table: str, width: int, values: list[object]) -> None:
        """`values`: row after row. Several rows to a statement take half the time."""
        step = width * _AT_ONCE
        whole = len(values) - len(values) % step
        for first, last, size in ((0, whole, step), (whole, len(values), width)):
            marks = ", ".join([f"({', '.join('?' * width)})"] * (size // width))
            some = [values[at : at + size] for at in range(first, last, size)]
            self._link.executemany(f"INSERT INTO {table} VALUES {marks}", some)  # noqa: S608

    def _begin(self, field: str) -> str:
        number = len(self._tables)
        self._link.execute("INSERT INTO field VALUES (?, ?)", (number, field))
        self._tables[field] = table = f"found_{number}"
        self._link.execute(f"CREATE TABLE {table} (value TEXT, row_id INTEGER)")
        return table


def take_over(connection: BaseDatabaseWrapper, waiting: Sequence[Waiting], recorded_by: str, moment: str) -> None:
    """All rows, in their order, and what they are found by, in the order of the index. In the caller's transaction."""
    names = {file: f"part_{number}" for number, file in enumerate(dict.fromkeys(file for file, *_ in waiting))}
    columns = ", ".join(f'"{column}"' for column in ROW_COLUMNS)
    with connection.cursor() as cursor:
        for file, name in names.items():
            cursor.execute(f"ATTACH %s AS {name}", [file])
            cursor.execute(f"PRAGMA {name}.mmap_size = 0")  # each page is read once
        for file, register, first, last in sorted(waiting, key=lambda each: each[2]):
            cursor.execute(
                f"INSERT INTO {Row._meta.db_table} ({columns}) "  # noqa: S608
                "SELECT id, %s, key, \"values\", valid_from, valid_until, %s, %s, NULL, 'add', NULL, '', '' "
                f"FROM {names[file]}.row WHERE id BETWEEN %s AND %s",
                [register, moment, recorded_by, first, last],
            )
        tables: dict[str, list[str]] = {}
        for name in names.values():
            cursor.execute(f"SELECT name, id FROM {name}.field")  # noqa: S608
            for field, number in cursor.fetchall():
                tables.setdefault(field, []).append(f"{name}.found_{number}")
        for field in sorted(tables, key=str.encode):  # as the index compares
            every = " UNION ALL ".join(f"SELECT value, row_id FROM {table}" for table in tables[field])  # noqa: S608
            cursor.execute(
                f"INSERT INTO {RowKey._meta.db_table} ({', '.join(KEY_COLUMNS)}) "  # noqa: S608
                f"SELECT row_id, %s, value FROM ({every}) ORDER BY value, row_id",
                [field],
            )


def let_go(connection: BaseDatabaseWrapper) -> None:
    """The files are read no more. After the transaction."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA database_list")
        for _number, name, _file in cursor.fetchall():
            if name.startswith("part_"):
                cursor.execute(f"DETACH {name}")
