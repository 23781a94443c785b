"""Facts between memory and database: a date is a date in memory and ISO text in JSON; all others stay as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from pencere.applications import walk
from pencere.applications.models import Case, Fact
from pencere.base import canonical
from pencere.country.course import Page
from pencere.country.declarations import Field, Service

Known = dict[str, object]


def stored(value: object) -> Any:
    """The value as JSON holds it."""
    return value.isoformat() if isinstance(value, date) else value


def read(kind: str, value: Any) -> object:
    """The stored value in memory."""
    if value is None:
        return None
    if kind == "date":
        return date.fromisoformat(value)
    if kind == "moment":
        return datetime.fromisoformat(value)
    return value


def answers_of(case: Case) -> Known:
    """What was typed, in every branch."""
    return {name: read(answer["kind"], answer["value"]) for name, answer in case.answers.items()}


def parties_of(case: Case, service: Service) -> Known:
    """Party → identifier, as far as known; `subject` is whom the case is about."""
    known: Known = {service.applicant.name: case.applicant}
    if case.subject:
        known[service.subject.name] = known["subject"] = case.subject
    return known


def of_registers(rows: Iterable[Fact]) -> Known:
    return {row.name: read(row.kind, row.value) for row in rows if row.source == "register"}


def known(case: Case, service: Service, rows: Iterable[Fact]) -> Known:
    """Every fact of the case: parties, answers (of a draft those typed, later those sent), entries of registers."""
    rows = list(rows)
    if case.submitted_at is None:
        answers = answers_of(case)
    else:
        answers = {row.name: read(row.kind, row.value) for row in rows if row.source == "answer"}
    return {**parties_of(case, service), **answers, **of_registers(rows)}


def without_idle_branches(facts: Known, service: Service, pages: Iterable[Page]) -> Known:
    """The facts without answers that nobody asks for any more."""
    asked = walk.asked_facts(tuple(pages))
    typed = {f"{group.name}.{field}" for group in service.questions.values() for field in group.fields}
    return {name: value for name, value in facts.items() if name not in typed or name in asked}


def hash_of(facts: Mapping[str, object]) -> str:
    """One hash for a set of facts, whatever their order."""
    return canonical.sha256_hex({name: _plain(value) for name, value in facts.items()})


def _plain(value: object) -> Any:
    value = stored(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return value


def kind_of(field: Field | None, name: str) -> str:
    """The declared kind of a field that a register offers; the days every dated register has are dates."""
    if field is not None:
        return field.kind
    return "date" if name in ("valid_from", "valid_until") else "text"
