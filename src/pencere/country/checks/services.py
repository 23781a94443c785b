"""Services: who offers them, the parties, the questions, the evidence and the ground on which it is taken."""

from __future__ import annotations

from collections.abc import Iterator

from pencere.country.cells import Condition
from pencere.country.checking import Checker
from pencere.country.checks.registers import demand_field_kind
from pencere.country.declarations import WALK_PAGES, CaseTerm, Evidence, Party, Place, Service
from pencere.country.deriving import amounts_of, facts_of
from pencere.country.facts import Asked, Fact, asked
from pencere.country.proof import misfit
from pencere.country.records import did_you_mean, listed

RESERVED = (
    "title", "summary", "result", "need", "rules", "steps", "notices", "case", "event", "today", "amounts", "subject",
    "self", "officer", "agency", "expert", "outcome", "rule", "due", "name",
)  # fmt: skip
"""Names with a meaning of their own in texts, conditions or examples."""


def check(checker: Checker) -> None:
    taken: dict[str, str] = {}
    for id, service in checker.country.services.items():
        _head(checker, service)
        _names(checker, service)
        _parties(checker, service)
        _questions(checker, service)
        for evidence in service.evidence.values():
            if not _evidence(checker, service, evidence):
                checker.unresolved.add(id)
        _conditions(checker, service)
        _derived(checker, service)
        for alias in service.aliases:
            place = checker.at(service.place.file, "aliases")
            if alias in checker.country.services or taken.setdefault(alias, id) != id:
                checker.error(place, f'aliases: "{alias}" is the name of another service')


def _head(checker: Checker, service: Service) -> None:
    file = service.place.file
    checker.demand("agency", service.agency, checker.at(file, "agency"), "agency")
    if service.unit:
        checker.demand("agency", service.unit, checker.at(file, "unit"), "unit")
    for law in service.law:
        checker.demand_law(law, checker.at(file, "law"), "law")
    if service.until and service.until < service.since:
        checker.error(checker.at(file, "until"), f"until: {service.until} is before since {service.since}")
    if service.term:
        _term(checker, service, service.term, checker.at(file, "term"), "term")
    if service.as_of:
        fact = demand_fact(checker, service, service.as_of, checker.at(file, "as_of"), "as_of")
        if fact is not None and fact.kind != "date":
            checker.error(checker.at(file, "as_of"), f'as_of: "{service.as_of}" is no date but a {fact.kind}')


def _term(checker: Checker, service: Service, term: CaseTerm, place: Place, path: str) -> None:
    terms = ((f"{path}.within", term.within),) if term.within else ()
    for where, each in (*terms, *((f"{path}.is.{value}", each) for value, each in term.is_.items())):
        if not checker.demand_term(each, term.place, path if where.endswith(".within") else where):
            checker.unresolved.add(service.id)
        if each.amount == 0:
            checker.error(term.place, f"{path}: nobody decides in no time; write at least 1")
    if term.law:
        checker.demand_law(term.law, term.place, f"{path}.law")


def demand_fact(checker: Checker, service: Service, name: str, place: Place, path: str) -> Fact | None:
    """The fact of the service; says so if there is none."""
    known = checker.facts[service.id]
    fact = known.get(name)
    if fact is None:
        checker.unresolved.add(service.id)
    if fact is None and name and not is_excused(checker, service, name):
        checker.error(place, f'{path}: unknown fact "{name}"{did_you_mean(name, known)}')
    return fact


def is_excused(checker: Checker, service: Service, name: str) -> bool:
    """Whether the fact is missing only because what it comes from was reported already."""
    head, _, field = name.partition(".")
    evidence = service.evidence.get(head)
    if evidence is not None:
        source = asked(checker.country, evidence)
        return source is None or field in evidence.take
    if head in service.parties and field in checker.country.person.facts:
        return True
    return service.id in checker.folder.broken.get("decision", ())


