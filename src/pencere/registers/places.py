"""The places of a row: how many are free is counted, and one is held or taken, under one lock in one transaction.

Free is `places - taken - held`. Taken are the live rows of the register that fills them, held what is held and not yet
over. Where no register fills them, what was taken is held for good.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import IntegrityError, connection
from django.db.models import Count, Q, QuerySet, Sum

from pencere.base import clock
from pencere.base.errors import Refused
from pencere.country.declarations import Capacity
from pencere.registers import changes, guards
from pencere.registers.models import Hold, Row, RowKey
from pencere.registers.rules import Held, Shape
from pencere.registers.using import fills, shape_of
from pencere.statements.actions import Insert
from pencere.statements.queries import Rows

_hold_of_key = Rows(Hold, "key = %s")
_add_hold = Insert(Hold, "register", "capacity", "place", "key", "amount", "state", "until", "at")
_HELD = """
SELECT COALESCE(SUM(amount), 0) FROM registers_hold
WHERE register = %s AND capacity = %s AND place = %s AND (state = 'held' AND (until IS NULL OR until > %s){taken})
"""
_FILLED = """
SELECT COUNT(*) FROM registers_rowkey filling JOIN registers_row filler ON filler.id = filling.row_id
WHERE filling.field = %s AND filling.value = %s AND filler.retired_at IS NULL
  AND (filler.valid_until IS NULL OR filler.valid_until >= %s)
