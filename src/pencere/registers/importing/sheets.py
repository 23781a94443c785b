"""A sheet of an Excel workbook (ECMA-376), row by row. Weighed before it is unpacked: no bomb, no endless row.

A cell comes as text, as CSV would have it; a formula comes with its "=", so that it is refused and not reckoned.
"""

from __future__ import annotations

import hashlib
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from pencere.base.errors import BadInput
from pencere.registers.importing.encoding import BLOCK, Survey
from pencere.registers.importing.reading import (
    LOOKED_AT,
    MOST_COLUMNS,
    Line,
    Names,
    Table,
    begun_of,
    demand_head,
    head_of,
)

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
_MERGED = re.compile(rb'mergeCell [^>]{0,200}?ref="([A-Z]{1,3}(\d{1,7})):([A-Z]{1,3}(\d{1,7}))"')
_MOST_MERGED = 10_000
_OPEN_DOCUMENT, _BEGINNING = b"mimetypeapplication/vnd.oasis.opendocument", 200
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
        if file.read(_BEGINNING).find(_OPEN_DOCUMENT) > 0:
            raise BadInput("is_another_workbook", kind="OpenDocument")
        file.seek(0)
        while block := file.read(BLOCK):
            digest.update(block)
    with _readable():
        merged = _weigh(path)
    return Survey(path.stat().st_size, digest.hexdigest(), ENCODING, "", merged=merged)


def demand_unmerged(table: Table, survey: Survey) -> None:
    """Raises BadInput where cells below the head are merged over several rows: all but the first of them are empty."""
    if not isinstance(table, SheetTable):
        return
    for part, cells in survey.merged:
        left, top, _right, bottom = range_boundaries(cells)
        if part == table.part and bottom > max(table.head_line, top) and left <= len(table.head):
            raise BadInput("merged_cells", cells=cells)


class SheetTable:
    """Raises BadInput where the workbook cannot be read on."""

    def __init__(self, path: Path, survey: Survey | None = None, names: Names | None = None) -> None:
        head, sheet = (survey.head, survey.sheet) if survey else (0, "")
        self._number = 0
        with _readable(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of extensions that only a spreadsheet needs
            # By its bytes: a file that came from a browser has no name that tells anything.
            self._file = path.open("rb")
            self._book = load_workbook(self._file, read_only=True, keep_links=False)
            sheets = self._book.worksheets
            shown = _shown(self._book)
            self.sheets = [each.title for each in shown]
            chosen = [each for each in sheets if each.title == sheet] if sheet else shown[:1]
            if sheet and not chosen:
                raise BadInput("no_such_sheet", sheet=sheet, sheets=", ".join(self.sheets))
            self._sheet = chosen[0]
            if not self._sheet._worksheet_path.startswith(_SHEETS):
                raise BadInput("damaged_workbook")
            self.sheet, self.part = self._sheet.title, self._sheet._worksheet_path
            self._rows = self._sheet.max_row or MOST_ROWS  # as the workbook says; it may be wrong
            self._last = MOST_ROWS
            if self._rows > _MANY:
                self._rows = self._last = max(_last_row(path, self._sheet._worksheet_path), 1)
            begun, problem = begun_of(self._read(max(head, 1), MOST_COLUMNS + 1), 1 if head else LOOKED_AT)
            if problem and not begun:
                raise problem
            self.head_line, self.head = head_of(begun, names)
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
        self._file.close()

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


def titles(path: Path) -> list[str]:
    """Of the sheets that are not hidden. Raises BadInput."""
    with _readable(), path.open("rb") as file, closing(load_workbook(file, read_only=True, keep_links=False)) as book:
        return [each.title for each in _shown(book)]


def _shown(book: Any) -> list[Any]:
    return [each for each in book.worksheets if each.sheet_state == "visible"] or book.worksheets


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except _DAMAGE:
        raise BadInput("damaged_workbook") from None
    except OSError as problem:
        if problem.errno is None:  # not of the disk: an archive of something else, without a workbook in it
            raise BadInput("damaged_workbook") from None
        raise


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
        return format(Decimal(f"{value:.15g}"), "f")  # so many digits a spreadsheet shows; what is beyond is noise
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return str(value) if isinstance(value, int | timedelta) else "="


def _weigh(path: Path) -> tuple[tuple[str, str], ...]:
    """Raises BadInput; gives what is merged over several rows (`Survey.merged`)."""
    merged: dict[tuple[str, str], None] = {}
    with zipfile.ZipFile(path) as book:
        parts = book.infolist()
        if any(part.filename == "xl/workbook.bin" for part in parts):
            raise BadInput("is_another_workbook", kind=".xlsb")
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST:
            raise BadInput("workbook_too_large")
        for part in parts:
            if part.file_size > _SMALL and part.file_size > TIGHTEST * part.compress_size:
                raise BadInput("workbook_too_large")
            is_sheet = part.filename.startswith(_SHEETS)
            if not is_sheet and part.file_size > LARGEST_OTHER:
                raise BadInput("workbook_too_large")
            _walk(book, part, is_sheet, merged)
    return tuple(merged)


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


def _walk(book: zipfile.ZipFile, part: zipfile.ZipInfo, is_sheet: bool, merged: dict[tuple[str, str], None]) -> None:
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
                if b"mergeCell " in seen and len(merged) < _MOST_MERGED:
                    merged |= {
                        (part.filename, (found[1] + b":" + found[3]).decode()): None
                        for found in _MERGED.finditer(seen)
                        if found[2] != found[4]
                    }
            before = seen[-_OVERLAP:]
