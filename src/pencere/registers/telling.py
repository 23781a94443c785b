"""What a register tells: something to tell is noted with the change that it tells of, and numbered when it is read.

A number is given by whoever reads next, under a lock, to what has committed by then. So a change that commits late
gets a later number, and nobody who reads by numbers ever passes it by.
"""

from __future__ import annotations

from datetime import date, datetime

import structlog
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from pencere.base import clock
from pencere.base.terms import due
from pencere.country.cells import facts_of
from pencere.country.declarations import RegisterEvent
from pencere.registers import changes, guards
from pencere.registers.models import Event, Row, RowKey
from pencere.registers.rules import PSEUDO, Shape, WrongKind, plain

log = structlog.get_logger(__name__)
_NUMBER = """
UPDATE registers_event SET number = numbered.place + (
    SELECT COALESCE(MAX(number), 0) FROM registers_event WHERE register = %s AND name = %s
)
FROM (
    SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS place
    FROM registers_event WHERE register = %s AND name = %s AND number IS NULL
) AS numbered
WHERE registers_event.id = numbered.id
"""


def note(shape: Shape, on: str, row: Row, old: Row | None, now: datetime) -> None:
    """In the transaction of a change: what is to be told of it. `row`: the new one; for an end, the one that ended."""
    values = None
    for event in shape.register.events.values():
        if event.on != on:
            continue
        values = values or changes.in_memory(shape, row)
        if not shape.holds(event.when, values) or (on == "replace" and old and not _touches(shape, event, row, old)):
            continue
        Event.objects.create(register=shape.register.id, name=event.name, row=row, once=str(row.pk), at=now)


def _touches(shape: Shape, event: RegisterEvent, row: Row, old: Row) -> bool:
    """Whether a replacement changes anything of what the event speaks of; of its key alone, anything at all."""
    new, before = changes.values_of(shape, row), changes.values_of(shape, old)
    names = {*event.fields, *facts_of(event.when)} - {*shape.register.key, *shape.about, *PSEUDO}
    return any(new.get(name) != before.get(name) for name in names or {*new, *before})


def bring_up(shape: Shape, event: RegisterEvent, now: datetime) -> None:
    """Notes the days that have come near, and numbers what is not numbered yet."""
    if event.on == "date":
        _note_days(shape, event, now)
    place = {"register": shape.register.id, "name": event.name}
    if not Event.objects.filter(**place, number__isnull=True).exists():
        return
    with transaction.atomic():
        guards.lock_list(connection, shape.register.id, event.name)
        with connection.cursor() as cursor:
            cursor.execute(_NUMBER, [*place.values(), *place.values()])


def _note_days(shape: Shape, event: RegisterEvent, now: datetime) -> None:
    """Rows whose day lies between today and the term after it; each day once, however often the row is replaced."""
    assert event.of is not None and event.before is not None
    register = shape.register.id
    today = clock.day_in(shape.country.time_zone, now)
    last = due(event.before, today, shape.country.calendar, "as_is").day
    fresh: dict[str, Row] = {}
    for row in _near(register, event, today, last):
        try:
            values = changes.in_memory(shape, row)
        except WrongKind:  # told as soon as it can be read; until then it keeps no other back
            log.error("row_unreadable", register=register, row=row.pk)
            continue
        if shape.holds(event.when, values):
            fresh[f"{row.key}\x1f{plain(values[event.of])}"] = row
    told = Event.objects.filter(register=register, name=event.name, once__in=fresh)
    for once in told.values_list("once", flat=True):
        del fresh[once]
    if fresh:
        with transaction.atomic():
            Event.objects.bulk_create(
                [Event(register=register, name=event.name, row=row, once=once, at=now) for once, row in fresh.items()],
                ignore_conflicts=True,  # two readers may see the same day come
            )


def _near(register: str, event: RegisterEvent, today: date, last: date) -> QuerySet[Row]:
    days = RowKey.objects.filter(
        field=f"{register}.{event.of}", value__gte=today.isoformat(), value__lte=last.isoformat()
    )
    told = Event.objects.filter(register=register, name=event.name, row=OuterRef("pk"))
    rows = changes.on_days(changes.live_rows(register), today, today)
    return rows.filter(pk__in=days.values("row")).exclude(Exists(told)).order_by("id")
