"""An export from the question to its last byte: who asked, why, what left, and whether all of it did.

Begun in one short write with its leaf in the ledger, ended in another; between them the rows leave, each batch after
its looks. An export without an end was cut off: its page and the operator's list say so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from pencere.base import clock
from pencere.base.canonical import Value
from pencere.base.errors import BadInput
from pencere.base.purpose import Purpose
from pencere.country.declarations import Register
from pencere.ledger import actions as ledger
from pencere.registers import indexing, showing
from pencere.registers.listing import asking as listing
from pencere.registers.listing.along import List
from pencere.registers.listing.reading import list_of
from pencere.registers.models import Export
from pencere.registers.out import formats, package, sheets, speaking
from pencere.registers.out.taking import Taken, Wanted, batches
from pencere.registers.rules import Shape
from pencere.registers.using import shape_of

SERVICE = "export"
"""What the ledger calls the place of such a look. The case is the reason that was stated: every person reads it."""

REASON = (3, 60)
WORDS = "~"
"""Stands for the words that are searched in whatever field, among the fields by which rows were chosen."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who wants which file of a register, and why. `on`: None for every period."""

    register: str
    fields: tuple[str, ...]
    on: date | None
    format: str
    reason: str
    who: str  # "officer:<role>" or "operator"
    account: str  # the officer's account, or the operator's name on the machine
    listed: listing.Asked | None = None  # only the rows of this list, in its order; `on` is not asked then


@dataclass(frozen=True, slots=True)
class File:
    """A file on its way out: its name, its media type, and its bytes as they are made."""

    number: int
    name: str
    media_type: str
    parts: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Done:
    """An export as a list shows it. `ended_at` is None while it is under way, and for ever if it was cut off."""

    number: int
    fields: tuple[str, ...]
    on: date | None
    format: str
    reason: str
    who: str
    account: str
    started_at: datetime
    ended_at: datetime | None
    rows: int
    size: int
    digest: str
    narrowed: tuple[str, ...] = ()  # the fields by which the rows were chosen


Told = Callable[[int], None]
"""After each batch: how many rows are out."""


def all_fields(register: Register) -> tuple[str, ...]:
    return tuple(register.fields)


def fields_of(register: Register, names: Sequence[str]) -> tuple[str, ...]:
    """Those named and the key, in the order of the declaration. Raises BadInput."""
    for name in names:
        if name not in register.fields:
            raise BadInput("no_such_field", field=name, fields=", ".join(register.fields))
    return tuple(name for name in register.fields if name in names or name in register.key)


def unnamed_special(register: Register, format_: str, named: Sequence[str]) -> tuple[str, ...]:
    """The fields of special categories that a standard says though they were not named: nobody takes them unasked."""
    if format_ not in speaking.formats_of(register):
        return ()
    said = speaking.fields_of(register, format_)
    return tuple(name for name in said if name not in named and showing.is_special(register.fields[name]))


def demand_here(shape: Shape) -> None:
    """Raises BadInput for a register whose rows lie elsewhere."""
    if shape.register.kept != "here":
        raise BadInput("kept_elsewhere")


def begin(asked: Asked, *, tick: Callable[[], datetime], language: str, told: Told = lambda rows: None) -> File:
    """Writes down who takes what and why; gives the file, whose rows are read as its bytes are asked for.

    Raises BadInput for a register, a format or a field that there is not, a list that cannot be, or special categories
    that the format says and nobody named; Unavailable while
    the index for such a list is being made.
    """
    shape = shape_of(asked.register)
    demand_here(shape)
    if asked.format in speaking.formats_of(shape.register):
        if unnamed := unnamed_special(shape.register, asked.format, asked.fields):
            raise BadInput("special_not_named", fields=", ".join(unnamed))
        asked = replace(asked, fields=speaking.fields_of(shape.register, asked.format))
    elif asked.format not in formats.FORMATS:
        raise BadInput("no_such_format", format=asked.format)
    least, most = REASON
    if not least <= len(asked.reason) <= most:
        raise BadInput("no_reason", least=least, most=most)
    now = tick()
    rows = None
    if asked.listed is not None:
        indexing.demand_made(shape)
        rows = list_of(shape, asked.listed, now)
        asked = replace(asked, on=rows.day)
    with transaction.atomic():
        export = Export.objects.create(
            register=asked.register, fields=" ".join(asked.fields), on=asked.on, format=asked.format,
            known_at=rows.known_at if rows else now, narrowed=" ".join(_narrowed(asked.listed)),
            reason=asked.reason, who=asked.who, account=asked.account, started_at=now,
        )  # fmt: skip
        ledger.record("register.export_begun", _body(export), now=now)
    return _file(shape, export, asked, rows, tick, language, told)


