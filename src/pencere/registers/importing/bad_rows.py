"""The bad rows of a file, whole: the line, why it was refused, its cells as they came. To be mended and loaded again.

The two columns in front are known when such a file is loaded, and left out by themselves (`mapping`). The file is read
once more and held against the error file; what is wrong is sorted on the disk, so memory does not grow. A cell that a
spreadsheet would reckon has an apostrophe before it, and is refused with it until somebody mends it.
"""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path

import msgspec

from pencere.registers.importing import alike, errors_file, loads
from pencere.registers.importing.cells import is_formula
from pencere.registers.importing.loads import Layout
from pencere.registers.importing.sentences import bad_row_heads
from pencere.registers.models import Load

_AT_ONCE = 500
_KEEP = "INSERT INTO said (line, said) VALUES (?, ?)"
_IN_ORDER = "SELECT line, said FROM said ORDER BY line, id"


def parts(load: Load, path: Path) -> Iterator[bytes]:
    """The file in parts, in the language that is active while it is read. Raises BadInput, OSError."""
    layout = msgspec.json.decode(load.layout, type=Layout)
    survey = loads.as_laid_out(layout, max(path.stat().st_size, 1), load.digest)
    separator = layout.separator or ","
    with closing(sqlite3.connect("")) as said, closing(loads.opened(path, survey)) as table:
        _gather(load, said)
        wrong = said.execute(_IN_ORDER)
        yield b"\xef\xbb\xbf" + _written([[*bad_row_heads(), *table.head]], separator)
        some: list[list[str]] = []
        line, reason = next(wrong, (None, ""))
        for number, cells in table.lines():
            if line is None:
                break
            if number < line:
                continue
            reasons: list[str] = []
            while line is not None and line <= number:
                if line == number:
                    reasons.append(reason)
                line, reason = next(wrong, (None, ""))
            if reasons:
                some.append([str(number), "; ".join(dict.fromkeys(reasons)), *cells])
            if len(some) >= _AT_ONCE:
                yield _written(some, separator)
                some = []
        if some:
            yield _written(some, separator)


def beside(path: Path) -> Path:
    """Where such a file stands, unless somebody names another place."""
    return path.with_name(f"{path.name}.bad-rows.csv")


def _gather(load: Load, said: sqlite3.Connection) -> None:
    """What the error file says, and what waits for a person; a table of its own on the disk, gone when it is closed."""
    said.execute("CREATE TABLE said (id INTEGER PRIMARY KEY, line INTEGER NOT NULL, said TEXT NOT NULL)")
    said.executemany(_KEEP, _told(load))


def _told(load: Load) -> Iterator[tuple[int, str]]:
    waiting = map(errors_file.said, alike.faults(load))
    for line, column, _value, reason in chain(errors_file.lines(Path(load.errors), load.errors_size), waiting):
        if line.isdecimal():
            yield int(line), f"{column}: {reason}" if column else reason


def _written(rows: Iterable[list[str]], separator: str) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerows([f"'{cell}" if cell and is_formula(cell) else cell for cell in row] for row in rows)
    return text.getvalue().encode()
