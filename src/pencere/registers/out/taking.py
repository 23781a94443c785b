"""Reads the rows of a register to hand them over whole, batch by batch. The only way out for more than one row.

Every person whose data a batch shows has the look in the ledger before the batch is handed over. Each batch is asked
for by itself, so that no reading transaction stands open while the looks are written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import msgspec
from django.db.models import Q, QuerySet

from pencere.base.errors import BadInput, Refused, Unavailable
from pencere.base.purpose import Purpose
from pencere.ledger import actions as ledger
from pencere.ledger.actions import Look
from pencere.registers import changes, indexing, rules
from pencere.registers.kinds import WrongKind
from pencere.registers.listing import walking
from pencere.registers.listing.along import List, Rank
from pencere.registers.models import Row, RowKey
from pencere.registers.rules import Shape
from pencere.registers.using import shape_of

AT_ONCE = 2000
DAYS = ("valid_from", "valid_until")
_LAST = 2**63 - 1


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
    """The same of what is published, in the order of the key: no look. The caller has made sure that `wanted.fields`
    are open, and that the index is made (`indexing.demand_made`).

    Not in the order in which they were recorded: a row that moved to the end, all that is published as before, would
    tell that something else of it has changed, its owner for one.
    """
    shape = shape_of(wanted.register)
    for batch in _read(shape, replace(wanted, published=True, listed=_by_key(shape, wanted))):
        yield [row for _about, row in batch]


def open_page(
    wanted: Wanted, *, after: Mapping[str, object] | None, limit: int, among: Collection[int] | None = None
) -> list[Taken]:
    """Some of them: the next after the row with that key, or from the first on, at most `limit`; `among`: of these
    numbers. No look. Raises BadInput for what is no key, Unavailable while the index is made.
    """
    shape = shape_of(wanted.register)
    indexing.demand_made(shape)
    listed = _by_key(shape, wanted)
    start = _place(shape, wanted, listed, after) if after is not None else None
    ids = walking.found(listed, start, limit) if among is None else walking.found_among(listed, among, start, limit)
    there = Row.objects.in_bulk(ids)
    return [row for _about, row in _taken(shape, replace(wanted, published=True), [there[pk] for pk in ids])]


def open_some(wanted: Wanted, only: Q, *, limit: int) -> list[Taken]:
    """Some of them for which `only` holds, in no order that one may tell of. No look."""
    shape = shape_of(wanted.register)
    rows = _rows(wanted).filter(only).order_by("id")[:limit]
    return [row for _about, row in _taken(shape, replace(wanted, published=True), rows)]


def open_one(wanted: Wanted, key: Mapping[str, object]) -> Taken | None:
    """The one with that key. No look. Raises BadInput for what is no key."""
    found = open_some(wanted, _with_key(shape_of(wanted.register), key), limit=1)
    return found[0] if found else None


def rows_below(wanted: Wanted, field: str, value: object) -> Iterator[list[Taken]]:
    """Of a register about nobody, the rows that refer to this row by that field, as their keys count. No look."""
    shape = shape_of(wanted.register)
    if shape.is_personal or shape.about:
        raise Refused("about_persons", shape.law)
    found = RowKey.objects.filter(field=f"{wanted.register}.{field}", value=shape.found(field, value))
    keys = _rows(wanted).filter(pk__in=found.values("row")).values_list("key", "pk")
    ids = [pk for _key, pk in sorted(keys, key=lambda each: (_as_counted(each[0]), each[1]))]
    for at in range(0, len(ids), AT_ONCE):
        there = Row.objects.in_bulk(ids[at : at + AT_ONCE])
        yield [row for _about, row in _taken(shape, wanted, [there[pk] for pk in ids[at : at + AT_ONCE]])]


def _as_counted(key: str) -> list[tuple[int, str]]:
    """9 before 10, wherever in the key the numbers stand."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", key)]


def count(wanted: Wanted) -> int:
    """How many rows that is; says nothing about anybody."""
    return _rows(wanted).count()


def _by_key(shape: Shape, wanted: Wanted) -> List:
    if wanted.on is None:
        raise ValueError("what is published holds on one day")
    return List(shape, (), shape.register.key[0], False, False, wanted.on, wanted.known_at)


def _with_key(shape: Shape, key: Mapping[str, object]) -> Q:
    """By the index: of rows that were superseded since, too, the column alone finds none without reading all."""
    path = shape.register.key[0]
    found = RowKey.objects.filter(field=f"{shape.register.id}.{path}", value=shape.found(path, key[path]))
    return Q(pk__in=found.values("row"), key=shape.key_named(key))


def _place(shape: Shape, wanted: Wanted, listed: List, key: Mapping[str, object]) -> Rank:
    """Behind the row with that key in their order, whether it is still there or not. Raises BadInput."""
    try:
        place = shape.place({listed.path: shape.read_one[listed.path](key[listed.path])}, listed.path)
    except WrongKind as problem:
        raise BadInput(problem.reason, field=listed.path, **problem.details) from None
    several = len(shape.register.key) > 1
    same = _rows(wanted).filter(_with_key(shape, key)).first() if several else None
    return listed.rank(place, same.pk if same else _LAST)


def _rows(wanted: Wanted) -> QuerySet[Row]:
    known = Row.objects.filter(
        Q(retired_at__isnull=True) | Q(retired_at__gt=wanted.known_at), register=wanted.register,
        recorded_at__lte=wanted.known_at,
    )  # fmt: skip
    return known if wanted.on is None else changes.on_days(known, wanted.on, wanted.on)


def _read(shape: Shape, wanted: Wanted) -> Iterator[list[tuple[tuple[str, ...], Taken]]]:
    if wanted.listed is not None:
        for ids in walking.every(wanted.listed):
            for at in range(0, len(ids), AT_ONCE):
                there = Row.objects.in_bulk(ids[at : at + AT_ONCE])
                yield list(_taken(shape, wanted, [there[pk] for pk in ids[at : at + AT_ONCE]]))
        return
    rows = _rows(wanted).order_by("id")
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
