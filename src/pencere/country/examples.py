"""Runs the examples of a service: does the declaration say what the law wants?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from pencere.base.errors import BadDeclaration
from pencere.base.terms import UnknownYear, due, knows_unit
from pencere.country.course import Course
from pencere.country.declarations import Country, Example, Service
from pencere.country.facts import GIVEN, Fact, facts
from pencere.country.records import did_you_mean
from pencere.country.values import read_value, shown

EXPECTED = ("outcome", "rule", "law", "due")
"""What an example may expect besides facts."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of an example: what differs, in sentences, and the rules that answered."""

    problems: tuple[str, ...]
    reached: frozenset[tuple[str, str]]  # table, rule


def run(country: Country, service: Service, example: Example, known: Mapping[str, Fact] | None = None) -> Ran:
    """`known`: the facts of the service, where the caller has them already."""
    known = facts(country, service) if known is None else known
    problems: list[str] = []
    given = _given(country, known, example, problems)
    for fact in example.expect:
        if fact not in EXPECTED and fact not in known:
            advice = did_you_mean(fact, (*EXPECTED, *known))
            problems.append(f'expects "{fact}", which is no fact of the service{advice}')
    if problems:
        return Ran(tuple(problems), frozenset())
    course = Course(country, service, given, example.today)
    try:
        found = _found(course, example)
    except BadDeclaration as bad:
        return Ran(tuple(str(finding) for finding in bad.findings), frozenset())
    except UnknownYear as unknown:
        return Ran((f"the days of {unknown.year} are not declared in calendar.yaml",), frozenset())
    for name, expected in example.expect.items():
        if found[name] != expected:
            problems.append(f"{name} is {found[name]}, expected {expected}")
    outcomes = course.reckoning.outcomes.values()
    return Ran(tuple(problems), frozenset((each.table, each.rule) for each in outcomes if each is not None))


def _given(country: Country, known: Mapping[str, Fact], example: Example, problems: list[str]) -> dict[str, object]:
    given: dict[str, object] = {}
    outside = {name: fact for name, fact in known.items() if fact.source in GIVEN}
    for name, text in example.given.items():
        fact = known.get(name)
        if fact is None:
            problems.append(f'gives "{name}", which is no fact of the service{did_you_mean(name, outside)}')
        elif name not in outside:
            problems.append(f'gives "{name}", which is computed; give what it is made of')
        else:
            try:
                given[name] = read_value(country, fact, str(text))
            except ValueError as wrong:
                problems.append(f"gives {name}: {wrong}")
    return given


def _found(course: Course, example: Example) -> dict[str, str]:
    """What the declaration says about all that the example expects, as text."""
    service = course.service
    verdict = course.verdict() if any(step.kind == "decide" for step in service.steps) else None
    found = {}
    for name in example.expect:
        if name == "outcome":
            found[name] = verdict.outcome if verdict else "none"
        elif name == "rule":
            found[name] = (verdict.rule if verdict else "") or "none"
        elif name == "law":
            found[name] = (verdict.law if verdict else "") or "none"
        elif name == "due":
            found[name] = _due(course, example.today)
        else:
            found[name] = shown(course.fact(name))
    return found


def _due(course: Course, today: date) -> str:
    term = course.service.term
    if term is None or not knows_unit(term.longest.unit, course.country.calendar):
        return "none"
    start: date | datetime = today
    if term.longest.unit == "hours":
        start = datetime.combine(today, time(9), ZoneInfo(course.country.time_zone)).astimezone(UTC)
    return due(term.longest, start, course.country.calendar).day.isoformat()
