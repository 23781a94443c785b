"""The facts that are reckoned: outputs of tables and derived facts, of what kind they are and when they are unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from pencere.country.cells import Condition, Literal
from pencere.country.declarations import Amount, Country, Derived, Service
from pencere.country.deriving import amounts_of, facts_of
from pencere.country.facts.fact import DERIVED, EVENT, GROUP, TABLE, Fact
from pencere.country.functions import FUNCTIONS
from pencere.country.tables import OUTCOMES, Table


def reckon(country: Country, service: Service, found: dict[str, Fact]) -> None:
    """Adds outputs of tables and derived facts. They may need each other, so tables come twice: kinds of outputs do
    not depend on inputs, but whether a table speaks of each item of a group does."""
    for table in service.tables.values():
        found |= {fact.name: fact for fact in _of_table(country, service, table, found)}
    for derived in service.derive:
        found[derived.name] = _derived(country, service, derived, found)
    for table in service.tables.values():
        found |= {fact.name: fact for fact in _of_table(country, service, table, found)}


def _of_table(country: Country, service: Service, table: Table, found: Mapping[str, Fact]) -> Iterator[Fact]:
    """Its outputs. A table that speaks of an item of a group says something of each."""
    inside = _group_of([found[name] for name in table.inputs if name in found])
    for output in table.outputs:
        literals = [row.outputs.get(output) for row in table.rows]
        known = [literal for literal in literals if literal is not None]
        kinds = {_kind_of_output(country, service, literal) for literal in known}
        kind = "money" if "money" in kinds and kinds <= {"money", "decimal"} else kinds.pop() if len(kinds) == 1 else ""
        values = tuple(dict.fromkeys(str(literal.value) for literal in known)) if kind == "choice" else None
        if output == "outcome":
            values = OUTCOMES
        unknown = len(known) < len(literals)
        many = table.hit == "collect"
        fact = Fact(f"{table.name}.{output}", kind, TABLE, values, unknown, None, table.name)
        yield replace(fact, group=inside, many=many, may_be_unasked=decided_when(service, table.name) is not None)


def decided_when(service: Service, table: str) -> Condition | None:
    """The condition under which the table is decided; None if it is decided always, or computed when it is needed."""
    steps = [step for step in service.steps if step.kind == "decide" and table in step.names]
    if not steps or any(step.when is None for step in steps):
        return None
    return tuple(every for step in steps for every in step.when or ())


def _group_of(made_of: Iterable[Fact]) -> str:
    """The group whose items the facts are of; the first, where they are of several, which the checker refuses."""
    return next((fact.group for fact in made_of if fact.group), "")


def kind_of_amount(country: Country, amount: Amount) -> str:
    """`money` where the unit is the country's currency, a date, a moment, or a number."""
    if amount.unit == country.currency:
        return "money"
    if amount.unit in ("date", "moment"):
        return amount.unit
    whole = all(isinstance(value, int) for _, value in amount.values)
    return "integer" if whole and amount.values else "decimal"


def _kind_of_output(country: Country, service: Service, literal: Literal) -> str:
    if literal.kind == "amount":
        amount = service.amounts.get(str(literal.value))
        return kind_of_amount(country, amount).replace("integer", "decimal") if amount else ""
    return _KIND_OF_LITERAL.get(literal.kind, "")


_KIND_OF_LITERAL = {
    "number": "decimal",
    "date": "date",
    "moment": "moment",
    "boolean": "boolean",
    "code": "choice",
    "text": "text",
}


def _derived(country: Country, service: Service, derived: Derived, found: Mapping[str, Fact]) -> Fact:
    function = FUNCTIONS[derived.function]
    made_of = [found[name] for name in facts_of(derived) if name in found]
    kind, values = _kind_and_values(country, service, derived, found)
    personal = "special" if any(fact.personal == "special" for fact in made_of) else None
    over_rows = {"rows", "item"} & set(function.arguments)
    inside = _group_of(found[name] for name in _said_of_one(derived) if name in found)
    if function.never_unknown:
        unknown = False
    elif over_rows:
        unknown = _unknown_over_rows(derived, found)
    else:
        unknowns = [fact.may_be_unknown or fact.may_be_unasked for fact in made_of]
        unknowns += [_amount_may_be_missing(service, name) for name in amounts_of(derived)]
        if function.takes_unknown:
            unknown = all(unknowns) and not _has_constant(derived) and not _told_or_asked(made_of, found)
        else:
            unknown = function.may_be_unknown or any(unknowns) or len(made_of) < len(facts_of(derived))
    least = 0 if derived.function in ("count", "count_if", "months_covered") else None
    return Fact(derived.name, kind, DERIVED, values, unknown, personal, derived.name, group=inside, least=least)


