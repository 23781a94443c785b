"""A row that follows another, says it anew, or ends it: told of, and with its leaf.

Only inside a transaction of `actions.py`, `accepting.py` or `proposing.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pencere.base import clock
from pencere.ledger.actions import Receipt
from pencere.registers import telling
from pencere.registers.changes import Recorded, insert, keep_before, retire, split, tell, values_of
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


def correct(shape: Shape, old: Row, said: Mapping[str, object], recorded: Recorded) -> tuple[Row, Receipt]:
    """The old row was wrong and is said anew, for its own days unless `said` names others.

    Whoever listens hears of it as of a replacement, if the row holds today: what was long so is no news.
    """
    retire(old, recorded.at)
    days, values = split(said, old.valid_from, old.valid_until)
    fresh = insert(shape, {**values_of(shape, old), **values}, days, "correct", old, recorded)
    today = clock.day_in(shape.country.time_zone, recorded.at)
    if days[0] <= today and (days[1] is None or today <= days[1]):
        telling.note(shape, "replace", fresh, old, recorded.at)
    return fresh, tell("register.corrected", shape, fresh, old, recorded.in_leaf, recorded.at)


def end(shape: Shape, old: Row, from_day: date, recorded: Recorded) -> Receipt:
    """On what it rests stands in what the row still says of the days before, and in the leaf."""
    retire(old, recorded.at)
    rest = keep_before(shape, old, from_day, "end", recorded)
    telling.note(shape, "end", old, None, recorded.at)
    body = {"from": from_day.isoformat(), **recorded.in_leaf}
    return tell("register.ended", shape, rest, old, body, recorded.at)
