"""How digital a register is, of what was counted in it. Pure; all shares are thousandths, rounded down.

    coverage = rows that hold today / rows there should be (`universe`), at most 1; where that is a sum (of areas) or of
               one year, what the rows make of it; where nobody knows how many there should be, but papers wait to be
               entered: rows / (rows + papers that wait)
    fullness = of the fields that every row should have (the required ones, and `universe.fields`) those with a value
    digital  = coverage x fullness

In a register about persons every count is rounded to tens, and every sum to what ten rows make of it, before anything
is reckoned of it, and below ten rows nothing is said at all: no share, and no difference of two days, tells of one
person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from pencere.country.declarations import Register, Universe

WHOLE = 1000
"""A share of all: 1000 thousandths."""

LEAST = 10
"""In a register about persons: what counts are rounded to, and how many rows it has at least before it is spoken of."""

PAUSE = timedelta(hours=1)
TIMES_AS_LONG = 500
"""After a count that took a second, so many seconds pass until the next: counting never takes more than 2 thousandths
of one processor's time."""

ELSEWHERE, UNMEASURED, FEW, UNKNOWN, KNOWN = "elsewhere", "unmeasured", "few", "unknown", "known"


@dataclass(frozen=True, slots=True)
class Measured:
    """What was counted. `filled`: field -> rows with a value in it.

    `held`: what the rows make of a universe that is a sum or of one year; None where it is of rows. `held_of`: of which
    field and year.
    """

    at: datetime
    rows: int
    newest: datetime | None
    filled: Mapping[str, int]
    held: Decimal | None = None
    held_of: str = ""


@dataclass(frozen=True, slots=True)
class FieldShare:
    """Of one field the share of rows with a value; `wanted`: every row should have one."""

    name: str
    share: int
    wanted: bool


@dataclass(frozen=True, slots=True)
class Digital:
    """How digital a register is. `state` says why there is no number:

    elsewhere   kept in a system of the agency: not counted here
    unmeasured  not counted yet
    few         a register about persons with fewer than ten rows
    unknown     counted, but nobody knows how much there should be
    known       there is a number
    """

    register: str
    state: str
    at: datetime | None = None  # when it was counted
    rows: int | None = None
    rounded: bool = False  # to tens: it is about persons
    universe: Universe | None = None
    waiting: int = 0  # papers that are believed to be there and not entered yet
    coverage: int | None = None
    fullness: int | None = None
    digital: int | None = None
    exceeds: bool = False  # more than there should be: what was counted is older than the rows
    held: Decimal | None = None  # what is held against the universe where that is not the number of rows
    newest: datetime | None = None
    fields: tuple[FieldShare, ...] = ()


def reckon(register: Register, measured: Measured | None, papers: tuple[int, int] = (0, 0)) -> Digital:
    """`papers`: those believed to belong into the register, and those entered of them."""
    universe = register.universe
    if register.kept != "here":
        return Digital(register.id, ELSEWHERE, universe=universe)
    if measured is None:
        return Digital(register.id, UNMEASURED, universe=universe)
    personal = is_personal(register)
    if personal and measured.rows < LEAST:
        return Digital(register.id, FEW, at=measured.at, rounded=True, universe=universe)
    rows = _shown(measured.rows, personal)
    filled = {name: _shown(measured.filled.get(name, 0), personal) for name in register.fields}
    waiting = _shown(max(papers[0] - papers[1], 0), personal)
    wanted = tuple(_wanted(register))
    cells = sum(filled[name] for name in wanted)
    whole = universe.amount if universe else rows + waiting if waiting else None
    held: Decimal | None = None
    if of := held_of(universe):
        if measured.held is None or measured.held_of != of:  # counted for an earlier declaration
            return Digital(register.id, UNMEASURED, universe=universe)
        counted = universe is None or universe.sum is None
        held = Decimal(_shown(int(measured.held), personal)) if counted else _summed(measured, personal)
    part = Fraction(rows if held is None else held)
    full = Fraction(cells, rows * len(wanted)) if rows and wanted else Fraction(min(rows, 1))
    return Digital(
        register.id,
        KNOWN if whole else UNKNOWN,
        at=measured.at,
        rows=rows,
        rounded=personal,
        universe=universe,
        waiting=waiting,
        coverage=_share(min(part, Fraction(whole)), whole) if whole else None,
        fullness=_share(cells, rows * len(wanted)) if rows else None,
        digital=int(WHOLE * min(part / whole, Fraction(1)) * full) if whole else None,  # nothing is rounded twice
        exceeds=universe is not None and part > universe.amount,
        held=held,
        newest=measured.newest,
        fields=tuple(FieldShare(name, _share(filled[name], rows), name in wanted) for name in filled) if rows else (),
    )


def is_due(at: datetime, took: timedelta, now: datetime) -> bool:
    """Whether a register that was counted then, and took so long, is counted again."""
    return now - at >= max(PAUSE, took * TIMES_AS_LONG)


def held_of(universe: Universe | None) -> str:
    """What is held against the universe, to know a count by: "" where it is the number of rows."""
    if universe is None:
        return ""
    return f"sum {universe.sum}" if universe.sum else f"{universe.day} {universe.year}" if universe.day else ""


def is_personal(register: Register) -> bool:
    fields = (each for field in register.fields.values() for each in (field, *field.fields.values()))
    return bool(register.about) or any(field.personal in ("ordinary", "special") for field in fields)


def _wanted(register: Register) -> Iterator[str]:
    also = register.universe.fields if register.universe else ()
    for name, field in register.fields.items():
        if field.required or name in also:
            yield name


def _shown(count: int, personal: bool) -> int:
    return (count + LEAST // 2) // LEAST * LEAST if personal else count


def _summed(measured: Measured, personal: bool) -> Decimal:
    """In a register about persons a sum is rounded to what some ten rows make of it: 1, 2 or 5 with noughts."""
    assert measured.held is not None
    if not personal or not measured.rows or measured.held <= 0:
        return measured.held
    least = measured.held * LEAST / measured.rows
    tens = Decimal(10) ** least.adjusted()
    step = next(step for step in (tens, 2 * tens, 5 * tens, 10 * tens) if step >= least)
    return (measured.held + step / 2) // step * step


def _share(part: int | Fraction, whole: int) -> int:
    return int(WHOLE * part / whole) if whole else WHOLE
