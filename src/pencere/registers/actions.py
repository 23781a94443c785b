"""What can happen to a register: rows are added, replaced, ended, corrected. Each change is a leaf in the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TypeGuard

import msgspec
from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet

from pencere.base.errors import BadInput
from pencere.ledger import actions as ledger
from pencere.ledger.actions import Receipt
from pencere.registers import guards, loading, rules
from pencere.registers.loading import NewRow
from pencere.registers.models import Row, RowKey
from pencere.registers.rules import Shape
from pencere.registers.using import shape_of

BATCH = 5000
_encode = msgspec.json.Encoder(order="sorted").encode


def add_rows(
    register_id: str,
    rows: Iterable[Mapping[str, object]],
    *,
    valid_from: date,
    recorded_by: str,
    now: datetime,
) -> int:
    """Adds many rows, a transaction and a leaf for each batch; gives their number.

    A row may name its own `valid_from` and `valid_until`. Raises BadInput with `row` (from 1) and `field` at the
    first row that cannot be; the batches before it stay.
    """
    shape = shape_of(register_id)
    added = 0
    for batch in _batches(rows):
        checked = [_checked(shape, row, valid_from, added + place) for place, row in enumerate(batch, 1)]
        try:
            with transaction.atomic():
                _add(shape, checked, recorded_by, now)
        except IntegrityError:
            raise _overlap(shape, checked, added) from None  # the database's words hold the row
        added += len(batch)
    return added


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
        text = _key(shape, key)
        old = _holding(shape, text, from_day)
        body = {"from": from_day.isoformat(), "recorded_by": recorded_by}
        if old is None:
            fresh = _insert(shape, {**key, **row}, from_day, None, "add", None, recorded_by, now)
        else:
            _retire(old, now)
            _keep_before(old, from_day, "replace", recorded_by, now)
            fresh = _insert(shape, {**_values(old), **row}, from_day, None, "replace", old, recorded_by, now)
        return _tell("register.replaced", shape, fresh, old, body, now)


def end_row(register_id: str, key: Mapping[str, object], *, from_day: date, recorded_by: str, now: datetime) -> Receipt:
    """From that day on the row holds no longer. Raises BadInput "no_such_row"."""
    shape = shape_of(register_id)
    with transaction.atomic():
        old = _demand(_holding(shape, _key(shape, key), from_day))
        _retire(old, now)
        rest = _keep_before(old, from_day, "end", recorded_by, now)
        body = {"from": from_day.isoformat(), "recorded_by": recorded_by}
        return _tell("register.ended", shape, rest, old, body, now)


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
        old = _demand(_holding(shape, _key(shape, key), on))
        _retire(old, now)
        days, given = _split(row, old.valid_from, old.valid_until)
        fresh = _insert(
            shape, {**_values(old), **given}, *days, "correct", old, recorded_by, now, reason=reason, document=document
        )
        body = {"document": document, "reason": reason, "recorded_by": recorded_by}
        return _tell("register.corrected", shape, fresh, old, body, now)


# --- many


def _batches(rows: Iterable[Mapping[str, object]]) -> Iterator[list[Mapping[str, object]]]:
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        yield batch


def _checked(shape: Shape, given: Mapping[str, object], valid_from: date, number: int) -> NewRow:
    try:
        (first, last), fields = _split(given, valid_from, None)
        return _new_row(shape, fields, first, last)
    except BadInput as problem:
        raise BadInput(problem.reason, row=number, **problem.details) from None


def _split(
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


def _new_row(shape: Shape, given: Mapping[str, object], first: date, last: date | None) -> NewRow:
    row = shape.row(given)
    texts = shape.texts(row)
    found = tuple((f"{shape.register.id}.{name}", text) for name, text in texts.items())
    values = _encode({name: value for name, value in row.items() if value is not None}).decode()
    return NewRow(shape.key(texts), values, first, last, found)


def _add(shape: Shape, rows: list[NewRow], recorded_by: str, now: datetime) -> None:
    register = shape.register.id
    first, last = loading.load(register, rows, recorded_by=recorded_by, recorded_at=now)
    digest = rules.digest([row.values for row in rows])
    ledger.record(
        "register.added",
        {"digest": digest, "first": first, "last": last, "recorded_by": recorded_by, "register": register},
        now=now,
    )


def _overlap(shape: Shape, rows: list[NewRow], before: int) -> BadInput:
    """Which row of the refused batch holds on the days of another: in the batch, or in the register."""
    seen: dict[str, list[NewRow]] = {}
    live = Row.objects.filter(register=shape.register.id, retired_at__isnull=True)
    for number, row in enumerate(rows, before + 1):
        others = seen.setdefault(row.key, [])
        if any(_same_day(row, other) for other in others):
            return BadInput("overlaps", row=number, field=shape.register.key[0])
        others.append(row)
    for number, row in enumerate(rows, before + 1):
        if _on_days(live.filter(key=row.key), row.valid_from, row.valid_until).exists():
            return BadInput("overlaps", row=number, field=shape.register.key[0])
    return BadInput("overlaps", field=shape.register.key[0])


def _same_day(one: NewRow, other: NewRow) -> bool:
    return (other.valid_until is None or one.valid_from <= other.valid_until) and (
        one.valid_until is None or other.valid_from <= one.valid_until
    )


# --- one


def _key(shape: Shape, key: Mapping[str, object]) -> str:
    """The text of a key, locked for this transaction. Raises BadInput."""
    if set(key) != set(shape.register.key):
        raise ValueError(f"a row of {shape.register.id} is named by {', '.join(shape.register.key)}")
    text = shape.key({name: shape.found(name, value) for name, value in key.items()})
    guards.lock(connection, shape.register.id, text)
    return text


def _on_days(rows: QuerySet[Row], first: date, last: date | None) -> QuerySet[Row]:
    found = rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=first))
    return found if last is None else found.filter(valid_from__lte=last)


def _holding(shape: Shape, key: str, day: date) -> Row | None:
    """The live row of that key on that day; there is at most one."""
    live = Row.objects.filter(register=shape.register.id, key=key, retired_at__isnull=True)
    return _on_days(live, day, day).first()


def _demand(row: Row | None) -> Row:
    if row is None:
        raise BadInput("no_such_row")
    return row


def _values(row: Row) -> dict[str, object]:
    return msgspec.json.decode(row.values)


def _retire(row: Row, now: datetime) -> None:
    row.retired_at = now
    row.save(update_fields=["retired_at"])


def _keep_before(old: Row, day: date, how: str, recorded_by: str, now: datetime) -> Row | None:
    """What the old row still says: the same, until the day before. None if it began that day."""
    if old.valid_from >= day:
        return None
    shape = shape_of(old.register)
    return _insert(shape, _values(old), old.valid_from, day - timedelta(days=1), how, old, recorded_by, now)


def _insert(
    shape: Shape,
    given: Mapping[str, object],
    first: date,
    last: date | None,
    how: str,
    follows: Row | None,
    recorded_by: str,
    now: datetime,
    *,
    reason: str = "",
    document: str = "",
) -> Row:
    new = _new_row(shape, given, first, last)
    try:
        with transaction.atomic():
            row = Row.objects.create(
                register=shape.register.id, key=new.key, values=new.values, valid_from=first, valid_until=last,
                recorded_at=now, recorded_by=recorded_by, how=how, follows=follows, reason=reason, document=document,
            )  # fmt: skip
    except IntegrityError:
        raise BadInput("overlaps", field=shape.register.key[0]) from None  # the database's words hold the row
    RowKey.objects.bulk_create(RowKey(row=row, field=field, value=value) for field, value in new.found)
    return row


def _tell(kind: str, shape: Shape, fresh: Row | None, old: Row | None, body: dict[str, str], now: datetime) -> Receipt:
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
