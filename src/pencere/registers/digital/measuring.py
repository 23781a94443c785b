"""Counts the rows of the registers kept here, now and then, so that no page counts a million of them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec
from django.db.models import Max

from pencere import country
from pencere.base import clock
from pencere.country.declarations import Universe
from pencere.registers import changes
from pencere.registers.digital.models import Measure
from pencere.registers.digital.reckoning import Measured, held_of, is_due
from pencere.registers.models import Load
from pencere.registers.using import shape_of

_AT_ONCE = 2000
_decode = msgspec.json.Decoder(dict[str, object]).decode
_NOTHING: tuple[object, ...] = (None, "", [], {})


def measure_due(now: datetime) -> int:
    """Counts every register whose turn it is; gives how many."""
    here = country.current()
    known = {each.register: each for each in Measure.objects.all()}
    due = [
        register.id
        for register in here.registers.values()
        if register.kept == "here" and (register.id not in known or _is_due(known[register.id], now))
    ]
    for register_id in due:
        measure(register_id, now)
    return len(due)


def _is_due(known: Measure, now: datetime) -> bool:
    """Also where a whole file came in or went out since (who loaded it looks at the page next), and where another thing
    is held against the universe now."""
    if known.held_of != held_of(country.current().registers[known.register].universe):
        return True
    if Load.objects.filter(
        register=known.register, state__in=("confirmed", "undone"), closed_at__gte=known.at
    ).exists():
        return True
    return is_due(known.at, known.took, now)


def measure(register_id: str, now: datetime) -> Measured:
    """Counts the rows that hold today, and keeps what was counted."""
    began = time.monotonic()
    today = clock.day_in(country.current().time_zone, now)
    held = changes.on_days(changes.live_rows(register_id), today, today)
    register = country.current().registers[register_id]
    shape, weigh = shape_of(register_id), weight(register.universe)
    rows, filled, weighed = 0, Counter[str](), Decimal(0)
    for values in held.values_list("values", flat=True).iterator(chunk_size=_AT_ONCE):
        rows += 1
        row = shape.named(_decode(values))
        filled.update(name for name, value in row.items() if value not in _NOTHING)
        if weigh is not None:
            weighed += weigh(row)
    newest = changes.live_rows(register_id).aggregate(last=Max("recorded_at"))["last"]
    measured = Measured(
        now, rows, newest, {name: filled[name] for name in register.fields}, None if weigh is None else weighed,
        held_of(register.universe),
    )  # fmt: skip
    Measure.objects.update_or_create(
        register=register_id,
        defaults={
            "at": now,
            "took": timedelta(seconds=time.monotonic() - began),
            "rows": rows,
            "newest": newest,
            "filled": msgspec.json.encode(measured.filled).decode(),
            "held": "" if measured.held is None else format(measured.held, "f"),
            "held_of": measured.held_of,
        },
    )
    return measured


def measured_of(row: Measure) -> Measured:
    filled = msgspec.json.decode(row.filled, type=dict[str, int])
    return Measured(row.at, row.rows, row.newest, filled, Decimal(row.held) if row.held else None, row.held_of)


def weight(universe: Universe | None) -> Callable[[Mapping[str, object]], Decimal] | None:
    """How much of the universe a row is; None where each row is one of it."""
    if universe is None or (universe.sum is None and universe.day is None):
        return None
    summed, day, year = universe.sum, universe.day, f"{universe.year}-"

    def weigh(row: Mapping[str, object]) -> Decimal:
        if summed is not None:
            value = row.get(summed)
            return Decimal(0) if value is None else Decimal(str(value))
        return Decimal(str(row.get(day or "") or "").startswith(year))

    return weigh
