"""What can happen to a register: rows are added, replaced, ended, corrected; a change that another sends is taken;

places are held and released. Each change of rows is a leaf in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import islice

import msgspec
from django.db import IntegrityError, connection, transaction

from pencere.base import clock
from pencere.base.errors import BadInput, Refused
from pencere.country.declarations import Accept
from pencere.ledger import actions as ledger
from pencere.ledger.actions import Receipt
from pencere.registers import changes, giving, guards, loading, places, rules, telling
from pencere.registers.changes import demand, holding, insert, keep_before, key_of, retire, split, tell, values_of
from pencere.registers.loading import NewRow
from pencere.registers.models import Row, TakenChange
from pencere.registers.rules import Accepted, Held, Shape
from pencere.registers.using import shape_of
from pencere.statements.actions import Insert
from pencere.statements.queries import Rows

__all__ = ["Accepted", "Held", "accept", "add_row", "add_rows", "correct_row", "end_row", "happen", "release",
           "replace_row", "reserve"]  # fmt: skip

BATCH = 5000
_taken = Rows(TakenChange, "register = %s AND key = %s")
_add_taken = Insert(TakenChange, "register", "key", "name", "row", "values", "at")
_OF_THE_REGISTER = frozenset({"overlaps", "not_unique", "no_such_row", "more_than_one_row", "no_subject"})
"""Reasons that lie in the rows that are there, not in how a value was written."""


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
                _add(shape, checked, recorded_by, now)
                changes.demand_unique(shape, checked)
                giving.count_loaded(shape, batch)
        except IntegrityError:
            raise _overlap(shape, checked, added) from None  # the database's words hold the row
        added += len(batch)
    return added


def add_row(
    register_id: str, row: Mapping[str, object], *, valid_from: date, recorded_by: str, now: datetime
) -> Accepted:
    """One new row, as its own agency writes it; given fields that `row` does not name are given. Raises BadInput."""
    shape = shape_of(register_id)
    with transaction.atomic():
        days, given = split(row, valid_from, None)
        values = {**giving.give(shape, now), **given}
        fresh = insert(shape, values, *days, "add", None, recorded_by, now)
        telling.note(shape, "add", fresh, None, now)
        body = {"from": days[0].isoformat(), "recorded_by": recorded_by}
        tell("register.added", shape, fresh, None, body, now)
    return Accepted(shape.in_memory(values_of(fresh)), fresh.pk, now)


def replace_row(
    register_id: str,
    key: Mapping[str, object],
    row: Mapping[str, object],
    *,
    from_day: date,
    recorded_by: str,
    now: datetime,
) -> Receipt:
    """From that day on another row holds; what held before stays until the day before.

    Fields that `row` does not name are carried over. Where no row holds on that day, the row is new. Raises BadInput.
    """
    shape = shape_of(register_id)
    with transaction.atomic():
        text = key_of(shape, key)
        old = holding(shape, text, from_day)
        return _replace(shape, old, {**key, **row}, (from_day, None), recorded_by, now)[1]


def end_row(register_id: str, key: Mapping[str, object], *, from_day: date, recorded_by: str, now: datetime) -> Receipt:
    """From that day on the row holds no longer. Raises BadInput "no_such_row"."""
    shape = shape_of(register_id)
    with transaction.atomic():
        old = demand(holding(shape, key_of(shape, key), from_day))
        return _end(shape, old, from_day, recorded_by, now)


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

    What was known before stays readable by its time. `reason` and `document` say on what the correction rests.
    """
    if not reason.strip() or not document.strip():
        raise BadInput("missing", field="document" if reason.strip() else "reason")
    shape = shape_of(register_id)
    with transaction.atomic():
        old = demand(holding(shape, key_of(shape, key), on))
        retire(old, now)
        days, given = split(row, old.valid_from, old.valid_until)
        fresh = insert(
            shape, {**values_of(old), **given}, *days, "correct", old, recorded_by, now,
            reason=reason, document=document,
        )  # fmt: skip
        body = {"document": document, "reason": reason, "recorded_by": recorded_by}
        return tell("register.corrected", shape, fresh, old, body, now)


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
            _end(shape, old, today, recorded_by, now)
            return Accepted(shape.in_memory(values_of(old)), old.pk, now)
        fresh, _receipt = _replace(shape, old, {**key, **row}, (today, None), recorded_by, now)
        return Accepted(shape.in_memory(values_of(fresh)), fresh.pk, now)


