"""Many lines of a file at once, column by column (`one_column`), and their cells put together again as rows.

A fast way to what `checking.Checker` says line by line. Only lines that are plainly good in every cell are taken here;
all others go to the checker, which has the last word and names what is wrong. A test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import compress, repeat
from typing import Any, NamedTuple

from pencere.country.samples import PERIOD
from pencere.registers import finding, rules
from pencere.registers.changes import encode
from pencere.registers.importing.checking import Checker, Fault
from pencere.registers.importing.one_column import Alike, column_of, pair, pairs
from pencere.registers.importing.reading import Line
from pencere.registers.loading import NewRow
from pencere.registers.rules import Shape


class StagedLine(NamedTuple):
    """A good line. `values` and `found` as they are stored aside: JSON of the row, JSON list of [field, value]."""

    line: int
    key: str
    values: str
    valid_from: date
    valid_until: date | None
    found: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What some lines came to: the good ones, all that is wrong in the order of the lines, how many lines are bad."""

    rows: list[StagedLine]
    faults: list[Fault]
    bad: int


class Columns:
    """The columns of one file. Says the same as its checker, faster."""

    def __init__(self, shape: Shape, checker: Checker) -> None:
        self._checker = checker
        self._columns = [(place, column_of(shape, checker, name)) for place, name in sorted(
            checker.places.items(), key=lambda pair: pair[1])]  # fmt: skip
        by_name = {column.name: number for number, (_place, column) in enumerate(self._columns)}
        self._days = {name: by_name[name] for name in PERIOD if name in by_name}
        self._keys = [by_name[name] for name in shape.register.key if name in by_name]
        about = {path.partition(".")[0] for path in shape.about}
        self._about = [by_name[name] for name in about if name in by_name]
        self._needs_subject = bool(shape.about and shape.is_personal)
        self._knows_all = len(self._keys) == len(shape.register.key) and set(shape.required) <= set(by_name)
        missing = [name for name in shape.register.fields if name not in by_name]
        alike = [Alike(shape, checker, name) for name in shape.alike if name in by_name]
        places = {name: place for place, name in checker.places.items()}
        self._shape = shape
        self._alike = [(places[each.name], each) for each in alike] if len(alike) == len(shape.alike) else []
        self._constant = "".join(pairs(shape, name, None) for name in missing)

    def check(self, lines: Sequence[Line]) -> Batch:
        checker = self._checker
        plain = [line for line in lines if len(line[1]) == checker.width] if self._knows_all else []
        rows, doubted = self._plain(plain) if plain else ([], [])
        if len(plain) != len(lines):
            doubted += [line for line in lines if len(line[1]) != checker.width] if self._knows_all else lines
        faults: dict[int, list[Fault]] = {}
        for line in doubted:
            found = checker.check(line)
            if isinstance(found, NewRow):
                rows.append(_staged(line[0], found))
            else:
                faults[line[0]] = found
        if doubted:
            rows.sort()
        return self._with_known_rows(rows, faults)

    def _with_known_rows(self, rows: list[StagedLine], faults: dict[int, list[Fault]]) -> Batch:
        if self._checker.refers:
            faults.update(self._checker.unknown_rows([(row.line, row.values, row.found) for row in rows]))
            rows = [row for row in rows if row.line not in faults]
        return Batch(rows, [fault for line in sorted(faults) for fault in faults[line]], len(faults))

    def _plain(self, lines: Sequence[Line]) -> tuple[list[StagedLine], list[Line]]:
        """The rows of the lines that are good cell by cell, and the lines of which that is not sure."""
        texts = list(zip(*(cells for _number, cells in lines), strict=True))
        columns: list[Any] = [column.of(texts[place]) for place, column in self._columns]
        sure = self._sure(columns, len(lines))
        firsts, lasts = self._period(columns, len(lines))
        if self._days:
            periods = zip(sure, firsts, lasts, strict=True)
            sure = [is_sure and (last is None or first <= last) for is_sure, first, last in periods]
        doubted: list[Line] = []
        if not all(sure):
            doubted = [line for line, is_sure in zip(lines, sure, strict=True) if not is_sure]
            lines = list(compress(lines, sure))
            columns = [list(compress(cells, sure)) for cells in columns]
            firsts, lasts = list(compress(firsts, sure)), list(compress(lasts, sure))
        parts = [
            [cell[0] for cell in cells] if column.is_rich else cells
            for (_place, column), cells in zip(self._columns, columns, strict=True)
        ]
        values = [f"{{{text[:-1]}}}" for text in map("".join, zip(*parts, strict=True))]
        found = [
            [cell[1] for cell in cells]
            for (_place, column), cells in zip(self._columns, columns, strict=True)
            if column.is_rich
        ]
        said = [f"[{(text + self._constant)[:-1]}]" for text in map("".join, zip(*found, strict=True))]
        if self._alike:
            said = [f"{text[:-1]}{likeness}]" for text, likeness in zip(said, self._likeness(lines), strict=True)]
        self._count_confused(lines)
        numbers = (number for number, _cells in lines)
        return list(map(StagedLine, numbers, self._key(columns), values, firsts, lasts, said)), doubted

    def _likeness(self, lines: Sequence[Line]) -> Iterator[str]:
        """Of each line the entry by which its row looks like another, with a comma before it; "" if there is none."""
        name = f"{self._shape.register.id}.{finding.ALIKE}"
        for _number, cells in lines:
            likeness = self._shape.likeness_of([said[cells[place]] for place, said in self._alike])
            yield f",{pair(name, likeness)[:-1]}" if likeness else ""

    def _sure(self, columns: list[Any], count: int) -> list[bool]:
        """Of each line whether all its cells are good, and it says whose data it is if it must."""
        sure = [True] * count
        for cells in columns:
            if None in cells:
                sure = [is_sure and cell is not None for is_sure, cell in zip(sure, cells, strict=True)]
        if self._needs_subject:
            named = zip(*columns_of(columns, self._about), strict=True) if self._about else repeat(())
            sure = [is_sure and any(cell[3] for cell in cells) for is_sure, cells in zip(sure, named, strict=False)]
        return sure

    def _count_confused(self, lines: Sequence[Line]) -> None:
        for place, column in self._columns:
            if column.is_confused:
                is_confused = self._checker.is_confused
                self._checker.confused += sum(is_confused(column.name, cells[place]) for _number, cells in lines)

    def _key(self, columns: list[Any]) -> Iterable[str]:
        if len(self._keys) == 1:
            return [cell.key for cell in columns[self._keys[0]]]
        several = zip(*columns_of(columns, self._keys), strict=True)
        return [rules.joined(cell.key for cell in cells) for cells in several]

    def _period(self, columns: list[Any], count: int) -> tuple[list[date], list[date | None]]:
        """The first and the last days; a line that names no first one has that of the load."""
        since = self._checker.since
        firsts = [since] * count
        lasts: list[date | None] = [None] * count
        if "valid_from" in self._days:
            firsts = [(cell and cell.day) or since for cell in columns[self._days["valid_from"]]]
        if "valid_until" in self._days:
            lasts = [cell and cell.day for cell in columns[self._days["valid_until"]]]
        return firsts, lasts


def columns_of(columns: list[Any], numbers: Sequence[int]) -> list[Any]:
    return [columns[number] for number in numbers]


def _staged(line: int, row: NewRow) -> StagedLine:
    return StagedLine(line, row.key, row.values, row.valid_from, row.valid_until, encode(row.found).decode())
