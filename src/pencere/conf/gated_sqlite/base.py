"""Django's SQLite backend with the gate. The name `base` is Django's for the module of a backend."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base as sqlite

_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "DROP", "ALTER", "VACUUM", "REINDEX")


class Gate:
    """An exclusive lock on a file beside the database; one for each connection, shared by all processes.

    The kernel frees it when its holder dies, so a killed process never leaves the gate shut.
    """

    def __init__(self, database: str) -> None:
        self._path = None if ":memory:" in database or "mode=memory" in database else f"{database}.gate"
        self._file: int | None = None
        self._held = False

    @property
    def is_held(self) -> bool:
        return self._held

    def take(self) -> None:
        if self._path is None or self._held:
            return
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self._held = True

    def leave(self) -> None:
        if self._held and self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._held = False

    def close(self) -> None:
        self.leave()
        if self._file is not None:
            os.close(self._file)
            self._file = None

    @contextmanager
    def passed(self) -> Iterator[None]:
        """For a single statement outside a transaction."""
        if self._held:
            yield
            return
        self.take()
        try:
            yield
        finally:
            self.leave()


@lru_cache(maxsize=1000)
def _with_marks(query: str) -> str:
    """The statement with SQLite's marks for its values."""
    return sqlite.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


def _gated_cursor(gate: Gate) -> type[sqlite.SQLiteCursorWrapper]:
    class GatedCursor(sqlite.SQLiteCursorWrapper):
        def execute(self, query: str, params: Any = None) -> Any:
            if gate.is_held:
                return super().execute(query, params)
            if query.lstrip()[:8].upper().startswith(_WRITES):  # ascii
                with gate.passed():
                    return super().execute(query, params)
            return super().execute(query, params)

        def convert_query(self, query: str, *, param_names: Any = None) -> str:
            return super().convert_query(query, param_names=param_names) if param_names else _with_marks(query)

        def executemany(self, query: str, param_list: Any) -> Any:
            with gate.passed():
                return super().executemany(query, param_list)

    return GatedCursor


class DatabaseWrapper(sqlite.DatabaseWrapper):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.gate = Gate(str(self.settings_dict["NAME"]))
        self._cursor_class = _gated_cursor(self.gate)

    def create_cursor(self, name: str | None = None) -> Any:
        return self.connection.cursor(factory=self._cursor_class)

    def _start_transaction_under_autocommit(self) -> None:
        self.gate.take()
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self.gate.leave()
            raise

    def _commit(self) -> None:
        super()._commit()  # if it fails, the rollback that follows leaves the gate
        self.gate.leave()

    def _rollback(self) -> None:
        try:
            super()._rollback()
        finally:
            self.gate.leave()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            self.gate.close()
