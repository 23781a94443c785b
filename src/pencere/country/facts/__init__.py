"""Every fact of a service: where it comes from, of what kind it is, its possible values, whether it can be unknown.

What the proof, the examples, the texts and the checks of data flow agree on.

    party            holder, holder.fin, holder.age       a person or organisation of the case
    question         request.purpose, movers.person.age   an answer; of a repeating group, of each item
    evidence         home.address, contracts.until        a field of the row, or of each row, that a register gave
    event            event.born_on                        what the register told that began the case
    finding          seen.same_person                     what an officer or an expert found
    signed           owner.signed, movers.signed          whether a party, or each item's, signed
    told             made.card_no                         what the event told that a step waited for
    kept             act.act_no                           what the holder gave the row that a step wrote
    place            seat, seat.kindergarten              the place that was offered or picked, and its row
    chosen           wish.plate.class                     the row that a `ref` names
    code             criminal-record.code                 the number under which a certificate was issued
    case             case.ref, today
    derived table                                         reckoned from the others

Modules: `fact` is one of them, `given` are those that come from outside, `reckoned` the others, `sources` tells whom
evidence is asked of, `certain` which facts are known in every case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pencere.country.declarations import Country, Service
from pencere.country.facts import given
from pencere.country.facts.certain import surely_asked, surely_known
from pencere.country.facts.fact import (
    CHOSEN,
    CODE,
    DERIVED,
    EVENT,
    EVIDENCE,
    FINDERS,
    FINDING,
    GIVEN,
    GROUP,
    KEPT,
    PARTY,
    PLACE,
    QUESTION,
    SIGNED,
    TABLE,
    TOLD,
    Fact,
)
from pencere.country.facts.reckoned import decided_when, reckon
from pencere.country.facts.sources import Asked, answer_of, asked, given_by, person_facts, values_of
from pencere.country.offers import ROW_TIMES, field_of

__all__ = [
    "CHOSEN",
    "CODE",
    "DERIVED",
    "EVENT",
    "EVIDENCE",
    "FINDERS",
    "FINDING",
    "GIVEN",
    "GROUP",
    "KEPT",
    "PARTY",
    "PLACE",
    "QUESTION",
    "ROW_TIMES",
    "SIGNED",
    "TABLE",
    "TOLD",
    "Asked",
    "Fact",
    "Known",
    "answer_of",
    "asked",
    "decided_when",
    "facts",
    "field_of",
    "given_by",
    "known",
    "known_facts",
    "person_facts",
    "surely_asked",
    "surely_known",
    "values_of",
]


@dataclass(frozen=True, slots=True)
class Known:
    """What is worked out once for each version of a service."""

    service: Service
    facts: Mapping[str, Fact]
    groups: tuple[str, ...]  # the repeating groups
    aliases: Mapping[str, tuple[str, ...]]  # name -> other names of the same fact


_known: dict[int, tuple[Country, dict[str, Known]]] = {}
"""By the identity of the country: declarations do not change, only others are read."""
_MOST_COUNTRIES = 8


def known(country: Country, service: Service) -> Known:
    """The facts of the service and what follows from them, worked out once."""
    held = _known.get(id(country))
    if held is None or held[0] is not country:
        if len(_known) >= _MOST_COUNTRIES:
            _known.pop(next(iter(_known)))
        held = _known[id(country)] = (country, {})
    found = held[1].get(service.id)
    if found is None or found.service is not service:
        all_facts = facts(country, service)
        groups = tuple(name for name, fact in all_facts.items() if fact.kind == GROUP)
        found = held[1][service.id] = Known(service, all_facts, groups, _aliases(country, service, all_facts))
    return found


def known_facts(country: Country, service: Service) -> Mapping[str, Fact]:
    """`facts`, worked out once for each version of a service."""
    return known(country, service).facts


def _aliases(country: Country, service: Service, known: Mapping[str, Fact]) -> dict[str, tuple[str, ...]]:
    """Under which other names persons and organisations are known: a party by the fact that names it."""
    identifier = country.person.identifier
    aliases: dict[str, tuple[str, ...]] = {}
    for name, fact in known.items():
        if fact.kind == "person" and f"{name}.{identifier}" in known and name not in service.parties:
            aliases[f"{name}.{identifier}"] = (name,)
    for name, party in service.parties.items():
        own = identifier if party.is_ == "person" else country.organisation
        aliases[f"{name}.{own}"] = (name,)
        if party.from_:
            aliases[name] = (party.from_,)
    return aliases


def facts(country: Country, service: Service) -> dict[str, Fact]:
    """All facts of the service by name. What refers to something that is not there is left out."""
    found: dict[str, Fact] = {fact.name: fact for fact in given.from_outside(country, service)}
    reckon(country, service, found)
    for party in service.parties.values():
        found |= {fact.name: fact for fact in given.of_party(country, party, found)}
    found |= {fact.name: fact for fact in given.of_signatures(service, found)}
    for name in [name for name, fact in found.items() if fact.kind == "person" and fact.source != PARTY]:
        for fact in given.of_person(country, found[name]):
            found.setdefault(fact.name, fact)
    for derived in service.derive:
        found.pop(derived.name, None)
    for name in [name for name, fact in found.items() if fact.source == TABLE]:
        found.pop(name)
    reckon(country, service, found)
    return found
