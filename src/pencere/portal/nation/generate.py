"""Makes the facts of a synthetic nation. Pure: no clock, no database, no country.

The same plan, number, seed and day give the same nation on every machine; docs/run/nation.md says what of it is
realistic and what is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from random import Random

from pencere.base.identifiers import IdentifierKind
from pencere.portal.nation.dice import Facts, Making
from pencere.portal.nation.homes import Homes
from pencere.portal.nation.people import FullName, People
from pencere.portal.nation.plan import Make, Named, Plan

__all__ = ["Facts", "Nation", "World", "make"]


@dataclass(frozen=True, slots=True)
class World:
    """What the country decides, handed in: how a name is put together, what a unit is called, its identifiers."""

    full_name: FullName
    place: Callable[[str], str]
    person: str  # the kind of identifier that names a person
    kinds: Mapping[str, IdentifierKind]
    working_days: Callable[[date, int], list[date]]
    zone: str
    photo: str = ""  # the reference of the one photo that all bear


@dataclass(slots=True)
class Nation:
    """All things, by what they are: `person`, `home`, `couple`, … and those that the plan declares."""

    things: dict[str, list[Facts]]
    making: Making

    @property
    def persons(self) -> list[Facts]:
        return self.things["person"]

    @property
    def addresses(self) -> list[Facts]:
        return self.things["address"]

    @property
    def residences(self) -> list[Facts]:
        return self.things["residence"]


def make(plan: Plan, world: World, *, persons: int, seed: int, today: date) -> Nation:
    """`persons` of them (the officers and the named ones included); never fewer than those."""
    chance = Random(seed)  # noqa: S311 - the same nation for the same seed is the point
    homes = Homes(plan, chance, today, world.place)
    things: dict[str, list[Facts]] = {}
    making = Making(
        chance,
        today,
        world.zone,
        world.kinds,
        homes.new_address,
        lambda number: world.working_days(today, number),
        things,
        world.photo,
    )

    def new_identifier() -> str:
        return making.identifier(world.person)

    people = People(plan, chance, today, world.full_name, new_identifier)
    making.taken[world.person] = {each.identifier for each in plan.people} | {each.identifier for each in plan.officers}
    _add_the_named(plan, people, homes)
    while len(people.persons) < persons:
        homes.settle(people.household(persons - len(people.persons)))
    people.tell_of_children()
    homes.find_owners(people.persons)
    things |= {
        "person": people.persons,
        "home": homes.homes,
        "address": homes.addresses,
        "residence": homes.residences,
        "couple": people.couples,
        "guardianship": people.guardianships,
        "area": [{"unit": area.unit, "weight": area.weight, "place": world.place(area.unit)} for area in plan.areas],
    }
    for declared in plan.makes:
        if declared.new:
            things.setdefault(declared.thing, []).extend(_new(declared, making, len(people.persons)))
        else:
            _add_facts(declared, making)
    return Nation(things, making)


def _add_the_named(plan: Plan, people: People, homes: Homes) -> None:
    """The officers, and the persons whom the plan names."""
    by_id = {person.id: person for person in plan.people}
    for officer in plan.officers:
        household = people.household_of(officer.identifier, officer.sex, officer.birth_date)
        household.adults[0] |= {"name": officer.name, "officer": True}
        homes.settle(household)
    facts = {person.identifier: _named(person, by_id, people) for person in plan.people}
    for person in plan.people:
        homes.settle_named(person, facts[person.identifier])
        if person.mother and person.father:
            mother, father = (facts[by_id[parent].identifier] for parent in (person.mother, person.father))
            if mother["spouse"] is None:
                people.marry(
                    mother, father, date(max(int(str(each["birth_year"])) for each in (mother, father)) + 24, 6, 16)
                )


def _named(person: Named, by_id: Mapping[str, Named], people: People) -> Facts:
    facts = people.person(person.identifier, person.sex, person.birth_date, person.territory)
    father = by_id[person.father].given if person.father else person.patronymic
    people.name(facts, person.given, person.surname, father or person.patronymic)
    facts |= {
        "citizen": person.citizen,
        "named": True,
        "mother": by_id[person.mother].identifier if person.mother else None,
        "father": by_id[person.father].identifier if person.father else None,
    }
    return facts


# --- what the plan declares


def _add_facts(declared: Make, making: Making) -> None:
    facts = declared.facts.items()
    for thing in _chosen(declared, making, making.things[declared.thing]):
        for name, value in facts:
            thing[name] = value(making, thing)


def _chosen(declared: Make, making: Making, things: list[Facts]) -> Iterator[Facts]:
    """Those of whom `when` holds: of 1000 so many, and not more than `most`."""
    left = declared.most or len(things)
    for thing in things:
        if left and declared.when(thing) and (declared.share == 1000 or making.chance.random() * 1000 < declared.share):
            left -= 1
            yield thing


def _new(declared: Make, making: Making, persons: int) -> Iterator[Facts]:
    for parent in _parents(declared, making, persons):
        for crossed in _crossed(declared, making):
            facts = {**parent, **crossed}
            own: Facts = dict(crossed)
            for name, value in declared.facts.items():
                own[name] = facts[name] = value(making, facts)
            yield own


def _parents(declared: Make, making: Making, persons: int) -> Iterator[Mapping[str, object]]:
    if declared.each is None:
        return iter([{}] * (max(declared.per_1000 * persons // 1000, 1) if declared.per_1000 else 1))
    return _chosen(declared, making, making.things[declared.each])


def _crossed(declared: Make, making: Making) -> Iterator[Facts]:
    names = tuple(declared.cross)
    for values in product(*(declared.cross[name](making) for name in names)):
        yield dict(zip(names, values, strict=True))
