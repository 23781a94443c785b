"""The lines of a CSV file, one after the other, however large it is. No line and no cell grows without bound."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from pencere.base.errors import BadInput
from pencere.registers.importing.encoding import Survey

Line = tuple[int, list[str]]
LONGEST_LINE = 1 << 20
csv.field_size_limit(LONGEST_LINE)  # of the whole process; nothing else reads CSV without bounds of its own
MOST_COLUMNS = 1000
_FEWEST = 3


class Table(Protocol):
    """A file as it is read: its head, then its lines with their numbers. `done`: which share of it is read."""

    head: list[str]
    head_line: int

    def lines(self) -> Iterator[Line]: ...

    def done(self) -> float: ...

    def close(self) -> None: ...


class CsvTable:
    """Raises BadInput (line) where the file cannot be read on."""

    def __init__(self, path: Path, survey: Survey) -> None:
        self._size, self._separator = survey.size, survey.separator
        self._raw = path.open("rb")
        text = io.TextIOWrapper(self._raw, encoding=survey.encoding, errors="replace", newline="")
        self._text = text
        self._reader = csv.reader(_bounded(text.readline), delimiter=survey.separator, strict=True)
        self.head_line = 1
        self.head: list[str] = []
        self._lines = self._read()
        for number, cells in self._lines:
            if not self.head and number == 1 and re.fullmatch(r"sep=.?", "".join(cells)):
                continue
            self.head_line, self.head = number, cells
            break
        demand_head(self.head)

    def lines(self) -> Iterator[Line]:
        return self._lines

    def done(self) -> float:
        return self._raw.tell() / self._size

    def close(self) -> None:
        self._text.close()

    def _read(self) -> Iterator[Line]:
        """A line is named by the number of its first one, where a cell goes over several."""
        while True:
            number = self._reader.line_num + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error:
                raise BadInput("quote_not_closed", line=number) from None
            if self._reader.line_num > number and self._swallows(cells):
                raise BadInput("quote_swallows", line=number, last=self._reader.line_num)
            if any(map(str.strip, cells)):
                yield number, cells

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
