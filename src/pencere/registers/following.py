"""A row that follows another, or ends it: told of, and with its leaf. Only inside a transaction of `actions.py`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pencere.ledger.actions import Receipt
from pencere.registers import telling
from pencere.registers.changes import Recorded, insert, keep_before, retire, tell, values_of
from pencere.registers.models import Row
from pencere.registers.rules import Shape


def replace(
    shape: Shape, old: Row | None, values: Mapping[str, object], days: tuple[date, date | None], recorded: Recorded
) -> tuple[Row, Receipt]:
    """On what it rests stands in the row that holds from that day on, and in the leaf."""
    body = {"from": days[0].isoformat(), **recorded.in_leaf}
    if old is None:
        fresh = insert(shape, values, days, "add", None, recorded)
    else:
        retire(old, recorded.at)
        keep_before(shape, old, days[0], "replace", Recorded(recorded.by, recorded.at))
        carried = {**values_of(shape, old), **values}
        fresh = insert(shape, carried, days, "replace", old, recorded)
    telling.note(shape, "add" if old is None else "replace", fresh, old, recorded.at)
    return fresh, tell("register.replaced", shape, fresh, old, body, recorded.at)


def end(shape: Shape, old: Row, from_day: date, recorded: Recorded) -> Receipt:
    """On what it rests stands in what the row still says of the days before, and in the leaf."""
    retire(old, recorded.at)
    rest = keep_before(shape, old, from_day, "end", recorded)
    telling.note(shape, "end", old, None, recorded.at)
    body = {"from": from_day.isoformat(), **recorded.in_leaf}
    return tell("register.ended", shape, rest, old, body, recorded.at)
