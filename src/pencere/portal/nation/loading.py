"""Brings the invented nation into the registers and onto the demo's sign-in page.

Rows go through `registers.actions.add_rows` like those of any other load; nothing here writes a table itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings

from pencere import country
from pencere.base.writing import full_name
from pencere.country.declarations import Country
from pencere.identity.demo_provider import people
from pencere.portal.nation import generate
from pencere.portal.nation.generate import Facts, Nation
from pencere.portal.nation.plan import Plan, RowRule, read_plan
from pencere.registers import actions as registers
from pencere.registers import queries as kept

Progress = Callable[[str, int, int], None]


class NationExists(Exception):
    """The registers hold rows already; a nation is made once."""


def load_nation(*, persons: int, seed: int, now: datetime, progress: Progress | None = None) -> int:
    """Makes the nation and fills the registers; returns the number of persons. Raises NationExists."""
    here = country.current()
    plan = read_plan(here.folder)
    if any(kept.count(rule.register) for rule in plan.registers):
        raise NationExists(", ".join(rule.register for rule in plan.registers))
    nation = generate.make(plan, _world(here), persons=persons, seed=seed)
    people.write(people_file(), _signing_in(plan, nation))
    for rule in plan.registers:
        facts = _facts_of(nation, rule)
        told = _telling(facts, rule, progress)
        registers.add_rows(
            rule.register,
            (_row(rule, each) for each in told),
            valid_from=date(1900, 1, 1),
            recorded_by="nation",
            now=now,
        )
    return len(nation.persons)


def people_file() -> Path:
    """Who can sign in at the demo's provider."""
    return settings.PENCERE.data / "demo" / "people.jsonl"


def _world(here: Country) -> generate.World:
    first = here.languages[0]
    writing = here.writing[first]
    names = {unit.code: unit for unit in here.territory}

    def place(code: str) -> str:
        unit = names[code]
        own = unit.names[first]
        return f"{names[unit.part_of].names[first]}, {own}" if unit.part_of in names else own

    identifier = here.identifiers[here.person.identifier]
    return generate.World(lambda parts: full_name(parts, writing), place, identifier)


def _facts_of(nation: Nation, rule: RowRule) -> list[Facts]:
    return {"person": nation.persons, "address": nation.addresses, "residence": nation.residences}[rule.each]


def _row(rule: RowRule, facts: Facts) -> dict[str, object]:
    row = {field: facts[fact] for field, fact in rule.row.items() if facts[fact] is not None}
    return {**row, "valid_from": facts[rule.since]}


def _telling(facts: list[Facts], rule: RowRule, progress: Progress | None) -> Iterator[Facts]:
    for number, each in enumerate(facts, 1):
        if progress and (number % 500 == 0 or number == len(facts)):
            progress(rule.register, number, len(facts))
        yield each


def _signing_in(plan: Plan, nation: Nation) -> Iterable[people.Person]:
    """The named persons first, then the officers, then everybody of full age."""
    noted = {person.identifier: person.note for person in plan.people if person.shown}
    hidden = {person.identifier for person in plan.people if not person.shown}
    offices = {officer.identifier: officer for officer in plan.officers}
    grown = generate.AS_OF - timedelta(days=18 * 365 + 5)

    def order(facts: Facts) -> tuple[int, int]:
        identifier = str(facts["id"])
        if identifier in noted:
            return 0, list(noted).index(identifier)
        return (1 if identifier in offices else 2), 0

    for facts in sorted(nation.persons, key=order):
        identifier, born = str(facts["id"]), facts["birth_date"]
        if not isinstance(born, date) or born > grown or identifier in hidden:
            continue
        office = offices.get(identifier)
        yield people.Person(
            identifier,
            str(facts["name"]),
            born,
            noted.get(identifier),
            office.agency if office else None,
            office.role if office else None,
        )
