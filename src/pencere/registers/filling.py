"""The first filling: many registers at once, of rows that were made right, into tables that mostly hold nothing yet.

Where `actions.add_rows` reads every value, this believes whoever made the rows and reads the first of each block only.
Blocks are packed (`Packer`: no database, in as many processes as one likes) in the form that the database takes
fastest: COPY on PostgreSQL, files of SQLite's own on SQLite (`part_files`). All of it is one transaction: there is the
whole, or nothing. Into empty tables rows go without indexes and without the guard of periods; both are put back before
the transaction ends, and what the guard would have refused is asked of all rows in one question. Nothing is told of the
rows, as with any load.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import count, islice, pairwise
from os import getpid
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from pencere.base.canonical import Value
from pencere.base.errors import BadInput
from pencere.ledger import actions as ledger
from pencere.registers import giving, guards, part_files
from pencere.registers.bare import bare_tables, without_log
from pencere.registers.changes import new_row
from pencere.registers.finder import Finder
from pencere.registers.ground import boxes, overlapping
from pencere.registers.loading import KEY_COLUMNS, ROW_COLUMNS, NewRow, roomy
from pencere.registers.models import Event, Hold, Load, PossibleDuplicate, Row, RowKey, Serial, StagedRow, TakenChange
from pencere.registers.part_files import PartFile
from pencere.registers.rules import Shape
from pencere.registers.using import shape_of

__all__ = ["MOST_PACKERS", "Block", "Filling", "Packer", "filling", "forget_all"]

MOST_PACKERS = part_files.MOST
"""So many processes may pack at once."""
READ = 3
"""So many rows of a block are read like any other row, lest somebody made them for another version of the register."""
_AT_ONCE = 500
_NULL = "\x01"  # JSON and cleaned text hold no such sign
_encode_lines = msgspec.json.Encoder(order="sorted").encode_lines
_files = count()

MadeRow = tuple[dict[str, object], date | None, date | None]
"""A row as it is in memory, its first and its last day."""


class Block(msgspec.Struct, frozen=True, array_like=True):
    """Rows of one register, packed: as two texts for COPY, or in a file of the folder of the filling."""

    register: str
    first: int
    last: int
    count: int
    digest: str
    serials: list[tuple[str, int, int]]  # field, year, greatest number
    copy: tuple[bytes, bytes] | None
    file: str


class Packer:
    """Packs rows of any register for one kind of database. `since`: the first day of rows that name none."""

    def __init__(
        self,
        shape: Callable[[str], Shape],
        vendor: str,
        *,
        since: date,
        recorded_by: str,
        now: datetime,
        folder: Path,
    ) -> None:
        self._shape, self._vendor, self._since = shape, vendor, since.isoformat()
        self._day = since
        self._recorded = (now.astimezone(UTC).isoformat(), recorded_by)
        self._finders: dict[str, Finder] = {}
        self.folder = folder
        """Where files of packed rows lie."""
        self._files: dict[int, PartFile] = {}

    def pack(self, register: str, made: Iterable[MadeRow], first: int) -> Block | None:
        """Rows with ids from `first` on; None for no rows at all. Raises BadInput."""
        shape = self._shape(register)
        every = list(made)
        if not every:
            return None
        finder = self._finders.get(register) or self._finders.setdefault(register, Finder(shape))
        for row, since, until in every[:READ]:
            _demand_right(shape, row, since or self._day, until)
            finder.demand_same(row)
        given = [row for row, _since, _until in every]
        ids = range(first, first + len(every))
        keys, found = finder.columns(given, ids)
        lines = _encode_lines([shape.to_store(row) for row in given])
        values = lines.decode().split("\n")
        values.pop()
        days = [since.isoformat() if since else self._since for _row, since, _until in every]
        ends = [until.isoformat() if until else None for _row, _since, until in every]
        copy, file = None, ""
        if self._vendor == "postgresql":
            moment, by = self._recorded
            rows = [
                (id_, register, key, value, day, end, moment, by, None, "add", None, "", "")
                for id_, key, value, day, end in zip(ids, keys, values, days, ends, strict=True)
            ]
            copy = _copied(rows), b"".join([_copied_pairs(field, pairs) for field, pairs in found.items()])
        else:
            part = self._file()
            part.add(zip(ids, keys, values, days, ends, strict=True), found)
            file = part.path.name
        serials = giving.greatest(shape, given) if shape.given else []
        return Block(register, ids[0], ids[-1], len(ids), sha256(lines).hexdigest(), serials, copy, file)

    def _file(self) -> PartFile:
        """That of this process, to which no other writes."""
        mine = getpid()
        if mine not in self._files:
            self._files[mine] = PartFile(self.folder / f"{mine}-{next(_files)}.sqlite3")
        return self._files[mine]


def _demand_right(shape: Shape, row: dict[str, object], since: date, until: date | None) -> None:
    if shape.row(row) != row:
        raise BadInput("not_as_it_is_kept", register=shape.register.id)
    new_row(shape, row, since, until)


def _copied(rows: Sequence[tuple[Any, ...]]) -> bytes:
    """The rows in the text format of COPY."""
    width = len(rows[0])
    line = "\t".join(["%s"] * width) + "\n"
    text = "".join([line % tuple(_NULL if value is None else value for value in row) for row in rows])
    if text.count("\t") != len(rows) * (width - 1) or text.count("\n") != len(rows):
        return _escaped(rows)
    return text.replace("\\", "\\\\").replace(_NULL, "\\N").encode()


def _copied_pairs(field: str, pairs: Sequence[tuple[str, int]]) -> bytes:
    """What rows are found by in one field of the index, likewise."""
    text = "".join([f"{id_}\t{field}\t{value}\n" for value, id_ in pairs])
    if text.count("\t") != 2 * len(pairs) or text.count("\n") != len(pairs):
        return _escaped([(id_, field, value) for value, id_ in pairs])
    return text.replace("\\", "\\\\").encode()


def _escaped(rows: Sequence[tuple[Any, ...]]) -> bytes:
    """The same where a value holds a tab or the end of a line."""
    signs = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
    lines = ("\t".join("\\N" if value is None else str(value).translate(signs) for value in row) for row in rows)
    return ("\n".join(lines) + "\n").encode()


class Filling:
    """Takes blocks until the end of the `with` in which it was made."""

    def __init__(self, recorded_by: str, now: datetime, folder: Path) -> None:
        self._recorded_by, self._now = recorded_by, now
        self.folder = folder
        """Where files of packed rows lie."""
        self.first_id = _next_id()
        """Ids from here on are free."""
        self._last = self.first_id - 1
        self._registers: set[str] = set()
        self._serials: dict[tuple[str, str, int], int] = {}
        self._waiting: list[part_files.Waiting] = []
        self.before_commit: Callable[[], None] = lambda: None
        """What has to be done before all of it counts."""

    def add(self, block: Block) -> None:
        self._registers.add(block.register)
        self._last = max(self._last, block.last)
        if block.copy is not None:
            _copy(Row._meta.db_table, ROW_COLUMNS, block.copy[0])
            _copy(RowKey._meta.db_table, KEY_COLUMNS, block.copy[1])
        else:
            self._waiting.append((str(self.folder / block.file), block.register, block.first, block.last))
        for field, year, number in block.serials:
            place = (block.register, field, year)
            self._serials[place] = max(self._serials.get(place, 0), number)
        body: dict[str, Value] = {"digest": block.digest, "first": block.first, "last": block.last,
                "recorded_by": self._recorded_by, "register": block.register}  # fmt: skip
        ledger.record("register.added", body, now=self._now)

    def take_over(self) -> None:
        """Rows that wait in files go into the tables."""
        if self._waiting:
            moment = str(connection.ops.adapt_datetimefield_value(self._now))
            part_files.take_over(connection, self._waiting, self._recorded_by, moment)

    def finish(self) -> None:
        """What the tables and registers promise is asked of what was added. Raises BadInput."""
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence('registers_row', 'id'), GREATEST(%s, 1))", [self._last]
                )
        for (register, field, year), number in self._serials.items():
            giving.note_serials(shape_of(register), [(field, year, number)])
        _demand_no_overlap()
        for register in sorted(self._registers):
            _demand_unique(shape_of(register))
            _demand_apart(shape_of(register))
        self.before_commit()


@contextmanager
def filling(*, recorded_by: str, now: datetime, folder: Path | None = None, anew: bool = False) -> Iterator[Filling]:
    """`with filling(…) as fill: fill.add(block)`; all is there when it ends, or nothing. Raises BadInput.

    `folder`: where the files of packed rows lie, if not in one of our own. `anew`: all rows that were there go first,
    which only the demo may do.
    """
    tables = (Row._meta.db_table, RowKey._meta.db_table)
    own = settings.PENCERE.data / "filling"
    try:
        unlogged = without_log(connection) if anew or not Row.objects.exists() else nullcontext()
        with unlogged, transaction.atomic():
            guards.lock_loads(connection)
            if folder is None:
                shutil.rmtree(own, ignore_errors=True)  # what a filling that was killed left
                own.mkdir(parents=True)
            if anew:
                forget_all()
            with roomy(), bare_tables(connection, tables) if not Row.objects.exists() else nullcontext():
                fill = Filling(recorded_by, now, folder or own)
                yield fill
                fill.take_over()
            fill.finish()
    except IntegrityError:
        raise BadInput("overlaps") from None  # the database's words hold the row
    finally:
        part_files.let_go(connection)
        if folder is None:
            shutil.rmtree(own, ignore_errors=True)


def forget_all() -> None:
    """Empties the tables of rows and all that hangs on them: for the demo's stand-in alone, whose persons are made."""
    if not settings.PENCERE.demo:
        raise ValueError("rows are never deleted")
    for model in (Event, Hold, TakenChange, PossibleDuplicate, StagedRow, Load, RowKey):
        model.objects.all().delete()
    Row.objects.update(follows=None)
    Row.objects.all().delete()
    Serial.objects.all().delete()


