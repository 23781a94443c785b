"""Records of registers are forgotten when they ended as long ago as their register says: whole, in bounded batches.

A record is what one key stands for, with all that was ever said of it. It is over when nothing of it holds any more;
its term (`retain: {closed: …}`) runs from the last day on which it held, or from the day on which that was recorded, if
that is later. Then its values, keys, reasons, documents, entries of the index, proposals, answers and files go in one
transaction, with a leaf that says how many and names none. A record stays while a row that stands refers to it, while
an officer's proposal for it is open or an open load looks like it, or while a place of it is held.

What is left of a row is its number, so that no number ever means another row: a stub of no register, found by nobody.
Law: the term that the register's own law sets. Docs: docs/decisions/0020.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

import msgspec
import structlog
from django.db import connection, transaction

from pencere import country
from pencere.base import clock
from pencere.base.canonical import Value
from pencere.base.terms import is_past
from pencere.country.kinds.register import flat
from pencere.files import actions as files
from pencere.ledger import actions as ledger
from pencere.registers import guards, indexing, places, shelf
from pencere.registers.kinds import WrongKind
from pencere.registers.listing.history import versions_of
from pencere.registers.models import Event, Hold, PossibleDuplicate, Proposal, Row, RowKey, TakenChange
from pencere.registers.paper import forgetting as paper
from pencere.registers.rules import Shape
from pencere.registers.using import shape_of

AT_ONCE, BATCH = 1000, 100
"""So many rows are looked at together, for a step is a matter of seconds; so many records go in one transaction."""
_SECONDS = 3.0
_NOBODY = ""
"""The register of a stub."""
_NO_DAY = date(1900, 1, 1)
_FORGET = "DELETE FROM registers_rowkey WHERE field = %s AND value = %s AND row_id = %s"
_FORGET_ALL = "DELETE FROM registers_rowkey WHERE field > %s AND field < %s AND row_id IN ({})"

log = structlog.get_logger(__name__)
_reached: dict[str, tuple[date, int | None]] = {}
"""How far the walk of each register is on its day, by the number of a row; None: through. Lost, it begins again."""


@dataclass(frozen=True, slots=True)
class _Over:
    """A record that is over, and whose term is over too."""

    rows: tuple[Row, ...]

    @property
    def ids(self) -> list[int]:
        return [row.pk for row in self.rows]

    @property
    def keys(self) -> set[str]:
        return {row.key for row in self.rows}


def forget_ended(now: datetime) -> int:
    """For some seconds, for the worker: walks each register that has a term once a day; gives how many records went.

    While the index of a register is being made nobody knows all that its rows are found by: then it waits.
    """
    here = country.current()
    today = clock.day_in(here.time_zone, now)
    ends, gone = time.monotonic() + _SECONDS, 0
    waiting = indexing.waiting()
    for register in here.registers.values():
        if register.kept != "here" or register.closed_kept is None or register.id in waiting:
            continue
        while time.monotonic() < ends:
            day, reached = _reached.get(register.id, (today, 0))
            if day != today:
                reached = 0
            if reached is None:
                break
            went, reached = step(register.id, reached, now)
            _reached[register.id] = (today, reached)
            gone += went
    return gone


def step(register_id: str, after: int, now: datetime) -> tuple[int, int | None]:
    """Looks at the next rows after a number; gives how many records went, and where to go on (None: at the end)."""
    shape = shape_of(register_id)
    today = clock.day_in(shape.country.time_zone, now)
    rows = list(
        Row.objects.filter(register=register_id, pk__gt=after).order_by("pk")
        .only("pk", "register", "key", "valid_until", "recorded_at", "retired_at")[:AT_ONCE]
    )  # fmt: skip
    old = {row.key: row for row in rows if (day := _ended(shape, row)) is not None and _may_go(shape, day, today)}
    standing = _standing(shape, old, today)
    candidates = iter([row for key, row in old.items() if key not in standing])
    gone = 0
    while some := list(islice(candidates, BATCH)):
        gone += _forget(shape, some, today, now)
    return gone, rows[-1].pk if len(rows) == AT_ONCE else None


def _ended(shape: Shape, row: Row) -> date | None:
    """From which day on the term of this row runs; None while it holds, or will hold until further notice."""
    zone = shape.country.time_zone
    if row.retired_at is not None:
        return clock.day_in(zone, row.retired_at)
    return row.valid_until and max(row.valid_until, clock.day_in(zone, row.recorded_at))


def _may_go(shape: Shape, day: date, today: date) -> bool:
    kept = shape.register.closed_kept
    return kept is not None and is_past(kept, day, today, shape.country.calendar)


def _standing(shape: Shape, keys: Iterable[str], today: date) -> set[str]:
    """Of these keys those of which something holds still, or ended not long enough ago; asked of all at once."""
    live = Row.objects.filter(register=shape.register.id, key__in=list(keys), retired_at__isnull=True)
    found = live.only("pk", "key", "valid_until", "recorded_at", "retired_at").iterator(chunk_size=AT_ONCE)
    return {row.key for row in found if (day := _ended(shape, row)) is None or not _may_go(shape, day, today)}


def _forget(shape: Shape, candidates: Sequence[Row], today: date, now: datetime) -> int:
    """In one transaction: what is over of these records."""
    register = shape.register
    with transaction.atomic():
        guards.lock_rows(connection, register.id, [row.key for row in candidates])
        now_there = Row.objects.filter(register=register.id, pk__in=[row.pk for row in candidates])
        over = _nobody_refers_now(shape, _over(shape, list(now_there), today))
        over = _not_needed(shape, over, now)
        if not over:
            return 0
        _blank(shape, over, now)
        versions = sum(len(each.rows) for each in over)
        body: dict[str, Value] = {
            "day": today.isoformat(), "kept": str(register.closed_kept), "records": len(over),
            "register": register.id, "rows": versions,
        }  # fmt: skip
        ledger.record("register.forgotten", body, now=now)
    log.info("rows_forgotten", **body)
    return len(over)


def _over(shape: Shape, candidates: Sequence[Row], today: date) -> list[_Over]:
    """The records whole, as they are now that nobody else changes them. One whose key was corrected has several keys;

    those that are not locked yet are locked now, and what was changed meanwhile is seen.
    """
    found: list[_Over] = []
    seen: set[int] = set()
    locked = {row.key for row in candidates}
    for row in candidates:
        if row.pk in seen:
            continue
        rows = versions_of(shape, row)
        if more := {each.key for each in rows} - locked:
            guards.lock_rows(connection, shape.register.id, more)
            locked |= more
            rows = versions_of(shape, row)
        seen.update(each.pk for each in rows)
        days = [_ended(shape, each) for each in rows if each.retired_at is None]
        days = days or [_ended(shape, each) for each in rows]
        if all(day is not None and _may_go(shape, day, today) for day in days):
            found.append(_Over(tuple(rows)))
    return found


def _nobody_refers_now(shape: Shape, over: list[_Over]) -> list[_Over]:
    """Without those of which somebody is just writing that a row refers to them (`referring`): another day."""
    free = guards.try_lock_referring(
        connection, shape.register.id, {name for each in over for name in _named(shape, each)}
    )
    return [each for each in over if _named(shape, each) <= free]


def _not_needed(shape: Shape, over: list[_Over], now: datetime) -> list[_Over]:
    """Without those that somebody still needs. Two that are over and refer to each other go together."""
    over = [each for each in over if not _is_under_way(shape, each, now)]
    referring = _referring(shape, over)
    while True:
        ids = {pk for each in over for pk in each.ids}
        left = [each for each in over if not any(referring.get(name, set()) - ids for name in _named(shape, each))]
        if len(left) == len(over):
            return left
        over = left


def _is_under_way(shape: Shape, record: _Over, now: datetime) -> bool:
    if Proposal.objects.filter(row__in=record.ids, state="open").exists() or paper.is_to_be_told(record.ids):
        return True
    if PossibleDuplicate.objects.filter(row__in=record.ids, load__state__in=("staging", "ready")).exists():
        return True
    held = Hold.objects.filter(register=shape.register.id, place__in=record.keys, state="held")
    return bool(shape.register.capacity) and any(places.is_live(each, now) for each in held)


def _named(shape: Shape, record: _Over) -> set[str]:
    """By what others refer to it."""
    return {key if len(shape.register.key) == 1 else key.split("\x1f")[0] for key in record.keys}


def _referring(shape: Shape, over: list[_Over]) -> dict[str, set[int]]:
    """Rows that are not superseded and refer to one of these records, by what they name."""
    fields = [
        f"{other.id}.{path}"
        for other in shape.country.registers.values() if other.kept == "here"
        for path, field in flat(other.fields).items()
        if field.kind == "ref" and field.of == shape.register.id
    ]  # fmt: skip
    found: dict[str, set[int]] = {}
    if fields and over:
        names = {name for each in over for name in _named(shape, each)}
        entries = RowKey.objects.filter(field__in=fields, value__in=names, row__retired_at__isnull=True)
        for value, row in entries.values_list("value", "row"):
            found.setdefault(value, set()).add(row)
    return found


def _blank(shape: Shape, over: list[_Over], now: datetime) -> None:
    """Takes everything away that says anything of them."""
    register = shape.register.id
    ids = [pk for each in over for pk in each.ids]
    keys = {key for each in over for key in each.keys}
    _take_out_of_index(shape, [row for each in over for row in each.rows])
    _forget_events(register, ids)
    proposals = Proposal.objects.filter(row__in=ids) | Proposal.objects.filter(result__in=ids)
    keepers = [shelf.of_proposal(pk) for pk in proposals.values_list("pk", flat=True)]
    Proposal.objects.filter(pk__in=list(proposals.values_list("pk", flat=True))).delete()
    TakenChange.objects.filter(register=register, row__in=ids).update(values="{}")  # sent again, it is done once still
    if shape.register.capacity:
        Hold.objects.filter(register=register, place__in=keys).delete()
    files.release([*keepers, *(shelf.of_row(register, pk) for pk in ids), *paper.forget_rows(ids)])
    Row.objects.filter(pk__in=ids).update(
        register=_NOBODY, key="", values="", valid_from=_NO_DAY, valid_until=None, recorded_by="", retired_at=now,
        how="end", follows=None, reason="", document="",
    )  # fmt: skip


def _take_out_of_index(shape: Shape, rows: Sequence[Row]) -> None:
    """By what each row says it is found by; of one that cannot be read, by looking through the register's entries."""
    register = shape.register.id
    entries: list[tuple[str, str, int]] = []
    unread: list[int] = []
    for row in rows:
        try:
            texts = shape.texts(shape.in_memory(msgspec.json.decode(row.values)))
        except (WrongKind, msgspec.DecodeError, AttributeError):
            unread.append(row.pk)
            continue
        entries += [(f"{register}.{path}", text, row.pk) for path, several in texts.items() for text in several]
    with connection.cursor() as cursor:
        cursor.executemany(_FORGET, entries)
        if unread:
            marks = ", ".join(["%s"] * len(unread))
            cursor.execute(_FORGET_ALL.format(marks), [f"{register}.", f"{register}/", *unread])


def _forget_events(register: str, ids: list[int]) -> None:
    """What was told of them. The last number of a list stays, saying nothing, or another would get it again."""
    told = Event.objects.filter(row__in=ids)
    last = {
        name: Event.objects.filter(register=register, name=name, number__isnull=False).order_by("-number").first()
        for name in told.values_list("name", flat=True).distinct()
    }
    kept = [event.pk for event in last.values() if event is not None]
    told.exclude(pk__in=kept).delete()
    for event in Event.objects.filter(pk__in=kept, row__in=ids):
        Event.objects.filter(pk=event.pk).update(once=f"forgotten:{event.pk}")
