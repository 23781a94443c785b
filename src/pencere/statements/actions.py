"""Writing whole rows, and fields of one row. The caller holds the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
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


class InsertAlike:
    """Adds rows of which some fields are the same in all: one statement, to which these are handed over once.

    Its own in each row are text, bytes and UUIDs. The rows travel as one text, because a thousand values that are
    handed over each for itself cost more than writing them; on SQLite, where nothing travels, the statement is run for
    each row.
    """

    def __init__(self, model: type[models.Model], same: Sequence[str], own: Sequence[str]) -> None:
        self._table = model._meta.db_table
        self._same = [_column(model, name) for name in same]
        self._own = [_column(model, name) for name in own]

    def __call__(self, same: Sequence[Any], rows: Sequence[Sequence[Any]]) -> None:
        if not rows:
            return
        link = connections[DEFAULT_DB_ALIAS]
        shared = [_stored(column, value, link) for column, value in zip(self._same, same, strict=True)]
        with link.cursor() as cursor:
            if link.vendor == "postgresql":
                cursor.execute(self._at_once(link), [*shared, _as_one_text(rows)])
            else:
                cursor.executemany(self._for_each(link), _with(shared, rows))

    def _for_each(self, link: Any) -> str:
        marks = ", ".join(["%s"] * (len(self._same) + len(self._own)))
        return f"INSERT INTO {self._names(link)} VALUES ({marks})"  # noqa: S608 - our own

    def _at_once(self, link: Any) -> str:
        kinds = [_kind(column, link) for column in self._own]
        given = ", ".join(f"c{at} {'text' if kind == 'bytea' else kind}" for at, kind in enumerate(kinds))
        read = [f"decode(c{at}, 'hex')" if kind == "bytea" else f"c{at}" for at, kind in enumerate(kinds)]
        columns = ", ".join([*(f"%s::{_kind(column, link)}" for column in self._same), *read])
        return f"INSERT INTO {self._names(link)} SELECT {columns} FROM json_to_recordset(%s::json) AS rows ({given})"  # noqa: S608

    def _names(self, link: Any) -> str:
        columns = ", ".join(link.ops.quote_name(column.name) for column in (*self._same, *self._own))
        return f"{link.ops.quote_name(self._table)} ({columns})"


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


def _kind(column: _Column, link: Any) -> str:
    """The type of a column, without a length: a text that is too long is to be refused, not cut."""
    kind = str(column.field.rel_db_type(link))
    return "text" if kind.startswith("varchar") else kind


def _as_one_text(rows: Sequence[Sequence[Any]]) -> str:
    """Rows as objects of JSON with fields c0, c1 …; bytes in hexadecimal."""
    names = [f"c{at}" for at in range(len(rows[0]))]
    listed = [
        {name: value.hex() if isinstance(value, bytes) else value for name, value in zip(names, row, strict=True)}
        for row in rows
    ]
    return msgspec.json.encode(listed).decode()


def _with(shared: Sequence[Any], rows: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """What is shared before what is each row's own; UUIDs as SQLite keeps them, their 32 digits."""
    return [[*shared, *(value.hex if isinstance(value, UUID) else value for value in row)] for row in rows]


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
