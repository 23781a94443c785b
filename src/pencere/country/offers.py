"""What a name of a register's offer means: `residence.by-person` of an own register, `din-emdx.address` of a grant.

answer(country, "din-emdx.address")      Offer whose `declared` is the Answer, or None if there is none
change event capacity                    the same for accepts, events and capacities
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pencere.country.declarations import (
    Accept,
    Agreement,
    Answer,
    Capacity,
    Country,
    Field,
    Grant,
    Register,
    RegisterEvent,
)

T = TypeVar("T")

ROW_TIMES = ("valid_from", "valid_until", "recorded_at")
"""Offered by a dated register like fields."""


@dataclass(frozen=True, slots=True)
class Offer(Generic[T]):
    """What a register offers, and the grant under which another agency uses it."""

    register: Register
    declared: T
    agreement: Agreement | None  # None: an own register
    grant: Grant | None

    def fields(self, declared: tuple[str, ...]) -> tuple[str, ...]:
        """Those fields that the grant lets through."""
        if self.grant is None or not self.grant.fields:
            return declared
        return tuple(name for name in declared if name in self.grant.fields)


def answer(country: Country, name: str) -> Offer[Answer] | None:
    return _offer(country, name, "read", lambda register: register.answers)


def change(country: Country, name: str) -> Offer[Accept] | None:
    return _offer(country, name, "write", lambda register: register.accepts)


def event(country: Country, name: str) -> Offer[RegisterEvent] | None:
    return _offer(country, name, "event", lambda register: register.events)


def capacity(country: Country, name: str) -> Offer[Capacity] | None:
    return _offer(country, name, "reserve", lambda register: register.capacity)


def _offer(country: Country, name: str, does: str, offered: Callable[[Register], Mapping[str, T]]) -> Offer[T] | None:
    first, _, second = name.partition(".")
    agreement = country.agreements.get(first)
    grant = agreement.grants.get(second) if agreement else None
    if agreement is not None:
        if grant is None or grant.does != does:
            return None
        first, _, second = grant.of.partition(".")
    register = country.registers.get(first)
    declared = offered(register).get(second) if register else None
    return Offer(register, declared, agreement, grant) if register and declared is not None else None


def field_of(register: Register, name: str) -> Field | None:
    """The field, one inside a group (`owners.holder`), or one of the times of a row if the register is dated."""
    if name in ROW_TIMES and register.dated:
        return Field(name, "moment" if name == "recorded_at" else "date", place=register.place)
    head, _, inner = name.partition(".")
    declared = register.fields.get(head)
    return declared.fields.get(inner) if declared and inner else declared
