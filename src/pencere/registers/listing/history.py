"""One row with all that was ever said of it: what held when, recorded when, by whom, on what document; its links."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from pencere.base import clock
from pencere.base.purpose import Purpose
from pencere.country.declarations import Register
from pencere.registers.listing.reading import decoded, demand_keeper, look, subjects
from pencere.registers.models import Load, Proposal, Row, RowKey
from pencere.registers.rules import Shape, holds_special, values_at
from pencere.registers.using import shape_of

MOST_LINKS = 50


@dataclass(frozen=True, slots=True)
class Version:
    """What was said of the row once, for the days from `valid_from` until `valid_until`, known until `retired_at`."""

    id: int
    values: dict[str, object]
    valid_from: date
    valid_until: date | None
    recorded_at: datetime
    recorded_by: str
    retired_at: datetime | None
    how: str  # add replace end correct
    reason: str
    document: str
    follows: int | None = None  # the version in whose place it stands
    confirmed_by: str = ""  # the second officer, where one was needed
    holds_special: bool = False  # whether it says anything of a special category, shown or not
    undone_load: int | None = None  # the load with which it came, where that was undone as a whole


@dataclass(frozen=True, slots=True)
class Record:
    """What one key stands for. `row`: the version that holds on that day by what was known then; None if none does.

    `history`: every version, the one recorded last first. `about`: all persons whose data it shows.
    """

    register: str
    key: dict[str, object]
    row: Version | None
    history: tuple[Version, ...]
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A row that this one refers to, or (`is_from`) that refers to it. `label`: its key, if it is about nobody."""

    row: int
    register: str
    field: str
    is_from: bool
    label: str


def record(
    row_id: int,
    purpose: Purpose,
    *,
    fields: tuple[str, ...] = (),
    on: date | None = None,
    known_at: datetime | None = None,
    now: datetime,
) -> Record:
    """The row with its whole history, for the agency that keeps it; only these `fields` of it, if any are named.

    Every person whom any version shows has the look in the ledger before this returns, so it cannot run inside a
    transaction. Raises LookupError if there is no such row; Refused "not_the_keeper"; Unavailable if the ledger cannot
    be written or a version cannot be read.
    """
    first = _row(row_id)
    shape = shape_of(first.register)
    demand_keeper(shape, purpose)
    day, known = on or clock.day_in(shape.country.time_zone, now), known_at or now
    rows = versions_of(shape, first)
    values = {row.pk: decoded(shape, row) for row in rows}
    about = tuple(dict.fromkeys(person for row in rows for person in subjects(shape, values[row.pk])))
    shown = fields or tuple(shape.register.fields)
    seconds = _seconds(rows)
    versions = tuple(
        replace(
            _version(row, {name: values[row.pk][name] for name in shown}, seconds.get(row.pk, "")),
            holds_special=holds_special(shape.register, values[row.pk]),
            undone_load=_undone_load(row),
        )
        for row in rows
    )
    held = next((each for each in versions if _holds(each, day, known)), None)
    look(shape, "record", shown, about, purpose, now)
    key = {name: values[first.pk][name] for name in shape.register.key}
    return Record(shape.register.id, key, held, versions, about)


def links(row_id: int, purpose: Purpose, *, now: datetime) -> tuple[Link, ...]:
    """Rows of the same agency, kept here, to which this one refers, or that refer to it; those that hold today.

    Says which rows, and of a row about persons not even its key; so it is no look. At most `MOST_LINKS` either way.
    """
    row = _row(row_id)
    shape = shape_of(row.register)
    demand_keeper(shape, purpose)
    day = clock.day_in(shape.country.time_zone, now)
    return (*_links_to(shape, row, day), *_links_from(shape, row, day))


def _row(row_id: int) -> Row:
    row = Row.objects.filter(pk=row_id).first()
    if row is None:
        raise LookupError("there is no such row")
    return row


def versions_of(shape: Shape, row: Row) -> list[Row]:
    """All rows of its key; and where a correction changed the key, those of the other keys too."""
    found: dict[int, Row] = {}
    keys, seen = {row.key}, set[str]()
    while keys:
        key = keys.pop()
        seen.add(key)
        fresh = [each for each in _of_key(shape, key, row) if each.pk not in found]
        found.update((each.pk, each) for each in fresh)
        before = Row.objects.filter(pk__in=[each.follows_id for each in fresh if each.follows_id])
        after = Row.objects.filter(follows__in=[each.pk for each in fresh])
        keys |= {each.key for each in (*before, *after)} - seen
    return sorted(found.values(), key=lambda each: (each.recorded_at, each.pk), reverse=True)


