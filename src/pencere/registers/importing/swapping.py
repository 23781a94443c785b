"""What becomes of a load: its rows become readable all at once, or never; or they are superseded again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import msgspec
from django.db import OperationalError, connection, transaction
from django.db.models import Count, Exists, OuterRef, Sum
from psycopg.errors import DeadlockDetected

from pencere.base.canonical import Value
from pencere.base.errors import BadInput
from pencere.files import actions as files
from pencere.ledger import actions as ledger
from pencere.registers import documents, giving, guards, loading, rules, shelf
from pencere.registers.ground import overlapping
from pencere.registers.importing import alike, deciding, duplicates, files_named
from pencere.registers.importing.staging import OPEN
from pencere.registers.loading import take_ids
from pencere.registers.models import Load, Row, StagedRow
from pencere.registers.rules import Shape
from pencere.registers.staged import pairs_of
from pencere.registers.using import shape_of

_AT_ONCE, _TRIES = 5000, 5
_READ, _HELD, _FOUND_BY, _IN = 0.1, 0.2, 0.8, 0.95  # of a confirmation is done, once that is; as it was measured
_PART = 20_000  # rows

_ROWS = """
INSERT INTO registers_row (id, register, "key", "values", valid_from, valid_until, recorded_at, recorded_by, retired_at,
                           how, follows_id, reason, document)
SELECT %s + ROW_NUMBER() OVER (ORDER BY line), %s, "key", "values", valid_from, valid_until, %s, %s, NULL,
       'add', NULL, '', %s || line
