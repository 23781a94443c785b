"""Triggers that refuse what nobody may do to the ledger, on both engines: the same promise, written twice.

Allowed besides INSERT: a leaf gets its index once; a leaf loses body and salt (erasure), its look whom it is about.
Whoever owns the database can drop a trigger; that is what `verify` is for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("ledger_leaf", "ledger_look", "ledger_checkpoint")
_KEPT_OF_LEAF = ("id", "kind", "leaf_hash", "recorded_at")
_KEPT_OF_LOOK = (
    "leaf_id", "at", "kind", "ground", "act", "agency", "service", "case", "register", "source", "fields", "who",
)  # fmt: skip


def _allowed(table: str, same: str) -> str:
    """The condition under which an UPDATE may pass. `same`: the engine's null-safe equality."""

    def kept(*columns: str) -> str:
        return " AND ".join(f'NEW."{column}" {same} OLD."{column}"' for column in columns)

    if table == "ledger_leaf":
        indexed = f'OLD."index" IS NULL AND NEW."index" IS NOT NULL AND {kept("body", "salt")}'
        erased = f"OLD.body IS NOT NULL AND NEW.body IS NULL AND NEW.salt IS NULL AND {kept('index')}"
        return f"{kept(*_KEPT_OF_LEAF)} AND (({indexed}) OR ({erased}))"
    if table == "ledger_look":
        return f"{kept(*_KEPT_OF_LOOK)} AND OLD.subject <> '' AND NEW.subject = '' AND NEW.account = ''"
    return "1 = 0"


def _sqlite() -> list[str]:
    statements = []
    for table in TABLES:
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table}: only added to, never changed'); END"
        statements += [
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN NOT ({_allowed(table, 'IS')}) {refuse}",
        ]
    return statements


def _postgresql() -> list[str]:
    statements = [
        """CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '%: only added to, never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END $$"""
    ]
    for table in TABLES:
        allowed = _allowed(table, "IS NOT DISTINCT FROM")
        refuse = "EXECUTE FUNCTION ledger_refuse()"
        statements += [
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW {refuse}",
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW WHEN (NOT ({allowed})) {refuse}",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}",
        ]
    return statements


def put(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for statement in _postgresql() if connection.vendor == "postgresql" else _sqlite():
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP FUNCTION IF EXISTS ledger_refuse() CASCADE")
            return
        for table in TABLES:
            for what in ("delete", "update"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{what}")


@contextmanager
def stood_aside(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Without the triggers for a while: what an owner of the database could do. For tests."""
    with transaction.atomic():
        remove(connection)
    try:
        yield
    finally:
        with transaction.atomic():
            put(connection)
