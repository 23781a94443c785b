"""The lines of a CSV file, one after the other, however large it is. No line and no cell grows without bound."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Protocol, TypeVar

from pencere.base.errors import BadInput
from pencere.registers.importing.encoding import Survey

Line = tuple[int, list[str]]
Names = Callable[[Sequence[str]], int]
"""How many fields of the register the cells of a line name, if they are its head."""
T = TypeVar("T")
LONGEST_LINE = 1 << 20
csv.field_size_limit(LONGEST_LINE)  # of the whole process; nothing else reads CSV without bounds of its own
MOST_COLUMNS = 1000
_FEWEST = 3
LOOKED_AT = 30
"""So many lines at the beginning of a file may be its head: above it a title, who made it, a date."""


class Table(Protocol):
    """A file as it is read: its head, then its lines with their numbers. `done`: which share of it is read.

    `sheets`: of a workbook, those that are not hidden; `sheet`: the one that is read. "" of CSV.
    """

    head: list[str]
    head_line: int
    sheet: str
    sheets: list[str]

    def lines(self) -> Iterator[Line]: ...

    def done(self) -> float: ...

    def close(self) -> None: ...


class CsvTable:
    """Raises BadInput (line) where the file cannot be read on."""

    def __init__(self, path: Path, survey: Survey, names: Names | None = None) -> None:
        self.sheet = ""
        self.sheets: list[str] = []
        self._size, self._separator = survey.size, survey.separator
        self._raw = path.open("rb")
        text = io.TextIOWrapper(self._raw, encoding=survey.encoding, errors="replace", newline="")
        self._text = text
        self._reader = csv.reader(_bounded(text.readline), delimiter=survey.separator, strict=True)
        every = (line for line in self._read() if line[0] >= survey.head)
        first = next(every, None)
        if first and first[0] == 1 and re.fullmatch(r"sep=.?", "".join(first[2])):
            first = next(every, None)
        begun, self._broken = begun_of(every, 0 if survey.head else LOOKED_AT)
        begun = [first, *begun] if first else []
        self.head_line, self.head = head_of([(number, cells) for number, _last, cells in begun], names)
        demand_head(self.head)
        self._begun, self._every = [line for line in begun if line[0] > self.head_line], every

    def lines(self) -> Iterator[Line]:
        for number, last, cells in chain(self._begun, self._beyond()):
            if last > number and self._swallows(cells):
                raise BadInput("quote_swallows", line=number, last=last)
            yield number, cells

    def _beyond(self) -> Iterator[tuple[int, int, list[str]]]:
        if self._broken:
            raise self._broken
        yield from self._every

    def done(self) -> float:
        return self._raw.tell() / self._size

    def close(self) -> None:
        self._text.close()

    def _read(self) -> Iterator[tuple[int, int, list[str]]]:
        """The numbers of its first and its last line, where a cell goes over several, and what a line holds."""
        while True:
            number = self._reader.line_num + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error:
                raise BadInput("quote_not_closed", line=number) from None
            if any(map(str.strip, cells)):
                yield number, self._reader.line_num, cells

    def _swallows(self, cells: list[str]) -> bool:
        """Whether whole lines of the table lie in one cell, between two quotes that have nothing to do with each other.

        A text over several lines has as many separators in each of them as the head by chance alone.
        """
        separators = len(self.head) - 1
        if separators < _FEWEST:
            return False
        for cell in cells:
            inner = cell.splitlines()[1:-1] if "\n" in cell or "\r" in cell else []
            if inner and all(line.count(self._separator) == separators for line in inner):
                return True
        return False


def begun_of(lines: Iterator[T], most: int) -> tuple[list[T], BadInput | None]:
    """The first lines, and why there are no more: what cannot be read on is told when somebody reads so far."""
    begun: list[T] = []
    try:
        begun.extend(islice(lines, most))
    except BadInput as problem:
        return begun, problem
    return begun, None


def head_of(begun: Sequence[Line], names: Names | None) -> Line:
    """The line that names the columns: the first, unless it names no more than one field and a later one names more."""
    if not begun:
        return 1, []
    if names is None or (named := names(begun[0][1])) > 1:
        return begun[0]
    best, most = begun[0], max(named, 1)
    for line in begun[1:]:
        if (named := names(line[1])) > most:
            best, most = line, named
    return best


def demand_head(head: list[str]) -> None:
    if not any(cell.strip() for cell in head):
        raise BadInput("no_head")
    if len(head) > MOST_COLUMNS:
        raise BadInput("too_many_columns", columns=len(head), most=MOST_COLUMNS)


def _bounded(readline: Callable[[int], str]) -> Iterator[str]:
    """Lines as they come; the byte order mark is none of the text."""
    number = 1
    line = readline(LONGEST_LINE + 1).removeprefix("\ufeff")
    while line:
        if len(line) > LONGEST_LINE:
            raise BadInput("line_too_long", line=number, most=LONGEST_LINE)
        yield line
        number += 1
        line = readline(LONGEST_LINE + 1)
