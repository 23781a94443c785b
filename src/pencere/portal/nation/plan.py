"""Reads `nation.yaml` into frozen dataclasses. An unknown key or a missing one is a finding with its line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pencere.base.errors import BadDeclaration
from pencere.country.nodes import Finding, Node, load

Weights = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Area:
    """A unit of the territory in which persons live."""

    unit: str
    weight: int
    flats: int  # of 1000 addresses, how many are in a house of flats
    streets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Renamed:
    unit: str
    old: str
    new: str
    since: date


@dataclass(frozen=True, slots=True)
class Home:
    address: str
    basis: str
    since: date
    state: str  # valid renamed abolished absent
    now: str | None


@dataclass(frozen=True, slots=True)
class Named:
    """A person whom the README and the sign-in page name."""

    id: str
    identifier: str
    given: str
    surname: str
    patronymic: str | None
    sex: str
    birth_date: date
    citizen: bool
    territory: str | None
    mother: str | None
    father: str | None
    home: Home | None
    shown: bool
    note: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Officer:
    id: str
    identifier: str
    name: str
    sex: str
    birth_date: date
    agency: str
    role: str


@dataclass(frozen=True, slots=True)
class RowRule:
    """How facts become rows of a register."""

    register: str
    each: str  # person address residence
    since: str  # the fact that says since when the row holds
    row: Mapping[str, str]  # field -> fact


@dataclass(frozen=True, slots=True)
class Plan:
    given: Mapping[str, tuple[str, ...]]
    surnames: tuple[Mapping[str, str], ...]
    patronymic: bool
    particles: Mapping[str, str]
    house: str
    flat: str
    houses: tuple[int, int]
    flats: tuple[int, int]
    areas: tuple[Area, ...]
    renamed: tuple[Renamed, ...]
    shares: Weights
    ages: tuple[int, int]
    one_adult: Mapping[int, int]
    two_adults: Mapping[int, int]
    basis: Weights
    child_basis: str
    officers: tuple[Officer, ...]
    people: tuple[Named, ...]
    registers: tuple[RowRule, ...]


def read_plan(folder: Path) -> Plan:
    """The plan of a country's nation. Raises BadDeclaration with file and line."""
    return _Reader(load(folder / "nation.yaml")).plan()


class _Reader:
    """Takes keys out of a mapping; what is left over in the end is unknown."""

    def __init__(self, node: Node) -> None:
        self._node = node
        if not isinstance(node.value, dict):
            self._fail(node, "write keys and values here")
        self._left = dict(node.value) if isinstance(node.value, dict) else {}

    def plan(self) -> Plan:
        patronymic = self._group("patronymic", optional=True)
        address, households, basis = self._group("address"), self._group("households"), self._group("basis")
        weights = {key: int(node) for key, node in basis.texts().items() if key != "child"}
        plan = Plan(
            given={sex: node.list() for sex, node in self._group("given").readers().items()},
            surnames=tuple(item.texts() for item in self._items("surnames")),
            patronymic=patronymic is not None,
            particles=patronymic._group("particle").texts() if patronymic else {},
            house=address.text("house"),
            flat=address.text("flat"),
            houses=address.pair("houses"),
            flats=address.pair("flats"),
            areas=tuple(
                Area(unit, int(area.text("weight")), int(area.text("flats")), area._reader("streets").list())
                for unit, area in self._group("territory").readers().items()
            ),
            renamed=tuple(
                Renamed(item.text("unit"), item.text("old"), item.text("new"), item.day("since"))
                for item in self._items("renamed", optional=True)
            ),
            shares={key: int(value) for key, value in self._group("shares").texts().items()},
            ages=households.pair("ages"),
            one_adult={int(key): int(value) for key, value in households._group("one_adult").texts().items()},
            two_adults={int(key): int(value) for key, value in households._group("two_adults").texts().items()},
            basis=weights,
            child_basis=basis.texts().get("child", next(iter(weights))),
            officers=tuple(self._officer(item) for item in self._items("officers")),
            people=tuple(self._named(item) for item in self._items("people")),
            registers=tuple(
                RowRule(register, rule.text("each"), rule.text("from"), rule._group("row").texts())
                for register, rule in self._group("registers").readers().items()
            ),
        )
        if self._left:
            name, node = next(iter(self._left.items()))
            self._fail(node, f"unknown key {name!r}")
        return plan

    def _officer(self, item: _Reader) -> Officer:
        return Officer(
            item.text("id"), item.text("identifier"), item.text("name"), item.text("sex"), item.day("birth_date"),
            item.text("agency"), item.text("role"),
        )  # fmt: skip

    def _named(self, item: _Reader) -> Named:
        home = item._left.get("home")
        return Named(
            id=item.text("id"),
            identifier=item.text("identifier"),
            given=item.text("given"),
            surname=item.text("surname"),
            patronymic=item.text("patronymic", optional=True) or None,
            sex=item.text("sex"),
            birth_date=item.day("birth_date"),
            citizen=item.text("citizen") == "yes",
            territory=item.text("territory", optional=True) or None,
            mother=item.text("mother", optional=True) or None,
            father=item.text("father", optional=True) or None,
            home=_Reader(home)._home() if home is not None and home.is_mapping else None,
            shown=item.text("shown", optional=True) != "no",
            note=item._group("note").texts(),
        )

    def _home(self) -> Home:
        now = self.text("now", optional=True) or None
        return Home(self.text("address"), self.text("basis"), self.day("since"), self.text("state"), now)

    def text(self, key: str, *, optional: bool = False) -> str:
        node = self._take(key, optional)
        if node is None:
            return ""
        if not isinstance(node.value, str):
            self._fail(node, f"{key}: write one value")
        return str(node.value)

    def day(self, key: str) -> date:
        node = self._take(key, optional=False)
        try:
            return date.fromisoformat(str(node.value if node else ""))
        except ValueError:
            self._fail(node or self._node, f"{key}: write a day like 2026-03-18")
            raise

    def pair(self, key: str) -> tuple[int, int]:
        least, most = self._reader(key).list()
        return int(least), int(most)

    def list(self) -> tuple[str, ...]:
        if not isinstance(self._node.value, tuple):
            self._fail(self._node, "write a list here")
        return tuple(str(item.value) for item in self._node.value if isinstance(item, Node))

    def texts(self) -> dict[str, str]:
        return {key: str(node.value) for key, node in self._left.items()}

    def readers(self) -> dict[str, _Reader]:
        return {key: _Value(node) for key, node in self._left.items()}

    def _reader(self, key: str) -> _Reader:
        node = self._take(key, optional=False)
        return _Value(node or self._node)

    def _group(self, key: str, *, optional: bool = False) -> _Reader:
        node = self._take(key, optional)
        return _Reader(node) if node is not None else None  # type: ignore[return-value]

    def _items(self, key: str, *, optional: bool = False) -> tuple[_Reader, ...]:
        node = self._take(key, optional)
        if node is None:
            return ()
        if not isinstance(node.value, tuple):
            self._fail(node, f"{key}: write a list")
        return tuple(_Reader(item) for item in node.value if isinstance(item, Node))

    def _take(self, key: str, optional: bool) -> Node | None:
        node = self._left.pop(key, None)
        if node is None and not optional:
            self._fail(self._node, f"{key} is missing")
        return node

    def _fail(self, node: Node, message: str) -> None:
        raise BadDeclaration((Finding(node.file, node.line, message),))


class _Value(_Reader):
    """A node that may be a list as well as a mapping."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._left = dict(node.value) if isinstance(node.value, dict) else {}
