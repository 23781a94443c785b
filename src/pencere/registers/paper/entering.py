"""A settled paper becomes a row of the register, through the register's own door and with all its checks.

Only inside the transaction that concludes the paper: the row, its leaf, the paper's state and its file's keeper are
written together or not at all, so a paper is entered once whatever happens between.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from pencere.base import clock
from pencere.base.canonical import Value
from pencere.base.errors import BadInput, Unavailable
from pencere.ledger import actions as ledger
from pencere.registers import actions as registers
from pencere.registers import changes, documents
from pencere.registers.paper import rules
from pencere.registers.paper.models import Paper, Turn
from pencere.registers.paper.rules import Version
from pencere.registers.paper.typing import intake_of, unreadable_needed
from pencere.registers.rules import Shape
from pencere.registers.using import shape_of

FROM_ARCHIVE = "from archive"
"""The reason that stands in such a row."""


def reference(paper: Paper) -> str:
    """The scan, as a value of the register."""
    return f"sha256:{paper.digest}"


def document(paper: Paper) -> str:
    """What the row names as its document: fond and number of the paper, and the scan's digest."""
    return documents.of_paper(paper.fond.code, paper.number, reference(paper))


def enter(paper: Paper, version: Version, now: datetime) -> None:
    """Enters the paper; what the register refuses goes to the third with its reason. The paper is ours and is saved."""
    shape = shape_of(paper.register)
    try:
        if field := unreadable_needed(shape, version):
            raise BadInput("unreadable", field=field)
        with transaction.atomic():
            row_id = _row(shape, paper, version, now)
    except BadInput as problem:
        paper.state, paper.why = rules.THIRD, rules.REFUSED
        paper.problem = {"reason": problem.reason, **{name: str(value) for name, value in problem.details.items()}}
        _open_again(paper, now)
        paper.save()
        return
    paper.row_id = row_id
    paper.state, paper.closed_at, paper.problem = rules.ENTERED, now, {}
    paper.save()
    turns = {turn.place: turn.officer for turn in Turn.objects.filter(paper=paper, done_at__isnull=False)}
    body: dict[str, Value] = {
        "digest": paper.digest, "first": turns.get(1), "fond": paper.fond_id, "number": paper.number,
        "register": paper.register, "row": row_id, "second": turns.get(2), "third": turns.get(3),
    }  # fmt: skip
    ledger.record("paper.entered", body, now=now)


def _row(shape: Shape, paper: Paper, version: Version, now: datetime) -> int:
    row = {name: value for name, value in version.values.items() if value is not None}
    _demand_rows_referred_to(shape, row, clock.day_in(shape.country.time_zone, now))
    accepted = registers.add_row(
        paper.register,
        {**row, intake_of(shape).scan: reference(paper)},
        valid_from=clock.day_in(shape.country.time_zone, now),
        recorded_by=f"{shape.register.agency}/paper",
        now=now,
        reason=FROM_ARCHIVE,
        document=document(paper),
    )
    if accepted.row_id is None:
        raise Unavailable("registers", "a row was taken and has no number")
    return accepted.row_id


def _demand_rows_referred_to(shape: Shape, row: dict[str, object], today: date) -> None:
    """What a reference names is there today, where its register is kept here, too. Raises BadInput "unknown_row"."""
    for name, value in row.items():
        field = shape.register.fields.get(name)
        if field is None or field.kind != "ref":
            continue
        target = shape_of(str(field.of))
        for each in value if isinstance(value, list) else [value]:
            if target.register.kept == "here" and changes.holding(target, shape.found(name, each), today) is None:
                raise BadInput("unknown_row", field=name, register=target.register.id)


def _open_again(paper: Paper, now: datetime) -> None:
    """The third's turn, if there was one, is open to any third; what was written stays in it."""
    Turn.objects.filter(paper=paper, place=3).update(done_at=None, until=now)
