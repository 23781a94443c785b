"""The statements by which rows of a list are found: stretches of one index, seeks into it, rows by their ids.

Each is one that both engines can only run in one way, and is bounded by a number that stands in it. Ids come as one
text: handing each of them over as a row of its own costs more than finding it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import connection

Pair = tuple[str, tuple[str, ...]]
"""A field of the index, with the register's name, and values of which a row has one."""

_LAST_ID = 2**63 - 1
_SPAN = (
    "SELECT row_id FROM registers_rowkey WHERE field = %s AND value >= %s AND value <= %s"
    " ORDER BY value, row_id LIMIT %s"
)
_MORE = _SPAN.replace("LIMIT", "LIMIT 1 OFFSET")
_BETWEEN = (
    "SELECT row_id FROM registers_rowkey WHERE field = %s AND value = %s AND row_id >= %s AND row_id <= %s"
    " ORDER BY row_id LIMIT %s"
)
_VALUE = (
    "SELECT value FROM registers_rowkey WHERE field = %s AND value {} %s AND value <= %s ORDER BY value LIMIT 1"
)  # fmt: skip
_UP = "(value, row_id) > (%s, %s) AND value <= %s ORDER BY value, row_id"
_DOWN = "(value, row_id) < (%s, %s) AND value >= %s ORDER BY value DESC, row_id DESC"
_STRETCH = "SELECT value, row_id FROM registers_rowkey WHERE field = %s AND {} LIMIT %s"
_LIVES = """
register = %s AND valid_from <= %s AND (valid_until IS NULL OR valid_until >= %s)
AND recorded_at <= %s AND (retired_at IS NULL OR retired_at > %s)
"""
_TOGETHER = {"sqlite": "group_concat({})", "postgresql": "string_agg(({})::text, ',')"}
_EACH = {"sqlite": "(SELECT value AS id FROM json_each(%s)) AS i", "postgresql": "unnest(%s::bigint[]) AS i (id)"}
_AMONG = {"sqlite": "IN (SELECT value FROM json_each(%s))", "postgresql": "= ANY(%s::bigint[])"}
_ids = msgspec.json.Decoder(list[int])


def span(field: str, low: str, high: str, most: int) -> list[int] | None:
    """The rows of all entries from one value to another, both with them; None if there are more."""
    (found,) = _one(f"SELECT {_together('row_id')} FROM ({_SPAN}) AS found", [field, low, high, most + 1])  # noqa: S608
    ids = _read(found)
    return ids if len(ids) <= most else None


def has_more(field: str, low: str, high: str, most: int) -> bool:
    """Whether there are more entries than that."""
    with connection.cursor() as cursor:
        cursor.execute(_MORE, [field, low, high, most])
        return cursor.fetchone() is not None


def between(field: str, value: str, first: int, last: int, most: int) -> list[int]:
    """The rows with this value whose ids lie between, both with them; at most so many, in their order."""
    (found,) = _one(f"SELECT {_together('row_id')} FROM ({_BETWEEN}) AS found", [field, value, first, last, most])  # noqa: S608
    return _read(found)


def values(field: str, low: str, high: str, most: int) -> tuple[str, ...] | None:
    """The different values of a span; None if there are more."""
    found: list[str] = []
    with connection.cursor() as cursor:
        while len(found) <= most:
            cursor.execute(_VALUE.format(">" if found else ">="), [field, found[-1] if found else low, high])
            row = cursor.fetchone()
            if row is None:
                return tuple(found)
            found.append(row[0])
    return None


def beginning(value: str, down: bool) -> tuple[str, int]:
    """The place before all entries of this value, or behind them for whoever goes down."""
    return (value, _LAST_ID) if down else (value, -1)


