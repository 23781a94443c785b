"""The course of a case: which step comes next, what it asks and fetches, what the tables say. Pure; no clock.

Facts are those known so far, by name. `None` is unknown (the holder has no row); a missing name was not asked. What
is derived (derived facts, tables, amounts, ages) is reckoned when a condition or a table needs it.

    course = Course(country, service, facts, today)
    course.next_step(done)         the step after number `done` whose `when` holds
    course.questions(step)         the groups and fields that are asked, given the facts so far
    course.evidence(step)          what is fetched
    course.decide(step)            one table
    decide_all(country, service, facts, today)      all tables that decide: the Verdict
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pencere.base.terms import full_years
from pencere.country.cells import facts_of
from pencere.country.declarations import Country, Evidence, Field, QuestionGroup, Service, Step
from pencere.country.deriving import Reckoning
from pencere.country.ordering import needs_of, source_of
from pencere.country.tables import Used

GRANT, REFUSE, OFFICER = "grant", "refuse", "officer"


@dataclass(frozen=True, slots=True)
class Page:
    """A group of questions with the fields that are asked."""

    group: QuestionGroup
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the tables say together: `rule`, `law` and `trace` of the table that settled it, and every fact."""

    outcome: str  # grant, refuse, or officer: a person must decide
    table: str
    rule: str  # empty where no rule answers, which is left to an officer
    law: str
    trace: tuple[Used, ...]
    facts: Mapping[str, object]
    by: str | None  # the officer who settles what is left open, as the step names it


class Course:
    """One case on one day, under one version of its service."""

    def __init__(self, country: Country, service: Service, facts: Mapping[str, object], today: date) -> None:
        self.country, self.service, self.today = country, service, today
        given = dict(facts)
        given.update(persons(country, service, facts))
        given.update(ages(service, facts, law_day(service, facts, today)))
        self.reckoning = Reckoning(
            service.derive,
            given,
            service.amounts,
            service.tables,
            today,
            country.calendar,
            country.territory,
            on=law_day(service, facts, today),
        )

    def next_step(self, done: int) -> Step | None:
        """The first step after number `done` (0: none yet) whose condition holds; None when all is done."""
        for step in self.service.steps:
            if step.number > done and self.reckoning.holds(step.when):
                return step
        return None

    def questions(self, step: Step) -> tuple[Page, ...]:
        """The pages of an `ask` step. A page of which no field is asked is left out."""
        pages = []
        for name in step.names:
            group = self.service.questions[name]
            if self.reckoning.holds(group.when):
                fields = tuple(field for field in group.fields.values() if self.reckoning.holds(field.when))
                if fields:
                    pages.append(Page(group, fields))
        return tuple(pages)

    def evidence(self, step: Step) -> tuple[Evidence, ...]:
        """What an `evidence` step fetches, where its condition holds and all it is asked by is known."""
        found = (self.service.evidence[name] for name in step.names)
        return tuple(
            each
            for each in found
            if self.reckoning.holds(each.when)
            and all(self.reckoning.fact(fact) is not None for fact in each.by.values())
        )

    def fact(self, name: str) -> object:
        """A fact, reckoned if it is derived. The name of a party gives the person's identifier."""
        return self.reckoning.fact(name)

    def decide(self, step: Step) -> Verdict:
        """What the table of a `decide` step says."""
        outcome = self.reckoning.decide(step.names[0])
        for each in self.service.derive:
            self.reckoning.fact(each.name)
        found = outcome.outputs.get("outcome") if outcome else None
        return Verdict(
            outcome=str(found) if found else OFFICER,
            table=step.names[0],
            rule=outcome.rule if outcome else "",
            law=outcome.law if outcome else "",
            trace=outcome.trace if outcome else (),
            facts=dict(self.reckoning.facts),
            by=step.by,
        )

    def verdict(self) -> Verdict:
        """What the tables say in the order of the steps: the first that does not grant settles it, else the last."""
        verdict = None
        for step in self.service.steps:
            if step.kind == "decide" and self.reckoning.holds(step.when):
                verdict = self.decide(step)
                if verdict.outcome != GRANT:
                    return verdict
        if verdict is None:
            raise ValueError(f"{self.service.id}: no step decides")
        return verdict


def decide_all(country: Country, service: Service, facts: Mapping[str, object], today: date) -> Verdict:
    """The verdict of one case on one day; `Course.verdict` says how the tables go together."""
    return Course(country, service, facts, today).verdict()


def law_day(service: Service, facts: Mapping[str, object], today: date) -> date:
    """The day whose law counts: `as_of`, where the service names a date fact and it is known; else `today`."""
    day = facts.get(service.as_of) if service.as_of else None
    return day if isinstance(day, date) else today


def persons(country: Country, service: Service, facts: Mapping[str, object]) -> dict[str, object]:
    """`<party>` and `<party>.<identifier>` of every party that is known: named by a fact, or signed in."""
    identifier = country.person.identifier
    found: dict[str, object] = {}
    for name, party in service.parties.items():
        named = (name, f"{name}.{identifier}", party.from_ or name)
        person = next((facts[fact] for fact in named if facts.get(fact) is not None), None)
        if person is not None:
            found |= {name: person, f"{name}.{identifier}": person}
    return found


def ages(service: Service, facts: Mapping[str, object], on: date) -> dict[str, int | None]:
    """`<party>.age` of every person whose birth date is among the facts."""
    found: dict[str, int | None] = {}
    for name in service.parties:
        if f"{name}.age" in facts or f"{name}.birth_date" not in facts:
            continue
        born = facts[f"{name}.birth_date"]
        found[f"{name}.age"] = full_years(born, on) if isinstance(born, date) else None
    return found


def facts_needed(service: Service, step: Step) -> tuple[str, ...]:
    """The facts that must be there before the step: what it names, traced back through what is derived."""
    names: list[str] = list(facts_of(step.when))
    if step.kind == "ask":
        for group in (service.questions[name] for name in step.names if name in service.questions):
            own = {f"{group.name}.{field}" for field in group.fields}
            asked = (fact for field in group.fields.values() for fact in facts_of(field.when))
            names += [*facts_of(group.when), *(fact for fact in asked if fact not in own)]
    elif step.kind == "evidence":
        for each in (service.evidence[name] for name in step.names if name in service.evidence):
            names += [*facts_of(each.when), *each.by.values()]
    elif step.kind == "decide":
        names += step.names
    elif step.kind == "issue":
        names += step.facts.values()
    return given_facts(service, names)


def given_facts(service: Service, names: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """The facts, and instead of derived ones those that they are made of; each once, in order."""
    needs = needs_of(service.derive, service.tables, service.amounts)
    found: dict[str, None] = {}
    seen: set[str] = set()
    waiting = list(reversed(names))
    while waiting:
        name = waiting.pop()
        source = source_of(name, needs)
        if source is None:
            found[name] = None
        elif source not in seen:
            seen.add(source)
            waiting.extend(reversed(needs[source]))
    return tuple(found)
