"""Rows of a load that cannot stand beside others: in the file, or in the register. They are named, never merged.

Of two lines with one key the first is kept. The database finds them, on its disk: memory does not grow with the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from pencere.base.errors import BadInput
from pencere.registers import referring
from pencere.registers.ground import sweeping
from pencere.registers.importing import files_named
from pencere.registers.importing.checking import Fault, written
from pencere.registers.importing.errors_file import ErrorsFile
from pencere.registers.models import Load, Row, StagedRow
from pencere.registers.rules import Shape
from pencere.registers.staged import said_in

_AT_ONCE = 500
_FETCHED = 2000

_IN_FILE = """
SELECT one.line, one.text, one.valid_from, one.valid_until FROM ({staged}) AS one
JOIN (SELECT text FROM ({staged}) AS every GROUP BY text HAVING COUNT(*) > 1) AS several ON several.text = one.text
ORDER BY one.text, one.line
"""
_KEYS = 'SELECT line, "key" AS text, valid_from, valid_until FROM registers_stagedrow WHERE load_id = %s'
_DAYS = ("valid_from", "valid_until")
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
SELECT DISTINCT staged.line, staged.text, staged."values" FROM ({staged}) AS staged
JOIN registers_rowkey theirs ON theirs.field = %s AND theirs.value = staged.text
JOIN registers_row live ON live.id = theirs.row_id AND {same_days} ORDER BY staged.line
"""
_NOT_THERE = """
SELECT named.line, named.text, named."values" FROM ({staged}) AS named
LEFT JOIN (SELECT DISTINCT "key" AS text FROM registers_stagedrow WHERE load_id = %s) AS here ON here.text = named.text
WHERE here.text IS NULL AND NOT EXISTS (
    SELECT 1 FROM registers_row live WHERE live.register = %s AND live."key" = named.text AND live.retired_at IS NULL)
ORDER BY named.line
"""
_DEEPEST = 100


def take_out(
    shape: Shape,
    load: Load,
    errors: ErrorsFile,
    columns: dict[str, str],
    *,
    told: Callable[[], None] = lambda: None,
) -> None:
    """Takes such rows out of the load and names each in the error file. `columns`: field -> name in the file.

    `told` after each thing that was looked for.

    Rows that refer to a row of their own register, which is neither there nor in the file, go with them. Raises
    BadInput where that goes on and on.
    """
    _settle(load, errors, files_named.not_kept(shape, load, columns))
    told()
    _settle(load, errors, _in_register(shape, load))
    told()
    _settle(load, errors, _twice(load, _KEYS, [load.pk], "", "twice_in_file"))
    told()
    for path in _unique(shape):
        column = columns.get(path, path)
        _settle(load, errors, _taken(shape, load, path, column))
        asked: list[str | int] = [load.pk, f"{shape.register.id}.{path}"]
        _settle(load, errors, _twice(load, said_in(*_DAYS), asked, column, "not_unique"))
        told()
    if shape.apart:
        over = sweeping.over_the_register(shape, load)
        _settle(load, errors, (_lies_over(line, columns[path], "row", other) for line, path, other in over))
        each = sweeping.over_each_other(shape, load)
        _settle(load, errors, (_lies_over(line, columns[path], "line", other) for line, path, other in each))
    for _round in range(_DEEPEST):  # a row that is taken out may be the one that another names
        rows = load.rows
        told()
        for path in shape.own:
            _settle(load, errors, _not_there(shape, load, path, columns.get(path.partition(".")[0], path)))
        if load.rows == rows:
            return
    raise BadInput("references_without_end", most=_DEEPEST)


def any_now(shape: Shape, load: Load) -> bool:
    """Whether a row of the load cannot stand any more as the register is by now; in the transaction that confirms."""
    return (
        any(True for _fault in _in_register(shape, load))
        or any(True for path in _unique(shape) for _fault in _taken(shape, load, path, path))
        or any(True for path in shape.own for _fault in _not_there(shape, load, path, path))
        or any(True for _over in sweeping.over_the_register(shape, load))
        or referring.is_gone(shape, load)
    )


def _lies_over(line: int, column: str, what: str, other: object) -> Fault:
    return Fault(line, column, "", f"lies_over_{what}", {"other": other})


def _unique(shape: Shape) -> list[str]:
    return [path for path, field in shape.found_field.items() if field.unique]


def _twice(load: Load, staged: str, asked: Sequence[str | int], column: str, reason: str) -> Iterator[Fault]:
    """Lines that say the same as an earlier one, for the same days."""
    found = _fetched(_IN_FILE.format(staged=staged), [*asked, *asked])
    for text, group in groupby(found, key=lambda row: row[1]):
        kept: list[Any] = []
        for row in group:
            other = next((one for one in kept if _day(one[2]) <= _day(row[3]) and _day(one[3]) >= _day(row[2])), None)
            if other is None:
                kept.append(row)
            else:
                yield Fault(row[0], column, text if column else "", reason, {"other": other[0]})


def _in_register(shape: Shape, load: Load) -> Iterator[Fault]:
    if not Row.objects.filter(register=shape.register.id, retired_at__isnull=True).exists():
        return
    for line, group in groupby(_fetched(_IN_REGISTER, [shape.register.id, load.pk]), key=lambda row: row[0]):
        alike = [bool(row[1]) for row in group]
        yield Fault(line, "", "", "in_register_alike" if alike == [True] else "in_register")


def _taken(shape: Shape, load: Load, path: str, column: str) -> Iterator[Fault]:
    """Lines with a value that a row of the register has."""
    name = f"{shape.register.id}.{path}"
    query = _TAKEN.format(staged=said_in(*_DAYS, "values"), same_days=_SAME_DAYS)
    last = None
    for line, text, values in _fetched(query, [load.pk, name, name]):
        if line != last:
            yield Fault(line, column, written(shape, values, path, text), "not_unique")
        last = line


def _not_there(shape: Shape, load: Load, path: str, column: str) -> Iterator[Fault]:
    """Lines that refer to a row of this very register that is neither in it nor in the file."""
    register = shape.register.id
    query = _NOT_THERE.format(staged=said_in("values"))
    last = None
    for line, text, values in _fetched(query, [load.pk, f"{register}.{path}", load.pk, register]):
        if line != last:
            yield Fault(line, column, written(shape, values, path, text), "unknown_row_here")
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
