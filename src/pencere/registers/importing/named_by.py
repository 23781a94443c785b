"""Which rows name rows of a load that somebody is about to undo. Told before; whoever undoes decides.

An undo takes back what should never have come, so it is not refused for that: the rows that name it stay, as they do
where a row ends, and name what holds no longer.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from pencere import country
from pencere.registers.models import Load
from pencere.registers.using import shape_of

_NAMED = """
SELECT COUNT(DISTINCT live.id) FROM registers_row gone
JOIN registers_rowkey named ON named.field = %s AND named.value = gone."key"
JOIN registers_row live ON live.id = named.row_id AND live.retired_at IS NULL AND live.id NOT BETWEEN %s AND %s
WHERE gone.id BETWEEN %s AND %s AND gone.retired_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM registers_row other WHERE other.register = gone.register AND other."key" = gone."key"
     AND other.retired_at IS NULL AND other.id NOT BETWEEN %s AND %s)
"""


def registers(load: Load) -> dict[str, int]:
    """Register -> how many of its rows name rows that would hold no longer, those of the load itself left out."""
    if load.first_row is None or load.last_row is None:
        return {}
    mine = [load.first_row, load.last_row]
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        for register, path in _paths(load.register):
            cursor.execute(_NAMED, [f"{register}.{path}", *mine, *mine, *mine])
            found[register] = found.get(register, 0) + cursor.fetchone()[0]
    return {register: rows for register, rows in found.items() if rows}


def _paths(target: str) -> Iterator[tuple[str, str]]:
    """The fields that name rows of this register, where their own is kept here too."""
    for register in country.current().registers.values():
        if register.kept == "here":
            fields = shape_of(register.id).found_field
            yield from (
                (register.id, path) for path, field in fields.items() if field.kind == "ref" and field.of == target
            )
