"""How the tables are emptied after a test with real transactions: only those that hold rows, in one look at all.

Django empties every table, and then makes anew what belongs to each (content types, permissions), which takes most of
the time and is the same every time: those tables keep their rows here. The ledger's guards refuse emptying of
everybody; they stand aside while its tables are emptied, and at no other time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import flush
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.operations import BaseDatabaseOperations

from pencere.ledger import guards

LEFT = ("auth_permission", "django_content_type", "django_migrations")
MANY = 1000
"""From so many rows on it is quicker to empty a table as a whole."""


@contextmanager
def only_what_holds_rows() -> Iterator[None]:
    usual, after = BaseDatabaseOperations.execute_sql_flush, flush.emit_post_migrate_signal
    tables: dict[str, list[str]] = {}

    def empty(self: Any, sql_list: list[str]) -> None:
        known = tables.setdefault(self.connection.vendor, _tables(self.connection))
        filled = _filled(self.connection, known)
        if not filled:
            return
        quoted = self.connection.ops.quote_name
        if self.connection.vendor == "postgresql" and max(filled.values()) > MANY:
            emptied = known  # all: those that refer to each other are truncated together or not at all
            statements = [f"TRUNCATE {', '.join(map(quoted, emptied))}"]
        else:
            emptied = list(filled)
            statements = [f"DELETE FROM {quoted(name)}" for name in emptied]
        if set(emptied).isdisjoint(guards.TABLES):
            usual(self, statements)
            return
        with guards.stood_aside(self.connection):
            usual(self, statements)

    BaseDatabaseOperations.execute_sql_flush = empty  # type: ignore[method-assign]
    flush.emit_post_migrate_signal = lambda *words, **more: None
    try:
        yield
    finally:
        BaseDatabaseOperations.execute_sql_flush = usual  # type: ignore[method-assign]
        flush.emit_post_migrate_signal = after


def _tables(connection: BaseDatabaseWrapper) -> list[str]:
    return [name for name in connection.introspection.django_table_names(only_existing=True) if name not in LEFT]


def _filled(connection: BaseDatabaseWrapper, tables: list[str]) -> dict[str, int]:
    """How many rows a table holds (no more than one more than many are counted), of those that hold any."""
    some = {name: f"SELECT 1 FROM {connection.ops.quote_name(name)} LIMIT {MANY + 1}" for name in tables}
    counts = " UNION ALL ".join(f"SELECT '{name}', (SELECT count(*) FROM ({rows}) one)" for name, rows in some.items())
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(counts)
        return {name: number for name, number in cursor.fetchall() if number}