def _of_key(shape: Shape, key: str, row: Row) -> list[Row]:
    """By the index of keys where the key is one field, for superseded rows too."""
    register = shape.register
    found = {each.pk: each for each in Row.objects.filter(register=register.id, key=key, retired_at__isnull=True)}
    if len(register.key) == 1:
        ids = RowKey.objects.filter(field=f"{register.id}.{register.key[0]}", value=key).values("row")
    else:
        part = key.split("\x1f")[0]
        ids = RowKey.objects.filter(field=f"{register.id}.{register.key[0]}", value=part).values("row")
    found.update((each.pk, each) for each in Row.objects.filter(pk__in=ids, key=key))
    if row.key == key:
        found[row.pk] = row
    return list(found.values())


def _seconds(rows: Iterable[Row]) -> dict[int, str]:
    """Row -> who confirmed it. An end made no row: what is left of the ended one was confirmed, if any is."""
    left = {row.follows_id: row.pk for row in rows if row.how == "end"}
    confirmed = Proposal.objects.filter(result__in=[row.pk for row in rows]).order_by("pk")
    return {
        left.get(row, row) if change == "end" else row: who
        for row, change, who in confirmed.values_list("result", "change", "decided_by")
    }


def _version(row: Row, values: dict[str, object], confirmed_by: str) -> Version:
    return Version(
        row.pk, values, row.valid_from, row.valid_until, row.recorded_at, row.recorded_by, row.retired_at, row.how,
        row.reason, row.document, row.follows_id, confirmed_by,
    )  # fmt: skip


def _undone_load(row: Row) -> int | None:
    if row.how != "add" or row.retired_at is None:
        return None
    undone = Load.objects.filter(
        register=row.register, state="undone", first_row__lte=row.pk, last_row__gte=row.pk, closed_at=row.retired_at
    )
    return undone.values_list("pk", flat=True).first()


def _holds(version: Version, day: date, known_at: datetime) -> bool:
    return (
        version.valid_from <= day
        and (version.valid_until is None or version.valid_until >= day)
        and version.recorded_at <= known_at
        and (version.retired_at is None or version.retired_at > known_at)
    )


def _links_to(shape: Shape, row: Row, day: date) -> list[Link]:
    values = decoded(shape, row)
    found = []
    for path, field in shape.found_field.items():
        target = _near(shape, str(field.of)) if field.kind == "ref" else None
        if target is None:
            continue
        for value in values_at(values, path):
            text = target.key_named({target.register.key[0]: value})
            rows = Row.objects.filter(register=target.register.id, key=text, retired_at__isnull=True)
            found += [Link(each.pk, target.register.id, path, False, _label(target, each)) for each in _on(rows, day)]
    return found[:MOST_LINKS]


def _links_from(shape: Shape, row: Row, day: date) -> list[Link]:
    found = []
    for other in shape.country.registers.values():
        near = _near(shape, other.id)
        if near is None:
            continue
        for path, field in near.found_field.items():
            if field.kind != "ref" or field.of != shape.register.id:
                continue
            ids = RowKey.objects.filter(field=f"{other.id}.{path}", value=row.key).values("row")
            rows = Row.objects.filter(pk__in=ids, retired_at__isnull=True)
            found += [Link(each.pk, other.id, path, True, _label(near, each)) for each in _on(rows, day)]
    return found[:MOST_LINKS]


def _on(rows: Iterable[Row], day: date) -> list[Row]:
    held = [each for each in rows if each.valid_from <= day and (each.valid_until is None or each.valid_until >= day)]
    return sorted(held, key=lambda each: each.pk)[:MOST_LINKS]


def _near(shape: Shape, register_id: str) -> Shape | None:
    """A register that the same agency keeps here."""
    other: Register | None = shape.country.registers.get(register_id)
    if other is None or other.kept != "here" or other.agency != shape.register.agency:
        return None
    return shape_of(register_id)


def _label(shape: Shape, row: Row) -> str:
    if shape.is_personal:
        return ""
    values = decoded(shape, row)
    return ", ".join(str(values[name]) for name in shape.register.key)
