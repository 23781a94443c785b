"""The index of what is there already: made anew, row by row, after an upgrade or a change of a declaration.

A register whose index is not whole stands in `ToIndex`, and its lists are not shown until it is: a list that lacks
rows would be a wrong answer. Rows that come meanwhile write their own entries. Killed at any moment, it goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

import msgspec
from django.db import connection, transaction

from pencere import country
from pencere.base.errors import Unavailable
from pencere.registers.kinds import WrongKind
from pencere.registers.models import Row, ToIndex
from pencere.registers.rules import Shape
from pencere.registers.using import shape_of
from pencere.statements.queries import Exists

_AT_ONCE = 2000
_SECONDS = 4.0
_NEXT_FIELD = "SELECT field FROM registers_rowkey WHERE field > %s AND field < %s ORDER BY field LIMIT 1"
_FORGET = """
DELETE FROM registers_rowkey WHERE (field, value, row_id) IN (
    SELECT field, value, row_id FROM registers_rowkey WHERE field = %s LIMIT %s)
"""
_ADD = "INSERT INTO registers_rowkey (row_id, field, value) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"

_is_waiting = Exists(ToIndex, "register = %s")


def demand_made(shape: Shape) -> None:
    """Raises Unavailable while the index of the register is being made."""
    if _is_waiting(shape.register.id):
        raise Unavailable(shape.register.agency, "the index of the register is being made")


def demand_found(shape: Shape) -> None:
    """Raises Unavailable while rows cannot be found by all that they are asked by: no row is no answer then."""
    if ToIndex.objects.filter(register=shape.register.id, exact=True).exists():
        raise Unavailable(shape.register.agency, "the index of the register is being made")


def order(register_id: str, now: datetime, *, exact: bool = False) -> None:
    """From now on the index counts as not whole; `go_on` makes it. `exact`: rows are found by a new field."""
    said = {"upto": 0, "cleared": False, "at": now, **({"exact": True} if exact else {})}
    ToIndex.objects.update_or_create(register=register_id, defaults=said)


def waiting() -> tuple[str, ...]:
    """Registers whose index is to be made and that are declared here."""
    known = country.current().registers
    return tuple(name for name in ToIndex.objects.order_by("id").values_list("register", flat=True) if name in known)


def make(register_id: str, told: Callable[[int], object] = lambda rows: None) -> int:
    """Makes the whole index; `told` the number of rows after each batch. Gives that number."""
    rows = 0
    while (done := step(register_id)) is not None:
        rows += done
        told(rows)
    return rows


def size(register_id: str) -> int:
    """How many rows there are to index; nobody waits for this number."""
    return Row.objects.filter(register=register_id).count()


def go_on(now: datetime) -> int:
    """For some seconds, for the worker: the index of whatever waits. Gives the number of rows."""
    ends = time.monotonic() + _SECONDS
    rows = 0
    for register in waiting():
        while time.monotonic() < ends and (done := step(register)) is not None:
            rows += done
    return rows


def step(register_id: str) -> int | None:
    """One batch, in one transaction: how many rows; None when the index is whole."""
    shape = shape_of(register_id)
    with transaction.atomic():
        job = ToIndex.objects.select_for_update().filter(register=register_id).first()
        if job is None:
            return None
        if not job.cleared:
            if not _clear(shape):
                job.cleared = True
                job.save(update_fields=["cleared"])
            return 0
        rows = list(Row.objects.filter(register=register_id, pk__gt=job.upto).order_by("pk")[:_AT_ONCE])
        if not rows:
            job.delete()
            return None
        _write(shape, rows)
        job.upto = rows[-1].pk
        job.save(update_fields=["upto"])
    return len(rows)


def _clear(shape: Shape) -> bool:
    """Takes away entries whose form may have changed (words, orders, gaps) or that are declared no longer."""
    register = shape.register.id
    kept = {f"{register}.{path}" for path in shape.found_by}
    at = f"{register}."
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_NEXT_FIELD, [at, f"{register}/"])  # "/" comes after "."
            found = cursor.fetchone()
            if found is None:
                return False
            at = found[0]
            if at not in kept:
                cursor.execute(_FORGET, [at, _AT_ONCE * 10])
                return True


def _write(shape: Shape, rows: list[Row]) -> None:
    register = shape.register.id
    entries = []
    for row in rows:
        if not row.values:
            continue  # erased: nobody finds it
        try:
            values = shape.in_memory(msgspec.json.decode(row.values))
        except (WrongKind, msgspec.DecodeError, AttributeError):
            continue  # a row that cannot be read is nobody's answer; `pencere registers plan` counts them
        for field, texts in shape.texts(values).items():
            entries += [(row.pk, f"{register}.{field}", text) for text in texts]
    with connection.cursor() as cursor:
        cursor.executemany(_ADD, entries)
