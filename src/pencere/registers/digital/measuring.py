"""Counts the rows of the registers kept here, now and then, so that no page counts a million of them."""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime, timedelta

import msgspec
from django.db.models import Max

from pencere import country
from pencere.base import clock
from pencere.registers import changes
from pencere.registers.digital.models import Measure
from pencere.registers.digital.reckoning import Measured, is_due
from pencere.registers.models import Load

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
    """Also where a whole file came in or went out since: who loaded it looks at the page next."""
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
    rows, filled = 0, Counter[str]()
    for values in held.values_list("values", flat=True).iterator(chunk_size=_AT_ONCE):
        rows += 1
        filled.update(name for name, value in _decode(values).items() if value not in _NOTHING)
    newest = changes.live_rows(register_id).aggregate(last=Max("recorded_at"))["last"]
    declared = country.current().registers[register_id].fields
    measured = Measured(now, rows, newest, {name: filled[name] for name in declared})
    Measure.objects.update_or_create(
        register=register_id,
        defaults={
            "at": now,
            "took": timedelta(seconds=time.monotonic() - began),
            "rows": rows,
            "newest": newest,
            "filled": msgspec.json.encode(measured.filled).decode(),
        },
    )
    return measured


def measured_of(row: Measure) -> Measured:
    return Measured(row.at, row.rows, row.newest, msgspec.json.decode(row.filled, type=dict[str, int]))