# --- a change that another sends


def accept(
    register_id: str,
    accept_name: str,
    row: Mapping[str, object],
    *,
    key: str,
    valid_from: date,
    recorded_by: str,
    now: datetime,
    hold: str = "",
    corrects: str = "",
    reason: str = "",
) -> Accepted:
    """Takes a change that the register declares. Sent again under the same `key`, it is answered again and done once.

    Fields that the register gives are given here and are in the answer. `hold`: the key of a hold that the new row
    fills, in the same transaction. `corrects`: the key of an earlier change; the row that it made is superseded by one
    that says it anew for the same days, or by none if `row` is empty; what was known before stays readable. Raises
    BadInput (field) for a value that cannot be; Refused (rule, law) where the rows that are there do not allow it:
    row_exists no_such_row more_than_one_row overlaps not_unique unknown_row row_changed, hold_gone
    hold_of_another_place hold_too_small no_free_place.
    """
    shape = shape_of(register_id)
    taken = shape.register.accepts.get(accept_name)
    if taken is None:
        raise LookupError(f"{register_id} takes no {accept_name!r}")
    with transaction.atomic():
        guards.lock_change(connection, register_id, key)
        earlier = _taken.first(register_id, key)
        if earlier is not None:
            if earlier.name != taken.name:
                raise ValueError(f"the key {key!r} stands for another change of {register_id}")
            return _answer(shape, earlier)
        if row or not corrects:
            _demand_offered(shape, taken, row)
        try:
            if corrects:
                fresh = _supersede(shape, row, corrects, recorded_by, reason, now)
            else:
                fresh = _take(shape, taken, row, valid_from, recorded_by, now, hold)
        except BadInput as problem:
            raise _refusal(shape, taken, problem) from None
        answered = {*taken.fields, *shape.given, *shape.register.key}
        said = values_of(fresh) if fresh is not None else {}
        values = {name: value for name, value in said.items() if name in answered}
        stored = TakenChange(
            register=register_id, key=key, name=taken.name, row=fresh, values=changes.encode(values).decode(), at=now
        )
        _add_taken.of(stored)
        return _answer(shape, stored)


def _answer(shape: Shape, change: TakenChange) -> Accepted:
    stored = msgspec.json.decode(change.values)
    return Accepted({name: shape.read[name](value) for name, value in stored.items()}, change.row_id, change.at)


def _demand_offered(shape: Shape, taken: Accept, row: Mapping[str, object]) -> None:
    for name in row:
        if name in shape.given and name not in taken.key:
            raise BadInput("given_by_the_register", field=name)
        if name not in taken.fields and name not in ("valid_from", "valid_until"):
            raise BadInput("unknown_field", field=name)
    for name in taken.key:
        if row.get(name) is None:
            raise BadInput("missing", field=name)


def _take(
    shape: Shape,
    taken: Accept,
    row: Mapping[str, object],
    valid_from: date,
    recorded_by: str,
    now: datetime,
    hold: str,
) -> Row:
    """The row that the change made; for an end, the one that it ended."""
    days, sent = split(row, valid_from, None)
    held = places.take(shape, sent, hold, now) if _takes_a_place(shape, taken, sent, days[0]) else None
    _demand_rows_referred_to(shape, sent, days[0])
    if taken.change == "add":
        values = {**sent, **giving.give(shape, now)}
        fresh = insert(shape, values, *days, "add", None, recorded_by, now)
        telling.note(shape, "add", fresh, None, now)
        tell("register.added", shape, fresh, None, {"from": days[0].isoformat(), "recorded_by": recorded_by}, now)
    else:
        old = changes.found_by(shape, {name: sent[name] for name in taken.key}, days[0])
        if taken.change == "end":
            fresh = demand(old)
            _end(shape, fresh, days[0], recorded_by, now)
        else:
            if old is None and not _is_whole(shape, taken):
                raise BadInput("no_such_row")
            values = dict(sent) if old is not None else {**sent, **giving.give(shape, now)}
            fresh, _receipt = _replace(shape, old, values, days, recorded_by, now)
    if held is not None:
        places.close(held, fresh, now)
    return fresh


