"""A row refers to a row that is there, and that is not forgotten while it does: whichever of the two comes first.

Asked only where the register that is referred to forgets at all (`retain: {closed: TERM}`). Who writes locks what the
new row names, together with others, and looks whether it is there; who forgets (`forgetting`) tries the same lock alone
and looks who refers to it. So one of the two sees the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.db import connection

from pencere.base.errors import BadInput
from pencere.registers import guards
from pencere.registers.loading import NewRow
from pencere.registers.models import Load, Row, RowKey
from pencere.registers.rules import Shape
from pencere.registers.staged import said_in

_AT_ONCE = 500
_GONE = """
SELECT named.line FROM ({staged}) AS named WHERE NOT EXISTS (
    SELECT 1 FROM registers_row one WHERE one.register = %s AND one."key" = named.text) LIMIT 1
"""


def targets(shape: Shape) -> Mapping[str, str]:
    """Field of the index (`register.path`) -> the register to which it refers, of those that forget."""
    here = shape.country.registers
    return {
        f"{shape.register.id}.{path}": str(field.of)
        for path, field in shape.found_field.items()
        if field.kind == "ref" and here[str(field.of)].kept == "here" and here[str(field.of)].closed_kept is not None
    }


def demand_there(shape: Shape, rows: Sequence[NewRow], follows: Row | None = None) -> None:
    """Locks what these rows, which are written already, newly name; each of it is there. In the caller's transaction.

    `follows`: the row after which the one comes; what that one named stays as it was. Raises BadInput "unknown_row".
    """
    paths = targets(shape)
    if not paths:
        return
    named = {(paths[found], text) for row in rows for found, text in row.found if found in paths}
    if not named:
        return
    guards.lock_referred(connection, named)
    missing = named - set(_there(named))
    if missing and follows is not None:
        before = RowKey.objects.filter(row=follows, field__in=paths).values_list("field", "value")
        missing -= {(paths[field], value) for field, value in before}
    for number, row in enumerate(rows, 1):
        for found, text in row.found:
            if found in paths and (paths[found], text) in missing:
                more = {"row": number} if len(rows) > 1 else {}
                raise BadInput("unknown_row", field=found.partition(".")[2], register=paths[found], **more)


def _there(named: set[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for register in sorted({register for register, _text in named}):
        texts = sorted(text for each, text in named if each == register)
        for start in range(0, len(texts), _AT_ONCE):
            some = texts[start : start + _AT_ONCE]
            keys = Row.objects.filter(register=register, key__in=some).values_list("key", flat=True)
            yield from ((register, key) for key in set(keys))


def is_gone(shape: Shape, load: Load) -> bool:
    """Whether a staged row names what was forgotten since it was checked; while nobody else changes any row."""
    with connection.cursor() as cursor:
        for path, register in targets(shape).items():
            if register == shape.register.id:
                continue  # asked by `importing.duplicates`, with what stands in the file
            cursor.execute(_GONE.format(staged=said_in()), [load.pk, path, register])
            if cursor.fetchone() is not None:
                return True
    return False
