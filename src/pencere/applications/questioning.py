"""What a case asks before it is sent: its pages under the answers so far, whether they are whole, what is fetched.

Pure. Builds on `country.course`; knows nothing of databases, persons' rights or clocks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from pencere.country.cells import Condition
from pencere.country.course import Course, Page
from pencere.country.declarations import Country, Evidence, QuestionGroup, Service, Step


def submit_number(service: Service) -> int:
    """The number of the step `submit`; behind the last one if the service has none."""
    return next((step.number for step in service.steps if step.kind == "submit"), len(service.steps) + 1)


def pages(country: Country, service: Service, facts: Mapping[str, object], today: date) -> tuple[Page, ...]:
    """Every page that the applicant is asked before submission, with its fields, under the answers and facts so far.

    An answer counts for what stands below it only if it is itself asked: a branch no longer taken asks nothing. A
    repeating group has all its fields, of which an item may need fewer.
    """
    asked = {name for group in service.questions.values() for name in names_of(group)}
    known = {name: value for name, value in facts.items() if name not in asked}
    found: list[Page] = []
    for step in service.steps:
        if step.number > submit_number(service) or step.kind not in ("ask", "evidence"):
            continue
        if step.kind == "ask" and not is_applicants(service, step.who):
            continue
        if not _holds(step.when, country, service, known, today):
            continue
        for name in step.names if step.kind == "ask" else _asked_instead(service, step, known):
            page = _page(country, service, name, known, facts, today)
            if page is not None:
                found.append(page)
    return tuple(found)


def names_of(group: QuestionGroup) -> tuple[str, ...]:
    """The names of the facts that a group asks for."""
    return (group.name,) if group.many else tuple(f"{group.name}.{field}" for field in group.fields)


def _asked_instead(service: Service, step: Step, known: Mapping[str, object]) -> Iterator[str]:
    """Groups that are asked where a holder turned out to have no row."""
    for name in step.names:
        evidence = service.evidence[name]
        if evidence.none is not None and evidence.none.ask and has_no_row(evidence, known):
            yield evidence.none.ask


def has_no_row(evidence: Evidence, facts: Mapping[str, object]) -> bool:
    """Whether the holder was asked and has nothing."""
    if evidence.many:
        return facts.get(evidence.name) == ()
    taken = [f"{evidence.name}.{each}" for each in evidence.take]
    return all(name in facts and facts[name] is None for name in taken)


def is_applicants(service: Service, who: str | None) -> bool:
    """Whether a step that names this party (None: nobody) is the applicant's."""
    return who is None or who == service.applicant.name


def _page(
    country: Country, service: Service, name: str, known: dict[str, object], facts: Mapping[str, object], today: date
) -> Page | None:
    """The page of one group; adds the answers of the fields that are asked to `known`."""
    group = service.questions[name]
    if not _holds(group.when, country, service, known, today):
        return None
    if group.many:
        if name in facts:
            known[name] = facts[name]
        return Page(group, tuple(group.fields.values()))
    fields = []
    for each in group.fields.values():
        if not _holds(each.when, country, service, known, today):
            continue
        fields.append(each)
        fact = f"{name}.{each.name}"
        if fact in facts:
            known[fact] = facts[fact]
    return Page(group, tuple(fields)) if fields else None


def _holds(
    condition: Condition | None, country: Country, service: Service, known: Mapping[str, object], today: date
) -> bool:
    return condition is None or Course(country, service, known, today).reckoning.holds(condition)


def asked_facts(found: Collection[Page]) -> frozenset[str]:
    """The names of all facts that these pages ask for."""
    names: set[str] = set()
    for page in found:
        names |= {page.group.name} if page.group.many else {f"{page.group.name}.{field.name}" for field in page.fields}
    return frozenset(names)


def is_complete(page: Page, answers: Mapping[str, object]) -> bool:
    """Whether every field that must be answered is; of a repeating group, in every item, and there are enough."""
    if page.group.many:
        rows = answers.get(page.group.name)
        if not isinstance(rows, tuple | list):
            return page.group.many[0] == 0 and page.group.name in answers
        least, most = page.group.many
        asked = [field for field in page.fields if field.required and field.when is None]
        whole = all(row.get(field.name) not in (None, "") for row in rows for field in asked)
        return least <= len(rows) <= most and whole
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
