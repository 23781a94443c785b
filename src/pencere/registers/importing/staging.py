"""A load on its way: good lines go aside into a table of their own, bad ones to the error file, batch by batch.

Each batch is one transaction, which also says up to which line and which byte of the error file all is done. What a
killed run wrote beyond that is not there (the rows) or cut off (the error file) when the load goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cache
from itertools import islice, repeat
from typing import Any

import msgspec
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from pencere.base.collecting import putting_off_collection
from pencere.base.errors import BadInput
from pencere.registers import loading
from pencere.registers.importing.columns import Batch, Columns, StagedLine
from pencere.registers.importing.errors_file import ErrorsFile
from pencere.registers.importing.reading import Table
from pencere.registers.models import Load, StagedRow

BATCH = 5000
OPEN = ("staging", "ready")


def begin(
    register: str,
    *,
    file: str,
    digest: str,
    layout: str,
    errors: str,
    recorded_by: str,
    now: datetime,
    arrived: Load | None = None,
    dry: bool = False,
) -> Load:
    """A new load, or one whose file has arrived. `dry`: nothing will come of it, so it stands in nobody's way.

    Raises BadInput while another into the same register is open, or if this file was loaded already.
    """
    if not dry:
        demand_none_open(register)
    if not dry:
        _demand_not_loaded(register, digest, layout)
    try:
        with transaction.atomic():
            if arrived is not None:
                return _begun(arrived, digest, layout, errors)
            return Load.objects.create(
                register=register, file=file, digest=digest, state="staging", layout=layout, errors=errors,
                recorded_by=recorded_by, started_at=now, wish="dry" if dry else "",
            )  # fmt: skip
    except IntegrityError:
        demand_none_open(register)
        raise


class _Sheet(msgspec.Struct, frozen=True):
    """Which sheet of a workbook is read; "" of CSV, and of what was loaded before sheets could be chosen."""

    sheet: str = ""


def _demand_not_loaded(register: str, digest: str, layout: str) -> None:
    sheet = msgspec.json.decode(layout, type=_Sheet).sheet
    for earlier in Load.objects.filter(register=register, digest=digest, state="confirmed"):
        if msgspec.json.decode(earlier.layout, type=_Sheet).sheet in ("", sheet):
            raise BadInput("loaded_already", load=earlier.pk)


def _begun(load: Load, digest: str, layout: str, errors: str) -> Load:
    mine = Load.objects.filter(pk=load.pk, state="arrived")
    if not mine.update(state="staging", digest=digest, layout=layout, errors=errors):
        raise BadInput("another_is_at_it")
    load.refresh_from_db()
    return load


def demand_none_open(register: str) -> None:
    still = Load.objects.filter(register=register, state__in=OPEN).exclude(wish="dry").first()
    if still is not None:
        raise BadInput("load_is_open", load=still.pk, file=still.file)


def cut_off(register: str, digest: str, *, dry: bool = False) -> Load:
    """The load, or the dry run, of this file that a killed run left, perhaps just before or in its confirmation.

    Raises BadInput if there is none.
    """
    left = Load.objects.filter(register=register, digest=digest, state__in=OPEN)
    found = (left.filter(wish="dry") if dry else left.exclude(wish="dry")).order_by("pk").first()
    if found is None:
        raise BadInput("nothing_to_resume")
    return found


def stage(load: Load, table: Table, columns: Columns, errors: ErrorsFile, told: Callable[[Load], None]) -> None:
    """Takes the lines that are not done yet. `told` after each batch. Raises BadInput where the file cannot be read."""
    lines = (line for line in table.lines() if line[0] > load.line)
    while True:
        with putting_off_collection():
            if not (batch := list(islice(lines, BATCH))):
                return
            found = columns.check(batch)
        errors.write(found.faults)
        _commit(load, batch[-1][0], found, errors.safe())
        told(load)


def make_ready(load: Load, errors_size: int) -> None:
    """All is staged, and what cannot stand is taken out; from now on it can be confirmed."""
    with transaction.atomic():
        mine = Load.objects.filter(pk=load.pk, state="staging", line=load.line)
        if not mine.update(state="ready", errors_size=errors_size if load.bad else 0):
            raise BadInput("another_is_at_it")
    load.refresh_from_db()


def _commit(load: Load, line: int, batch: Batch, errors_size: int) -> None:
    with transaction.atomic():
        mine = Load.objects.filter(pk=load.pk, state="staging", line=load.line)
        done = {"rows": F("rows") + len(batch.rows), "bad": F("bad") + batch.bad}
        if not mine.update(line=line, errors_size=errors_size, **done):
            raise BadInput("another_is_at_it")
        loading.insert(
            StagedRow._meta.db_table,
            ("load_id", "line", "key", "values", "valid_from", "valid_until", "found"),
            _as_stored(load, batch.rows),
        )
    load.refresh_from_db()


def _as_stored(load: Load, rows: Sequence[StagedLine]) -> Iterator[tuple[Any, ...]]:
    """With their days as the database takes them; many rows have the same."""
    if not rows:
        return iter(())
    day = cache(connection.ops.adapt_datefield_value)
    lines, keys, values, firsts, lasts, found = zip(*rows, strict=True)
    return zip(repeat(load.pk), lines, keys, values, map(day, firsts), map(day, lasts), found, strict=False)
