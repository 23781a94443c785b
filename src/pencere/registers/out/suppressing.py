"""Counts for everybody from which nobody can be told: what is small is withheld, and what would give it away. Pure.

A table counts rows by some fields, with all totals: a cell is named by a value for each field, TOTAL where it is
summed.

    threshold rule      a cell from 1 to `least` - 1 is withheld
    secondary cells     for each withheld cell others are withheld, so that other tables fit what stays published, too:
                        the corners of a box, raised and lowered in turn, leave every sum as it is. How far they can be
                        moved is how wide the cell stays open, at least `width(least)`. (The hypercube method.)
    recoding            where no box is wide enough, values of a field that occur least are counted together as OTHER;
                        where there is nothing to join, the last field is left out

    the table before    what was withheld in it stays withheld, with its boxes, and what was counted together stays so,
                        as long as it has changed by less than `least`: else two neighbouring tables, each closed,
                        would open the first of them (the births of past years are the same in both)

A box is a proof: whoever knows all published cells and that no count is negative cannot tell the cell from any other
value on its way. What they know of single persons besides is not considered; hence the threshold.

Sources: L. Willenborg, T. de Waal, Elements of Statistical Disclosure Control (2001), ch. 7; A. Hundepool et al.,
Statistical Disclosure Control (2012), ch. 4; S. Giessing, D. Repsilber, "Tools and Strategies to Protect Multiple
Tables with the GHQUAR Cell Suppression Engine" (2002).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, product

TOTAL, UNKNOWN, OTHER = "_T", "_U", "_O"
"""As SDMX codes them."""

_ALTERNATIVES = 8
_BOXES = 600

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`cells`: None is withheld; what is not there counts nothing. `left_out`: fields not counted by after all."""

    by: tuple[str, ...]
    cells: Mapping[Key, int | None]
    left_out: tuple[str, ...]

    @property
    def withheld(self) -> int:
        return sum(count is None for count in self.cells.values())


@dataclass(frozen=True, slots=True)
class Before:
    """The table of the period before, and the counts of which it was made."""

    table: Table
    counts: Mapping[Key, int]


def width(least: int) -> int:
    """How wide a withheld cell stays open at least: half of the threshold."""
    return (least + 1) // 2


def protect(by: Sequence[str], counts: Mapping[Key, int], least: int, before: Before | None = None) -> Table:
    """The table as it may be published. The same counts, after the same table, give the same table."""
    fields, inner = tuple(by), {key: count for key, count in counts.items() if count > 0}
    earlier = _Earlier(by, before, inner, least) if before else None
    if earlier:
        inner = earlier.joined(inner)
    while True:
        if not inner or sum(inner.values()) < least:
            return Table((), {}, tuple(by))
        alone = [place for place in range(len(fields)) if len({key[place] for key in inner}) == 1]
        if alone and len(fields) > 1:  # one value is the total; there is nothing across from it
            fields, inner = _without(fields, inner, alone[-1])
            continue
        cells = _summed(inner)
        again = earlier.withheld(fields, cells) if earlier else set()
        hidden, open_ = _hide(cells, inner, least, again)
        if not open_:
            found = {key: None if key in hidden else count for key, count in cells.items()}
            return Table(fields, found, tuple(name for name in by if name not in fields))
        fields, inner = _recode(fields, inner, open_)


def _summed(inner: Mapping[Key, int]) -> dict[Key, int]:
    """Every cell with every total."""
    cells: Counter[Key] = Counter()
    for key, count in inner.items():
        for sums in product((False, True), repeat=len(key)):
            cells[tuple(TOTAL if summed else value for value, summed in zip(key, sums, strict=True))] += count
    return dict(cells)


# --- the table before


