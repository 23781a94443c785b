"""Every fact of a service: where it comes from, of what kind it is, its possible values, whether it can be unknown.

What the proof, the examples, the texts and the checks of data flow agree on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pencere.country.cells import Condition
from pencere.country.declarations import Agreement, Answer, Country, Derived, Evidence, Field, Register, Service
from pencere.country.deriving import facts_of
from pencere.country.functions import FUNCTIONS
from pencere.country.proof import Domain
from pencere.country.tables import OUTCOMES, Table

PARTY, QUESTION, EVIDENCE, DERIVED, TABLE = "party", "question", "evidence", "derived", "table"
GIVEN = (PARTY, QUESTION, EVIDENCE)
"""Sources from outside; the others are reckoned."""

ROW_TIMES = ("valid_from", "valid_until", "recorded_at")
"""Offered by a dated register like fields."""


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    kind: str  # of fields; "" where it cannot be told
    source: str
    values: tuple[str, ...] | None  # of a choice
    may_be_unknown: bool
    personal: str | None
    of: str  # the party, group, evidence or table; the fact itself if derived
    may_be_unasked: bool = False
    asked_when: Condition | None = None  # if it may be unasked: when it is asked; None: nothing is known about that

    @property
    def domain(self) -> Domain:
        """What the proof of a table has to know."""
        return Domain(self.kind, self.values or (), self.may_be_unknown, self.may_be_unasked, self.asked_when)


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a piece of evidence comes from."""

    register: Register
    answer: Answer
    agreement: Agreement | None  # None: an own register
    fields: tuple[str, ...]  # that may be taken


def asked(country: Country, evidence: Evidence) -> Asked | None:
    """The answer behind `from`, through a grant or of an own register; None if there is none."""
    first, _, name = evidence.from_.partition(".")
    agreement = country.agreements.get(first)
    if agreement is not None:
        grant = agreement.grants.get(name)
        found = answer_of(country, grant.of) if grant and grant.does == "read" else None
        return Asked(*found, agreement, grant.fields) if found and grant else None
    found = answer_of(country, evidence.from_)
    return Asked(*found, None, found[1].fields) if found else None


def answer_of(country: Country, name: str) -> tuple[Register, Answer] | None:
    """`population.person`: the register and its answer."""
    register = country.registers.get(name.partition(".")[0])
    answer = register.answers.get(name.partition(".")[2]) if register else None
    return (register, answer) if register and answer else None


def values_of(country: Country, field: Field) -> tuple[str, ...] | None:
    """The codes of a choice, also of one that names a list."""
    if isinstance(field.of, tuple):
        return field.of
    if isinstance(field.of, str) and field.of.startswith("list:"):
        codes = country.lists.get(field.of.removeprefix("list:"))
        return tuple(codes.values) if codes else None
    return None


def field_of(register: Register, name: str) -> Field | None:
    """The field, or one of the times of a row if the register is dated."""
    if name in ROW_TIMES and register.dated:
        return Field(name, "moment" if name == "recorded_at" else "date", place=register.place)
    return register.fields.get(name)


def facts(country: Country, service: Service) -> dict[str, Fact]:
    """All facts of the service by name. What refers to something that is not there is left out."""
    found: dict[str, Fact] = {}
    for party in service.parties:
        found |= {fact.name: fact for fact in _of_party(country, party)}
    for group in service.questions.values():
        step = _step_when(service, "ask", group.name)
        for field in group.fields.values():
            path = f"{group.name}.{field.name}"
            fact = _fact(path, country, field, QUESTION, group.name, unknown=not field.required)
            found[path] = _conditional(fact, field.when, group.when, step)
    for evidence in service.evidence.values():
        source = asked(country, evidence)
        step = _step_when(service, "evidence", evidence.name)
        for name in evidence.take if source else ():
            taken = field_of(source.register, name) if source else None
            if taken is not None:
                path = f"{evidence.name}.{name}"
                fact = _fact(path, country, taken, EVIDENCE, evidence.name, unknown=True)
                found[path] = _conditional(fact, evidence.when, step)
    for table in service.tables.values():
        found |= {fact.name: fact for fact in _of_table(table)}
    for derived in service.derive:
        found[derived.name] = _derived(derived, found)
    return found


def person_facts(country: Country) -> dict[str, Field | None]:
    """The facts of a person by name (`birth_date`), with the field they come from; `age` where the birth date is."""
    source = answer_of(country, country.person.from_)
    fields = {name: source[0].fields.get(name) if source else None for name in country.person.facts}
    if "birth_date" in fields:
        fields["age"] = Field("age", "integer", personal=_personal(fields["birth_date"]))
    return fields


def _personal(field: Field | None) -> str | None:
    return field.personal if field else None


