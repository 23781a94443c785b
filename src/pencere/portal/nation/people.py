"""Who lives in the nation: grown-ups, their parents as far as they are known, children, names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from pencere.base.terms import full_months, full_years
from pencere.portal.nation.making import Facts
from pencere.portal.nation.plan import PERSON, Plan

FULL_AGE, YOUNGEST_PARENT, OLDEST_PARENT, OLDEST_AT_HOME = 18, 19, 44, 27
MOST_CHILDREN = 6
BETWEEN_BIRTHS = 300
TRIES = 12

FullName = Callable[[Mapping[str, str | None]], str]


@dataclass(slots=True)
class Household:
    """Who lives together."""

    unit: str
    adults: list[Facts] = field(default_factory=list)
    children: list[Facts] = field(default_factory=list)


@dataclass(slots=True)
class Parents:
    """A couple that may have grown-up children elsewhere."""

    mother: Facts
    father: Facts
    family: Mapping[str, str]
    father_age: int
    births: list[date]


class People:
    """Draws persons one household at a time. A grown-up's parents are an older couple that was drawn before."""

    def __init__(
        self, plan: Plan, chance: Random, today: date, full_name: FullName, identifier: Callable[[], str]
    ) -> None:
        self._plan, self._chance, self._today = plan, chance, today
        self._full_name, self._identifier = full_name, identifier
        self._parents: dict[int, list[Parents]] = {}  # by the mother's age
        self._weights = list(accumulate(area.weight for area in plan.areas))
        self.persons: list[Facts] = []
        self.couples: list[Facts] = []
        self.guardianships: list[Facts] = []

    def person(self, identifier: str, sex: str, born: date, unit: str | None) -> Facts:
        facts: Facts = dict.fromkeys(PERSON)
        months = full_months(born, self._today)
        facts |= {
            "id": identifier, "given": "", "surname": "", "name": "", "birth_date": born, "sex": sex, "citizen": True,
            "territory": unit, "age": months // 12, "age_months": months,
            "birth_year": born.year, "children": 0, "owns_home": False, "officer": False, "named": False,
        }  # fmt: skip
        self.persons.append(facts)
        return facts

    def name(self, facts: Facts, given: str, surname: str, father: str | None) -> None:
        parts: dict[str, str | None] = {"given": given, "surname": surname}
        if self._plan.patronymic and father:
            parts |= {"patronymic": father, "particle": self._plan.particles.get(str(facts["sex"]))}
        facts.update(parts)
        facts["name"] = self._full_name(parts)

    def household_of(self, identifier: str, sex: str, born: date) -> Household:
        """One grown-up alone, somewhere."""
        unit = self._chance.choices(self._plan.areas, cum_weights=self._weights)[0].unit
        return Household(unit, [self.person(identifier, sex, born, unit)])

    def household(self, room: int) -> Household:
        """A new one, of at most `room` persons."""
        plan, chance = self._plan, self._chance
        pairs, singles = sum(plan.two_adults.values()), sum(plan.one_adult.values())
        two = room > 1 and chance.random() < pairs / (pairs + singles)
        number = self._draw(plan.two_adults if two else plan.one_adult)
        unit = chance.choices(plan.areas, cum_weights=self._weights)[0].unit
        oldest = OLDEST_PARENT + OLDEST_AT_HOME if number else plan.ages[1]
        age = chance.randint(max(plan.ages[0], 22 if number else 0), min(plan.ages[1], oldest))
        home = Household(unit)
        family = chance.choice(plan.surnames)
        for sex in ("male", "female") if two else (chance.choice(("female", "male")),):
            near = min(max(age + chance.randint(-4, 4), plan.ages[0]), plan.ages[1])
            if number:
                near = max(near, YOUNGEST_PARENT + 1)
            known = home.adults[0]["mother"] if home.adults else None
            adult, own = self._adult(sex, near, unit, not_of=known)
            if own is not None and (sex == "male" or not two):
                family = own  # a wife bears her husband's name
            home.adults.append(adult)
        for adult in home.adults:
            self.name(adult, self._given_for(adult), family[str(adult["sex"])], str(adult["patronymic"]))
        mother = next((adult for adult in home.adults if adult["sex"] == "female"), None)
        father = next((adult for adult in home.adults if adult["sex"] == "male"), None)
        home.children += self._children(min(number, max(room - len(home.adults), 0)), mother, father, family, unit)
        if mother is not None and father is not None:
            self._couple(mother, father, home.children)
            births = [_day(child["birth_date"]) for child in home.children]
            parents = Parents(mother, father, family, int(str(father["age"])), births)
            self._parents.setdefault(int(str(mother["age"])), []).append(parents)
        return home

    def _adult(self, sex: str, age: int, unit: str, not_of: object) -> tuple[Facts, Mapping[str, str] | None]:
        """A grown-up, and the family name of the parents where they are known; not a child of that mother."""
        born = self._today - timedelta(days=age * 365 + self._chance.randint(0, 364) + age // 4)
        facts = self.person(self._identifier(), sex, born, unit)
        facts["citizen"] = not self._one_of_1000("foreign")
        facts["patronymic"] = self._chance.choice(self._plan.given["male"])
        parents = (
            self._parents_for(age, born, not_of) if facts["citizen"] and self._one_of_1000("known_parents") else None
        )
        if parents is None:
            return facts, None
        parents.births.append(born)
        facts |= {"mother": parents.mother["id"], "father": parents.father["id"], "patronymic": parents.father["given"]}
        return facts, parents.family

    def _parents_for(self, age: int, born: date, not_of: object) -> Parents | None:
        """A couple of an age to be the parents, with not too many children yet and none of about that day; after some
        tries nobody."""
        ages = range(age + YOUNGEST_PARENT + 3, age + OLDEST_PARENT - 6)
        found = [self._parents[year] for year in ages if year in self._parents]
        if not found:
            return None
        sizes = [len(couples) for couples in found]
        for couples in self._chance.choices(found, sizes, k=TRIES):
            couple = self._chance.choice(couples)
            if len(couple.births) >= MOST_CHILDREN or couple.mother["id"] == not_of:
                continue
            if any(abs((born - other).days) < BETWEEN_BIRTHS for other in couple.births):
                continue
            if YOUNGEST_PARENT + 1 < couple.father_age - age < OLDEST_PARENT:
                return couple
        return None

    def _children(
        self, number: int, mother: Facts | None, father: Facts | None, family: Mapping[str, str], unit: str
    ) -> Iterator[Facts]:
        parents = [parent for parent in (mother, father) if parent is not None]
        earliest = max(_day(parent["birth_date"]) for parent in parents) + timedelta(days=YOUNGEST_PARENT * 365)
        latest = min(_day(parent["birth_date"]) for parent in parents) + timedelta(days=OLDEST_PARENT * 365)
        earliest = max(earliest, self._today - timedelta(days=OLDEST_AT_HOME * 365))
        latest = min(latest, self._today - timedelta(days=30))
        if earliest >= latest:
            return
        guarded = number > 0 and self._one_of_1000("guarded")
        days = sorted(self._chance.randint(0, (latest - earliest).days) for _ in range(number))
        for place, after in enumerate(days):
            if place and after - days[place - 1] < BETWEEN_BIRTHS:
                continue  # no two within ten months; twins are left out
            sex = self._chance.choice(("female", "male"))
            facts = self.person(self._identifier(), sex, earliest + timedelta(days=after), unit)
            if guarded and full_years(_day(facts["birth_date"]), self._today) < FULL_AGE:
                self._guard(facts, parents[0])
                yield facts
                continue
            known_father = father if not self._one_of_1000("unknown_father") else None
            given = str(known_father["given"]) if known_father else self._chance.choice(self._plan.given["male"])
            self.name(facts, self._given_for(facts), family[sex], given)
            facts["mother"] = mother["id"] if mother else None
            facts["father"] = known_father["id"] if known_father else None
            yield facts

    def _guard(self, child: Facts, guardian: Facts) -> None:
        """A child without parents, who lives with a guardian and bears a name of its own."""
        family = self._chance.choice(self._plan.surnames)
        father = self._chance.choice(self._plan.given["male"])
        self.name(child, self._given_for(child), family[str(child["sex"])], father)
        child["guardian"] = guardian["id"]
        born = _day(child["birth_date"])
        since = born + timedelta(days=self._chance.randint(20, max(21, (self._today - born).days)))
        self.guardianships.append(
            {"guardian": guardian["id"], "ward": child["id"], "since": min(since, self._today - timedelta(days=1))}
        )

    def _couple(self, mother: Facts, father: Facts, children: list[Facts]) -> None:
        if self._one_of_1000("unmarried"):
            return
        youngest = max(_day(mother["birth_date"]), _day(father["birth_date"])) + timedelta(days=FULL_AGE * 366)
        before = [_day(child["birth_date"]) for child in children if child["mother"] == mother["id"]]
        latest = min([*before, self._today - timedelta(days=40)])
        if latest < youngest:
            return  # too young to be married yet, or when their first child was born
        since = youngest + timedelta(days=self._chance.randint(0, min((latest - youngest).days, 365 * 12)))
        self.marry(mother, father, since)

    def marry(self, wife: Facts, husband: Facts, since: date) -> None:
        wife["spouse"], husband["spouse"] = husband["id"], wife["id"]
        self.couples.append({"husband": husband["id"], "wife": wife["id"], "since": since})

    def tell_of_children(self) -> None:
        """How many children under age a parent has, how old the youngest is, and who is the eldest grown-up one."""
        by_id = {person["id"]: person for person in self.persons}
        for child in self.persons:
            age = int(str(child["age"]))
            for parent in (by_id.get(child["mother"]), by_id.get(child["father"])):
                if parent is None:
                    continue
                if age < FULL_AGE:
                    parent["children"] = int(str(parent["children"])) + 1
                    youngest = parent["youngest"]
                    parent["youngest"] = age if youngest is None else min(age, int(str(youngest)))
                elif parent["eldest"] is None:
                    parent["eldest"] = child["id"]

    def _given_for(self, facts: Facts) -> str:
        return self._chance.choice(self._plan.given[str(facts["sex"])])

    def _draw(self, weights: Mapping[int, int]) -> int:
        return self._chance.choices(list(weights), list(weights.values()))[0]

    def _one_of_1000(self, share: str) -> bool:
        return self._chance.random() * 1000 < self._plan.shares.get(share, 0)


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError(f"{value!r} is not a day")
    return value