class _Earlier:
    """What the table before withheld and what has changed little since, so that this one must not give it away."""

    def __init__(self, by: Sequence[str], before: Before, now: Mapping[Key, int], least: int) -> None:
        self._by, self._fields = tuple(by), before.table.by
        places = [self._by.index(name) for name in self._fields]
        listed = [{key[at] for key in before.table.cells} for at in range(len(places))]

        def named(key: Key) -> Key:
            return tuple(key[at] if key[at] in some else OTHER for at, some in zip(places, listed, strict=True))

        then = Counter[Key]()
        for key, count in before.counts.items():
            if count > 0:
                then[named(key)] += count
        known = {key for key, count in before.counts.items() if count > 0}
        self._together: list[frozenset[str]] = [frozenset()] * len(self._by)
        for at, some in zip(places, listed, strict=True):
            self._together[at] = frozenset(key[at] for key in known if key[at] not in some)
        since = Counter[Key]()
        for key, count in now.items():
            since[tuple(self._at_its_time(key, at, some) for at, some in zip(places, listed, strict=True))] += count
        cells, cells_now = _summed(then), _summed(since)
        self._held = {
            key
            for key, count in before.table.cells.items()
            if count is None and abs(cells_now.get(key, 0) - cells.get(key, 0)) < least
        }

    def _at_its_time(self, key: Key, at: int, listed: set[str]) -> str:
        return OTHER if key[at] in self._together[at] and key[at] not in listed else key[at]

    def joined(self, inner: Mapping[Key, int]) -> dict[Key, int]:
        """What was counted together in a cell that is still to be withheld stays together."""
        places = {
            self._by.index(self._fields[at]) for key in self._held for at, value in enumerate(key) if value == OTHER
        }
        found: defaultdict[Key, int] = defaultdict(int)
        for key, count in inner.items():
            found[tuple(OTHER if at in places and value in self._together[at] else value
                        for at, value in enumerate(key))] += count  # fmt: skip
        return dict(found)

    def withheld(self, fields: tuple[str, ...], cells: Mapping[Key, int]) -> set[Key]:
        """The same cells in a table by these fields, as far as it has them."""
        found = set()
        for key in self._held:
            said = dict(zip(self._fields, key, strict=True))
            if all(value == TOTAL or name in fields for name, value in said.items()):
                found.add(tuple(said.get(name, TOTAL) for name in fields))
        return found & cells.keys()


# --- withholding


def _hide(
    cells: Mapping[Key, int], inner: Mapping[Key, int], least: int, again: set[Key]
) -> tuple[set[Key], list[Key]]:
    """What is withheld, and the small cells, or those withheld `again`, for which no box was found."""
    small = sorted({key for key, count in cells.items() if count < least} | again)
    hidden = set(small)
    open_: list[Key] = []
    alternatives = _alternatives(cells)
    # Totals first: what is withheld for them often protects the cells below them.
    for key in sorted(small, key=lambda one: (-one.count(TOTAL), one)):
        box = _box(key, cells, inner, hidden, alternatives, width(least))
        if box is None:
            open_.append(key)
        else:
            hidden |= box
    return hidden, open_


def _alternatives(cells: Mapping[Key, int]) -> list[list[str]]:
    """The values of each field, those that occur most first."""
    size = len(next(iter(cells)))
    found: list[list[str]] = []
    for place in range(size):
        only = [key for key in cells if all((value == TOTAL) == (at != place) for at, value in enumerate(key))]
        found.append([key[place] for key in sorted(only, key=lambda key: (-cells[key], key))])
    return found


def _box(
    key: Key, cells: Mapping[Key, int], inner: Mapping[Key, int], hidden: set[Key],
    alternatives: Sequence[Sequence[str]], wanted: int,
) -> set[Key] | None:  # fmt: skip
    """All cells that a box through this cell touches, so that they move together; the one that withholds least more."""
    best: set[Key] | None = None
    least_lost = (0, 0)
    for low, other in islice(_candidates(key, inner, alternatives), _BOXES):
        if _play(low, other, inner) < wanted:
            continue
        touched = _touched(key, low, other)
        more = [cell for cell in touched if cell not in hidden]
        lost = (len(more), sum(cells[cell] for cell in more))
        if best is None or lost < least_lost:
            best, least_lost = touched, lost
        if not more:
            break
    return best


