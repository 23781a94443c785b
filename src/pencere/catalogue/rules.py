"""Pure: which facts of persons a service uses, which services a search finds. No Django, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from pencere.base.writing import Writing, fold
from pencere.country.course import facts_needed
from pencere.country.declarations import Country, Service
from pencere.country.deriving import amounts_of, facts_of


def person_facts_used(country: Country, service: Service) -> tuple[str, ...]:
    """Facts from the register of persons that the service takes (`name`, `birth_date`), in declared order."""
    named = set(_named_facts(service))
    used = {name.partition(".")[2] for name in named if name.partition(".")[0] in service.parties}
    if "age" in used:
        used.add("birth_date")
    for step in service.steps:
        certificate = country.certificates.get(step.names[0]) if step.kind == "issue" else None
        if certificate and certificate.verify.second_factor == "birth_year":
            used.add("birth_date")
    return tuple(fact for fact in country.person.facts if fact in used)


def _named_facts(service: Service) -> Iterator[str]:
    for step in service.steps:
        yield from facts_needed(service, step)
    for evidence in service.evidence.values():
        yield from evidence.by.values()
        for alternative in evidence.when or ():
            yield from alternative
    for derived in service.derive:
        yield from derived.arguments
    for table in service.tables.values():
        yield from table.inputs


def amounts_behind(service: Service, fact: str) -> tuple[str, ...]:
    """The amounts of the law that a fee is made of: `amounts.duty` itself, or those behind a derived fact."""
    if fact.startswith("amounts."):
        return (fact.removeprefix("amounts."),)
    derived = {each.name: each for each in service.derive}
    found: dict[str, None] = {}
    waiting = [fact]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in derived and name not in seen:
            seen.add(name)
            found.update(dict.fromkeys(amounts_of(derived[name])))
            waiting += facts_of(derived[name])
    return tuple(name for name in found if name in service.amounts)


PERSONS_WORK = ("sign", "pay", "check", "expert", "offer", "visit", "wait_for", "deliver")


def is_at_once(service: Service) -> bool:
    """Whether a case can be decided while one waits: nobody has to do anything between sending and the decision."""
    return not any(step.kind in PERSONS_WORK for step in service.steps)


def is_open(service: Service, day: date) -> bool:
    """Whether the service is offered on that day."""
    return service.since <= day and (service.until is None or day <= service.until)


def found(query: str, haystacks: Sequence[tuple[str, Writing]]) -> bool:
    """Whether every word of the query occurs in one of the texts, as that text's language folds letters."""
    return any(_all_in(words(query, style), text) for text, style in haystacks)


def words(query: str, style: Writing) -> list[str]:
    """The words of a query in search form; signs between them do not count."""
    return re.findall(r"[\w]+", fold(query, style))


def _all_in(wanted: list[str], text: str) -> bool:
    return bool(wanted) and all(word in text for word in wanted)
