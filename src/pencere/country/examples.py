"""Runs the examples of a service: does the declaration say what the law wants?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from pencere.base.errors import BadDeclaration
from pencere.base.money import Money
from pencere.base.terms import UnknownYear, due, knows_unit
from pencere.country.cells import as_number
from pencere.country.course import Course
from pencere.country.declarations import Country, Example, Service
from pencere.country.facts import GIVEN, GROUP, Fact, known_facts
from pencere.country.functions import as_fact
from pencere.country.records import did_you_mean
from pencere.country.using import CLOCKS
from pencere.country.values import read_value, shown

EXPECTED = ("outcome", "rule", "law", "each", "due")
"""What an example may expect besides facts, amounts by their names, and `fee.<name>`."""
NINE = time(9)


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of an example: what differs, in sentences, and the rules that answered."""

    problems: tuple[str, ...]
    reached: frozenset[tuple[str, str]]  # table, rule


def run(country: Country, service: Service, example: Example, known: Mapping[str, Fact] | None = None) -> Ran:
    """`known`: the facts of the service, where the caller has them already."""
    known = known_facts(country, service) if known is None else known
    problems: list[str] = []
    given = _given(country, service, known, example, problems)
    expectable = (*EXPECTED, *(f"fee.{name}" for name in service.fees), *known, *service.amounts)
    for fact in example.expect:
        if fact not in expectable:
            problems.append(f'expects "{fact}", which is no fact of the service{did_you_mean(fact, expectable)}')
    if problems:
        return Ran(tuple(problems), frozenset())
    course = Course(country, service, given, example.today)
    try:
        found = {name: _found(course, name, known) for name in example.expect}
        reached = frozenset(_reached(course))
    except BadDeclaration as bad:
        return Ran(tuple(str(finding) for finding in bad.findings), frozenset())
    except UnknownYear as unknown:
        return Ran((f"the days of {unknown.year} are not declared in calendar.yaml",), frozenset())
    for name, expected in example.expect.items():
        if not _is_same(found[name], expected):
            problems.append(f"{name} is {_in_words(found[name])}, expected {_in_words(expected)}")
    return Ran(tuple(problems), reached)


def _is_same(found: object, expected: object) -> bool:
    """Numbers are the same however they are written: 466.9 is 466.90."""
    if found == expected or isinstance(found, tuple):
        return found == expected
    first, second = as_number(found), as_number(expected)
    return first is not None and second is not None and first == second


def _in_words(value: object) -> str:
    return f"[{', '.join(str(each) for each in value)}]" if isinstance(value, tuple) else str(value)


def _given(
    country: Country, service: Service, known: Mapping[str, Fact], example: Example, problems: list[str]
) -> dict[str, object]:
    """What the example says; of rows that it does not speak of there are none."""
    given: dict[str, object] = {}
    for evidence in service.evidence.values():
        if evidence.many is not None and evidence.when is None:
            given[evidence.name] = ()
    given["case.ref"] = "EXAMPLE"
    outside = {name: fact for name, fact in known.items() if fact.source in GIVEN and not fact.group}
    for name, value in example.given.items():
        fact = known.get(name)
        if fact is None:
            problems.append(f'gives "{name}", which is no fact of the service{did_you_mean(name, outside)}')
        elif fact.kind == GROUP:
            given[name] = _items(country, known, name, value, problems)
        elif name not in outside:
            why = f"is one for each of {fact.group}" if fact.source in GIVEN else "is computed; give what it is made of"
            problems.append(f'gives "{name}", which {why}')
        elif isinstance(value, tuple):
            given[name] = tuple(_value(country, fact, str(each), problems) for each in value)
        else:
            given[name] = _value(country, fact, str(value), problems)
            if fact.many and given[name] is not None:
                given[name] = (given[name],)
    return given


def _items(
    country: Country, known: Mapping[str, Fact], group: str, value: object, problems: list[str]
) -> tuple[dict[str, object], ...]:
    if not isinstance(value, tuple) or not all(isinstance(item, dict) for item in value):
        problems.append(f"gives {group}: a list of items, like [{{…}}, {{…}}]")
        return ()
    own = {name.removeprefix(f"{group}."): fact for name, fact in known.items() if fact.group == group}
    items = []
    for item in value:
        read: dict[str, object] = {}
        for name, text in item.items():
            fact = own.get(name)
            if fact is None or fact.source not in GIVEN:
                problems.append(f'gives "{group}.{name}", which is no fact of an item{did_you_mean(name, own)}')
            else:
                read[name] = _value(country, fact, text, problems)
        items.append(read)
    return tuple(items)


def _value(country: Country, fact: Fact, text: str, problems: list[str]) -> object:
    try:
        return read_value(country, fact, text)
    except ValueError as wrong:
        problems.append(f"gives {fact.name}: {wrong}")
        return None


def _found(course: Course, name: str, known: Mapping[str, Fact]) -> object:
    """What the declaration says about something that the example expects, as text."""
    service = course.service
    if name in ("outcome", "rule", "law"):
        if all(step.kind != "decide" for step in service.steps):
            return "none"
        return getattr(course.verdict(), name) or "none"
    if name == "each":
        return tuple(rule or "none" for rule in course.rules_of_items())
    if name == "due":
        return _due(course)
    if name not in known and name.startswith("fee."):
        fee = course.fee(name.removeprefix("fee."))
        return "null" if fee is None else as_fact(Money(fee, course.country.currency).major())
    value = course.fact(name if name in known else f"amounts.{name}")
    if isinstance(value, tuple):
        return tuple(shown(each) for each in value)
    return shown(value)


def _due(course: Course) -> str:
    """The last day of the term, where everything happens today: submission, payment, visit."""
    declared = course.service.term
    term = course.term(declared) if declared else None
    calendar = course.country.calendar
    if declared is None or term is None or not knows_unit(term.unit, calendar):
        return "none"
    began: object = course.today if declared.from_ in CLOCKS else course.fact(declared.from_)
    if isinstance(began, datetime):
        began = began.date()
    if not isinstance(began, date):
        return "none"
    start: date | datetime = began
    if term.unit == "hours":
        start = datetime.combine(began, NINE, ZoneInfo(course.country.time_zone)).astimezone(UTC)
    return due(term, start, calendar, declared.last_day or None).day.isoformat()


def _reached(course: Course) -> Iterator[tuple[str, str]]:
    """Table and rule of every table that answered, of the case and of each item."""
    service = course.service
    groups = {step.each for step in service.steps if step.each}
    courses = [course, *(course.item(group, index) for group in groups for index in range(course.items(group)))]
    for each in courses:
        for step in service.steps:
            if step.kind == "decide" and each.holds(step.when):
                each.reckoning.decide(step.names[0])
        for outcome in each.reckoning.outcomes.values():
            if outcome is not None:
                yield outcome.table, outcome.rule
        for outcomes in each.reckoning.collected.values():
            yield from ((outcome.table, outcome.rule) for outcome in outcomes)
