"""Keeps up with a list that another part tells: each line is taken once, in order, and none stops the others for ever.

A line that cannot be taken is *set aside* with its reason, in the transaction that passes it by. It is tried again with
growing pauses, and after the last only at an operator's word (`pencere events`). Lines about the same subject wait
behind it; all others go on. Of what a line says nothing is kept here: to be tried again it is read again, so what was
mended or forgotten in between counts. Whoever is silent, and a database that fails, is no fault of a line: the list
waits where it is. The third place that may outlive any failure (docs/decisions/0005), and it hides none.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Count

from pencere.applications.models import Cursor, SetAside
from pencere.base.canonical import sha256_hex
from pencere.base.errors import BadInput, Refused, Unavailable
from pencere.ledger import actions as ledger

log = structlog.get_logger(__name__)
AT_ONCE, ROUNDS = 200, 20
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=2)
MOST_TRIES = 10
"""About nine hours in all; then somebody has to look."""
MOST_REASON = 500
_LONGEST_REASON = 200
MOST_ASIDE = 200
"""So many of one list, and the fault is not the lines': nothing more is read of it until some are settled."""


class Line(Protocol):
    """`cursor`: its place in the list."""

    @property
    def cursor(self) -> str | int: ...


OneLine = TypeVar("OneLine", bound=Line)


@dataclass(frozen=True, slots=True)
class Told(Generic[OneLine]):
    """A list: how it is read after a cursor, whom a line is about, and what is done with it inside a transaction."""

    name: str
    read: Callable[[str, int], Sequence[OneLine]]  # raises Unavailable, Refused
    about: Callable[[OneLine], Iterable[str]]
    take: Callable[[OneLine], int]
    untold: Callable[[OneLine], str] = lambda _line: ""  # why the holder cannot tell it, "" where it can

    def subjects(self, line: OneLine) -> list[str]:
        """What the line is about, so that whoever finds it here learns nothing."""
        return [sha256_hex({"list": self.name, "about": each}) for each in dict.fromkeys(self.about(line))]


class Untold(Exception):
    """The holder has the line and cannot say what is in it."""


def keep_up(told: Told[Any], now: datetime) -> int:
    """Takes what has come and what may be tried again; returns how much came of it, as `take` counts."""
    done = 0
    try:
        done, waiting = _again(told, now)
        for _ in range(ROUNDS):
            most = min(AT_ONCE, MOST_ASIDE - len(waiting))
            if not most:
                log.error("list_stands_still", list=told.name, set_aside=len(waiting))
                break
            at = Cursor.objects.filter(name=told.name).values_list("at", flat=True).first() or ""
            lines = told.read(at, most)
            for line in lines:
                came = _pass_by(told, line, at, waiting, now)
                if came is None:  # another worker is at it
                    return done
                done, at = done + came, str(line.cursor)
            if len(lines) < most:
                break
    except Unavailable as silent:
        log.info("list_unknown", list=told.name, for_=silent.who, reason=silent.reason)
    except Refused as no:
        log.warning("list_refused", list=told.name, rule=no.rule)
    return done


def _pass_by(told: Told[OneLine], line: OneLine, at: str, waiting: list[SetAside], now: datetime) -> int | None:
    """Takes the line after `at`, or sets it aside (and notes it in `waiting`); None if the list is further by now."""
    subjects = told.subjects(line)
    came = 0
    tried = _Tried()
    if not _is_behind(subjects, waiting):
        with tried, transaction.atomic():
            if not _move(told.name, at, line, now):
                return None
            came = _taken(told, line)
        if not tried.reason:
            return came
    with transaction.atomic():
        if not _move(told.name, at, line, now):
            return None
        waiting.append(
            SetAside.objects.create(
                name=told.name, after=at, cursor=str(line.cursor), subjects=subjects, reason=tried.reason,
                trace=tried.trace, tries=1 if tried.reason else 0, again_at=_again_at(1, now) if tried.reason else now,
                set_aside_at=now,
            )
        )  # fmt: skip
    log.warning("line_set_aside", list=told.name, cursor=str(line.cursor), reason=tried.reason or "behind")
    return 0


def _again(told: Told[Any], now: datetime) -> tuple[int, list[SetAside]]:
    """Tries what was set aside and may be tried now; returns what came of it, and what is still set aside."""
    done, still = 0, list[SetAside]()
    for aside in SetAside.objects.filter(name=told.name, state__in=SetAside.OPEN).order_by("id"):
        if _is_behind(aside.subjects, still) or aside.state != SetAside.WAITING or aside.again_at > now:
            still.append(aside)
            continue
        line = next(iter(told.read(aside.after, 1)), None)
        if line is None or str(line.cursor) != aside.cursor:  # what it told of was forgotten: it is told no more
            with transaction.atomic():
                SetAside.objects.filter(pk=aside.pk, state=SetAside.WAITING).delete()
            continue
        tried = _Tried()
        with tried, transaction.atomic():
            if not SetAside.objects.select_for_update().filter(pk=aside.pk, state=SetAside.WAITING).exists():
                continue  # another worker, or the operator, was here
            done += _taken(told, line)
            SetAside.objects.filter(pk=aside.pk).delete()
        if tried.reason:
            _failed_again(aside, told.subjects(line), tried, now)
            still.append(aside)
    return done, still


