"""What a question offers to choose from: persons beside somebody, rows of a register. Asked anew, never invented.

Persons are remembered by the draft for a while (`Case.people`, with the relation as their ground), so that turning a
page is no look at a household. Rows are no persons' data; they are read each time, since a place may be gone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from pencere.applications import holders, parties, representing, rules, values, versions
from pencere.applications.holders import Asker
from pencere.applications.models import Case
from pencere.applications.representing import Candidate, Offer
from pencere.applications.versions import Version
from pencere.base.errors import Unavailable
from pencere.country.declarations import Allotment, Country, Field, Register, Service
from pencere.exchange import actions as exchange
from pencere.exchange import queries as places
from pencere.exchange.actions import Consumer

ADDRESSES_MOST = 50
ROWS_MOST = 2000
"""So many rows are offered at most; a search narrows what is shown of them."""

FREE_MODES = ("pick", "first_come")
"""Ways to come to a place in which only rows with a free place are offered."""


def persons(case: Case, field: Field, asker: Asker, name: str, *, now: datetime) -> Offer:
    """The persons whom a question offers: those whom the applicant may act for, or those of a relation."""
    party, _, what = str(field.of).partition(".")
    if what == parties.ACTING:
        return representing.offer_persons(case, asker, name, now=now)
    version = versions.of(case)
    of = values.parties_of(case, version.service).get(party, case.applicant)
    return _related(case, version, what, str(of), asker, now)


def _related(case: Case, version: Version, relation: str, of: str, asker: Asker, now: datetime) -> Offer:
    remembered = tuple(Candidate(**each) for each in case.people if each["ground"] == relation)
    if remembered and case.people_at is not None and now - case.people_at < rules.PEOPLE_STAY_FRESH:
        return Offer(remembered)
    consumer = holders.consumer_of(case, version, asker)
    try:
        found = []
        for identifier in exchange.related(relation, of, consumer, now=now):
            facts = exchange.person_facts(identifier, ("name",), consumer, now=now)
            if facts:
                found.append(Candidate(identifier, str(facts.get("name") or ""), relation))
    except Unavailable as silent:
        return Offer(remembered, silent.who)
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        others = [each for each in locked.people if each["ground"] != relation]
        locked.people, locked.people_at = [*others, *(asdict(person) for person in found)], now
        locked.save(update_fields=["people", "people_at"])
    case.people, case.people_at = locked.people, locked.people_at
    return Offer(tuple(found))


@dataclass(frozen=True, slots=True)
class Offered:
    """A row to choose: its key, and its fields."""

    key: str
    values: Mapping[str, object]
    free: int


@dataclass(frozen=True, slots=True)
class RowsOffered:
    """Rows of `register`. `silent`: the agency that did not say."""

    register: Register | None
    rows: tuple[Offered, ...] = ()
    silent: str = ""


def rows(version: Version, fact: str, field: Field, facts: Mapping[str, object], *, now: datetime) -> RowsOffered:
    """The rows that a question of kind `ref` offers now. `facts`: what `only` may name; unknown there means no row."""
    register = version.country.registers.get(str(field.of))
    if register is None:
        return RowsOffered(None)
    only = {name: facts.get(named) for name, named in field.only.items()}
    if any(value is None for value in only.values()):
        return RowsOffered(register)
    place = allotment(version.service, fact)
    target = place.of if place else f"{register.id}.{next(iter(register.capacity), '')}"
    return _read(version, register, target, only, now, all_rows=place is None or place.mode not in FREE_MODES)


def places_of(version: Version, place: Allotment, only: Mapping[str, object], *, now: datetime) -> RowsOffered:
    """The free places that may be picked now."""
    found = register_of(version.country, place.of)
    if found is None:
        return RowsOffered(None)
    return _read(version, found, place.of, only, now, all_rows=False)


def allotment(service: Service, fact: str) -> Allotment | None:
    """How places come to those who choose with this question; None if it is a question like any other."""
    return next((place for place in service.places.values() if place.chosen == fact), None)


def register_of(country: Country, target: str) -> Register | None:
    """The register behind `visit-slots.slot` or behind a grant to reserve."""
    first, _, name = target.partition(".")
    agreement = country.agreements.get(first)
    if agreement is not None and name in agreement.grants:
        first = agreement.grants[name].of.partition(".")[0]
    return country.registers.get(first)


def addresses(version: Version, field: Field, words: Collection[str], chosen: str, *, now: datetime) -> RowsOffered:
    """The rows of a register of addresses with these words, and the one that was chosen before; none without words."""
    register = version.country.registers.get(str(field.of))
    if register is None or len(register.key) != 1:
        return RowsOffered(None)
    found: list[Offered] = []
    try:
        if chosen:
            found += _listed(register, {register.key[0]: chosen}, (), 1, now)
        if words:
            known = {row.key for row in found}
            found += [row for row in _listed(register, {}, words, ADDRESSES_MOST, now) if row.key not in known]
    except Unavailable as silent:
        return RowsOffered(register, silent=silent.who)
    return RowsOffered(register, tuple(found))


def _read(
    version: Version, register: Register, target: str, only: Mapping[str, object], now: datetime, *, all_rows: bool
) -> RowsOffered:
    try:
        if all_rows:
            return RowsOffered(register, tuple(_listed(register, only, (), ROWS_MOST, now)))
        found = places.free_places(
            target, only, Consumer(version.service.agency, version.service.id), limit=ROWS_MOST, now=now,
            not_before={field.name: now for field in register.fields.values() if field.kind == "moment"},
        )  # fmt: skip
    except Unavailable as silent:
        return RowsOffered(register, silent=silent.who)
    return RowsOffered(register, tuple(Offered(each.place, each.values, each.free) for each in found))


def _listed(
    register: Register, only: Mapping[str, object], words: Collection[str], most: int, now: datetime
) -> list[Offered]:
    found = places.listed(register.id, only, words=words, limit=most, now=now)
    return [Offered(each.place, each.values, each.free) for each in found]
