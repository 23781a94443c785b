"""Services: who offers them, the parties, the questions, the evidence and the ground on which it is taken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from pencere.base.ground.geometry import DEGREES
from pencere.country.cells import Condition
from pencere.country.checking import Checker
from pencere.country.checks.registers import demand_field_kind
from pencere.country.declarations import WALK_PAGES, Again, Field, Party, Place, Service, Step
from pencere.country.demands import (
    demand_amount,
    demand_appeal,
    demand_case_term,
    demand_fact,
    demand_item,
    demand_offer,
)
from pencere.country.deriving import amounts_of, facts_of
from pencere.country.facts import DERIVED, FINDERS, TABLE, Fact, given_by
from pencere.country.functions import FUNCTIONS
from pencere.country.proof import misfit
from pencere.country.records import listed

WARNING_DAYS = 90
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
    _ends(checker, service, checker.at(file, "until"))
    if service.term:
        demand_case_term(checker, service, service.term, checker.at(file, "term"), "term")
    if service.appeal is not None:
        demand_appeal(checker, service.appeal, file, "appeal")
    if service.closed_law is not None:
        checker.demand_law(service.closed_law, checker.at(file, "retain", "law"), "retain.law")
    _starts(checker, service)
    if service.again is not None:
        _again(checker, service, service.again)
    if service.as_of:
        fact = demand_fact(checker, service, service.as_of, checker.at(file, "as_of"), "as_of")
        if fact is not None and fact.kind != "date":
            checker.error(checker.at(file, "as_of"), f'as_of: "{service.as_of}" is no date but a {fact.kind}')


def _ends(checker: Checker, service: Service, place: Place) -> None:
    until = service.until
    if until is None:
        return
    if until < service.since:
        checker.error(place, f"until: {until} is before since {service.since}")
    elif until < checker.as_of:
        checker.warning(place, f"until: the service ended on {until}")
    elif until - checker.as_of < timedelta(days=WARNING_DAYS):
        checker.warning(place, f"until: the service ends on {until}, in {(until - checker.as_of).days} days")


def _starts(checker: Checker, service: Service) -> None:
    kinds = [(start.kind, start.event) for start in service.starts]
    place = checker.at(service.place.file, "starts")
    if len(set(kinds)) < len(kinds):
        checker.error(place, "starts: the same way to begin stands twice")
    if service.by_application != bool(service.apply):
        message = "a case starts by application; say how one applies, like [online]"
        if service.apply:
            message = "no case starts by application; write apply: [], or let one start so"
        checker.error(checker.at(service.place.file, "channels", "apply"), f"channels.apply: {message}")
    for start in service.starts:
        if start.kind == "event" and not demand_offer(checker, service, "event", start.event, start.place, "starts"):
            checker.unresolved.add(service.id)


def _again(checker: Checker, service: Service, again: Again) -> None:
    if again.per:
        demand_fact(checker, service, again.per, again.place, "again.per")
    if again.open is not None and again.open < 1:
        checker.error(again.place, "again.open: at least 1 case may be open")
    if again.after_refusal is not None:
        checker.demand_term(again.after_refusal, again.place, "again.after_refusal")
    if again.law is not None:
        checker.demand_law(again.law, again.place, "again.law")


def _names(checker: Checker, service: Service) -> None:
    """Within one service a name means one thing."""
    groups = (
        ("parties", "a party", service.parties),
        ("questions", "a group of questions", service.questions),
        ("evidence", "evidence", service.evidence),
        ("derive", "a derived fact", {each.name: each for each in service.derive}),
        ("places", "a place", service.places),
        ("steps", "what a step brings", _brought_by_steps(service)),
        ("decision", "a table", service.tables),
    )
    seen: dict[str, str] = {}
    for key, what, things in groups:
        for name in things:
            file = service.place.file if key != "decision" else f"services/{service.id}/decision.yaml"
            place = checker.at(file, *((key, name) if key != "decision" else (name,)))
            if key == "steps":
                place = _brought_by_steps(service)[name].place
            path = f"{key}.{name}" if key != "decision" else name
            if name in RESERVED:
                checker.error(place, f'{path}: "{name}" has a meaning of its own; choose another name')
            elif name in WALK_PAGES and key in ("questions", "evidence"):
                checker.error(place, f'{path}: "{name}" is the address of a page of every draft; choose another name')
            if name in seen:
                checker.error(place, f'{path}: "{name}" is {seen[name]} already; a name means one thing in a service')
            seen.setdefault(name, what)


def _brought_by_steps(service: Service) -> dict[str, Step]:
    """Names that steps give to what they bring: findings, events, what is kept. Several may bring the same."""
    found = {step.names[0]: step for step in service.steps if step.kind in FINDERS and step.names}
    return found | {step.as_: step for step in service.steps if step.as_}


def _parties(checker: Checker, service: Service) -> None:
    place = checker.at(service.place.file, "parties")
    subjects = [name for name, party in service.parties.items() if party.subject]
    if len(subjects) != 1:
        found = f"found {listed(subjects)}" if subjects else "found none"
        checker.error(place, f'parties: one party has "subject: yes", whom the case is about; {found}')
    nameless = [name for name, party in service.parties.items() if party.from_ is None]
    signers = nameless or [name for name, party in service.parties.items() if party.acts_as]
    if len(nameless) > 1 or (service.by_application and len(signers) != 1):
        found = f"found {listed(signers)}" if signers else "found none"
        checker.error(place, f'parties: one party has no "from": the one who signs in; {found}')
    for party in service.parties.values():
        path = f"parties.{party.name}"
        grounds = ("self", *checker.country.representation)
        for ground in party.acts_as:
            if checker.demand_among(ground, grounds, party.place, f"{path}.acts_as", "ground"):
                _acts_for(checker, service, party, ground, path)
        if party.from_ is not None:
            _named_by(checker, service, party, party.from_, path)
        elif party.is_ == "organisation":
            checker.error(party.place, f'{path}: nobody signs in as an organisation; name it by "from"')
        if party.name in signers and (party.from_ is None or service.by_application):
            _signs_in(checker, party, path)


def _named_by(checker: Checker, service: Service, party: Party, name: str, path: str) -> None:
    """The fact names a person, or an organisation by its identifier."""
    fact = demand_fact(checker, service, name, party.place, f"{path}.from")
    demand_item(checker, service, name, party.place, f"{path}.from")
    identifiers = (checker.country.person.identifier,) if party.is_ == "person" else tuple(checker.country.identifiers)
    if fact is not None and fact.kind and fact.kind not in (party.is_, *identifiers):
        checker.error(party.place, f'{path}.from: "{name}" is no {party.is_} but a {fact.kind}')
    if party.is_ == "organisation" and checker.country.organisation is None:
        checker.error(party.place, f'{path}: country.yaml does not say which identifier names an "organisation"')


def _acts_for(checker: Checker, service: Service, party: Party, ground: str, path: str) -> None:
    """A ground gives persons or organisations; the subject is one of those."""
    subject = next((each for each in service.parties.values() if each.subject), None)
    declared = checker.country.representation.get(ground)
    gives = given_by(checker.country, declared.relation) if declared else ""
    if subject is not None and gives and gives != subject.is_:
        message = f'{path}.acts_as: with "{ground}" one acts for a {gives}, but {subject.name} is a {subject.is_}'
        checker.error(party.place, message.replace("a organisation", "an organisation"))


def _signs_in(checker: Checker, party: Party, path: str) -> None:
    if party.sign_in is None:
        checker.error(party.place, f'{path}: signs in; say "sign_in": low, substantial or high')
    if not party.acts_as:
        checker.error(party.place, f'{path}: signs in; say "acts_as": for whom, like [self]')


def _questions(checker: Checker, service: Service) -> None:
    for group in service.questions.values():
        inside = group.name if group.many else ""
        for name, field in group.fields.items():
            demand_question(checker, service, field, f"questions.{group.name}.{name}", inside)


def demand_question(checker: Checker, service: Service, field: Field, path: str, group: str = "") -> None:
    """A field that somebody fills in: its kind, whom it may name, which rows it lists."""
    demand_field_kind(checker, field, path)
    if field.kind in ("person", "organisation") and field.of is not None:
        _whom(checker, service, field, path)
    register = checker.country.registers.get(str(field.of)) if field.kind == "ref" else None
    if register is not None and checker.are_different(register.agency, service.agency):
        granted = [place.of.partition(".")[0] for place in service.places.values()]
        if not any(agreement in checker.country.agreements for agreement in granted):
            message = f"register {register.id} belongs to {register.agency}; a list of another needs a grant to reserve"
            checker.error(field.place, f"{path}: {message}")
    for name, fact in field.only.items():
        if register is not None:
            checker.demand_among(name, register.fields, field.place, f"{path}.only", f"field of {register.id}")
        demand_fact(checker, service, fact, field.place, f"{path}.only.{name}")
        demand_item(checker, service, fact, field.place, f"{path}.only.{name}", group)


def _whom(checker: Checker, service: Service, field: Field, path: str) -> None:
    """`applicant.may_act_for`: whom a party may act for; `applicant.household`: who stands beside it."""
    party, _, what = str(field.of).partition(".")
    acting = [each.name for each in service.parties.values() if each.acts_as]
    relations = [name for name in checker.country.relations if given_by(checker.country, name) == field.kind]
    if (what == "may_act_for" and party in acting) or (what in relations and party in service.parties):
        return
    wanted = [f"{each}.may_act_for" for each in acting] or ["<party>.may_act_for"]
    if party in service.parties and what != "may_act_for":
        wanted += [f"{party}.{name}" for name in relations]
    checker.error(field.place, f'{path}: "{field.of}" names nobody; expected {listed(wanted)}')


def _conditions(checker: Checker, service: Service) -> None:
    """Conditions speak of facts that exist, and of values that those can have."""
    for place, path, condition, group in conditions_of(service):
        for every in condition:
            for name, cell in every.items():
                fact = demand_fact(checker, service, name, place, path)
                demand_item(checker, service, name, place, path, group)
                for literal in cell.literals() if fact is not None else ():
                    wrong = misfit(literal, fact.domain) if fact is not None else ""
                    if wrong:
                        checker.doubtful.add(service.id)
                        checker.error(place, f"{path}: {name} {wrong}")
                    if literal.kind == "amount":
                        demand_amount(checker, service, str(literal.value), place, path)


def conditions_of(service: Service) -> Iterator[tuple[Place, str, Condition, str]]:
    """Every condition with its place, its path and the repeating group whose items it may speak of."""
    for group in service.questions.values():
        inside = group.name if group.many else ""
        if group.when is not None:
            yield group.place, f"questions.{group.name}.when", group.when, ""
        for name, field in group.fields.items():
            if field.when is not None:
                yield field.place, f"questions.{group.name}.fields.{name}.when", field.when, inside
    for evidence in service.evidence.values():
        if evidence.when is not None:
            yield evidence.place, f"evidence.{evidence.name}.when", evidence.when, ""
    for party in service.parties.values():
        if party.when is not None:
            yield party.place, f"parties.{party.name}.when", party.when, ""
    for fee in service.fees.values():
        for key, condition in (("when", fee.when), ("exempt", fee.exempt)):
            if condition is not None:
                yield fee.place, f"fees.{fee.name}.{key}", condition, ""
    for step in service.steps:
        if step.when is not None:
            yield step.place, f"steps.{step.number}.when", step.when, step.each or ""
        for name, field in step.fields.items():
            if field.when is not None:
                yield field.place, f"steps.{step.number}.fields.{name}.when", field.when, ""


def _no_shape(fact: Fact) -> str:
    """Why nothing can be measured on it, in words that follow its name; "" if it can."""
    if fact.kind and fact.kind != "geometry":
        return f"is of kind {fact.kind}"
    return f"is in {fact.crs}" if fact.kind and fact.crs != DEGREES else ""


def _derived(checker: Checker, service: Service) -> None:
    for derived in service.derive:
        path = f"derive.{derived.name}"
        groups = dict[str, None]()
        over_all = {"rows", "item"}
        function = FUNCTIONS[derived.function]
        for name in facts_of(derived):
            fact = demand_fact(checker, service, name, derived.place, path)
            kind = function.kind_of_argument(derived.arguments.index(name))
            if fact is not None and fact.group and kind not in over_all:
                groups[fact.group] = None
            if fact is not None and kind == "item" and fact.source in (TABLE, DERIVED):
                message = f"{name} is worked out for each item by itself; {derived.function} looks at answers and rows"
                checker.error(derived.place, f"{path}: {message}")
            if fact is not None and kind == "geometry" and (wrong := _no_shape(fact)):
                checker.error(derived.place, f"{path}: {name} {wrong}; {derived.function} takes a shape in degrees")
        if len(groups) > 1:
            checker.error(derived.place, f"{path}: speaks of items of {listed(groups)}; one of them is meant at a time")
        for name in amounts_of(derived):
            demand_amount(checker, service, name, derived.place, path)
