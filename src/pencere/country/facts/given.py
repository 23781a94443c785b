"""The facts that come from outside: answers, rows of registers, findings, what events tell, the parties themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from pencere.base.ground.geometry import DEGREES
from pencere.country import offers
from pencere.country.cells import Condition, as_number, matches
from pencere.country.declarations import Country, Field, Party, RegisterEvent, Service, Step
from pencere.country.domains import NUMBERS
from pencere.country.facts.fact import (
    CASE,
    CHOSEN,
    CODE,
    EVENT,
    EVIDENCE,
    FINDERS,
    FINDING,
    GROUP,
    KEPT,
    PARTY,
    PLACE,
    QUESTION,
    SIGNED,
    TOLD,
    Fact,
)
from pencere.country.facts.sources import asked, person_facts, values_of
from pencere.country.offers import field_of
from pencere.country.records import day_of


def from_outside(country: Country, service: Service) -> Iterator[Fact]:
    """All but the parties and what they sign: these are named by others, reckoned ones among them."""
    for part in (_of_questions, _of_evidence, _of_events, _of_steps, _of_places):
        yield from part(country, service)
    yield from _of_case()


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


def of_signatures(service: Service, found: Mapping[str, Fact]) -> Iterator[Fact]:
    """`owner.signed`; of the persons of a group `movers.signed`."""
    for step in service.steps:
        if step.kind == "sign":
            head = step.names[0].partition(".")[0]
            fact = Fact(f"{head}.signed", "boolean", SIGNED, None, _is_patient(step), None, head)
            yield replace(_conditional(fact, step.when), group=step.each or "")


def of_party(country: Country, party: Party, found: Mapping[str, Fact]) -> Iterator[Fact]:
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


def of_person(country: Country, whole: Fact) -> Iterator[Fact]:
    """The identifier of a person whom a fact names."""
    if not whole.many:
        identifier = country.person.identifier
        yield replace(whole, name=f"{whole.name}.{identifier}", kind=identifier, always_said=True)


def _facts_of_person(country: Country, whole: Fact) -> Iterator[Fact]:
    """What the country's source knows of a person: of a party, or of the person of an item."""
    yield from of_person(country, whole)
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
