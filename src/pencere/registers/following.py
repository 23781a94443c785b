"""A row that follows another, or ends it: told of, and with its leaf. Only inside a transaction of `actions.py`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from pencere.ledger.actions import Receipt
from pencere.registers import telling
from pencere.registers.changes import grounds, insert, keep_before, retire, tell, values_of
from pencere.registers.models import Row
from pencere.registers.rules import Shape


def replace(
    shape: Shape,
    old: Row | None,
    values: Mapping[str, object],
    days: tuple[date, date | None],
    recorded_by: str,
    now: datetime,
    *,
    reason: str = "",
    document: str = "",
) -> tuple[Row, Receipt]:
    """`reason`, `document`: on what it rests; they stand in the row that holds from that day on, and in the leaf."""
    first, last = days
    body = {"from": first.isoformat(), "recorded_by": recorded_by, **grounds(reason, document)}
    said = {"reason": reason, "document": document}
    if old is None:
        fresh = insert(shape, values, first, last, "add", None, recorded_by, now, **said)
    else:
        retire(old, now)
        keep_before(shape, old, first, "replace", recorded_by, now)
        carried = {**values_of(shape, old), **values}
        fresh = insert(shape, carried, first, last, "replace", old, recorded_by, now, **said)
    telling.note(shape, "add" if old is None else "replace", fresh, old, now)
    return fresh, tell("register.replaced", shape, fresh, old, body, now)


def end(
    shape: Shape, old: Row, from_day: date, recorded_by: str, now: datetime, *, reason: str = "", document: str = ""
) -> Receipt:
    """`reason`, `document`: on what it rests; they stand in what the row still says of the days before."""
    retire(old, now)
    rest = keep_before(shape, old, from_day, "end", recorded_by, now, reason=reason, document=document)
    telling.note(shape, "end", old, None, now)
    body = {"from": from_day.isoformat(), "recorded_by": recorded_by, **grounds(reason, document)}
    return tell("register.ended", shape, rest, old, body, now)
