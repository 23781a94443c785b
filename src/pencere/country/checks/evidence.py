"""Evidence: the register answers it, on a ground that stands, asked by what it is asked by, with as many rows."""

from __future__ import annotations

from pencere.country import offers
from pencere.country.checking import Checker
from pencere.country.declarations import Evidence, NoRow, Service
from pencere.country.demands import demand_case_term, demand_fact, demand_item, demand_offer, demand_role
from pencere.country.facts import Asked, Fact, asked
from pencere.country.records import listed

AFTER = "services"


def check(checker: Checker) -> None:
    for id, service in checker.country.services.items():
        for evidence in service.evidence.values():
            if not _evidence(checker, service, evidence):
                checker.unresolved.add(id)


def _evidence(checker: Checker, service: Service, evidence: Evidence) -> bool:
    """Whether what it takes can be told."""
    path = f"evidence.{evidence.name}"
    found = demand_offer(checker, service, "read", evidence.from_, evidence.place, path)
    source = asked(checker.country, evidence)
    if source is None or found is None:
        return False
    if source.answer.many != (evidence.many is not None):
        message = f"{evidence.from_} gives many rows; say how many at most, like many: 0..50"
        if not source.answer.many:
            message = f'{evidence.from_} gives one row; leave out "many"'
        checker.error(evidence.place, f"{path}: {message}")
    if evidence.many is not None and evidence.many[0] > 0:
        checker.error(evidence.place, f"{path}.many: a register may have no row; begin with 0")
    ground = found.grant.ground if found.grant else "law"
    if evidence.consent != (ground == "consent"):
        advice = 'leave out "consent"' if evidence.consent else "say consent: yes"
        checker.error(evidence.place, f"{path}: {evidence.from_} is asked on the ground of {ground}; {advice}")
    if evidence.fresh is not None:
        checker.demand_term(evidence.fresh, evidence.place, f"{path}.fresh")
    what = "field of the grant" if source.agreement else f"field of {evidence.from_}"
    taken = [checker.demand_among(name, source.fields, evidence.place, f"{path}.take", what) for name in evidence.take]
    _asked_by(checker, service, evidence, source)
    if evidence.none is not None:
        _no_row(checker, service, evidence, evidence.none, source)
    return all(taken)


def _asked_by(checker: Checker, service: Service, evidence: Evidence, source: Asked) -> None:
    """By what the register answers to, and by facts of those kinds."""
    path = f"evidence.{evidence.name}.by"
    wanted = source.answer.by
    if set(evidence.by) != set(wanted):
        name = f"{source.register.id}.{source.answer.name}"
        message = f"asked by {listed(evidence.by)}; {name} is asked by {listed(wanted)}"
        checker.error(evidence.place, f"{path}: {message}")
        return
    for asked_name, fact_name in evidence.by.items():
        fact = demand_fact(checker, service, fact_name, evidence.place, f"{path}.{asked_name}")
        demand_item(checker, service, fact_name, evidence.place, f"{path}.{asked_name}")
        fields = (offers.field_of(source.register, each) for each in wanted[asked_name])
        kinds = {field.kind for field in fields if field is not None}
        if fact is not None and kinds and fact.kind not in kinds and not _is_its_identifier(checker, fact, kinds):
            message = f"{fact_name} is of kind {fact.kind}, the register is asked by {listed(kinds)}"
            checker.error(evidence.place, f"{path}.{asked_name}: {message}")


def _is_its_identifier(checker: Checker, fact: Fact, kinds: set[str]) -> bool:
    country = checker.country
    together = {fact.kind, *kinds}
    return together in ({"person", country.person.identifier}, {"organisation", country.organisation})


def _no_row(checker: Checker, service: Service, evidence: Evidence, none: NoRow, source: Asked) -> None:
    """Whom one turns to exists; what an officer finds in the archive goes into the register that was asked."""
    path = f"evidence.{evidence.name}.none"
    if evidence.many is not None:
        checker.error(none.place, f"{path}: of many rows there may be none; that is no gap to be filled")
    if none.ask is not None:
        checker.demand_among(none.ask, service.questions, none.place, f"{path}.ask", "group of questions")
    if none.archive is not None:
        demand_role(checker, none.archive, none.place, f"{path}.archive")
    if none.term is not None:
        demand_case_term(checker, service, none.term, none.place, f"{path}.term")
    if none.into is None:
        return
    into = demand_offer(checker, service, "write", none.into, none.place, f"{path}.into")
    if into is None:
        return
    if into.register.id != source.register.id or into.declared.change != "add":
        checker.error(none.place, f"{path}.into: {none.into} adds no row to {source.register.id}, which was asked")
