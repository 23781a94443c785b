"""What the pages of a case show, in the reader's words: answers, facts with their source, decision, timeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language, gettext

from pencere.applications import attaching, courses, rules, surroundings, timeline, values, walk, wording
from pencere.applications.models import Case, Decision, Fact
from pencere.applications.versions import Version
from pencere.base import money
from pencere.base.money import Money
from pencere.base.terms import UnknownYear, due
from pencere.certificates import queries as certificates
from pencere.certificates.queries import CertificateView
from pencere.country.course import GRANT, PARTLY, REFUSE, Course
from pencere.country.declarations import Texts
from pencere.country.texts import placeholders
from pencere.ui import pieces, writing


@dataclass(frozen=True, slots=True)
class FactGroup:
    """The facts that one holder gave on one day, and whom to turn to if they are wrong."""

    title: Texts
    agency: str
    contact: Mapping[str, str]
    day: date
    law: dict[str, Any]
    rows: tuple[pieces.Row, ...]


@dataclass(frozen=True, slots=True)
class DecisionShown:
    """A decision in words. `last_day` is that of an appeal, where there is one; after an appeal there is the court.

    `taken_back`: what it gave, where nothing of it holds any more; then there is no sentence, which speaks of using it.
    """

    outcome: str
    sentence: Texts
    advice: Texts
    law: dict[str, Any] | None
    reasons: str
    by_officer: bool
    at: datetime
    trace: pieces.Table | None
    appeal_law: dict[str, Any] | None = None
    last_day: date | None = None
    to_court: bool = False
    taken_back: tuple[CertificateView, ...] = ()
    items: tuple[ItemDecided, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemDecided:
    """What was decided about one item of a group."""

    name: str
    outcome: str
    sentence: Texts
    law: dict[str, Any] | None
    reasons: str


def language() -> str:
    return get_language() or "en"


def title(version: Version) -> Texts:
    return version.service.texts.get("title", {})


def task_title(version: Version, group: str) -> Texts:
    texts = version.service.texts
    return texts.get(f"steps.{group}") or texts.get(group) or {version.country.languages[0]: group}


def group_title(version: Version, group: str) -> Texts:
    """What a group of questions is about, where `task_title` says what to do with it."""
    return version.service.texts.get(group) or task_title(version, group)


def person_name(case: Case, rows: Iterable[Fact], identifier: object) -> str:
    """The name that goes with an identifier in this case; the identifier itself is never shown in its place."""
    return known_name(case, rows, identifier) or gettext("the person")


def known_name(case: Case, rows: Iterable[Fact], identifier: object) -> str:
    """The same; empty where this case does not know the name."""
    if identifier == case.applicant and case.applicant_name:
        return case.applicant_name
    for person in case.people:
        if person["identifier"] == identifier:
            return str(person["name"])
    for row in rows:
        if row.about == identifier and row.name.endswith(".name") and row.value:
            return str(row.value)
    return attaching.called(case, str(identifier))


def subject_name(case: Case, rows: Iterable[Fact]) -> str:
    return person_name(case, rows, case.subject) if case.subject else ""


def fact_groups(version: Version, rows: Iterable[Fact]) -> list[FactGroup]:
    """The facts of registers by holder and register, in the order in which they were asked for."""
    found: dict[tuple[str, str, str], list[Fact]] = {}
    for row in rows:
        if row.source in Fact.OF_REGISTERS and row.kind != "ref":
            found.setdefault((row.holder, row.register, row.evidence), []).append(row)
    groups = (_group(version, holder, register, list(facts)) for (holder, register, _), facts in found.items())
    return [group for group in groups if group.rows]


def _group(version: Version, holder: str, register: str, rows: list[Fact]) -> FactGroup:
    day = rows[0].as_of or timeline.day_of(rows[0].fetched_at)
    agency = version.country.agencies.get(holder)
    declared = version.country.registers.get(register)
    counted = {str(each.places) for each in declared.capacity.values()} if declared else set()  # as in `field_rows`
    shown = (
        pieces.Row(
            key=writing.words(wording.label(version, row.name, row.register), language()), value=as_shown(version, row)
        )
        for row in rows
        if row.kind != "person" and not (row.source == "place" and row.name.rpartition(".")[2] in counted)
    )
    return FactGroup(
        title=declared.texts.get("title", {}) if declared else {version.country.languages[0]: register},
        agency=wording.agency(version, holder, language(), day),
        contact=agency.contact if agency else {},
        day=day,
        law=wording.law(version, rows[0].law or (str(declared.law[0]) if declared and declared.law else "")),
        rows=tuple({(str(row.key), str(row.value)): row for row in shown}.values()),  # a place chosen and given: once
    )


def as_shown(version: Version, row: Fact) -> pieces.Text:
    """The value on a page: in words; a shape drawn."""
    if row.kind == "geometry" and isinstance(row.value, Mapping):
        return surroundings.alone(version, row.name, row.value, register=row.register)
    return in_words(version, row)


def in_words(version: Version, row: Fact) -> str:
    if row.kind == values.ROWS:
        return _rows_in_words(version, row)
    declared = wording.declared_field(version, row.name, row.register) if row.kind == "text" else None
    kind = declared.kind if declared else row.kind  # a place brings its row as it stands: a district is a code
    return wording.value(
        version, row.name, values.read(row.kind, row.value), language(), kind=kind, register=row.register
    )


def _rows_in_words(version: Version, row: Fact) -> str:
    """Several rows; persons by name where this case knows it, and never by identifier."""
    rows, kinds = (row.value["rows"], row.value["kinds"]) if row.value else ([], {})
    shown = [_row_in_words(version, row, each, kinds) for each in rows]
    known = "; ".join(words for words in shown if words)
    if "person" not in kinds.values():
        return known or gettext("none")
    unnamed = len(rows) - sum(1 for words in shown if words)
    if known and unnamed:
        return gettext("%(names)s and %(number)s more") % {"names": known, "number": unnamed}
    return known or str(unnamed)


def _row_in_words(version: Version, row: Fact, each: Mapping[str, object], kinds: Mapping[str, str]) -> str:
    words = []
    for name, stored in each.items():
        kind = kinds.get(name, "text")
        if kind == "person":
            words.append(known_name(row.case, (), stored))
        elif stored not in (None, ""):
            value = values.read(kind, stored)
            words.append(
                wording.value(version, f"{row.name}.{name}", value, language(), kind=kind, register=row.register)
            )
    return ", ".join(word for word in words if word)


def source_words(version: Version, row: Fact) -> str:
    """`Register of residence – Ministry, as of 4 May 2026`."""
    if row.source == "answer":
        return gettext("your answer")
    if row.source == "officer":
        return gettext("found by an officer on %(day)s") % {"day": writing.day(row.fetched_at, language())}
    if row.source == "party":
        return gettext("said by who was asked on %(day)s") % {"day": writing.day(row.fetched_at, language())}
    declared = version.country.registers.get(row.register)
    day = row.as_of or timeline.day_of(row.fetched_at)
    return gettext("%(register)s – %(agency)s, as of %(day)s") % {
        "register": writing.words(declared.texts.get("title", {}), language()) if declared else row.register,
        "agency": wording.agency(version, row.holder, language(), day),
        "day": writing.day(day, language()),
    }


def amount(minor: int, currency: str) -> str:
    """Money as the reader's language writes it."""
    return money.show(Money(minor, currency), language())


