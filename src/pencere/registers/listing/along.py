"""A list's order, and the walk along it: all of it, or only the parts in which the rows stand that are looked for.

Rows with a word in the field that sorts stand together where it is their first word. So where nearly all of them do,
the walk goes through these parts of the order, and the few others are read and put in between: it need not pass
everything that stands before. What is sampled only proposes the parts; which rows stand in them, the index says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from pencere.registers.finding import NONE, WORD, Order
from pencere.registers.listing import seeking
from pencere.registers.listing.asking import TOP, Condition, Span
from pencere.registers.listing.decoding import decoder
from pencere.registers.rules import Shape

_SAMPLE = 64

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

    def named(self, field: str) -> str:
        return f"{self.shape.register.id}.{field}"


class Walk:
    """Along the entries of the order, those without a value last."""

    def __init__(self, asked: List, start: Rank | None) -> None:
        self._asked = asked
        self._ahead: list[_Stretch | list[int]] = [
            self._stretch(span, start) for span in self._whole() if not self._is_passed(span, start)
        ]

    def next(self, size: int) -> list[int] | None:
        """The next ids, at most so many; None at the end."""
        while self._ahead:
            first = self._ahead[0]
            if isinstance(first, list):
                del self._ahead[0]
                return first
            ids, on = seeking.stretch(self._asked.named(first.field), first.at, first.end, size, down=self._asked.down)
            if on is None:
                self._ahead.pop(0)
            else:
                first.at = on
            if ids:
                return ids
        return None

    def keeps_to(self, condition: Condition) -> bool:
        """Whether all that is passed fulfils it, because the walk is bounded by it."""
        return _bounding(self._asked, condition) is not None

    def keep_to_parts(self, known: set[int], few: int, most: int) -> None:
        """From here on only where these rows stand, if that is in parts of the order and a `few` of them elsewhere."""
        if not self._ahead or any(isinstance(each, list) for each in self._ahead):
            return
        parts, others = _parts(self._asked, known), known
        for span in parts:
            there = seeking.span(self._asked.named(span.field), span.low, span.high, most)
            if there is None:
                return
            others = others.difference(there)
        if not parts or len(others) > few:
            return
        here = self._place()
        ranks = sorted(self._ranks(others), reverse=self._asked.down)
        ranks = [rank for rank in ranks if self._is_before(here, rank)]
        ahead: list[_Stretch | list[int]] = []
        for span in reversed(parts) if self._asked.down else parts:
            if self._is_passed(span, here):
                continue
            edge = self._edge(span)
            ahead.append([rank[2] for rank in ranks if self._is_before(rank, edge)])
            ranks = [rank for rank in ranks if not self._is_before(rank, edge)]
            ahead.append(self._stretch(span, here))
        ahead.append([rank[2] for rank in ranks])
        self._ahead = [each for each in ahead if each]

    def _whole(self) -> list[Span]:
        """The order as it is walked."""
        span = _bounds(self._asked)
        if span.low != "" or span.high != TOP:
            return [span]
        empty = Span(self._asked.path + NONE, "", TOP)
        if any(each.spans[0].field == empty.field for each in self._asked.conditions if each.spans):
            return [empty]  # only those are asked for
        return [empty, span] if self._asked.is_backward else [span, empty]

    def _stretch(self, span: Span, start: Rank | None) -> _Stretch:
        down = self._asked.down
        at = seeking.beginning(span.high if down else span.low, down)
        if start is not None and self._has(span) == start[0] and span.low <= start[1] <= span.high:
            at = start[1], start[2]
        return _Stretch(span.field, at, span.low if down else span.high)

    def _place(self) -> Rank:
        """Up to where it went."""
        first = self._ahead[0]
        assert isinstance(first, _Stretch)
        return (self._has(first), *first.at)

    def _has(self, span: Span | _Stretch) -> int:
        """The first part of the ranks there."""
        return self._asked.rank(None, 0)[0] if span.field.endswith(NONE) else 0

    def _edge(self, span: Span) -> Rank:
        """Before all that stands there."""
        return (self._has(span), *seeking.beginning(span.high if self._asked.down else span.low, self._asked.down))

    def _is_before(self, one: Rank, other: Rank) -> bool:
        return one > other if self._asked.down else one < other

    def _is_passed(self, span: Span, start: Rank | None) -> bool:
        """Whether all of it lies before that place."""
        if start is None:
            return False
        end = (self._has(span), span.low if self._asked.down else span.high)
        return end > start[:2] if self._asked.down else end < start[:2]

    def _ranks(self, ids: set[int]) -> Iterator[Rank]:
        asked = self._asked
        values_of = decoder(asked.shape, (asked.path,))
        for id_, stored in seeking.rows(sorted(ids), asked.shape.register.id, asked.day, asked.known_at):
            yield asked.rank(asked.shape.place(values_of(stored), asked.path), id_)


@dataclass(slots=True)
class _Stretch:
    """What is still to be walked of a part of the order: behind a place, up to a value."""

    field: str
    at: tuple[str, int]
    end: str


def _parts(asked: List, known: set[int]) -> list[Span]:
    """Where rows with an asked word probably stand together, from the least: those that begin with it alike."""
    spans = [span for each in asked.conditions for span in each.spans if span.field == asked.path + WORD]
    if not spans:
        return []
    shape, sample = asked.shape, list(islice(known, 0, None, max(1, len(known) // _SAMPLE)))
    values_of = decoder(shape, (asked.path,))
    keys: dict[str, list[str]] = defaultdict(list)
    for _id, stored in seeking.rows(sample, shape.register.id, asked.day, asked.known_at):
        row = values_of(stored)
        first = next(iter(shape.words.of(str(row[asked.path] or ""))), "")
        place = shape.place(row, asked.path)
        if place is not None and any(span.low <= first <= span.high for span in spans):
            keys[first].append(place)
    begins = sorted({_beginning(several) for several in keys.values() if len(several) > 1})
    apart: list[str] = []
    for begin in begins:
        if begin and not (apart and begin.startswith(apart[-1])):
            apart.append(begin)
    return [Span(asked.order.field, begin, begin + TOP) for begin in apart]


def _bounds(asked: List) -> Span:
    """The part of the order to be walked: a filter of its own field narrows it."""
    low, high = "", TOP
    for condition in asked.conditions:
        if (span := _bounding(asked, condition)) is not None:
            low, high = max(low, span.low), min(high, span.high)
    return Span(asked.order.field, low, high)


def _bounding(asked: List, condition: Condition) -> Span | None:
    is_one = condition.near is None and len(condition.spans) == 1
    return condition.spans[0] if is_one and condition.spans[0].field == asked.order.field else None


def _beginning(texts: list[str]) -> str:
    """With which all of them begin."""
    first, last = min(texts), max(texts)
    return first[: next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), None)]
