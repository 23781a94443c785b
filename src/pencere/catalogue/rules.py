"""Pure: which facts of persons a service uses, which services a search finds. No Django, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from pencere.base.writing import Writing, fold
from pencere.country.declarations import Country, Service


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
        yield from step.facts.values()
        for alternative in step.when or ():
            yield from alternative
    for evidence in service.evidence.values():
        yield from evidence.by.values()
        for alternative in evidence.when or ():
            yield from alternative
    for derived in service.derive:
        yield from derived.arguments
    for table in service.tables.values():
        yield from table.inputs


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
