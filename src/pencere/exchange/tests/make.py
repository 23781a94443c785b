"""Builders: a question as a service asks it, agreements, and a holder that stands in for another ministry's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from unittest import mock

from pencere.base.errors import Unavailable
from pencere.country.declarations import Agreement, Country, Grant, Law
from pencere.exchange import actions
from pencere.exchange.asking import Holder, Rows
from pencere.exchange.rules import Question, Reply
from pencere.ledger import actions as ledger
from pencere.ledger.actions import Look
from pencere.registers import queries as registers
from pencere.registers.tests import make as make_registers
from pencere.registers.tests.make import HERE, HOME, NOW, SEVINC

LAW = Law("residence-law", "5")
AS_SERVICE: dict[str, Any] = {
    "consumer_agency": "din", "service": "residence-certificate", "case": "K7QF2-9XMZT", "who": "system",
    "person": "account", "now": NOW,
}  # fmt: skip


def ask(
    source: str = "residence.by-person", take: tuple[str, ...] = ("address", "valid_from"), **changes: Any
) -> Reply:
    by = changes.pop("by", {"person": SEVINC})
    return actions.ask(source, by, take, **{**AS_SERVICE, "law": LAW, **changes})


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
    """Another ministry's register, in memory. Keeps the promise of `asking.Holder`; a contract test holds it to it.

    `silent`: it does not answer. `spoil`: what it does to the rows on the wire.
    """

    rows: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    silent: bool = False
    spoil: Callable[[Rows], Any] = lambda rows: rows
    asked: list[Question] = field(default_factory=list)

    def answer(self, question: Question) -> Rows:
        self.asked.append(question)
        agency = registers.agency_of(question.register)
        if self.silent:
            raise Unavailable(agency, "no answer")
        declared = make_registers.country.current().registers[question.register]
        names = declared.answers[question.answer].by
        found = [
            row
            for row in self.rows.get(question.register, [])
            if all(any(row.get(one) == value for one in names[asked]) for asked, value in question.by.items())
        ]
        subjects = [str(row[name]) for row in found for name in declared.about]
        if not found and declared.about:
            subjects = [str(value) for value in question.by.values()]
        looks = [Look(subject, question.register, question.take) for subject in subjects]
        kind = {"law": "evidence", "consent": "evidence", "own": "own", "oversight": "desk"}[question.purpose.ground]
        if looks:
            ledger.record_look(question.purpose, looks, kind=kind, now=question.now)
        return self.spoil(tuple({name: row.get(name) for name in question.take} for row in found))


@contextmanager
def held_by(holder: Holder) -> Iterator[Holder]:
    """All registers answer through that holder."""
    with mock.patch.object(actions, "holder_of", lambda _register: holder):
        yield holder


def family_elsewhere() -> FakeHolder:
    """The same rows as `registers.tests.make.family` gives, as another ministry would hold them."""
    since = date(2019, 5, 1).isoformat()
    persons = [make_registers.person(SEVINC) | {"birth_date": "1987-04-02"}]
    persons += [
        make_registers.person(child, mother=SEVINC, father=make_registers.ELCIN) | {"birth_date": "1987-04-02"}
        for child in (make_registers.NIGAR, make_registers.KENAN)
    ]
    homes = [make_registers.home(one) | {"valid_from": since} for one in (SEVINC, make_registers.NIGAR)]
    places: list[dict[str, object]] = [{"address": HOME, "territory": "nesimi", "state": "valid"}]
    return FakeHolder({"population": persons, "residence": homes, "address-register": places})


__all__ = ["HERE", "HOME", "LAW", "NOW", "SEVINC", "FakeHolder", "ask", "ask_place", "country_with", "held_by"]
