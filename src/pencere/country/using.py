"""What a step uses and what it brings: the flow of facts through a service. Pure.

What is named in a declaration is followed back through derived facts, tables and amounts to the facts that come from
outside. The walk of a case, the check of the flow and the check of what is taken but not used agree on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pencere.country.cells import Condition, facts_of
from pencere.country.declarations import Allotment, CaseTerm, Fee, Field, QuestionGroup, Service, Step
from pencere.country.facts import (
    CHOSEN,
    CODE,
    EVENT,
    EVIDENCE,
    FINDERS,
    FINDING,
    GIVEN,
    KEPT,
    PLACE,
    QUESTION,
    SIGNED,
    TOLD,
    Fact,
)
from pencere.country.ordering import needs_of, source_of

CLOCKS = ("submitted", "paid", "visit", "event", "asked")
"""What a term may begin with besides a date fact."""


def facts_needed(service: Service, step: Step) -> tuple[str, ...]:
    """The facts that must be there before the step: what it names, traced back through what is derived."""
    return given_facts(service, tuple(names_used(service, step)))


def given_facts(service: Service, names: Iterable[str]) -> tuple[str, ...]:
    """The facts, and instead of derived ones those that they are made of; each once, in order."""
    needs = needs_of(service.derive, service.tables, service.amounts)
    found: dict[str, None] = {}
    seen: set[str] = set()
    waiting = list(reversed(list(names)))
    while waiting:
        name = waiting.pop()
        source = source_of(name, needs)
        if source is None:
            found[name] = None
        elif source not in seen:
            seen.add(source)
            waiting.extend(reversed(needs[source]))
    return tuple(found)


def names_used(service: Service, step: Step) -> Iterator[str]:
    """What the step names: facts, tables and amounts. Words of a row that stand for themselves are among them."""
    yield from _of_condition(step.when)
    if step.kind == "ask":
        for group in (service.questions[name] for name in step.names if name in service.questions):
            yield from _of_group(group)
    elif step.kind == "evidence":
        for each in (service.evidence[name] for name in step.names if name in service.evidence):
            yield from _of_condition(each.when)
            yield from each.by.values()
            group_of_none = service.questions.get(each.none.ask or "") if each.none else None
            if group_of_none is not None:
                yield from _of_group(group_of_none)
    elif step.kind == "decide":
        yield from step.names
    elif step.kind == "sign":
        yield step.names[0]
    elif step.kind == "pay" and step.names[0] in service.fees:
        yield from of_fee(service.fees[step.names[0]])
    elif step.kind == "offer" and step.names[0] in service.places:
        yield from of_place(service.places[step.names[0]])
    elif step.kind in FINDERS:
        own = {f"{step.names[0]}.{field}" for field in step.fields}
        yield from (name for name in _of_fields(step.fields.values()) if name not in own)
        yield from step.not_from
        if step.at:
            yield step.at
    yield from step.match.values()
    yield from step.facts.values()
    yield from (word for word in step.row.values() if not word.startswith('"') and not word.lstrip("-")[:1].isdigit())
    yield from (name for name in (step.valid, step.by) if name and "." in name and not name.startswith("officer."))
    yield from of_term(step.term)


def of_fee(fee: Fee) -> Iterator[str]:
    yield fee.amount
    yield from _of_condition(fee.when)
    yield from _of_condition(fee.exempt)


def of_place(place: Allotment) -> Iterator[str]:
    if place.chosen:
        yield place.chosen
    yield from (name.removeprefix("-") for name in place.order if name != "ticket")
    yield from (name for name in (place.opens, place.closes) if name)


def of_term(term: CaseTerm | None) -> Iterator[str]:
    if term is None:
        return
    if term.by:
        yield term.by
    if term.from_ not in CLOCKS:
        yield term.from_


def _of_group(group: QuestionGroup) -> Iterator[str]:
    own = {f"{group.name}.{field}" for field in group.fields}
    yield from _of_condition(group.when)
    yield from (name for name in _of_fields(group.fields.values()) if name not in own)


def _of_fields(fields: Iterable[Field]) -> Iterator[str]:
    for field in fields:
        yield from _of_condition(field.when)
        yield from field.only.values()


def _of_condition(condition: Condition | None) -> Iterator[str]:
    """Facts of a condition, and the amounts in its cells."""
    yield from facts_of(condition)
    cells = (cell for every in condition or () for cell in every.values())
    yield from (f"amounts.{literal.value}" for cell in cells for literal in cell.literals() if literal.kind == "amount")


def seen(service: Service, known: Mapping[str, Fact], names: Iterable[str]) -> tuple[str, ...]:
    """What `shows` and `sees` name: facts themselves, and all facts of a group or of a piece of evidence."""
    found: dict[str, None] = {}
    for name in names:
        if name in known and known[name].kind != "group":
            found[name] = None
        else:
            own = (fact for fact in known.values() if fact.of == name and fact.source in (QUESTION, EVIDENCE, FINDING))
            found |= dict.fromkeys(fact.name for fact in own)
    return tuple(found)


def at_start(service: Service, known: Mapping[str, Fact]) -> set[str]:
    """What is there before the first step: what the event told, the case, and who signed in."""
    found = {name for name, fact in known.items() if fact.source in (EVENT, "case")}
    parties = {name for name, party in service.parties.items() if party.from_ is None or party.acts_as}
    found |= {name for name, fact in known.items() if fact.of in parties and fact.source == "party"}
    return _with_persons(service, known, found)


_BRINGS = {
    "ask": (QUESTION, CHOSEN),
    "evidence": (EVIDENCE,),
    "check": (FINDING,),
    "expert": (FINDING,),
    "visit": (FINDING,),
    "offer": (PLACE,),
    "issue": (CODE,),
}


def brings(service: Service, known: Mapping[str, Fact], step: Step, before: set[str]) -> set[str]:
    """Everything that is there after the step, when `before` was there before it."""
    names = set(step.names)
    sources = _BRINGS.get(step.kind, ())
    if step.kind == "evidence":
        asked = (service.evidence[name].none for name in step.names if name in service.evidence)
        names |= {none.ask for none in asked if none and none.ask}
        sources = (EVIDENCE, QUESTION, CHOSEN)
    elif step.kind in ("wait_for", "record") and step.as_:
        names, sources = {step.as_}, (TOLD, KEPT)
    elif step.kind == "sign":
        names, sources = {step.names[0].partition(".")[0]}, (SIGNED,)
    found = {name for name, fact in known.items() if fact.of in names and fact.source in sources}
    return _with_persons(service, known, before | found)


def facts_from(service: Service, known: Mapping[str, Fact], names: Iterable[str]) -> set[str]:
    """The facts of the groups, evidence and the like, and those of the persons whom they name."""
    names = set(names)
    found = {name for name, fact in known.items() if fact.of in names and fact.source in GIVEN}
    return _with_persons(service, known, found)


def _with_persons(service: Service, known: Mapping[str, Fact], found: set[str]) -> set[str]:
    """And the facts of parties and persons who are named by what is there."""
    parties = {
        name
        for name, party in service.parties.items()
        if party.from_ and all(fact in found or fact not in known for fact in given_facts(service, (party.from_,)))
    }
    return found | {name for name, fact in known.items() if fact.of in parties and fact.source == "party"}


def item_group(service: Service, known: Mapping[str, Fact], name: str) -> str:
    """The repeating group of which the fact, table or amount says something for each item; "" if of none."""
    if name in known:
        return known[name].group
    if name.startswith("amounts."):
        amount = service.amounts.get(name.removeprefix("amounts."))
        inputs: tuple[str, ...] = amount.inputs if amount else ()
    else:
        table = service.tables.get(name)
        inputs = table.inputs if table else ()
    return next((known[each].group for each in inputs if each in known and known[each].group), "")
