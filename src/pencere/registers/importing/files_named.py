"""Files that the lines of a load name: kept here already, or refused; kept by the load, and then by its rows.

A cell holds the name of a file, `sha256:…`, as an export has it, never the file itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from django.db import transaction

from pencere.country.declarations import Field
from pencere.files import actions as files
from pencere.files import queries as kept
from pencere.registers import shelf
from pencere.registers.importing.checking import Fault
from pencere.registers.models import Load, Row, StagedRow
from pencere.registers.rules import Shape

_KINDS = ("file", "photo")
_AT_ONCE = 500
_NAMED = "sha256:"


def not_kept(shape: Shape, load: Load, columns: Mapping[str, str]) -> Iterator[Fault]:
    """Lines that name a file that is not kept here; those of the others are kept by the load from now on.

    `columns`: field -> name in the file.
    """
    names = tuple(name for name, field in shape.register.fields.items() if _holds_files(field))
    line = 0
    while names and (some := _next(load, line)):
        line = some[-1][0]
        named = [
            (number, name, reference)
            for number, values in some
            for name, value in shape.named(msgspec.json.decode(values)).items()
            if name in names
            for reference in shelf.references(value)
        ]
        stored = kept.find_all(reference for _number, _name, reference in named)
        with transaction.atomic():
            files.bind_also({shelf.of_load(load.pk): stored})
        last = None
        for number, name, reference in named:
            if reference not in stored and number != last:
                yield Fault(number, columns.get(name, name), reference, "file_not_kept")
                last = number


def _holds_files(field: Field) -> bool:
    return field.kind in _KINDS or any(each.kind in _KINDS for each in field.fields.values())


def _next(load: Load, line: int) -> Sequence[tuple[int, str]]:
    staged = StagedRow.objects.filter(load=load, line__gt=line, values__contains=_NAMED)
    return list(staged.order_by("line").values_list("line", "values")[:_AT_ONCE])


def bind(shape: Shape, load: Load) -> None:
    """The rows of the load keep the files that they name. In the transaction that brings them in."""
    if load.first_row is None or not any(_holds_files(field) for field in shape.register.fields.values()):
        return
    after = load.first_row - 1
    while True:
        rows = Row.objects.filter(pk__gt=after, pk__lte=load.last_row, values__contains=_NAMED)
        some = list(rows.order_by("pk").values_list("pk", "values")[:_AT_ONCE])
        if not some:
            return
        shelf.bind_rows(shape.register.id, some)
        after = some[-1][0]
