"""Whether a fact is known in every case, given what else is: what a certificate, a fee and a row may rest on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pencere.country.cells import Condition
from pencere.country.declarations import Country, Evidence, Service
from pencere.country.deriving import facts_of
from pencere.country.facts.fact import EVIDENCE, PARTY, TABLE, Fact
from pencere.country.facts.sources import asked
from pencere.country.functions import FUNCTIONS
from pencere.country.offers import field_of


def surely_known(
    country: Country, service: Service, known: Mapping[str, Fact], name: str, given: frozenset[str]
) -> bool:
    """Whether the fact is known in every case in which those `given` are (`x=true`: known, and true)."""
    found = _with_what_follows(country, service, known, given)
    return _is_surely_known(service, known, name, found)


def surely_asked(known: Mapping[str, Fact], when: Condition | None) -> frozenset[str]:
    """The facts that are asked wherever the condition of a step holds, since they are asked on the same condition."""
    alternatives = [{name: str(cell) for name, cell in every.items()} for every in when or ()]
    found = set()
    for fact in known.values():
        if fact.may_be_unasked and not fact.may_be_unknown and fact.asked_when and alternatives:
            wanted = [{name: str(cell) for name, cell in every.items()} for every in fact.asked_when]
            if all(any(every.items() <= given.items() for every in wanted) for given in alternatives):
                found.add(fact.name)
    return frozenset(found)


def _with_what_follows(
    country: Country, service: Service, known: Mapping[str, Fact], given: frozenset[str]
) -> frozenset[str]:
    """What is known besides: arguments of a derived fact, what else a row must have, what it was asked by."""
    derived = {each.name: each for each in service.derive}
    found, waiting = set[str](), list(given)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        name, _, is_true = name.partition("=")
        if name in derived:
            function = FUNCTIONS[derived[name].function]
            is_knowledge = is_true and derived[name].function in ("known", "same")
            if is_knowledge or not (function.never_unknown or function.takes_unknown):
                waiting += facts_of(derived[name])
        elif name in known and known[name].source == EVIDENCE:
            evidence = service.evidence[known[name].of]
            waiting += [*_always_in_a_row(country, evidence), *evidence.by.values()]
        elif name in known and known[name].source == PARTY and "." in name:
            waiting.append(known[name].of)
        elif name in service.parties and service.parties[name].from_:
            waiting.append(str(service.parties[name].from_))
        if name.endswith(f".{country.person.identifier}"):
            waiting.append(name.rpartition(".")[0])
    return frozenset(found)


def _always_in_a_row(country: Country, evidence: Evidence) -> Iterable[str]:
    source = asked(country, evidence)
    for taken in evidence.take if source else ():
        field = field_of(source.register, taken) if source else None
        if field is not None and field.required and taken != "valid_until":
            yield f"{evidence.name}.{taken}"


def _is_surely_known(service: Service, known: Mapping[str, Fact], name: str, found: frozenset[str]) -> bool:
    fact = known.get(name)
    if name in found or fact is None or not (fact.may_be_unknown or fact.may_be_unasked):
        return True
    if fact.source == TABLE and fact.of in {
        table for step in service.steps if step.kind == "decide" for table in step.names
    }:
        granting = [row for row in service.tables[fact.of].rows if row.outcome == "grant"]
        return all(row.outputs.get(name.partition(".")[2]) is not None for row in granting)
    if fact.source == PARTY and not _is_from_outside(service, name):
        return _party_is_known(service, known, fact, found)
    derived = next((each for each in service.derive if each.name == name), None)
    if derived is None or FUNCTIONS[derived.function].may_be_unknown:
        return False
    parts = [_is_surely_known(service, known, part, found) for part in facts_of(derived)]
    return any(parts) if FUNCTIONS[derived.function].takes_unknown else all(parts)


def _is_from_outside(service: Service, name: str) -> bool:
    party = service.parties.get(name.partition(".")[0])
    return party is None or party.from_ is None


def _party_is_known(service: Service, known: Mapping[str, Fact], fact: Fact, found: frozenset[str]) -> bool:
    """A party is known when the fact that names it is; what is said of every person is known of it, too."""
    party = service.parties[fact.of]
    if not _is_surely_known(service, known, str(party.from_), found):
        return False
    whole = known.get(fact.of)
    return whole is None or fact.always_said or fact.name == fact.of
