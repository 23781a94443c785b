"""Writing whole rows, and fields of one row. The caller holds the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models

_AS_THEY_ARE = frozenset({str, int, bool, bytes, type(None)})
"""Kinds of values that both engines take without a field's help, but for JSON."""


class _Column(NamedTuple):
    name: str
    attname: str  # of the instance
    field: models.Field[Any, Any]
    is_json: bool


class Insert:
    """Adds rows with these fields, in one statement; each row is its values in the order of the fields."""

    def __init__(self, model: type[models.Model], *fields: str) -> None:
        self._model = model
        self._columns = [_column(model, name) for name in fields]
        self._sql: dict[int, str] = {}

    def __call__(self, *rows: Sequence[Any]) -> None:
        if not rows:
            return
        link = connections[DEFAULT_DB_ALIAS]
        values = [
            _stored(column, value, link) for row in rows for column, value in zip(self._columns, row, strict=True)
        ]
        with link.cursor() as cursor:
            cursor.execute(self._sql.get(len(rows)) or self._written(len(rows), link), values)

    def of(self, *instances: models.Model) -> None:
        """The same with rows as unsaved instances; their keys are the database's matter."""
        self(*([getattr(each, column.attname) for column in self._columns] for each in instances))

    def _written(self, rows: int, link: Any) -> str:
        name = link.ops.quote_name
        columns = ", ".join(name(column.name) for column in self._columns)
        row = f"({', '.join(['%s'] * len(self._columns))})"
        table = name(self._model._meta.db_table)
        self._sql[rows] = f"INSERT INTO {table} ({columns}) VALUES {', '.join([row] * rows)}"  # noqa: S608 - our own
        return self._sql[rows]


class InsertNext:
    """Adds one row, numbered one higher than the highest of the rows under a condition, which the caller holds."""

    def __init__(self, model: type[models.Model], number: str, condition: str, *fields: str) -> None:
        self._model, self._condition = model, condition
        self._number = _column(model, number)
        self._columns = [_column(model, name) for name in fields]
        self._sql = ""

    def __call__(self, row: Sequence[Any], *where: Any) -> None:
        link = connections[DEFAULT_DB_ALIAS]
        if not self._sql:
            name = link.ops.quote_name
            table, number = name(self._model._meta.db_table), name(self._number.name)
            columns = ", ".join(name(column.name) for column in self._columns)
            self._sql = (
                f"INSERT INTO {table} ({columns}, {number}) SELECT {', '.join(['%s'] * len(self._columns))}, "  # noqa: S608 - our own
                f"COALESCE(MAX({number}), 0) + 1 FROM {table} WHERE {self._condition}"
            )
        values = [_stored(each, value, link) for each, value in zip(self._columns, row, strict=True)]
        with link.cursor() as cursor:
            cursor.execute(self._sql, [*values, *where])


class Update:
    """Writes these fields of one row, found by its primary key."""

    def __init__(self, model: type[models.Model], *fields: str) -> None:
        self._model = model
        self._columns = [_column(model, name) for name in fields]
        self._key = _column(model, model._meta.pk.name)  # type: ignore[union-attr]
        self._sql = ""

    def __call__(self, row: models.Model) -> None:
        """Raises DatabaseError if the row is not there any more."""
        link = connections[DEFAULT_DB_ALIAS]
        if not self._sql:
            name = link.ops.quote_name
            columns = ", ".join(f"{name(column.name)} = %s" for column in self._columns)
            table = name(self._model._meta.db_table)
            self._sql = f"UPDATE {table} SET {columns} WHERE {name(self._key.name)} = %s"  # noqa: S608 - our own
        values = [_stored(each, getattr(row, each.attname), link) for each in (*self._columns, self._key)]
        with link.cursor() as cursor:
            cursor.execute(self._sql, values)
            if cursor.rowcount != 1:
                raise DatabaseError(f"no such row of {self._model.__name__}")


def _column(model: type[models.Model], name: str) -> _Column:
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field) and field.column is not None
    return _Column(field.column, field.attname, field, isinstance(field, models.JSONField))


def _stored(column: _Column, value: Any, link: Any) -> Any:
    """The value as the engine takes it; what is asked a thousand times a second without the field's help."""
    kind = type(value)
    if kind in _AS_THEY_ARE and not column.is_json:
        return value
    if kind is UUID:
        return value if link.features.has_native_uuid_field else value.hex
    if kind is datetime and link.vendor == "sqlite" and value.tzinfo is UTC:
        return str(value.replace(tzinfo=None))
    return column.field.get_db_prep_save(value, link)
