"""Facts from holders, through the exchange, and whom a person may act for. Never inside a transaction.

Every question goes out under the service's own law and is logged before an answer comes back. A holder that is
silent, answers garbage or has no agreement with us raises Unavailable: the case waits, nothing is taken for "no".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from pencere.applications import rules, statements, timeline, values, versions, walk
from pencere.applications.models import Case, Fact
from pencere.applications.versions import Version
from pencere.base.errors import Refused, Unavailable
from pencere.base.terms import is_below
from pencere.country.course import Course
from pencere.country.declarations import Evidence, Field
from pencere.exchange import actions as exchange
from pencere.identity import actions as identity


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom we ask: account id of the person present, and the kind of looker; never an identifier."""

    account: str
    who: str  # person, system, officer:<role>


@dataclass(frozen=True, slots=True)
class Gathered:
    """The register facts of a case, old ones that still hold and new ones, and the evidence they came with."""

    rows: tuple[Fact, ...]
    fetched: frozenset[str]
    is_news: bool  # something was asked anew, or is not needed any more
    changed: bool  # a value differs from the one that the person was shown


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person whom the applicant may act for, on what ground; "self" is the applicant."""

    identifier: str
    name: str
    ground: str


def gather(
    case: Case, version: Version, rows: Iterable[Fact], asker: Asker, *, now: datetime, until_submit: bool
) -> Gathered:
    """Asks for every fact that the case needs and that is missing, stale, or was asked with other keys.

    Writes nothing. Raises Unavailable with the agency that did not answer.
    """
    rows = list(rows)
    old = {row.name: row for row in rows if row.source == "register"}
    work = _Gathering(case, version, rows, asker, now)
    work.persons()
    work.evidence(until_submit)
    return Gathered(
        rows=tuple(work.rows),
        fetched=frozenset(work.fetched),
        is_news=any(row.pk is None for row in work.rows) or len(work.rows) != len(old),
        changed=any(row.name in old and old[row.name].value != row.value for row in work.rows),
    )


def keep_facts(case: Case, rows: Iterable[Fact], old: Iterable[Fact] | None = None) -> None:
    """Puts register facts in place of the old ones; inside a transaction that holds the case.

    `old`: the case's facts, where the caller has just read them under the edition that the case still has.
    """
    rows = list(rows)
    kept = {row.pk for row in rows if row.pk}
    if old is None or any(row.source == "register" and row.pk not in kept for row in old):
        Fact.objects.filter(case=case, source="register").exclude(pk__in=kept).delete()
    statements.add_facts.of(*(row for row in rows if not row.pk))


def fetch_evidence(case: Case, asker: Asker, *, now: datetime) -> Gathered:
    """Brings a draft's facts up to date and keeps them; the person sees them before anything is sent."""
    gathered = gather(case, versions.of(case), case.facts.all(), asker, now=now, until_submit=True)
    if not gathered.is_news:
        return gathered
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        if locked.state != rules.DRAFT or locked.edition != case.edition:
            raise Refused("changed_meanwhile")
        keep_facts(locked, gathered.rows)
        locked.edition += 1
        locked.save(update_fields=["edition"])
    case.edition = locked.edition
    return gathered


def persons_for(case: Case, version: Version, asker: Asker, name: str, *, now: datetime) -> tuple[Candidate, ...]:
    """Whom the applicant may act for, as the registers say today; each proof is written down as a mandate."""
    found = []
    today = timeline.day_of(now)
    for ground in version.service.applicant.acts_as:
        if ground == "self":
            found.append(Candidate(case.applicant, name, "self"))
            continue
        for identifier in related(case, version, ground, asker, now=now):
            limit = version.country.representation[ground].until_age
            take = ("name",) if limit is None else ("name", "birth_date")
            facts = _person(case, version, identifier, take, asker, now)
            born = facts.get("birth_date") if facts else None
            if facts and is_below(limit, born if isinstance(born, date) else None, today):
                found.append(Candidate(identifier, str(facts.get("name") or ""), ground))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Offer:
    """Persons to choose from. `silent`: the agency whose register did not say whom else one may act for."""

    persons: tuple[Candidate, ...]
    silent: str = ""


