"""What can happen here: somebody asks a holder. One way in, so every look is granted and logged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from pencere import country
from pencere.base import clock
from pencere.base.errors import Refused, Unavailable
from pencere.base.purpose import Purpose
from pencere.base.terms import is_below
from pencere.country.declarations import Law
from pencere.exchange import budgets, rules
from pencere.exchange.asking import holder_of
from pencere.exchange.rules import Question, Reply, Represented, Source
from pencere.identity import queries as identity
from pencere.registers import queries as registers

__all__ = ["Reply", "Represented", "acted_for", "ask", "person_facts", "related"]


def ask(
    source: str,
    by: Mapping[str, object],
    take: tuple[str, ...],
    *,
    consumer_agency: str,
    service: str,
    case: str,
    who: str,
    person: str,
    law: Law,
    now: datetime,
    consented: bool = False,
) -> Reply:
    """Asks a source that a service declares, and gives what was taken, with where it comes from.

    `who`: "system" or "person" (an agency's service asks), "officer:<role>" (an officer looks). `consumer_agency`
    "" and `who` "person": somebody looks at their own data, and at nobody else's. `person`: account id of who is
    present. Raises Refused (rule, law) where the right lacks, Unavailable where there is no answer. Asked by an
    unknown fact, the answer is unknown too, and nobody is asked.
    """
    here = country.current()
    found = rules.source_of(here, source)
    day = clock.day_in(here.time_zone, now)
    if consumer_agency:
        ground, law = rules.demand_right(
            found, consumer=consumer_agency, service=service, take=take, law=law, day=day, consented=consented
        )
    else:
        _demand_own(found, by, take, who, person, law)
        ground = "own"
    purpose = rules.purpose_of(
        ground, law, consumer=consumer_agency, service=service, case=case, who=who, person=person
    )
    if any(value is None for value in by.values()):
        return Reply((), found.register.agency, found.register.id, now, purpose.ground, str(law))
    if found.grant is not None and found.grant.per_day is not None:
        budgets.spend(source, found.grant.per_day, day, found.register.agency)
    rows = _asked(found, by, take, purpose, now)
    return Reply(rows, found.register.agency, found.register.id, now, purpose.ground, str(law))


def person_facts(
    identifier: str,
    take: tuple[str, ...],
    *,
    consumer_agency: str,
    service: str,
    case: str,
    who: str,
    person: str,
    now: datetime,
) -> dict[str, object] | None:
    """Facts about a person from the source that the country names for persons; None if it knows no such person.

    That entry of the country is the grant for every service, for the facts that it lists. Raises Refused, Unavailable.
    """
    here = country.current()
    law = here.person.law
    if not take or not set(take) <= set(here.person.facts):
        raise Refused("field_not_granted", str(law))
    found = rules.source_of(here, here.person.from_)
    by = _by_person(found, identifier)
    if not consumer_agency:
        _demand_own(found, by, take, who, person, law)
    purpose = rules.purpose_of("law", law, consumer=consumer_agency, service=service, case=case, who=who, person=person)
    rows = _asked(found, by, take, purpose, now)
    return rows[0] if rows else None


def related(
    relation: str,
    identifier: str,
    *,
    consumer_agency: str,
    service: str,
    case: str,
    who: str,
    person: str,
    now: datetime,
) -> tuple[str, ...]:
    """The identifiers of those who stand in that relation to a person (`children`), as the country declares it."""
    here = country.current()
    declared = here.relations[relation]
    found = rules.source_of(here, declared.from_)
    persons = [name for name in found.answer.fields if found.register.fields[name].kind == "person"]
    take = (persons[0],)
    by = _by_person(found, identifier)
    if not consumer_agency:
        _demand_own(found, by, take, who, person, declared.law)
    purpose = rules.purpose_of(
        "law", declared.law, consumer=consumer_agency, service=service, case=case, who=who, person=person
    )
    rows = _asked(found, by, take, purpose, now)
    return tuple(dict.fromkeys(str(row[take[0]]) for row in rows if row[take[0]] is not None))


def acted_for(identifier: str, *, service: str, person: str, now: datetime) -> tuple[Represented, ...]:
    """Whom somebody who is present (`person`: their account id) may act for today, by the registers that say so.

    Asked by the person alone, for no agency: the relation must be their own, and proves the right to the name and
    birthday of those it names. What is asked under an agreement only, proves nothing here. Raises Refused, Unavailable.
    """
    here = country.current()
    source = rules.source_of(here, here.person.from_)
    day = clock.day_in(here.time_zone, now)
    purpose = rules.purpose_of(
        "own", here.person.law, consumer="", service=service, case="", who="person", person=person
    )
    found: dict[str, Represented] = {}
    for ground, right in here.representation.items():
        relation = here.relations[right.relation]
        if source.grant is not None or rules.source_of(here, relation.from_).grant is not None:
            continue
        others = related(
            relation.name, identifier,
            consumer_agency="", service=service, case="", who="person", person=person, now=now,
        )  # fmt: skip
        take = ("name",) if right.until_age is None else ("name", "birth_date")
        for other in others:
            for row in _asked(source, _by_person(source, other), take, purpose, now):
                born = row.get("birth_date")
                if is_below(right.until_age, born if isinstance(born, date) else None, day):
                    found.setdefault(other, Represented(other, str(row["name"] or ""), ground))
    return tuple(found.values())


def _by_person(found: Source, identifier: str) -> dict[str, object]:
    """The one name by which the answer is asked."""
    (name,) = found.answer.by
    return {name: identifier}


def _demand_own(
    found: Source, by: Mapping[str, object], take: tuple[str, ...], who: str, person: str, law: Law
) -> None:
    """A person may see their own rows, and whose they are by their own word, of any register; nobody else's."""
    if who != "person" or not person or found.grant is not None:
        raise Refused("not_your_own", str(law))
    asked_by_person = all(
        found.register.fields[field].kind == "person" for names in found.answer.by.values() for field in names
    )
    if not asked_by_person or found.answer.alike or not set(take) <= set(found.answer.fields):
        raise Refused("not_your_own", str(law))
    if any(identity.account_of(str(value)) != person for value in by.values()):
        raise Refused("not_your_own", str(law))


def _asked(
    found: Source, by: Mapping[str, object], take: tuple[str, ...], purpose: Purpose, now: datetime
) -> tuple[dict[str, object], ...]:
    """Asks the holder and believes nothing: exactly the fields that were taken, each of its kind."""
    register = found.register
    question = Question(register.id, found.answer.name, by, take, purpose, now)
    rows = holder_of(register.id).answer(question)
    if len(rows) > 1 and not found.answer.many:
        raise Unavailable(register.agency, "more than one row came")
    return tuple(_read(found, row, take) for row in rows)


def _read(found: Source, row: object, take: tuple[str, ...]) -> dict[str, object]:
    if not isinstance(row, dict) or set(row) != set(take):
        raise Unavailable(found.register.agency, "other fields came than were asked for")
    try:
        return {name: registers.in_memory(found.register.id, name, row[name]) for name in take}
    except registers.WrongKind as problem:
        raise Unavailable(found.register.agency, f"a value of a wrong kind came ({problem.reason})") from problem
