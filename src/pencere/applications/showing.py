"""What the pages of a case show, in the reader's words: answers, facts with their source, decision, timeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language, gettext

from pencere.applications import attaching, deciding, rules, timeline, values, walk, wording
from pencere.applications.models import Case, Decision, Event, Fact
from pencere.applications.versions import Version
from pencere.base import money
from pencere.base.money import Money
from pencere.base.terms import UnknownYear, due
from pencere.certificates import queries as certificates
from pencere.certificates.queries import CertificateView
from pencere.country.course import REFUSE
from pencere.country.declarations import Texts
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
    """A decision in words. `last_day` is that of an appeal, where there is one.

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
    taken_back: tuple[CertificateView, ...] = ()


def language() -> str:
    return get_language() or "en"


def title(version: Version) -> Texts:
    return version.service.texts.get("title", {})


def task_title(version: Version, group: str) -> Texts:
    texts = version.service.texts
    return texts.get(f"steps.{group}") or texts.get(group) or {version.country.languages[0]: group}


def person_name(case: Case, rows: Iterable[Fact], identifier: object) -> str:
    """The name that goes with an identifier in this case; the identifier itself is never shown in its place."""
    if identifier == case.applicant and case.applicant_name:
        return case.applicant_name
    for person in case.people:
        if person["identifier"] == identifier:
            return str(person["name"])
    for row in rows:
        if row.about == identifier and row.name.endswith(".name") and row.value:
            return str(row.value)
    return attaching.called(case, str(identifier)) or gettext("the person")


def subject_name(case: Case, rows: Iterable[Fact]) -> str:
    return person_name(case, rows, case.subject) if case.subject else ""


def fact_groups(version: Version, rows: Iterable[Fact]) -> list[FactGroup]:
    """The facts of registers by holder and register, in the order in which they were asked for."""
    found: dict[tuple[str, str, str], list[Fact]] = {}
    for row in rows:
        if row.source == "register":
            found.setdefault((row.holder, row.register, row.evidence), []).append(row)
    return [_group(version, holder, register, list(facts)) for (holder, register, _), facts in found.items()]


def _group(version: Version, holder: str, register: str, rows: list[Fact]) -> FactGroup:
    day = rows[0].as_of or timeline.day_of(rows[0].fetched_at)
    agency = version.country.agencies.get(holder)
    declared = version.country.registers.get(register)
    return FactGroup(
        title=declared.texts.get("title", {}) if declared else {version.country.languages[0]: register},
        agency=wording.agency(version, holder, language(), day),
        contact=agency.contact if agency else {},
        day=day,
        law=wording.law(version, rows[0].law),
        rows=tuple(
            pieces.Row(
                key=writing.words(wording.label(version, row.name, row.register), language()),
                value=in_words(version, row),
            )
            for row in rows
            if row.kind != "person"
        ),
    )


def in_words(version: Version, row: Fact) -> str:
    return wording.value(
        version, row.name, values.read(row.kind, row.value), language(), kind=row.kind, register=row.register
    )


def source_words(version: Version, row: Fact) -> str:
    """`Register of residence – Ministry, as of 4 May 2026`."""
    if row.source == "answer":
        return gettext("your answer")
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
    course = deciding.course_of(case, version, rows, now=now)
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
    """The last word on the case, by a table or an officer. `papers`: what the case gave."""
    if not decisions or case.decided_at is None:
        return None
    last = decisions[-1]
    course = deciding.course_of(case, version, rows, now=case.decided_at)
    facts = {**course.reckoning.facts, **{each["fact"]: each["value"] for each in last.trace}}
    for derived in version.service.derive:
        facts[derived.name] = course.fact(derived.name)
    of_officer = last.by != "system"
    taken_back = tuple(papers) if all_revoked(papers) else ()
    silent = of_officer or bool(taken_back)
    refused = last.outcome == REFUSE
    return DecisionShown(
        outcome=last.outcome,
        sentence={} if silent else wording.rule(version, last.rule, facts, rows),
        advice={} if silent else wording.rule(version, last.rule, facts, rows, ".hint"),
        law=wording.law(version, last.law) if last.law else None,
        reasons=last.reasons,
        by_officer=of_officer,
        at=last.at,
        trace=trace(version, rows, last),
        appeal_law=wording.law(version, version.country.defaults.appeal.law) if refused else None,
        last_day=last_day(version, case.decided_at) if refused else None,
        taken_back=taken_back,
    )