"""


def hold(
    shape: Shape, capacity: Capacity, place: str, *, key: str, amount: int, until: datetime | None, now: datetime
) -> Held | None:
    """In a transaction. None if that many are not free; the same hold if the key has it already."""
    text = key_text(shape, place)
    guards.lock_place(connection, shape.register.id, capacity.name, text)
    day = clock.day_in(shape.country.time_zone, now)
    row = changes.holding(shape, text, day)
    earlier = _hold_of_key.first(key)
    if earlier is not None:
        if (earlier.register, earlier.capacity, earlier.place) != (shape.register.id, capacity.name, text):
            raise ValueError(f"the key {key!r} holds another place")
        return held(shape, earlier, row) if is_live(earlier, now) else None
    if row is None:
        raise Refused("no_such_row", shape.law)
    if _free_in(shape, capacity, row, day, now) < amount:
        return None
    made = Hold(
        register=shape.register.id, capacity=capacity.name, place=text, key=key, amount=amount, state="held",
        until=until, at=now,
    )  # fmt: skip
    try:
        _add_hold.of(made)
    except IntegrityError:
        raise ValueError(f"the key {key!r} holds another place") from None
    return held(shape, made, row)


def _free_in(shape: Shape, capacity: Capacity, row: Row, day: date, now: datetime) -> int:
    """How many places of one row are free. The same as `free`, for what is asked a thousand times."""
    if capacity.by is not None:
        return free(shape, capacity, [row], day, now)[row.key]
    taken = " OR state = 'taken'" if capacity.taken_by is None else ""
    moment = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(_HELD.format(taken=taken), [shape.register.id, capacity.name, row.key, moment])
        used = int(cursor.fetchone()[0])
        if capacity.taken_by is not None:
            cursor.execute(_FILLED, [capacity.taken_by, row.key, connection.ops.adapt_datefield_value(day)])
            used += int(cursor.fetchone()[0])
    return max(0, _places(shape, capacity, row) - used)


def release(key: str, now: datetime) -> bool:
    """Whether it was held until now. What a row fills is not released: that row has to end."""
    live = Hold.objects.filter(key=key).filter(Q(state="held") | Q(state="taken", row__isnull=True))
    return bool(live.update(state="released", closed_at=now))


def take(shape: Shape, values: Mapping[str, object], key: str, now: datetime) -> Hold | None:
    """Before a row is written that fills a place: the place is ours, by the hold of that key or because one is free.

    In the transaction of the row. Raises Refused "hold_gone", "hold_of_another_place", "hold_too_small",
    "no_free_place", "no_such_row".
    """
    place = _filled(shape, values)
    if place is None:
        return _live_hold(shape, key, now) if key else None
    of, capacity, text, amount = place
    guards.lock_place(connection, of.register.id, capacity.name, text)
    if key:
        found = _live_hold(shape, key, now)
        if (found.register, found.capacity, found.place) != (of.register.id, capacity.name, text):
            raise Refused("hold_of_another_place", shape.law)
        if found.amount < amount:
            raise Refused("hold_too_small", shape.law)
        return found
    day = clock.day_in(shape.country.time_zone, now)
    row = changes.holding(of, text, day)
    if row is None:
        raise Refused("no_such_row", shape.law)
    if _free_in(of, capacity, row, day, now) < amount:
        raise Refused("no_free_place", shape.law)
    return None


def stays(shape: Shape, old: Mapping[str, object], new: Mapping[str, object]) -> bool:
    """Whether a row that is replaced fills the same place as before, and no more of it."""
    before, after = _filled(shape, old), _filled(shape, {**old, **new})
    if before is None or after is None:
        return after is None
    return before[:3] == after[:3] and after[3] <= before[3]


def close(taken: Hold, row: Row, now: datetime) -> None:
    """The row fills what was held for it. A capacity that no register fills has no row to count."""
    filled = {capacity for _register, capacity in fills(row.register)}
    Hold.objects.filter(pk=taken.pk).update(state="taken", closed_at=now, row=row if taken.capacity in filled else None)


def free(shape: Shape, capacity: Capacity, rows: Sequence[Row], day: date, now: datetime) -> dict[str, int]:
    """How many places of each row are free, by its key; never below none."""
    keys = [row.key for row in rows]
    used: dict[str, int] = defaultdict(int)
    live = Hold.objects.filter(register=shape.register.id, capacity=capacity.name, place__in=keys)
    counted = Q(state="held") & (Q(until__isnull=True) | Q(until__gt=now))
    if capacity.taken_by is None:
        counted |= Q(state="taken")
    for place, amount in live.filter(counted).values("place").annotate(sum=Sum("amount")).values_list("place", "sum"):
        used[place] += amount
    if capacity.taken_by is not None:
        for place, amount in _taken(capacity, keys, day).items():
            used[place] += amount
    return {row.key: max(0, _places(shape, capacity, row) - used[row.key]) for row in rows}


def held(shape: Shape, hold: Hold, row: Row | None) -> Held:
    values = changes.in_memory(shape, row) if row is not None and not shape.is_personal else {}
    place = named(shape, row) if row is not None else hold.place
    return Held(hold.key, hold.register, hold.capacity, place, hold.amount, hold.until, hold.at, hold.state, values)


def key_text(shape: Shape, place: str) -> str:
    """The key of a row as it is stored, of its one field as it is written."""
    return shape.found(shape.register.key[0], place) if len(shape.register.key) == 1 else place


def named(shape: Shape, row: Row) -> str:
    """A row as others name it, by the one field of its key."""
    names = shape.register.key
    return str(changes.values_of(shape, row)[names[0]]) if len(names) == 1 else row.key


def is_live(hold: Hold, now: datetime) -> bool:
    return hold.state == "taken" or (hold.state == "held" and (hold.until is None or hold.until > now))


def _live_hold(shape: Shape, key: str, now: datetime) -> Hold:
    found = Hold.objects.select_for_update().filter(key=key).first()
    if found is None or found.state != "held" or not is_live(found, now):
        raise Refused("hold_gone", shape.law)
    return found


def _filled(shape: Shape, values: Mapping[str, object]) -> tuple[Shape, Capacity, str, int] | None:
    """Which place the row takes, and how many of it."""
    for register, name in fills(shape.register.id):
        of = shape_of(register)
        capacity = of.register.capacity[name]
        assert capacity.taken_by is not None
        field = capacity.taken_by.partition(".")[2]
        if values.get(field) is not None:
            amount = values.get(capacity.by) if capacity.by else 1
            return of, capacity, shape.found(field, values[field]), amount if isinstance(amount, int) else 1
    return None


def _taken(capacity: Capacity, keys: Sequence[str], day: date) -> dict[str, int]:
    """By the live rows that fill the places, today's and those to come."""
    assert capacity.taken_by is not None
    register = capacity.taken_by.partition(".")[0]
    filling: QuerySet[RowKey] = RowKey.objects.filter(field=capacity.taken_by, value__in=keys).filter(
        Q(row__valid_until__isnull=True) | Q(row__valid_until__gte=day), row__retired_at__isnull=True
    )
    if capacity.by is None:
        return dict(filling.values("value").annotate(count=Count("pk")).values_list("value", "count"))
    taken: dict[str, int] = defaultdict(int)
    shape = shape_of(register)
    for key in filling.select_related("row"):
        amount = changes.in_memory(shape, key.row).get(capacity.by)
        taken[key.value] += amount if isinstance(amount, int) else 1
    return taken


def _places(shape: Shape, capacity: Capacity, row: Row) -> int:
    if isinstance(capacity.places, int):
        return capacity.places
    places = changes.values_of(shape, row).get(capacity.places)
    return places if isinstance(places, int) else 0
