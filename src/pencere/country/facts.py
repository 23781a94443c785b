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
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from pencere.base.ground.geometry import DEGREES
from pencere.country import offers
from pencere.country.cells import Condition, Literal, as_number, matches
from pencere.country.declarations import (
    Agreement,
    Amount,
    Answer,
    Country,
    Derived,
    Evidence,
    Field,
    Party,
    Register,
    RegisterEvent,
    Service,
    Step,
)
from pencere.country.deriving import amounts_of, facts_of
from pencere.country.domains import NUMBERS
from pencere.country.functions import FUNCTIONS
from pencere.country.offers import ROW_TIMES, field_of
from pencere.country.proof import Domain
from pencere.country.records import day_of
from pencere.country.tables import OUTCOMES, Table

__all__ = ["ROW_TIMES", "Asked", "Fact", "answer_of", "asked", "facts", "field_of", "known_facts", "person_facts"]

PARTY, QUESTION, EVIDENCE, DERIVED, TABLE = "party", "question", "evidence", "derived", "table"
EVENT, FINDING, SIGNED, TOLD, KEPT, PLACE, CHOSEN, CODE, CASE = (
    "event", "finding", "signed", "told", "kept", "place", "chosen", "code", "case",
)  # fmt: skip
GIVEN = (PARTY, QUESTION, EVIDENCE, EVENT, FINDING, SIGNED, TOLD, KEPT, PLACE, CHOSEN, CODE, CASE)
"""Sources from outside; the others are reckoned."""

