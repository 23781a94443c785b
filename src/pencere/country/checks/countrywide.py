"""The files of the country as a whole: acts, agencies, calendar, territory, life events, where persons come from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise

from pencere.base.identifiers import IdentifierKind
from pencere.country.checking import Checker
from pencere.country.declarations import Agency, Law, Unit
from pencere.country.demands import demand_appeal
from pencere.country.facts import answer_of, given_by
from pencere.country.kinds.service import FEES


def check(checker: Checker) -> None:
    _acts(checker)
    _agencies(checker)
    _calendar(checker)
    _territory(checker)
    _life_events(checker)
    _persons(checker)
    _payees(checker)
    _defaults(checker)
    for name, kind in checker.country.identifiers.items():
        _identifier(checker, name, kind)
    for id in checker.folder.ids("agreement"):
        if checker.folder.is_known("register", id):
            place = checker.at(f"agreements/{id}.yaml")
            checker.error(place, f'"{id}" is the id of a register too; references could not tell them apart')


def _acts(checker: Checker) -> None:
    for id, act in checker.country.acts.items():
        file = f"acts/{id}.yaml"
        if act.repealed_by:
            checker.demand("act", act.repealed_by, checker.at(file, "repealed_by"), "repealed_by")
        if act.until and act.in_force and act.until < act.in_force:
            checker.error(checker.at(file, "until"), f"until: {act.until} is before in_force {act.in_force}")
        if act.signed and act.in_force and act.in_force < act.signed:
            checker.error(checker.at(file, "in_force"), f"in_force: {act.in_force} is before its date {act.signed}")


def _agencies(checker: Checker) -> None:
    codes: dict[tuple[str, str], str] = {}
    agencies = checker.country.agencies
    for id, agency in agencies.items():
        file = f"agencies/{id}.yaml"
        for key in ("part_of", "predecessor", "successor", "executes_for"):
            if getattr(agency, key):
                checker.demand("agency", getattr(agency, key), checker.at(file, key), key)
        place = checker.at(file, "xroad", "class")
        checker.demand_among(agency.xroad_class, checker.country.xroad_classes, place, "xroad.class", "class")
        code = (agency.xroad_class, agency.xroad_code)
        if code in codes:
            message = f'xroad.code: "{agency.xroad_code}" is the code of {codes[code]} too'
            checker.error(checker.at(file, "xroad", "code"), message)
        codes.setdefault(code, id)
        if _is_in_circle(id, agencies):
            checker.error(checker.at(file, "part_of"), f"part_of: {id} is a part of itself")


def _is_in_circle(id: str, agencies: Mapping[str, Agency]) -> bool:
    seen = set()
    step: str | None = id
    while step is not None and step not in seen:
        seen.add(step)
        step = agencies[step].part_of if step in agencies else None
        if step == id:
            return True
    return False


def _calendar(checker: Checker) -> None:
    calendar = checker.country.calendar
    for name, count in calendar.counts.items():
        _law(checker, count.law, "calendar.yaml", "counts", name, "law")
    for day, special in calendar.days.items():
        if special.act:
            _law(checker, special.act, "calendar.yaml", "days", day.isoformat(), "act")
    years = calendar.years
    place = checker.at("calendar.yaml", "days")
    wanted = {*range(min(years, default=0), max(years, default=-1) + 1), checker.as_of.year}
    for year in sorted(wanted - years):
        checker.error(place, f"days: the days of {year} are missing; terms that touch it cannot be counted")
    if checker.as_of.year + 1 not in years and checker.as_of.month >= 10:
        checker.warning(place, f"days: the days of {checker.as_of.year + 1} are missing; the year is near")


def _law(checker: Checker, text: str, file: str, *keys: str) -> None:
    act, _, article = text.partition(" ")
    checker.demand_law(Law(act, article), checker.at(file, *keys), ".".join(keys))


def _territory(checker: Checker) -> None:
    units: dict[str, list[Unit]] = {}
    for unit in checker.country.territory:
        units.setdefault(unit.code, []).append(unit)
    plates: dict[str, str] = {}
    for code, periods in units.items():
        place = checker.at("territory.yaml", "units", code)
        path = f"units.{code}"
        for unit in periods:
            for key in ("part_of", "successor"):
                if getattr(unit, key):
                    checker.demand_among(getattr(unit, key), units, place, f"{path}.{key}", "unit")
            if unit.since and unit.until and unit.until < unit.since:
                checker.error(place, f"{path}: until {unit.until} is before since {unit.since}")
            if unit.until is None or unit.until >= checker.as_of:
                for plate in unit.plates:
                    if plates.setdefault(plate, code) != code:
                        checker.error(place, f'{path}: plate code "{plate}" belongs to {plates[plate]} too')
        for before, after in pairwise(periods):
            if before.until is None or after.since is None or after.since <= before.until:
                checker.error(place, f"{path}: two of its periods overlap, or are not in order")
            elif after.since > before.until + timedelta(days=1):
                checker.error(place, f"{path}: a gap between {before.until} and {after.since}")
        if _unit_in_circle(code, units):
            checker.error(place, f"{path}: is a part of itself")


def _unit_in_circle(code: str, units: Mapping[str, list[Unit]]) -> bool:
    seen: set[str] = set()
    waiting = [unit.part_of for unit in units[code] if unit.part_of]
    while waiting:
        step = waiting.pop()
        if step == code:
            return True
        if step not in seen:
            seen.add(step)
            waiting.extend(unit.part_of for unit in units.get(step, ()) if unit.part_of)
    return False


def _life_events(checker: Checker) -> None:
    """Life events and services name each other; an event may name services that are still to come."""
    orders: dict[int, str] = {}
    for id, event in checker.country.life_events.items():
        file = f"life-events/{id}.yaml"
        if event.order in orders:
            checker.error(checker.at(file, "order"), f"order: {event.order} is the order of {orders[event.order]} too")
        orders.setdefault(event.order, id)
        for name in event.starts_with:
            service = checker.country.services.get(name)
            if service is not None and id not in service.life_events:
                message = f"starts_with: {name} does not name {id} among its life_events"
                checker.error(checker.at(file, "starts_with"), message)
    for id, service in checker.country.services.items():
        place = checker.at(f"services/{id}/service.yaml", "life_events")
        for name in service.life_events:
            if checker.demand("life-event", name, place, "life_events"):
                known = checker.country.life_events.get(name)
                if known is not None and id not in known.starts_with:
                    checker.error(place, f'life_events: life-events/{name}.yaml does not have "{id}" in starts_with')


def _persons(checker: Checker) -> None:
    """Person, relations and representation name answers of the right shape."""
    country = checker.country
    person = country.person
    place = checker.at("country.yaml", "person", "identifier")
    checker.demand_among(person.identifier, country.identifiers, place, "person.identifier", "identifier")
    checker.demand_law(person.law, checker.at("country.yaml", "person", "law"), "person.law")
    if _asked_by_person(checker, person.from_, "person"):
        source = answer_of(country, person.from_)
        assert source is not None
        place = checker.at("country.yaml", "person", "facts")
        for fact in person.facts:
            if fact not in source[1].fields:
                checker.error(place, f'person.facts: {person.from_} does not offer "{fact}"')
        if source[1].many:
            checker.error(checker.at("country.yaml", "person"), f"person.from: {person.from_} gives many rows, not one")
    for name, relation in country.relations.items():
        keys = ("relations", name)
        checker.demand_law(relation.law, checker.at("country.yaml", *keys, "law"), f"relations.{name}.law")
        if _asked_by_person(checker, relation.from_, *keys, also="service"):
            found = answer_of(country, relation.from_)
            assert found is not None
            if len(found[1].fields) != 1 or not given_by(country, name):
                message = f"{relation.from_} gives {', '.join(found[1].fields)}, expected one person or organisation"
                checker.error(checker.at("country.yaml", *keys, "from"), f"relations.{name}.from: {message}")
    for ground, declared in country.representation.items():
        keys = ("representation", ground)
        if ground == "self":
            message = 'representation: "self" needs no relation; it is always known'
            checker.error(checker.at("country.yaml", *keys), message)
        place = checker.at("country.yaml", *keys, "relation")
        checker.demand_among(declared.relation, country.relations, place, f"{'.'.join(keys)}.relation", "relation")
        checker.demand_law(declared.law, checker.at("country.yaml", *keys, "law"), f"{'.'.join(keys)}.law")
        if declared.until_age is not None and "birth_date" not in person.facts:
            place = checker.at("country.yaml", *keys, "until_age")
            checker.error(place, f'{".".join(keys)}.until_age: needs "birth_date" among person.facts')


def _asked_by_person(checker: Checker, name: str, *keys: str, also: str = "") -> bool:
    """Whether there is such an answer and one person asks it, alone or together with the service (`also`)."""
    place = checker.at("country.yaml", *keys, "from")
    path = f"{'.'.join(keys)}.from"
    register = name.partition(".")[0]
    if not checker.demand("register", register, place, path) or register not in checker.country.registers:
        return False
    found = answer_of(checker.country, name)
    if found is None:
        answers = checker.country.registers[register].answers
        return checker.demand_among(name.partition(".")[2], answers, place, path, f"answer of {register}")
    by = {name: fields for name, fields in found[1].by.items() if name != also}
    asked = [found[0].fields.get(field) for fields in by.values() for field in fields]
    if len(by) != 1 or any(field is None or field.kind != "person" for field in asked):
        checker.error(place, f"{path}: {name} is asked by {', '.join(found[1].by)}, expected one person")
        return False
    return True


def _payees(checker: Checker) -> None:
    for name, payee in checker.country.payees.items():
        file = payee.place.file
        checker.demand_law(payee.law, checker.at(file, "payees", name, "law"), f"payees.{name}.law")
        for kind in payee.codes:
            checker.demand_among(kind, FEES, checker.at(file, "payees", name, "codes"), f"payees.{name}.codes", "fee")
    if checker.country.organisation is not None:
        place = checker.at("country.yaml", "organisation")
        identifiers = [each for each in checker.country.identifiers if each != checker.country.person.identifier]
        checker.demand_among(checker.country.organisation, identifiers, place, "organisation", "identifier")


def _defaults(checker: Checker) -> None:
    defaults = checker.country.defaults
    demand_appeal(checker, defaults.appeal, "country.yaml", "defaults", "appeal")
    if defaults.evidence_wait is not None:
        place = checker.at("country.yaml", "defaults", "evidence", "wait")
        checker.demand_term(defaults.evidence_wait, place, "defaults.evidence.wait")


def _identifier(checker: Checker, name: str, kind: IdentifierKind) -> None:
    _law(checker, kind.law, "identifiers.yaml", "kinds", name, "law")
