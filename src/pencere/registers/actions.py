"""What can happen to a register: rows are added, replaced, ended, corrected; a change that another sends is taken;

places are held and released. Each change of rows is a leaf in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice

from django.db import IntegrityError, connection, transaction

from pencere.base import clock
from pencere.base.errors import BadInput
from pencere.ledger import actions as ledger
from pencere.ledger.actions import Receipt
from pencere.registers import changes, following, giving, guards, loading, places, referring, rules, shelf, telling
from pencere.registers.accepting import accept
from pencere.registers.changes import Recorded, demand, holding, insert, key_of, split, tell, values_of
from pencere.registers.filling import MOST_PACKERS, Block, Filling, Packer, filling, forget_all
from pencere.registers.ground import overlapping
from pencere.registers.loading import NewRow
from pencere.registers.proposing import Decided, confirm, propose, turn_down
from pencere.registers.rules import Accepted, Held, Shape
from pencere.registers.using import shape_of

__all__ = ["MOST_PACKERS", "Accepted", "Block", "Decided", "Filling", "Held", "Packer", "accept", "add_row", "add_rows",
           "confirm", "correct_row", "divide_row", "end_row", "filling", "forget_all", "happen", "propose", "release",
           "replace_row", "reserve", "turn_down"]  # fmt: skip

BATCH = 5000


def add_rows(
    register_id: str,
    rows: Iterable[Mapping[str, object]],
    *,
    valid_from: date,
    recorded_by: str,
    now: datetime,
) -> int:
    """Brings in many rows as they stand elsewhere, a transaction and a leaf for each batch; gives their number.

    A row may name its own `valid_from` and `valid_until`. Nothing is told of them: what was long so is no event.
    Raises BadInput with `row` (from 1) and `field` at the first row that cannot be; the batches before it stay.
    """
    shape = shape_of(register_id)
    added = 0
    for batch in _batches(rows):
        checked = [_checked(shape, row, valid_from, added + place) for place, row in enumerate(batch, 1)]
        try:
            with transaction.atomic():
                guards.lock_loads(connection)
                if shape.apart:
                    giving.lock_serials(shape)
                    overlapping.lock(shape)
                if shape.unique:
                    guards.lock_all(connection)
                ids = _add(shape, checked, recorded_by, now)
                changes.demand_unique(shape, checked)
                overlapping.demand_apart(shape, ids, checked, before=added)
                referring.demand_there(shape, checked)
                giving.count_loaded(shape, batch)
        except IntegrityError:
            raise _overlap(shape, checked, added) from None  # the database's words hold the row
        added += len(batch)
    return added


def add_row(
    register_id: str,
    row: Mapping[str, object],
    *,
    valid_from: date,
    recorded_by: str,
    now: datetime,
    reason: str = "",
    document: str = "",
) -> Accepted:
    """One new row, as its own agency writes it; given fields that `row` does not name are given. Raises BadInput.

    `reason`, `document`: why it is added and the paper that it rests on, where somebody says so.
    """
    shape = shape_of(register_id)
    with transaction.atomic():
        days, given = split(row, valid_from, None)
        values = {**giving.give(shape, now), **given}
        recorded = Recorded(recorded_by, now, reason, document)
        fresh = insert(shape, values, days, "add", None, recorded)
        telling.note(shape, "add", fresh, None, now)
        tell("register.added", shape, fresh, None, {"from": days[0].isoformat(), **recorded.in_leaf}, now)
    return Accepted(changes.in_memory(shape, fresh), fresh.pk, now)


def replace_row(
    register_id: str,
    key: Mapping[str, object],
    row: Mapping[str, object],
    *,
    from_day: date,
    recorded_by: str,
    now: datetime,
    reason: str = "",
    document: str = "",
) -> Receipt:
    """From that day on another row holds; what held before stays until the day before.

    Fields that `row` does not name are carried over. Where no row holds on that day, the row is new. Raises BadInput.
    """
    shape = shape_of(register_id)
    with transaction.atomic():
        text = key_of(shape, key)
        old = holding(shape, text, from_day)
        recorded = Recorded(recorded_by, now, reason, document)
        return following.replace(shape, old, {**key, **row}, (from_day, None), recorded)[1]


def end_row(
    register_id: str,
    key: Mapping[str, object],
    *,
    from_day: date,
    recorded_by: str,
    now: datetime,
    reason: str = "",
    document: str = "",
) -> Receipt:
    """From that day on the row holds no longer. Raises BadInput "no_such_row"."""
    shape = shape_of(register_id)
    with transaction.atomic():
        old = demand(holding(shape, key_of(shape, key), from_day))
        return following.end(shape, old, from_day, Recorded(recorded_by, now, reason, document))


def divide_row(
    register_id: str,
    key: Mapping[str, object],
    parts: Sequence[Mapping[str, object]],
    *,
    from_day: date,
    recorded_by: str,
    now: datetime,
    document: str = "",
) -> tuple[Accepted, ...]:
    """From that day on the row holds no longer and several hold in its place, all in one transaction.

    Fields that a part does not name are carried over. Where shapes lie apart, the parts are together as large as the
    row was: BadInput "parts_do_not_cover". `document`: on what the division rests. Raises BadInput "no_such_row", and
    what `add_row` raises.
    """
    if len(parts) < 2:
        raise BadInput("too_few", least=2)
    shape = shape_of(register_id)
    with transaction.atomic():
        old = demand(holding(shape, key_of(shape, key), from_day))
        said = values_of(shape, old)
        recorded = Recorded(recorded_by, now, document=document)
        following.end(shape, old, from_day, recorded)
        made = []
        for part in parts:
            values = {**said, **giving.give(shape, now), **part}
            fresh = insert(shape, values, (from_day, old.valid_until), "add", old, recorded)
            telling.note(shape, "add", fresh, None, now)
            body = {"from": from_day.isoformat(), "recorded_by": recorded_by}
            tell("register.added", shape, fresh, old, body, now)
            made.append(fresh)
        overlapping.demand_covered(shape, said, [values_of(shape, fresh) for fresh in made])
    return tuple(Accepted(changes.in_memory(shape, fresh), fresh.pk, now) for fresh in made)


def correct_row(
    register_id: str,
    key: Mapping[str, object],
    row: Mapping[str, object],
    *,
    on: date,
    reason: str,
    document: str,
    recorded_by: str,
    now: datetime,
) -> Receipt:
    """The row that holds on that day was wrong and is said anew, for the same days unless `row` names others.

    What was known before stays readable by its time. Whoever listens hears of it as of a replacement, if the row holds
    today. `reason` and `document` say on what the correction rests.
    """
    if not reason.strip() or not document.strip():
        raise BadInput("missing", field="document" if reason.strip() else "reason")
    shape = shape_of(register_id)
    with transaction.atomic():
        old = demand(holding(shape, key_of(shape, key), on))
        _fresh, receipt = following.correct(shape, old, row, Recorded(recorded_by, now, reason, document))
        return receipt


def happen(
    register_id: str,
    change: str,
    key: Mapping[str, object],
    row: Mapping[str, object],
    *,
    recorded_by: str,
    now: datetime,
) -> Accepted:
    """Something happens in the agency that keeps the register: its own officers add, replace or end a row, today.

    `key`: fields by which one row is found, for replace and end. What is to be told of it is told. Raises BadInput,
    "no_such_row" and "more_than_one_row" among them.
    """
    shape = shape_of(register_id)
    today = clock.day_in(shape.country.time_zone, now)
    if change == "add":
        return add_row(register_id, row, valid_from=today, recorded_by=recorded_by, now=now)
    with transaction.atomic():
        old = demand(changes.found_by(shape, key, today))
        if change == "end":
            following.end(shape, old, today, Recorded(recorded_by, now))
            return Accepted(changes.in_memory(shape, old), old.pk, now)
        fresh, _receipt = following.replace(shape, old, {**key, **row}, (today, None), Recorded(recorded_by, now))
        return Accepted(changes.in_memory(shape, fresh), fresh.pk, now)


# --- places


def reserve(
    register_id: str,
    capacity: str,
    place: str,
    *,
    key: str,
    amount: int = 1,
    until: datetime | None = None,
    now: datetime,
) -> Held | None:
    """Holds places of a row, named by its key. None if that many are not free, or if this hold has ended already.

    Under the same `key` it is the same hold. It counts until `until`, until `release`, or until a row fills it. Raises
    Refused "no_such_row".
    """
    if amount < 1:
        raise ValueError("at least one place is held")
    shape = shape_of(register_id)
    declared = shape.register.capacity.get(capacity)
    if declared is None:
        raise LookupError(f"{register_id} gives out no {capacity!r}")
    with transaction.atomic():
        return places.hold(shape, declared, place, key=key, amount=amount, until=until, now=now)


def release(key: str, now: datetime) -> bool:
    """What is held under the key is free again; whether it was held until now. Twice is once."""
    with transaction.atomic():
        return places.release(key, now)


# --- many


def _batches(rows: Iterable[Mapping[str, object]]) -> Iterator[list[Mapping[str, object]]]:
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        yield batch


def _checked(shape: Shape, given: Mapping[str, object], valid_from: date, number: int) -> NewRow:
    try:
        (first, last), fields = split(given, valid_from, None)
        return changes.new_row(shape, fields, first, last)
    except BadInput as problem:
        raise BadInput(problem.reason, row=number, **problem.details) from None


def _add(shape: Shape, rows: list[NewRow], recorded_by: str, now: datetime) -> range:
    """Their ids."""
    register = shape.register.id
    first, last = loading.load(register, rows, recorded_by=recorded_by, recorded_at=now)
    shelf.bind_rows(
        register, ((first + place, row.values) for place, row in enumerate(rows) if "sha256:" in row.values)
    )
    digest = rules.digest(row.values for row in rows)
    ledger.record(
        "register.added",
        {"digest": digest, "first": first, "last": last, "recorded_by": recorded_by, "register": register},
        now=now,
    )
    return range(first, last + 1)


def _overlap(shape: Shape, rows: list[NewRow], before: int) -> BadInput:
    """Which row of the refused batch holds on the days of another: in the batch, or in the register."""
    seen: dict[str, list[NewRow]] = {}
    live = changes.live_rows(shape.register.id)
    for number, row in enumerate(rows, before + 1):
        others = seen.setdefault(row.key, [])
        if any(_same_day(row, other) for other in others):
            return BadInput("overlaps", row=number, field=shape.register.key[0])
        others.append(row)
    for number, row in enumerate(rows, before + 1):
        if changes.on_days(live.filter(key=row.key), row.valid_from, row.valid_until).exists():
            return BadInput("overlaps", row=number, field=shape.register.key[0])
    return BadInput("overlaps", field=shape.register.key[0])


def _same_day(one: NewRow, other: NewRow) -> bool:
    return (other.valid_until is None or one.valid_from <= other.valid_until) and (
        one.valid_until is None or other.valid_from <= one.valid_until
    )
