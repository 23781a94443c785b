"""Where an answer comes to stand: the field of a register into which a step of the service writes it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pencere.country import offers
from pencere.country.declarations import Country, Field, Register, Service


@dataclass(frozen=True, slots=True)
class Recorded:
    """`key`: the fields that find the row which is changed, each with the fact that is sent; empty for a new row."""

    register: Register
    field: Field
    key: Mapping[str, str]


def recorded_in(country: Country, service: Service, fact: str) -> Recorded | None:
    """The first field that a step writes with this fact; None if none does."""
    for step in service.steps:
        named = [name for name, word in step.row.items() if word == fact]
        target = offers.change(country, step.through or step.names[0]) if named else None
        field = offers.field_of(target.register, named[0]) if target else None
        if target is not None and field is not None:
            key = {name: step.row[name] for name in target.declared.key if name in step.row}
            return Recorded(target.register, field, key)
    return None
