"""Whom a person may act for, by the registers that say so: offered to choose from, and asked again when it matters.

Who is offered has a mandate, which `identity` keeps. Never inside a transaction; a register that is silent proves
nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction

from pencere.applications import parties, rules, timeline, versions
from pencere.applications.holders import Asker, consumer_of
from pencere.applications.models import Case
from pencere.applications.versions import Version
from pencere.base.errors import Unavailable
from pencere.base.terms import is_below
from pencere.exchange import actions as exchange
from pencere.identity import actions as identity


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person whom the applicant may act for, on what ground; "self" is the applicant."""

    identifier: str
    name: str
    ground: str


@dataclass(frozen=True, slots=True)
class Offer:
    """Persons to choose from. `silent`: the agency whose register did not say whom else one may act for."""

    persons: tuple[Candidate, ...]
    silent: str = ""


def offer_persons(case: Case, asker: Asker, name: str, *, now: datetime) -> Offer:
    """Those whom the applicant may act for, remembered by the draft for a while: turning a page is no look at a child.

    While a register is silent, those remembered are offered, or the applicant alone: submission asks again anyway.
    """
    version = versions.of(case)
    grounds = ("self", *version.country.representation)
    remembered = tuple(Candidate(**each) for each in case.people if each["ground"] in grounds)
    others = [each for each in case.people if each["ground"] not in grounds]  # of relations: `offering`
    if case.people_at is not None and now - case.people_at < rules.PEOPLE_STAY_FRESH:
        return Offer(remembered)
    found, silent = _persons(case, version, asker, name, now)
    if silent:  # those remembered are offered besides
        answered = {person.ground for person in found} | {"self"}
        found += tuple(person for person in remembered if person.ground not in answered)
    offer, asked_at = Offer(found, silent), case.people_at if silent else now
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        locked.people = [asdict(person) for person in offer.persons] + others
        locked.people_at = asked_at
        locked.save(update_fields=["people", "people_at"])
        _record_mandates(case, version, offer.persons, now)
    case.people, case.people_at = locked.people, locked.people_at
    return offer


def _persons(case: Case, version: Version, asker: Asker, name: str, now: datetime) -> tuple[tuple[Candidate, ...], str]:
    """Whom the applicant may act for, by those registers that answer; and the agency of one that does not."""
    found: list[Candidate] = []
    silent = ""
    for ground in version.service.applicant.acts_as:
        if ground == "self":
            found.append(Candidate(case.applicant, name, "self"))
            continue
        try:
            found += _persons_on(case, version, ground, asker, now)
        except Unavailable as problem:
            silent = problem.who
    return tuple(found), silent


def _persons_on(case: Case, version: Version, ground: str, asker: Asker, now: datetime) -> list[Candidate]:
    found = []
    for identifier in related(case, version, ground, asker, now=now):
        limit = version.country.representation[ground].until_age
        take = ("name",) if limit is None else ("name", "birth_date")
        facts = exchange.person_facts(identifier, take, consumer_of(case, version, asker), now=now)
        born = facts.get("birth_date") if facts else None
        if facts and is_below(limit, born if isinstance(born, date) else None, timeline.day_of(now)):
            found.append(Candidate(identifier, str(facts.get("name") or ""), ground))
    return found


def _record_mandates(case: Case, version: Version, found: Iterable[Candidate], now: datetime) -> None:
    for person in found:
        if person.ground != "self":
            relation = version.country.relations[version.country.representation[person.ground].relation]
            identity.record_mandate(case.applicant, person.identifier, person.ground, relation.from_, now, None)


def may_still_act(case: Case, version: Version, asker: Asker, *, now: datetime) -> bool:
    """Whether the applicant may act for the subject today. Asked anew each time it matters."""
    if case.ground == "self":
        return case.applicant == case.subject or not parties.acts_for_subject(version.service)
    return exchange.acts_for(
        case.applicant,
        case.subject,
        case.ground,
        consumer_of(case, version, asker),
        now=now,
    )


def children_of(officer: str, case: Case, version: Version, asker: Asker, *, now: datetime) -> Collection[str]:
    """Whom the officer stands beside as the applicant does beside the subject, so that nobody decides about their own

    child; asked only where somebody is acted for.
    """
    return frozenset(related(case, version, case.ground, asker, now=now, of=officer))


def related(case: Case, version: Version, ground: str, asker: Asker, *, now: datetime, of: str = "") -> tuple[str, ...]:
    """Whom somebody (the applicant, unless named) stands beside, by the relation that the ground rests on."""
    relation = version.country.representation[ground].relation
    return exchange.related(relation, of or case.applicant, consumer_of(case, version, asker), now=now)
