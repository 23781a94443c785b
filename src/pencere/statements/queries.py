"""Reading rows by a condition that never changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models

RowOf = TypeVar("RowOf", bound=models.Model)
Converter = tuple[int, list[Callable[[Any, Any, Any], Any]], Any]


class Exists:
    """Whether a model has a row under a condition, as in `Rows`."""

    def __init__(self, model: type[models.Model], condition: str) -> None:
        self._sql = f'SELECT 1 FROM "{model._meta.db_table}" WHERE {condition} LIMIT 1'  # noqa: S608 - our own models

    def __call__(self, *values: Any) -> bool:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(self._sql, values)
            return cursor.fetchone() is not None


class Rows(Generic[RowOf]):
    """The rows of a model under a condition in SQL, a `%s` for each value (text, whole number, UUID).

    `lock`: nobody else may change them until the transaction ends (as `select_for_update`).
    """

    def __init__(self, model: type[RowOf], condition: str, *, lock: bool = False) -> None:
        self._model, self._condition, self._lock = model, condition, lock
        self._sql = ""
        self._names: list[str] = []
        self._converters: list[Converter] = []

    def all(self, *values: Any) -> list[RowOf]:
        link = connections[DEFAULT_DB_ALIAS]
        if not self._sql:
            self._prepare(link)
        with link.cursor() as cursor:
            cursor.execute(self._sql, [_stored(value, link) for value in values])
            return [self._instance(row, link) for row in cursor.fetchall()]

    def first(self, *values: Any) -> RowOf | None:
        return next(iter(self.all(*values)), None)

    def _prepare(self, link: Any) -> None:
        """At first use, when it is known which engine this is."""
        fields = self._model._meta.concrete_fields
        table = link.ops.quote_name(self._model._meta.db_table)
        for place, field in enumerate(fields):
            column = field.get_col(self._model._meta.db_table)
            found = [*link.ops.get_db_converters(column), *column.get_db_converters(link)]
            if found:
                self._converters.append((place, found, column))
        self._names = [field.attname for field in fields]
        columns = ", ".join(f"{table}.{link.ops.quote_name(field.column)}" for field in fields)
        lock = " FOR UPDATE" if self._lock and link.features.has_select_for_update else ""
        self._sql = f"SELECT {columns} FROM {table} WHERE {self._condition}{lock}"  # noqa: S608 - of our own models

    def _instance(self, row: tuple[Any, ...], link: Any) -> RowOf:
        values = list(row)
        for place, converters, column in self._converters:
            value = values[place]
            for convert in converters:
                value = convert(value, column, link)
            values[place] = value
        return self._model.from_db(DEFAULT_DB_ALIAS, self._names, values)


def _stored(value: Any, link: Any) -> Any:
    return value.hex if isinstance(value, UUID) and not link.features.has_native_uuid_field else value