def labels(version: Version, facts: Iterable[str]) -> str:
    """What the facts are called, in a row."""
    return ", ".join(str(writing.words(wording.label(version, fact), language())) for fact in facts)


def advice(case: Case, version: Version, rows: Sequence[Fact], *, now: datetime) -> DecisionShown | None:
    """What the tables would say as things stand, if that is no simple yes; None if it is, or cannot be told yet."""
    course = courses.course_of(case, version, rows, now=now)
    standing = walk.walk(course, {row.evidence for row in rows if row.source == "register"}, {})
    verdict = standing.open or (standing.settled_by if standing.outcome == rules.REFUSED else None)
    if verdict is None:
        return None
    return DecisionShown(
        outcome=verdict.outcome,
        sentence={language(): unknown_words(version, standing.unknown)}
        if standing.unknown
        else wording.rule(version, verdict.rule, verdict.facts, rows),
        advice=wording.rule(version, verdict.rule, verdict.facts, rows, ".hint"),
        law=wording.law(version, verdict.law) if verdict.law else None,
        reasons="",
        by_officer=False,
        at=now,
        trace=None,
    )


def unknown_words(version: Version, facts: Iterable[str]) -> str:
    """Why a certificate cannot be made."""
    return gettext("The document must say this, and no register has it: %(labels)s.") % {
        "labels": labels(version, facts)
    }


def decision(
    case: Case, version: Version, rows: Sequence[Fact], decisions: Sequence[Decision], papers: Sequence[CertificateView]
) -> DecisionShown | None:
    """The last word on the case, by a table or an officer. `papers`: what the case gave.

    Where each item of a group was decided, and some were refused, it is granted in part: `items` has each.
    """
    if not decisions or case.decided_at is None:
        return None
    last = _settling(case, decisions)
    course = courses.course_of(case, version, rows, now=case.decided_at)
    facts = _facts_of(course, version, last)
    of_officer = last.by != "system"
    taken_back = tuple(papers) if papers and all_revoked(papers) else ()
    silent = of_officer or bool(taken_back) or last.item >= 0  # what became of an item stands with the item
    refused = case.outcome in (rules.REFUSED, rules.PARTLY)
    is_appeal = case.begun_by == "appeal"
    terms = version.service.appeal or version.country.defaults.appeal
    return DecisionShown(
        outcome={rules.GRANTED: GRANT, rules.PARTLY: PARTLY}.get(case.outcome, REFUSE),
        sentence={} if silent else wording.rule(version, last.rule, facts, rows),
        advice={} if silent else wording.rule(version, last.rule, facts, rows, ".hint"),
        law=wording.law(version, last.law) if last.law and last.item < 0 else None,
        reasons=last.reasons if last.item < 0 and last.reasons else _reasons(decisions),
        by_officer=of_officer,
        at=last.at,
        trace=trace(version, rows, last),
        appeal_law=wording.law(version, terms.law) if refused and not is_appeal else None,
        last_day=last_day(version, case.decided_at) if refused and not is_appeal else None,
        to_court=refused and is_appeal,
        taken_back=taken_back,
        items=tuple(_item(case, version, rows, course, each) for each in _of_items(decisions)),
    )


