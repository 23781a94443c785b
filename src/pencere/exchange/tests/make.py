"""Builders: a question as a service asks it, agreements, and a holder that stands in for another ministry's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from typing import Any
from unittest import mock

from pencere.base.errors import Refused, Unavailable
from pencere.country.declarations import Agreement, Country, Grant, Law
from pencere.exchange import actions, asking
from pencere.exchange.asking import Holder, LocalHolder
from pencere.exchange.rules import Consumer, Reply
from pencere.exchange.wire import Change, Heard, Listing, Question, Rows, Taken
from pencere.registers import queries as registers
from pencere.registers.tests import make as make_registers
from pencere.registers.tests.make import HERE, HOME, NOW, SEVINC

LAW = Law("residence-law", "5")
SERVICE = Consumer("din", "residence-certificate", "K7QF2-9XMZT", "system", "account")


def by_service(of: Consumer = SERVICE, **changes: Any) -> dict[str, Any]:
    """The words of a question by that service; `changes` are of the service, or further words."""
    own = {each.name: changes.pop(each.name) for each in fields(Consumer) if each.name in changes}
    return {"consumer": replace(of, **own), "now": NOW, **changes}


def ask(
    source: str = "residence.by-person", take: tuple[str, ...] = ("address", "valid_from"), **changes: Any
) -> Reply:
    by = changes.pop("by", {"person": SEVINC})
    return actions.ask(source, by, take, **by_service(**{"law": LAW, **changes}))


def ask_place(**changes: Any) -> Reply:
    """The question that needs an agreement: what became of an address."""
    return ask(**{"source": "din-emdx.address", "by": {"address": HOME}, "take": ("state", "now"), **changes})


def country_with(grant: Mapping[str, object] = {}, **agreement: object) -> Country:
    """Azerbaijan, with its one agreement changed."""
    azerbaijan = make_registers.the("azerbaijan")
    old: Agreement = azerbaijan.agreements["din-emdx"]
    changed: Grant = replace(old.grants["address"], **grant)  # type: ignore[arg-type]
    new = replace(old, **{"grants": {"address": changed}, **agreement})  # type: ignore[arg-type]
    return replace(azerbaijan, agreements={"din-emdx": new})


@dataclass
class FakeHolder:
    """Another agency's system: the register next door, which can be told to be silent, to refuse, to send nonsense.

    `spoil`: what it does to the rows on the wire.
    """

    silent: bool = False
    refusing: str = ""
    spoil: Callable[[Rows], Any] = lambda rows: rows
    asked: list[Question] = field(default_factory=list)
    sent: list[Change] = field(default_factory=list)
    _door: LocalHolder = field(default_factory=LocalHolder)

    def answer(self, question: Question) -> Rows:
        self.asked.append(question)
        self._demand_speech(question.register)
        return self.spoil(self._door.answer(question))

    def accept(self, change: Change) -> Taken:
        self.sent.append(change)
        self._demand_speech(change.register)
        if self.refusing:
            raise Refused(self.refusing, "homes-law 2")
        return self._door.accept(change)

    def tell(self, listing: Listing) -> tuple[Heard, ...]:
        self._demand_speech(listing.register)
        return self._door.tell(listing)

    def _demand_speech(self, register: str) -> None:
        if self.silent:
            raise Unavailable(registers.agency_of(register), "no answer")


@contextmanager
def held_by(holder: Holder) -> Iterator[Holder]:
    """All registers answer through that holder."""
    with mock.patch.object(actions, "holder_of", lambda _register: holder):
        yield holder


@contextmanager
def elsewhere_next_door(holder: FakeHolder | None = None) -> Iterator[FakeHolder]:
    """Registers that are kept elsewhere are answered from rows that `registers.actions.add_rows` put into our tables.

    By the same engine and the same contract as the demo's stand-in, without a process apart. For tests of other parts.
    """
    holder = holder or FakeHolder()
    with mock.patch.object(asking, "_stand_in", holder):
        yield holder


def family_elsewhere() -> FakeHolder:
    """The family of `registers.tests.make`, held by another agency's system."""
    if not registers.count("population"):
        make_registers.family()
    return FakeHolder()


__all__ = ["HERE", "HOME", "LAW", "NOW", "SEVINC", "FakeHolder", "ask", "ask_place", "country_with",
           "elsewhere_next_door", "held_by"]  # fmt: skip
