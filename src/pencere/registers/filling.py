"""The first filling: many registers at once, of rows that were made right, into tables that mostly hold nothing yet.

Where `actions.add_rows` reads every value, this believes whoever made the rows and reads the first of each block only.
Blocks are packed (`Packer`: pure, in as many processes as one likes) in the form that the database takes fastest: COPY
on PostgreSQL, prepared statements on SQLite. All of it is one transaction: there is the whole, or nothing. Into empty
tables rows go without indexes and without the guard of periods; both are put back before the transaction ends, and what
the guard would have refused is asked of all rows in one question. Nothing is told of the rows, as with any load.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, date, datetime
from itertools import islice, pairwise
from typing import Any

import msgspec
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from pencere.base.canonical import Value
from pencere.base.errors import BadInput
from pencere.ledger import actions as ledger
from pencere.registers import giving, rules
from pencere.registers.bare import bare_tables
from pencere.registers.changes import encode, new_row
from pencere.registers.finder import Finder, Known
from pencere.registers.ground import boxes, overlapping
from pencere.registers.loading import KEY_COLUMNS, ROW_COLUMNS, NewRow, insert
from pencere.registers.models import Event, Hold, Load, PossibleDuplicate, Row, RowKey, Serial, StagedRow, TakenChange
from pencere.registers.rules import Shape
from pencere.registers.using import shape_of

__all__ = ["Block", "Filling", "Packer", "filling", "forget_all"]

READ = 3
"""So many rows of a block are read like any other row, lest somebody made them for another version of the register."""
_AT_ONCE = 500
_NULL = "\x01"  # JSON and cleaned text hold no such sign

MadeRow = tuple[dict[str, object], date | None, date | None]
"""A row as it is in memory, its first and its last day."""


class Block(msgspec.Struct, frozen=True, array_like=True):
    """Rows of one register, packed. `copy`: two texts for COPY; else `rows` and `keys` as values in order."""

    register: str
    first: int
    last: int
    count: int
    digest: str
    serials: list[tuple[str, int, int]]  # field, year, greatest number
    copy: tuple[bytes, bytes] | None
    rows: list[tuple[Any, ...]]
    keys: list[tuple[Any, ...]]


class Packer:
    """Packs rows of any register for one kind of database. `since`: the first day of rows that name none."""

    def __init__(
        self, shape: Callable[[str], Shape], vendor: str, *, since: date, recorded_by: str, now: datetime
    ) -> None:
        self._shape, self._vendor, self._since = shape, vendor, since.isoformat()
        self._day = since
        utc = now.astimezone(UTC)
        moment = utc.isoformat() if vendor == "postgresql" else str(utc.replace(tzinfo=None))
        self._recorded = (moment, recorded_by)
        self._finders: dict[str, Finder] = {}
        self._known = Known()

    def pack(self, register: str, made: Iterable[MadeRow], first: int) -> Block | None:
        """Rows with ids from `first` on; None for no rows at all. Raises BadInput."""
        shape = self._shape(register)
        source = iter(made)
        read = list(islice(source, READ))
        for row, since, until in read:
            _demand_right(shape, row, since or self._day, until)
        rows: list[tuple[Any, ...]] = []
        keys: list[tuple[Any, ...]] = []
        given: list[Mapping[str, object]] = []
        moment, by = self._recorded
        finder = self._finders.get(register) or self._finders.setdefault(register, Finder(shape, self._known))
        entries = finder.entries
        for row, _since, _until in read:
            finder.demand_same(row)
        id_ = first - 1
        for some in (read, source):
            for row, since, until in some:
                id_ += 1
                key, found = entries(row)
                rows.append((
                    id_, register, key, encode(shape.to_store(row)).decode(),
                    since.isoformat() if since else self._since,
                    until.isoformat() if until else None, moment, by, None, "add", None, "", "",
                ))  # fmt: skip
                keys += [(id_, name, text) for name, text in found]
                if shape.given:
                    given.append(row)
        if not rows:
            return None
        digest = rules.digest(row[3] for row in rows)
        serials = giving.greatest(shape, given)
        size = len(rows)
        if self._vendor == "postgresql":
            return Block(register, first, id_, size, digest, serials, (_copied(rows), _copied(keys)), [], [])
        return Block(register, first, id_, size, digest, serials, None, rows, keys)


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


def _escaped(rows: Sequence[tuple[Any, ...]]) -> bytes:
    """The same where a value holds a tab or the end of a line."""
    signs = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
    lines = ("\t".join("\\N" if value is None else str(value).translate(signs) for value in row) for row in rows)
    return ("\n".join(lines) + "\n").encode()


class Filling:
    """Takes blocks until the end of the `with` in which it was made."""

    def __init__(self, recorded_by: str, now: datetime) -> None:
        self._recorded_by, self._now = recorded_by, now
        self.first_id = _next_id()
        """Ids from here on are free."""
        self._last = self.first_id - 1
        self._registers: set[str] = set()
        self.before_commit: Callable[[], None] = lambda: None
        """What has to be done before all of it counts."""

    def add(self, block: Block) -> None:
        self._registers.add(block.register)
        self._last = max(self._last, block.last)
        _insert(Row._meta.db_table, ROW_COLUMNS, block.rows, block.copy and block.copy[0])
        _insert(RowKey._meta.db_table, KEY_COLUMNS, block.keys, block.copy and block.copy[1])
        giving.note_serials(shape_of(block.register), block.serials)
        body: dict[str, Value] = {"digest": block.digest, "first": block.first, "last": block.last,
                "recorded_by": self._recorded_by, "register": block.register}  # fmt: skip
        ledger.record("register.added", body, now=self._now)

    def finish(self) -> None:
        """What the tables and registers promise is asked of what was added. Raises BadInput."""
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence('registers_row', 'id'), GREATEST(%s, 1))", [self._last]
                )
        _demand_no_overlap()
        for register in sorted(self._registers):
            _demand_unique(shape_of(register))
            _demand_apart(shape_of(register))
        self.before_commit()


@contextmanager
def filling(*, recorded_by: str, now: datetime) -> Iterator[Filling]:
    """`with filling(…) as fill: fill.add(block)`; all is there when it ends, or nothing. Raises BadInput."""
    tables = (Row._meta.db_table, RowKey._meta.db_table)
    try:
        with transaction.atomic():
            with bare_tables(connection, tables) if not Row.objects.exists() else nullcontext():
                fill = Filling(recorded_by, now)
                yield fill
            fill.finish()
    except IntegrityError:
        raise BadInput("overlaps") from None  # the database's words hold the row


def forget_all() -> None:
    """Empties the tables of rows and all that hangs on them: for the demo's stand-in alone, whose persons are made."""
    if not settings.PENCERE.demo:
        raise ValueError("rows are never deleted")
    for model in (Event, Hold, TakenChange, PossibleDuplicate, StagedRow, Load, RowKey):
        model.objects.all().delete()
    Row.objects.update(follows=None)
    Row.objects.all().delete()
    Serial.objects.all().delete()


def _insert(table: str, columns: Sequence[str], rows: list[tuple[Any, ...]], copy: bytes | None) -> None:
    if copy is None:
        insert(table, columns, rows)
        return
    names = ", ".join(f'"{column}"' for column in columns)
    sql = f"COPY {table} ({names}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(sql) as link:
        link.write(copy)


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
