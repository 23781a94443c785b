"""A person says of a line that looks like another whether it is the same; what that does to the load, and undoes.

*New*: another thing, the line is taken. *Keep*: the same as a row, which stays as it is. *Correct*: the same, and the
row says from then on what the line says, under its own key. *Line*: the same as an earlier line, which is taken.
*Instead*: the same, and this line is taken in its place. Each can be decided anew until the load is confirmed. Rows are
corrected in the transaction that confirms, and get their words back when the load is undone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext

from pencere.base.errors import BadInput
from pencere.registers import changes, documents
from pencere.registers.changes import Recorded, retire, tell, values_of
from pencere.registers.importing import alike
from pencere.registers.models import Load, PossibleDuplicate, Row, StagedRow
from pencere.registers.rules import Shape

MOST_ROWS = 3
"""So many rows that a line looks like are shown, and can be chosen."""
_STAGED = ("line", "key", "values", "valid_from", "valid_until", "found")


def decide(
    shape: Shape, load: Load, line: int, decision: str, row_id: int | None, *, decided_by: str, now: datetime
) -> None:
    """Of one line. Raises BadInput: the load is not open any more, or nothing is there that it could be the same as."""
    with transaction.atomic():
        if not Load.objects.filter(pk=load.pk, state="ready", wish="").update(state="ready"):  # ours until the end
            load.refresh_from_db()
            raise BadInput("wrong_state", load=load.pk, state=load.state)
        one = PossibleDuplicate.objects.filter(load=load, line=line).first()
        if one is None or (one.other_line is not None and one.other_line > one.line):
            raise BadInput("no_such_line", line=line)  # another line is taken in its place; that one is decided anew
        _take_back(shape, load, one)
        one.row_id = _row(shape, load, one, row_id) if decision in ("keep", "correct") else None
        if decision == "new":
            _stage(load, one)
        elif decision == "instead":
            _displace(load, one, decided_by, now)
            _stage(load, one)
        elif decision == "line" and one.other_line is None:
            raise BadInput("no_such_line", line=line)
        one.decision, one.decided_by, one.decided_at = decision, decided_by, now
        one.save()
        if decision == "correct":
            _demand_alone(one)
    load.refresh_from_db()


def correct(shape: Shape, load: Load, clock: Callable[[], datetime]) -> int:
    """The rows say what the lines say that are the same; in the transaction that confirms. Gives their number.

    Raises BadInput with `line` where a row was changed since, or cannot be what the line says.
    """
    decided = PossibleDuplicate.objects.filter(load=load, decision="correct").order_by("line")
    done = 0
    for one in decided.iterator(chunk_size=500):
        old = Row.objects.filter(pk=one.row_id or 0, register=shape.register.id, retired_at__isnull=True).first()
        if old is None:
            raise BadInput("decided_row_changed", line=one.line)
        said = shape.named(msgspec.json.decode(one.values, type=dict[str, object]))
        given = {name: value for name, value in said.items() if name not in shape.register.key}
        reason = gettext("A file says it so, and a person said that it is the same")
        values = {**values_of(shape, old), **given}
        recorded = Recorded(load.recorded_by, clock(), reason, documents.of_line(load.pk, one.line))
        one.result = _follow(shape, old, values, one.line, recorded)
        one.save(update_fields=["result"])
        done += 1
    return done


def undo(shape: Callable[[], Shape], load: Load, *, recorded_by: str, now: datetime) -> None:
    """Rows that the load corrected say again what they said before; those that were changed since stay."""
    decided = PossibleDuplicate.objects.filter(load=load, result__retired_at__isnull=True, result__isnull=False)
    for one in decided.select_related("result", "row").order_by("line"):
        if one.result is not None and one.row is not None and one.row.values:  # nobody asked to forget it
            reason = gettext("The load that corrected it was undone")
            recorded = Recorded(recorded_by, now, reason, documents.of_line(load.pk, one.line))
            _follow(shape(), one.result, values_of(shape(), one.row), one.line, recorded)


def _follow(shape: Shape, old: Row, values: dict[str, object], line: int, recorded: Recorded) -> Row:
    retire(old, recorded.at)
    try:
        fresh = changes.insert(shape, values, (old.valid_from, old.valid_until), "correct", old, recorded)
    except BadInput:
        raise BadInput("correction_refused", line=line) from None
    tell("register.corrected", shape, fresh, old, recorded.in_leaf, recorded.at)
    return fresh


def _take_back(shape: Shape, load: Load, one: PossibleDuplicate) -> None:
    """As if nobody had decided."""
    if one.decision in ("new", "instead"):
        _unstage(load, one.line)
    if one.decision == "instead":
        earlier = PossibleDuplicate.objects.get(load=load, line=one.other_line or 0)
        earlier.other_line, earlier.decision, earlier.decided_by, earlier.decided_at = None, "", "", None
        if alike.rows_like(shape, earlier, 1):
            earlier.save()
        else:
            _stage(load, earlier)
            earlier.delete()


def _displace(load: Load, one: PossibleDuplicate, decided_by: str, now: datetime) -> None:
    """The earlier line makes room, also for another that was to be taken in its place."""
    if one.other_line is None:
        raise BadInput("no_such_line", line=one.line)
    for rival in PossibleDuplicate.objects.filter(load=load, decision="instead", other_line=one.other_line):
        _unstage(load, rival.line)
        PossibleDuplicate.objects.filter(pk=rival.pk).update(decision="line")
    earlier = alike.line_of(load, one.other_line)
    if earlier is None:
        raise BadInput("no_such_line", line=one.other_line)
    kept = PossibleDuplicate.objects.filter(load=load, line=earlier.line).first()
    if kept is None:
        kept = PossibleDuplicate(load=load, **{name: getattr(earlier, name) for name in _STAGED})
    _unstage(load, earlier.line)
    kept.other_line, kept.decision, kept.decided_by, kept.decided_at, kept.row_id = (
        one.line,
        "line",
        decided_by,
        now,
        None,
    )
    kept.save()


def _row(shape: Shape, load: Load, one: PossibleDuplicate, row_id: int | None) -> int:
    """The row that the line is the same as, if it looks like it and is still what the register says."""
    shown = alike.rows_like(shape, one, MOST_ROWS)
    if row_id is None or row_id not in {row.pk for row in shown}:
        raise BadInput("decided_row_changed", line=one.line)
    return row_id


def _demand_alone(one: PossibleDuplicate) -> None:
    """A row cannot say what two lines say."""
    others = PossibleDuplicate.objects.filter(load=one.load, decision="correct", row=one.row_id).exclude(pk=one.pk)
    other = others.first()
    if other is not None:
        raise BadInput("corrected_already", line=one.line, other=other.line)


def _stage(load: Load, one: PossibleDuplicate) -> None:
    StagedRow.objects.create(load=load, **{name: getattr(one, name) for name in _STAGED})
    Load.objects.filter(pk=load.pk).update(rows=F("rows") + 1)


def _unstage(load: Load, line: int) -> None:
    gone, _each = StagedRow.objects.filter(load=load, line=line).delete()
    Load.objects.filter(pk=load.pk).update(rows=F("rows") - gone)
