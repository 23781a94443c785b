"""The error file: a CSV that a spreadsheet opens, a line for each thing that is wrong. Whole up to a known byte."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable
from pathlib import Path

from pencere.registers.importing.cells import is_formula
from pencere.registers.importing.checking import Fault
from pencere.registers.importing.sentences import heads, sentence


class ErrorsFile:
    """Opened at the byte up to which it is known to be right; what a killed run wrote after it is cut off."""

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._file = os.fdopen(descriptor, "r+b")
        self._file.truncate(size)
        self._file.seek(0, os.SEEK_END)
        if not size:
            self._file.write(b"\xef\xbb\xbf" + _line(heads()))

    def write(self, faults: Iterable[Fault]) -> None:
        for fault in faults:
            said = sentence(fault.reason, fault.details)
            self._file.write(_line([str(fault.line) if fault.line else "", fault.column, fault.value, said]))

    def safe(self) -> int:
        """On the disk; gives the size up to which it is right."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._file.tell()

    def close(self) -> None:
        self._file.close()


def _line(cells: list[str]) -> bytes:
    """A cell that a spreadsheet would reckon has an apostrophe before it."""
    text = io.StringIO()
    csv.writer(text).writerow([f"'{cell}" if cell and is_formula(cell) else cell for cell in cells])
    return text.getvalue().encode()
