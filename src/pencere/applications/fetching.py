"""Facts from holders, through the exchange. Never inside a transaction.

Every question goes out under the service's own law and is logged before an answer comes back. A holder that is
silent, answers garbage or has no agreement with us raises Unavailable: the case waits, nothing is taken for "no".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from pencere.applications import deadlines, parties, questioning, rules, statements, timeline, values, versions, walk
from pencere.applications.holders import Asker, consumer_of
from pencere.applications.models import Case, Fact
from pencere.applications.versions import Version
from pencere.applications.walk import NOTHING, History
from pencere.base.errors import Refused, Unavailable
from pencere.base.terms import Term
from pencere.country.course import Course
from pencere.country.declarations import Evidence, Field
from pencere.exchange import actions as exchange

CONSENT = "consent"
"""`consent.<evidence>` is the person's yes or no to asking for it, where the law wants one."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The register facts of a case, old ones that still hold and new ones, and the evidence they came with."""

    rows: tuple[Fact, ...]
    fetched: Mapping[str, int]  # evidence → the round it came in
    is_news: bool  # something was asked anew, or is not needed any more
    changed: bool  # a value differs from the one that the person was shown


def gather(
    case: Case, version: Version, rows: Iterable[Fact], asker: Asker, *, now: datetime, until_submit: bool,
    past: History = NOTHING, anew: bool = False,
) -> Gathered:  # fmt: skip
    """Asks for every fact that the case needs and that is missing, stale, or was asked with other keys.

    Of a sent case as far as its walk leads with what happened (`past`). `anew`: whatever is there is asked again.
    Writes nothing. Raises Unavailable with the agency that did not answer.
    """
    rows = list(rows)
    old = {row.name: row for row in rows if row.source == "register"}
    work = _Gathering(case, version, rows, asker, now, past, anew)
    work.persons(until_submit)
    work.evidence(until_submit)
    work.persons(until_submit)
    return Gathered(
        rows=tuple(work.rows),
        fetched=dict(work.fetched),
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


class _Gathering:
    """One round of asking, in the order of the steps: later questions use the answers of earlier ones."""

    def __init__(
        self, case: Case, version: Version, rows: list[Fact], asker: Asker, now: datetime, past: History, anew: bool
    ) -> None:
        self.case, self.version, self.asker, self.now, self.past = case, version, asker, now, past
        self.old: dict[str, list[Fact]] = {}
        self.fetched: dict[str, int] = {}
        for row in rows:
            if row.source == "register" and not anew:
                self.old.setdefault(row.evidence, []).append(row)
            elif row.source == "officer" and row.evidence:  # taken from a paper in place of the holder
                self.fetched[row.evidence] = row.round
        self.rows: list[Fact] = []
        self.persons_known: set[str] = set()
        self.today = timeline.day_of(case.submitted_at or now)
        service = version.service
        facts = values.known(case, service, [row for row in rows if row.source != "register"])
        if case.submitted_at is None:
            pages = questioning.pages(version.country, service, {**facts, **values.of_registers(rows)}, self.today)
            facts = values.without_idle_branches(facts, service, pages)
        self.facts = facts

    def _course(self) -> Course:
        facts = {**self.facts, "case.ref": self.case.ref}
        return Course(self.version.country, self.version.service, facts, self.today)

    def persons(self, until_submit: bool) -> None:
        wanted = parties.facts_of_persons(self.version.country, self.version.service)
        course = self._course() if wanted else None
        for path, take in wanted.items():
            if until_submit and parties.is_typed(self.version.service, path):
                continue  # of somebody who is only typed nothing is asked before the case is sent
            for name, identifier in self._named(path, course):
                if take and name not in self.persons_known:
                    self.persons_known.add(name)
                    self._person(name, identifier, take)

    def _named(self, path: str, course: Course | None) -> Iterable[tuple[str, str]]:
        """The person, or each person of a repeating group, with the name under which their facts are kept."""
        group, _, field = path.partition(".")
        if not field:
            party = self.version.service.parties[path]
            known = course is not None and course.reckoning.holds(party.when)
            person = course.fact(path) if known and course is not None else None
            return [(path, person)] if isinstance(person, str) and person else []
        rows = self.facts.get(group)
        found = enumerate(rows if isinstance(rows, tuple | list) else ())
        return [(f"{group}.{index}.{field}", row[field]) for index, row in found if row.get(field)]

    def _person(self, name: str, identifier: str, take: tuple[str, ...]) -> None:
        asked = values.hash_of({"person": identifier, "take": take})
        if self._reuse(name, asked):
            return
        source = self.version.country.person
        consumer = consumer_of(self.case, self.version, self.asker)
        found = exchange.person_facts(identifier, take, consumer, now=self.now)
        register = self.version.country.registers[source.from_.partition(".")[0]]
        self._add(
            name, asked, take, found, register.fields,
            register=register.id, holder=register.agency, law=str(source.law), ground="law", about=identifier,
            at=self.now,
        )  # fmt: skip

    def evidence(self, until_submit: bool) -> None:
        for _ in range(2 * len(self.version.service.evidence) + 1):
            due = self._due(until_submit)
            if not due:
                return
            for each, turn in due:
                course = self._course()
                self._ask(each, {asked: course.fact(fact) for asked, fact in each.by.items()}, turn)
                self.fetched[each.name] = max(turn, self.fetched.get(each.name, 0))
                self.facts = values.join_items(self.facts)
            self.persons(until_submit)

    def _due(self, until_submit: bool) -> list[tuple[Evidence, int]]:
        """What is to be asked next, and which time."""
        course = self._course()
        if until_submit:
            return [(each, 1) for each in questioning.evidence_due(course, self.fetched, until_submit=True)]
        standing = walk.walk(course, self.fetched, {}, self.past)
        return [(each, standing.rounds[each.name]) for each in standing.missing]

    def _ask(self, evidence: Evidence, by: dict[str, object], turn: int) -> None:
        asked = values.hash_of({"by": by, "take": evidence.take, "from": evidence.from_})
        if self._reuse(evidence.name, asked, turn, evidence.fresh):
            return
        agreed = self.facts.get(f"{CONSENT}.{evidence.name}") is True
        if evidence.consent and not agreed:
            return  # not asked, which differs from unknown
        service = self.version.service
        try:
            reply = exchange.ask(
                evidence.from_, by, evidence.take, consumer_of(self.case, self.version, self.asker),
                law=service.law[0], now=self.now, consented=agreed,
            )  # fmt: skip
        except Refused as no:  # no agreement in force: an agency's matter, never a decision about the person
            raise Unavailable(_holder(self.version, evidence), no.rule) from no
        register = self.version.country.registers.get(reply.register)
        persons = set(values.parties_of(self.case, service).values())
        about = next((str(value) for value in by.values() if value in persons), "")
        fields = register.fields if register else {}
        of = Fact(
            case=self.case, source="register", evidence=evidence.name, asked=asked, register=reply.register,
            holder=reply.holder, about=about, ground=reply.ground, law=reply.law, as_of=timeline.day_of(reply.at),
            fetched_at=reply.at, round=turn,
        )  # fmt: skip
        if evidence.many:
            kinds = {taken: values.kind_of(fields.get(taken), taken) for taken in evidence.take}
            self._keep(of, evidence.name, values.ROWS, values.stored_rows(reply.rows, kinds))
            return
        row = reply.rows[0] if reply.rows else {}
        for taken in evidence.take:
            kind = values.kind_of(fields.get(taken), taken)
            self._keep(of, f"{evidence.name}.{taken}", kind, values.stored(row.get(taken)))

    def _keep(self, of: Fact, name: str, kind: str, value: Any) -> None:
        fact = copy(of)
        fact.name, fact.kind, fact.value = name, kind, value
        fact._state = copy(of._state)
        self.rows.append(fact)
        self.facts[name] = values.read(kind, value)

    def _reuse(self, name: str, asked: str, turn: int = 1, fresh: Term | None = None) -> bool:
        """Whether what is there still counts: asked with the same keys, and fresh, or fresh when the case was sent.

        What came in a later round counts for the earlier ones, whatever it was asked with.
        """
        rows = self.old.get(name, [])
        if not rows or rows[0].round < turn:
            return False
        if rows[0].round == turn and any(row.asked != asked or self._is_stale(row, fresh) for row in rows):
            return False
        self.rows += rows
        self.facts.update(values.of_registers(rows))
        if rows[0].round > turn:
            self.fetched[name] = rows[0].round
        return True

    def _is_stale(self, row: Fact, fresh: Term | None) -> bool:
        at = self.case.submitted_at or self.now
        if fresh is None:
            return rules.is_stale(row.fetched_at, at)
        ends = deadlines.after(fresh, row.fetched_at, self.version.country.calendar)
        return ends is None or ends <= at

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
