"""The door behind which a register stands, here or in another ministry.

Whoever stands behind it keeps one promise, and `tests/test_contract.py` holds each to it: the look of every person
shown is in the ledger before `answer` or `tell` returns, or it raises Unavailable and not one value comes out. What
comes out is as on the wire: JSON values, dates as ISO text, only the fields that were asked for. A change sent twice
under one key is taken once and answered twice.
"""

from __future__ import annotations

from typing import Protocol

from django.conf import settings
from django.db import Error

from pencere import country
from pencere.base.errors import Unavailable
from pencere.exchange.stand_in.client import StandIn
from pencere.exchange.wire import Change, Heard, Listing, Question, Rows, Taken
from pencere.registers import actions as registering
from pencere.registers import queries as registers

__all__ = ["Holder", "LocalHolder", "NoConnection", "Rows", "holder_of"]


class Holder(Protocol):
    """Stands for the registers of one agency. Raises Unavailable if it cannot; Refused, BadInput for a change."""

    def answer(self, question: Question) -> Rows: ...

    def accept(self, change: Change) -> Taken: ...

    def tell(self, listing: Listing) -> tuple[Heard, ...]: ...


class LocalHolder:
    """Registers that are kept in this installation."""

    def answer(self, question: Question) -> Rows:
        agency = registers.agency_of(question.register)
        try:
            rows = registers.answer(
                question.register, question.answer, question.by, question.take, question.purpose,
                narrowed=question.narrowed, now=question.now,
            )  # fmt: skip
        except Error as problem:
            raise Unavailable(agency, "the register cannot be read") from problem
        return tuple({name: registers.plain(value) for name, value in row.values.items()} for row in rows)

    def accept(self, change: Change) -> Taken:
        try:
            taken = registering.accept(
                change.register, change.name, change.row, key=change.key, valid_from=change.valid_from,
                recorded_by=change.recorded_by, now=change.now, hold=change.hold, corrects=change.corrects,
                reason=change.reason,
            )  # fmt: skip
        except Error:
            raise Unavailable(registers.agency_of(change.register), "the register cannot be written") from None
        return Taken({name: registers.plain(value) for name, value in taken.values.items()}, taken.at)

    def tell(self, listing: Listing) -> tuple[Heard, ...]:
        try:
            told = registers.events(
                listing.register, listing.event, listing.after, listing.limit, purpose=listing.purpose, now=listing.now
            )
        except Error as problem:
            raise Unavailable(registers.agency_of(listing.register), "the register cannot be read") from problem
        return tuple(
            Heard(
                each.cursor,
                {name: registers.plain(value) for name, value in each.values.items()},
                each.at,
                each.problem,
            )
            for each in told
        )


class NoConnection:
    """Registers that are kept elsewhere, where there is no way to ask there: silence, never rows of our own."""

    def answer(self, question: Question) -> Rows:
        raise _no_connection(question.register)

    def accept(self, change: Change) -> Taken:
        raise _no_connection(change.register)

    def tell(self, listing: Listing) -> tuple[Heard, ...]:
        raise _no_connection(listing.register)


def _no_connection(register: str) -> Unavailable:
    return Unavailable(registers.agency_of(register), "kept elsewhere: no connection yet")


_local, _nowhere, _stand_in = LocalHolder(), NoConnection(), StandIn()


_instead: Holder | None = None


def put_in_place_of_all(holder: Holder) -> None:
    """One holder for every register, with invented rows: for the preview of a service, where nobody is real."""
    global _instead
    _instead = holder


def holder_of(register: str) -> Holder:
    """Who answers for that register; the exchange's node will stand behind the same door."""
    if _instead is not None:
        return _instead
    if country.current().registers[register].kept == "here":
        return _local
    return _stand_in if settings.PENCERE.demo else _nowhere
