"""The flow of facts through a service: all that is taken is used, and no step uses what no earlier one brings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pencere.country.cells import facts_of
from pencere.country.checking import Checker
from pencere.country.checks.services import conditions_of
from pencere.country.course import facts_needed
from pencere.country.declarations import Service, Step
from pencere.country.deriving import amounts_of
from pencere.country.deriving import facts_of as facts_of_derived
from pencere.country.facts import EVIDENCE, GIVEN, QUESTION, Fact
from pencere.country.records import listed
from pencere.country.texts import placeholders

AFTER = "decisions"


def check(checker: Checker) -> None:
    for service in checker.country.services.values():
        _each_asked_and_fetched(checker, service)
        _order_of_steps(checker, service)
        _brought_before_used(checker, service)
        _taken_and_used(checker, service)


def _each_asked_and_fetched(checker: Checker, service: Service) -> None:
    file = service.place.file
    misspelt = False
    for kind, key, known, what in (
        ("ask", "questions", service.questions, "group of questions"),
        ("evidence", "evidence", service.evidence, "evidence"),
    ):
        named: list[str] = []
        for step in (step for step in service.steps if step.kind == kind):
            for name in step.names:
                found = checker.demand_among(name, known, step.place, f"steps.{step.number}", what)
                misspelt = misspelt or not found
                named.append(name)
        verb = "asked" if kind == "ask" else "fetched"
        for name in known:
            if name not in named and not misspelt:
                checker.error(checker.at(file, key, name), f"{key}.{name}: no step has it {verb}; add - {kind}: {name}")


def _order_of_steps(checker: Checker, service: Service) -> None:
    """One submission, then one decision at least, then what is issued: what this version of the product runs."""
    place = checker.at(service.place.file, "steps")
    kinds = [step.kind for step in service.steps]
    if not service.steps:
        return
    if kinds.count("submit") != 1:
        checker.error(place, f"steps: one step is - submit, where the person confirms; found {kinds.count('submit')}")
        return
    submitted = kinds.index("submit")
    if "decide" not in kinds[submitted:]:
        checker.error(place, "steps: nothing is decided after - submit; add - decide: <table>")
    for index, step in enumerate(service.steps):
        if step.kind == "ask" and index > submitted:
            checker.error(step.place, f"steps.{step.number}: this version of the product asks nothing after - submit")
        if step.kind == "decide" and index < submitted:
            checker.error(step.place, f"steps.{step.number}: this version of the product decides only after - submit")
        if step.kind == "issue" and "decide" not in kinds[submitted:index]:
            checker.error(step.place, f"steps.{step.number}: issues before anything is decided")
        if step.kind == "decide":
            role = (step.by or "officer.registry").removeprefix("officer.")
            path = f"steps.{step.number}.by"
            checker.demand_among(role, checker.country.officer_roles, step.place, path, "role of officers")


def _brought_before_used(checker: Checker, service: Service) -> None:
    known = checker.facts[service.id]
    parties = {name for name, party in service.parties.items() if party.from_ is None or party.from_ not in known}
    brought = {name for name, fact in known.items() if fact.of in parties}
    named = {name for step in service.steps if step.kind in ("ask", "evidence") for name in step.names}
    reported = [group for group in (*service.questions, *service.evidence) if group not in named]
    brought |= _facts_from(service, known, reported)
    for step in service.steps:
        for name in facts_needed(service, step):
            if name in known and known[name].source in GIVEN and name not in brought:
                message = f"{_user(service, step)} needs {_through(service, step, name)}, which no earlier step brings"
                checker.error(step.place, f"steps.{step.number}: {message}{_who_would(service, known[name])}")
        brought |= _brings(service, known, step)


def _user(service: Service, step: Step) -> str:
    what = {"ask": "group", "evidence": "evidence", "decide": "table", "issue": "certificate", "submit": "submit"}
    return f"{what.get(step.kind, step.kind)} {listed(step.names)}".strip()


def _through(service: Service, step: Step, name: str) -> str:
    """The derived fact by whose name the step knows it, or the fact itself."""
    inputs = [fact for table in step.names if table in service.tables for fact in service.tables[table].inputs]
    for derived in service.derive:
        if derived.name in (*inputs, *step.facts.values()) and name in facts_of_derived(derived):
            return f'"{derived.name}"'
    return f'"{name}"'


def _who_would(service: Service, fact: Fact) -> str:
    return "" if fact.source not in (QUESTION, EVIDENCE) else f' ("{fact.of}")'


def _brings(service: Service, known: Mapping[str, Fact], step: Step) -> set[str]:
    return _facts_from(service, known, step.names) if step.kind in ("ask", "evidence") else set()


def _facts_from(service: Service, known: Mapping[str, Fact], groups: Sequence[str]) -> set[str]:
    """The facts of the groups or evidence, and those of the persons whom they name."""
    found = {name for name, fact in known.items() if fact.of in groups and fact.source in (QUESTION, EVIDENCE)}
    parties = {name for name, party in service.parties.items() if party.from_ in found}
    return found | {name for name, fact in known.items() if fact.of in parties}


def _taken_and_used(checker: Checker, service: Service) -> None:
    """Take only what is used: answers, fields of evidence, derived facts and amounts."""
    if service.id in checker.unresolved or service.id in checker.folder.broken.get("decision", ()):
        return
    used = set(_all_used(service))
    for evidence in service.evidence.values():
        for name in evidence.take:
            if f"{evidence.name}.{name}" not in used:
                advice = "is taken but used nowhere; take only what the service needs"
                checker.error(evidence.place, f'evidence.{evidence.name}: "{name}" {advice}')
    for group in service.questions.values():
        for name, field in group.fields.items():
            if f"{group.name}.{name}" not in used:
                advice = "is asked but used nowhere; ask only what the service needs"
                checker.error(field.place, f'questions.{group.name}: "{name}" {advice}')
    for derived in service.derive:
        if derived.name not in used:
            checker.error(derived.place, f"derive.{derived.name}: is derived but used nowhere")
    for amount in service.amounts.values():
        if f"amounts.{amount.name}" not in used:
            checker.error(amount.place, f"{amount.name}: is declared but used nowhere")


def _all_used(service: Service) -> Iterable[str]:
    """Every name of a fact or amount that the service speaks of, outside its examples."""
    for party in service.parties.values():
        if party.from_:
            yield party.from_
    for _, _, condition, _ in conditions_of(service):
        yield from facts_of(condition)
        cells = (cell for every in condition for cell in every.values())
        yield from (
            f"amounts.{literal.value}" for cell in cells for literal in cell.literals() if literal.kind == "amount"
        )
    for evidence in service.evidence.values():
        yield from evidence.by.values()
    for derived in service.derive:
        yield from facts_of_derived(derived)
        yield from (f"amounts.{name}" for name in amounts_of(derived))
    for table in service.tables.values():
        yield from table.inputs
        yield from (f"amounts.{name}" for name in table.amounts_used())
    for amount in service.amounts.values():
        yield from amount.inputs
    for step in service.steps:
        yield from step.facts.values()
    if service.as_of:
        yield service.as_of
    for sentences in service.texts.values():
        for sentence in sentences.values():
            yield from placeholders(sentence)
