"""Brings the invented nation into the registers, onto the demo's sign-in page and onto the page that says who is who.

Rows go through the registers' own doors like those of any other load; nothing here writes a table itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings

from pencere import country
from pencere.base import clock, terms
from pencere.base.writing import full_name
from pencere.country.declarations import Country
from pencere.exchange import actions as exchange
from pencere.files import actions as files
from pencere.identity.demo_provider import people
from pencere.portal.nation import generate, going_on, guide, offices, parts, who
from pencere.portal.nation.generate import Part
from pencere.portal.nation.photo import silhouette
from pencere.portal.nation.plan import Plan, read_plan
from pencere.registers import actions as registers
from pencere.registers import queries as kept
from pencere.ui.writing import day as written_day

Progress = Callable[[int, int], None]
"""So many persons, and rows of registers, are there."""
BY = "nation"
BEGINNING = date(1900, 1, 1)
"""Since when a row holds of which the plan does not say so."""


class NationExists(Exception):
    """The registers hold rows already; a nation is made once."""


def load_nation(
    *, persons: int, seed: int, now: datetime, processes: int | None = None, progress: Progress | None = None
) -> int:
    """Makes the nation and fills the registers, whole or not at all; returns the number of persons.

    `processes`: as many as there are processors, if not said; the nation is the same. Raises NationExists.
    """
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
    news: list[going_on.News] = []
    lines: list[guide.Line] = []
    signing_in: list[tuple[tuple[int, int], people.Person]] = []
    made = rows = 0
    with exchange.filling(recorded_by=BY, now=now) as fill:

        def packer(vendor: str) -> registers.Packer:
            return registers.Packer(kept.shape_of, vendor, since=BEGINNING, recorded_by=BY, now=now, folder=fill.folder)

        job = parts.Job(
            plan, world(here, photo), here, generate.parts_of(persons), seed, clock.day_in(here.time_zone, now),
            packer(fill.vendor), packer(exchange.ELSEWHERE),
            fill.first_id, _write, _signing_in, _lines,
        )  # fmt: skip
        for part in parts.packed(job, min(processes or parts.processors(), registers.MOST_PACKERS)):
            for is_here, block in part.blocks:
                fill.add(block, here=is_here)
            news += part.news
            lines += part.lines
            signing_in += part.signing_in
            made += part.persons
            rows += part.rows
            if progress:
                progress(made, rows)
        files.bind([photo], BY)
    going_on.keep_news(news)
    guide.write(lines)
    people.write(people_file(), (person for _place, person in sorted(signing_in, key=lambda each: each[0])))
    return made


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


def _write(value: object, language: str) -> str:
    return written_day(value, language) if isinstance(value, date) else "" if value is None else str(value)


def _lines(found: Iterable[who.Found], part: Part) -> list[guide.Line]:
    by_id = {str(person["id"]): person for person in part.persons}
    lines = []
    for each in found:
        person = by_id[each.identifier]
        born = person["birth_date"]
        assert isinstance(born, date)
        lines.append(guide.Line(each.service, each.outcome, str(person["name"]), born, each.note))
    return lines


def _signing_in(plan: Plan, part: Part, found: Iterable[who.Found]) -> list[tuple[tuple[int, int], people.Person]]:
    """The named persons first, then those of the page who is who, the officers, and everybody old enough."""
    noted = {person.identifier: person.note for person in plan.people if person.shown}
    for each in found:
        noted.setdefault(each.identifier, each.note)
    hidden = {person.identifier for person in plan.people if not person.shown}
    held = {officer.identifier: officer for officer in plan.officers}
    places = {identifier: place for place, identifier in enumerate(noted)}
    shown: list[tuple[tuple[int, int], people.Person]] = []
    for facts in part.persons:
        identifier, born = str(facts["id"]), facts["birth_date"]
        if not isinstance(born, date) or not plan.signs_in(facts):
            continue
        if identifier in hidden and identifier not in noted:
            continue
        office = held.get(identifier)
        place = (0, places[identifier]) if identifier in places else (1 if office else 2, 0)
        agency, role = (office.agency, office.role) if office else (None, None)
        shown.append((place, people.Person(identifier, str(facts["name"]), born, noted.get(identifier), agency, role)))
    return shown
