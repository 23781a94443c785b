"""The nation is the same for the same seed, and its people could exist."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from pencere.base import identifiers
from pencere.base.errors import BadDeclaration
from pencere.country.reading import load
from pencere.portal.nation import generate
from pencere.portal.nation.loading import world
from pencere.portal.nation.plan import Plan, read_plan

COUNTRIES = Path(__file__).resolve().parents[5] / "countries"
TODAY = date(2026, 3, 18)


@cache
def _nation(name: str, persons: int = 600, seed: int = 7, today: date = TODAY) -> generate.Part:
    return _made(name, persons, seed, today)


def _made(name: str, persons: int = 600, seed: int = 7, today: date = TODAY) -> generate.Part:
    return generate.make(plan_of(name), world(load(COUNTRIES / name)), persons=persons, seed=seed, today=today)


@cache
def plan_of(name: str) -> Plan:
    return read_plan(COUNTRIES / name, frozenset(load(COUNTRIES / name).identifiers))


@pytest.fixture(params=["azerbaijan", "template"])
def country_name(request):
    return request.param


def test_the_same_seed_makes_the_same_nation_and_another_seed_another(country_name):
    assert _made(country_name).things == _nation(country_name).things
    assert _made(country_name, seed=8).things != _nation(country_name).things


def test_there_are_as_many_persons_as_asked(country_name):
    assert len(_nation(country_name, persons=321).persons) == 321


def test_every_identifier_is_one_the_country_accepts_and_none_comes_twice(country_name):
    kind = load(COUNTRIES / country_name).identifiers[load(COUNTRIES / country_name).person.identifier]
    drawn = [str(person["id"]) for person in _nation(country_name).persons]

    assert len(set(drawn)) == len(drawn)
    assert [identifiers.read(kind, text) for text in drawn] == drawn


def test_parents_are_of_an_age_to_be_parents(country_name):
    persons = {person["id"]: person for person in _nation(country_name).persons}
    with_parents = [person for person in persons.values() if person["mother"]]

    assert with_parents
    for child in with_parents:
        gap = child["birth_date"] - persons[child["mother"]]["birth_date"]
        assert timedelta(days=16 * 365) < gap < timedelta(days=50 * 365)


def test_a_dwelling_has_an_owner_where_its_ground_needs_one(country_name):
    nation = _nation(country_name)
    persons = {person["id"]: person for person in nation.persons}
    tenures = {tenure.name: tenure for tenure in plan_of(country_name).tenure}

    assert nation.things["home"]
    for home in nation.things["home"]:
        place = tenures[home["tenure"]].owner
        assert (home["owner"] is None) == (place == "none")
        if place != "none":
            assert (persons[home["owner"]]["address"] == home["address"]) == (place == "here")


def test_the_married_know_each_other_and_were_grown_up(country_name):
    nation = _nation(country_name)
    persons = {person["id"]: person for person in nation.persons}

    assert nation.things["couple"]
    for couple in nation.things["couple"]:
        wife, husband = persons[couple["wife"]], persons[couple["husband"]]
        assert (wife["spouse"], husband["spouse"]) == (husband["id"], wife["id"])
        assert (wife["sex"], husband["sex"]) == ("female", "male")
        assert couple["since"] - max(wife["birth_date"], husband["birth_date"]) > timedelta(days=17 * 365)


def test_who_has_a_guardian_has_no_parents_and_lives_with_the_guardian():
    nation = _nation("azerbaijan", persons=3000)
    persons = {person["id"]: person for person in nation.persons}

    assert nation.things["guardianship"]
    for each in nation.things["guardianship"]:
        ward, guardian = persons[each["ward"]], persons[each["guardian"]]
        assert ward["mother"] is None and ward["father"] is None and ward["guardian"] == guardian["id"]
        assert ward["address"] == guardian["address"] and ward["birth_date"] <= each["since"] <= TODAY


def test_another_day_makes_other_ages_not_other_rules():
    later = _nation("azerbaijan", today=date(2027, 3, 18))

    assert len(later.persons) == 600
    assert all(person["age"] >= 0 for person in later.persons)


def test_nobody_is_registered_before_birth_or_twice(country_name):
    nation = _nation(country_name)
    born = {person["id"]: person["birth_date"] for person in nation.persons}
    lives = [residence["person"] for residence in nation.residences]

    assert len(set(lives)) == len(lives)
    assert all(residence["since"] >= born[residence["person"]] for residence in nation.residences)


def test_every_rule_of_the_certificate_can_be_met_by_somebody(country_name):
    nation = _nation(country_name, persons=2000)
    states = {address["address"]: address["state"] for address in nation.addresses}
    met = {states.get(residence["address"], "absent") for residence in nation.residences}

    assert met == {"valid", "renamed", "abolished", "absent"}
    assert len(nation.residences) < len(nation.persons)


def test_parts_share_no_person_no_address_and_no_number(country_name):
    parts = [
        generate.make(
            plan_of(country_name), world(load(COUNTRIES / country_name)), persons=400, seed=7, today=TODAY, part=part,
            parts=3,
        )
        for part in range(3)
    ]  # fmt: skip
    for thing, fact in (("person", "id"), ("address", "address"), ("home", "address")):
        every = [each[fact] for part in parts for each in part.things[thing]]
        assert len(set(every)) == len(every), thing
    assert [sum(person["named"] for person in part.persons) for part in parts][1:] == [0, 0]
    assert parts[0].things["couple"] != parts[1].things["couple"]


def test_the_parts_of_a_nation_are_of_some_thousand_persons():
    assert generate.parts_of(600) == (600,)
    assert generate.parts_of(10_000) == (5000, 5000)
    assert sum(generate.parts_of(1_000_001)) == 1_000_001
    assert max(generate.parts_of(10_000_000)) <= generate.PERSONS_OF_A_PART


def test_a_misspelt_key_of_the_plan_is_named_with_its_line(tmp_path: Path):
    text = (COUNTRIES / "template" / "nation.yaml").read_text()
    (tmp_path / "nation.yaml").write_text(text.replace("\nshares:", "\nshare:"))

    with pytest.raises(BadDeclaration, match=r"nation.yaml:\d+: shares is missing"):
        read_plan(tmp_path, frozenset())
