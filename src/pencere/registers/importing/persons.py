"""Good lines that name a person whom the country's register of persons does not know, if it is kept here. Counted only.

Whoever has a number may have moved away or died long ago, so the lines are taken; but a number that was misread looks
the same, so the count is told with the first of the lines, and somebody compares them with the paper. Nothing is said
of persons who are known.
"""

from __future__ import annotations

import msgspec
from django.db import connection

from pencere.registers.models import Load, Row
from pencere.registers.rules import Shape

SHOWN = 10

_EVERY = {
    "sqlite": "SELECT line, named.value AS person "
    "FROM registers_stagedrow staged, json_each(staged.\"values\", '{path}') named "
    "WHERE staged.load_id = %s AND named.type = 'text'",
    "postgresql": "SELECT line, named #>> '{{}}' AS person FROM registers_stagedrow staged, "
    "jsonb_path_query(staged.\"values\"::jsonb, '{path}') AS named WHERE staged.load_id = %s "
    "AND jsonb_typeof(named) = 'string'",
}
_IN_GROUP = {
    "sqlite": "SELECT line, json_extract(item.value, '$.{inner}') AS person FROM registers_stagedrow staged, "
    "json_each(staged.\"values\", '$.{group}') item WHERE staged.load_id = %s "
    "AND json_extract(item.value, '$.{inner}') IS NOT NULL",
    "postgresql": "SELECT line, named #>> '{{}}' AS person FROM registers_stagedrow staged, "
    "jsonb_path_query(staged.\"values\"::jsonb, '$.{group}[*].{inner}') AS named WHERE staged.load_id = %s",
}
"""The persons that a field names in a load, by engine."""
_UNKNOWN = """
WITH unknown AS MATERIALIZED (
    SELECT DISTINCT named.line FROM ({named}) AS named WHERE NOT EXISTS (
        SELECT 1 FROM registers_row known
        WHERE known.register = %s AND known."key" = named.person AND known.retired_at IS NULL))
SELECT line, COUNT(*) OVER () FROM unknown ORDER BY line LIMIT %s
"""


def count(shape: Shape, load: Load) -> None:
    """Writes with the load how many lines there are, and the first of them. The database looks, on its disk."""
    target = shape.country.registers.get(shape.country.person.from_.partition(".")[0])
    if not shape.persons or target is None or target.kept != "here" or target.id == shape.register.id:
        return
    if not Row.objects.filter(register=target.id, retired_at__isnull=True).exists():
        return  # nobody is known yet, so nothing can be told
    named = " UNION ALL ".join(_named(shape, path) for path in shape.persons)
    with connection.cursor() as cursor:
        cursor.execute(_UNKNOWN.format(named=named), [*[load.pk] * len(shape.persons), target.id, SHOWN])
        found = cursor.fetchall()
    load.unknown_persons = found[0][1] if found else 0
    load.unknown_lines = msgspec.json.encode([line for line, _count in found]).decode() if found else ""
    load.save(update_fields=["unknown_persons", "unknown_lines"])


def first_lines(load: Load) -> list[int]:
    return msgspec.json.decode(load.unknown_lines, type=list[int]) if load.unknown_lines else []


def _named(shape: Shape, path: str) -> str:
    declared, _, inner = path.partition(".")
    name = shape.stored[declared]  # a field that was renamed is stored under its first name
    if inner:
        return _IN_GROUP[connection.vendor].format(group=name, inner=inner)
    several = connection.vendor == "postgresql" and shape.register.fields[declared].many is not None
    return _EVERY[connection.vendor].format(path=f"$.{name}[*]" if several else f"$.{name}")
