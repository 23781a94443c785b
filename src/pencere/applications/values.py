"""Facts between memory and database: a date is a date in memory and ISO text in JSON; all others stay as they are.

A repeating group is one fact, a tuple of rows in memory; `{"kinds": …, "rows": […]}` in the database. What is known of
one item besides (`movers.0.signed`) is a fact of its own and joins the item's row in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pencere.applications import questioning
from pencere.applications.models import Case, Fact
from pencere.base import canonical
from pencere.country.course import Page
from pencere.country.declarations import Field, Service

Known = dict[str, object]
ROWS = "rows"
"""The kind of a fact that is a repeating group."""


def stored(value: object) -> Any:
    """The value as JSON holds it."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def read(kind: str, value: Any) -> object:
    """The stored value in memory."""
    if value is None:
        return None
    if kind == "date":
        return date.fromisoformat(value)
    if kind == "moment":
        return datetime.fromisoformat(value)
    if kind == ROWS:
        kinds = value["kinds"]
        return tuple({name: read(kinds.get(name, "text"), each) for name, each in row.items()} for row in value["rows"])
    return value


def tagged(value: object) -> Any:
    """The value as JSON holds it where no kind stands beside it."""
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return str(value) if isinstance(value, Decimal) else value


def untagged(value: Any) -> object:
    if isinstance(value, Mapping):
        return read(*next(iter(value.items())))
    return value


def stored_rows(rows: Iterable[Mapping[str, object]], kinds: Mapping[str, str]) -> dict[str, Any]:
    """The items of a repeating group as JSON holds them."""
    return {"kinds": dict(kinds), "rows": [{name: stored(each) for name, each in row.items()} for row in rows]}


def kinds_of(fields: Mapping[str, Field]) -> dict[str, str]:
    return {field.name: field.kind for field in fields.values()}


def path(name: str, item: int) -> str:
    """`movers.person` of item 2 is `movers.2.person`."""
    if item < 0:
        return name
    group, _, rest = name.partition(".")
    return f"{group}.{item}.{rest}" if rest else f"{group}.{item}"


def join_items(facts: Known) -> Known:
    """Puts what is known of single items (`movers.0.signed`) into the rows of their group."""
    joined: dict[str, list[dict[str, object]]] = {}
    plain: Known = {}
    for name, value in facts.items():
        group, _, rest = name.partition(".")
        index, _, field = rest.partition(".")
        if not index.isdigit():
            plain[name] = value
            continue
        rows = joined.get(group)
        if rows is None:
            whole = facts.get(group)
            rows = joined[group] = [dict(row) for row in whole] if isinstance(whole, Sequence) else []
        if int(index) < len(rows):
            rows[int(index)][field] = value
    for group, rows in joined.items():
        plain[group] = tuple(rows)
    return plain


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
    """All but the answers: entries of registers, and what events, parties, officers and places brought."""
    return {row.name: read(row.kind, row.value) for row in rows if row.source != "answer"}


def known(case: Case, service: Service, rows: Iterable[Fact]) -> Known:
    """Every fact of the case: parties, answers (of a draft those typed, later those sent), entries of registers."""
    rows = list(rows)
    if case.submitted_at is None:
        answers = answers_of(case)
    else:
        answers = {row.name: read(row.kind, row.value) for row in rows if row.source == "answer"}
    return join_items({**parties_of(case, service), **answers, **of_registers(rows)})


def without_idle_branches(facts: Known, service: Service, pages: Iterable[Page]) -> Known:
    """The facts without answers that nobody asks for any more."""
    asked = questioning.asked_facts(tuple(pages))
    typed = {
        name
        for group in service.questions.values()
        for name in ((group.name,) if group.many else (f"{group.name}.{field}" for field in group.fields))
    }
    return {name: value for name, value in facts.items() if name not in typed or name in asked}


def hash_of(facts: Mapping[str, object]) -> str:
    """One hash for a set of facts, whatever their order."""
    return canonical.sha256_hex({name: plain(value) for name, value in facts.items()})


def plain(value: object) -> Any:
    """The value as it is hashed: a number with a fraction, of which shapes are made, is text."""
    value = stored(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return value


def kind_of(field: Field | None, name: str) -> str:
    """The declared kind of a field that a register offers; the days every dated register has are dates."""
    if field is not None:
        return field.kind
    return "date" if name in ("valid_from", "valid_until") else "text"
