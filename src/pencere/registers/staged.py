"""What the lines of a load say in one field of the index, read by the database out of what is staged. Pieces of SQL.

A staged row keeps what it will be found by as one JSON list of pairs; only here is said how an engine takes it apart.
"""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection


class Pairs(NamedTuple):
    """`source` goes into a FROM; `field` and `value` are of each pair."""

    source: str
    field: str
    value: str


def pairs_of(table: str) -> Pairs:
    """The pairs of a row of that table, or alias, which has the column `found`."""
    if connection.vendor == "postgresql":
        field, value = (f'(pair ->> {place}) COLLATE "C"' for place in (0, 1))  # as the index orders them
        return Pairs(f"json_array_elements({table}.found::json) AS pair", field, value)
    field, value = (f"json_extract(pair.value, '$[{place}]')" for place in (0, 1))
    return Pairs(f"json_each({table}.found) AS pair", field, value)


def said_in(*columns: str) -> str:
    """Line, value as `text` and these columns of the staged rows; asked with a load and the field's name."""
    pairs = pairs_of("staged")
    also = "".join(f', staged."{column}"' for column in columns)
    return (
        f"SELECT staged.line, {pairs.value} AS text{also} FROM registers_stagedrow staged, {pairs.source} "  # noqa: S608
        f"WHERE staged.load_id = %s AND {pairs.field} = %s"
    )
