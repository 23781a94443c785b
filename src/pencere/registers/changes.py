"""How a row follows another: the steps of which every change is made. Only inside a transaction of `actions.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeGuard

import msgspec
from django.db import IntegrityError, connection
from django.db.models import Q, QuerySet

from pencere.base.errors import BadInput
from pencere.ledger import actions as ledger
from pencere.ledger.actions import Receipt
from pencere.registers import guards, referring, rules, shelf
from pencere.registers.ground import overlapping
from pencere.registers.loading import NewRow
from pencere.registers.models import Row, RowKey
from pencere.registers.rules import Shape
from pencere.statements.actions import Insert
from pencere.statements.queries import Rows

encode = msgspec.json.Encoder(order="sorted").encode
_add_keys = Insert(RowKey, "row", "field", "value")
_holding = Rows(
    Row,
    "register = %s AND key = %s AND retired_at IS NULL AND valid_from <= %s "
    "AND (valid_until IS NULL OR valid_until >= %s)",
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """By whom and when a change is recorded, and on what it rests: a reason and a document, where somebody says so."""

    by: str
    at: datetime
    reason: str = ""
    document: str = ""

    @property
    def in_leaf(self) -> dict[str, str]:
        """As the leaf of the change names it."""
        grounds = {"reason": self.reason, "document": self.document} if self.reason or self.document else {}
        return {"recorded_by": self.by, **grounds}


def split(
    given: Mapping[str, object], valid_from: date, valid_until: date | None
) -> tuple[tuple[date, date | None], Mapping[str, object]]:
    """The days that a row names itself, or else the given ones; and the rest of the row."""
    if "valid_from" not in given and "valid_until" not in given:
        return (valid_from, valid_until), given
    days: dict[str, object] = {"valid_from": valid_from, "valid_until": valid_until}
    for name in days:
        if name in given:
            value = given[name]
            try:
                days[name] = date.fromisoformat(value) if isinstance(value, str) else value
            except ValueError:
                raise BadInput("not_a_date", field=name) from None
    first, last = days["valid_from"], days["valid_until"]
    if not _is_day(first):
        raise BadInput("not_a_date", field="valid_from")
    if last is not None and not _is_day(last):
        raise BadInput("not_a_date", field="valid_until")
    if last is not None and last < first:
        raise BadInput("ends_before_it_begins", field="valid_until")
    return (first, last), {name: value for name, value in given.items() if name not in days}


def _is_day(value: object) -> TypeGuard[date]:
    return isinstance(value, date) and not isinstance(value, datetime)


def new_row(
    shape: Shape, given: Mapping[str, object], first: date, last: date | None, follows: Row | None = None
) -> NewRow:
    """The row checked, as it will stand in the tables. Raises BadInput.

    What the row that it follows says of fields that are declared no longer is carried along, unread.
    """
    row = shape.row(given)
    texts = shape.texts(row)
    register = shape.register.id
    found = tuple((f"{register}.{path}", text) for path, several in texts.items() for text in several)
    said = {name: value for name, value in row.items() if value is not None}
    values = encode({**_undeclared(shape, follows), **shape.to_store(said)}).decode()
    return NewRow(shape.key(texts), values, first, last, found)


def insert(
    shape: Shape,
    given: Mapping[str, object],
    days: tuple[date, date | None],
    how: str,
    follows: Row | None,
    recorded: Recorded,
) -> Row:
    """Adds the row, what it is found by, and what it needs of files.

    Raises BadInput "overlaps", "not_unique", "lies_over_another", "unknown_row".
    """
    new = new_row(shape, given, *days, follows)
    overlapping.lock(shape)
    if unique := shape.unique_of(new.found):
        guards.lock(connection, shape.register.id, new.key)
        guards.lock_unique(connection, unique)
    try:
        row = Row.objects.create(
            register=shape.register.id, key=new.key, values=new.values, valid_from=days[0], valid_until=days[1],
            recorded_at=recorded.at, recorded_by=recorded.by, how=how, follows=follows, reason=recorded.reason,
            document=recorded.document,
        )  # fmt: skip
    except IntegrityError:  # the transaction is lost with it; the database's words hold the row
        raise BadInput("overlaps", field=shape.register.key[0]) from None
    _add_keys(*((row.pk, field, value) for field, value in new.found))
    shelf.bind([new.values, recorded.document], shelf.of_row(shape.register.id, row.pk))
    demand_unique(shape, [new])
    overlapping.demand_apart(shape, [row.pk], [new])
    referring.demand_there(shape, [new], follows)
    return row


def demand_unique(shape: Shape, rows: Sequence[NewRow]) -> None:
    """No other live row of these days has the value of a field that is unique. Raises BadInput "not_unique"."""
    for path, field in shape.found_field.items():
        if not field.unique:
            continue
        name = f"{shape.register.id}.{path}"
        for number, row in enumerate(rows, 1):
            for text in (text for found, text in row.found if found == name):
                alike = RowKey.objects.filter(field=name, value=text).values("row")
                live = Row.objects.filter(pk__in=alike, retired_at__isnull=True)
                if on_days(live, row.valid_from, row.valid_until).count() > 1:
                    more = {"row": number} if len(rows) > 1 else {}
                    raise BadInput("not_unique", field=path, **more)


def on_days(rows: QuerySet[Row], first: date, last: date | None) -> QuerySet[Row]:
    """Those that hold on one of the days."""
    found = rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=first))
    return found if last is None else found.filter(valid_from__lte=last)


def live_rows(register: str) -> QuerySet[Row]:
    return Row.objects.filter(register=register, retired_at__isnull=True)


def key_of(shape: Shape, key: Mapping[str, object]) -> str:
    """The text of a key, locked for this transaction. Raises BadInput."""
    if set(key) != set(shape.register.key):
        raise ValueError(f"a row of {shape.register.id} is named by {', '.join(shape.register.key)}")
    text = shape.key_named(key)
    overlapping.lock(shape)
    guards.lock(connection, shape.register.id, text)
    return text


def holding(shape: Shape, key: str, day: date) -> Row | None:
    """The live row of that key on that day; there is at most one."""
    when = day.isoformat()
    return _holding.first(shape.register.id, key, when, when)


def found_by(shape: Shape, key: Mapping[str, object], day: date) -> Row | None:
    """The live row with these fields on that day, locked. Raises BadInput "more_than_one_row"."""
    if set(key) == set(shape.register.key):
        return holding(shape, key_of(shape, key), day)
    found = peek(shape, key, day)
    if found is None:
        return None
    overlapping.lock(shape)
    guards.lock(connection, shape.register.id, found.key)
    return holding(shape, found.key, day)


def peek(shape: Shape, key: Mapping[str, object], day: date) -> Row | None:
    """The same, not locked."""
    if set(key) == set(shape.register.key):
        return holding(shape, shape.key_named(key), day)
    rows = live_rows(shape.register.id)
    for path, value in key.items():
        alike = RowKey.objects.filter(field=f"{shape.register.id}.{path}", value=shape.found(path, value))
        rows = rows.filter(pk__in=alike.values("row"))
    found = list(on_days(rows, day, day)[:2])
    if len(found) > 1:
        raise BadInput("more_than_one_row", field=next(iter(key)))
    return found[0] if found else None


def demand(row: Row | None) -> Row:
    if row is None:
        raise BadInput("no_such_row")
    return row


def values_of(shape: Shape, row: Row) -> dict[str, object]:
    """Of the declared fields, as they are stored."""
    stored = msgspec.json.decode(row.values)
    return {name: stored[was] for name, was in shape.stored.items() if was in stored}


def in_memory(shape: Shape, row: Row) -> dict[str, object]:
    """Of the declared fields, as they are in memory. Raises WrongKind."""
    return shape.in_memory(msgspec.json.decode(row.values))


def _undeclared(shape: Shape, row: Row | None) -> dict[str, object]:
    if row is None:
        return {}
    known = set(shape.stored.values())
    return {name: value for name, value in msgspec.json.decode(row.values).items() if name not in known}


def retire(row: Row, now: datetime) -> None:
    row.retired_at = now
    row.save(update_fields=["retired_at"])


def keep_before(shape: Shape, old: Row, day: date, how: str, recorded: Recorded) -> Row | None:
    """What the old row still says: the same, until the day before. None if it began that day."""
    if old.valid_from >= day:
        return None
    return insert(shape, values_of(shape, old), (old.valid_from, day - timedelta(days=1)), how, old, recorded)


def tell(kind: str, shape: Shape, fresh: Row | None, old: Row | None, body: dict[str, str], now: datetime) -> Receipt:
    """The leaf of a change: which rows by their ids, and a digest of the new one; no value of a field."""
    return ledger.record(
        kind,
        {
            **body,
            "digest": rules.digest([fresh.values]) if fresh else "",
            "follows": old.pk if old else None,
            "register": shape.register.id,
            "row": fresh.pk if fresh else None,
        },
        now=now,
    )
