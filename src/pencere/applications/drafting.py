"""A draft: begun, saved on every page, brought up to the declarations of the day, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.http import Http404

from pencere.applications import rules, statements, timeline, values, versions, walk
from pencere.applications.models import Case, Fact
from pencere.applications.versions import Version
from pencere.base.errors import Refused
from pencere.base.identifiers import random_ref
from pencere.country.declarations import Field, Service
from pencere.identity.queries import Who
from pencere.ledger import actions as ledger


class NoSuchCase(Http404):
    """There is no such case, or it is somebody else's: the same to whoever asks."""


class OtherDraft(Refused):
    """The person has an open draft for this service and subject already: `ref`."""

    def __init__(self, ref: str) -> None:
        super().__init__("other_draft")
        self.ref = ref


@dataclass(frozen=True, slots=True)
class Moved:
    """A draft was brought to new declarations; `dropped` are the labels of the answers that could not stay."""

    dropped: tuple[Mapping[str, str], ...]


def start_draft(service_id: str, who: Who, *, language: str, now: datetime) -> str:
    """The reference of a draft that says nothing yet of whom it is about: a new one, or the one begun before.

    Raises NoSuchCase if nobody can apply for such a service online.
    """
    version = versions.current(service_id)
    if version is None or not is_open(version, now):
        raise NoSuchCase(service_id)
    service = version.service
    subject = "" if service.subject.from_ else who.identifier
    for _ in range(3):
        found = Case.objects.filter(
            service=service.id, applicant=who.identifier, subject=subject, state=rules.DRAFT
        ).first()
        if found:
            return found.ref
        try:
            with transaction.atomic():
                case = Case.objects.create(
                    ref=random_ref(),
                    service=service.id,
                    agency=service.agency,
                    content_hash=service.content_hash,
                    texts_hash=service.texts_hash,
                    applicant=who.identifier,
                    applicant_name=who.name,
                    account=who.account_id,
                    subject=subject,
                    language=language,
                    created_at=now,
                    saved_at=now,
                )
                timeline.add(case, "started", who="person", account=who.account_id, now=now)
            return case.ref
        except IntegrityError:  # another tab was first, or the reference is taken: look again
            continue
    raise Refused("busy")


def is_open(version: Version, now: datetime) -> bool:
    """Whether one can apply online today."""
    service = version.service
    today = timeline.day_of(now)
    return "online" in service.apply and service.since <= today and (service.until is None or today <= service.until)


def draft(ref: str, applicant: str) -> Case:
    """The person's own draft. Raises NoSuchCase."""
    return own(ref, applicant, (rules.DRAFT,))


def save_page(ref: str, who: Who, group: str, typed: Mapping[str, object], *, language: str, now: datetime) -> None:
    """Saves the answers of a page: field → value. What was answered elsewhere stays, in every branch.

    A person is named by identifier and must be one of those offered. Raises OtherDraft, NoSuchCase, Refused.
    """
    case = draft(ref, who.identifier)
    service = versions.of(case).service
    if group not in service.questions:
        raise NoSuchCase(group)
    fields = service.questions[group].fields
    try:
        with transaction.atomic():
            case = _held(case)
            rules.demand_move(case.state, rules.SUBMITTED)
            for name, value in typed.items():
                fact = f"{group}.{name}"
                if walk.offers_persons(service, fact):
                    _choose(case, service, fact, value)
                case.answers[fact] = _answer(service, fact, fields[name], value)
            case.language = language
            case.applicant_name = who.name
            case.account = who.account_id
            _save(case, now)
    except IntegrityError:
        other = Case.objects.filter(
            service=case.service, applicant=who.identifier, subject=case.subject, state=rules.DRAFT
        ).first()
        if other is None:
            raise
        raise OtherDraft(other.ref) from None


def bring_up_to_date(case: Case, now: datetime) -> Moved | None:
    """Moves a draft to the declarations of today, if they differ; says which answers could not come along."""
    version = versions.current(case.service)
    if case.state != rules.DRAFT or version is None or version.service.content_hash == case.content_hash:
        return None
    with transaction.atomic():
        case = _held(case)
        fields = {
            f"{group.name}.{field.name}": (field.kind, options_of(version, field))
            for group in version.service.questions.values()
            for field in group.fields.values()
        }
        kept = rules.carry_over(
            [(name, answer["kind"], answer["value"]) for name, answer in case.answers.items()], fields
        )
        dropped = tuple(case.answers[name]["label"] or {case.language: name} for name in kept.dropped)
        case.answers = {name: case.answers[name] for name in kept.stay}
        if version.service.subject.from_ not in case.answers and version.service.subject.from_:
            case.subject, case.ground = "", "self"
        case.content_hash, case.texts_hash = version.service.content_hash, version.service.texts_hash
        case.agency = version.service.agency
        Fact.objects.filter(case=case).delete()
        _save(case, now)
        timeline.add(case, "moved", who="system", now=now, body={"dropped": [dict(label) for label in dropped]})
    return Moved(dropped)


def moved_lately(case: Case) -> Moved | None:
    """What the draft's last move dropped, until the person saves a page again."""
    event = case.events.filter(kind="moved", at=case.saved_at).first()
    return Moved(tuple(event.body["dropped"])) if event else None


def options_of(version: Version, field: Field) -> tuple[str, ...] | None:
    """The codes that a choice offers today; None where the answer is no choice among codes."""
    if isinstance(field.of, tuple):
        return field.of
    if isinstance(field.of, str) and field.of.startswith("list:"):
        return tuple(version.country.lists[field.of.removeprefix("list:")].values)
    return None


def delete_draft(ref: str, applicant: str, *, now: datetime) -> None:
    """The person throws a draft away: nothing of it stays but, in the ledger, what was looked up for it."""
    case = draft(ref, applicant)
    with transaction.atomic():
        locked = _held(case)
        rules.demand_move(locked.state, rules.LAPSED)
        locked.delete()
        ledger.record("cases.forgotten", {"cases": 1, "ground": "wish of the applicant"}, now=now)


def _held(case: Case) -> Case:
    """The case, locked by this transaction. Raises NoSuchCase if it was thrown away meanwhile."""
    locked = Case.objects.select_for_update().filter(pk=case.pk).first()
    if locked is None:
        raise NoSuchCase(case.ref)
    return locked


def own(ref: str, applicant: str, states: tuple[str, ...] = rules.STATES) -> Case:
    """The person's own case in one of these states. Raises NoSuchCase."""
    case = statements.case_of.first(ref, applicant) if applicant else None
    if case is None or case.state not in states:
        raise NoSuchCase(ref)
    return case


def _choose(case: Case, service: Service, fact: str, value: object) -> None:
    """Takes a person of the draft's offer; the case is about them if the question names the subject."""
    person = next((each for each in case.people if each["identifier"] == value), None)
    if person is None:
        raise Refused("not_offered")
    if service.subject.from_ == fact:
        case.subject, case.ground = person["identifier"], person["ground"]


def _answer(service: Service, fact: str, field: Field, value: object) -> dict[str, Any]:
    return {"kind": field.kind, "value": values.stored(value), "label": dict(service.texts.get(fact, {}))}


def _save(case: Case, now: datetime) -> None:
    case.edition += 1
    case.saved_at = now
    case.save()