def _names(checker: Checker, service: Service) -> None:
    """Within one service a name means one thing."""
    groups = (
        ("parties", "a party", service.parties),
        ("questions", "a group of questions", service.questions),
        ("evidence", "evidence", service.evidence),
        ("derive", "a derived fact", {each.name: each for each in service.derive}),
        ("decision", "a table", service.tables),
    )
    seen: dict[str, str] = {}
    for key, what, things in groups:
        for name in things:
            file = service.place.file if key != "decision" else f"services/{service.id}/decision.yaml"
            place = checker.at(file, *((key, name) if key != "decision" else (name,)))
            path = f"{key}.{name}" if key != "decision" else name
            if name in RESERVED:
                checker.error(place, f'{path}: "{name}" has a meaning of its own; choose another name')
            elif name in WALK_PAGES and key in ("questions", "evidence"):
                checker.error(place, f'{path}: "{name}" is the address of a page of every draft; choose another name')
            if name in seen:
                checker.error(place, f'{path}: "{name}" is {seen[name]} already; a name means one thing in a service')
            seen.setdefault(name, what)


def _parties(checker: Checker, service: Service) -> None:
    place = checker.at(service.place.file, "parties")
    subjects = [name for name, party in service.parties.items() if party.subject]
    applicants = [name for name, party in service.parties.items() if party.from_ is None]
    if len(subjects) != 1:
        found = f"found {listed(subjects)}" if subjects else "found none"
        checker.error(place, f'parties: one party has "subject: yes", whom the case is about; {found}')
    if len(applicants) != 1:
        found = f"found {listed(applicants)}" if applicants else "found none"
        checker.error(place, f'parties: one party has no "from": the one who signs in; {found}')
    for party in service.parties.values():
        path = f"parties.{party.name}"
        if party.is_ != "person":
            checker.error(party.place, f"{path}: this version of the product runs cases of persons only")
        grounds = ("self", *checker.country.representation)
        for ground in party.acts_as:
            checker.demand_among(ground, grounds, party.place, f"{path}.acts_as", "ground")
        if party.from_ is None:
            _signs_in(checker, party, path)
        else:
            fact = demand_fact(checker, service, party.from_, party.place, f"{path}.from")
            if fact is not None and fact.kind != "person":
                checker.error(party.place, f'{path}.from: "{party.from_}" is no person but a {fact.kind}')


def _signs_in(checker: Checker, party: Party, path: str) -> None:
    if party.sign_in is None:
        checker.error(party.place, f'{path}: signs in; say "sign_in": low, substantial or high')
    if not party.acts_as:
        checker.error(party.place, f'{path}: signs in; say "acts_as": for whom, like [self]')


def _questions(checker: Checker, service: Service) -> None:
    for group in service.questions.values():
        for name, field in group.fields.items():
            path = f"questions.{group.name}.{name}"
            demand_field_kind(checker, field, path)
            if field.kind != "person" or field.of is None:
                continue
            party, _, what = str(field.of).partition(".")
            known = [each.name for each in service.parties.values() if each.acts_as]
            if what != "may_act_for" or party not in known:
                wanted = listed(f"{each}.may_act_for" for each in known) or "<party>.may_act_for"
                checker.error(field.place, f'{path}: "{field.of}" names nobody; expected {wanted}')