def _failed_again(aside: SetAside, subjects: list[str], tried: _Tried, now: datetime) -> None:
    aside.tries += 1
    aside.subjects, aside.reason, aside.trace = subjects, tried.reason, tried.trace
    aside.again_at = _again_at(aside.tries, now)
    if aside.tries >= MOST_TRIES:
        aside.state = SetAside.STOPPED
        log.error("line_given_up", list=aside.name, cursor=aside.cursor, reason=aside.reason)
    with transaction.atomic():
        SetAside.objects.filter(pk=aside.pk, state=SetAside.WAITING).update(
            tries=aside.tries, subjects=aside.subjects, reason=aside.reason, trace=aside.trace, state=aside.state,
            again_at=aside.again_at,
        )  # fmt: skip


def _taken(told: Told[OneLine], line: OneLine) -> int:
    if untold := told.untold(line):
        raise Untold(untold)
    return told.take(line)


def _is_behind(subjects: Collection[str], waiting: Iterable[SetAside]) -> bool:
    return any(not set(subjects).isdisjoint(each.subjects) for each in waiting)


def _again_at(tries: int, now: datetime) -> datetime:
    return now + min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE)


def _move(name: str, at: str, line: Line, now: datetime) -> bool:
    """Moves the list's cursor from `at` past the line; False if it stands elsewhere. Holds it until the commit."""
    cursor, _ = Cursor.objects.select_for_update().get_or_create(name=name, defaults={"at": "", "read_at": now})
    if cursor.at != at:
        return False
    cursor.at, cursor.read_at = str(line.cursor), now
    cursor.save(update_fields=["at", "read_at"])
    return True


class _Tried:
    """One try of a line. What goes wrong in it is the line's, unless nobody could have worked just then."""

    reason = ""
    trace = ""

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, _trace: object) -> bool:
        if not isinstance(problem, Exception) or isinstance(problem, OperationalError | InterfaceError | Unavailable):
            return False
        told = isinstance(problem, Untold | Refused | BadInput)
        self.reason = (str(problem) if told else type(problem).__name__)[:_LONGEST_REASON]
        self.trace = "" if told else "".join(traceback.format_exception(problem))[-4000:]
        return True


# ---- what an operator sees, and says


@dataclass(frozen=True, slots=True)
class Aside:
    """A line that is set aside. `reason` is empty where it waits behind another; `trace` is for who mends programs."""

    number: int
    name: str
    cursor: str
    state: str
    reason: str
    trace: str
    tries: int
    again_at: datetime
    set_aside_at: datetime
    closed_by: str
    closed_for: str
    closed_at: datetime | None


def set_aside(*, dropped: bool = False, limit: int = 1000) -> tuple[Aside, ...]:
    """What is set aside, in the order of each list; or what was dropped, the newest first. Says nothing of persons."""
    rows = SetAside.objects.filter(state__in=SetAside.OPEN).order_by("name", "id")
    if dropped:
        rows = SetAside.objects.filter(state=SetAside.DROPPED).order_by("-closed_at", "-id")
    return tuple(
        Aside(
            row.pk, row.name, row.cursor, row.state, row.reason, row.trace, row.tries, row.again_at, row.set_aside_at,
            row.closed_by, row.closed_for, row.closed_at,
        )
        for row in rows[:limit]
    )  # fmt: skip


def set_aside_counts() -> dict[tuple[str, str], int]:
    """(list, state) → how many, of those that are open."""
    rows = SetAside.objects.filter(state__in=SetAside.OPEN).values_list("name", "state").annotate(Count("pk"))
    return {(name, state): count for name, state, count in rows}


def try_event_again(number: int, *, now: datetime) -> bool:
    """At the next round, with all its tries anew; whether it was set aside until now."""
    with transaction.atomic():
        return bool(
            SetAside.objects.filter(pk=number, state__in=SetAside.OPEN).update(
                state=SetAside.WAITING, tries=0, again_at=now
            )
        )


def drop_event(number: int, *, by: str, reason: str, now: datetime) -> bool:
    """The line is never taken, and the ledger says why; whoever waits behind it goes on.

    Raises BadInput (missing, too_long: reason).
    """
    reason = reason.strip()
    if not reason or len(reason) > MOST_REASON:
        raise BadInput("too_long" if reason else "missing", field="reason")
    with transaction.atomic():
        found = SetAside.objects.select_for_update().filter(pk=number, state__in=SetAside.OPEN).first()
        if found is None:
            return False
        found.state, found.subjects, found.trace = SetAside.DROPPED, [], ""
        found.closed_by, found.closed_for, found.closed_at = by, reason, now
        found.save()
        ledger.record(
            "event.dropped", {"by": by, "cursor": found.cursor, "list": found.name, "reason": found.closed_for}, now=now
        )
        return True
