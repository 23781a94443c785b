"""The course of a case: which step comes next, what it asks and fetches, what the tables say. Pure; no clock.

Facts are those known so far, by name. `None` is unknown (the holder has no row); a missing name was not asked. What
is derived (derived facts, tables, amounts, ages) is reckoned when a condition or a table needs it. A repeating group
is the fact of its name: a tuple of items, each a mapping of what follows the group's name (`person`, `person.age`,
`signed`). Money comes in as it is stored, whole qəpiks; what is reckoned is text in the unit of the currency
("933.8"): so `fact` gives text for money, `row` and `fee` give qəpiks again.

    course = Course(country, service, facts, today)
    course.next_step(done)         the step after number `done` whose `when` holds
    course.holds(condition)        any condition; `fact(name)` any fact, also today, amounts.x and case.ref
    course.questions(step)         the groups and fields that are asked, given the facts so far
    course.evidence(step)          what is fetched
    course.items(group)            how many items; `item(group, index)` the case as one of them sees it
    course.courses(step)           (index, Course) of each item of `each`, or once (-1, the case)
    course.decide(step)            one table
    course.fee(name)               qəpiks; 0 if nothing is to be paid, None if it cannot be told
    course.term(declared)          the term by its choice; None if that is unknown
    course.row(step)               what a `record` or `deliver` step sends
    course.filled(step)            what an `issue` step writes on the certificate
    course.matching(step)          what the event must say that a `wait_for` step waits for
    course.rank(place)             where the case stands among those who want a place: least first
    decide_all(country, service, facts, today)      all tables that decide: the Verdict
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from pencere.base.money import Money
from pencere.base.terms import Term, full_years
from pencere.country import cells, offers
from pencere.country import facts as facts_of_service
from pencere.country.cells import Condition
from pencere.country.declarations import (
    Allotment,
    CaseTerm,
    Country,
    Evidence,
    Field,
    QuestionGroup,
    Service,
    Step,
)
from pencere.country.deriving import Reckoning
from pencere.country.functions import as_fact
from pencere.country.tables import Used
from pencere.country.using import facts_needed, given_facts

__all__ = [
    "GRANT", "OFFICER", "PARTLY", "REFUSE", "Course", "Page", "Verdict", "ages", "decide_all", "facts_needed",
    "given_facts", "law_day", "minor", "persons",
]  # fmt: skip

GRANT, REFUSE, OFFICER, PARTLY = "grant", "refuse", "officer", "partly"
Item = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Page:
    """A group of questions with the fields that are asked."""

    group: QuestionGroup
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the tables say together: `rule`, `law` and `trace` of the table that settled it, and every fact."""

    outcome: str  # grant, refuse, partly, or officer: a person must decide
    table: str
    rule: str  # empty where no rule answers, which is left to an officer
    law: str
    trace: tuple[Used, ...]
    facts: Mapping[str, object]
    by: str | None  # the officer who settles what is left open, as the step names it