GROUP = "group"
"""The kind of a fact that is a list of items or rows."""
FINDERS = ("check", "expert", "visit")


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    kind: str  # of fields, or "group"; "" where it cannot be told
    source: str
    values: tuple[str, ...] | None  # of a choice
    may_be_unknown: bool
    personal: str | None
    of: str  # the party, group, evidence, table, place, step …; the fact itself if derived
    may_be_unasked: bool = False
    asked_when: Condition | None = None  # if it may be unasked: when it is asked; None: nothing is known about that
    group: str = ""  # the repeating group, if the fact is one of each of its items
    many: bool = False  # a list of values
    register: str = ""  # of a ref or a place: whose row it names
    shape: str = ""  # of a geometry: point line polygon multipolygon
    crs: str = DEGREES  # of a geometry: its system of coordinates
    always_said: bool = False  # of a person: every person has it
    least: int | Decimal | date | None = None  # nothing smaller can be
    most: int | Decimal | date | None = None

    @property
    def domain(self) -> Domain:
        """What the proof of a table has to know."""
        return Domain(
            self.kind,
            self.values or (),
            self.may_be_unknown,
            self.may_be_unasked,
            self.asked_when,
            self.least,
            self.most,
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a piece of evidence comes from."""

    register: Register
    answer: Answer
    agreement: Agreement | None  # None: an own register
    fields: tuple[str, ...]  # that may be taken


def asked(country: Country, evidence: Evidence) -> Asked | None:
    """The answer behind `from`, through a grant or of an own register; None if there is none."""
    found = offers.answer(country, evidence.from_)
    if found is None:
        return None
    fields = found.grant.fields if found.grant else found.declared.fields
    return Asked(found.register, found.declared, found.agreement, fields)


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


def given_by(country: Country, relation: str) -> str:
    """Whether a relation gives persons or organisations; "" where that cannot be told."""
    declared = country.relations.get(relation)
    found = answer_of(country, declared.from_) if declared else None
    fields = [field_of(found[0], name) for name in found[1].fields] if found else []
    kinds = {field.kind for field in fields if field is not None}
    if kinds <= {"person", country.person.identifier}:
        return "person" if kinds else ""
    return "organisation" if kinds <= {"organisation", country.organisation} else ""


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
    found: dict[str, Fact] = {}
    for part in (_of_questions, _of_evidence, _of_events, _of_steps, _of_places):
        found |= {fact.name: fact for fact in part(country, service)}
    found |= {fact.name: fact for fact in _of_case()}
    _reckoned(country, service, found)
    for party in service.parties.values():
        found |= {fact.name: fact for fact in _of_party(country, party, found)}
    found |= {fact.name: fact for fact in _of_signatures(service, found)}
    for name in [name for name, fact in found.items() if fact.kind == "person" and fact.source != PARTY]:
        for fact in _of_person(country, found[name]):
            found.setdefault(fact.name, fact)
    for derived in service.derive:
        found.pop(derived.name, None)
    for name in [name for name, fact in found.items() if fact.source == TABLE]:
        found.pop(name)
    _reckoned(country, service, found)
    return found


def _reckoned(country: Country, service: Service, found: dict[str, Fact]) -> None:
    """Adds outputs of tables and derived facts. They may need each other, so tables come twice: kinds of outputs do
    not depend on inputs, but whether a table speaks of each item of a group does."""
    for table in service.tables.values():
        found |= {fact.name: fact for fact in _of_table(country, service, table, found)}
    for derived in service.derive:
        found[derived.name] = _derived(country, service, derived, found)
    for table in service.tables.values():
        found |= {fact.name: fact for fact in _of_table(country, service, table, found)}


def _of_case() -> Iterator[Fact]:
    yield Fact("case.ref", "text", CASE, None, False, None, "case")
    yield Fact("today", "date", CASE, None, False, None, "case")


def _of_questions(country: Country, service: Service) -> Iterator[Fact]:
    for group in service.questions.values():
        step = _step_when(service, "ask", group.name)
        inside = group.name if group.many else ""
        if group.many:
            whole = Fact(group.name, GROUP, QUESTION, None, False, None, group.name)
            yield _conditional(whole, group.when, step)
        for field in group.fields.values():
            path = f"{group.name}.{field.name}"
            fact = _fact(path, country, field, QUESTION, group.name, unknown=not field.required)
            fact = replace(_conditional(fact, field.when, group.when, step), group=inside)
            yield fact
            yield from _of_chosen(country, field, fact)
            if inside and field.kind == "person":
                yield from _facts_of_person(country, fact)


def _of_chosen(country: Country, field: Field, fact: Fact) -> Iterator[Fact]:
    """The row that a `ref` names: its fields that are nobody's."""
    register = country.registers.get(field.of) if field.kind == "ref" and isinstance(field.of, str) else None
    for name, declared in register.fields.items() if register else ():
        if declared.personal in (None, "none") and declared.kind != GROUP:
            unknown = fact.may_be_unknown or not declared.required
            row = _fact(f"{fact.name}.{name}", country, declared, CHOSEN, fact.of, unknown=unknown)
            yield replace(row, may_be_unasked=fact.may_be_unasked, asked_when=fact.asked_when, group=fact.group)


def _of_evidence(country: Country, service: Service) -> Iterator[Fact]:
    for evidence in service.evidence.values():
        source = asked(country, evidence)
        step = _step_when(service, "evidence", evidence.name)
        inside = evidence.name if evidence.many else ""
        if evidence.many and source:
            whole = Fact(evidence.name, GROUP, EVIDENCE, None, False, None, evidence.name)
            yield _conditional(whole, evidence.when, step)
        for name in evidence.take if source else ():
            taken = field_of(source.register, name) if source else None
            if taken is not None:
                unknown = not evidence.many or not taken.required or name == "valid_until"
                fact = _fact(f"{evidence.name}.{name}", country, taken, EVIDENCE, evidence.name, unknown=unknown)
                yield replace(_conditional(fact, evidence.when, step), group=inside)


def _of_events(country: Country, service: Service) -> Iterator[Fact]:
    """What the events tell that begin a case; of a case that began otherwise it is not asked."""
    told = [offers.event(country, start.event) for start in service.starts if start.kind == "event"]
    events = [each for each in told if each is not None]
    for found in events:
        for name in found.fields(found.declared.fields):
            field = field_of(found.register, name)
            if field is not None:
                fact = _fact(f"event.{name}", country, field, EVENT, "event", unknown=not _told(found.declared, field))
                by_all = len(events) == len(service.starts) and all(
                    name in each.fields(each.declared.fields) for each in events
                )
                yield fact if by_all else replace(fact, may_be_unasked=True)


def _told(event: RegisterEvent, field: Field) -> bool:
    """Whether the event always says the field: every row has it, or the event is of rows that have it only."""
    if field.required:
        return True
    whens = event.when or ()
    return bool(whens) and all(field.name in every and not matches(every[field.name], None, {}) for every in whens)


def _of_steps(country: Country, service: Service) -> Iterator[Fact]:
    for step in service.steps:
        if step.kind in FINDERS:
            for field in step.fields.values():
                path, unknown = f"{step.names[0]}.{field.name}", _is_patient(step) or not field.required
                fact = _fact(path, country, field, FINDING, step.names[0], unknown=unknown)
                yield _conditional(fact, field.when, step.when)
        elif step.kind == "wait_for" and step.as_:
            yield from _of_wait(country, step, step.as_)
        elif step.kind == "record" and step.as_:
            yield from _of_record(country, step, step.as_)
        elif step.kind == "issue" and step.names:
            fact = Fact(f"{step.names[0]}.code", "text", CODE, None, False, None, step.names[0])
            yield replace(_conditional(fact, step.when), group=step.each or "")


def _is_patient(step: Step) -> bool:
    """Whether the case goes on where nobody did the step in time."""
    return step.term is not None and step.term.silence == "continue"


def _of_wait(country: Country, step: Step, name: str) -> Iterator[Fact]:
    told = offers.event(country, step.names[0])
    if told is None:
        return
    for each in told.fields(told.declared.fields):
        field = field_of(told.register, each)
        if field is not None:
            unknown = _is_patient(step) or not _told(told.declared, field)
            yield _conditional(_fact(f"{name}.{each}", country, field, TOLD, name, unknown=unknown), step.when)


def _of_record(country: Country, step: Step, name: str) -> Iterator[Fact]:
    written = offers.change(country, step.names[0])
    for each in step.keep if written else ():
        field = field_of(written.register, each) if written else None
        if field is not None:
            fact = _fact(f"{name}.{each}", country, field, KEPT, name, unknown=not field.required)
            yield replace(_conditional(fact, step.when), group=step.each or "")


def _of_places(country: Country, service: Service) -> Iterator[Fact]:
    """The place itself, named by the key of its row, and the fields of the row."""
    for place in service.places.values():
        found = offers.capacity(country, place.of)
        when = _step_when(service, "offer", place.name)
        if found is None:
            continue
        whole = Fact(place.name, "ref", PLACE, None, False, None, place.name, register=found.register.id)
        yield _conditional(whole, when)
        for name in found.fields(tuple(found.register.fields)):
            field = field_of(found.register, name)
            if field is not None and field.personal in (None, "none") and field.kind != GROUP:
                fact = _fact(f"{place.name}.{name}", country, field, PLACE, place.name, unknown=not field.required)
                yield _conditional(fact, when)


def _of_signatures(service: Service, found: Mapping[str, Fact]) -> Iterator[Fact]:
    """`owner.signed`; of the persons of a group `movers.signed`."""
    for step in service.steps:
        if step.kind == "sign":
            head = step.names[0].partition(".")[0]
            fact = Fact(f"{head}.signed", "boolean", SIGNED, None, _is_patient(step), None, head)
            yield replace(_conditional(fact, step.when), group=step.each or "")


def person_facts(country: Country) -> dict[str, Field | None]:
    """The facts of a person by name (`birth_date`), with the field they come from; `age` where the birth date is."""
    source = answer_of(country, country.person.from_)
    fields = {name: source[0].fields.get(name) if source else None for name in country.person.facts}
    if "birth_date" in fields:
        fields["age"] = Field("age", "integer", personal=_personal(fields["birth_date"]))
    return fields


def _personal(field: Field | None) -> str | None:
    return field.personal if field else None


def _of_party(country: Country, party: Party, found: Mapping[str, Fact]) -> Iterator[Fact]:
    """The party, and what is known of it. Where nobody is named, it is the one who signs in, if it may."""
    named = found.get(party.from_) if party.from_ else None
    unknown = named is not None and not party.acts_as and (named.may_be_unknown or named.may_be_unasked)
    if party.is_ == "organisation":
        whole = Fact(party.name, "organisation", PARTY, None, unknown, "none", party.name)
        facts_of_it = [whole, *_of_organisation(country, whole, named)]
    else:
        whole = Fact(party.name, "person", PARTY, None, unknown, "ordinary", party.name)
        facts_of_it = [whole, *_facts_of_person(country, whole)]
    yield from (_conditional(fact, party.when) for fact in facts_of_it)


def _of_organisation(country: Country, whole: Fact, named: Fact | None) -> Iterator[Fact]:
    """Its identifier: of the kind that the country uses for organisations."""
    kind = country.organisation or (named.kind if named and named.kind in country.identifiers else None)
    if kind:
        yield replace(whole, name=f"{whole.name}.{kind}", kind=kind)


def _of_person(country: Country, whole: Fact) -> Iterator[Fact]:
    """The identifier of a person whom a fact names."""
    if not whole.many:
        identifier = country.person.identifier
        yield replace(whole, name=f"{whole.name}.{identifier}", kind=identifier, always_said=True)


def _facts_of_person(country: Country, whole: Fact) -> Iterator[Fact]:
    """What the country's source knows of a person: of a party, or of the person of an item."""
    yield from _of_person(country, whole)
    for name, field in person_facts(country).items():
        if field is not None:
            unknown = whole.may_be_unknown or not field.required
            fact = _fact(f"{whole.name}.{name}", country, field, whole.source, whole.of, unknown=unknown)
            yield replace(
                fact,
                may_be_unasked=whole.may_be_unasked,
                asked_when=whole.asked_when,
                group=whole.group,
                always_said=field.required,
            )


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
    many = field.many is not None or field.kind == "choices"
    register = str(field.of) if field.kind == "ref" else ""
    fact = Fact(
        name, field.kind, source, values_of(country, field), unknown, field.personal, of, many=many, register=register
    )
    if field.kind == "geometry":
        fact = replace(fact, shape=str(field.of or "polygon"), crs=field.crs or DEGREES)
    if source in (QUESTION, FINDING):  # what somebody types is held to its limits
        return replace(fact, least=_limit(field, field.min), most=_limit(field, field.max))
    return replace(fact, least=0) if field.name == "age" and source == PARTY else fact


def _limit(field: Field, text: str | None) -> int | Decimal | date | None:
    if text is None:
        return None
    if field.kind == "date":
        return day_of(text)
    number = as_number(text) if field.kind in NUMBERS else None
    return int(number) if number is not None and field.kind == "integer" else number


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