def _of_party(country: Country, party: str) -> Iterable[Fact]:
    identifier = country.person.identifier
    yield Fact(party, "person", PARTY, None, False, "ordinary", party)
    yield Fact(f"{party}.{identifier}", identifier, PARTY, None, False, "ordinary", party)
    for name, field in person_facts(country).items():
        if field is not None:
            yield _fact(f"{party}.{name}", country, field, PARTY, party, unknown=not field.required)


_UNSURE: Condition = ()
"""Asked or not, and nothing is known about when."""


def _step_when(service: Service, kind: str, name: str) -> Condition | None:
    """The condition of the step that asks or fetches it; several steps with conditions are unsure."""
    steps = [step for step in service.steps if step.kind == kind and name in step.names]
    if any(step.when is None for step in steps) or not steps:
        return None
    return steps[0].when if len(steps) == 1 else _UNSURE


def _conditional(fact: Fact, *conditions: Condition | None) -> Fact:
    """The fact, asked only when all the conditions hold."""
    given = [condition for condition in conditions if condition is not None]
    if not given:
        return fact
    together: Condition | None = given[0]
    for condition in given[1:]:
        together = _both(together, condition)
    return replace(fact, may_be_unasked=True, asked_when=together or None)


def _both(first: Condition | None, second: Condition) -> Condition | None:
    """One condition for two; None where they set different cells for one fact, which one mapping cannot say."""
    merged = []
    for one in first or ():
        for other in second:
            if any(one[fact] != cell for fact, cell in other.items() if fact in one):
                return None
            merged.append({**one, **other})
    return tuple(merged) or None


def _fact(name: str, country: Country, field: Field, source: str, of: str, unknown: bool) -> Fact:
    return Fact(name, field.kind, source, values_of(country, field), unknown, field.personal, of)


def _of_table(table: Table) -> Iterable[Fact]:
    for output in table.outputs:
        literals = [row.outputs.get(output) for row in table.rows]
        known = [literal for literal in literals if literal is not None]
        kinds = {literal.kind for literal in known}
        kind = _KIND_OF_LITERAL.get(kinds.pop(), "") if len(kinds) == 1 else ""
        values = tuple(dict.fromkeys(str(literal.value) for literal in known)) if kind == "choice" else None
        if output == "outcome":
            values = OUTCOMES
        unknown = len(known) < len(literals)
        yield Fact(f"{table.name}.{output}", kind, TABLE, values, unknown, None, table.name)


_KIND_OF_LITERAL = {
    "number": "decimal",
    "date": "date",
    "moment": "moment",
    "boolean": "boolean",
    "code": "choice",
    "text": "text",
}


def _derived(derived: Derived, found: Mapping[str, Fact]) -> Fact:
    function = FUNCTIONS[derived.function]
    made_of = [found[name] for name in facts_of(derived) if name in found]
    kind, values = function.result, None
    if kind == "as_arguments":
        kinds = {fact.kind for fact in made_of}
        kind = kinds.pop() if len(kinds) == 1 else ""
        if kind == "choice" and all(fact.values is not None for fact in made_of):
            values = tuple(dict.fromkeys(value for fact in made_of for value in fact.values or ()))
    elif kind == "as_last":
        last = made_of[-1] if made_of else None
        kind, values = (last.kind, last.values) if last else ("", None)
    elif kind == "number":
        kind = "integer" if made_of and all(fact.kind == "integer" for fact in made_of) else "decimal"
    unknowns = [fact.may_be_unknown or fact.may_be_unasked for fact in made_of]
    if function.never_unknown:
        unknown = False
    elif function.takes_unknown:
        unknown = all(unknowns)
    else:
        unknown = function.may_be_unknown or any(unknowns) or len(made_of) < len(facts_of(derived))
    personal = "special" if any(fact.personal == "special" for fact in made_of) else None
    return Fact(derived.name, kind, DERIVED, values, unknown, personal, derived.name)


def surely_known(
    country: Country, service: Service, known: Mapping[str, Fact], name: str, given: frozenset[str]
) -> bool:
    """Whether the fact is known in every case in which those `given` are."""
    found = _with_what_follows(country, service, known, given)
    return _is_surely_known(service, known, name, found)


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
        if name in derived:
            function = FUNCTIONS[derived[name].function]
            if not function.never_unknown and not function.takes_unknown:
                waiting += facts_of(derived[name])
        elif name in known and known[name].source == EVIDENCE:
            evidence = service.evidence[known[name].of]
            waiting += [*_always_in_a_row(country, evidence), *evidence.by.values()]
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
    derived = next((each for each in service.derive if each.name == name), None)
    if derived is None or FUNCTIONS[derived.function].may_be_unknown:
        return False
    parts = [_is_surely_known(service, known, part, found) for part in facts_of(derived)]
    return any(parts) if FUNCTIONS[derived.function].takes_unknown else all(parts)