class Course:
    """One case on one day, under one version of its service; or one item of a repeating group of it."""

    def __init__(
        self, country: Country, service: Service, facts: Mapping[str, object], today: date, *, sent: date | None = None
    ) -> None:
        """`sent`: the day whose law counts, where `today` is a later one, on which what was granted is carried out."""
        self.country, self.service, self.today, self.sent = country, service, today, sent
        worked_out = facts_of_service.known(country, service)
        known, aliases = worked_out.facts, worked_out.aliases
        reckoned = {each.name for each in service.derive}
        self.given = {
            name: _stored(known.get(name), value, country.currency)
            for name, value in facts.items()
            if name not in reckoned
        }
        given = dict(self.given)
        end = f".{country.person.identifier}"
        for name in [name for name in given if name.endswith(end)]:
            given.setdefault(name.removesuffix(end), given[name])
        given.update(persons(country, service, given))
        on = self._law_day(given, aliases)
        given.update(ages(service, given, on))
        for name in worked_out.groups:
            if isinstance(given.get(name), Sequence):
                given[name] = tuple(_whole_item(country, known, name, row, on) for row in _rows(given[name]))
        self.reckoning = self._reckoning(given, aliases, on)

    def _reckoning(self, given: Mapping[str, object], aliases: Mapping[str, tuple[str, ...]], on: date) -> Reckoning:
        service, country = self.service, self.country
        return Reckoning(
            service.derive,
            given,
            service.amounts,
            service.tables,
            self.today,
            country.calendar,
            country.territory,
            on=on,
            currency=country.currency,
            aliases=aliases,
        )

    def _law_day(self, given: Mapping[str, object], aliases: Mapping[str, tuple[str, ...]]) -> date:
        """The day whose law counts: a date fact may be derived, so it is reckoned by the law of today."""
        as_of = self.service.as_of
        sent = self.sent or self.today
        if as_of is None or as_of in given:
            return law_day(self.service, given, sent)
        day = self._reckoning(given, aliases, sent).fact(as_of)
        return day if isinstance(day, date) else sent

    def next_step(self, done: int) -> Step | None:
        """The first step after number `done` (0: none yet) whose condition holds; None when all is done."""
        for step in self.service.steps:
            if step.number > done and self.reckoning.holds(step.when):
                return step
        return None

    def holds(self, condition: Condition | None) -> bool:
        return self.reckoning.holds(condition)

    def questions(self, step: Step) -> tuple[Page, ...]:
        """The pages of an `ask` step. A page of which no field is asked is left out. Of a repeating group these are
        the fields that an item may have; which one item is asked says `item(group, index).fields(group)`."""
        pages = []
        for name in step.names:
            group = self.service.questions[name]
            if self.reckoning.holds(group.when):
                fields = tuple(group.fields.values()) if group.many else self.fields(name)
                if fields:
                    pages.append(Page(group, fields))
        return tuple(pages)

    def fields(self, group: str) -> tuple[Field, ...]:
        """The fields of a group whose conditions hold."""
        declared = self.service.questions[group].fields.values()
        return tuple(field for field in declared if self.reckoning.holds(field.when))

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

    # ---- repeating groups

    def items(self, group: str) -> int:
        return len(_rows(self.reckoning.fact(group)))

    def item(self, group: str, index: int) -> Course:
        """The case as one item sees it: `movers.x` is its own. An item that is not there yet knows nothing."""
        rows = _rows(self.reckoning.fact(group))
        row = rows[index] if index < len(rows) else {}
        known = facts_of_service.known_facts(self.country, self.service)
        settled = {
            name: value
            for name, value in self.reckoning.facts.items()
            if name in known and known[name].source == facts_of_service.TABLE and not known[name].group
        }
        own = {f"{group}.{name}": value for name, value in row.items()}
        return Course(self.country, self.service, {**self.given, **settled, **own}, self.today, sent=self.sent)

    def courses(self, step: Step) -> Iterator[tuple[int, Course]]:
        """Each item for which the step runs, with its index; without `each` once, -1 and the case itself."""
        if step.each is None:
            if self.holds(step.when):
                yield -1, self
            return
        for index in range(self.items(step.each)):
            item = self.item(step.each, index)
            if item.holds(step.when):
                yield index, item

    # ---- what steps need

    def fee(self, name: str) -> int | None:
        """What is to be paid, in qəpiks: 0 where the fee does not apply or one is exempt, None if it is unknown."""
        fee = self.service.fees[name]
        if not self.holds(fee.when) or (fee.exempt is not None and self.holds(fee.exempt)):
            return 0
        return minor(self.fact(fee.amount), self.country.currency)

    def term(self, declared: CaseTerm) -> Term | None:
        """The term, where it goes by a choice that of the choice."""
        if declared.by is None:
            return declared.within
        return declared.is_.get(str(self.fact(declared.by)))

    def row(self, step: Step) -> dict[str, object]:
        """What a `record` or `deliver` step sends to the register: field -> value, as registers keep it."""
        target = offers.change(self.country, step.through or step.names[0])
        known = facts_of_service.known_facts(self.country, self.service)
        row: dict[str, object] = {}
        for name, word in step.row.items():
            field = offers.field_of(target.register, name) if target else None
            row[name] = self._sent(word, field, known)
        return row

    def _sent(self, word: str, field: Field | None, known: Mapping[str, facts_of_service.Fact]) -> object:
        if is_constant(self.country, word, field, known):
            return constant(word, field, self.country.currency)
        value = self.fact(word)
        if field is not None and field.kind == "money":
            return minor(value, self.country.currency)
        if field is not None and field.kind in ("integer", "decimal", "percent"):
            number = cells.as_number(value)
            if number is not None:
                return int(number) if field.kind == "integer" else as_fact(number)
        return value

    def filled(self, step: Step) -> dict[str, object]:
        """What an `issue` step writes: fact of the certificate -> value."""
        return {name: self.fact(fact) for name, fact in step.facts.items()}

    def matching(self, step: Step) -> dict[str, object]:
        """Field of the event -> what it must say."""
        return {name: self.fact(fact) for name, fact in step.match.items()}

    def rank(self, place: Allotment) -> tuple[tuple[int, object], ...]:
        """The key by which cases stand in line for a place, least first; equal ones go by their ticket.

        What is unknown comes last. Numbers and days compare; `-` turns them round.
        """
        return tuple(
            _in_line(self.fact(name.removeprefix("-")), name.startswith("-"))
            for name in place.order
            if name != "ticket"
        )

    # ---- deciding

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
            trace=tuple(Used(*pair) for pair in outcome.trace) if outcome else (),
            facts=dict(self.reckoning.facts),
            by=step.by,
        )

    def verdict(self) -> Verdict:
        """What the tables say in the order of the steps: the first that does not grant settles it, else the last.

        A refusal with `ends: no`, or of some items of a group, is no end: the case is granted partly.
        """
        verdict, partly, is_partly = None, None, False
        for step in self.service.steps:
            if step.refused and any(course._is_unsigned(step) for _, course in self.courses(step)):
                facts = dict(self.reckoning.facts)
                return Verdict(REFUSE, "", step.refused.rule, str(step.refused.law), (), facts, None)
            found = [course.decide(step) for _, course in self.courses(step)] if step.kind == "decide" else []
            left_open = next((each for each in found if each.outcome == OFFICER), None)
            if left_open is not None:
                return left_open
            refused = [each for each in found if each.outcome == REFUSE]
            if refused and step.ends and len(refused) == len(found):
                return refused[0]
            is_partly = is_partly or bool(refused)
            if step.each is None and found:
                verdict = found[0]
                partly = verdict if refused else partly
            elif found:
                verdict = verdict or next(each for each in found if each.outcome == GRANT)
        if verdict is None and all(step.kind != "decide" for step in self.service.steps):
            raise ValueError(f"{self.service.id}: no step decides")
        if verdict is None:  # every table was passed over: nobody is granted by silence
            return Verdict(OFFICER, "", "", "", (), dict(self.reckoning.facts), None)
        return replace(partly or verdict, outcome=PARTLY) if is_partly else verdict

    def _is_unsigned(self, step: Step) -> bool:
        """Whether the party said no; of a group, this item's."""
        signer = step.names[0].partition(".")[0] if step.each else step.names[0]
        return self.fact(f"{signer}.signed") is False

    def rules_of_items(self) -> tuple[str, ...]:
        """What the last table that decides on each item says of each: its rule, or "" where no rule answers."""
        steps = [step for step in self.service.steps if step.kind == "decide" and step.each]
        if not steps:
            return ()
        return tuple(course.decide(steps[-1]).rule for _, course in self.courses(steps[-1]))


