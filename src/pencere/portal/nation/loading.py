"""Brings the invented nation into the registers, onto the demo's sign-in page and onto the page that says who is who.

Rows go through the registers' own doors like those of any other load; nothing here writes a table itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from pencere import country
from pencere.base import clock, terms
from pencere.base.writing import full_name
from pencere.country.declarations import Country
from pencere.exchange import actions as exchange
from pencere.files import actions as files
from pencere.identity.demo_provider import people
from pencere.portal.nation import generate, going_on, guide, offices, who
from pencere.portal.nation.generate import Facts, Nation
from pencere.portal.nation.photo import silhouette
from pencere.portal.nation.plan import Plan, read_plan
from pencere.portal.nation.rows import rows_of
from pencere.registers import queries as kept
from pencere.ui.writing import day as written_day

Progress = Callable[[str, int, int], None]
BEGINNING = date(1900, 1, 1)
"""Since when a row holds of which the plan does not say so."""


class NationExists(Exception):
    """The registers hold rows already; a nation is made once."""


def load_nation(*, persons: int, seed: int, now: datetime, progress: Progress | None = None) -> int:
    """Makes the nation and fills the registers; returns the number of persons. Raises NationExists."""
    here = country.current()
    plan = read_plan(here.folder, frozenset(here.identifiers))
    person = here.identifiers[here.person.identifier]
    more = offices.missing(plan, here.services, here.registers, here.officer_roles, person, seed)
    plan = replace(plan, officers=(*plan.officers, *more))
    rules = [rule for rule in plan.registers if rule.register in here.registers]
    own = [rule.register for rule in rules if here.registers[rule.register].kept == "here"]
    if any(kept.count(register) for register in own):
        raise NationExists(", ".join(dict.fromkeys(own)))
    photo = files.keep(silhouette(), now=now).reference
    today = clock.day_in(here.time_zone, now)
    nation = generate.make(plan, world(here, photo), persons=persons, seed=seed, today=today)
    found = tuple(who.find(plan, nation, _write))
    news: list[going_on.News] = []
    with exchange.loading(recorded_by="nation", now=now) as load:
        for rule in sorted(rules, key=lambda rule: here.registers[rule.register].kept == "here"):  # both at once
            rows = list(rows_of(nation, rule))
            if rule.told:
                news += [going_on.News(rule.register, {name: kept.plain(row[name]) for name in row}) for row in rows]
            else:
                load.load(rule.register, _telling(rule.register, rows, progress), valid_from=BEGINNING)
    with transaction.atomic():
        files.bind([photo], "nation")
    going_on.keep_news(news)
    guide.write(_lines(found, nation))
    people.write(people_file(), _signing_in(plan, nation, found))
    return len(nation.persons)


def people_file() -> Path:
    """Who can sign in at the demo's provider."""
    return settings.PENCERE.data / "demo" / "people.jsonl"


def world(here: Country, photo: str = "") -> generate.World:
    """What the country decides of its nation. `photo`: the reference of the one that all bear."""
    first = here.languages[0]
    writing = here.writing[first]
    names = {unit.code: unit for unit in here.territory}

    def place(code: str) -> str:
        unit = names[code]
        own = unit.names[first]
        return f"{names[unit.part_of].names[first]}, {own}" if unit.part_of in names else own

    def working_days(today: date, number: int) -> list[date]:
        days: list[date] = []
        day = today
        while len(days) < number:
            day += timedelta(days=1)
            known = day.year in here.calendar.years
            if not (terms.is_rest(day, here.calendar) if known else day.weekday() in here.calendar.weekend):
                days.append(day)
        return days

    return generate.World(
        full_name=lambda parts: full_name(parts, writing),
        place=place,
        person=here.person.identifier,
        kinds=here.identifiers,
        working_days=working_days,
        zone=here.time_zone,
        photo=photo,
    )


def _telling(register: str, rows: list[Facts], progress: Progress | None) -> Iterator[Facts]:
    for number, row in enumerate(rows, 1):
        if progress and (number % 500 == 0 or number == len(rows)):
            progress(register, number, len(rows))
        yield row


def _write(value: object, language: str) -> str:
    return written_day(value, language) if isinstance(value, date) else "" if value is None else str(value)


def _lines(found: Iterable[who.Found], nation: Nation) -> Iterator[guide.Line]:
    by_id = {str(person["id"]): person for person in nation.persons}
    for each in found:
        person = by_id[each.identifier]
        born = person["birth_date"]
        assert isinstance(born, date)
        yield guide.Line(each.service, each.outcome, str(person["name"]), born, each.note)


def _signing_in(plan: Plan, nation: Nation, found: Iterable[who.Found]) -> Iterable[people.Person]:
    """The named persons first, then those of the page who is who, the officers, and everybody old enough."""
    noted = {person.identifier: person.note for person in plan.people if person.shown}
    for each in found:
        noted.setdefault(each.identifier, each.note)
    hidden = {person.identifier for person in plan.people if not person.shown}
    held = {officer.identifier: officer for officer in plan.officers}
    places = {identifier: place for place, identifier in enumerate(noted)}

    def order(facts: Facts) -> tuple[int, int]:
        identifier = str(facts["id"])
        if identifier in places:
            return 0, places[identifier]
        return (1 if identifier in held else 2), 0

    for facts in sorted(nation.persons, key=order):
        identifier, born = str(facts["id"]), facts["birth_date"]
        if not isinstance(born, date) or not plan.signs_in(facts):
            continue
        if identifier in hidden and identifier not in noted:
            continue
        office = held.get(identifier)
        yield people.Person(
            identifier,
            str(facts["name"]),
            born,
            noted.get(identifier),
            office.agency if office else None,
            office.role if office else None,
        )