def _evidence(checker: Checker, service: Service, evidence: Evidence) -> bool:
    """Whether what it takes can be told."""
    path = f"evidence.{evidence.name}"
    first, _, name = evidence.from_.partition(".")
    if checker.folder.is_known("agreement", first):
        _grant(checker, service, evidence, first, name, path)
    elif checker.demand("register", first, evidence.place, path):
        register = checker.country.registers.get(first)
        if register is not None and checker.are_different(register.agency, service.agency):
            message = f"register {first} belongs to {register.agency}: name a grant of an agreement"
            checker.error(evidence.place, f"{path}: {message}")
            return False
        if register is not None:
            checker.demand_among(name, register.answers, evidence.place, path, f"answer of {first}")
    source = asked(checker.country, evidence)
    if source is None:
        return False
    if source.answer.many:
        checker.error(evidence.place, f"{path}: {evidence.from_} gives many rows; this version takes one")
    what = "field of the grant" if source.agreement else f"field of {evidence.from_}"
    taken = [checker.demand_among(name, source.fields, evidence.place, f"{path}.take", what) for name in evidence.take]
    _asked_by(checker, service, evidence, source)
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
        kinds = {source.register.fields[each].kind for each in wanted[asked_name] if each in source.register.fields}
        if fact is not None and kinds and fact.kind not in kinds and not _is_its_identifier(checker, fact, kinds):
            message = f"{fact_name} is of kind {fact.kind}, the register is asked by {listed(kinds)}"
            checker.error(evidence.place, f"{path}.{asked_name}: {message}")


def _is_its_identifier(checker: Checker, fact: Fact, kinds: set[str]) -> bool:
    return {fact.kind, *kinds} == {"person", checker.country.person.identifier}


def _grant(checker: Checker, service: Service, evidence: Evidence, first: str, name: str, path: str) -> None:
    """The agreement gives this service what it asks for, on the day that counts."""
    agreement = checker.country.agreements.get(first)
    if agreement is None or not checker.demand_among(name, agreement.grants, evidence.place, path, f"grant of {first}"):
        return
    if checker.are_different(agreement.consumer, service.agency):
        message = f"the agreement {first} is for {agreement.consumer}, the service belongs to {service.agency}"
        checker.error(evidence.place, f"{path}: {message}")
    if service.id not in agreement.grants[name].services:
        checker.error(evidence.place, f'{path}: the grant {evidence.from_} does not name the service "{service.id}"')
    if checker.as_of < agreement.valid_from:
        checker.error(evidence.place, f"{path}: the agreement {first} is valid only from {agreement.valid_from}")
    if agreement.valid_until and agreement.valid_until < checker.as_of:
        checker.error(evidence.place, f"{path}: the agreement {first} ended on {agreement.valid_until}")


def _conditions(checker: Checker, service: Service) -> None:
    """Conditions speak of facts that exist, and of values that those can have."""
    for place, path, condition in conditions_of(service):
        for every in condition:
            for name, cell in every.items():
                fact = demand_fact(checker, service, name, place, path)
                for literal in cell.literals() if fact is not None else ():
                    wrong = misfit(literal, fact.domain) if fact is not None else ""
                    if wrong:
                        checker.doubtful.add(service.id)
                        checker.error(place, f"{path}: {name} {wrong}")
                    if literal.kind == "amount":
                        _amount(checker, service, str(literal.value), place, path)


def conditions_of(service: Service) -> Iterator[tuple[Place, str, Condition]]:
    for group in service.questions.values():
        if group.when is not None:
            yield group.place, f"questions.{group.name}.when", group.when
        for name, field in group.fields.items():
            if field.when is not None:
                yield field.place, f"questions.{group.name}.fields.{name}.when", field.when
    for evidence in service.evidence.values():
        if evidence.when is not None:
            yield evidence.place, f"evidence.{evidence.name}.when", evidence.when
    for step in service.steps:
        if step.when is not None:
            yield step.place, f"steps.{step.number}.when", step.when


def _derived(checker: Checker, service: Service) -> None:
    for derived in service.derive:
        path = f"derive.{derived.name}"
        for name in facts_of(derived):
            demand_fact(checker, service, name, derived.place, path)
        for name in amounts_of(derived):
            _amount(checker, service, name, derived.place, path)


def _amount(checker: Checker, service: Service, name: str, place: Place, path: str) -> None:
    """There is such an amount, or amounts.yaml could not be read."""
    if name not in service.amounts:
        checker.doubtful.add(service.id)
        checker.unresolved.add(service.id)
        if service.id not in checker.folder.broken.get("amounts", ()):
            checker.demand_among(name, service.amounts, place, path, "amount")
