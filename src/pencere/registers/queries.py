"""What may be read: answers, under a Purpose, with the look in the ledger before they are handed over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

import msgspec
from django.db import Error
from django.db.models import Q, QuerySet

from pencere import country
from pencere.base import clock
from pencere.base.errors import Refused, Unavailable
from pencere.base.purpose import Purpose
from pencere.country.declarations import Answer
from pencere.ledger import actions as ledger
from pencere.ledger.actions import Look
from pencere.registers import changes, indexing, places, rules, telling
from pencere.registers.choosing import listed
from pencere.registers.digital.queries import all_digital, digital
from pencere.registers.digital.reckoning import Digital
from pencere.registers.ground.lots import lot
from pencere.registers.ground.nearby import PublishedShape, is_published, published_middle, published_near
from pencere.registers.listing.asking import Asked, Filter, Line, Page
from pencere.registers.listing.history import Link, Record, Version, links, record
from pencere.registers.listing.reading import columns, demand_keeper, page
from pencere.registers.models import Event, Hold, Row, RowKey
from pencere.registers.paper.queries import backlog
from pencere.registers.proposing import (
    Proposed,
    Waiting,
    has_proposal,
    own_proposals,
    proposal,
    proposal_head,
    proposals,
)
from pencere.registers.publishing import Published, published
from pencere.registers.rules import WHOLE, FreePlace, Held, Narrowed, RegisterRow, Shape, Told, WrongKind, plain
from pencere.registers.using import shape_of

__all__ = [
    "WHOLE",
    "Asked",
    "Digital",
    "Filter",
    "FreePlace",
    "Held",
    "Line",
    "Link",
    "Narrowed",
    "Page",
    "Proposed",
    "Published",
    "PublishedShape",
    "Record",
    "RegisterRow",
    "Told",
    "Version",
    "Waiting",
    "WrongKind",
    "agency_of",
    "all_digital",
    "answer",
    "backlog",
    "columns_of",
    "count",
    "digital",
    "event_fields",
    "events",
    "free_places",
    "has_proposal",
    "hold_of",
    "in_memory",
    "is_published",
    "is_said",
    "links",
    "listed",
    "look_kind",
    "lot",
    "own_proposals",
    "page",
    "plain",
    "proposal",
    "proposal_head",
    "proposals",
    "published",
    "published_middle",
    "published_near",
    "record",
    "register_of",
    "service_id",
    "shape_of",
    "special_fields",
    "subjects_of",
    "subjects_seen",
]

_AT_ONCE = 500


def answer(
    register_id: str,
    answer_name: str,
    by: Mapping[str, object],
    fields: tuple[str, ...],
    purpose: Purpose,
    *,
    on: date | None = None,
    known_at: datetime | None = None,
    narrowed: Narrowed = WHOLE,
    now: datetime,
) -> tuple[RegisterRow, ...]:
    """The rows that hold `on` that day (default: today) by what was known at `known_at` (default: now).

    Every person shown, or asked by where there is no row, has the look in the ledger before this returns; so it
    cannot run inside a transaction. A question on one's own ground is about oneself: its look stands with the one who
    asks, whomever the rows name. `narrowed.only`: rows with these values alone count, and the persons named in them
    have the look even if there is none; `narrowed.not_before`: rows of earlier days are passed over unseen. Raises
    Unavailable if the ledger cannot be written, or a row cannot be read; Refused for data about persons that says
    nothing of whose it is; BadInput for a key of a wrong kind.
    """
    if not isinstance(purpose, Purpose):
        raise TypeError("rows are read under a Purpose")
    shape = shape_of(register_id)
    asked = shape.register.answers.get(answer_name)
    if asked is None:
        raise LookupError(f"{register_id} answers no {answer_name!r}")
    rules.demand_askable(shape.register, asked, by, fields)
    day = on or clock.day_in(shape.country.time_zone, now)
    found = _latest(asked, _narrow(shape, _rows(shape, asked, by, day, known_at or now, narrowed), narrowed))
    if not found or asked.many:
        indexing.demand_found(shape)
    answered = tuple(_answered(shape, row, values, fields) for row, values in found)
    about = [row.about for row in answered]
    _look(shape, answer_name, fields, _subjects(shape, asked, by, about, purpose, narrowed), purpose, now)
    return answered


def events(
    register_id: str, event_name: str, after: int, limit: int, *, purpose: Purpose, now: datetime
) -> tuple[Told, ...]:
    """What the register tells after a number, in order, at most `limit`; ask on after the last `cursor`.

    Nothing is passed over, however late it commits; asked again after the same number, the same comes again. A row
    that cannot be told of comes with its `problem` and no values, and keeps none after it back. The
    persons told of have the look in the ledger before this returns. Raises Unavailable, Refused.
    """
    shape = shape_of(register_id)
    event = shape.register.events.get(event_name)
    if event is None:
        raise LookupError(f"{register_id} tells no {event_name!r}")
    try:
        telling.bring_up(shape, event, now)
    except (Error, OSError) as problem:
        raise Unavailable(shape.register.agency, "the list of what happened cannot be written") from problem
    listed = Event.objects.filter(  # of a row that is forgotten nothing is told
        register=register_id, name=event_name, number__gt=after, row__register=register_id
    )
    told = []
    for each in listed.select_related("row").order_by("number")[:limit]:
        number = int(each.number or 0)
        try:
            row = _answered(shape, each.row, _decoded(shape, each.row), event.fields)
        except Unavailable as unread:
            told.append(Told(number, {}, each.at, problem=unread.reason))
        except Refused as no:
            told.append(Told(number, {}, each.at, problem=no.rule))
        else:
            told.append(Told(number, row.values, each.at, row.about))
    subjects = tuple(dict.fromkeys(person for each in told for person in each.about))
    _look(shape, event_name, event.fields, subjects, purpose, now)
    return tuple(told)


def free_places(
    register_id: str,
    capacity: str,
    only: Mapping[str, object],
    *,
    limit: int,
    not_before: Mapping[str, date] = WHOLE.not_before,
    now: datetime,
) -> tuple[FreePlace, ...]:
    """Rows with these fields that have free places, at most `limit`, in the order in which they were recorded.

    `not_before`: rows whose field lies earlier (a slot of yesterday) are passed over. Says nothing about anybody.
    """
    shape = shape_of(register_id)
    declared = shape.register.capacity.get(capacity)
    if declared is None:
        raise LookupError(f"{register_id} gives out no {capacity!r}")
    day = clock.day_in(shape.country.time_zone, now)
    rows = changes.on_days(changes.live_rows(register_id), day, day)
    for name, value in only.items():
        alike = RowKey.objects.filter(field=f"{register_id}.{name}", value=shape.found(name, value))
        rows = rows.filter(pk__in=alike.values("row"))
    found: list[FreePlace] = []
    listed = rows.order_by("id").iterator(chunk_size=_AT_ONCE)
    while some := list(islice(listed, _AT_ONCE)):
        seen = _narrow(shape, [(row, _decoded(shape, row)) for row in some], Narrowed(not_before=not_before))
        free = places.free(shape, declared, [row for row, _values in seen], day, now)
        for row, values in seen:
            if free[row.key]:
                shown = {} if shape.is_personal else values
                found.append(FreePlace(places.named(shape, row), shown, free[row.key]))
                if len(found) == limit:
                    return tuple(found)
    return tuple(found)


def hold_of(key: str, now: datetime) -> Held | None:
    """What is held (or was taken) under the key; None if nothing is, or not any more."""
    hold = Hold.objects.filter(key=key).exclude(state="released").first()
    if hold is None or not places.is_live(hold, now):
        return None
    shape = shape_of(hold.register)
    return places.held(shape, hold, changes.holding(shape, hold.place, clock.day_in(shape.country.time_zone, now)))


def count(register_id: str) -> int:
    """How many rows the register holds now; says nothing about anybody."""
    return Row.objects.filter(register=shape_of(register_id).register.id, retired_at__isnull=True).count()


def agency_of(register_id: str) -> str:
    """The agency that answers for the register. Raises LookupError."""
    return shape_of(register_id).register.agency


def register_of(row_id: int) -> str:
    """The register of a row; "" if there is no such row. Says nothing about anybody."""
    return Row.objects.filter(pk=row_id).values_list("register", flat=True).first() or ""


def columns_of(register_id: str) -> tuple[str, ...]:
    """What a list of the register shows where nobody says otherwise."""
    return columns(shape_of(register_id))


def special_fields(register_id: str, names: Iterable[str]) -> tuple[str, ...]:
    """Of these fields, those whose change another officer has to confirm."""
    return rules.special_fields(shape_of(register_id).register, names)


def is_said(register_id: str, path: str, text: str, purpose: Purpose) -> bool:
    """Whether a row, also an earlier one, says this in a field by which rows are found; as `Shape.found` has it.

    For the agency that keeps the register. Yes or no to what the asker has already, so it is no look; the list that is
    found by it is one. Raises Refused "not_the_keeper".
    """
    demand_keeper(shape_of(register_id), purpose)
    return RowKey.objects.filter(field=f"{register_id}.{path}", value=text).exists()


def in_memory(register_id: str, name: str, value: object) -> object:
    """A value as it came over the wire (JSON), as it is in memory. None stays None where it may. Raises WrongKind."""
    return shape_of(register_id).from_wire(name, value)


def service_id(register_id: str, answer_name: str) -> str:
    """The X-Road service that an answer is: `AZ/GOV/<code of the agency>/<register>/<name>`."""
    here = country.current()
    return rules.service_id(here, here.registers[register_id], answer_name)


def subjects_seen(
    register_id: str,
    answer_name: str,
    by: Mapping[str, object],
    about: Sequence[tuple[str, ...]],
    purpose: Purpose,
    narrowed: Narrowed,
) -> tuple[str, ...]:
    """Whose data a reply shows (`about`: of each of its rows), or is about if there is no row; see `answer`."""
    shape = shape_of(register_id)
    return _subjects(shape, shape.register.answers[answer_name], by, about, purpose, narrowed)


def event_fields(register_id: str, event_name: str) -> tuple[str, ...]:
    """What an event tells of a row."""
    return shape_of(register_id).register.events[event_name].fields


def look_kind(purpose: Purpose) -> str:
    """How a look with that purpose is filed in the ledger."""
    return rules.LOOK_KIND[purpose.ground]


def subjects_of(register_id: str, row: Mapping[str, object]) -> tuple[str, ...]:
    """The persons whose data a row is that somebody is about to send."""
    return shape_of(register_id).subjects(row)


def _rows(
    shape: Shape, asked: Answer, by: Mapping[str, object], day: date, known_at: datetime, narrowed: Narrowed
) -> list[tuple[Row, dict[str, object]]]:
    register = shape.register
    rows = _live(day, known_at)
    for name, value in by.items():
        names = asked.by[name]
        found = Q()
        for field in names:
            found |= Q(field=f"{register.id}.{field}", value=shape.found(field, value))
        rows = rows.filter(pk__in=RowKey.objects.filter(found).values("row"))
    for name, value in narrowed.only.items():
        if name in shape.found_field:
            named = RowKey.objects.filter(field=f"{register.id}.{name}", value=shape.found(name, value))
            rows = rows.filter(pk__in=named.values("row"))
    decoded = [(row, _decoded(shape, row)) for row in rows.order_by("id")]
    if asked.alike and decoded:
        decoded = _alike(shape, asked, decoded, day, known_at)
    if len(decoded) > 1 and not (asked.many or asked.latest or narrowed):
        raise Unavailable(register.agency, "more than one row answers a question that has one answer")
    return decoded


def _live(day: date, known_at: datetime) -> QuerySet[Row]:
    """Rows that hold on that day, as they were known at that moment."""
    return Row.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=day),
        Q(retired_at__isnull=True) | Q(retired_at__gt=known_at),
        valid_from__lte=day,
        recorded_at__lte=known_at,
    )


def _alike(
    shape: Shape, asked: Answer, found: list[tuple[Row, dict[str, object]]], day: date, known_at: datetime
) -> list[tuple[Row, dict[str, object]]]:
    """The rows found, and those that have the fields `alike` in common with one of them (a household)."""
    gathered = {row.pk: (row, values) for row, values in found}
    for _row, values in found:
        if any(values.get(name) is None for name in asked.alike):
            continue
        rows = _live(day, known_at)
        for name in asked.alike:
            key = Q(field=f"{shape.register.id}.{name}", value=shape.found(name, values[name]))
            rows = rows.filter(pk__in=RowKey.objects.filter(key).values("row"))
        gathered.update({row.pk: (row, _decoded(shape, row)) for row in rows})
    return [gathered[pk] for pk in sorted(gathered)]


def _narrow(
    shape: Shape, rows: list[tuple[Row, dict[str, object]]], narrowed: Narrowed
) -> list[tuple[Row, dict[str, object]]]:
    if not narrowed:
        return rows
    only = {name: None if value is None else shape.read[name](value) for name, value in narrowed.only.items()}
    return [
        (row, values)
        for row, values in rows
        if all(values[name] == value for name, value in only.items())
        and not any(_is_before(values[name], first) for name, first in narrowed.not_before.items())
    ]


def _latest(asked: Answer, rows: list[tuple[Row, dict[str, object]]]) -> list[tuple[Row, dict[str, object]]]:
    """Of several rows the one that is greatest in the field of which the answer wants the latest."""
    if asked.latest is None or len(rows) < 2:
        return rows
    name = asked.latest

    def rank(found: tuple[Row, dict[str, object]]) -> tuple[bool, Any, int]:
        row, values = found
        value = values[name] if name in values else getattr(row, name)
        value = Decimal(value) if isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value) else value
        return (value is not None, "" if value is None else value, row.pk)

    return [max(rows, key=rank)]


def _is_before(value: object, first: date) -> bool:
    """An unknown day is not known to be early enough: it counts as before."""
    if isinstance(first, datetime):
        return not isinstance(value, datetime) or value < first
    return not isinstance(value, date) or value < first


def _decoded(shape: Shape, row: Row) -> dict[str, object]:
    """The declared fields as they are in memory. A row that cannot be read is no answer."""
    try:
        return shape.in_memory(msgspec.json.decode(row.values))
    except (WrongKind, msgspec.DecodeError, AttributeError) as problem:
        raise Unavailable(shape.register.agency, "a row cannot be read") from problem


def _answered(shape: Shape, row: Row, values: dict[str, object], fields: tuple[str, ...]) -> RegisterRow:
    """Raises Refused where the row does not say whose data it is."""
    about = shape.subjects(values)
    if not about and (shape.about or shape.is_personal):
        raise Refused("no_subject", shape.law)
    shown = shape.shown(values, fields, row.valid_from, row.valid_until, row.recorded_at)
    return RegisterRow(shown, row.valid_from, row.valid_until, row.recorded_at, about)


def _subjects(
    shape: Shape,
    asked: Answer,
    by: Mapping[str, object],
    about: Sequence[tuple[str, ...]],
    purpose: Purpose,
    narrowed: Narrowed,
) -> tuple[str, ...]:
    if purpose.ground == "own" and (own := rules.persons_asked(shape, asked, by)):
        return own if about or not narrowed.not_before else ()
    if about:
        return tuple(dict.fromkeys(person for row in about for person in row))
    if narrowed.not_before:
        return ()
    return tuple(dict.fromkeys((*rules.persons_asked(shape, asked, by), *rules.persons_named(shape, narrowed))))


def _look(
    shape: Shape, name: str, fields: tuple[str, ...], subjects: tuple[str, ...], purpose: Purpose, now: datetime
) -> None:
    if not subjects:
        return
    source = rules.service_id(shape.country, shape.register, name)
    looks = [Look(subject, shape.register.id, fields, source) for subject in subjects]
    ledger.record_look(purpose, looks, kind=rules.LOOK_KIND[purpose.ground], now=now)
