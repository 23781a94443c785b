"""A second pair of eyes: a change of special data is proposed by one officer and holds once another confirms it.

Nothing of a proposal is in the register before that. What makes the row lapses with it: if the row was changed
meanwhile, a proposal is never put over it. The database refuses that one person is both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import IntegrityError, connection, transaction

from pencere.base.canonical import Value
from pencere.base.errors import BadInput, Refused
from pencere.base.purpose import Purpose
from pencere.ledger import actions as ledger
from pencere.registers import changes, following, giving, guards, rules, telling
from pencere.registers.listing.reading import decoded, demand_keeper, look
from pencere.registers.models import Proposal, Row
from pencere.registers.rules import Shape
from pencere.registers.using import shape_of

CHANGES = ("add", "replace", "end", "correct")
OPEN, CONFIRMED, TURNED_DOWN, LAPSED = "open", "confirmed", "turned_down", "lapsed"
_DAYS = ("valid_from", "valid_until")


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a proposal. `row`: the row that holds since; for an end, the one that ended."""

    state: str
    row: int | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal by what says nothing of anybody."""

    id: int
    register: str
    change: str
    row: int | None
    state: str
    proposed_by: str
    proposed_at: datetime


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal whole. `before`: the row as it was seen; `values`: what would be said instead (of an add: all)."""

    head: Waiting
    before: dict[str, object] | None
    held: tuple[date, date | None] | None  # the days of the row as it was seen
    values: dict[str, object]
    day: date
    days: dict[str, date | None]  # of a new row or a correction, where it names its own
    reason: str
    document: str
    decided_by: str
    decided_at: datetime | None
    said: str  # why it was turned down, or a word of code for why it lapsed
    about: tuple[str, ...]
    hidden: tuple[str, ...] = ()  # of `before`: special data that who proposed it did not open


def propose(
    register_id: str,
    change: str,
    row: Mapping[str, object],
    *,
    seen: int | None,
    day: date,
    reason: str,
    document: str,
    proposed_by: str,
    now: datetime,
) -> int:
    """Keeps a change until another officer confirms it; gives its number. It is tried out first, and taken back.

    `seen`: the row that it changes, as the officer saw it; None for "add". `day`: from which on the change holds, for
    a correction a day on which the row holds. Raises BadInput: what the change itself would, "missing" for no reason
    or document, "changed_meanwhile", "proposed_already" while another proposal for the row is open.
    """
    if change not in CHANGES or (change == "add") != (seen is None):
        raise ValueError(f"a proposal adds a row, or replaces, ends or corrects one that was seen; not {change!r}")
    for name, said in (("reason", reason), ("document", document)):
        if not said.strip():
            raise BadInput("missing", field=name)
    shape = shape_of(register_id)
    stored = changes.encode(shape.to_store({name: rules.plain(value) for name, value in row.items()})).decode()
    proposal = Proposal(
        register=register_id, change=change, row_id=seen, values=stored, day=day, reason=reason, document=document,
        proposed_by=proposed_by, proposed_at=now, state=OPEN,
    )  # fmt: skip
    with transaction.atomic():
        with transaction.atomic():
            _apply(shape, proposal, now)
            transaction.set_rollback(True)
        try:
            with transaction.atomic():
                proposal.save()
        except IntegrityError:
            raise BadInput("proposed_already") from None
        _tell("register.proposed", proposal, {"digest": rules.digest([stored]), "by": proposed_by}, now)
    return proposal.pk


def confirm(proposal_id: int, *, decided_by: str, now: datetime) -> Decided:
    """The change is made, once, in one transaction; twice gives the same answer. Lapsed, if it cannot be any more.

    Raises LookupError; Refused "same_person" for the one who proposed it; BadInput "wrong_state" (state).
    """
    found = _found(proposal_id)
    shape = shape_of(found.register)
    if found.proposed_by == decided_by:
        raise Refused("same_person", shape.law)
    try:
        with transaction.atomic():
            if not _close(found, CONFIRMED, decided_by, now):
                found.refresh_from_db()
                if found.state == CONFIRMED:
                    return Decided(CONFIRMED, found.result_id)
                raise BadInput("wrong_state", state=found.state)
            made = _apply(shape, found, now)
            Proposal.objects.filter(pk=found.pk).update(result=made)
            _tell("register.confirmed", found, {"result": made.pk, "by": decided_by}, now)
            return Decided(CONFIRMED, made.pk)
    except BadInput as problem:
        if problem.reason == "wrong_state":
            raise
        why = problem.reason
    with transaction.atomic():
        if not _close(found, LAPSED, decided_by, now, why):
            found.refresh_from_db()
            return Decided(found.state, found.result_id)
        _tell("register.lapsed", found, {"why": why, "by": decided_by}, now)
    return Decided(LAPSED, None)


def turn_down(proposal_id: int, *, reason: str, decided_by: str, now: datetime) -> Decided:
    """It is not done, and who proposed it reads why; who proposed it may take it back so. Twice is once.

    Raises LookupError; BadInput "missing" for no reason, "wrong_state" (state).
    """
    if not reason.strip():
        raise BadInput("missing", field="reason")
    found = _found(proposal_id)
    with transaction.atomic():
        if _close(found, TURNED_DOWN, decided_by, now, reason):
            _tell("register.turned_down", found, {"by": decided_by}, now)
            return Decided(TURNED_DOWN, None)
    found.refresh_from_db()
    if (found.state, found.decided_by) != (TURNED_DOWN, decided_by):
        raise BadInput("wrong_state", state=found.state)
    return Decided(TURNED_DOWN, None)


