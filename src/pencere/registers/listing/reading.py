"""A page of a list: found, put in order, logged, handed over."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

import msgspec
from django.db.models import Q

from pencere.base import clock
from pencere.base.errors import BadInput, Refused, Unavailable
from pencere.base.purpose import Purpose
from pencere.ledger import actions as ledger
from pencere.ledger.actions import Look
from pencere.registers import indexing, rules
from pencere.registers.kinds import WrongKind
from pencere.registers.listing import seeking, walking
from pencere.registers.listing.along import List, Rank
from pencere.registers.listing.asking import MOST, Asked, Line, Page, conditions_of, sort_of
from pencere.registers.listing.decoding import decoder
from pencere.registers.models import Row
from pencere.registers.rules import Shape
from pencere.registers.using import shape_of

_CURSOR = re.compile(r"([np])(\d{1,18})")


def page(register_id: str, asked: Asked, purpose: Purpose, *, now: datetime) -> Page:
    """A page of the register's rows as the keeping agency sees them; the next is asked `after` this one's cursor.

    Every person shown has the look in the ledger before this returns, so it cannot run inside a transaction. Raises
    BadInput (field) for what cannot be searched or sorted so, or for a cursor that is none; Refused "not_the_keeper"
    for another agency, "no_subject" for a row about persons that says of whom; Unavailable if the ledger cannot be
    written, a row cannot be read or the index is being made.
    """
    shape = shape_of(register_id)
    demand_keeper(shape, purpose)
    indexing.demand_made(shape)
    if not 1 <= asked.size <= MOST:
        raise BadInput("wrong_size", most=MOST)
    backward, start_id = _cursor(asked.after)
    fields = asked.fields or columns(shape)
    if any(name not in shape.register.fields for name in fields):
        raise ValueError(f"{register_id} has no such field")
    wanted = replace(list_of(shape, asked, now), is_backward=backward)
    start = None if start_id is None else _rank(wanted, start_id)
    ids = walking.found(wanted, start, asked.size + 1)
    is_more, ids = len(ids) > asked.size, ids[: asked.size]
    if backward:
        ids.reverse()
    lines = lines_of(shape, ids, fields)
    look(shape, "list", fields, tuple(dict.fromkeys(one for line in lines for one in line.about)), purpose, now)
    after_it = ids and (backward or is_more)
    before_it = ids and (is_more if backward else start_id is not None)
    return Page(
        lines,
        f"n{ids[-1]}" if after_it else "",
        f"p{ids[0]}" if before_it else "",
        fields,
        ("-" if wanted.is_descending else "") + wanted.path,
    )


def list_of(shape: Shape, asked: Asked, now: datetime) -> List:
    """What a question means, from the first row on. Raises BadInput."""
    path, is_descending = sort_of(shape, asked.sort)
    day = asked.on or clock.day_in(shape.country.time_zone, now)
    return List(shape, conditions_of(shape, asked), path, is_descending, False, day, asked.known_at or now)


def demand_keeper(shape: Shape, purpose: Purpose) -> None:
    """Lists and histories are for the officers of the agency that keeps the register."""
    if not isinstance(purpose, Purpose):
        raise TypeError("rows are read under a Purpose")
    if purpose.agency != shape.register.agency:
        raise Refused("not_the_keeper", shape.law)


def columns(shape: Shape) -> tuple[str, ...]:
    """What a list shows: what the register declares, or its key and the first fields by which it is searched."""
    register = shape.register
    if register.desk is not None and register.desk.list:
        return register.desk.list
    searched = [name for name, field in register.fields.items() if field.search or field.kind == "group"]
    shown = [name for name in dict.fromkeys((*register.key, *searched)) if register.fields[name].kind != "geometry"]
    return tuple(shown[:6])


def lines_of(shape: Shape, ids: list[int], fields: tuple[str, ...]) -> tuple[Line, ...]:
    """The rows in the order of their ids as given. Raises Unavailable, Refused."""
    values_of = decoder(shape, (*fields, *(path.partition(".")[0] for path in shape.about)))
    lines = {}
    for id_, stored, first, last, recorded_at in seeking.whole(ids):
        values = values_of(stored)
        shown = {name: values[name] for name in fields}
        lines[id_] = Line(id_, shown, first, last, recorded_at, subjects(shape, values))
    return tuple(lines[id_] for id_ in ids)


def subjects(shape: Shape, values: dict[str, object]) -> tuple[str, ...]:
    about = shape.subjects(values)
    if not about and (shape.about or shape.is_personal):
        raise Refused("no_subject", shape.law)
    return about


def decoded(shape: Shape, row: Row) -> dict[str, object]:
    """The declared fields as they are in memory. A row that cannot be read makes the whole unavailable."""
    try:
        return shape.in_memory(msgspec.json.decode(row.values))
    except (WrongKind, msgspec.DecodeError, AttributeError) as problem:
        raise Unavailable(shape.register.agency, "a row cannot be read") from problem


def look(
    shape: Shape, name: str, fields: tuple[str, ...], about: tuple[str, ...], purpose: Purpose, now: datetime
) -> None:
    """Writes down who was seen. Raises Unavailable."""
    source = rules.service_id(shape.country, shape.register, name)
    if about:
        looks = [Look(subject, shape.register.id, fields, source) for subject in about]
        ledger.record_look(purpose, looks, kind=rules.LOOK_KIND[purpose.ground], now=now)


def _cursor(after: str) -> tuple[bool, int | None]:
    """Which way, and from which row."""
    if not after:
        return False, None
    read = _CURSOR.fullmatch(after)
    if read is None:
        raise BadInput("wrong_cursor")
    return read[1] == "p", int(read[2])


def _rank(wanted: List, id_: int) -> Rank:
    """Where the row stands or stood; a row that was superseded meanwhile still says where."""
    shape = wanted.shape
    row = Row.objects.filter(Q(register=shape.register.id), pk=id_).first()
    if row is None:
        raise BadInput("wrong_cursor")
    return wanted.rank(shape.place(decoded(shape, row), wanted.path), id_)
