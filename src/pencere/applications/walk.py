"""A case's way through the steps of its service: which pages are open, what must be fetched, where it stands.

Pure. Builds on `country.course`; knows nothing of databases, persons' rights or clocks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from pencere.applications.rules import GRANTED, REFUSED
from pencere.country.cells import Condition, facts_of
from pencere.country.course import OFFICER, REFUSE, Course, Page, Verdict, facts_needed, given_facts
from pencere.country.declarations import Country, Evidence, Service, Step
from pencere.country.texts import placeholders

ACTING = "may_act_for"
"""A question `of: <party>.may_act_for` offers the persons whom that party may act for."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a submitted case stands: what it waits for, what is decided, what is to be issued.

    At most one of `missing`, `open` and `outcome` says why the walk ended: evidence is to be fetched, an officer is to
    settle a table, or the case is decided.
    """

    verdicts: tuple[Verdict, ...]
    missing: tuple[Evidence, ...] = ()
    open: Verdict | None = None
    outcome: str = ""
    settled_by: Verdict | None = None  # the verdict that decided the case
    issues: tuple[Step, ...] = ()
    unknown: tuple[str, ...] = ()  # facts that a certificate must say and nobody knows; then `open` says who settles it


def submit_number(service: Service) -> int:
    """The number of the step `submit`; behind the last one if the service has none."""
    return next((step.number for step in service.steps if step.kind == "submit"), len(service.steps) + 1)


def pages(country: Country, service: Service, facts: Mapping[str, object], today: date) -> tuple[Page, ...]:
    """Every page that is asked before submission, with its fields, under the answers and facts so far.

    An answer counts for what stands below it only if it is itself asked: a branch no longer taken asks nothing.
    """
    asked = {f"{group.name}.{field}" for group in service.questions.values() for field in group.fields}
    known = {name: value for name, value in facts.items() if name not in asked}
    found: list[Page] = []
    for step in _before_submit(service, "ask"):
        if not _holds(step.when, country, service, known, today):
            continue
        for name in step.names:
            page = _page(country, service, name, known, facts, today)
            if page is not None:
                found.append(page)
    return tuple(found)


def _page(
    country: Country, service: Service, name: str, known: dict[str, object], facts: Mapping[str, object], today: date
) -> Page | None:
    """The page of one group; adds the answers of the fields that are asked to `known`."""
    group = service.questions[name]
    if not _holds(group.when, country, service, known, today):
        return None
    fields = []
    for field in group.fields.values():
        if not _holds(field.when, country, service, known, today):
            continue
        fields.append(field)
        fact = f"{name}.{field.name}"
        if fact in facts:
            known[fact] = facts[fact]
    return Page(group, tuple(fields)) if fields else None


def _holds(
    condition: Condition | None, country: Country, service: Service, known: Mapping[str, object], today: date
) -> bool:
    return condition is None or Course(country, service, known, today).reckoning.holds(condition)


def asked_facts(found: Collection[Page]) -> frozenset[str]:
    """The names of all facts that these pages ask for."""
    return frozenset(f"{page.group.name}.{field.name}" for page in found for field in page.fields)


def is_complete(page: Page, answers: Mapping[str, object]) -> bool:
    """Whether every field that must be answered is."""
    return all(
        not field.required or answers.get(f"{page.group.name}.{field.name}") not in (None, "") for field in page.fields
    )


def evidence_due(course: Course, fetched: Collection[str], *, until_submit: bool) -> tuple[Evidence, ...]:
    """The evidence that the steps ask for and that is not there yet, as far as the facts so far lead.

    `fetched` names what is there. With `until_submit` only the steps before submission count.
    """
    last = submit_number(course.service)
    steps = (step for step in course.service.steps if step.kind == "evidence")
    found: dict[str, Evidence] = {}
    for step in steps:
        if until_submit and step.number > last:
            break
        if course.reckoning.holds(step.when):
            found.update({each.name: each for each in course.evidence(step) if each.name not in fetched})
    return tuple(found.values())


def walk(course: Course, fetched: Collection[str], officers: Mapping[str, Verdict]) -> Standing:
    """Goes through all steps with the facts at hand. `officers`: what officers settled, by table."""
    verdicts: list[Verdict] = []
    issues: list[Step] = []
    by = None
    step = course.next_step(0)
    while step is not None:
        if step.kind == "evidence":
            missing = tuple(each for each in course.evidence(step) if each.name not in fetched)
            if missing:
                return Standing(tuple(verdicts), missing=missing)
        elif step.kind == "decide":
            verdict = officers.get(step.names[0]) or course.decide(step)
            course.reckoning.facts[f"{verdict.table}.outcome"] = verdict.outcome  # an officer's word goes before
            verdicts.append(verdict)
            by = step.by
            if verdict.outcome == REFUSE:
                return Standing(tuple(verdicts), outcome=REFUSED, settled_by=verdict)
            if verdict.outcome == OFFICER:
                return Standing(tuple(verdicts), open=verdict)
        elif step.kind == "issue":
            unknown = unknown_facts(course, step)
            if unknown and verdicts:
                verdicts[-1] = replace(verdicts[-1], outcome=OFFICER, by=by)
                return Standing(tuple(verdicts), open=verdicts[-1], unknown=unknown)
            issues.append(step)
        step = course.next_step(step.number)
    settled_by = verdicts[-1] if verdicts else None
    return Standing(tuple(verdicts), outcome=GRANTED, settled_by=settled_by, issues=tuple(issues))


def unknown_facts(course: Course, step: Step) -> tuple[str, ...]:
    """The facts of the case that the step's certificate must say and that are unknown: it would have a hole."""
    declared = course.country.certificates[step.names[0]].facts
    return tuple(
        fact for name, fact in step.facts.items() if declared[name].required and course.fact(fact) in (None, "")
    )