def _settling(case: Case, decisions: Sequence[Decision]) -> Decision:
    """The decision that settled the case: of its rule, else the last one on the case, else the last."""
    by_rule = [each for each in decisions if case.rule and each.rule == case.rule]
    whole = [each for each in decisions if each.item < 0]
    return (by_rule or whole or list(decisions))[-1]


def _reasons(decisions: Sequence[Decision]) -> str:
    """Why an officer settled a question on the way, where a table had the last word."""
    return next((each.reasons for each in reversed(decisions) if each.item < 0 and each.reasons), "")


def _of_items(decisions: Sequence[Decision]) -> list[Decision]:
    """The last word on each item."""
    last = {each.item: each for each in decisions if each.item >= 0}
    return [last[item] for item in sorted(last)]


def _facts_of(course: Course, version: Version, of: Decision) -> dict[str, object]:
    """What a sentence about the decision may insert."""
    facts = {**course.reckoning.facts, **{each["fact"]: each["value"] for each in of.trace}}
    for derived in version.service.derive:
        facts[derived.name] = course.fact(derived.name)
    for sentence in version.service.texts.get(f"rules.{of.rule}", {}).values():
        for name in placeholders(sentence):  # outputs of tables, amounts of the law
            facts.setdefault(name, course.fact(name))
    return facts


def _item(case: Case, version: Version, rows: Sequence[Fact], course: Course, of: Decision) -> ItemDecided:
    step = next((step for step in version.service.steps if step.kind == "decide" and of.table in step.names), None)
    group = step.each if step and step.each else ""
    inside = course.item(group, of.item) if group else course
    facts = _facts_of(inside, version, of)
    return ItemDecided(
        name=item_name(case, version, rows, group, of.item),
        outcome=of.outcome,
        sentence={} if of.by != "system" else wording.rule(version, of.rule, facts, rows),
        law=wording.law(version, of.law) if of.law else None,
        reasons=of.reasons,
    )


def item_name(case: Case, version: Version, rows: Sequence[Fact], group: str, item: int) -> str:
    """What an item of a group is called: the person it is about, else its number."""
    number = gettext("Entry %(number)s") % {"number": item + 1}
    questions = version.service.questions.get(group)
    row = next((row for row in rows if row.name == group and row.kind == values.ROWS), None)
    items: Sequence[Mapping[str, object]] = row.value["rows"] if row is not None and row.value else ()
    if questions is None or item >= len(items):
        return number
    for field in questions.fields.values():
        if field.kind == "person" and items[item].get(field.name):
            return person_name(case, rows, items[item][field.name])
    return number


def trace(version: Version, rows: Sequence[Fact], of: Decision) -> pieces.Table | None:
    """Which facts the rule looked at, their values, and where each came from."""
    known = {row.name: row for row in rows}
    used = [each for each in of.trace if _is_named(version, each["fact"], known.get(each["fact"]))]
    columns = (gettext("Fact"), gettext("Value"), gettext("Where it comes from"))
    if not used:
        return None
    return pieces.Table(
        caption=gettext("Facts that the rule looked at"),
        columns=tuple(pieces.Cell(column) for column in columns),
        rows=tuple(_used(version, each, known.get(each["fact"])) for each in used),
    )


def _is_named(version: Version, fact: str, row: Fact | None) -> bool:
    return wording.is_named(version, fact, row.register if row else "")


def _used(version: Version, used: Mapping[str, Any], row: Fact | None) -> tuple[pieces.Cell, ...]:
    label = wording.label(version, used["fact"], row.register if row else "")
    shown = in_words(version, row) if row else wording.value(version, used["fact"], used["value"], language())
    if row is not None:
        source = source_words(version, row)
    elif used["fact"].rpartition(".")[0] in {*version.service.evidence, *version.service.questions}:
        source = gettext("was not asked")
    else:
        source = gettext("worked out from other facts")
    return pieces.Cell(writing.words(label, language())), pieces.Cell(shown), pieces.Cell(source)


def last_day(version: Version, decided_at: datetime) -> date | None:
    """The last day of an appeal; None where the days of the year are not declared."""
    terms = version.service.appeal or version.country.defaults.appeal
    try:
        return due(terms.within, timeline.day_of(decided_at), version.country.calendar).day
    except UnknownYear:
        return None


def papers(case: Case, now: datetime) -> tuple[CertificateView, ...]:
    """The certificates that the case gave."""
    return certificates.of_case(case.ref, now) if case.outcome in (rules.GRANTED, rules.PARTLY) else ()


def all_revoked(papers: Iterable[CertificateView]) -> bool:
    """Whether nothing that the case gave holds any more."""
    return all(paper.revoked_on is not None for paper in papers)
