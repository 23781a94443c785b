"""Which column of a file holds which field: by the field's name, by its label in any language, or as somebody said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import override

from pencere.base import writing
from pencere.base.errors import BadInput
from pencere.country.declarations import Country, Register
from pencere.country.samples import PERIOD
from pencere.registers.importing.encoding import Letters
from pencere.registers.importing.sentences import bad_row_heads
from pencere.registers.kinds import letters

LEFT_OUT = "-"


class Heads:
    """The names by which columns of a register are known. A label that two fields share names neither."""

    def __init__(self, country: Country, register: Register, remembered: Mapping[str, str]) -> None:
        self._country = country
        self.fields = (*register.fields, *PERIOD)
        self._remembered = remembered
        names: dict[str, str] = {}
        shared = set()
        for field in self.fields:
            for language, label in register.texts.get(field, {}).items():
                folded = self.folded(label, language)
                if names.setdefault(folded, field) != field:
                    shared.add(folded)
        self._labels = {label: field for label, field in names.items() if label not in shared}
        self._added: dict[str, str] = {}
        for language in country.languages:
            with override(language):
                self._added |= {self.folded(head, language): LEFT_OUT for head in bad_row_heads()}

    def folded(self, text: str, language: str) -> str:
        return " ".join(writing.fold(text, self._country.writing[language]).replace("_", " ").split())

    def field(self, column: str) -> str | None:
        """The field that a column holds, "-" if the column is left out, None if nothing tells."""
        name = plain(column)
        if name in self._remembered:
            return self._remembered[name]
        if name in self.fields:
            return name
        for language in self._country.languages:
            folded = self.folded(name, language)
            if folded in self._labels:
                return self._labels[folded]
            for field in self.fields:
                if folded == self.folded(field, language):
                    return field
        folds = (self.folded(name, language) for language in self._country.languages)
        return next((self._added[folded] for folded in folds if folded in self._added), None)

    def has_lost_letters(self, column: str) -> bool:
        return Letters(letters(self._country)).are_lost(column)

    def names(self, cells: Sequence[str]) -> int:
        """How many fields these cells name, if they are the head of a table."""
        found = {self.field(cell) for cell in cells if plain(cell)}
        return len(found - {None, LEFT_OUT})


def plain(column: str) -> str:
    """A head without the blanks around it and between its words."""
    return " ".join(column.split())


def columns(head: Sequence[str]) -> list[str]:
    """The names of the columns, so that each can be spoken of: the second of two that are called alike has a number."""
    names: list[str] = []
    for name in map(plain, head):
        number, said = 1, name
        while name and said in names:
            number += 1
            said = f"{name} ({number})"
        names.append(said)
    return names


def asked(pairs: Iterable[str]) -> dict[str, str]:
    """`COLUMN=FIELD` as somebody typed it. Raises BadInput."""
    found = {}
    for pair in pairs:
        column, equals, field = pair.rpartition("=")
        if not equals or not column.strip() or not field.strip():
            raise BadInput("not_a_pair", pair=pair)
        found[plain(column)] = field.strip()
    return found


def mapped(heads: Heads, head: Sequence[str], said: Mapping[str, str]) -> tuple[str, ...]:
    """The field of each column, "-" for those left out. Raises BadInput with all columns that nothing tells of."""
    names = columns(head)
    for column, field in said.items():
        if column not in names:
            raise BadInput("no_such_column", column=column, columns=", ".join(names))
        if field != LEFT_OUT and field not in heads.fields:
            raise BadInput("no_such_field", field=field, fields=", ".join(heads.fields))
    fields = [said.get(column) or (LEFT_OUT if not column else heads.field(column)) for column in names]
    unknown = [column for column, field in zip(names, fields, strict=True) if field is None]
    if lost := [column for column in unknown if heads.has_lost_letters(column)]:
        raise BadInput("lost_letters_in_head", columns=", ".join(lost))
    if unknown:
        raise BadInput("unknown_columns", columns=", ".join(unknown), fields=", ".join(heads.fields))
    known = [str(field) for field in fields]
    for place, field in enumerate(known):
        if field != LEFT_OUT and field in known[:place]:
            raise BadInput("two_columns", field=field, first=names[known.index(field)], second=names[place])
    return tuple(known)


def demand_all(register: Register, fields: Sequence[str], *, since_is_said: bool) -> None:
    """Raises BadInput with the fields that every row must have and no column holds."""
    missing = [name for name, field in register.fields.items() if field.required and name not in fields]
    if register.dated and "valid_from" not in fields and not since_is_said:
        missing.append("valid_from")
    if missing:
        raise BadInput("missing_columns", fields=", ".join(missing))
