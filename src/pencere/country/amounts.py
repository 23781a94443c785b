"""What an amount of the law is on a day, for a case: a number or date by date, or a table of facts.

The value that began last counts. Before the first one there is no value, and that is unknown, not nought.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from pencere.country.declarations import Amount
from pencere.country.tables import Table, decide


def in_force(amount: Amount, on: date) -> int | str | Table | None:
    """The number, the text of a decimal or date, or the table that holds on that day; None before the first."""
    current = None
    for since, declared in amount.values:
        if since <= on:
            current = declared
    return current


def value(amount: Amount, on: date, facts: Mapping[str, object], currency: str = "") -> object:
    """The amount as the value of a fact: int, decimal text, date or moment. None if unknown or not declared.

    Money is always text (see `course`), so that nobody takes manats for qəpiks.
    """
    declared = in_force(amount, on)
    if isinstance(declared, Table):
        outcome = decide(declared, facts, {}, on)
        found = None if outcome is None else outcome.outputs[declared.outputs[0]]
        return str(found) if found is not None and amount.unit == currency else found
    if isinstance(declared, str) and amount.unit == "date":
        return date.fromisoformat(declared)
    if isinstance(declared, str) and amount.unit == "moment":
        return datetime.fromisoformat(declared)
    if declared is not None and amount.unit == currency:
        return str(declared)
    return declared


class AmountsOf(Mapping[str, object]):
    """All amounts of a service for one case, each computed when somebody asks: for `holds`, `decide`, `compute`."""

    def __init__(
        self, amounts: Mapping[str, Amount], on: date, facts: Mapping[str, object], currency: str = ""
    ) -> None:
        self._amounts, self._on, self._facts, self._currency = amounts, on, facts, currency

    def __getitem__(self, name: str) -> object:
        return value(self._amounts[name], self._on, self._facts, self._currency)

    def __iter__(self) -> Iterator[str]:
        return iter(self._amounts)

    def __len__(self) -> int:
        return len(self._amounts)
