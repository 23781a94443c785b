"""Tables and amounts: every case is answered by one rule under the law of every day, and no amount is missing."""

from __future__ import annotations

from collections.abc import Mapping

from pencere.country.checking import Checker
from pencere.country.declarations import Amount, Law, Place, Service
from pencere.country.demands import demand_fact
from pencere.country.facts import Fact, decided_when
from pencere.country.proof import Domain, prove
from pencere.country.records import did_you_mean
from pencere.country.tables import Table
from pencere.country.using import given_facts

AFTER = "evidence"
NO_LAW = ("-", "null")


def check(checker: Checker) -> None:
    for service in checker.country.services.values():
        decided = [(step, name) for step in service.steps if step.kind == "decide" for name in step.names]
        for step, name in decided:
            broken = checker.folder.broken.get("decision", ())
            if name not in service.tables and service.id not in broken:
                advice = did_you_mean(name, service.tables)
                checker.unresolved.add(service.id)
                checker.error(step.place, f'steps.{step.number}: there is no table "{name}"{advice}')
        for table in service.tables.values():
            _table(checker, service, table, table.name in {name for _, name in decided})
        for amount in service.amounts.values():
            _amount(checker, service, amount)


def _table(checker: Checker, service: Service, table: Table, decides: bool) -> None:
    block = _place(table)
    place = checker.at(block.file, table.name)
    if decides and table.hit == "collect":
        checker.error(place, f"{table.name}: a step decides by it, but it collects all rules; one of them must decide")
    if decides and "outcome" not in table.outputs:
        checker.unresolved.add(service.id)
        checker.error(place, f'{table.name}: a step decides by it, but no column is "outcome"')
    for row in table.rows:
        if row.law and row.law not in NO_LAW:
            act, _, article = row.law.partition(" ")
            where = Place(block.file, block.line + row.line)
            day = checker.day_for(block.file)
            on = max(row.from_ or day, min(row.until or day, day))
            checker.demand_law(Law(act, article.strip()), where, f'{table.name}: rule "{row.rule}"', on)
        elif "outcome" in table.outputs and (row.law or row.outcome != "refuse"):  # else it is the proof's finding
            where = Place(block.file, block.line + row.line)
            checker.error(where, f'{table.name}: rule "{row.rule}" does not name the law')
    for name in table.amounts_used():
        if name not in service.amounts:
            checker.unresolved.add(service.id)
        if service.id in checker.folder.broken.get("amounts", ()):
            continue
        if checker.demand_among(name, service.amounts, place, table.name, "amount"):
            declared = service.amounts[name]
            if any(isinstance(value, Table) for _, value in declared.values):
                checker.unresolved.add(service.id)
                checker.error(place, f"{table.name}: amounts.{name} is a table; a cell takes one number")
                return
    _prove(checker, service, table, block, table.name)


def _place(table: Table) -> Place:
    assert isinstance(table.place, Place)
    return table.place


def _prove(checker: Checker, service: Service, table: Table, block: Place, path: str) -> None:
    known = checker.facts[service.id]
    head = Place(block.file, block.line)
    if service.id in checker.doubtful:
        return
    inputs = [demand_fact(checker, service, name, head, path) for name in table.inputs]
    if any(fact is None or (fact.kind == "choice" and fact.values is None) for fact in inputs):
        return
    if any(name not in service.amounts for name in table.amounts_used()):
        return
    if any(name not in known for name in given_facts(service, table.inputs)):
        return  # what a derived fact is made of is missing, and was reported
    amounts = {
        name: [(day, value) for day, value in amount.values if not isinstance(value, Table)]
        for name, amount in service.amounts.items()
    }
    grants: set[frozenset[str]] = set()
    checker.grants[service.id, table.name] = grants
    when = decided_when(service, table.name)
    for finding in prove(table, domains(known), amounts, service.since, service.until, grants, when):
        line = checker.at(block.file, table.name).line if finding.line is None else block.line + finding.line
        checker.error(Place(block.file, line), finding.message)


def domains(known: Mapping[str, Fact]) -> dict[str, Domain]:
    return {name: fact.domain for name, fact in known.items()}


def _amount(checker: Checker, service: Service, amount: Amount) -> None:
    file = f"services/{service.id}/amounts.yaml"
    checker.demand_law(amount.law, checker.at(file, amount.name, "law"), f"{amount.name}.law")
    for name in amount.inputs:
        demand_fact(checker, service, name, checker.at(file, amount.name, "inputs"), f"{amount.name}.inputs")
    if amount.values and amount.values[0][0] > service.since:
        message = f"{amount.name}: no value before {amount.values[0][0]}, but the service runs since {service.since}"
        checker.error(checker.at(file, amount.name, "values"), message)
    for day, value in amount.values:
        if isinstance(value, Table):
            place = checker.at(file, amount.name, "values", day.isoformat())
            if value.outputs != (amount.unit,):
                checker.error(place, f'{amount.name}: the column after "||" is the unit, {amount.unit}')
            _prove(checker, service, value, _place(value), amount.name)
