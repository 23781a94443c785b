"""A change that another sends: known by the sender's key, taken once, answered as often as it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import msgspec
from django.db import connection, transaction

from pencere.base.errors import BadInput, Refused
from pencere.country.declarations import Accept
from pencere.registers import changes, following, giving, guards, places, telling
from pencere.registers.changes import Recorded, demand, holding, insert, retire, split, tell, values_of
from pencere.registers.models import Row, TakenChange
from pencere.registers.rules import Accepted, Shape
from pencere.registers.using import shape_of
from pencere.statements.actions import Insert
from pencere.statements.queries import Rows

_OF_THE_REGISTER = frozenset(
    {"overlaps", "not_unique", "no_such_row", "more_than_one_row", "no_subject", "lies_over_another", "unknown_row"}
)
"""Reasons that lie in the rows that are there, not in how a value was written."""

_taken = Rows(TakenChange, "register = %s AND key = %s")
_add_taken = Insert(TakenChange, "register", "key", "name", "row", "values", "at")


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
    row_exists no_such_row more_than_one_row overlaps not_unique lies_over_another unknown_row row_changed, hold_gone
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
                fresh = _supersede(shape, row, Recorded(recorded_by, now, reason, corrects))
            else:
                fresh = _take(shape, taken, row, valid_from, Recorded(recorded_by, now), hold)
        except BadInput as problem:
            raise _refusal(shape, taken, problem) from None
        answered = {*taken.fields, *shape.given, *shape.register.key}
        said = values_of(shape, fresh) if fresh is not None else {}
        values = {name: value for name, value in said.items() if name in answered}
        stored = TakenChange(
            register=register_id,
            key=key,
            name=taken.name,
            row=fresh,
            at=now,
            values=changes.encode(shape.to_store(values)).decode(),
        )
        _add_taken.of(stored)
        return _answer(shape, stored)


def _answer(shape: Shape, change: TakenChange) -> Accepted:
    said = shape.named(msgspec.json.decode(change.values))
    values = {name: shape.read[name](value) for name, value in said.items() if name in shape.read}
    return Accepted(values, change.row_id, change.at)


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
    shape: Shape, taken: Accept, row: Mapping[str, object], valid_from: date, recorded: Recorded, hold: str
) -> Row:
    """The row that the change made; for an end, the one that it ended."""
    now = recorded.at
    days, sent = split(row, valid_from, None)
    held = places.take(shape, sent, hold, now) if _takes_a_place(shape, taken, sent, days[0]) else None
    _demand_rows_referred_to(shape, sent, days[0])
    if taken.change == "add":
        values = {**sent, **giving.give(shape, now)}
        fresh = insert(shape, values, days, "add", None, recorded)
        telling.note(shape, "add", fresh, None, now)
        tell("register.added", shape, fresh, None, {"from": days[0].isoformat(), **recorded.in_leaf}, now)
    else:
        old = changes.found_by(shape, {name: sent[name] for name in taken.key}, days[0])
        if taken.change == "end":
            fresh = demand(old)
            following.end(shape, fresh, days[0], recorded)
        else:
            if old is None and not _is_whole(shape, taken):
                raise BadInput("no_such_row")
            values = dict(sent) if old is not None else {**sent, **giving.give(shape, now)}
            fresh, _receipt = following.replace(shape, old, values, days, recorded)
    if held is not None:
        places.close(held, fresh, now)
    return fresh


def _supersede(shape: Shape, row: Mapping[str, object], recorded: Recorded) -> Row | None:
    """The row of an earlier change is said anew, or, with an empty row, as it was before that change.

    What it rests on is that change: its key is the document.
    """
    now, corrects = recorded.at, recorded.document
    earlier = TakenChange.objects.filter(register=shape.register.id, key=corrects).first()
    old = Row.objects.filter(pk=earlier.row_id).first() if earlier is not None and earlier.row_id else None
    if old is None or old.retired_at is not None:
        raise Refused("row_changed" if old else "no_such_row", shape.law)
    retire(old, now)
    _, sent = split(row, old.valid_from, old.valid_until)
    before = old.follows if old.how == "replace" else None
    said = {**values_of(shape, old), **sent} if row else values_of(shape, before) if before is not None else None
    fresh = None
    if said is not None:
        fresh = insert(shape, said, (old.valid_from, old.valid_until), "correct", old, recorded)
        telling.note(shape, "replace", fresh, old, now)
    else:
        telling.note(shape, "end", old, None, now)
    tell("register.corrected", shape, fresh, old, {"recorded_by": recorded.by, "corrects": corrects}, now)
    return fresh


def _takes_a_place(shape: Shape, taken: Accept, sent: Mapping[str, object], day: date) -> bool:
    """Not a row that ends, nor one that is replaced and stays in its place. Looks before any row is locked."""
    if taken.change == "add":
        return True
    if taken.change == "end":
        return False
    old = changes.peek(shape, {name: sent[name] for name in taken.key}, day)
    return old is None or not places.stays(shape, changes.values_of(shape, old), sent)


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
            raise Refused("unknown_row", shape.law)


def _refusal(shape: Shape, taken: Accept, problem: BadInput) -> Exception:
    """A reason that lies in the rows that are there is the register's no; others are about how a value was written."""
    if problem.reason not in _OF_THE_REGISTER:
        return problem
    rule = "row_exists" if problem.reason == "overlaps" and taken.change == "add" else problem.reason
    return Refused(rule, shape.law)
