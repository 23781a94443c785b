"""Counts of a register's rows for everybody: made once for each period by the worker, and handed out from there.

Nobody sees a row: a machine counts, and only what `suppressing` lets through is kept. So no look is written; the counts
that are too small leave no trace but in the sums.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import Q

from pencere import country
from pencere.base import clock
from pencere.country.declarations import Country, Extract, Field, Register
from pencere.registers import changes
from pencere.registers.models import Row, StoredExtract
from pencere.registers.out import suppressing
from pencere.registers.out.suppressing import UNKNOWN, Before, Key, Table
from pencere.registers.publishing import known_at
from pencere.registers.using import shape_of

_AT_ONCE = 5000
_ENOUGH = 10
"""A register has rows enough to be counted where it has so many times the least count that is shown."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts of a register as of a moment. `least`, `width`: what the table was made with."""

    register: str
    as_of: datetime
    least: int
    width: int
    table: Table


class _Stored(msgspec.Struct):
    by: list[str]
    left_out: list[str]
    cells: list[tuple[list[str], int | None]]


def make_due(now: datetime) -> None:
    """Makes what the period that has begun lacks, and forgets what was of an earlier one."""
    here = country.current()
    for register in here.registers.values():
        if register.extract is None or register.kept != "here":
            continue
        at, declared = as_of(here, register.id, register.extract, now), _declared(register)
        if not StoredExtract.objects.filter(register=register.id, as_of=at, declared=declared).exists():
            before = StoredExtract.objects.filter(register=register.id, declared=declared).order_by("as_of").last()
            _keep(register, at, declared, _made(here, register, register.extract, at, before), now)


def current(register_id: str, now: datetime) -> Counts | None:
    """The counts of the period; None while they are not made. Raises LookupError where none are declared."""
    here = country.current()
    register = here.registers.get(register_id)
    if register is None or register.extract is None or register.kept != "here":
        raise LookupError(register_id)
    at = as_of(here, register_id, register.extract, now)
    found = StoredExtract.objects.filter(register=register_id, as_of=at, declared=_declared(register)).first()
    if found is None:
        return None
    table = _table_of(found)
    least = register.extract.least
    return Counts(register_id, at, least, suppressing.width(least), table)


def as_of(here: Country, register: str, extract: Extract, now: datetime) -> datetime:
    """The first moment of the period. A register that was filled within it is counted once it has rows enough to tell
    something by, so that nobody waits for the next period before a table of nothing."""
    return known_at(here, register, extract.every, now, least=extract.least, enough=_ENOUGH * extract.least)


def coder(field: Field, band: int | None) -> Callable[[object], str]:
    """The code under which a stored value is counted: a date by its year, numbers and years in bands of that many."""

    def code(value: object) -> str:
        if value is None:
            return UNKNOWN
        if field.kind == "boolean":
            return "true" if value else "false"
        if field.kind not in ("date", "integer"):
            return str(value)
        number = int(str(value)[:4]) if field.kind == "date" else int(str(value))
        if band is None or band == 1:
            return str(number)
        first = number - number % band
        return f"{first}-{first + band - 1}"

    return code


def _made(here: Country, register: Register, extract: Extract, as_of: datetime, before: StoredExtract | None) -> Table:
    """`before`: what was published last; its counts, of which nothing is kept, are counted once more."""
    counts = _counted(here, register, extract, as_of)
    earlier = Before(_table_of(before), _counted(here, register, extract, before.as_of)) if before else None
    return suppressing.protect(extract.by, counts, extract.least, earlier)


def _counted(here: Country, register: Register, extract: Extract, as_of: datetime) -> Counter[Key]:
    coders = [(name, coder(register.fields[name], extract.bands.get(name))) for name in extract.by]
    counts: Counter[Key] = Counter()
    for stored in _stored(register.id, as_of, here):
        counts[tuple(code(stored.get(name)) for name, code in coders)] += 1
    return counts


def _table_of(found: StoredExtract) -> Table:
    stored = msgspec.json.decode(found.table, type=_Stored)
    return Table(tuple(stored.by), {tuple(key): count for key, count in stored.cells}, tuple(stored.left_out))


def _stored(register: str, as_of: datetime, here: Country) -> Iterator[Mapping[str, object]]:
    """The values of the rows that held on that day, as it was known then."""
    day, shape = clock.day_in(here.time_zone, as_of), shape_of(register)
    known = Row.objects.filter(
        Q(retired_at__isnull=True) | Q(retired_at__gt=as_of), register=register, recorded_at__lte=as_of
    )
    rows = changes.on_days(known, day, day).order_by("id").values_list("id", "values")
    last = 0
    while found := list(rows.filter(id__gt=last)[:_AT_ONCE]):
        for _id, values in found:
            yield shape.named(msgspec.json.decode(values))
        last = found[-1][0]


def _keep(register: Register, as_of: datetime, declared: str, table: Table, now: datetime) -> None:
    cells = [(list(key), count) for key, count in sorted(table.cells.items())]
    text = msgspec.json.encode(_Stored(list(table.by), list(table.left_out), cells)).decode()
    try:
        with transaction.atomic():
            StoredExtract.objects.filter(register=register.id).delete()
            StoredExtract.objects.create(register=register.id, as_of=as_of, declared=declared, table=text, made_at=now)
    except IntegrityError:  # another worker was first, with the same table
        return


def _declared(register: Register) -> str:
    """Another one when the declaration says otherwise what is counted."""
    extract = register.extract
    assert extract is not None
    said = [list(extract.by), sorted(extract.bands.items()), extract.least]
    kinds = [register.fields[name].kind for name in extract.by]
    return hashlib.sha256(msgspec.json.encode([said, kinds])).hexdigest()
