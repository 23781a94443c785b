"""Many lines of a file at once, column by column: what a column says often is read once and remembered.

A fast way to what `checking.Checker` says line by line. Only lines that are plainly good in every cell are taken here;
all others go to the checker, which has the last word and names what is wrong. A test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import compress, repeat
from typing import Any, NamedTuple

from pencere.base.errors import BadInput
from pencere.country.samples import PERIOD
from pencere.registers import changes, finding, rules
from pencere.registers.changes import encode
from pencere.registers.importing import plainly
from pencere.registers.importing.checking import Checker, Fault
from pencere.registers.importing.reading import Line
from pencere.registers.kinds import TEXTS, WrongKind
from pencere.registers.loading import NewRow
from pencere.registers.rules import Shape

_REMEMBERED = 20_000
"""Cells of one column; beyond that a column says something new in every line, and memory is bounded."""


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


class Cell(NamedTuple):
    """`values`: `"name":value,` or nothing; `found`: `["register.name","text"],` for each; both as JSON.

    `day`: of a column with the first or last day.
    """

    values: str
    found: str
    texts: tuple[str, ...]
    names_somebody: bool
    day: date | None = None


class Columns:
    """The columns of one file. Says the same as its checker, faster."""

    def __init__(self, shape: Shape, checker: Checker) -> None:
        self._checker = checker
        self._columns = [(place, _column(shape, checker, name)) for place, name in sorted(
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
        self._constant = "".join(_pairs(shape, name, None) for name in missing)

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
            faults.update(self._checker.unknown_rows([(row.line, row.found) for row in rows]))
            rows = [row for row in rows if row.line not in faults]
        return Batch(rows, [fault for line in sorted(faults) for fault in faults[line]], len(faults))

    def _plain(self, lines: Sequence[Line]) -> tuple[list[StagedLine], list[Line]]:
        """The rows of the lines that are good cell by cell, and the lines of which that is not sure."""
        texts = list(zip(*(cells for _number, cells in lines), strict=True))
        columns: list[Any] = [list(map(column.__getitem__, texts[place])) for place, column in self._columns]
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
        pairs = [f"[{(text + self._constant)[:-1]}]" for text in map("".join, zip(*found, strict=True))]
        if self._alike:
            pairs = [f"{text[:-1]}{likeness}]" for text, likeness in zip(pairs, self._likeness(lines), strict=True)]
        self._count_confused(lines)
        numbers = (number for number, _cells in lines)
        return list(map(StagedLine, numbers, self._key(columns), values, firsts, lasts, pairs)), doubted

    def _likeness(self, lines: Sequence[Line]) -> Iterator[str]:
        """Of each line the entry by which its row looks like another, with a comma before it; "" if there is none."""
        name = f"{self._shape.register.id}.{finding.ALIKE}"
        for _number, cells in lines:
            likeness = self._shape.likeness_of([said[cells[place]] for place, said in self._alike])
            yield f",{_pair(name, likeness)[:-1]}" if likeness else ""

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
            return [cell.texts[0] for cell in columns[self._keys[0]]]
        several = zip(*columns_of(columns, self._keys), strict=True)
        return [rules.joined(cell.texts[0] for cell in cells) for cells in several]

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


class Remembered(dict[str, Any]):
    """The cells of a column by their text, as far as they are remembered; None for one that is not plainly good.

    A cell of a plain column is its JSON alone; that of a rich one (key, searched, somebody's, a day) is a `Cell`.
    """

    is_rich = False

    def __init__(self, shape: Shape, checker: Checker, name: str) -> None:
        super().__init__()
        self.name = name
        self.is_confused = False  # whether one was that only looked right
        self._shape, self._checker = shape, checker
        self._convert = checker.converters[name]
        self._needs_letters = checker.is_text(name)

    def __missing__(self, text: str) -> Any:
        try:
            cell = self._cell(text.strip())
        except (WrongKind, BadInput):
            cell = None
        if self._needs_letters and not text.isascii() and self._checker.is_confused(self.name, text):
            self.is_confused = True
        if len(self) < _REMEMBERED:
            self[text] = cell
        return cell

    def _cell(self, text: str) -> Any:
        raise NotImplementedError


class Plain(Remembered):
    def __init__(self, shape: Shape, checker: Checker, name: str) -> None:
        super().__init__(shape, checker, name)
        self._read = shape.read[name]
        self._none = None if name in shape.required else ""
        self._head = f'"{shape.stored.get(name, name)}":'
        self._as_json = plainly.as_json(shape.country, shape.register.fields[name])

    def _cell(self, text: str) -> Any:
        if not text:
            return self._none
        if self._as_json and (written := self._as_json(text)):
            return f"{self._head}{written},"
        return f"{self._head}{encode(self._read(self._convert(text))).decode()},"


class Rich(Plain):
    is_rich = True

    def __init__(self, shape: Shape, checker: Checker, name: str) -> None:
        super().__init__(shape, checker, name)
        self._about = [path for path in shape.about if path.partition(".")[0] == name]
        self._has_shape = any(path.partition(".")[0] == name for path in shape.shapes)
        self._start = f"{shape.register.id}."
        self._is_text = shape.register.fields[name].kind in TEXTS and shape.register.fields[name].many is None

    def _cell(self, text: str) -> Any:
        if not text:
            return None if self._none is None else Cell("", _pairs(self._shape, self.name, None), (), False)
        written = self._as_json(text) if self._is_text and self._as_json else None
        value = text if written else self._read(self._convert(text))
        if self._has_shape:
            self._shape.demand_sound({self.name: value})
        found = self._shape.texts_of(self.name, value)
        said = "".join([_pair(f"{self._start}{path}", each) for path, several in found.items() for each in several])
        row = {self.name: value}
        somebody = any(True for path in self._about for _each in rules.values_at(row, path)) if self._about else False
        written = written or encode(value).decode()
        return Cell(f"{self._head}{written},", said, found.get(self.name, ()), somebody)


class Alike(Remembered):
    """What a cell adds to that by which its row looks like another; "" if it is empty."""

    def _cell(self, text: str) -> Any:
        return self._shape.alike[self.name](self._shape.read[self.name](self._convert(text))) if text else ""


class Day(Remembered):
    """First or last day of a row."""

    is_rich = True

    def _cell(self, text: str) -> Any:
        day = None
        if text:
            (first, last), _rest = changes.split({self.name: self._convert(text)}, date.min, None)
            day = first if self.name == "valid_from" else last
        return Cell("", "", (), False, day)


def _column(shape: Shape, checker: Checker, name: str) -> Remembered:
    if name in PERIOD and name not in shape.register.fields:
        return Day(shape, checker, name)
    is_about = any(path.partition(".")[0] == name for path in shape.about)
    return (Rich if is_about or shape.is_found_by(name) else Plain)(shape, checker, name)


def _pairs(shape: Shape, name: str, value: object) -> str:
    found = shape.texts_of(name, value)
    return "".join([_pair(f"{shape.register.id}.{path}", text) for path, several in found.items() for text in several])


def _pair(field: str, text: str) -> str:
    """What the index has of a name and a text; JSON escapes no letter and no digit."""
    written = f'"{text}"' if text.isalnum() else encode(text).decode()
    return f'["{field}",{written}],'


def _staged(line: int, row: NewRow) -> StagedLine:
    return StagedLine(line, row.key, row.values, row.valid_from, row.valid_until, encode(row.found).decode())
