"""How the rows of a page are found in the index: by a walk along an order, or gathered by a condition.

Every statement here is one that both engines can only run in one way: a stretch of one index, or rows by their ids.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any

import msgspec
from django.db import connection

from pencere.base.errors import Unavailable
from pencere.registers.finding import NONE, Order
from pencere.registers.kinds import WrongKind
from pencere.registers.listing.asking import TOP, Condition, Span, fulfils, path_of
from pencere.registers.rules import Shape

FEW = 2000
"""Rows that one condition may gather at once: as many as are looked through in the time of a page."""
SOME = 20_000
"""Entries that are put together of several conditions, and that a walk passes before it asks whether to gather."""
MANY = 100_000
"""Rows that are gathered where a walk finds nothing for long."""
_AT_ONCE = 5000
_LAST_ID = 2**63 - 1

_UP = "(value, row_id) > (%s, %s) AND value <= %s ORDER BY value, row_id"
_DOWN = "(value, row_id) < (%s, %s) AND value >= %s ORDER BY value DESC, row_id DESC"
_STRETCH = "SELECT value, row_id FROM registers_rowkey WHERE field = %s AND {} LIMIT %s"
_SPAN = "SELECT row_id FROM registers_rowkey WHERE field = %s AND value >= %s AND value <= %s LIMIT %s"
_IN = {"sqlite": "IN (SELECT value FROM json_each(%s))", "postgresql": "= ANY(%s)"}
_PROBE = "SELECT row_id FROM registers_rowkey WHERE field = %s AND value = %s AND row_id {}"
_ROWS = """
SELECT id, "values" FROM registers_row WHERE id {} AND register = %s
    AND valid_from <= %s AND (valid_until IS NULL OR valid_until >= %s)
    AND recorded_at <= %s AND (retired_at IS NULL OR retired_at > %s)
