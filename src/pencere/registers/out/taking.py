"""Reads the rows of a register to hand them over whole, batch by batch. The only way out for more than one row.

Every person whose data a batch shows has the look in the ledger before the batch is handed over. Each batch is asked
for by itself, so that no reading transaction stands open while the looks are written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

import msgspec
from django.db.models import Q, QuerySet

from pencere.base.errors import Refused, Unavailable
from pencere.base.purpose import Purpose
from pencere.ledger import actions as ledger
from pencere.ledger.actions import Look
from pencere.registers import changes, rules
from pencere.registers.kinds import WrongKind
from pencere.registers.listing import walking
from pencere.registers.listing.along import List
from pencere.registers.models import Row, RowKey
from pencere.registers.rules import Shape
from pencere.registers.using import shape_of

AT_ONCE = 2000
DAYS = ("valid_from", "valid_until")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is taken: fields of the rows that hold `on` that day (None: every period), as known at that moment.

    `listed`: only the rows of that list, in its order; it says itself as of when.
    """

    register: str
    fields: tuple[str, ...]
    on: date | None
    known_at: datetime
    listed: List | None = None
    published: bool = False  # only rows that the register publishes


@dataclass(frozen=True, slots=True)
class Taken:
    """A row on its way out: the fields that are wanted, and its days. `id`: its number in the register."""

    id: int
    values: dict[str, object]
    valid_from: date
    valid_until: date | None
    recorded_at: datetime


def batches(wanted: Wanted, purpose: Purpose, tick: Callable[[], datetime]) -> Iterator[list[Taken]]:
    """The rows in the order in which they were recorded, or in that of the list. `tick`: the time of each look.

    Raises Unavailable if the ledger cannot be written or a row cannot be read, Refused for a row about persons that
    does not say about whom. Cannot run inside a transaction.
    """
    if not isinstance(purpose, Purpose):
        raise TypeError("rows are read under a Purpose")
    shape = shape_of(wanted.register)
    for batch in _read(shape, wanted):
        persons: dict[str, None] = {}
        for about, _row in batch:
            persons.update(dict.fromkeys(about))
        if persons:
            looks = [Look(person, wanted.register, wanted.fields) for person in persons]
            ledger.record_look(purpose, looks, kind=rules.LOOK_KIND[purpose.ground], now=tick())
        yield [row for _about, row in batch]


def open_rows(wanted: Wanted) -> Iterator[list[Taken]]:
    """The same of what is published: no look. The caller has made sure that `wanted.fields` are open."""
    for batch in _read(shape_of(wanted.register), replace(wanted, published=True)):
        yield [row for _about, row in batch]


def open_page(wanted: Wanted, only: Q, *, after: int, limit: int) -> list[Taken]:
    """Some of them: those after a number for which `only` holds, at most `limit`. No look."""
    shape = shape_of(wanted.register)
    rows = _rows(wanted).filter(only, id__gt=after).order_by("id")[:limit]
    return [row for _about, row in _taken(shape, replace(wanted, published=True), rows)]


def rows_below(wanted: Wanted, field: str, value: object) -> Iterator[list[Taken]]:
    """Of a register about nobody, the rows that refer to this row by that field. No look."""
    shape = shape_of(wanted.register)
    if shape.is_personal or shape.about:
        raise Refused("about_persons", shape.law)
    found = RowKey.objects.filter(field=f"{wanted.register}.{field}", value=shape.found(field, value))
    for batch in _read(shape, wanted, Q(pk__in=found.values("row"))):
        yield [row for _about, row in batch]


def count(wanted: Wanted) -> int:
    """How many rows that is; says nothing about anybody."""
    return _rows(wanted).count()


def _rows(wanted: Wanted) -> QuerySet[Row]:
    known = Row.objects.filter(
        Q(retired_at__isnull=True) | Q(retired_at__gt=wanted.known_at), register=wanted.register,
        recorded_at__lte=wanted.known_at,
    )  # fmt: skip
    return known if wanted.on is None else changes.on_days(known, wanted.on, wanted.on)


def _read(shape: Shape, wanted: Wanted, only: Q | None = None) -> Iterator[list[tuple[tuple[str, ...], Taken]]]:
    if wanted.listed is not None:
        for ids in walking.every(wanted.listed):
            for at in range(0, len(ids), AT_ONCE):
                there = Row.objects.in_bulk(ids[at : at + AT_ONCE])
                yield list(_taken(shape, wanted, [there[pk] for pk in ids[at : at + AT_ONCE]]))
        return
    rows = _rows(wanted).order_by("id")
    if only is not None:
        rows = rows.filter(only)
    last = 0
    while found := list(rows.filter(id__gt=last)[:AT_ONCE]):
        yield list(_taken(shape, wanted, found))
        last = found[-1].pk


def _taken(shape: Shape, wanted: Wanted, rows: Iterable[Row]) -> Iterator[tuple[tuple[str, ...], Taken]]:
    """With whom each is about; passes over what is not published, where only that is wanted."""
    open_data = shape.register.open_data if wanted.published else None
    for row in rows:
        try:
            values = shape.in_memory(msgspec.json.decode(row.values))
        except (WrongKind, msgspec.DecodeError, AttributeError) as problem:
            raise Unavailable(shape.register.agency, "a row cannot be read") from problem
        if open_data is not None and not shape.holds(open_data.when, values):
            continue
        about = shape.subjects(values)
        if not about and shape.is_personal:
            raise Refused("no_subject", shape.law)
        shown = {name: values[name] for name in wanted.fields}
        yield about, Taken(row.pk, shown, row.valid_from, row.valid_until, row.recorded_at)