def _said_of_one(derived: Derived) -> Iterator[str]:
    """The arguments that are one value: `includes(children.person, movers.person)` looks through all children."""
    function = FUNCTIONS[derived.function]
    for place, argument in enumerate(derived.arguments):
        if function.kind_of_argument(place) not in ("rows", "item", "cell"):
            yield argument


def _told_or_asked(made_of: list[Fact], found: Mapping[str, Fact]) -> bool:
    """Whether one of them is asked wherever another is unknown, or wherever no event came that always tells another."""
    always = {name for name, fact in found.items() if fact.source == EVENT and not fact.may_be_unknown}
    parts = {fact.name for fact in made_of}
    others = parts | always if parts & always else parts
    for fact in made_of:
        conditions = fact.asked_when if fact.may_be_unasked and not fact.may_be_unknown else None
        for every in conditions or ():
            if len(every) == 1 and all(name in others and str(cell) == "null" for name, cell in every.items()):
                return True
    return False


def _has_constant(derived: Derived) -> bool:
    """Whether one of its arguments is always there: a number, or today."""
    return any(argument == "today" or argument[:1].isdigit() for argument in derived.arguments)


def _amount_may_be_missing(service: Service, name: str) -> bool:
    """An amount that is a table may have nothing to say, as a fact of it may be unknown; a plain one always has."""
    amount = service.amounts.get(name)
    return amount is None or any(isinstance(value, Table) for _, value in amount.values)


def _unknown_over_rows(derived: Derived, found: Mapping[str, Fact]) -> bool:
    """A count is known when the rows are; a sum or a search only when each row says its part."""
    plain = set(_said_of_one(derived))
    for name in facts_of(derived):
        fact = found.get(name)
        if name in plain and fact is not None:
            if fact.may_be_unknown or fact.may_be_unasked:
                return True
            continue
        group = found.get(name.partition(".")[0])
        if fact is None:
            return True
        if group is not None and group.kind == GROUP and (group.may_be_unknown or group.may_be_unasked):
            return True
        if derived.function in ("count", "count_if"):
            continue
        parts = [each for each in found.values() if each.group == name] if fact.kind == GROUP else [fact]
        if any(part.may_be_unknown or (part.may_be_unasked and part.group == "") for part in parts):
            return True
    return False


def _kind_and_values(
    country: Country, service: Service, derived: Derived, found: Mapping[str, Fact]
) -> tuple[str, tuple[str, ...] | None]:
    function = FUNCTIONS[derived.function]
    made_of = [found[name] for name in facts_of(derived) if name in found]
    if function.result == "as_last":
        last = made_of[-1] if made_of else None
        return (last.kind, last.values) if last else ("", None)
    if function.result not in ("as_arguments", "number"):
        return function.result, None
    kinds = [kind for argument in derived.arguments if (kind := _kind_of_argument(country, service, argument, found))]
    if function.result == "number":
        return _kind_of_number(derived.function, kinds), None
    different = set(kinds)
    if different <= {"integer", "decimal", "money"} and len(different) > 1:
        return "money" if "money" in different else "decimal", None
    kind = different.pop() if len(different) == 1 else ""
    if kind == "choice" and all(fact.values is not None for fact in made_of):
        return kind, tuple(dict.fromkeys(value for fact in made_of for value in fact.values or ()))
    return kind, None


def _kind_of_argument(country: Country, service: Service, argument: str, found: Mapping[str, Fact]) -> str:
    if argument == "today":
        return "date"
    if argument.startswith("amounts."):
        amount = service.amounts.get(argument.removeprefix("amounts."))
        return kind_of_amount(country, amount) if amount else ""
    if argument.lstrip("-")[:1].isdigit():
        return "decimal" if "." in argument else "integer"
    return found[argument].kind if argument in found else ""


def _kind_of_number(function: str, kinds: list[str]) -> str:
    """Money stays money when it is added, subtracted, rounded or taken so many times."""
    amounts = kinds.count("money")
    if function == "quotient":
        return "money" if kinds[:1] == ["money"] and amounts == 1 else "decimal"
    if function == "product":
        return "money" if amounts == 1 else "integer" if set(kinds) == {"integer"} else "decimal"
    if amounts:
        return "money"
    return "integer" if kinds and set(kinds) == {"integer"} else "decimal"
