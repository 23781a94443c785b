"""Tables without their indexes, keys and triggers for as long as they are filled; in the caller's transaction.

What is taken off is read from the database itself and put back word for word, so nothing need be listed here. Both
engines do that within a transaction: whoever is killed meanwhile leaves the tables as they were.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import OperationalError

MEMORY = "256MB"
"""For sorting an index on PostgreSQL."""


@contextmanager
def bare_tables(connection: BaseDatabaseWrapper, tables: Sequence[str]) -> Iterator[None]:
    """Nobody else reads or writes the tables until the end of the transaction."""
    if connection.vendor == "postgresql":
        back = _bare_on_postgresql(connection, tables)
    else:
        back = _bare_on_sqlite(connection, tables)
    yield
    with connection.cursor() as cursor:
        for statement in back:
            cursor.execute(statement)


def _bare_on_postgresql(connection: BaseDatabaseWrapper, tables: Sequence[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
        cursor.execute(f"SET LOCAL maintenance_work_mem = '{MEMORY}'")
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint one "
            "WHERE conrelid = ANY(%s::text[]::regclass[]) AND (contype = 'f' OR contype = 'p' AND NOT EXISTS ("
            "SELECT 1 FROM pg_constraint WHERE confrelid = one.conrelid)) ORDER BY conname",
            [list(tables)],
        )
        keys = cursor.fetchall()
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i "
            "WHERE indrelid = ANY(%s::text[]::regclass[]) "
            "AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid) ORDER BY 1",
            [list(tables)],
        )
        indexes = cursor.fetchall()
        for table, name, _definition in keys:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    back = [definition for _name, definition in indexes]
    back += [f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}' for table, name, definition in keys]
    return back + [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables]


def _bare_on_sqlite(connection: BaseDatabaseWrapper, tables: Sequence[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT type, name, sql, tbl_name FROM sqlite_master "
            "WHERE type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY type, name"
        )
        found = [(kind, name, sql) for kind, name, sql, table in cursor.fetchall() if table in tables]
        for kind, name, _sql in found:
            cursor.execute(f'DROP {"INDEX" if kind == "index" else "TRIGGER"} "{name}"')
    return [sql for _kind, _name, sql in found]


@contextmanager
def without_log(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """A large transaction on SQLite writes what it adds once and not into the log (WAL) first. Outside a transaction.

    Instead of the log there is a journal of the pages that are changed; new pages need none. Who is killed leaves it,
    and whoever opens the database next puts back what was there. Nobody can read meanwhile: so if anybody else has the
    database open now, the log stays.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    _set_journal(connection, "DELETE")
    try:
        yield
    finally:
        _set_journal(connection, "WAL")


def _set_journal(connection: BaseDatabaseWrapper, mode: str) -> None:
    with connection.cursor() as cursor, suppress(OperationalError):  # locked: somebody else has it open
        cursor.execute(f"PRAGMA main.journal_mode = {mode}")