def offer_persons(case: Case, asker: Asker, name: str, *, now: datetime) -> Offer:
    """The same, remembered by the draft for a while, so that turning a page is not a look at the children.

    While a register is silent, those remembered are offered, or the applicant alone: submission asks again anyway.
    """
    remembered = tuple(Candidate(**each) for each in case.people)
    if case.people_at is not None and now - case.people_at < rules.PEOPLE_STAY_FRESH:
        return Offer(remembered)
    version = versions.of(case)
    asked_at: datetime | None = now
    try:
        offer = Offer(persons_for(case, version, asker, name, now=now))
    except Unavailable as problem:
        may_self = "self" in version.service.applicant.acts_as
        alone = (Candidate(case.applicant, name, "self"),) if may_self else ()
        offer, asked_at = Offer(remembered or alone, problem.who), case.people_at
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        locked.people = [{"identifier": p.identifier, "name": p.name, "ground": p.ground} for p in offer.persons]
        locked.people_at = asked_at
        locked.save(update_fields=["people", "people_at"])
        if not offer.silent:
            _record_mandates(case, version, offer.persons, now)
    case.people, case.people_at = locked.people, locked.people_at
    return offer


def may_still_act(case: Case, version: Version, asker: Asker, *, now: datetime) -> bool:
    """Whether the applicant may act for the subject today. Asked anew each time it matters."""
    if case.ground == "self":
        return case.applicant == case.subject
    if case.subject not in related(case, version, case.ground, asker, now=now):
        return False
    limit = version.country.representation[case.ground].until_age
    if limit is None:
        return True
    facts = _person(case, version, case.subject, ("birth_date",), asker, now)
    born = facts.get("birth_date") if facts else None
    return is_below(limit, born if isinstance(born, date) else None, timeline.day_of(now))


def children_of(officer: str, case: Case, version: Version, asker: Asker, *, now: datetime) -> Collection[str]:
    """The officer's own children, so that nobody decides about them; asked only where somebody is acted for."""
    grounds = [ground for ground in version.country.representation if ground != "self"]
    return {child for ground in grounds for child in related(case, version, ground, asker, now=now, of=officer)}


def related(case: Case, version: Version, ground: str, asker: Asker, *, now: datetime, of: str = "") -> tuple[str, ...]:
    """Whom somebody (the applicant, unless named) stands beside, by the relation that the ground rests on."""
    relation = version.country.representation[ground].relation
    return exchange.related(
        relation,
        of or case.applicant,
        consumer_agency=version.service.agency,
        service=version.service.id,
        case=case.ref,
        who=asker.who,
        person=asker.account,
        now=now,
    )


def _record_mandates(case: Case, version: Version, found: Iterable[Candidate], now: datetime) -> None:
    for person in found:
        if person.ground != "self":
            relation = version.country.relations[version.country.representation[person.ground].relation]
            identity.record_mandate(case.applicant, person.identifier, person.ground, relation.from_, now, None)


def _person(
    case: Case, version: Version, identifier: str, take: tuple[str, ...], asker: Asker, now: datetime
) -> Mapping[str, object] | None:
    return exchange.person_facts(
        identifier,
        take,
        consumer_agency=version.service.agency,
        service=version.service.id,
        case=case.ref,
        who=asker.who,
        person=asker.account,
        now=now,
    )