def trace(version: Version, rows: Sequence[Fact], of: Decision) -> pieces.Table | None:
    """Which facts the rule looked at, their values, and where each came from."""
    if not of.trace:
        return None
    known = {row.name: row for row in rows}
    columns = (gettext("Fact"), gettext("Value"), gettext("Where it comes from"))
    return pieces.Table(
        caption=gettext("Facts that the rule looked at"),
        columns=tuple(pieces.Cell(column) for column in columns),
        rows=tuple(_used(version, used, known.get(used["fact"])) for used in of.trace),
    )


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
    try:
        return due(version.country.defaults.appeal.within, timeline.day_of(decided_at), version.country.calendar).day
    except UnknownYear:
        return None


def events(case: Case, version: Version, rows: Iterable[Event], *, for_officer: bool = False) -> list[pieces.Event]:
    """The timeline, oldest first; what is still to come stands last."""
    shown = [
        pieces.Event(
            title=event_words(case, version, row),
            when=writing.moment(row.at, language()),
            at=writing.machine_time(row.at),
            text=_event_text(row, version, for_officer=for_officer),
        )
        for row in rows
    ]
    if case.state in rules.UNDECIDED and case.due_on != rules.NEVER:
        day = writing.day(case.due_on, language())
        shown.append(
            pieces.Event(title=gettext("Last day for the answer"), when=day, at=case.due_on.isoformat(), ahead=True)
        )
    return shown


def event_words(case: Case, version: Version, event: Event) -> str:
    if event.kind == "decided":
        granted = event.body.get("outcome") == rules.GRANTED
        return gettext("Decided: granted") if granted else gettext("Decided: refused")
    if event.kind == "waiting":
        if event.body.get("for") == "party":
            return gettext("Waiting for a person who may act")
        who = wording.agency(version, str(event.body.get("who")), language(), timeline.day_of(event.at))
        return gettext("Waiting for an answer of: %(agency)s") % {"agency": who}
    return {
        "started": gettext("Begun"),
        "moved": gettext("The form was renewed"),
        "submitted": gettext("Sent and received"),
        "resumed": gettext("The answer came; the case goes on"),
        "officer": gettext("Given to an officer, who must decide"),
        "issued": gettext("Document issued"),
        "not_issued": gettext("The document could not be made"),
        "revoked": gettext("Document taken back"),
        "withdrawn": gettext("Taken back by the applicant"),
        "lapsed": gettext("Lapsed, because it was not sent"),
    }.get(event.kind, event.kind)


def _event_text(event: Event, version: Version, *, for_officer: bool) -> str:
    if event.body.get("unknown"):
        return unknown_words(version, event.body["unknown"])
    if event.kind == "revoked":
        return str(event.body.get("reason", ""))
    if event.kind == "moved":
        labels = [str(writing.words(label, language())) for label in event.body.get("dropped", [])]
        return gettext("These answers could not be kept: %(labels)s") % {"labels": ", ".join(labels)} if labels else ""
    if for_officer and event.who.startswith("officer:"):
        return version.country.role(event.who.removeprefix("officer:"), language())
    return ""


def papers(case: Case, now: datetime) -> tuple[CertificateView, ...]:
    """The certificates that the case gave."""
    return certificates.of_case(case.ref, now) if case.outcome == rules.GRANTED else ()


def all_revoked(papers: Iterable[CertificateView]) -> bool:
    """Whether nothing that the case gave holds any more."""
    return all(paper.revoked_on is not None for paper in papers)
