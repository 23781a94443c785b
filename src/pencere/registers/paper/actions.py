"""What can happen to fonds and papers: begun, scanned, given out, typed, settled, put aside, taken back, closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from pencere.base.canonical import Value
from pencere.base.errors import BadInput, Unavailable
from pencere.base.purpose import Purpose
from pencere.files import actions as files
from pencere.files import queries as kept
from pencere.ledger import actions as ledger
from pencere.ledger.actions import Look
from pencere.registers import changes
from pencere.registers.models import Row
from pencere.registers.paper import entering, pages, rules
from pencere.registers.paper.entering import reference
from pencere.registers.paper.handing import SETTLING, TYPING, give_back, hand_out, locked, open_turn
from pencere.registers.paper.models import FieldCount, Fond, Paper, Turn
from pencere.registers.paper.rules import Version
from pencere.registers.paper.typing import folded, intake_of, kept_version
from pencere.registers.rules import Shape
from pencere.registers.using import shape_of

__all__ = ["SETTLING", "TYPING", "Believed", "Scanned", "begin_fond", "close_fond", "describe_fond", "give_back",
           "hand_out", "open_scan", "open_turn", "put_aside", "reopen_fond", "scan", "settle", "take_back", "take_up",
           "tell_looks", "tell_rest", "type_in"]  # fmt: skip

PAGE = "paper"
"""What a look at a paper names as its service."""
TOLD_AT_ONCE = 200
CODE_MOST = 40


@dataclass(frozen=True, slots=True)
class Believed:
    """How many papers are believed to be in a fond, who says so, and as of which day."""

    papers: int
    source: str
    on: date


@dataclass(frozen=True, slots=True)
class Scanned:
    """What became of one file: the paper, or that its scan is there `already` (as which paper)."""

    paper: Paper
    already: bool


# --- fonds


def begin_fond(
    register: str, code: str, names: Mapping[str, str], believed: Believed | None, *, officer: str, now: datetime
) -> Fond:
    """Raises BadInput "code_taken", "no_code"; LookupError where the register takes in no papers."""
    intake_of(shape_of(register))
    code = " ".join(code.split())[:CODE_MOST]
    if not code:
        raise BadInput("no_code")
    try:
        with transaction.atomic():
            return Fond.objects.create(
                register=register, code=code, names=dict(names), begun_by=officer, begun_at=now, **_believed(believed)
            )
    except IntegrityError:
        raise BadInput("code_taken") from None


def describe_fond(fond: Fond, names: Mapping[str, str], believed: Believed | None) -> None:
    """Names and the number that is believed, said anew."""
    Fond.objects.filter(pk=fond.pk).update(names=dict(names), **_believed(believed))


def _believed(believed: Believed | None) -> dict[str, object]:
    if believed is None:
        return {"expected": None, "expected_source": "", "expected_on": None}
    return {"expected": believed.papers, "expected_source": believed.source, "expected_on": believed.on}


def close_fond(fond: Fond, *, officer: str, now: datetime) -> bool:
    """Nothing is scanned or given out any more. What was typed of finished papers is emptied: the register has it."""
    with transaction.atomic():
        closed = Fond.objects.filter(pk=fond.pk, closed_at__isnull=True).update(closed_at=now, closed_by=officer)
        if closed:
            Turn.objects.filter(paper__fond=fond, paper__closed_at__isnull=False).update(values={}, marks={})
            ledger.record(
                "paper.fond_closed", {"fond": fond.pk, "officer": officer, "register": fond.register}, now=now
            )
    return bool(closed)


def reopen_fond(fond: Fond, *, officer: str, now: datetime) -> bool:
    with transaction.atomic():
        opened = Fond.objects.filter(pk=fond.pk, closed_at__isnull=False).update(closed_at=None, closed_by="")
        if opened:
            body: dict[str, Value] = {"fond": fond.pk, "officer": officer, "register": fond.register}
            ledger.record("paper.fond_reopened", body, now=now)
    return bool(opened)


# --- scans


def scan(fond: Fond, content: bytes, *, officer: str, now: datetime) -> Scanned:
    """One file becomes one paper; the same file again is the same paper.

    It is acknowledged when its bytes and its row are on disk. Raises BadInput: those of `base.media`, "fond_closed",

    and of a PDF from which nobody could type "not_drawable", "too_many_pages".
    """
    stored = files.keep(content, now=now)
    there = Paper.objects.filter(register=fond.register, digest=stored.digest).exclude(state=rules.TAKEN_BACK)
    if (found := there.select_related("fond").first()) is not None:
        return Scanned(found, already=True)
    pages.demand_drawable(content)
    try:
        with transaction.atomic():
            if not Fond.objects.filter(pk=fond.pk, closed_at__isnull=True).update(papers=F("papers") + 1):
                raise BadInput("fond_closed")
            number = Fond.objects.values_list("papers", flat=True).get(pk=fond.pk)
            paper = Paper.objects.create(
                fond=fond, number=number, register=fond.register, digest=stored.digest, state=rules.SCANNED,
                scanned_by=officer, scanned_at=now,
            )  # fmt: skip
            files.bind([stored.reference], rules.keeper(paper.pk))
    except IntegrityError:  # another sent the same file at the same moment
        return Scanned(there.select_related("fond").get(), already=True)
    return Scanned(paper, already=False)


def open_scan(paper: Paper, *, officer: str, role: str, now: datetime) -> bytes:
    """The scan, after it is written down who opens it; of an entered paper also as a look at whose data it is.

    Raises Unavailable where that cannot be written, or the file is not there: with its row the scan is forgotten.
    """
    if paper.state == rules.ENTERED and not Row.objects.filter(pk=paper.row_id or 0, register=paper.register).exists():
        raise Unavailable(shape_of(paper.register).register.agency, "the scan is kept no longer")
    body: dict[str, Value] = {
        "digest": paper.digest, "fond": paper.fond_id, "number": paper.number, "officer": officer, "paper": paper.pk,
        "register": paper.register, "role": role,
    }  # fmt: skip
    with transaction.atomic():
        ledger.record("paper.scan_opened", body, now=now)
    if paper.state == rules.ENTERED:
        shape = shape_of(paper.register)
        ledger.record_look(_purpose(shape, role, officer), _looks(shape, paper, (intake_of(shape).scan,)), kind="desk",
                           now=now)  # fmt: skip
    return kept.content(reference(paper))


# --- typing and settling


def type_in(turn_id: int, version: Version, *, officer: str, now: datetime) -> Paper:
    """What the officer read is kept. The second version is held against the first, and what agrees is entered.

    Sent twice it counts once. Raises BadInput "not_yours" (another has the paper now), "over" (it was taken back).
    """
    with transaction.atomic():
        turn, paper = _own(turn_id, TYPING, officer)
        if turn.done_at is None:
            if paper.state not in rules.TO_TYPE:
                raise BadInput("over")
            _write(turn, version, now)
            versions = _versions(paper)
            if len(versions) == 1:
                paper.state, paper.once_at = rules.ONCE, now
                paper.save()
            else:
                paper.twice_at = now
                _compare(shape_of(paper.register), paper, versions[0], versions[1], now)
    _tell(paper, now)
    return paper


def settle(turn_id: int, version: Version, *, officer: str, now: datetime) -> Paper:
    """The third's word: entered, or back to the third with the register's reason. Raises BadInput as `type_in`."""
    with transaction.atomic():
        turn, paper = _own(turn_id, SETTLING, officer)
        if turn.done_at is None:
            if paper.state != rules.THIRD:
                raise BadInput("over")
            _write(turn, version, now)
            _count_word(shape_of(paper.register), paper, version)
            paper.settled_at, paper.counted = now, True
            entering.enter(paper, version, now)
    _tell(paper, now)
    return paper


def put_aside(turn_id: int, reason: str, *, officer: str, now: datetime) -> Paper:
    """The third says that the paper cannot become a row: illegible, or not of this register. Raises BadInput."""
    reason = " ".join(reason.split())[:300]
    if not reason:
        raise BadInput("missing", field="reason")
    with transaction.atomic():
        turn, paper = _own(turn_id, SETTLING, officer)
        if turn.done_at is None:
            if paper.state != rules.THIRD:
                raise BadInput("over")
            turn.done_at = now
            turn.save(update_fields=["done_at"])
            paper.settled_at = now
            _close(paper, rules.UNREADABLE, reason, officer, now)
    return paper


def take_up(paper_id: int, *, officer: str, now: datetime) -> Paper:
    """A paper that was put aside by mistake waits for a third again; typed anew where what was typed is emptied.

    Raises BadInput "over" (it is not put aside, or is taken up already), "fond_closed".
    """
    with transaction.atomic():
        paper = locked(paper_id)
        if paper.state != rules.UNREADABLE:
            raise BadInput("over")
        if Fond.objects.filter(pk=paper.fond_id, closed_at__isnull=False).exists():
            raise BadInput("fond_closed")
        paper.settled_at, paper.closed_at, paper.closed_by, paper.reason = None, None, "", ""
        if any(each.values or each.marks for each in _versions(paper)):
            paper.state = rules.THIRD
            Turn.objects.filter(paper=paper, place__in=SETTLING).update(done_at=None, until=now)
        else:
            Turn.objects.filter(paper=paper).delete()
            paper.state, paper.why, paper.problem = rules.SCANNED, "", {}
            paper.once_at, paper.twice_at = None, None
        paper.save()
        body: dict[str, Value] = {
            "fond": paper.fond_id, "number": paper.number, "officer": officer, "register": paper.register,
            "state": paper.state,
        }  # fmt: skip
        ledger.record("paper.taken_up", body, now=now)
    return paper


def take_back(paper_id: int, reason: str, *, officer: str, now: datetime) -> Paper:
    """A paper that was scanned by mistake is none any more; its scan may be sent again. Raises BadInput "over"."""
    reason = " ".join(reason.split())[:300]
    if not reason:
        raise BadInput("missing", field="reason")
    with transaction.atomic():
        paper = locked(paper_id)
        if paper.state not in rules.OPEN:
            raise BadInput("over")
        Turn.objects.filter(paper=paper, done_at__isnull=True).delete()
        Turn.objects.filter(paper=paper).update(values={}, marks={})
        files.release([rules.keeper(paper.pk)])
        _close(paper, rules.TAKEN_BACK, reason, officer, now)
    return paper


def _close(paper: Paper, state: str, reason: str, officer: str, now: datetime) -> None:
    paper.state, paper.reason, paper.closed_by, paper.closed_at = state, reason, officer, now
    paper.save()
    body: dict[str, Value] = {
        "digest": paper.digest, "fond": paper.fond_id, "number": paper.number, "officer": officer, "reason": reason,
        "register": paper.register, "state": state,
    }  # fmt: skip
    ledger.record("paper.closed", body, now=now)


def _own(turn_id: int, places: tuple[int, ...], officer: str) -> tuple[Turn, Paper]:
    """The turn as it is now, and its paper, ours until the transaction ends."""
    found = Turn.objects.filter(pk=turn_id, place__in=places)
    paper_id = found.values_list("paper", flat=True).first()
    if paper_id is None:
        raise BadInput("not_yours")
    paper = locked(paper_id)
    turn = found.filter(officer=officer).first()
    if turn is None:
        raise BadInput("not_yours")
    return turn, paper


def _write(turn: Turn, version: Version, now: datetime) -> None:
    shape = shape_of(turn.paper.register)
    turn.values, turn.marks = dict(shape.to_store(version.values)), dict(shape.to_store(version.marks))
    turn.done_at = now
    turn.save(update_fields=["values", "marks", "done_at"])


def _versions(paper: Paper) -> tuple[Version, ...]:
    turns = Turn.objects.filter(paper=paper, place__in=TYPING, done_at__isnull=False).order_by("place")
    return tuple(kept_version(shape_of(paper.register), turn.values, turn.marks) for turn in turns)


def _compare(shape: Shape, paper: Paper, first: Version, second: Version, now: datetime) -> None:
    intake = intake_of(shape)
    found = rules.differences(first, second, intake.index, lambda text: folded(shape.country, text))
    differing = {difference.field for difference in found}
    Fond.objects.filter(pk=paper.fond_id).update(agreed=F("agreed") + (0 if found else 1))
    for name in intake.index:
        _count(paper, name, compared=1, differed=int(name in differing))
    if not found:
        number = Fond.objects.values_list("agreed", flat=True).get(pk=paper.fond_id)
        if not rules.is_sampled(number, intake.sample):
            entering.enter(paper, first, now)
            return
    paper.state, paper.differed = rules.THIRD, bool(found)
    paper.why = rules.DIFFERS if found else rules.SAMPLE
    paper.save()


def _count_word(shape: Shape, paper: Paper, word: Version) -> None:
    """Counts once who erred: of a difference which version, of a paper of the sample whether both erred alike."""
    if paper.counted or paper.why not in (rules.DIFFERS, rules.SAMPLE):
        return
    first, second = _versions(paper)
    for name in intake_of(shape).index:
        one, other, right = first.of(name), second.of(name), word.of(name)
        if one != other:
            _count(paper, name, settled=1, first_wrong=int(one != right), second_wrong=int(other != right))
        elif paper.why == rules.SAMPLE:
            _count(paper, name, checked=1, found_wrong=int(one != right))


def _count(paper: Paper, name: str, **more: int) -> None:
    place = FieldCount.objects.filter(fond=paper.fond_id, field=name)
    added = {column: F(column) + number for column, number in more.items() if number}
    if added and not place.update(**added):
        FieldCount.objects.bulk_create([FieldCount(fond_id=paper.fond_id, field=name)], ignore_conflicts=True)
        place.update(**added)


# --- whose data it was


def _tell(paper: Paper, now: datetime) -> None:
    """At once if it can be; else the worker does it (`tell_rest`)."""
    if paper.state == rules.ENTERED and paper.told_at is None:
        with suppress(Unavailable):
            tell_looks(paper, now=now)


def tell_looks(paper: Paper, *, now: datetime) -> None:
    """Whose data an entered paper is, is known now: those who typed it have seen it. Told twice only after a crash."""
    shape = shape_of(paper.register)
    looks = _looks(shape, paper, (*intake_of(shape).index, intake_of(shape).scan))
    for turn in Turn.objects.filter(paper=paper, done_at__isnull=False).order_by("place"):
        ledger.record_look(_purpose(shape, turn.role, turn.officer), looks, kind="desk", now=now)
    Paper.objects.filter(pk=paper.pk).update(told_at=now)


def tell_rest(now: datetime) -> int:
    """Entered papers of which it was not told yet: the process died between, or the ledger could not be written."""
    told = 0
    for paper in Paper.objects.filter(state=rules.ENTERED, told_at__isnull=True).order_by("id")[:TOLD_AT_ONCE]:
        tell_looks(paper, now=now)
        told += 1
    return told


def _purpose(shape: Shape, role: str, officer: str) -> Purpose:
    return Purpose(
        ground="oversight", act=shape.law, service=PAGE, case="", agency=shape.register.agency,
        who=f"officer:{role}", person=officer,
    )  # fmt: skip


def _looks(shape: Shape, paper: Paper, fields: Iterable[str]) -> list[Look]:
    row = Row.objects.get(pk=paper.row_id or 0)
    named = tuple(name for name in fields if name in shape.register.fields)
    return [Look(person, shape.register.id, named) for person in shape.subjects(changes.values_of(shape, row))]