def proposals(
    register_ids: tuple[str, ...], *, state: str = OPEN, but_by: str = "", after: int = 0, limit: int = 50
) -> tuple[Waiting, ...]:
    """Of these registers, in the order in which they were proposed; says nothing about anybody.

    `but_by`: whose own are left out.
    """
    rows = Proposal.objects.filter(register__in=register_ids, state=state, pk__gt=after).order_by("pk")
    rows = rows.exclude(proposed_by=but_by) if but_by else rows
    return tuple(_head(each) for each in rows[:limit])


def own_proposals(proposed_by: str, *, limit: int = 50) -> tuple[Waiting, ...]:
    """What somebody proposed, the last first; says nothing about anybody else."""
    rows = Proposal.objects.filter(proposed_by=proposed_by).order_by("-pk")
    return tuple(_head(each) for each in rows[:limit])


def proposal_head(proposal_id: int) -> Waiting | None:
    """The proposal by what says nothing of anybody; None if there is none."""
    found = Proposal.objects.filter(pk=proposal_id).first()
    return _head(found) if found else None


def has_proposal(row_id: int) -> bool:
    """Whether a change of the row waits to be confirmed."""
    return Proposal.objects.filter(row=row_id, state=OPEN).exists()


def proposal(proposal_id: int, purpose: Purpose, *, reader: str = "", now: datetime) -> Proposed:
    """The proposal with what it changes, for the agency that keeps the register.

    `reader`: who looks. Who proposed it is shown no special data besides what they wrote: proposing opens none. Every
    person whom it shows has the look in the ledger before this returns. Raises LookupError, Refused, Unavailable.
    """
    found = _found(proposal_id)
    shape = shape_of(found.register)
    demand_keeper(shape, purpose)
    before = decoded(shape, found.row) if found.row is not None else None
    said = _said(shape, found)
    days = {name: date.fromisoformat(said[name]) if said[name] else None for name in _DAYS if name in said}
    values = {name: None if value is None else shape.read[name](value) for name, value in said.items()
              if name not in _DAYS}  # fmt: skip
    about = tuple(dict.fromkeys((*shape.subjects(before or {}), *shape.subjects({**(before or {}), **values}))))
    if not about and (shape.about or shape.is_personal):
        raise Refused("no_subject", shape.law)
    own = found.proposed_by == reader
    special = rules.special_fields(shape.register, before or ())
    hidden = tuple(name for name in special if own and name not in values)
    fields = tuple(name for name in (shape.register.fields if before is not None else values) if name not in hidden)
    shown = {name: value for name, value in before.items() if name in fields} if before is not None else None
    look(shape, "proposal", fields, about, purpose, now)
    held = (found.row.valid_from, found.row.valid_until) if found.row is not None else None
    return Proposed(
        _head(found), shown, held, values, found.day, days, found.reason, found.document, found.decided_by,
        found.decided_at, found.said, about, hidden,
    )  # fmt: skip


def _said(shape: Shape, found: Proposal) -> dict[str, Any]:
    """What is proposed, by the names of the fields and of the row's days."""
    return dict(shape.named(msgspec.json.decode(found.values)))


def _found(proposal_id: int) -> Proposal:
    found = Proposal.objects.select_related("row").filter(pk=proposal_id).first()
    if found is None:
        raise LookupError("there is no such proposal")
    return found


def _head(found: Proposal) -> Waiting:
    return Waiting(
        found.pk, found.register, found.change, found.row_id, found.state, found.proposed_by, found.proposed_at
    )


def _close(found: Proposal, state: str, decided_by: str, now: datetime, said: str = "") -> bool:
    """From open to its end, once."""
    mine = Proposal.objects.filter(pk=found.pk, state=OPEN)
    return bool(mine.update(state=state, decided_by=decided_by, decided_at=now, said=said))


def _apply(shape: Shape, found: Proposal, now: datetime) -> Row:
    """Makes the change, told and with its leaf, as `actions` does. In a transaction. Raises BadInput."""
    days, values = changes.split(_said(shape, found), found.day, None)
    recorded = changes.Recorded(found.proposed_by, now, found.reason, found.document)
    if found.change == "add":
        fresh = changes.insert(shape, {**giving.give(shape, now), **values}, days, "add", None, recorded)
        telling.note(shape, "add", fresh, None, now)
        changes.tell("register.added", shape, fresh, None, {"from": days[0].isoformat(), **recorded.in_leaf}, now)
        return fresh
    old = _unchanged(shape, found)
    if found.change == "end":
        following.end(shape, old, found.day, recorded)
        return old
    if found.change == "replace":
        return following.replace(shape, old, values, (found.day, None), recorded)[0]
    return following.correct(shape, old, _said(shape, found), recorded)[0]


def _unchanged(shape: Shape, found: Proposal) -> Row:
    """The row that was seen, ours until the transaction ends. Raises BadInput "changed_meanwhile"."""
    seen = Row.objects.filter(pk=found.row_id or 0, register=shape.register.id).first()
    if seen is None:
        raise BadInput("no_such_row")
    guards.lock(connection, shape.register.id, seen.key)
    live = Row.objects.filter(pk=seen.pk, retired_at__isnull=True).first()
    if live is None:
        raise BadInput("changed_meanwhile")
    if found.change in ("replace", "end") and live not in changes.on_days(
        Row.objects.filter(pk=live.pk), found.day, found.day
    ):
        raise BadInput("no_such_row")
    return live


def _tell(kind: str, found: Proposal, body: dict[str, Value], now: datetime) -> None:
    """The leaf: which proposal of which row, by whom; no value of a field."""
    ledger.record(
        kind, {**body, "change": found.change, "proposal": found.pk, "register": found.register, "row": found.row_id},
        now=now,
    )  # fmt: skip
