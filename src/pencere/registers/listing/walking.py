"""How the rows of a page are found: by a walk along an order, or gathered by a condition, whichever ends first.

No way is taken to its end on the hope that it is short: each is left for the other after a number of entries that is
worth the other's cost. So a page costs about twice what the better way would have, whatever the values are like.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain

from pencere.registers.listing import seeking
from pencere.registers.listing.along import List, Rank, Walk
from pencere.registers.listing.asking import Condition, fulfils, path_of
from pencere.registers.listing.decoding import decoder
from pencere.registers.listing.seeking import Pair

FEW = 1000
"""Rows that one condition may gather at once: they are read and sorted here in a part of the time of a page."""
EARLY = 30_000
"""So much work, in entries passed, before it is asked whether a walk gets on; it may seem to need five times it."""
BOUNDS = (20_000, 120_000, 300_000)
"""Is the smallest condition smaller than that? More than the last are not brought together."""
_SEEKING, _READING, _GATHERING = 12, 50, 60
"""What a row costs that is sought in the index, that is read, that is read and sorted here: so many entries passed."""
_AT_ONCE, _AT_MOST = 5000, 50_000
_VALUES = 16
"""Different words that a typed beginning may stand for, each sought by itself."""
_DENSE = 8
"""Entries read in a row for one that is sought."""


class Demand:
    """A condition, and how a row is asked for it."""

    def __init__(self, asked: List, condition: Condition) -> None:
        self.condition = condition
        self._asked = asked
        self._pairs: tuple[Pair, ...] | None = None
        self._is_split = False

    @property
    def spans(self) -> list[tuple[str, str, str]]:
        return [(self._asked.named(span.field), span.low, span.high) for span in self.condition.spans]

    @property
    def pairs(self) -> tuple[Pair, ...] | None:
        """The values of which a row has one; None if they are too many to be sought, or do not say all."""
        if not self._is_split:
            self._is_split, self._pairs = True, self._split()
        return self._pairs

    def _split(self) -> tuple[Pair, ...] | None:
        if self.condition.near is not None:
            return None
        found: dict[str, tuple[str, ...]] = {}
        for field, low, high in self.spans:
            some = (low,) if low == high else seeking.values(field, low, high, _VALUES)
            if some is None or len(several := (*found.get(field, ()), *some)) > _VALUES:
                return None
            found[field] = several
        return tuple((field, several) for field, several in found.items() if several)

    def ids(self, most: int) -> set[int] | None:
        """All rows of the index that fulfil it, or may, where it asks for nearness; None if there are more."""
        found: set[int] = set()
        for field, low, high in self.spans:
            some = seeking.span(field, low, high, most)
            if some is None or len(found) + len(some) > most:
                return None
            found.update(some)
        return found

    def has_more(self, most: int) -> bool:
        return any(seeking.has_more(field, low, high, most) for field, low, high in self.spans)


def found(asked: List, start: Rank | None, want: int) -> list[int]:
    """The next ids after `start`, at most `want`."""
    tests = _demands(asked)
    for test in tests:
        ids = test.ids(FEW)
        if ids is not None:
            return _gathered(asked, ids, _left(tests, test), start, want)
    return _walked(asked, tests, start, want)


def found_among(asked: List, ids: Collection[int], start: Rank | None, want: int) -> list[int]:
    """The same, only of these rows."""
    tests = _demands(asked)
    if len(ids) <= FEW:
        return _gathered(asked, set(ids), tests, start, want)
    kept, walk, among = list[int](), Walk(asked, start), frozenset(ids)
    while len(kept) < want and (some := walk.next(_AT_ONCE)) is not None:
        kept += _holding(asked, [id_ for id_ in some if id_ in among], tests)
    return kept[:want]


def every(asked: List) -> Iterator[list[int]]:
    """All ids in order, some at a time: each time one statement of its own, so nothing stays open between them."""
    tests = _demands(asked)
    for test in tests:
        candidates = test.ids(BOUNDS[1])
        if candidates is not None:
            yield from _pieces(_gathered(asked, candidates, _left(tests, test), None, len(candidates)), _AT_ONCE)
            return
    walk = Walk(asked, None)
    left = [each for each in tests if not walk.keeps_to(each.condition)]
    while (ids := walk.next(_AT_ONCE)) is not None:
        yield _holding(asked, ids, left)


def _demands(asked: List) -> list[Demand]:
    """Those of equal values first."""
    return [Demand(asked, each) for each in sorted(asked.conditions, key=lambda each: not each.is_exact)]


def _left(tests: Sequence[Demand], gathered: Demand) -> list[Demand]:
    """What is still to be asked of rows that were gathered by one of the conditions."""
    return [each for each in tests if each is not gathered or each.condition.near is not None]


# --- walk


def _walked(asked: List, tests: list[Demand], start: Rank | None, want: int) -> list[int]:
    """Each row held against all conditions; where that gets on badly, only those of the smallest condition, known by

    then; and where that does too, only those that are known to fulfil all that the index can say. A span of days or
    numbers, for which each row would have to be read, is known from the beginning if it is not wide.
    """
    walk = Walk(asked, start)
    kept = [each for each in tests if walk.keeps_to(each.condition)]
    left = [each for each in tests if each not in kept]
    steps: list[_Step] = [_of_the_smallest, _of_all] if left else []
    known: set[int] | None = None
    if any(each.pairs is None and each.condition.near is None for each in left):  # each row would have to be read
        known, left = _of_the_smallest(None, left, left, BOUNDS[:1])
        steps = steps if known is None else [_of_all] if left else []
    rows: list[int] = []
    work, size = 0, min((2 * want if left else want) + 50, _AT_ONCE)
    while (ids := walk.next(size)) is not None:
        work += len(ids)
        if known is not None:
            ids = [id_ for id_ in ids if id_ in known]
        for some in _pieces(ids, len(ids) if known is None else 4 * want + 100):
            rows += _holding(asked, some, left)
            work += len(some) * (_SEEKING if all(each.pairs is not None for each in left) else _READING)
            if len(rows) >= want:
                return rows[:want]
        if steps and work >= EARLY and work * want > 5 * EARLY * (len(rows) + 1):
            known, left = steps.pop(0)(known, tests, left)
            steps, work = [] if known is None or not left else steps, 0
            if known is not None and len(known) > FEW and not left:
                walk.keep_to_parts(known, FEW, BOUNDS[-1])
        if known is not None and (len(known) <= FEW or work >= _GATHERING * len(known)):
            return _gathered(asked, known, [*left, *kept], start, want)
        size = min(2 * size, _AT_ONCE if known is None else _AT_MOST)
    return rows


def _pieces(ids: list[int], size: int) -> Iterator[list[int]]:
    for at in range(0, len(ids), size or 1):
        yield ids[at : at + size]


# --- which rows fulfil all conditions


Known = tuple[set[int] | None, list[Demand]]
"""The rows that come into question, None for all; and what is still to be asked of them."""
_Step = Callable[[set[int] | None, list[Demand], list[Demand]], Known]


def _of_the_smallest(
    _known: set[int] | None, tests: list[Demand], left: list[Demand], bounds: tuple[int, ...] | None = None
) -> Known:
    """The rows of the smallest condition, unless all are wide."""
    for bound in BOUNDS if bounds is None else bounds:
        for test in tests:
            if not test.has_more(bound) and (ids := test.ids(bound)) is not None:
                return ids, [each for each in left if each is not test or test.condition.near is not None]
    return None, left


def _of_all(known: set[int] | None, _tests: list[Demand], left: list[Demand]) -> Known:
    """Those that fulfil the other conditions too.

    The index gives both by their ids, so that of a wide condition only the parts are read in which there are such rows.
    """
    ids, still = sorted(known or ()), list(left)
    for test in left:
        together = None if len(ids) <= FEW else _together(ids, test)
        if together is not None:
            ids = together
            if test.condition.near is None:
                still.remove(test)
    return set(ids), still


def _together(ids: list[int], test: Demand) -> list[int] | None:
    """Those that fulfil the condition; None where each row has to be asked."""
    if (pairs := test.pairs) is not None:
        return [id_ for some in _pieces(ids, _AT_ONCE) for id_ in _block(some, pairs)]
    others = test.ids(BOUNDS[-1])
    return None if others is None else [id_ for id_ in ids if id_ in others]


def _block(ids: list[int], pairs: tuple[Pair, ...]) -> list[int]:
    most = _DENSE * len(ids)
    asked, found = set(ids), set[int]()
    for field, several in pairs:
        for value in several:
            some = seeking.between(field, value, ids[0], ids[-1], most + 1)
            if len(some) > most:
                return seeking.with_all([pairs], ids)
            found |= asked.intersection(some)
    return sorted(found)


# --- gather


def _gathered(asked: List, candidates: set[int], left: Sequence[Demand], start: Rank | None, want: int) -> list[int]:
    """Sorted here: those of the candidates that fulfil all, after `start`."""
    ids = sorted(candidates)
    ranks: Iterator[Rank] = chain.from_iterable(
        _ranks(asked, ids[at : at + _AT_ONCE], left) for at in range(0, len(ids), _AT_ONCE)
    )  # fmt: skip
    if start is not None:
        after = start
        ranks = (rank for rank in ranks if (rank < after if asked.down else rank > after))
    best = heapq.nlargest(want, ranks) if asked.down else heapq.nsmallest(want, ranks)
    return [id_ for _has, _place, id_ in best]


def _ranks(asked: List, ids: list[int], left: Sequence[Demand]) -> Iterator[Rank]:
    for id_, row in _fulfilling(asked, ids, left, (asked.path,)):
        yield asked.rank(asked.shape.place(row, asked.path), id_)


# --- held against the conditions


def _holding(asked: List, ids: list[int], left: Sequence[Demand]) -> list[int]:
    """Those that fulfil all, in the same order."""
    fulfilling = {id_ for id_, _row in _fulfilling(asked, ids, left, ())}
    return [id_ for id_ in ids if id_ in fulfilling]


def _fulfilling(
    asked: List, ids: list[int], left: Sequence[Demand], also: tuple[str, ...]
) -> Iterator[tuple[int, dict[str, object]]]:
    """Rows that hold and fulfil all, with the fields that the conditions speak of and `also`, as in memory."""
    sought = [each.pairs for each in left if each.pairs is not None]
    others = [each.condition for each in left if each.pairs is None]
    if not all(sought):
        return  # no row has such a word
    if ids and sought:
        ids = seeking.with_all(sought, ids)
    if not ids:
        return
    when = asked.shape.register.id, asked.day, asked.known_at
    names = {path_of(span.field).partition(".")[0] for each in others for span in each.spans} | set(also)
    if not names:
        for id_ in seeking.living(ids, *when):
            yield id_, {}
        return
    values_of = decoder(asked.shape, sorted(names))
    for id_, stored in seeking.rows(ids, *when):
        row = values_of(stored)
        if all(fulfils(asked.shape, row, each) for each in others):
            yield id_, row