def minor(value: object, currency: str) -> int | None:
    """Money as it is stored: whole qəpiks, half a qəpik rounded up."""
    number = cells.as_number(value)
    if number is None:
        return None
    return Money(1, currency).times(Decimal(number) / Money(1, currency).major()).minor


def _stored(fact: facts_of_service.Fact | None, value: object, currency: str) -> object:
    """Money that comes in as whole qəpiks is reckoned with in the unit of the currency."""
    is_money = fact is not None and fact.kind == "money" and fact.source in facts_of_service.GIVEN
    if is_money and isinstance(value, int) and not isinstance(value, bool):
        return as_fact(Money(value, currency).major())
    return value


def _rows(value: object) -> Sequence[Item]:
    return value if isinstance(value, tuple | list) else ()


def _whole_item(
    country: Country, known: Mapping[str, facts_of_service.Fact], group: str, row: Item, on: date
) -> dict[str, object]:
    """An item with what follows from it: identifiers and ages of its persons, money as it is reckoned with."""
    whole = {name: _stored(known.get(f"{group}.{name}"), value, country.currency) for name, value in row.items()}
    identifier = country.person.identifier
    for name, fact in known.items():
        if fact.group == group and fact.kind == "person" and name.startswith(f"{group}."):
            person = name.removeprefix(f"{group}.")
            named = whole.get(person, whole.get(f"{person}.{identifier}"))
            if named is not None:
                whole |= {person: named, f"{person}.{identifier}": named}
            born = whole.get(f"{person}.birth_date")
            if isinstance(born, date) and f"{person}.age" not in whole:
                whole[f"{person}.age"] = full_years(born, on)
    return whole


def _in_line(value: object, greatest_first: bool) -> tuple[int, object]:
    number = cells.as_number(value)
    if isinstance(value, bool):
        number = int(value)
    if number is None and isinstance(value, datetime):
        number = int((value.replace(tzinfo=None) - datetime.min).total_seconds())
    elif number is None and isinstance(value, date):
        number = value.toordinal()
    if number is None:
        return 1, 0
    return 0, -number if greatest_first else number


def is_constant(country: Country, word: str, field: Field | None, known: Mapping[str, facts_of_service.Fact]) -> bool:
    """Whether a word in a row stands for itself: a number, quoted text, or a code of the field that is no fact."""
    if word.startswith('"') or word.lstrip("-")[:1].isdigit():
        return True
    if field is None or word in known or "." in word:
        return False
    codes = facts_of_service.values_of(country, field)
    return (codes is not None and word in codes) or (field.kind == "boolean" and word in ("true", "false"))


def constant(word: str, field: Field | None, currency: str) -> object:
    kind = field.kind if field else ""
    if word.startswith('"'):
        return word[1:-1]
    if kind == "boolean":
        return word == "true"
    number = cells.as_number(word)
    if number is not None and kind == "money":
        return minor(number, currency)
    if number is not None and kind in ("integer", "decimal", "percent"):
        return int(number) if kind == "integer" else as_fact(number)
    return word


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