def stretch(
    field: str, at: tuple[str, int], end: str, size: int, *, down: bool
) -> tuple[list[int], tuple[str, int] | None]:
    """The next rows along the order of a field, behind `at` up to the value `end`; and where to go on, None at the end.

    A row stands there once for each entry.
    """
    last = "min" if down else "max"
    inner = _STRETCH.format(_DOWN if down else _UP)
    text, value = _one(f"SELECT {_together('row_id')}, {last}(value) FROM ({inner}) AS found", [field, *at, end, size])  # noqa: S608
    ids = _read(text)
    return ids, None if len(ids) < size else (str(value), ids[-1])


def with_all(tests: Iterable[Sequence[Pair]], ids: Sequence[int]) -> list[int]:
    """Those rows that have, for each test, an entry of one of its pairs."""
    parameters: list[str] = []
    sides: list[str] = []
    for pairs in tests:
        some = []
        for field, among in pairs:
            marks = ", ".join(["%s"] * len(among))
            some.append(f"SELECT 1 FROM registers_rowkey WHERE field = %s AND value IN ({marks}) AND row_id = i.id")  # noqa: S608
            parameters += [field, *among]
        sides.append(" UNION ALL ".join(some) + " LIMIT 1")
    each = _EACH[connection.vendor]
    if connection.vendor == "postgresql":  # side by side: EXISTS might be answered by reading all entries first
        joined = "".join(f", LATERAL ({side}) AS side{number}" for number, side in enumerate(sides))
        sql = f"SELECT {_together('i.id')} FROM {each}{joined}"  # noqa: S608
    else:
        sql = f"SELECT {_together('i.id')} FROM {each} WHERE " + " AND ".join(f"EXISTS ({side})" for side in sides)  # noqa: S608
    (found,) = _one(sql, [_listed(ids), *parameters])
    return _read(found)


def living(ids: Sequence[int], register: str, day: date, known_at: datetime) -> list[int]:
    """Those rows that hold on that day by what was known at that moment."""
    sql = f"SELECT {_together('id')} FROM registers_row WHERE id {_AMONG[connection.vendor]} AND {_LIVES}"  # noqa: S608
    (found,) = _one(sql, [_listed(ids), *_when(register, day, known_at)])
    return _read(found)


def rows(ids: Sequence[int], register: str, day: date, known_at: datetime) -> list[tuple[int, str]]:
    """The same, each with its values as they are stored."""
    sql = f'SELECT id, "values" FROM registers_row WHERE id {_AMONG[connection.vendor]} AND {_LIVES}'  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [_listed(ids), *_when(register, day, known_at)])
        return cursor.fetchall()


def whole(ids: Sequence[int]) -> list[tuple[int, str, date, date | None, datetime]]:
    """The rows: id, values as they are stored, first and last day, when it was recorded; in any order."""
    sql = 'SELECT id, "values", valid_from, valid_until, recorded_at FROM registers_row WHERE id '
    with connection.cursor() as cursor:
        cursor.execute(sql + _AMONG[connection.vendor], [_listed(ids)])
        found = cursor.fetchall()
    if connection.vendor == "postgresql":
        return found
    operations: Any = connection.ops  # SQLite keeps a moment without its zone, which is UTC
    moment = operations.convert_datetimefield_value
    return [(id_, values, first, last, moment(at, None, connection)) for id_, values, first, last, at in found]


def _when(register: str, day: date, known_at: datetime) -> list[Any]:
    on = connection.ops.adapt_datefield_value(day)
    moment = connection.ops.adapt_datetimefield_value(known_at)
    return [register, on, on, moment, moment]


def _one(sql: str, parameters: Sequence[Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return tuple(cursor.fetchone())


def _together(column: str) -> str:
    return _TOGETHER[connection.vendor].format(column)


def _read(text: object) -> list[int]:
    if not text:
        return []
    return _ids.decode(f"[{text}]")


def _listed(ids: Sequence[int]) -> str:
    """Ids as one value of a statement."""
    text = msgspec.json.encode(ids).decode()
    return text if connection.vendor == "sqlite" else f"{{{text[1:-1]}}}"
