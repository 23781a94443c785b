"""One column of a file, its cells as a row holds them and as the index has them, ready to be put together.

What a column says again and again is read once and remembered; what is new in nearly every line is written at once
where it is plain (`plainly`). Both say what `checking.Checker` says of a cell, or None: then the checker is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import repeat
from typing import Any, NamedTuple

from pencere.base.errors import BadInput
from pencere.country.samples import PERIOD
from pencere.registers import changes, rules
from pencere.registers.changes import encode
from pencere.registers.importing import plainly
from pencere.registers.importing.checking import Checker
from pencere.registers.kinds import TEXTS, WrongKind
from pencere.registers.rules import Shape

_REMEMBERED = 40_000
"""Cells of one column; beyond that memory is bounded. All the days of a century fit."""
_LOOKED_AT = 200
"""So many cells of a batch tell whether a column says something new in most lines."""


class Cell(NamedTuple):
    """`values`: `"name":value,` or nothing; `found`: `["register.name","text"],` for each; both as JSON.

    `key`: its text if it is of the row's key; `day`: of a column with the first or last day.
    """

    values: str
    found: str
    key: str
    names_somebody: bool
    day: date | None = None


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

    def of(self, texts: Sequence[str]) -> list[Any]:
        return list(map(self.__getitem__, texts))

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
        stored = shape.stored.get(name, name)
        self._head = f'"{stored}":'
        self._write = plainly.writer(shape.country, shape.register.fields[name], stored)
        self._repeats = shape.register.fields[name].kind == "date"  # there are not that many days

    def of(self, texts: Sequence[str]) -> list[Any]:
        if self._write is None or not self._are_new(texts):
            return super().of(texts)
        cells = self._cells(texts, self._write(texts))
        if None in cells:
            return [self[text] if cell is None else cell for text, cell in zip(texts, cells, strict=True)]
        return cells

    def _are_new(self, texts: Sequence[str]) -> bool:
        """Whether nearly every line says something that no line before it said."""
        if self._repeats:
            return False
        looked_at = set(texts[:_LOOKED_AT])
        return len(looked_at) > _LOOKED_AT // 2 and sum(text not in self for text in looked_at) > _LOOKED_AT // 2

    def _cells(self, _texts: Sequence[str], written: list[str | None]) -> list[Any]:
        return written

    def _plain(self, text: str) -> str | None:
        return self._write((text,))[0] if self._write else None

    def _cell(self, text: str) -> Any:
        if not text:
            return self._none
        return self._plain(text) or f"{self._head}{encode(self._read(self._convert(text))).decode()},"


class Rich(Plain):
    is_rich = True

    def __init__(self, shape: Shape, checker: Checker, name: str) -> None:
        super().__init__(shape, checker, name)
        field = shape.register.fields[name]
        self._about = [path for path in shape.about if path.partition(".")[0] == name]
        self._has_shape = any(path.partition(".")[0] == name for path in shape.shapes)
        if field.kind not in TEXTS or field.many is not None:
            self._write = None

    def _cells(self, texts: Sequence[str], written: list[str | None]) -> list[Any]:
        """Of texts, which have their entries in the index as JSON, like `_said`: letters and digits need no escape."""
        keys: Sequence[str] = ()
        parts = []
        for field, of, column in self._shape.forms[self.name].each:
            start = f'["{self._shape.register.id}.{field}","'
            if column:
                found = column(texts)
                keys = found if field == self.name else keys
                parts.append([f'{start}{text}"],' for text in found])
            else:
                between = f'"],{start}'
                parts.append([f'{start}{between.join(words)}"],' if words else "" for words in map(of, texts)])
        said = map("".join, zip(*parts, strict=True)) if parts else repeat("")
        cells = map(Cell._make, zip(written, said, keys or repeat(""), repeat(False), repeat(None), strict=False))
        return [cell if cell.values else None for cell in cells]

    def _cell(self, text: str) -> Any:
        if not text:
            return None if self._none is None else Cell("", pairs(self._shape, self.name, None), "", False)
        written = self._plain(text)
        value = text if written else self._read(self._convert(text))
        if self._has_shape:
            self._shape.demand_sound({self.name: value})
        found = self._shape.texts_of(self.name, value)
        row = {self.name: value}
        somebody = any(True for path in self._about for _each in rules.values_at(row, path)) if self._about else False
        written = written or f"{self._head}{encode(value).decode()},"
        key = found.get(self.name, ("",))[0]
        return Cell(written, _said(self._shape, found), key, somebody)


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
        return Cell("", "", "", False, day)


def column_of(shape: Shape, checker: Checker, name: str) -> Remembered:
    if name in PERIOD and name not in shape.register.fields:
        return Day(shape, checker, name)
    is_about = any(path.partition(".")[0] == name for path in shape.about)
    return (Rich if is_about or shape.is_found_by(name) else Plain)(shape, checker, name)


def pairs(shape: Shape, name: str, value: object) -> str:
    """What a row is found by in one field, as JSON, a comma after each."""
    return _said(shape, shape.texts_of(name, value))


def pair(field: str, text: str) -> str:
    """What the index has of a name and a text; JSON escapes no letter and no digit."""
    written = f'"{text}"' if text.isalnum() else encode(text).decode()
    return f'["{field}",{written}],'


def _said(shape: Shape, found: dict[str, tuple[str, ...]]) -> str:
    start = f"{shape.register.id}."
    return "".join([pair(f"{start}{path}", text) for path, several in found.items() for text in several])
