"""Rows to choose from, of a register that is about nobody: what a question offers. No look.

Rows are found by the index, by beginnings of words. Where texts of the register are in no index, the first rows are
looked through, and no more than `LOOKED_THROUGH`: whoever has more says `search` in the declaration.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

import msgspec
from django.db.models import Q, QuerySet

from pencere.base import clock
from pencere.base.errors import Refused, Unavailable
from pencere.registers import changes, indexing, places
from pencere.registers.finding import WORD, span_of_word
from pencere.registers.kinds import TEXTS, WrongKind
from pencere.registers.models import Row, RowKey
from pencere.registers.rules import FreePlace, Shape
from pencere.registers.using import shape_of

LOOKED_THROUGH = 20_000
_AT_ONCE = 500


def listed(
    register_id: str, only: Mapping[str, object], *, words: Collection[str] = (), limit: int, now: datetime
) -> tuple[FreePlace, ...]:
    """Rows to choose from, whether or not they have free places: with these fields, and with all these words in them.

    Words are folded as `base.writing.fold` does; each is the beginning of a word of the row. Only of a register that
    is about nobody; then this is no look. `free` is 0 where the register gives out no places. Raises Refused for a
    register about persons; Unavailable while the index is made that words are found by, or if a row cannot be read.
    """
    shape = shape_of(register_id)
    if shape.is_personal:
        raise Refused("about_persons", shape.law)
    capacity = next(iter(shape.register.capacity.values()), None)
    day = clock.day_in(shape.country.time_zone, now)
    rows = changes.on_days(changes.live_rows(register_id), day, day)
    for name, value in only.items():
        alike = RowKey.objects.filter(field=f"{register_id}.{name}", value=shape.found(name, value))
        rows = rows.filter(pk__in=alike.values("row"))
    unfound = words if _is_beside_the_index(shape) else ()
    if words and not unfound:
        indexing.demand_made(shape)
        for word in words:
            rows = rows.filter(_with_word(shape, word))
    found: list[FreePlace] = []
    for some in _batches(rows):
        seen = [(row, _decoded(shape, row)) for row in some]
        seen = [(row, values) for row, values in seen if shape.has_words(values, unfound)]
        free = places.free(shape, capacity, [row for row, _ in seen], day, now) if capacity and seen else {}
        for row, values in seen:
            found.append(FreePlace(places.named(shape, row), values, free.get(row.key, 0)))
            if len(found) == limit:
                return tuple(found)
    return tuple(found)


def _is_beside_the_index(shape: Shape) -> bool:
    """Whether a text or a number of the register's rows is searched by nothing that the index has."""
    fields = shape.register.fields
    texts = {name for name, field in fields.items() if field.kind in TEXTS or field.kind in shape.country.identifiers}
    return not texts <= _texts_by_exact_form(shape) | set(shape.worded)


def _texts_by_exact_form(shape: Shape) -> set[str]:
    return {path for path, field in shape.found_field.items() if field.kind in TEXTS}


def _with_word(shape: Shape, word: str) -> Q:
    """A word of a field that is searched by words begins so, or the whole of one that is found exactly."""
    first, last = span_of_word(word)
    exact = [f"{shape.register.id}.{path}" for path in _texts_by_exact_form(shape)]
    found = Q(pk__in=RowKey.objects.filter(field__in=exact, value__gte=first, value__lte=last).values("row"))
    worded = [f"{shape.register.id}.{path}{WORD}" for path in shape.worded]
    pieces = shape.words.of(word)
    if worded and pieces:
        every = Q()
        for piece in pieces:
            first, last = span_of_word(piece)
            entries = RowKey.objects.filter(field__in=worded, value__gte=first, value__lte=last)
            every &= Q(pk__in=entries.values("row"))
        found |= every
    return found


def _batches(rows: QuerySet[Row]) -> Iterator[list[Row]]:
    """In the order in which they were recorded; each time one statement of its own."""
    last = 0
    for _ in range(0, LOOKED_THROUGH, _AT_ONCE):
        some = list(rows.filter(pk__gt=last).order_by("pk")[:_AT_ONCE])
        if some:
            yield some
        if len(some) < _AT_ONCE:
            return
        last = some[-1].pk


def _decoded(shape: Shape, row: Row) -> dict[str, object]:
    try:
        return changes.in_memory(shape, row)
    except (WrongKind, msgspec.DecodeError, AttributeError) as problem:
        raise Unavailable(shape.register.agency, "a row cannot be read") from problem
