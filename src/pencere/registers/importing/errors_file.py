"""The error file: a CSV that a spreadsheet opens, a line for each thing that is wrong. Whole up to a known byte.

That of a load from the command line lies beside the file and speaks the language of who started it. That of a load from
a browser is *coded*: it holds the reasons as words of code with their numbers, and is put into the language of whoever
reads it, each time that somebody does.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import msgspec

from pencere.registers.importing.cells import is_formula
from pencere.registers.importing.checking import Fault
from pencere.registers.importing.sentences import heads, sentence

_MARK = b"\xef\xbb\xbf"
_CODED = ["line", "column", "value", "reason", "details"]
_BLOCK, _AT_ONCE = 1 << 16, 500


class ErrorsFile:
    """Opened at the byte up to which it is known to be right; what a killed run wrote after it is cut off."""

    def __init__(self, path: Path, size: int, *, coded: bool = False) -> None:
        self.path = path
        self._cells = _coded if (is_coded(path) if size else coded) else said
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._file = os.fdopen(descriptor, "r+b")
        self._file.truncate(size)
        self._file.seek(0, os.SEEK_END)
        if not size:
            self._file.write(_MARK + _line(_CODED if coded else heads()))

    def write(self, faults: Iterable[Fault]) -> None:
        self._file.writelines(_line(self._cells(fault)) for fault in faults)

    def safe(self) -> int:
        """On the disk; gives the size up to which it is right."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._file.tell()

    def close(self) -> None:
        self._file.close()


def is_coded(path: Path) -> bool:
    with path.open("rb") as file:
        return file.readline(_BLOCK) == _MARK + _line(_CODED)


def lines(path: Path, size: int) -> Iterator[list[str]]:
    """Line, column, value, reason of all that is committed; what is coded in the language that is active.

    `size`: 0 where nothing is committed.
    """
    if not size:
        return
    with path.open("rb") as file:
        text = io.TextIOWrapper(io.BufferedReader(_Begun(file, size), _BLOCK), encoding="utf-8-sig", newline="")
        table = csv.reader(text)
        coded = next(table, []) == _CODED
        yield from map(_decoded, table) if coded else table


def whole(path: Path, size: int, more: Iterable[Fault]) -> Iterator[bytes]:
    """The error file as far as it is committed, and `more` behind it, part by part."""
    yield _MARK + _line(heads())
    for several in (lines(path, size), map(said, more)):
        while some := b"".join(map(_line, islice(several, _AT_ONCE))):
            yield some


def first(path: Path, size: int, most: int) -> list[list[str]]:
    """The first lines of what is committed: line, column, value, reason."""
    return list(islice(lines(path, size), most))


class _Begun(io.RawIOBase):
    """The first bytes of a file, as if there were no more."""

    def __init__(self, file: io.BufferedReader, size: int) -> None:
        self._file, self._left = file, size

    def readable(self) -> bool:
        return True

    def readinto(self, room: memoryview) -> int:  # type: ignore[override]
        some = self._file.read(min(len(room), self._left))
        room[: len(some)] = some
        self._left -= len(some)
        return len(some)


def said(fault: Fault) -> list[str]:
    return [str(fault.line) if fault.line else "", fault.column, fault.value, sentence(fault.reason, fault.details)]


def _coded(fault: Fault) -> list[str]:
    details = msgspec.json.encode(dict(fault.details)).decode()
    return [str(fault.line) if fault.line else "", fault.column, fault.value, fault.reason, details]


def _decoded(cells: list[str]) -> list[str]:
    line, column, value, reason, details = cells
    return [line, column, value, sentence(reason, msgspec.json.decode(details, type=dict[str, object]))]


def _line(cells: list[str]) -> bytes:
    """A cell that a spreadsheet would reckon has an apostrophe before it."""
    text = io.StringIO()
    csv.writer(text).writerow([f"'{cell}" if cell and is_formula(cell) else cell for cell in cells])
    return text.getvalue().encode()