_found: dict[str, tuple[Country, Service, Mapping[str, tuple[str, ...]]]] = {}
"""The last answer of `facts_of_persons` for each service: declarations do not change, only others are read."""


def facts_of_persons(country: Country, service: Service) -> Mapping[str, tuple[str, ...]]:
    """Which facts of each party are used anywhere, and so must be taken: party → facts that the country's source has.

    An age needs the birth date; a certificate whose paper is checked with the year of birth needs it of its subject.
    """
    found = _found.get(service.id)
    if found is None or found[0] is not country or found[1] is not service:
        found = _found[service.id] = (country, service, _facts_of_persons(country, service))
    return found[2]


def _facts_of_persons(country: Country, service: Service) -> Mapping[str, tuple[str, ...]]:
    used: dict[str, dict[str, None]] = {}
    for name in _all_needed(country, service):
        party, _, fact = name.partition(".")
        if party in service.parties and fact:
            used.setdefault(party, {})["birth_date" if fact == "age" else fact] = None
    known = country.person.facts
    return {party: tuple(fact for fact in known if fact in facts) for party, facts in used.items()}


def _all_needed(country: Country, service: Service) -> Iterator[str]:
    for step in service.steps:
        yield from facts_needed(service, step)
        if step.kind == "issue":
            kind = country.certificates.get(step.names[0])
            if kind is not None and kind.verify.second_factor == "birth_year":
                yield f"{service.subject.name}.birth_date"
    for evidence in service.evidence.values():
        yield from given_facts(service, facts_of(evidence.when))
    for key, sentences in service.texts.items():
        if key.startswith("rules."):
            inserted = [name for sentence in sentences.values() for name in placeholders(sentence)]
            yield from given_facts(service, inserted)


def offers_persons(service: Service, fact: str) -> bool:
    """Whether the answer to this question is a person whom the applicant may act for."""
    group, _, name = fact.partition(".")
    field = service.questions[group].fields.get(name) if group in service.questions else None
    return field is not None and isinstance(field.of, str) and field.of.endswith(f".{ACTING}")


def _before_submit(service: Service, kind: str) -> Iterator[Step]:
    last = submit_number(service)
    return (step for step in service.steps if step.kind == kind and step.number < last)