class _Gathering:
    """One round of asking, in the order of the steps: later questions use the answers of earlier ones."""

    def __init__(self, case: Case, version: Version, rows: list[Fact], asker: Asker, now: datetime) -> None:
        self.case, self.version, self.asker, self.now = case, version, asker, now
        self.old: dict[str, list[Fact]] = {}
        for row in rows:
            if row.source == "register":
                self.old.setdefault(row.evidence, []).append(row)
        self.rows: list[Fact] = []
        self.fetched: set[str] = set()
        self.today = timeline.day_of(case.submitted_at or now)
        service = version.service
        facts = values.known(case, service, [row for row in rows if row.source == "answer"])
        if case.submitted_at is None:
            pages = walk.pages(version.country, service, facts, self.today)
            facts = values.without_idle_branches(facts, service, pages)
        self.facts = facts

    def persons(self) -> None:
        for party, take in walk.facts_of_persons(self.version.country, self.version.service).items():
            identifier = self.facts.get(party)
            if not isinstance(identifier, str) or not identifier:
                continue
            asked = values.hash_of({"person": identifier, "take": take})
            if self._reuse(party, asked):
                continue
            source = self.version.country.person
            found = _person(self.case, self.version, identifier, take, self.asker, self.now)
            register = self.version.country.registers[source.from_.partition(".")[0]]
            self._add(
                party, asked, take, found, register.fields,
                register=register.id, holder=register.agency, law=str(source.law), ground="law", about=identifier,
                at=self.now,
            )  # fmt: skip

    def evidence(self, until_submit: bool) -> None:
        for _ in self.version.service.evidence:
            course = Course(self.version.country, self.version.service, self.facts, self.today)
            due = walk.evidence_due(course, self.fetched, until_submit=until_submit)
            if not due:
                return
            for each in due:
                self._ask(each, {asked: course.fact(fact) for asked, fact in each.by.items()})
                self.fetched.add(each.name)

    def _ask(self, evidence: Evidence, by: dict[str, object]) -> None:
        asked = values.hash_of({"by": by, "take": evidence.take, "from": evidence.from_})
        if self._reuse(evidence.name, asked):
            return
        service = self.version.service
        try:
            reply = exchange.ask(
                evidence.from_, by, evidence.take,
                consumer_agency=service.agency, service=service.id, case=self.case.ref, who=self.asker.who,
                person=self.asker.account, law=service.law[0], now=self.now,
            )  # fmt: skip
        except Refused as no:  # no agreement in force: an agency's matter, never a decision about the person
            raise Unavailable(_holder(self.version, evidence), no.rule) from no
        row = reply.rows[0] if reply.rows else None
        register = self.version.country.registers.get(reply.register)
        persons = set(values.parties_of(self.case, service).values())
        about = next((str(value) for value in by.values() if value in persons), "")
        self._add(
            evidence.name, asked, evidence.take, row, register.fields if register else {},
            register=reply.register, holder=reply.holder, law=reply.law, ground=reply.ground, about=about, at=reply.at,
        )  # fmt: skip

    def _reuse(self, name: str, asked: str) -> bool:
        """Whether what is there still counts: asked with the same keys, and fresh, or fresh when the case was sent."""
        rows = self.old.get(name, [])
        at = self.case.submitted_at or self.now
        if not rows or any(row.asked != asked or rules.is_stale(row.fetched_at, at) for row in rows):
            return False
        self.rows += rows
        self.facts.update(values.of_registers(rows))
        return True

    def _add(
        self, name: str, asked: str, take: tuple[str, ...], found: Mapping[str, object] | None,
        fields: Mapping[str, Field], *, register: str, holder: str, law: str, ground: str, about: str, at: datetime,
    ) -> None:  # fmt: skip
        for taken in take:
            value = found.get(taken) if found else None
            self.rows.append(
                Fact(
                    case=self.case,
                    name=f"{name}.{taken}",
                    kind=values.kind_of(fields.get(taken), taken),
                    value=values.stored(value),
                    source="register",
                    evidence=name,
                    asked=asked,
                    register=register,
                    holder=holder,
                    about=about,
                    ground=ground,
                    law=law,
                    as_of=timeline.day_of(at),
                    fetched_at=at,
                )
            )
            self.facts[f"{name}.{taken}"] = value


def _holder(version: Version, evidence: Evidence) -> str:
    """The agency that a source belongs to."""
    first = evidence.from_.partition(".")[0]
    if first in version.country.registers:
        return version.country.registers[first].agency
    return version.country.agreements[first].provider
