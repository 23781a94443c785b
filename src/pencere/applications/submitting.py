"""A draft is sent: exactly once, acknowledged after the commit, with a receipt that never changes.

Holders are asked and tables are decided before the transaction; inside it the draft must be what was looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from pencere.applications import (
    again,
    courses,
    deadlines,
    deciding,
    drafting,
    fetching,
    parties,
    questioning,
    representing,
    rules,
    statements,
    timeline,
    values,
    versions,
)
from pencere.applications.deciding import Prepared
from pencere.applications.fetching import Gathered
from pencere.applications.holders import Asker
from pencere.applications.models import Case, Fact
from pencere.applications.versions import Bundle, Version
from pencere.base.errors import Refused, Unavailable
from pencere.identity.queries import Who
from pencere.ledger import actions as ledger


class NotReady(Refused):
    """The draft cannot be sent yet. `why`: incomplete, facts_unseen, facts_changed, moved, changed_meanwhile."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """The acknowledgement. `again`: it had been sent before, and this is the same receipt."""

    ref: str
    receipt: str
    at: datetime
    again: bool


@dataclass(frozen=True, slots=True)
class _Ready:
    """A draft that may be sent, thought through outside the transaction that writes it down."""

    case: Case
    version: Version
    rows: list[Fact]  # as they stood
    sent: list[Fact]  # the answers
    prepared: Prepared
    bundle: Bundle | None  # the version, where it is not kept yet


def submit(ref: str, who: Who, key: str, *, language: str, now: datetime) -> Submitted:
    """Sends the person's draft. The same key, or another key for the same draft, gives the same receipt.

    Raises NoSuchCase, and NotReady with the draft as it was, or with facts renewed that the person must see first.
    """
    before = _sent_before(ref, who.identifier, key)
    if before is not None:
        return before
    try:
        return _submit(ref, who, key, language, now)
    except (IntegrityError, NotReady, drafting.NoSuchCase):
        before = _sent_before(ref, who.identifier, key)  # by another request, while this one was thinking
        if before is None:
            raise
        return before


def _submit(ref: str, who: Who, key: str, language: str, now: datetime) -> Submitted:
    case = drafting.draft(ref, who.identifier)
    if drafting.bring_up_to_date(case, now) is not None:
        raise NotReady("moved")
    version = versions.of(case)
    rows = statements.facts_of.all(case.pk)
    _demand_complete(case, version, rows, now)
    sent = _answers(case, version, rows, now)
    prepared = _prepare(case, version, rows, sent, Asker(who.account_id, "person"), now)
    ready = _Ready(case, version, rows, sent, prepared, versions.bundle_for(version))
    with transaction.atomic():
        return _write(ready, key, language, now)


def is_complete(case: Case, version: Version, rows: Iterable[Fact], now: datetime) -> bool:
    """Whether every question is answered and the subject is known."""
    facts = values.known(case, version.service, rows)
    pages = questioning.pages(version.country, version.service, facts, timeline.day_of(now))
    named = bool(case.subject) or not parties.acts_for_subject(version.service)
    return named and all(questioning.is_complete(page, facts) for page in pages)


def _sent_before(ref: str, applicant: str, key: str) -> Submitted | None:
    sent = statements.sent_with_key_or_ref.all(key, ref)
    if not sent:
        return None
    found = next((each for each in sent if each.key == key), sent[0])
    if found.case.applicant != applicant or found.case.ref != ref:
        raise drafting.NoSuchCase(ref)
    return Submitted(ref, found.receipt, found.at, again=True)


def _demand_complete(case: Case, version: Version, rows: list[Fact], now: datetime) -> None:
    if not is_complete(case, version, rows, now):
        raise NotReady("incomplete")
    seen = any(row.source == "register" for row in rows) or drafting.refused_to_be_asked_for(case)
    if not seen and _shows_facts(case, version, rows, now):
        raise NotReady("facts_unseen")


def _shows_facts(case: Case, version: Version, rows: list[Fact], now: datetime) -> bool:
    """Whether the registers have something that the person must see before they send."""
    persons = parties.facts_of_persons(version.country, version.service)
    if any(not parties.is_typed(version.service, person) for person in persons):
        return True
    course = courses.course_of(case, version, rows, now=now)
    return bool(questioning.evidence_due(course, (), until_submit=True))


def _prepare(case: Case, version: Version, rows: list[Fact], sent: list[Fact], asker: Asker, now: datetime) -> Prepared:
    """As `deciding.prepare`, but facts that differ from those the person saw are shown again before they are sent."""
    try:
        if not representing.may_still_act(case, version, asker, now=now):
            raise NotReady("no_mandate")
        seen = fetching.gather(case, version, rows, asker, now=now, until_submit=True)
    except Unavailable as silent:
        kept = tuple(row for row in rows if row.source == "register")
        return Prepared(kept, None, "agency", silent.who)
    if seen.changed or {row.name for row in seen.rows} != {row.name for row in rows if row.source == "register"}:
        _show_again(case, seen)
        raise NotReady("facts_changed")
    if not _asks_after_submission(version):
        return deciding.think(case, version, sent, seen, now=now)
    try:
        everything = fetching.gather(case, version, [*sent, *seen.rows], asker, now=now, until_submit=False)
    except Unavailable as silent:
        return Prepared(seen.rows, None, "agency", silent.who)
    return deciding.think(case, version, [], everything, now=now)


def _asks_after_submission(version: Version) -> bool:
    """Whether something is asked only of a case that is sent: evidence, or facts of a person who was only typed."""
    service = version.service
    last = questioning.submit_number(service)
    persons = parties.facts_of_persons(version.country, service)
    return any(parties.is_typed(service, person) for person in persons) or any(
        step.kind == "evidence" and step.number > last for step in service.steps
    )


def _show_again(case: Case, seen: Gathered) -> None:
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        if locked.state == rules.DRAFT and locked.edition == case.edition:
            fetching.keep_facts(locked, seen.rows)
            locked.edition += 1
            locked.save(update_fields=["edition"])


def _answers(case: Case, version: Version, rows: list[Fact], now: datetime) -> list[Fact]:
    """The answers that are sent, as facts: those of branches no longer taken are not."""
    facts = values.known(case, version.service, rows)
    asked = questioning.asked_facts(questioning.pages(version.country, version.service, facts, timeline.day_of(now)))
    return [
        Fact(case=case, name=name, kind=answer["kind"], value=answer["value"], source="answer", fetched_at=now)
        for name, answer in case.answers.items()
        if name in asked or name.startswith(f"{fetching.CONSENT}.")
    ]


def _write(ready: _Ready, key: str, language: str, now: datetime) -> Submitted:
    case, version, prepared = ready.case, ready.version, ready.prepared
    locked = statements.locked_case.first(case.pk)
    if locked is None or locked.state != rules.DRAFT:
        raise IntegrityError("sent by another request meanwhile")
    if locked.edition != case.edition or locked.content_hash != version.service.content_hash:
        raise NotReady("changed_meanwhile")
    versions.keep(ready.bundle, now)
    fetching.keep_facts(locked, prepared.rows, ready.rows)
    statements.add_facts.of(*ready.sent)
    _keep_others_away(locked, version, prepared, now)
    locked.submitted_at, locked.due_on, locked.language = now, _due_on(locked, version, prepared, now), language
    timeline.move(locked, rules.SUBMITTED, now)
    locked.people, locked.people_at = [], None
    locked.edition += 1
    locked.saved_at = now  # saved by `settle`, with the state that it comes to
    timeline.add(locked, "submitted", who="person", account=locked.account, now=now)
    receipt = ledger.record(
        "case.submitted",
        {
            "case": locked.ref,
            "service": locked.service,
            "agency": locked.agency,
            "content_hash": locked.content_hash,
            "texts_hash": locked.texts_hash,
            "facts": values.hash_of({row.name: row.value for row in [*ready.sent, *prepared.rows]}),
        },
        now=now,
    )
    note = receipt.note
    statements.add_submission((locked.pk, key, now, receipt.leaf_id, receipt.leaf_hash, note))
    deciding.settle(locked, version, prepared, now=now)
    if prepared.standing is None:
        deciding.ask_again(locked, 0, now)
    return Submitted(locked.ref, note, now, again=False)


def _keep_others_away(case: Case, version: Version, prepared: Prepared, now: datetime) -> None:
    """Where one may not have the same again so soon. Raises NotReady with what the service says, and the law."""
    if version.service.again is None:
        return
    course = prepared.course or courses.course_of(case, version, prepared.rows, now=now)
    try:
        again.take(case, version, course, now)
    except Refused as no:
        raise NotReady(no.rule, no.law) from no


def _due_on(case: Case, version: Version, prepared: Prepared, now: datetime) -> date:
    """The last day of the term; never, while what it begins with has not happened, or its year is not declared: no

    day is better than a wrong one, and the desk shows the case without a term.
    """
    term = version.service.term
    if term is None:
        return rules.NEVER
    course = prepared.course or courses.course_of(case, version, prepared.rows, now=now)
    return deadlines.last_day(term, course, {"submitted": now}) or rules.NEVER
