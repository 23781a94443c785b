"""A change that an officer makes on screen: done once however often it is sent, and never over another's change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, connection, transaction

from pencere.base.errors import BadInput
from pencere.registers import actions, changes, guards, shelf
from pencere.registers.models import Row, TakenChange
from pencere.registers.using import shape_of


@dataclass(frozen=True, slots=True)
class Done:
    """What was done under the key of a form. `row`: the one that it made, if it made one."""

    name: str
    row: int | None


def done(register: str, key: str) -> Done | None:
    """What was done under the key already; None if nothing was."""
    found = TakenChange.objects.filter(register=register, key=f"desk:{key}").first() if key else None
    return Done(found.name, found.row_id) if found else None


def once(register: str, key: str, name: str, change: Callable[[], int | None], *, now: datetime) -> int | None:
    """Does the change under the key of its form, and gives the row that it made; sent again, the same row.

    Raises what the change raises; then nothing was done and the key is free.
    """
    named = {"register": register, "key": f"desk:{key}"}
    try:
        with transaction.atomic():
            taken = TakenChange.objects.create(**named, name=name, row=None, values="{}", at=now)
            row = change()
            TakenChange.objects.filter(pk=taken.pk).update(row=row)
            return row
    except IntegrityError:
        found = TakenChange.objects.filter(**named).first()
        if found is None:
            raise
        return found.row_id


@dataclass(frozen=True, slots=True)
class Change:
    """What an officer writes. `how`: add replace end correct; `seen`: the row that it changes, as they saw it.

    `key` names that row. `day`: from which on, or for a correction on which it holds. `days`: what a new row or a
    correction says of its own days.
    """

    register: str
    how: str
    key: Mapping[str, object]
    values: Mapping[str, object]
    day: date
    days: Mapping[str, date | None]
    seen: int | None
    recorded_by: str
    reason: str = ""
    document: str = ""


def write(change: Change, *, now: datetime) -> int | None:
    """Writes it, and gives the number of the row that holds since. In a transaction.

    Raises BadInput: "changed_meanwhile" if the row that was seen says something else now, and what `actions` raises.
    """
    register, by = change.register, change.recorded_by
    grounds = {"reason": change.reason, "document": change.document}
    if change.seen is not None:
        _demand_unchanged(register, change.seen)
    match change.how:
        case "add":
            last = {name: day for name, day in change.days.items() if name == "valid_until" and day is not None}
            row = {**change.values, **last}
            return actions.add_row(register, row, valid_from=change.day, recorded_by=by, now=now, **grounds).row_id
        case "replace":
            actions.replace_row(
                register, change.key, change.values, from_day=change.day, recorded_by=by, now=now, **grounds
            )
            return _holding(register, change.key, change.day)
        case "end":
            actions.end_row(register, change.key, from_day=change.day, recorded_by=by, now=now, **grounds)
            return _holding(register, change.key, change.day - timedelta(days=1)) or change.seen
    actions.correct_row(
        register, change.key, {**change.values, **change.days}, on=change.day, recorded_by=by, now=now, **grounds,
    )  # fmt: skip
    key = {name: change.values.get(name, value) for name, value in change.key.items()}
    return _holding(register, key, change.days.get("valid_from") or change.day)


def divide(change: Change, parts: Sequence[Mapping[str, object]], *, now: datetime) -> int | None:
    """From the day on the parts hold in the place of the row; gives the number of the first. In a transaction.

    Raises BadInput: "changed_meanwhile", and what `actions.divide_row` raises.
    """
    if change.seen is not None:
        _demand_unchanged(change.register, change.seen)
    made = actions.divide_row(
        change.register, change.key, parts, from_day=change.day, recorded_by=change.recorded_by, now=now,
        document=change.document,
    )  # fmt: skip
    return made[0].row_id


def propose(change: Change, *, now: datetime) -> None:
    """Keeps it until a second officer confirms it. In a transaction. Raises BadInput, as `actions.propose` does."""
    days = {name: day for name, day in change.days.items() if change.how != "add" or (name == "valid_until" and day)}
    made = actions.propose(
        change.register, change.how, {**change.values, **days}, seen=change.seen, day=change.day, reason=change.reason,
        document=change.document, proposed_by=change.recorded_by, now=now,
    )  # fmt: skip
    shelf.bind([change.values, change.document], shelf.of_proposal(made))


def _demand_unchanged(register: str, row: int) -> None:
    seen = Row.objects.get(register=register, pk=row)
    guards.lock(connection, register, seen.key)
    if not Row.objects.filter(pk=row, retired_at__isnull=True).exists():
        raise BadInput("changed_meanwhile")


def _holding(register: str, key: Mapping[str, object], day: date) -> int | None:
    shape = shape_of(register)
    found = changes.holding(shape, shape.key_named(key), day)
    return found.pk if found else None
