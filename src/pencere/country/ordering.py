"""In which order derived facts are computed: each after what it uses, also through tables and amounts."""

from __future__ import annotations

from collections.abc import Mapping

from pencere.country.declarations import Amount, Derived
from pencere.country.deriving import amounts_of, facts_of
from pencere.country.tables import Table


class BadOrder(ValueError):
    """Facts that need each other."""

    def __init__(self, circle: tuple[str, ...], line: int) -> None:
        super().__init__(f"derive: in a circle: {' needs '.join(circle)}")
        self.line = line


def needs_of(
    derive: tuple[Derived, ...], tables: Mapping[str, Table], amounts: Mapping[str, Amount]
) -> dict[str, tuple[str, ...]]:
    """Each derived fact, table and amount (`amounts.duty`) with the facts that it is computed from."""
    needs = {each.name: (*facts_of(each), *(f"amounts.{name}" for name in amounts_of(each))) for each in derive}
    for table in tables.values():
        needs[table.name] = (*table.inputs, *(f"amounts.{name}" for name in table.amounts_used()))
    for amount in amounts.values():
        needs[f"amounts.{amount.name}"] = amount.inputs
    return needs


def source_of(fact: str, needs: Mapping[str, tuple[str, ...]]) -> str | None:
    """Which derived fact, table or amount gives the fact: `tier.speed` comes from the table tier."""
    if fact in needs:
        return fact
    head = fact.partition(".")[0]
    return head if head in needs else None


def in_order(
    derive: tuple[Derived, ...], tables: Mapping[str, Table], amounts: Mapping[str, Amount]
) -> tuple[Derived, ...]:
    """The derived facts, each after those it uses. Raises BadOrder if they need each other."""
    needs = needs_of(derive, tables, amounts)
    named = {each.name: each for each in derive}
    done: dict[str, None] = {}
    for each in derive:
        _visit(each.name, needs, done, (), each.place.line)
    for name in (*tables, *(f"amounts.{name}" for name in amounts)):
        _visit(name, needs, done, (), 1)
    return tuple(named[name] for name in done if name in named)


def _visit(
    name: str, needs: Mapping[str, tuple[str, ...]], done: dict[str, None], above: tuple[str, ...], line: int
) -> None:
    if name in done:
        return
    if name in above:
        raise BadOrder((*above[above.index(name) :], name), line)
    for fact in needs[name]:
        source = source_of(fact, needs)
        if source is not None:
            _visit(source, needs, done, (*above, name), line)
    done[name] = None