def _supersede(
    shape: Shape, row: Mapping[str, object], corrects: str, recorded_by: str, reason: str, now: datetime
) -> Row | None:
    """The row of an earlier change is said anew, or, with an empty row, as it was before that change."""
    earlier = TakenChange.objects.filter(register=shape.register.id, key=corrects).first()
    old = Row.objects.filter(pk=earlier.row_id).first() if earlier is not None and earlier.row_id else None
    if old is None or old.retired_at is not None:
        raise Refused("row_changed" if old else "no_such_row", str(shape.register.law[0]) if shape.register.law else "")
    retire(old, now)
    _, sent = split(row, old.valid_from, old.valid_until)
    before = old.follows if old.how == "replace" else None
    said = {**values_of(old), **sent} if row else values_of(before) if before is not None else None
    fresh = None
    if said is not None:
        fresh = insert(
            shape, said, old.valid_from, old.valid_until, "correct", old, recorded_by, now, reason=reason,
            document=corrects,
        )  # fmt: skip
        telling.note(shape, "replace", fresh, old, now)
    else:
        telling.note(shape, "end", old, None, now)
    tell("register.corrected", shape, fresh, old, {"recorded_by": recorded_by, "corrects": corrects}, now)
    return fresh


def _takes_a_place(shape: Shape, taken: Accept, sent: Mapping[str, object], day: date) -> bool:
    """Not a row that ends, nor one that is replaced and stays in its place. Looks before any row is locked."""
    if taken.change == "add":
        return True
    if taken.change == "end":
        return False
    old = changes.peek(shape, {name: sent[name] for name in taken.key}, day)
    return old is None or not places.stays(shape, changes.values_of(old), sent)


def _is_whole(shape: Shape, taken: Accept) -> bool:
    """Whether a replacement says all that a new row needs, so that there may be a first one."""
    return all(name in taken.fields or name in shape.given for name in (*shape.required, *shape.register.key))


def _demand_rows_referred_to(shape: Shape, sent: Mapping[str, object], day: date) -> None:
    """What a reference names is a row that holds on that day, where both registers are kept in one place."""
    register = shape.register
    for name, value in sent.items():
        field = register.fields[name]
        if field.kind != "ref" or field.many or value is None:
            continue
        target = shape_of(str(field.of))
        if target.register.kept == register.kept and holding(target, shape.found(name, value), day) is None:
            raise Refused("unknown_row", str(register.law[0]) if register.law else "")


def _refusal(shape: Shape, taken: Accept, problem: BadInput) -> Exception:
    """A reason that lies in the rows that are there is the register's no; others are about how a value was written."""
    if problem.reason not in _OF_THE_REGISTER:
        return problem
    rule = "row_exists" if problem.reason == "overlaps" and taken.change == "add" else problem.reason
    return Refused(rule, str(shape.register.law[0]) if shape.register.law else "")


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


def _add(shape: Shape, rows: list[NewRow], recorded_by: str, now: datetime) -> None:
    register = shape.register.id
    first, last = loading.load(register, rows, recorded_by=recorded_by, recorded_at=now)
    digest = rules.digest(row.values for row in rows)
    ledger.record(
        "register.added",
        {"digest": digest, "first": first, "last": last, "recorded_by": recorded_by, "register": register},
        now=now,
    )


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


# --- one


def _replace(
    shape: Shape,
    old: Row | None,
    values: Mapping[str, object],
    days: tuple[date, date | None],
    recorded_by: str,
    now: datetime,
) -> tuple[Row, Receipt]:
    first, last = days
    body = {"from": first.isoformat(), "recorded_by": recorded_by}
    if old is None:
        fresh = insert(shape, values, first, last, "add", None, recorded_by, now)
    else:
        retire(old, now)
        keep_before(shape, old, first, "replace", recorded_by, now)
        fresh = insert(shape, {**values_of(old), **values}, first, last, "replace", old, recorded_by, now)
    telling.note(shape, "add" if old is None else "replace", fresh, old, now)
    return fresh, tell("register.replaced", shape, fresh, old, body, now)


def _end(shape: Shape, old: Row, from_day: date, recorded_by: str, now: datetime) -> Receipt:
    retire(old, now)
    rest = keep_before(shape, old, from_day, "end", recorded_by, now)
    telling.note(shape, "end", old, None, now)
    body = {"from": from_day.isoformat(), "recorded_by": recorded_by}
    return tell("register.ended", shape, rest, old, body, now)
