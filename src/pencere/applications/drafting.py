"""A draft: begun, saved on every page, brought up to the declarations of the day, deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.http import Http404

from pencere.applications import rules, statements, timeline, values, versions
from pencere.applications.models import Case, Fact
from pencere.applications.versions import Version
from pencere.base.errors import Refused
from pencere.base.identifiers import random_ref
from pencere.country.declarations import Field, QuestionGroup, Service
from pencere.files import actions as file_actions
from pencere.files import queries as files
from pencere.identity.queries import Who
from pencere.ledger import actions as ledger

Called = Mapping[str, str]
"""What the person knows a value by, where the value does not say it: a row of a register, a file."""
NOTHING_CALLED: Called = {}


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


def save_page(
    ref: str, who: Who, group: str, typed: Mapping[str, object], *, called: Called = NOTHING_CALLED,
    language: str, now: datetime,
) -> None:  # fmt: skip
    """Saves the answers of a page: field → value. What was answered elsewhere stays, in every branch.

    A person is named by identifier and must be one of those offered. `called`: what rows and files are called, by
    value. Raises OtherDraft, NoSuchCase, Refused.
    """
    questions = _group(ref, who, group, repeats=False)

    def change(case: Case, service: Service) -> None:
        for name, value in typed.items():
            fact = f"{group}.{name}"
            if offers_persons(questions.fields[name]):
                _choose(case, service, fact, value)
            case.answers[fact] = answer_of(service, fact, questions.fields[name], value, called)

    _change(ref, who, change, language=language, now=now)


def save_item(
    ref: str, who: Who, group: str, item: int, typed: Mapping[str, object], *, called: Called = NOTHING_CALLED,
    language: str, now: datetime,
) -> None:  # fmt: skip
    """Saves one item of a repeating group, from 0; the number behind the last one adds an item. Raises the same."""
    questions = _group(ref, who, group, repeats=True)

    def change(case: Case, service: Service) -> None:
        rows = items_of(case, group)
        if item > len(rows) or item >= (questions.many or (0, 0))[1]:
            raise NoSuchCase(str(item))
        for name, value in typed.items():
            if value is not None and offers_persons(questions.fields[name]):
                demand_offered(case, value)
        kept = {name: typed.get(name) for name in questions.fields}
        _keep_items(case, service, questions, [*rows[:item], kept, *rows[item + 1 :]], called)

    _change(ref, who, change, language=language, now=now)


def remove_item(ref: str, who: Who, group: str, item: int, *, language: str, now: datetime) -> None:
    """Takes an item out of a repeating group. Raises NoSuchCase if there is none of that number."""
    questions = _group(ref, who, group, repeats=True)

    def change(case: Case, service: Service) -> None:
        rows = items_of(case, group)
        if item >= len(rows):
            raise NoSuchCase(str(item))
        _keep_items(case, service, questions, [*rows[:item], *rows[item + 1 :]], NOTHING_CALLED)

    _change(ref, who, change, language=language, now=now)


def keep_none(ref: str, who: Who, group: str, *, language: str, now: datetime) -> None:
    """The person says that there are no items, where the group may have none."""
    questions = _group(ref, who, group, repeats=True)

    def change(case: Case, service: Service) -> None:
        _keep_items(case, service, questions, items_of(case, group), NOTHING_CALLED)

    _change(ref, who, change, language=language, now=now)


def save_consents(ref: str, who: Who, given: Mapping[str, bool], *, language: str, now: datetime) -> None:
    """Keeps the person's yes or no to asking for evidence that the law lets us ask only with it."""

    def change(case: Case, service: Service) -> None:
        for name, agreed in given.items():
            if name not in service.evidence or not service.evidence[name].consent:
                raise NoSuchCase(name)
            label = dict(service.texts.get(f"consent.{name}", {}))
            case.answers[f"consent.{name}"] = {"kind": "boolean", "value": agreed, "label": label}

    _change(ref, who, change, language=language, now=now)


def refused_to_be_asked_for(case: Case) -> bool:
    """Whether the person said no to some evidence, so that there may be nothing to see."""
    return any(name.startswith("consent.") and answer["value"] is False for name, answer in case.answers.items())


def items_of(case: Case, group: str) -> list[Mapping[str, object]]:
    """The items that a draft has in a repeating group."""
    rows = values.answers_of(case).get(group)
    return list(rows) if isinstance(rows, tuple | list) else []


def files_of(case: Case) -> tuple[str, ...]:
    """The references of all files among the answers."""
    return files_in(case.answers)


def files_in(answers: Mapping[str, Any]) -> tuple[str, ...]:
    """The same, of answers as they are stored."""
    found: dict[str, None] = {}
    for answer in answers.values():
        rows = answer["value"]["rows"] if answer["kind"] == values.ROWS else [{"": answer["value"]}]
        for row in rows:
            found |= {value: None for value in row.values() if files.is_reference(value)}
    return tuple(found)


def keeper(case: Case) -> str:
    """Under which name a case keeps its files."""
    return f"case:{case.ref}"


