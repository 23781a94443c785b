"""The first sheet of an Excel workbook (ECMA-376), row by row. Weighed before it is unpacked: no bomb, no endless row.

A cell comes as text, as CSV would have it; a formula comes with its "=", so that it is refused and not reckoned.
"""

from __future__ import annotations

import hashlib
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from pencere.base.errors import BadInput
from pencere.registers.importing.encoding import BLOCK, Survey
from pencere.registers.importing.reading import MOST_COLUMNS, Line, demand_head

ENCODING = "xlsx"
LARGEST = 1 << 30  # bytes of all parts, unpacked
LARGEST_OTHER = 64 << 20  # of a part that is no sheet; the texts of a sheet are held in memory
LONGEST_ROW = 8 << 20
TIGHTEST = 200  # times
MOST_PARTS = 10_000
MOST_ROWS = 1_048_576

_SHEETS = "xl/worksheets/"
_SMALL = 1 << 20
_ROW = re.compile(rb"<(?:\w+:)?row[\s>/]")
_ROW_NUMBER = re.compile(rb'.row [^>]{0,900}?\br="(\d{1,7})"')
_WRITTEN = tuple(start + name + end for start in (b"<", b":") for name in (b"v", b"f", b"is") for end in (b">", b" "))
_MANY = 10_000
MOST_EMPTY = 10_000  # rows one after the other, with something below them
_OVERLAP = 1024
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, IndexError, AttributeError, ParseError,
    InvalidFileException, EOFError, NotImplementedError, RuntimeError,
)  # fmt: skip
"""What the libraries raise at a workbook that is none; a password is a RuntimeError."""


def is_workbook(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def survey(path: Path) -> Survey:
    """Raises BadInput for a workbook that is damaged, or that would not fit into memory."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    with _readable():
        _weigh(path)
    return Survey(path.stat().st_size, digest.hexdigest(), ENCODING, "")


class SheetTable:
    """Raises BadInput where the workbook cannot be read on."""

    def __init__(self, path: Path) -> None:
        self._number = 0
        with _readable(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of extensions that only a spreadsheet needs
            self._book = load_workbook(path, read_only=True, keep_links=False)
            sheets = self._book.worksheets
            if not sheets or not sheets[0]._worksheet_path.startswith(_SHEETS):
                raise BadInput("damaged_workbook")
            self._sheet = sheets[0]
            self._rows = self._sheet.max_row or MOST_ROWS  # as the workbook says; it may be wrong
            self._last = MOST_ROWS
            if self._rows > _MANY:
                self._rows = self._last = max(_last_row(path, self._sheet._worksheet_path), 1)
            self.head_line = 1
            self.head: list[str] = []
            for number, cells in self._read(1, MOST_COLUMNS + 1):
                self.head_line, self.head = number, cells
                break
        while self.head and not self.head[-1].strip():
            self.head.pop()
        demand_head(self.head)

    def lines(self) -> Iterator[Line]:
        """Cells beyond the head come too if one of them is not empty; then the line is too wide."""
        width = len(self.head)
        with _readable():
            for number, cells in self._read(self.head_line + 1, width + 1):
                yield number, cells if cells[width] else cells[:width]

    def done(self) -> float:
        return min(self._number / self._rows, 1.0)

    def close(self) -> None:
        self._book.close()

    def _read(self, first: int, width: int) -> Iterator[Line]:
        """The rows that are not empty. Raises BadInput "empty_rows": what stands far below may not be of the table."""
        rows = self._sheet.iter_rows(min_row=first, max_row=max(self._last, first), max_col=width)
        written = first - 1
        for number, row in enumerate(rows, first):
            self._number = number
            cells = [_text(cell) for cell in islice(row, width)]
            if any(map(str.strip, cells)):
                written = number
                yield number, cells + [""] * (width - len(cells))
            elif number - written > MOST_EMPTY and self._last < MOST_ROWS:
                raise BadInput("empty_rows", line=written + 1, most=MOST_EMPTY, last=self._last)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except _DAMAGE:
        raise BadInput("damaged_workbook") from None


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type in ("f", "e"):  # a formula, or what a formula came to that could not be reckoned
        return f"={str(value).removeprefix('=')}"
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return str(value) if isinstance(value, int | timedelta) else "="


def _weigh(path: Path) -> None:
    with zipfile.ZipFile(path) as book:
        parts = book.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST:
            raise BadInput("workbook_too_large")
        for part in parts:
            if part.file_size > _SMALL and part.file_size > TIGHTEST * part.compress_size:
                raise BadInput("workbook_too_large")
            is_sheet = part.filename.startswith(_SHEETS)
            if not is_sheet and part.file_size > LARGEST_OTHER:
                raise BadInput("workbook_too_large")
            _walk(book, part, is_sheet)


def _last_row(path: Path, part: str) -> int:
    """The last row in which anything is written: spreadsheets keep a million empty ones that somebody once coloured."""
    last = current = 0
    before = b""
    with zipfile.ZipFile(path) as book, book.open(part) as file:
        while block := file.read(BLOCK):
            seen = before + block
            written = max(seen.rfind(mark) for mark in _WRITTEN)
            if written >= 0:
                last = _number_of_row(seen, written, current)
            current = _number_of_row(seen, len(seen), current)
            if MOST_ROWS in (last, current):
                return MOST_ROWS
            before = seen[-_OVERLAP:]
    return last


def _number_of_row(seen: bytes, end: int, before: int) -> int:
    """Of the row that begins last before `end`; of one without a number nothing can be told."""
    at = max(seen.rfind(b"<row ", 0, end), seen.rfind(b":row ", 0, end), seen.rfind(b"<row>", 0, end))
    if at < 0:
        return before
    numbered = _ROW_NUMBER.match(seen, at)
    return int(numbered[1]) if numbered else before if seen.find(b">", at) < 0 else MOST_ROWS


def _walk(book: zipfile.ZipFile, part: zipfile.ZipInfo, is_sheet: bool) -> None:
    """Unpacks a part block by block, holding none: its checksum is right, no entity is declared, no row is endless."""
    since_row = 0
    with book.open(part) as file:
        before = b""
        while block := file.read(BLOCK):
            seen = before + block
            if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen:
                raise BadInput("damaged_workbook")
            if is_sheet:
                last = max((found.end() for found in _ROW.finditer(seen)), default=None)
                since_row = since_row + len(block) if last is None else len(seen) - last
                if since_row > LONGEST_ROW:
                    raise BadInput("workbook_too_large")
            before = seen[-_OVERLAP:]