FROM registers_stagedrow WHERE load_id = %s AND line > %s AND line <= %s ORDER BY line
"""
_FOUND = """
INSERT INTO registers_rowkey (row_id, field, value)
SELECT numbered.id, {field}, {value} FROM (
    SELECT %s + ROW_NUMBER() OVER (ORDER BY line) AS id, found FROM registers_stagedrow
    WHERE load_id = %s
) AS numbered, {pairs}
ORDER BY 2, 3, 1
"""


Told = Callable[[float], None]
"""Which share of a confirmation or an undo is done, told from inside its transaction."""


def nobody(_share: float) -> None:
    """For whom nobody waits."""


def find(register: str, load_id: int) -> Load:
    """Raises BadInput."""
    load = Load.objects.filter(pk=load_id, register=register).first()
    if load is None:
        raise BadInput("no_such_load", register=register, load=load_id)
    return load


def confirm(shape: Shape, load: Load, *, closed_by: str, clock: Callable[[], datetime], told: Told = nobody) -> None:
    """From now on the rows are the register's. One transaction; its leaf names the file and all rows by a digest.

    Raises BadInput "changed_meanwhile" if a row cannot stand any more by what somebody else wrote since the duplicates
    were looked for; nothing is changed then. `clock`: asked when the rows go in, so that none is said to have been
    known while the load was still being checked.
    """
    parts = _Parts(load, told)
    digest = rules.digest(parts.texts())
    for try_ in range(1, _TRIES + 1):
        try:
            with transaction.atomic(), loading.roomy():
                _swap(shape, load, parts, digest, closed_by, clock, told)
            break
        except OperationalError as problem:  # two waited for each other, and the database chose us to begin anew
            if try_ == _TRIES or not isinstance(problem.__cause__, DeadlockDetected):
                raise
    sweep()
    told(1.0)
    load.refresh_from_db()


class _Parts:
    """What is staged, in the order of the lines: read once for the digest, then brought in part by part."""

    def __init__(self, load: Load, told: Told) -> None:
        self._load, self._told = load, told
        self.lines = 0
        self.of_lines = 0  # their sum: whoever decides of a line changes it
        self.ends: list[tuple[int, int]] = []  # the last line of each part, and how many lines there are until there

    def texts(self) -> Iterator[str]:
        staged = StagedRow.objects.filter(load=self._load).order_by("line").values_list("line", "values")
        line = 0
        for line, text in staged.iterator(chunk_size=_AT_ONCE):
            self.lines += 1
            self.of_lines += line
            if self.lines % _PART == 0:
                self.ends.append((line, self.lines))
                self._told(_READ * self.lines / max(self._load.rows, 1))
            yield text
        if self.lines % _PART:
            self.ends.append((line, self.lines))

    def demand_unchanged(self) -> None:
        """Raises BadInput if somebody decided of a line since it was read."""
        staged = StagedRow.objects.filter(load=self._load).aggregate(lines=Count("pk"), of_lines=Sum("line"))
        if (staged["lines"], staged["of_lines"] or 0) != (self.lines, self.of_lines):
            raise BadInput("changed_meanwhile")


def _swap(
    shape: Shape,
    load: Load,
    parts: _Parts,
    digest: str,
    closed_by: str,
    clock: Callable[[], datetime],
    told: Told,
) -> None:
    register = shape.register.id
    _demand(load, "ready", "confirmed", closed_by, clock())
    guards.lock_loads(connection)
    giving.lock_serials(shape)
    overlapping.lock(shape)
    guards.lock_all(connection)
    parts.demand_unchanged()
    load.refresh_from_db(fields=["rows"])
    if duplicates.any_now(shape, load) or alike.any_new(shape, load):
        raise BadInput("changed_meanwhile")
    told(_HELD)
    if load.rows:
        with guards.checked_as_a_whole(connection):
            _bring_in(load, parts, clock, told)
        files_named.bind(shape, load)
        if any(given.startswith("serial ") for given in shape.given.values()):
            giving.count_loaded(shape, (shape.named(msgspec.json.decode(text)) for text in _texts(load)))
    corrected = deciding.correct(shape, load, clock)
    files.release([shelf.of_load(load.pk)])
    body: dict[str, Value] = {
        "confirmed_by": closed_by, "corrected": corrected,
        "digest": digest, "file": load.digest, "first": load.first_row, "last": load.last_row, "load": load.pk,
        "recorded_by": load.recorded_by, "register": register, "rows": load.rows,
    }  # fmt: skip
    ledger.record("register.loaded", body, now=clock())


def undo(load: Load, *, recorded_by: str, now: datetime, told: Told = nobody) -> int:
    """The rows of a confirmed load hold no longer; what was read meanwhile stays known by its time.

    Rows that were changed since stay as they were changed. Gives the number of rows that were superseded.
    """
    with transaction.atomic():
        _demand(load, "confirmed", "undone", recorded_by, now)
        superseded = 0
        if load.first_row is not None and load.last_row is not None:
            every = load.last_row - load.first_row + 1
            for first in range(load.first_row, load.last_row + 1, _PART):
                last = min(first + _PART - 1, load.last_row)
                rows = Row.objects.filter(pk__range=(first, last), retired_at__isnull=True)
                superseded += rows.update(retired_at=now)
                told((last - load.first_row + 1) / every)
        deciding.undo(lambda: shape_of(load.register), load, recorded_by=recorded_by, now=now)
        body: dict[str, Value] = {
            "load": load.pk,
            "recorded_by": recorded_by,
            "register": load.register,
            "rows": superseded,
        }
        ledger.record("register.load_undone", body, now=now)
    load.refresh_from_db()
    return superseded


def drop(load: Load, *, closed_by: str, now: datetime) -> None:
    """What was staged is forgotten. First nobody can confirm it any more, then the rows go; see `sweep`."""
    give_up(load, closed_by=closed_by, now=now)
    sweep()


def give_up(load: Load, *, closed_by: str, now: datetime) -> None:
    """From now on nobody can confirm it; what is staged of it goes at the next `sweep`. Raises BadInput."""
    with transaction.atomic():
        _demand(load, load.state if load.state in (*OPEN, "arrived") else "ready", "dropped", closed_by, now)
        files.release([shelf.of_load(load.pk)])
    load.refresh_from_db()


def sweep() -> None:
    """Takes away what loads that are closed left staged, also those whose process was killed while it did."""
    alike.forget_closed()
    if _sweep_all():
        return
    left = StagedRow.objects.filter(load=OuterRef("pk"))
    for load in Load.objects.exclude(state__in=OPEN).filter(Exists(left)):
        lines = StagedRow.objects.filter(load=load).order_by("line").values_list("line", flat=True)
        while some := list(lines[:_AT_ONCE]):
            with transaction.atomic():
                StagedRow.objects.filter(load=load, line__lte=some[-1]).delete()


def _sweep_all() -> bool:
    """At one stroke, where no load is open; whether that was done."""
    with transaction.atomic():
        if not StagedRow.objects.exists():
            return True
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                # Nobody writes aside while we look; a load that is about to begin waits for us, or we for it.
                cursor.execute("LOCK TABLE registers_load IN SHARE MODE")
            if Load.objects.filter(state__in=OPEN).exists():
                return False
            if connection.vendor == "postgresql":
                cursor.execute("TRUNCATE registers_stagedrow")
            else:
                cursor.execute("DELETE FROM registers_stagedrow")
    return True


def _demand(load: Load, state: str, then: str, closed_by: str, now: datetime) -> None:
    """Takes the load from one state to the next, once. Raises BadInput."""
    if not Load.objects.filter(pk=load.pk, state=state).update(state=then, closed_by=closed_by, closed_at=now):
        load.refresh_from_db()
        raise BadInput("wrong_state", load=load.pk, state=load.state)


def _bring_in(load: Load, parts: _Parts, clock: Callable[[], datetime], told: Told) -> None:
    """Copies what is staged into the tables of rows, inside the database; the rows last, with the time it is then."""
    ids = take_ids(parts.lines)
    with connection.cursor() as cursor:
        pairs = pairs_of("numbered")
        query = _FOUND.format(field=pairs.field, value=pairs.value, pairs=pairs.source)
        cursor.execute(query, [ids[0] - 1, load.pk])
        told(_FOUND_BY)
        moment = connection.ops.adapt_datetimefield_value(clock())
        line = done = 0
        for last, lines in parts.ends:
            origin = documents.before_line(load.pk)
            asked: list[Any] = [ids[0] - 1 + done, load.register, moment, load.recorded_by, origin, load.pk, line, last]
            cursor.execute(_ROWS, asked)
            line, done = last, lines
            told(_FOUND_BY + (_IN - _FOUND_BY) * done / parts.lines)
    load.first_row, load.last_row = ids[0], ids[-1]
    load.save(update_fields=["first_row", "last_row"])


def _texts(load: Load) -> Iterator[str]:
    """What is staged, as it is stored, in the order of the lines."""
    staged = StagedRow.objects.filter(load=load).order_by("line")
    return staged.values_list("values", flat=True).iterator(chunk_size=_AT_ONCE)
