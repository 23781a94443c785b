"""What is there while one part of the nation is made: its chance, its day, its things, what it counts and draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from random import Random

from pencere.base.identifiers import IdentifierKind
from pencere.portal.nation.drawing import Order, drawer

Facts = dict[str, object]


@dataclass(slots=True)
class Choice:
    """Things to pick from, by the facts that must be equal; and how often each was given, where its room is counted."""

    things: dict[tuple[object, ...], list[Facts]] = field(default_factory=dict)
    given: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Making:
    """One part of so many. Numbers that are counted, and signs that are drawn, differ from those of all other parts."""

    chance: Random
    today: date
    zone: str
    kinds: Mapping[str, IdentifierKind]
    new_address: Callable[[str], str]
    working_days: Callable[[int], list[date]]  # the next so many
    things: dict[str, list[Facts]]
    photo: str | None = None
    seed: int | None = None  # of the orders in which signs are drawn; None: at random, anew each time
    part: int = 0
    parts: int = 1
    taken: Mapping[str, frozenset[str]] = field(default_factory=dict)  # kind of identifier -> those of named persons
    orders: dict[IdentifierKind | str, Iterator[str]] = field(default_factory=dict)
    counts: dict[int, Iterator[int]] = field(default_factory=dict)
    choices: dict[int, Choice] = field(default_factory=dict)

    def counted(self, place: int) -> Iterator[int]:
        """The numbers that one `{n:6}` of the plan writes in this part."""
        return self.counts.setdefault(place, count(self.part + 1, self.parts))

    def identifiers(self, kind: str) -> Iterator[str]:
        """Identifiers of a kind that nobody has yet."""
        return self._signs(kind, self.kinds[kind])

    def signs(self, pattern: str) -> Iterator[str]:
        """Texts of a pattern, none twice."""
        return self._signs(f"pattern {pattern}", IdentifierKind("", pattern))

    def _signs(self, name: str, kind: IdentifierKind) -> Iterator[str]:
        if name not in self.orders:
            if self.seed is None:
                draw = drawer(kind, self.chance)
                self.orders[name] = iter(lambda: draw(set()), "")
            else:
                taken = self.taken.get(name, frozenset())
                self.orders[name] = Order(kind, self.seed).mine(self.part, self.parts, taken)
        return self.orders[name]
