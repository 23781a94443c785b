"""Whoever adds a service finds somebody at its desk."""

from __future__ import annotations

from dataclasses import replace

from pencere import country
from pencere.portal.nation import offices
from pencere.portal.nation.plan import Officer, Plan, read_plan


def _plan() -> Plan:
    here = country.current()
    return read_plan(here.folder, frozenset(here.identifiers))


def _missing(plan: Plan, seed: int = 1) -> tuple[Officer, ...]:
    here = country.current()
    return offices.missing(
        plan, here.services, here.registers, here.officer_roles, here.identifiers[here.person.identifier], seed
    )


def test_an_office_that_the_plan_names_nobody_for_is_filled() -> None:
    plan = _plan()
    without = replace(plan, officers=())
    made = _missing(without)
    held = {(each.agency, each.role) for each in made}
    here = country.current()
    assert {(agency, role) for agency, role, _ in offices.needed(here.services, here.registers)} == held
    experts = [each for each in made if each.role == "medical_expert"]
    assert len(experts) == 4 and len({each.identifier for each in made}) == len(made)


def test_who_the_plan_names_stays_the_only_one() -> None:
    plan = _plan()
    named = {(each.agency, each.role) for each in plan.officers}
    assert not any((each.agency, each.role) in named and each.role != "medical_expert" for each in _missing(plan))


def test_the_same_seed_makes_the_same_officers() -> None:
    without = replace(_plan(), officers=())
    assert _missing(without) == _missing(without)
    assert _missing(without) != _missing(without, seed=2)


def test_a_register_has_somebody_who_looks_and_two_where_one_confirms_the_other() -> None:
    register = country.current().registers["population"]
    assert register.desk is not None
    alone = replace(register, desk=replace(register.desk, write=("officer.head",), second=("officer.head",)))
    assert ("din", "head", 2) in offices.needed({}, {"population": alone})
    assert ("din", "registry", 1) in offices.needed({}, {"population": register})
