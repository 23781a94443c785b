"""One value of a register as the text of a cell, in the form that an import reads back to the same value. Pure.

Amounts in whole units (`12.50`), days and moments as ISO 8601, several codes with ";" between them; texts that repeat,
groups and places on the ground as JSON. An empty cell is an unknown value.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from pencere.base.money import Money
from pencere.country.declarations import Country, Field
from pencere.registers.kinds import TEXTS
from pencere.registers.rules import plain

Write = Callable[[object], str]
"""A value of memory, not None -> the text of its cell."""

BETWEEN = ";"
_json = msgspec.json.Encoder(order="sorted").encode


def writer(country: Country, field: Field) -> Write:
    """How a field is written."""
    if is_json(country, field):
        return lambda value: _json(plain(value)).decode()
    one = _one(country, kind_of(country, field))
    if not repeats(field):
        return one
    return lambda value: BETWEEN.join(map(one, value)) or BETWEEN  # type: ignore[call-overload]


def is_json(country: Country, field: Field) -> bool:
    """Whether the cell holds JSON: what repeats with texts in it would fall apart at a ";" of the text."""
    kind = kind_of(country, field)
    return kind in ("group", "geometry") or (field.many is not None and kind in TEXTS)


def repeats(field: Field) -> bool:
    """Whether the cell may hold several values."""
    return field.many is not None or field.kind == "choices"


def kind_of(country: Country, field: Field) -> str:
    """The kind of the value; of a reference, that of the key it names."""
    if field.kind != "ref":
        return field.kind
    target = country.registers[str(field.of)]
    return kind_of(country, target.fields[target.key[0]])


def _one(country: Country, kind: str) -> Write:
    if kind == "money":
        return lambda value: format(Money(int(str(value)), country.currency).major(), "f")
    if kind == "boolean":
        return lambda value: "true" if value else "false"
    if kind in ("date", "moment"):
        return lambda value: str(plain(value))
    return str
