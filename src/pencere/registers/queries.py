"""What may be read: answers, under a Purpose, with the look in the ledger before they are handed over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import msgspec
from django.db.models import Q, QuerySet

from pencere import country
from pencere.base import clock
from pencere.base.errors import Refused, Unavailable
from pencere.base.purpose import Purpose
from pencere.country.declarations import Answer
from pencere.ledger import actions as ledger
from pencere.ledger.actions import Look
from pencere.registers import rules
from pencere.registers.models import Row, RowKey
from pencere.registers.rules import RegisterRow, Shape, WrongKind, plain
from pencere.registers.using import shape_of

__all__ = ["RegisterRow", "WrongKind", "agency_of", "answer", "count", "in_memory", "plain", "service_id"]


def answer(
    register_id: str,
    answer_name: str,
    by: Mapping[str, object],
    fields: tuple[str, ...],
    purpose: Purpose,
    *,
    on: date | None = None,
    known_at: datetime | None = None,
    now: datetime,
) -> tuple[RegisterRow, ...]:
    """The rows that hold `on` that day (default: today) by what was known at `known_at` (default: now).

    Every person shown, or asked by where there is no row, has the look in the ledger before this returns; so it
    cannot run inside a transaction. Raises Unavailable if the ledger cannot be written, or a row cannot be read;
    Refused for data about persons that says nothing of whose it is; BadInput for a key of a wrong kind.
    """
    if not isinstance(purpose, Purpose):
        raise TypeError("rows are read under a Purpose")
    shape = shape_of(register_id)
    asked = shape.register.answers.get(answer_name)
    if asked is None:
        raise LookupError(f"{register_id} answers no {answer_name!r}")
    rules.demand_askable(shape.register, asked, by, fields)
    day = on or clock.day_in(shape.country.time_zone, now)
    found = _rows(shape, asked, by, day, known_at or now)
    answered = tuple(_answered(shape, row, values, fields) for row, values in found)
    subjects = _subjects(shape, asked, by, [values for _row, values in found])
    if subjects:
        source = rules.service_id(shape.country, shape.register, answer_name)
        looks = [Look(subject, register_id, fields, source) for subject in subjects]
        ledger.record_look(purpose, looks, kind=rules.LOOK_KIND[purpose.ground], now=now)
    return answered


def count(register_id: str) -> int:
    """How many rows the register holds now; says nothing about anybody."""
    return Row.objects.filter(register=shape_of(register_id).register.id, retired_at__isnull=True).count()


def agency_of(register_id: str) -> str:
    """The agency that answers for the register. Raises LookupError."""
    return shape_of(register_id).register.agency


def in_memory(register_id: str, name: str, value: object) -> object:
    """A value as it came over the wire (JSON), as it is in memory. None stays None where it may. Raises WrongKind."""
    return shape_of(register_id).from_wire(name, value)


def service_id(register_id: str, answer_name: str) -> str:
    """The X-Road service that an answer is: `AZ/GOV/<code of the agency>/<register>/<name>`."""
    here = country.current()
    return rules.service_id(here, here.registers[register_id], answer_name)


def _rows(
    shape: Shape, asked: Answer, by: Mapping[str, object], day: date, known_at: datetime
) -> list[tuple[Row, dict[str, object]]]:
    register = shape.register
    rows = _live(day, known_at)
    for name, value in by.items():
        names = asked.by[name]
        found = Q()
        for field in names:
            found |= Q(field=f"{register.id}.{field}", value=shape.found(field, value))
        rows = rows.filter(pk__in=RowKey.objects.filter(found).values("row"))
    decoded = [(row, _decoded(shape, row)) for row in rows.order_by("id")]
    if asked.alike and decoded:
        decoded = _alike(shape, asked, decoded, day, known_at)
    if len(decoded) > 1 and not asked.many:
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


def _decoded(shape: Shape, row: Row) -> dict[str, object]:
    """The declared fields as they are in memory. A row that cannot be read is no answer."""
    try:
        held = msgspec.json.decode(row.values)
        return {name: None if held.get(name) is None else read(held[name]) for name, read in shape.read.items()}
    except (WrongKind, msgspec.DecodeError, AttributeError) as problem:
        raise Unavailable(shape.register.agency, "a row cannot be read") from problem


def _answered(shape: Shape, row: Row, values: dict[str, object], fields: tuple[str, ...]) -> RegisterRow:
    offered = {"valid_from": row.valid_from, "valid_until": row.valid_until, "recorded_at": row.recorded_at}
    shown = {name: values[name] if name in shape.read else offered[name] for name in fields}
    return RegisterRow(shown, row.valid_from, row.valid_until, row.recorded_at)


def _subjects(shape: Shape, asked: Answer, by: Mapping[str, object], rows: list[dict[str, object]]) -> tuple[str, ...]:
    """Whose data is shown: the subjects of each row; the persons asked by, if there is no row."""
    if not rows:
        return tuple(dict.fromkeys(rules.persons_asked(shape, asked, by)))
    subjects: dict[str, None] = {}
    for row in rows:
        about = [str(row[name]) for name in shape.register.about if row.get(name)]
        if not about and (shape.register.about or shape.is_personal):
            raise Refused("no_subject", str(shape.register.law[0]) if shape.register.law else "")
        subjects.update(dict.fromkeys(about))
    return tuple(subjects)