def _candidates(key: Key, inner: Mapping[Key, int], alternatives: Sequence[Sequence[str]]) -> Iterator[tuple[Key, Key]]:
    """Pairs of opposite corners: the cell (or one below it, where it is a total) and the corner across."""
    free = [place for place, value in enumerate(key) if value != TOTAL]
    if not free:
        return
    choices = [
        [value for value in alternatives[place] if value != key[place]][:_ALTERNATIVES]
        if place in free
        else list(alternatives[place][:_ALTERNATIVES])
        for place in range(len(key))
    ]
    for chosen in product(*choices):
        low = tuple(value if value != TOTAL else chosen[place] for place, value in enumerate(key))
        yield low, tuple(chosen)


def _corners(low: Key, other: Key) -> Iterator[tuple[Key, int]]:
    """The corners of the box, and whether each is raised (1) or lowered (-1)."""
    free = [place for place in range(len(low)) if low[place] != other[place]]
    for size in range(len(free) + 1):
        for changed in combinations(free, size):
            corner = list(low)
            for place in changed:
                corner[place] = other[place]
            yield tuple(corner), -1 if size % 2 else 1


def _play(low: Key, other: Key, inner: Mapping[Key, int]) -> int:
    """How far the corners can be moved in both directions together until one would be negative; 0 if one is nothing.

    What counts nothing is published by not being listed, so it is no corner.
    """
    lowest: dict[int, int] = {}
    for corner, sign in _corners(low, other):
        count = inner.get(corner, 0)
        if not count:
            return 0
        lowest[sign] = min(lowest.get(sign, count), count)
    return sum(lowest.values())


def _touched(key: Key, low: Key, other: Key) -> set[Key]:
    """The corners, and the totals over what does not change in the box; all other totals stay as they are."""
    fixed = [place for place in range(len(key)) if low[place] == other[place]]
    found = set()
    for corner, _sign in _corners(low, other):
        for size in range(len(fixed) + 1):
            for summed in combinations(fixed, size):
                found.add(tuple(TOTAL if place in summed else value for place, value in enumerate(corner)))
    return found


# --- counting together


def _recode(
    fields: tuple[str, ...], inner: Mapping[Key, int], open_: Sequence[Key]
) -> tuple[tuple[str, ...], dict[Key, int]]:
    """Joins the rarest values among those of cells that stay open; without any to join the last field is left out."""
    sizes = [Counter[str]() for _field in fields]
    for key, count in inner.items():
        for place, value in enumerate(key):
            sizes[place][value] += count
    rare = sorted(
        {(sizes[place][value], place, value) for key in open_ for place, value in enumerate(key)
         if value not in (TOTAL, OTHER) and len(sizes[place]) > 2}
    )  # fmt: skip
    if not rare:
        return _without(fields, inner, len(fields) - 1)
    place = rare[0][1]
    here = [value for _count, at, value in rare if at == place]
    joined = {*here[: max(1, len(here) // 8)], OTHER}
    if OTHER not in sizes[place] and len(joined) == 2:
        rest = [value for value in sizes[place] if value not in joined]
        joined.add(min(rest, key=lambda value: (sizes[place][value], value)))
    found: defaultdict[Key, int] = defaultdict(int)
    for key, count in inner.items():
        found[(*key[:place], OTHER if key[place] in joined else key[place], *key[place + 1 :])] += count
    return fields, dict(found)


def _without(fields: tuple[str, ...], inner: Mapping[Key, int], place: int) -> tuple[tuple[str, ...], dict[Key, int]]:
    found: defaultdict[Key, int] = defaultdict(int)
    for key, count in inner.items():
        found[key[:place] + key[place + 1 :]] += count
    return fields[:place] + fields[place + 1 :], dict(found)
