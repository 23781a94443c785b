"""Lines that look like others, side by side with them: every field, and whether it differs. For the deciding page.

Rows of the register are read here under a Purpose: every person shown has the look in the ledger first. Data of a
special category is not shown; that it differs is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.urls import reverse
from django.utils.translation import gettext

from pencere.base.purpose import Purpose
from pencere.country.declarations import Register
from pencere.registers import showing
from pencere.registers.importing import alike
from pencere.registers.importing.deciding import MOST_ROWS
from pencere.registers.listing import reading
from pencere.registers.models import Load, PossibleDuplicate, StagedRow
from pencere.registers.rules import Shape

_DAYS = ("valid_from", "valid_until")


@dataclass(frozen=True, slots=True)
class Cell:
    """`head`: whose value it is. `differs`: from what the line says."""

    head: str
    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Option:
    id: str
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One line beside what it looks like. `heads`: words and, of a row of the register, its address.

    `displaced`: the line that is taken in its place; then nothing is asked of it.
    """

    line: int
    name: str
    heads: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    options: tuple[Option, ...]
    is_decided: bool
    more: bool
    displaced: int | None


@dataclass(frozen=True, slots=True)
class _Version:
    head: str
    url: str
    values: Mapping[str, object]
    row: int | None = None
    key: str = ""


def cards(
    shape: Shape, load: Load, some: Sequence[PossibleDuplicate], purpose: Purpose, *, now: datetime
) -> list[Card]:
    """Raises Unavailable where the looks cannot be written, or a row cannot be read."""
    found = {one.pk: alike.rows_like(shape, one, MOST_ROWS + 1) for one in some}
    ids = list(dict.fromkeys(row.pk for rows in found.values() for row in rows[:MOST_ROWS]))
    fields = tuple(shape.register.fields)
    lines = {line.id: line for line in reading.lines_of(shape, ids, fields)}
    seen = tuple(dict.fromkeys(person for line in lines.values() for person in line.about))
    shown = tuple(name for name in fields if not showing.is_special(shape.register.fields[name]))
    reading.look(shape, "possible-duplicates", shown, seen, purpose, now)
    made = []
    for one in some:
        rows = found[one.pk]
        versions = [
            _Version(
                gettext("Row %(key)s of the register") % {"key": _key(shape.register, line.values)},
                reverse("registers:row", args=[shape.register.id, line.id]),
                {**line.values, "valid_from": line.valid_from, "valid_until": line.valid_until},
                line.id,
                _key(shape.register, line.values),
            )
            for line in (lines[row.pk] for row in rows[:MOST_ROWS])
        ]
        made.append(_card(shape, load, one, versions, more=len(rows) > MOST_ROWS))
    return made


def _card(shape: Shape, load: Load, one: PossibleDuplicate, rows: list[_Version], *, more: bool) -> Card:
    displaced = one.other_line if one.other_line is not None and one.other_line > one.line else None
    others = list(rows)
    if one.other_line is not None and (earlier := alike.line_of(load, one.other_line)) is not None:
        head = gettext("Line %(line)s of the file") % {"line": earlier.line}
        others.append(_Version(head, "", _values(shape, earlier)))
    name = gettext("Line %(line)s of the file") % {"line": one.line}
    own = _Version(name, "", _values(shape, one))
    return Card(
        one.line,
        name,
        tuple((each.head, each.url) for each in (own, *others)),
        tuple(_rows(shape.register, own, others)),
        _options(one, rows) if displaced is None else (),
        one.decision != "",
        more,
        displaced,
    )


def _rows(register: Register, own: _Version, others: list[_Version]) -> list[tuple[str, tuple[Cell, ...]]]:
    names = [*register.fields, *(_DAYS if register.dated else ())]
    found = []
    for name in names:
        mine = own.values.get(name)
        cells = [Cell(own.head, _words(register, name, mine), False)]
        for other in others:
            value = other.values.get(name)
            cells.append(Cell(other.head, _words(register, name, value), value != mine))
        if any(cell.text != showing.UNKNOWN for cell in cells):
            found.append((showing.label(register, name), tuple(cells)))
    return found


def _words(register: Register, name: str, value: object) -> str:
    field = register.fields.get(name)
    if field is not None and showing.is_special(field):
        return showing.hidden() if value is not None else showing.UNKNOWN
    return showing.UNKNOWN if value is None else showing.of_any(register, name, value)


def _options(one: PossibleDuplicate, rows: list[_Version]) -> tuple[Option, ...]:
    chosen = f"{one.decision}:{one.row_id}" if one.row_id is not None else one.decision
    said = [("new", gettext("Another one: take the line as a new row"))]
    for row in rows:
        kept = gettext("The same: row %(key)s of the register stays as it is, the line is left out")
        corrected = gettext("The same: row %(key)s of the register is corrected by the line")
        key = {"key": row.key}
        said += [(f"keep:{row.row}", kept % key), (f"correct:{row.row}", corrected % key)]
    if one.other_line is not None:
        words = {"line": one.line, "other": one.other_line}
        said += [
            ("line", gettext("The same: take line %(other)s, leave this one out") % words),
            ("instead", gettext("The same: take this line, leave line %(other)s out") % words),
        ]
    return tuple(
        Option(f"line-{one.line}-{place}", value, label, value == chosen) for place, (value, label) in enumerate(said)
    )


def _values(shape: Shape, one: StagedRow | PossibleDuplicate) -> dict[str, object]:
    values = shape.in_memory(msgspec.json.decode(one.values))
    return {**values, "valid_from": one.valid_from, "valid_until": one.valid_until}


def _key(register: Register, values: Mapping[str, object]) -> str:
    return ", ".join(showing.of_any(register, name, values.get(name)) for name in register.key)
