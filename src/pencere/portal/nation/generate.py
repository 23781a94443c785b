"""Makes the facts of a synthetic nation, part by part. Pure: no clock, no database, no country.

A part is a town of some thousand persons, scattered over the whole territory. Its chance follows from the seed and its
number, and it refers to nothing in other parts: so parts are made in any order, by as many processes as there are, and
the nation is the same. What must differ between parts without anybody remembering it (identifiers, counted numbers,
addresses) is kept apart by the number of the part. The first part has the officers, the persons whom the plan names,
and whatever the nation has once.

The same plan, number, seed and day give the same nation on every machine; docs/run/nation.md says what of it is
realistic and what is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from random import Random

from pencere.base.identifiers import IdentifierKind
from pencere.portal.nation.homes import Homes
from pencere.portal.nation.making import Facts, Making
from pencere.portal.nation.people import FullName, People
from pencere.portal.nation.plan import Make, Named, Plan

__all__ = ["PERSONS_OF_A_PART", "Part", "World", "make", "parts_of"]

PERSONS_OF_A_PART = 5000
"""At most. Who is made together fits into a process many times over."""


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
class Part:
    """All things of a part, by what they are: `person`, `home`, `couple`, … and those that the plan declares."""

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


def parts_of(persons: int) -> tuple[int, ...]:
    """How many persons each part of a nation has."""
    parts = max(-(-persons // PERSONS_OF_A_PART), 1)
    return tuple(persons * (place + 1) // parts - persons * place // parts for place in range(parts))


def make(plan: Plan, world: World, *, persons: int, seed: int, today: date, part: int = 0, parts: int = 1) -> Part:
    """One part, of so many persons; the first has never fewer than the officers and the named ones."""
    chance = Random(f"{seed} {part}")  # noqa: S311 - the same nation for the same seed is the point
    homes = Homes(plan, chance, today, world.place, part)
    things: dict[str, list[Facts]] = {}
    making = Making(
        chance,
        today,
        world.zone,
        world.kinds,
        homes.new_address,
        lambda number: world.working_days(today, number),
        things,
        world.photo or None,
        seed,
        part,
        parts,
        {world.person: frozenset(plan.identifiers)},
    )
    people = People(plan, chance, today, world.full_name, making.identifiers(world.person).__next__)
    if part == 0:
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
        _make(declared, making, len(people.persons))
    return Part(things, making)


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


def _make(declared: Make, making: Making, persons: int) -> None:
    things = making.things
    if declared.new is not None:
        made = things.setdefault(declared.thing, [])
        if making.part == 0 or not declared.once:
            made += declared.new(making, _parents(declared, things, persons))
    elif declared.more is not None and (making.part == 0 or not declared.once):
        declared.more(making, things[declared.thing])


def _parents(declared: Make, things: Mapping[str, list[Facts]], persons: int) -> Iterator[Mapping[str, object]]:
    if declared.each is None:
        return iter([{}] * (max(declared.per_1000 * persons // 1000, 1) if declared.per_1000 else 1))
    return iter(things[declared.each])