def _group(ref: str, who: Who, group: str, *, repeats: bool) -> QuestionGroup:
    found = versions.of(draft(ref, who.identifier)).service.questions.get(group)
    if found is None or bool(found.many) is not repeats:
        raise NoSuchCase(group)
    return found


def _keep_items(
    case: Case, service: Service, group: QuestionGroup, rows: Sequence[Mapping[str, object]], called: Called
) -> None:
    before = case.answers.get(group.name, {}).get("called", {})
    case.answers[group.name] = items_answer(service, group, rows, {**before, **called})


def items_answer(
    service: Service, group: QuestionGroup, rows: Sequence[Mapping[str, object]], called: Called
) -> dict[str, Any]:
    """The items of a repeating group as an answer is stored."""
    return {
        "kind": values.ROWS,
        "value": values.stored_rows(rows, values.kinds_of(group.fields)),
        "label": dict(service.texts.get(group.name, {})),
        "called": dict(called),
    }


def _change(ref: str, who: Who, change: Callable[[Case, Service], None], *, language: str, now: datetime) -> None:
    """Changes the answers of the person's draft, and binds the files among them."""
    case = draft(ref, who.identifier)
    try:
        with transaction.atomic():
            case = _held(case)
            rules.demand_move(case.state, rules.SUBMITTED)
            before = files_of(case)
            change(case, versions.of(case).service)
            if before != (after := files_of(case)):
                file_actions.bind(after, keeper(case))
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
            if not group.many
            for field in group.fields.values()
        }
        fields |= {group.name: (values.ROWS, None) for group in version.service.questions.values() if group.many}
        fields |= {
            f"consent.{each.name}": ("boolean", None) for each in version.service.evidence.values() if each.consent
        }
        shortened = [_carry_items(case, version, group) for group in version.service.questions.values() if group.many]
        kept = rules.carry_over(
            [(name, answer["kind"], answer["value"]) for name, answer in case.answers.items()], fields
        )
        lost = [*kept.dropped, *(name for name in shortened if name)]
        dropped = tuple(case.answers[name]["label"] or {case.language: name} for name in lost)
        case.answers = {name: case.answers[name] for name in kept.stay}
        if version.service.subject.from_ not in case.answers and version.service.subject.from_:
            case.subject, case.ground = "", "self"
        case.content_hash, case.texts_hash = version.service.content_hash, version.service.texts_hash
        case.agency = version.service.agency
        Fact.objects.filter(case=case).delete()
        _save(case, now)
        timeline.add(case, "moved", who="system", now=now, body={"dropped": [dict(label) for label in dropped]})
    return Moved(dropped)


def _carry_items(case: Case, version: Version, group: QuestionGroup) -> str:
    """Brings the items of a draft to the fields that the group has today; its name, if something could not come along.

    A field whose name and kind are unchanged stays, if its choice is still offered; items beyond the most go.
    """
    answer = case.answers.get(group.name)
    if answer is None or answer["kind"] != values.ROWS:
        return ""
    before, rows = answer["value"]["kinds"], answer["value"]["rows"]
    lost, kept = False, []
    for row in rows[: (group.many or (0, 0))[1]]:
        stays = {name: value for name, value in row.items() if _stays(version, group, name, before.get(name), value)}
        lost = lost or any(value not in (None, "") for name, value in row.items() if name not in stays)
        kept.append(stays)
    lost = lost or len(kept) < len(rows)
    answer["value"] = {"kinds": values.kinds_of(group.fields), "rows": kept}
    return group.name if lost else ""


def _stays(version: Version, group: QuestionGroup, name: str, kind: str | None, value: object) -> bool:
    field = group.fields.get(name)
    if field is None or field.kind != kind:
        return False
    offered = options_of(version, field)
    return offered is None or value is None or value in offered


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
        file_actions.release([keeper(locked)])
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


def offers_persons(field: Field) -> bool:
    """Whether the answer is one of the persons whom the draft offers, by a right to act for them or by a relation."""
    return field.kind == "person" and isinstance(field.of, str)


def demand_offered(case: Case, value: object) -> Mapping[str, str]:
    """The person, who must be one of those that the draft offers. Raises Refused."""
    person = next((each for each in case.people if each["identifier"] == value), None)
    if person is None:
        raise Refused("not_offered")
    return person


def _choose(case: Case, service: Service, fact: str, value: object) -> None:
    """Takes a person of the draft's offer; the case is about them if the question names the subject."""
    if value is None:
        return
    person = demand_offered(case, value)
    if service.subject.from_ == fact:
        case.subject, case.ground = person["identifier"], person["ground"]


def answer_of(service: Service, fact: str, field: Field, value: object, called: Called) -> dict[str, Any]:
    """An answer as it is stored."""
    answer = {"kind": field.kind, "value": values.stored(value), "label": dict(service.texts.get(fact, {}))}
    if isinstance(value, str) and value in called:
        answer["called"] = {value: called[value]}
    return answer


def _save(case: Case, now: datetime) -> None:
    case.edition += 1
    case.saved_at = now
    case.save()