def _narrowed(listed: listing.Asked | None) -> tuple[str, ...]:
    """By which fields rows are chosen; what is looked for in them is in nobody's list."""
    if listed is None:
        return ()
    return (*listed.filters, *((WORDS,) if listed.words.strip() else ()))


def named(number: int) -> Done:
    """An export by its number. Raises LookupError."""
    found = Export.objects.filter(pk=number).first()
    if found is None:
        raise LookupError(f"there is no export {number}")
    return _done(found)


def latest(register: str, limit: int) -> tuple[Done, ...]:
    """The exports of a register, newest first."""
    return tuple(map(_done, Export.objects.filter(register=register).order_by("-id")[:limit]))


def _done(export: Export) -> Done:
    return Done(
        export.pk, tuple(export.fields.split()), export.on, export.format, export.reason, export.who, export.account,
        export.started_at, export.ended_at, export.rows or 0, export.size or 0, export.digest,
        tuple(export.narrowed.split()),
    )  # fmt: skip


def _file(
    shape: Shape, export: Export, asked: Asked, rows: List | None, tick: Callable[[], datetime], language: str,
    told: Told,
) -> File:  # fmt: skip
    purpose = Purpose(
        ground="oversight", act=shape.law, service=SERVICE, case=export.reason, agency=shape.register.agency,
        who=asked.who, person=asked.account,
    )  # fmt: skip
    wanted = Wanted(asked.register, asked.fields, asked.on, export.known_at, rows)
    counted = _Counted(batches(wanted, purpose, tick), told)
    name = name_of(asked, export.known_at)
    parts = _parts(shape, asked, counted, export, name.partition(".")[0], language)
    return File(export.pk, name, media_type(asked.format), _ended(export, parts, counted, tick))


def _parts(shape: Shape, asked: Asked, rows: _Counted, export: Export, name: str, language: str) -> Iterator[bytes]:
    register = shape.register
    if asked.format == "csv":
        return formats.as_csv(shape.country, register, asked.fields, rows)
    if asked.format == "sheet":
        return sheets.as_sheet(shape.country, register, asked.fields, rows, language)
    if asked.format == "json":
        return formats.as_json(asked.fields, rows)
    if asked.format == "jsonl":
        return formats.as_json_lines(asked.fields, rows)
    if asked.format == "zip":
        return package.parts(shape.country, register, asked.fields, rows, export, name)
    return speaking.parts(
        shape.country, register, asked.format, rows, on=asked.on, known_at=export.known_at, base=settings.PENCERE.url
    )


class _Counted:
    """Batches as they pass, counted."""

    def __init__(self, rows: Iterator[list[Taken]], told: Told) -> None:
        self.rows = 0
        self._batches = rows
        self._told = told

    def __iter__(self) -> Iterator[list[Taken]]:
        for batch in self._batches:
            self.rows += len(batch)
            yield batch
            self._told(self.rows)


def _ended(export: Export, parts: Iterator[bytes], counted: _Counted, tick: Callable[[], datetime]) -> Iterator[bytes]:
    """The bytes; after the last one, how many rows and which file it was. Cut off before, nothing is written."""
    digest, size = hashlib.sha256(), 0
    for part in parts:
        digest.update(part)
        size += len(part)
        yield part
    export.ended_at, export.rows, export.size, export.digest = tick(), counted.rows, size, digest.hexdigest()
    with transaction.atomic():
        export.save(update_fields=["ended_at", "rows", "size", "digest"])
        ledger.record("register.exported", _body(export), now=export.ended_at)


def _body(export: Export) -> dict[str, Value]:
    """No value of a row; the reason stands in the table."""
    return {
        "account": export.account,
        "digest": export.digest,
        "export": export.pk,
        "fields": export.fields,
        "format": export.format,
        "narrowed": export.narrowed,
        "on": export.on.isoformat() if export.on else None,
        "register": export.register,
        "rows": export.rows,
        "who": export.who,
    }


def name_of(asked: Asked, now: datetime) -> str:
    """What the file is called: the register and the day of whose rows it is."""
    day = asked.on or clock.day_in(shape_of(asked.register).country.time_zone, now)
    return f"{asked.register}-{day.isoformat()}.{suffix(asked.format)}"


def suffix(format_: str) -> str:
    return {"sheet": "csv", **speaking.SUFFIXES}.get(format_, format_)


def media_type(format_: str) -> str:
    return {
        "csv": "text/csv; charset=utf-8; header=present", "sheet": "text/csv; charset=utf-8; header=present",
        "json": "application/json", "jsonl": "application/jsonl", "zip": "application/zip",
        **speaking.MEDIA_TYPES,
    }[format_]  # fmt: skip
