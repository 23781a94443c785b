"""Rows of a load that cannot stand beside others: in the file, or in the register. They are named, never merged.

Of two lines with one key the first is kept. The database finds them, on its disk: memory does not grow with the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from pencere.base.errors import BadInput
from pencere.registers.importing.checking import Fault
from pencere.registers.importing.errors_file import ErrorsFile
from pencere.registers.models import Load, StagedRow
from pencere.registers.rules import Shape

_AT_ONCE = 500
_FETCHED = 2000

_IN_FILE = """
SELECT line, text, valid_from, valid_until FROM (
    SELECT line, text, valid_from, valid_until, COUNT(*) OVER (PARTITION BY text) AS alike FROM ({staged}) AS one
) AS counted WHERE alike > 1 ORDER BY text, line
"""
_KEYS = 'SELECT line, "key" AS text, valid_from, valid_until FROM registers_stagedrow WHERE load_id = %s'
_VALUES = {
    "sqlite": "SELECT line, json_extract(pair.value, '$[1]') AS text, valid_from, valid_until "
    "FROM registers_stagedrow staged, json_each(staged.found) pair "
    "WHERE staged.load_id = %s AND json_extract(pair.value, '$[0]') = %s",
    "postgresql": "SELECT line, pair ->> 1 AS text, valid_from, valid_until "
    "FROM registers_stagedrow staged, jsonb_array_elements(staged.found::jsonb) AS pair "
    "WHERE staged.load_id = %s AND pair ->> 0 = %s",
}
"""The values of one field in a load, by engine."""
_SAME_DAYS = (
    "live.retired_at IS NULL AND live.valid_from <= COALESCE(staged.valid_until, '9999-12-31') "
    "AND COALESCE(live.valid_until, '9999-12-31') >= staged.valid_from"
)
_IN_REGISTER = f"""
SELECT staged.line, staged."values" = live."values"
FROM registers_stagedrow staged
JOIN registers_row live ON live.register = %s AND live."key" = staged."key" AND {_SAME_DAYS}
WHERE staged.load_id = %s ORDER BY staged.line
"""  # noqa: S608
_TAKEN = """
SELECT DISTINCT staged.line, staged.text FROM ({staged}) AS staged
JOIN registers_rowkey theirs ON theirs.field = %s AND theirs.value = staged.text
JOIN registers_row live ON live.id = theirs.row_id AND {same_days} ORDER BY staged.line
"""


def take_out(shape: Shape, load: Load, errors: ErrorsFile, columns: dict[str, str]) -> None:
    """Takes such rows out of the load and names each in the error file. `columns`: field -> name in the file."""
    _settle(load, errors, _in_register(shape, load))
    _settle(load, errors, _twice(load, _KEYS, [load.pk], "", "twice_in_file"))
    for path in _unique(shape):
        column = columns.get(path, path)
        _settle(load, errors, _taken(shape, load, path, column))
        asked: list[str | int] = [load.pk, f"{shape.register.id}.{path}"]
        _settle(load, errors, _twice(load, _VALUES[connection.vendor], asked, column, "not_unique"))


def any_taken(shape: Shape, load: Load) -> bool:
    """Whether a unique value of the load stands in the register by now; in the transaction that confirms it."""
    return any(next(_taken(shape, load, path, path), None) is not None for path in _unique(shape))


def _unique(shape: Shape) -> list[str]:
    return [path for path, field in shape.found_field.items() if field.unique]


def _twice(load: Load, staged: str, asked: Sequence[str | int], column: str, reason: str) -> Iterator[Fault]:
    """Lines that say the same as an earlier one, for the same days."""
    for text, group in groupby(_fetched(_IN_FILE.format(staged=staged), asked), key=lambda row: row[1]):
        kept: list[Any] = []
        for row in group:
            other = next((one for one in kept if _day(one[2]) <= _day(row[3]) and _day(one[3]) >= _day(row[2])), None)
            if other is None:
                kept.append(row)
            else:
                yield Fault(row[0], column, text if column else "", reason, {"other": other[0]})


def _in_register(shape: Shape, load: Load) -> Iterator[Fault]:
    for line, group in groupby(_fetched(_IN_REGISTER, [shape.register.id, load.pk]), key=lambda row: row[0]):
        alike = [bool(row[1]) for row in group]
        yield Fault(line, "", "", "in_register_alike" if alike == [True] else "in_register")


def _taken(shape: Shape, load: Load, path: str, column: str) -> Iterator[Fault]:
    """Lines with a value that a row of the register has."""
    name = f"{shape.register.id}.{path}"
    query = _TAKEN.format(staged=_VALUES[connection.vendor], same_days=_SAME_DAYS)
    last = None
    for line, text in _fetched(query, [load.pk, name, name]):
        if line != last:
            yield Fault(line, column, text, "not_unique")
        last = line


def _settle(load: Load, errors: ErrorsFile, faults: Iterator[Fault]) -> None:
    """Writes the faults, then takes the rows out; a run that is killed in between finds the same again."""
    lines = []
    for fault in faults:
        errors.write([fault])
        lines.append(fault.line)
    if not lines:
        return
    size = errors.safe()
    with transaction.atomic():
        mine = Load.objects.filter(pk=load.pk, state=load.state, rows=load.rows)
        if not mine.update(rows=F("rows") - len(lines), bad=F("bad") + len(lines), errors_size=size):
            raise BadInput("another_is_at_it")
        for start in range(0, len(lines), _AT_ONCE):
            StagedRow.objects.filter(load=load, line__in=lines[start : start + _AT_ONCE]).delete()
    load.refresh_from_db()


def _fetched(query: str, asked: Sequence[str | int | None]) -> Iterator[Any]:
    """Streamed: as many duplicates as a file may have, they are never all in memory."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, asked)
        while some := cursor.fetchmany(_FETCHED):
            yield from some


def _day(value: object) -> str:
    """As text, which compares alike on both engines; no last day is the last of all."""
    if value is None:
        return "9999-12-31"
    return value.isoformat() if isinstance(value, date) else str(value)
