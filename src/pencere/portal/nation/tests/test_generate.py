"""The nation is the same for the same seed, and its people could exist."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from pencere.base import identifiers
from pencere.base.errors import BadDeclaration
from pencere.base.writing import full_name
from pencere.country.reading import load
from pencere.portal.nation import generate
from pencere.portal.nation.plan import read_plan

COUNTRIES = Path(__file__).resolve().parents[5] / "countries"


def _nation(name: str, persons: int = 600, seed: int = 7) -> generate.Nation:
    country = load(COUNTRIES / name)
    writing = country.writing[country.languages[0]]
    world = generate.World(
        full_name=lambda parts: full_name(parts, writing),
        place=str,
        identifier=country.identifiers[country.person.identifier],
    )
    return generate.make(read_plan(COUNTRIES / name), world, persons=persons, seed=seed)


@pytest.fixture(params=["azerbaijan", "template"])
def country_name(request):
    return request.param


def test_the_same_seed_makes_the_same_nation_and_another_seed_another(country_name):
    assert _nation(country_name) == _nation(country_name)
    assert _nation(country_name) != _nation(country_name, seed=8)


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


def test_a_misspelt_key_of_the_plan_is_named_with_its_line(tmp_path: Path):
    text = (COUNTRIES / "azerbaijan" / "nation.yaml").read_text()
    (tmp_path / "nation.yaml").write_text(text.replace("\nshares:", "\nshare:"))

    with pytest.raises(BadDeclaration, match=r"nation.yaml:\d+: shares is missing"):
        read_plan(tmp_path)