def _copy(table: str, columns: Sequence[str], rows: bytes) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    sql = f"COPY {table} ({names}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(sql) as link:
        link.write(rows)


def _next_id() -> int:
    last = Row.objects.order_by("-id").values_list("id", flat=True).first() or 0
    return int(last) + 1


def _demand_no_overlap() -> None:
    """No two live rows of one key hold on the same day: asked of all keys at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT register, key FROM registers_row WHERE retired_at IS NULL "
            "GROUP BY register, key HAVING COUNT(*) > 1"
        )
        several = cursor.fetchall()
    for register, key in several:
        if _hold_on_one_day(Row.objects.filter(register=register, key=key)):
            raise BadInput("overlaps", register=register)


def _demand_unique(shape: Shape) -> None:
    for path, field in shape.found_field.items():
        if not field.unique:
            continue
        name = f"{shape.register.id}.{path}"
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT value FROM registers_rowkey WHERE field = %s GROUP BY value HAVING COUNT(*) > 1", [name]
            )
            several = [value for (value,) in cursor.fetchall()]
        for value in several:
            if _hold_on_one_day(
                Row.objects.filter(pk__in=RowKey.objects.filter(field=name, value=value).values("row"))
            ):
                raise BadInput("not_unique", register=shape.register.id, field=path)


def _demand_apart(shape: Shape) -> None:
    """No two live rows lie over each other; asked of so many at a time, in the index that is there by now."""
    if not shape.apart:
        return
    overlapping.lock(shape)
    names = [f"{shape.register.id}.{path}{boxes.PLACED}" for path in shape.apart]
    entries = RowKey.objects.filter(field__in=names, row__retired_at__isnull=True).values_list("row", "field", "value")
    source = iter(entries.order_by("field", "value", "row").iterator(chunk_size=_AT_ONCE))
    while some := list(islice(source, _AT_ONCE)):
        rows = Row.objects.in_bulk([id_ for id_, _field, _value in some])
        found = [
            NewRow(row.key, row.values, row.valid_from, row.valid_until, ((field, value),))
            for id_, field, value in some
            for row in (rows[id_],)
        ]
        overlapping.demand_apart(shape, [id_ for id_, _field, _value in some], found)


def _hold_on_one_day(rows: QuerySet[Row]) -> bool:
    live = rows.filter(retired_at__isnull=True).order_by("valid_from")
    days = live.values_list("valid_from", "valid_until")
    return any(last is None or last >= following for (_first, last), (following, _last) in pairwise(days))
