"""Makes the facts of a synthetic nation: households, their members, their addresses. Pure; no clock, no database.

The same plan, number and seed give the same nation on every machine. What is realistic in it: ages of parents
and children fit, families share a name in the form of each sex, addresses stand in the units their weights
give. What is not: nobody dies, moves or marries after the nation began; names are drawn without regard to age.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from pencere.base import identifiers
from pencere.base.errors import BadInput
from pencere.base.identifiers import IdentifierKind
from pencere.portal.nation.plan import Named, Plan

AS_OF = date(2026, 1, 1)
"""The day as of which ages are drawn; a fixed one, so that the nation does not change with the calendar."""

Facts = dict[str, object]
Drawn = TypeVar("Drawn", int, str)
_CLASS = re.compile(r"(\\d|\[[^\]]+\]|[^\\\[\]{}])(?:\{(\d+)(?:,(\d+))?\})?")
_FULL_AGE, _YOUNGEST_PARENT, _OLDEST_PARENT = 18, 19, 44


@dataclass(frozen=True, slots=True)
class World:
    """What the country decides, handed in: how a name is put together, what a unit is called, the identifier."""

    full_name: Callable[[Mapping[str, str | None]], str]
    place: Callable[[str], str]
    identifier: IdentifierKind


@dataclass(slots=True)
class Nation:
    """Facts, in the order in which they may be written: addresses, persons, residences."""

    addresses: list[Facts]
    persons: list[Facts]
    residences: list[Facts]


def make(plan: Plan, world: World, *, persons: int, seed: int) -> Nation:
    """`persons` of them (the officers and the named ones included); never fewer than those."""
    return _Maker(plan, world, seed).make(persons)


class _Maker:
    def __init__(self, plan: Plan, world: World, seed: int) -> None:
        self._plan, self._world = plan, world
        self._chance = Random(seed)  # noqa: S311 - the same nation for the same seed is the point
        self._nation = Nation([], [], [])
        self._identifiers: set[str] = set()
        self._addresses: set[str] = set()
        self._draw_identifier = drawer(world.identifier, self._chance)

    def make(self, persons: int) -> Nation:
        self._add_the_named()
        while len(self._nation.persons) < persons:
            self._add_household(persons - len(self._nation.persons))
        return self._nation

    # the persons whom the plan names

    def _add_the_named(self) -> None:
        by_id = {person.id: person for person in self._plan.people}
        self._identifiers.update(person.identifier for person in self._plan.people)
        self._identifiers.update(officer.identifier for officer in self._plan.officers)
        for officer in self._plan.officers:
            area = self._chance.choices(self._plan.areas, [area.weight for area in self._plan.areas])[0]
            facts = self._person(officer.identifier, officer.sex, officer.birth_date, unit=area.unit)
            facts["name"] = officer.name
            address = self._new_address(area.unit, "valid")
            self._live(facts, address, self._draw(self._plan.basis), officer.birth_date)
        for person in self._plan.people:
            self._add_named(person, by_id)

    def _add_named(self, person: Named, by_id: Mapping[str, Named]) -> None:
        facts = self._person(person.identifier, person.sex, person.birth_date, unit=person.territory)
        father = by_id[person.father].given if person.father else person.patronymic
        self._name(facts, person.given, person.surname, father or person.patronymic)
        facts["citizen"] = person.citizen
        facts["mother"] = by_id[person.mother].identifier if person.mother else None
        facts["father"] = by_id[person.father].identifier if person.father else None
        home = person.home
        if home is None:
            return
        if home.state != "absent" and home.address not in self._addresses:
            self._address(home.address, person.territory, home.state, home.now, date(1950, 1, 1))
        if home.now and home.now not in self._addresses:
            self._address(home.now, person.territory, "valid", None, date(1992, 1, 1))
        self._nation.residences.append(
            {"person": person.identifier, "address": home.address, "basis": home.basis, "since": home.since}
        )

    # everybody else

    def _add_household(self, room: int) -> None:
        plan, chance = self._plan, self._chance
        two = room > 1 and chance.random() < sum(plan.two_adults.values()) / (
            sum(plan.two_adults.values()) + sum(plan.one_adult.values())
        )
        children = self._draw(plan.two_adults if two else plan.one_adult)
        area = chance.choices(plan.areas, [area.weight for area in plan.areas])[0]
        family = chance.choice(plan.surnames)
        oldest = 44 + 17 if children else plan.ages[1]
        age = chance.randint(max(plan.ages[0], 22 if children else 0), min(plan.ages[1], oldest))
        father = mother = None
        adults = []
        sexes = ("female", "male") if two else (chance.choice(("female", "male")),)
        for sex in sexes:
            near = min(max(age + chance.randint(-4, 4), plan.ages[0]), plan.ages[1])
            if children:
                near = max(near, _YOUNGEST_PARENT + 1)
            adult = self._adult(sex, near, family, area.unit)
            adults.append(adult)
            mother, father = (adult if sex == "female" else mother), (adult if sex == "male" else father)
        address, since = self._home_of(area.unit, adults)
        if address is not None:
            for adult in adults:
                self._live(adult, address, self._draw(plan.basis), since)
        for child in self._children(min(children, max(room - len(adults), 0)), mother, father, family, area.unit):
            if address is not None:
                self._live(child, address, plan.child_basis, max(since, _day(child["birth_date"])))

    def _adult(self, sex: str, age: int, family: Mapping[str, str], unit: str) -> Facts:
        born = AS_OF - timedelta(days=age * 365 + self._chance.randint(0, 364) + age // 4)
        facts = self._person(self._draw_identifier(self._identifiers), sex, born, unit)
        self._name(facts, self._chance.choice(self._plan.given[sex]), family[sex], self._given_of_a_father())
        facts["citizen"] = not self._one_of_1000("foreign")
        return facts

    def _children(
        self, number: int, mother: Facts | None, father: Facts | None, family: Mapping[str, str], unit: str
    ) -> Iterator[Facts]:
        parents = [parent for parent in (mother, father) if parent is not None]
        earliest = max(_day(parent["birth_date"]) for parent in parents) + timedelta(days=_YOUNGEST_PARENT * 365)
        latest = min(_day(parent["birth_date"]) for parent in parents) + timedelta(days=_OLDEST_PARENT * 365)
        earliest = max(earliest, AS_OF - timedelta(days=_FULL_AGE * 365 - 30))
        latest = min(latest, AS_OF)
        if earliest >= latest:
            return
        for _ in range(number):
            born = earliest + timedelta(days=self._chance.randint(0, (latest - earliest).days))
            sex = self._chance.choice(("female", "male"))
            facts = self._person(self._draw_identifier(self._identifiers), sex, born, unit)
            known_father = father if not self._one_of_1000("unknown_father") else None
            given = str(known_father["given"]) if known_father else self._given_of_a_father()
            self._name(facts, self._chance.choice(self._plan.given[sex]), family[sex], given)
            facts["mother"] = mother["id"] if mother else None
            facts["father"] = known_father["id"] if known_father else None
            yield facts

    # names, addresses, homes

    def _person(self, identifier: str, sex: str, born: date, unit: str | None) -> Facts:
        facts: Facts = {
            "id": identifier, "given": "", "surname": "", "patronymic": None, "particle": None, "name": "",
            "birth_date": born, "sex": sex, "citizen": True, "territory": unit, "mother": None, "father": None,
        }  # fmt: skip
        self._nation.persons.append(facts)
        return facts

    def _name(self, facts: Facts, given: str, surname: str, father: str | None) -> None:
        parts: dict[str, str | None] = {"given": given, "surname": surname}
        if self._plan.patronymic and father:
            parts |= {"patronymic": father, "particle": self._plan.particles.get(str(facts["sex"]))}
        facts.update(parts)
        facts["name"] = self._world.full_name(parts)

    def _given_of_a_father(self) -> str:
        return self._chance.choice(self._plan.given["male"])

    def _home_of(self, unit: str, adults: list[Facts]) -> tuple[str | None, date]:
        """The address of a household and since when it lives there; None: registered nowhere."""
        came = max(_day(adult["birth_date"]) for adult in adults) + timedelta(days=_FULL_AGE * 365)
        since = came + timedelta(days=self._chance.randint(0, max((AS_OF - came).days, 0)))
        old = [street for street in self._plan.renamed if street.unit == unit]
        if self._one_of_1000("unregistered"):
            return None, since
        if old and self._one_of_1000("old_street", times=len(self._plan.areas) // max(len(self._plan.renamed), 1)):
            street = self._chance.choice(old)
            if since < street.since:
                return self._renamed_address(unit, street.old, street.new), since
        if self._one_of_1000("abolished"):
            return self._new_address(unit, "abolished"), since
        if self._one_of_1000("absent"):
            return self._written(unit), since
        return self._new_address(unit, "valid"), since

    def _live(self, person: Facts, address: str, basis: str, since: date) -> None:
        self._nation.residences.append({"person": person["id"], "address": address, "basis": basis, "since": since})

    def _new_address(self, unit: str, state: str) -> str:
        address = self._written(unit)
        self._address(address, unit, state, None, date(1950, 1, 1))
        return address

    def _renamed_address(self, unit: str, old: str, new: str) -> str:
        before = self._written(unit, old)
        after = before.replace(old, new)
        if after not in self._addresses:
            self._address(after, unit, "valid", None, date(1991, 1, 1))
        self._address(before, unit, "renamed", after, date(1950, 1, 1))
        return before

    def _written(self, unit: str, street: str | None = None) -> str:
        plan, chance = self._plan, self._chance
        area = next(area for area in plan.areas if area.unit == unit)
        while True:
            words = {
                "place": self._world.place(unit),
                "street": street or chance.choice(area.streets),
                "house": chance.randint(*plan.houses),
                "flat": chance.randint(*plan.flats),
            }
            in_a_block = chance.randint(1, 1000) <= area.flats
            address = (plan.flat if in_a_block else plan.house).format(**words)
            if address not in self._addresses:
                return address

    def _address(self, address: str, unit: str | None, state: str, now: str | None, since: date) -> None:
        self._addresses.add(address)
        self._nation.addresses.append(
            {"address": address, "territory": unit, "state": state, "now": now, "since": since}
        )

    def _draw(self, weights: Mapping[Drawn, int]) -> Drawn:
        return self._chance.choices(list(weights), list(weights.values()))[0]

    def _one_of_1000(self, share: str, times: int = 1) -> bool:
        return self._chance.random() * 1000 < self._plan.shares.get(share, 0) * times


def drawer(kind: IdentifierKind, chance: Random) -> Callable[[set[str]], str]:
    """Draws identifiers that the kind accepts (its check digit included), never one that was drawn before."""
    pieces = [(_letters(piece), int(least or 1)) for piece, least, _most in _CLASS.findall(kind.pattern)]

    def draw(taken: set[str]) -> str:
        while True:
            text = "".join(chance.choice(letters) for letters, times in pieces for _ in range(times))
            if text in taken:
                continue
            try:
                identifiers.read(kind, text)
            except BadInput:
                continue
            taken.add(text)
            return text

    return draw


def _letters(piece: str) -> str:
    if piece == r"\d":
        return "0123456789"
    if not piece.startswith("["):
        return piece
    letters = ""
    for first, last in re.findall(r"(.)(?:-(.))?", piece[1:-1]):
        letters += "".join(chr(code) for code in range(ord(first), ord(last or first) + 1))
    return letters


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError(f"{value!r} is not a day")
    return value
