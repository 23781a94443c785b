"""The error file: a CSV that a spreadsheet opens, a line for each thing that is wrong. Whole up to a known byte."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from pencere.registers.importing.cells import is_formula
from pencere.registers.importing.checking import Fault
from pencere.registers.importing.sentences import heads, sentence

_MARK = b"\xef\xbb\xbf"
_BLOCK, _AT_ONCE = 1 << 16, 500


class ErrorsFile:
    """Opened at the byte up to which it is known to be right; what a killed run wrote after it is cut off."""

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._file = os.fdopen(descriptor, "r+b")
        self._file.truncate(size)
        self._file.seek(0, os.SEEK_END)
        if not size:
            self._file.write(_MARK + _line(heads()))

    def write(self, faults: Iterable[Fault]) -> None:
        self._file.writelines(map(_said, faults))

    def safe(self) -> int:
        """On the disk; gives the size up to which it is right."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._file.tell()

    def close(self) -> None:
        self._file.close()


def whole(path: Path, size: int, more: Iterable[Fault]) -> Iterator[bytes]:
    """The error file as far as it is committed, and `more` behind it. `size`: 0 where nothing is."""
    if not size:
        yield _MARK + _line(heads())
    else:
        with path.open("rb") as file:
            while size > 0 and (block := file.read(min(size, _BLOCK))):
                size -= len(block)
                yield block
    lines = map(_said, more)
    while some := b"".join(islice(lines, _AT_ONCE)):
        yield some


def first(path: Path, size: int, most: int) -> list[list[str]]:
    """The first lines of what is committed: line, column, value, reason."""
    with path.open("rb") as file:
        text = file.read(min(size, _BLOCK)).decode("utf-8-sig", errors="ignore")
    lines = [cells for cells in islice(csv.reader(io.StringIO(text, newline="")), 1, most + 1) if len(cells) == 4]
    return lines[:-1] if size > _BLOCK and len(lines) < most else lines


def _said(fault: Fault) -> bytes:
    said = sentence(fault.reason, fault.details)
    return _line([str(fault.line) if fault.line else "", fault.column, fault.value, said])


def _line(cells: list[str]) -> bytes:
    """A cell that a spreadsheet would reckon has an apostrophe before it."""
    text = io.StringIO()
    csv.writer(text).writerow([f"'{cell}" if cell and is_formula(cell) else cell for cell in cells])
    return text.getvalue().encode()
