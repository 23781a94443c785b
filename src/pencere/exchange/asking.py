"""The door behind which a register answers, here or in another ministry.

Whoever stands behind it keeps one promise, and `tests/test_holders.py` holds each to it: the look of every person
shown is in the ledger before `answer` returns, or it raises Unavailable and not one value comes out. What comes out
is as on the wire: JSON values, dates as ISO text, only the fields that were asked for.
"""

from __future__ import annotations

from typing import Protocol

from django.db import Error

from pencere import country
from pencere.base.errors import Unavailable
from pencere.exchange.rules import Question
from pencere.registers import queries as registers

Rows = tuple[dict[str, object], ...]


class Holder(Protocol):
    """Answers questions about the registers of one agency. Raises Unavailable if it cannot."""

    def answer(self, question: Question) -> Rows: ...


class LocalHolder:
    """Registers that are kept in this installation."""

    def answer(self, question: Question) -> Rows:
        agency = registers.agency_of(question.register)
        try:
            rows = registers.answer(
                question.register, question.answer, question.by, question.take, question.purpose, now=question.now
            )
        except Error as problem:
            raise Unavailable(agency, "the register cannot be read") from problem
        return tuple({name: registers.plain(value) for name, value in row.values.items()} for row in rows)


class NoConnection:
    """Registers that are kept elsewhere, until there is a way to ask there: silence, never rows of our own."""

    def answer(self, question: Question) -> Rows:
        raise Unavailable(registers.agency_of(question.register), "kept elsewhere: no connection yet")


_local, _elsewhere = LocalHolder(), NoConnection()


def holder_of(register: str) -> Holder:
    """Who answers for that register; the exchange's node will stand behind the same door."""
    return _local if country.current().registers[register].kept == "here" else _elsewhere
