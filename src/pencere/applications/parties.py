"""Who takes part in a case of a service: who acts for whom, how a person is named, which facts of each are used.

Pure: reads the declarations alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pencere.country.cells import facts_of
from pencere.country.course import facts_needed, given_facts
from pencere.country.declarations import Country, Service, Step
from pencere.country.deriving import facts_of as facts_in
from pencere.country.texts import placeholders

ACTING = "may_act_for"
"""A question `of: <party>.may_act_for` offers the persons whom that party may act for."""

_found: dict[str, tuple[Country, Service, Mapping[str, tuple[str, ...]]]] = {}
"""The last answer of `facts_of_persons` for each service: declarations do not change, only others are read."""


def facts_of_persons(country: Country, service: Service) -> Mapping[str, tuple[str, ...]]:
    """Which facts of each party are used anywhere, and so must be taken: party → facts that the country's source has.

    An age needs the birth date; a certificate whose paper is checked with the year of birth needs it of its subject.
    """
    found = _found.get(service.id)
    if found is None or found[0] is not country or found[1] is not service:
        found = _found[service.id] = (country, service, _facts_of_persons(country, service))
    return found[2]


def _facts_of_persons(country: Country, service: Service) -> Mapping[str, tuple[str, ...]]:
    used: dict[str, dict[str, None]] = {}
    for name in _all_needed(country, service):
        person, fact = person_behind(service, name)
        if person:
            used.setdefault(person, {})["birth_date" if fact == "age" else fact] = None
    known = country.person.facts
    found = {person: tuple(fact for fact in known if fact in facts) for person, facts in used.items()}
    return {person: facts for person, facts in found.items() if facts}


def person_behind(service: Service, name: str) -> tuple[str, str]:
    """Whose fact it is, and which: a party's, also by the name it was given (`event.mother.name`), or a person's of

    a repeating group (`movers.person.age`). Empty if it is no fact of a person.
    """
    person, _, fact = name.rpartition(".")
    if not person:
        return "", ""
    if person in service.parties:
        return (person, fact) if service.parties[person].is_ == "person" else ("", "")
    for party in service.parties.values():
        if party.from_ == person and party.is_ == "person":
            return party.name, fact
    group, _, field_name = person.partition(".")
    questions = service.questions.get(group)
    asked = questions.fields.get(field_name) if questions is not None and questions.many else None
    if asked is not None and asked.kind == "person":
        return person, fact
    return "", ""


def _all_needed(country: Country, service: Service) -> Iterator[str]:
    for step in service.steps:
        yield from facts_needed(service, step)
        yield from given_facts(service, list(_used_by(service, step)))
        if step.kind == "issue":
            kind = country.certificates.get(step.names[0])
            if kind is not None and kind.verify.second_factor == "birth_year":
                yield f"{_person_on(step, kind.subject) or service.subject.name}.birth_date"
    for evidence in service.evidence.values():
        yield from given_facts(service, facts_of(evidence.when))
    for key, sentences in service.texts.items():
        if key.startswith("rules."):
            inserted = [name for sentence in sentences.values() for name in placeholders(sentence)]
            yield from given_facts(service, inserted)


def _person_on(step: Step, subject: str) -> str:
    """Of a certificate that is made for each item: the fact that names the person whom it is about."""
    return step.facts.get(subject, "").rpartition(".")[0] if step.each else ""


def _used_by(service: Service, step: Step) -> Iterator[str]:
    """The facts that a step uses besides its condition."""
    yield from step.row.values()
    yield from step.match.values()
    yield from step.sees
    yield from step.not_from
    if step.term is not None and step.term.by:
        yield step.term.by
    if step.kind == "pay" and step.names[0] in service.fees:
        fee = service.fees[step.names[0]]
        yield from (fee.amount, *facts_of(fee.when), *facts_of(fee.exempt))
    if step.kind == "offer" and step.names[0] in service.places:
        yield from (fact.removeprefix("-") for fact in service.places[step.names[0]].order)


def acts_for_subject(service: Service) -> bool:
    """Whether the applicant chooses somebody they may act for; else the subject comes from a register or an event."""
    named = service.subject.from_
    return named is None or offers_persons(service, named)


def is_typed(service: Service, person: str) -> bool:
    """Whether an answer that is only typed names this party, or person of a group: nothing is asked before sending."""
    typed = {
        f"{group.name}.{field.name}"
        for group in service.questions.values()
        for field in group.fields.values()
        if field.kind == "person" and field.of is None
    }
    derived = {each.name: facts_in(each) for each in service.derive}
    party = service.parties.get(person)
    names = [str(party.from_)] if party is not None else [person]
    for name in names:  # grows by what it is derived from
        names += derived.get(name, ())
    return bool(typed.intersection(names))


def offers_persons(service: Service, fact: str) -> bool:
    """Whether the answer to this question is a person whom the applicant may act for."""
    group, _, name = fact.partition(".")
    field = service.questions[group].fields.get(name) if group in service.questions else None
    return field is not None and isinstance(field.of, str) and field.of.endswith(f".{ACTING}")
