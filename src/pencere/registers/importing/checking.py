"""One line of a file: a row as it will stand in the tables, or all that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import msgspec

from pencere.base.errors import BadInput
from pencere.country.declarations import Field
from pencere.country.samples import PERIOD
from pencere.registers import changes
from pencere.registers.importing.cells import Convert, converter
from pencere.registers.importing.encoding import Letters
from pencere.registers.importing.mapping import LEFT_OUT
from pencere.registers.importing.reading import Line
from pencere.registers.kinds import TEXTS, WrongKind, letters
from pencere.registers.loading import NewRow
from pencere.registers.models import Row
from pencere.registers.rules import Shape

_SHOWN = 200
_PERIOD_FIELDS = {name: Field(name, "date", required=False) for name in PERIOD}
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell, or with a line (`column` is "" then). `reason` is a word of code."""

    line: int
    column: str
    value: str
    reason: str
    details: Mapping[str, object] = field(default_factory=dict)


class Checker:
    """Checks the lines of one file. `fields`: of each column, "-" for those that are left out."""

    def __init__(
        self,
        shape: Shape,
        head: Sequence[str],
        fields: Sequence[str],
        since: date,
        words: Mapping[str, bool],
        *,
        exported: bool = False,
    ) -> None:
        self.confused = 0  # cells in which a letter was put right
        self.since = since
        self.width = len(head)
        self.places = {place: name for place, name in enumerate(fields) if name != LEFT_OUT}
        self.converters: dict[str, Convert] = {}
        self._shape = shape
        self._columns: list[tuple[int, str, Convert]] = []
        self._name = {}
        for place, name in self.places.items():
            declared = shape.register.fields.get(name) or _PERIOD_FIELDS[name]
            self.converters[name] = converter(shape.country, shape.register, declared, words, exported=exported)
            self._columns.append((place, name, self.converters[name]))
            self._name[name] = head[place]
        self._letters = Letters(letters(shape.country))
        self._texts = {name: place for place, name in self.places.items() if self._kind(name) in TEXTS}
        self._targets = {
            f"{shape.register.id}.{path}": str(each.of)
            for path, each in shape.found_field.items()
            if each.kind == "ref"
            and each.of != shape.register.id
            and shape.country.registers[str(each.of)].kept == shape.register.kept
        }

    def check(self, line: Line) -> NewRow | list[Fault]:
        number, cells = line
        if len(cells) != self.width and (len(cells) < self.width or any(cells[self.width :])):
            is_over = any("\n" in cell or "\r" in cell for cell in cells)
            reason = "wrong_width_over_lines" if is_over else "wrong_width"
            return [Fault(number, "", "", reason, {"found": len(cells), "expected": self.width})]
        given: dict[str, object] = {}
        try:
            for place, name, convert in self._columns:
                if text := cells[place].strip():
                    given[name] = convert(text)
            days, values = changes.split(given, self.since, None)
            row = changes.new_row(self._shape, values, *days)
        except (WrongKind, BadInput):
            return self._faults(number, cells)
        self.confused += sum(self.is_confused(name, cells[place]) for name, place in self._texts.items())
        return row

    def is_confused(self, name: str, text: str) -> bool:
        """Whether a letter of the cell was put right: it only looked right."""
        return name in self._texts and self._letters.are_confused(text)

    def is_text(self, name: str) -> bool:
        return name in self._texts

    @property
    def refers(self) -> bool:
        """Whether a row names rows of other registers that are kept here."""
        return bool(self._targets)

    def unknown_rows(self, rows: Sequence[tuple[int, str, str]]) -> dict[int, list[Fault]]:
        """Those that name a row no other register has. A row: its line, its values and what it is found by, as JSON."""
        wrong: dict[int, list[Fault]] = {}
        pairs = [(line, msgspec.json.decode(found)) for line, _values, found in rows]
        values = {line: values for line, values, _found in rows}
        for path, target in self._targets.items():
            named = [(line, text) for line, found in pairs for field, text in found if field == path]
            texts = sorted({text for _line, text in named})
            known: set[str] = set()
            for start in range(0, len(texts), _AT_ONCE):
                some = Row.objects.filter(
                    register=target, retired_at__isnull=True, key__in=texts[start : start + _AT_ONCE]
                )
                known.update(some.values_list("key", flat=True))
            name = path.split(".")[1]
            for line, text in named:
                if text not in known:
                    said = written(self._shape, values[line], path.partition(".")[2], text)
                    fault = Fault(line, self._name[name], said[:_SHOWN], "unknown_row", {"register": target})
                    wrong.setdefault(line, []).append(fault)
        return wrong

    def _faults(self, number: int, cells: Sequence[str]) -> list[Fault]:
        """Everything that is wrong, cell by cell; what is wrong between cells only if each of them is right."""
        found = []
        given: dict[str, object] = {}
        for place, name, convert in self._columns:
            text = cells[place].strip()
            try:
                if text:
                    given[name] = self._read(name, convert(text))
                elif name in self._shape.required:
                    raise WrongKind("missing")
            except WrongKind as problem:
                reason = "formula" if text[:1] == "=" else problem.reason
                found.append(Fault(number, self._name[name], text[:_SHOWN], reason, problem.details))
        if found:
            return found
        try:
            days, values = changes.split(given, self.since, None)
            changes.new_row(self._shape, values, *days)
        except BadInput as problem:
            name = str(problem.details.get("field", ""))
            details = {key: value for key, value in problem.details.items() if key != "field"}
            return [Fault(number, self._name.get(name, name), "", problem.reason, details)]
        raise AssertionError("a line that was refused has a fault")

    def _read(self, name: str, value: object) -> object:
        read = self._shape.read.get(name) or self._shape.offered[name]
        return read(value)

    def _kind(self, name: str) -> str:
        declared = self._shape.register.fields.get(name)
        return declared.kind if declared is not None else "date"


def written(shape: Shape, values: str, path: str, text: str) -> str:
    """A value of a staged row as it was written, which is found by `text`; capital letters are lost in that."""
    name, _, inside = path.partition(".")
    said = msgspec.json.decode(values).get(shape.stored.get(name, name))
    for item in said if isinstance(said, list) else [said]:
        inner = item.get(inside) if inside and isinstance(item, dict) else item
        for each in inner if isinstance(inner, list) else [inner]:
            if isinstance(each, str) and shape.found(path, each) == text:
                return each
    return text