"""

Rank = tuple[int, str, int]
"""Where a row stands: whether it has a value, its place in the order, its id."""


@dataclass(frozen=True, slots=True)
class List:
    """The rows that are looked for, in their order. `down`: from the greatest to the least."""

    shape: Shape
    conditions: tuple[Condition, ...]
    path: str
    is_descending: bool
    is_backward: bool
    day: date
    known_at: datetime

    @property
    def order(self) -> Order:
        return self.shape.order[self.path]

    @property
    def down(self) -> bool:
        return self.is_descending != self.is_backward

    def rank(self, place: str | None, id_: int) -> Rank:
        """Compares as rows stand in the order, or against it; `down` says which."""
        if place is not None:
            return (0, place, id_)
        return (-1 if self.is_descending else 1, "", id_)


def found(asked: List, start: Rank | None, want: int) -> list[int]:
    """The next ids after `start`, at most `want`."""
    candidates = _few(asked)
    if candidates is not None:
        return _gathered(asked, candidates, start, want)
    rows: list[int] = []
    passed = 0
    for ids in _stretches(asked, start, max(2 * want, 100)):
        rows += _holding(asked, ids)
        if len(rows) >= want:
            return rows[:want]
        before, passed = passed, passed + len(ids)
        if before < SOME <= passed and (candidates := _smallest(asked, MANY)) is not None:
            return _gathered(asked, candidates, start, want)
    return rows


def every(asked: List) -> Iterator[list[int]]:
    """All ids in order, some at a time: each time one statement of its own, so nothing stays open between them."""
    candidates = _few(asked) if asked.conditions else None
    if candidates is None:
        candidates = _smallest(asked, MANY)
    if candidates is not None:
        ids = _gathered(asked, candidates, None, len(candidates))
        yield from (ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE))
        return
    for some in _stretches(asked, None, _AT_ONCE):
        yield _holding(asked, some)


# --- gather


def _few(asked: List) -> Collection[int] | None:
    """The rows of one condition, or of several together, if they are few."""
    if (candidates := _smallest(asked, FEW)) is not None:
        return candidates
    if len(asked.conditions) < 2:
        return None
    together: set[int] | None = None
    for condition in asked.conditions:
        ids = _ids(asked, condition, SOME)
        if ids is not None:
            together = ids if together is None else together & ids
    return together if together is not None and len(together) <= FEW else None


def _smallest(asked: List, most: int) -> set[int] | None:
    """The rows of the first condition that not more rows fulfil; those of equal values are asked first."""
    for condition in sorted(asked.conditions, key=lambda each: not each.is_exact):
        ids = _ids(asked, condition, most)
        if ids is not None:
            return ids
    return None


def _ids(asked: List, condition: Condition, most: int) -> set[int] | None:
    """None if there are more."""
    ids: set[int] = set()
    with connection.cursor() as cursor:
        for span in condition.spans:
            cursor.execute(_SPAN, [_named(asked, span.field), span.low, span.high, most + 1])
            fetched = cursor.fetchall()
            ids.update(row[0] for row in fetched)
            if len(fetched) > most or len(ids) > most:
                return None
    return ids


def _gathered(asked: List, candidates: Collection[int], start: Rank | None, want: int) -> list[int]:
    """Sorted here: those of the candidates that fulfil all, after `start`."""
    ids = sorted(candidates)
    ranks: Iterator[Rank] = chain.from_iterable(
        _ranks(asked, ids[at : at + _AT_ONCE]) for at in range(0, len(ids), _AT_ONCE)
    )  # fmt: skip
    if start is not None:
        after = start
        ranks = (rank for rank in ranks if (rank < after if asked.down else rank > after))
    best = heapq.nlargest(want, ranks) if asked.down else heapq.nsmallest(want, ranks)
    return [id_ for _has, _place, id_ in best]


def _ranks(asked: List, ids: Sequence[int]) -> Iterator[Rank]:
    for id_, row in _fulfilling(asked, ids, (asked.path,)):
        yield asked.rank(asked.shape.place(row, asked.path), id_)


# --- walk


def _stretches(asked: List, start: Rank | None, first: int) -> Iterator[list[int]]:
    """Ids along the order, a stretch at a time, each longer than the one before."""
    span = _bounds(asked)
    segments = [(span.field, span.low, span.high)]
    if span.low == "" and span.high == TOP:
        segments.append((asked.path + NONE, "", TOP))
    if asked.is_backward:
        segments.reverse()
    began = start is None
    for field, low, high in segments:
        is_values = not field.endswith(NONE)
        at: tuple[str, int] = (high, _LAST_ID) if asked.down else (low, -1)
        if start is not None and not began:
            if (start[0] == 0) != is_values:
                continue
            inside = low <= start[1] <= high
            at, began = ((start[1], start[2]) if inside else at), True
        yield from _stretch(asked, field, at, low if asked.down else high, first)


def _stretch(asked: List, field: str, at: tuple[str, int], end: str, size: int) -> Iterator[list[int]]:
    statement = _STRETCH.format(_DOWN if asked.down else _UP)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, [_named(asked, field), *at, end, size])
            rows = cursor.fetchall()
        if rows:
            yield [row[1] for row in rows]
            at = rows[-1]
        if len(rows) < size:
            return
        size = min(2 * size, _AT_ONCE)


def _bounds(asked: List) -> Span:
    """The part of the order to be walked: a filter of its own field narrows it."""
    low, high = "", TOP
    for condition in asked.conditions:
        if len(condition.spans) == 1 and condition.spans[0].field == asked.order.field:
            low, high = max(low, condition.spans[0].low), min(high, condition.spans[0].high)
    return Span(asked.order.field, low, high)


def _holding(asked: List, ids: list[int]) -> list[int]:
    """Those that fulfil all, in the same order."""
    left = {id_ for id_, _row in _fulfilling(asked, ids, ())}
    return [id_ for id_ in ids if id_ in left]


# --- held against the conditions


def _fulfilling(asked: List, ids: Sequence[int], also: tuple[str, ...]) -> Iterator[tuple[int, dict[str, object]]]:
    """Rows that hold and fulfil all, with the fields that the conditions speak of and `also`, as in memory."""
    exact = [each for each in asked.conditions if each.is_exact and len(each.spans) == 1]
    others = [each for each in asked.conditions if each not in exact]
    for condition in exact:
        ids = _probed(asked, condition.spans[0], ids)
        if not ids:
            return
    names = {path_of(span.field).partition(".")[0] for each in others for span in each.spans} | set(also)
    read = {name: asked.shape.read[name] for name in names}
    for id_, values in _rows(asked, ids):
        if not read:
            yield id_, {}
            continue
        try:
            stored = msgspec.json.decode(values)
            said = asked.shape.named(stored)
            row = {name: None if said.get(name) is None else one(said[name]) for name, one in read.items()}
        except (WrongKind, msgspec.DecodeError, AttributeError) as problem:
            raise Unavailable(asked.shape.register.agency, "a row cannot be read") from problem
        if all(fulfils(asked.shape, row, each) for each in others):
            yield id_, row


def _probed(asked: List, span: Span, ids: Sequence[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            _PROBE.format(_IN[connection.vendor]), [_named(asked, span.field), span.low, _listed(ids)]
        )  # fmt: skip
        return [row[0] for row in cursor.fetchall()]


def _rows(asked: List, ids: Sequence[int]) -> list[tuple[int, str]]:
    day = connection.ops.adapt_datefield_value(asked.day)
    moment = connection.ops.adapt_datetimefield_value(asked.known_at)
    with connection.cursor() as cursor:
        cursor.execute(
            _ROWS.format(_IN[connection.vendor]),
            [_listed(ids), asked.shape.register.id, day, day, moment, moment],
        )
        return cursor.fetchall()


def _listed(ids: Sequence[int]) -> Any:
    """Ids as one value of a statement."""
    return list(ids) if connection.vendor == "postgresql" else msgspec.json.encode(list(ids)).decode()


def _named(asked: List, field: str) -> str:
    return f"{asked.shape.register.id}.{field}"
