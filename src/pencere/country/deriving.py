"""Derived facts: `name: function(argument, …)`, and the reckoning of all facts of a case.

An argument is a fact, `amounts.NAME`, a number, `today` or a quoted cell. Nothing is nested: a step has a name, so
that the trace can show it. A repeating group is the fact of its name: a tuple of rows, each a mapping.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TypeVar

from pencere.base.errors import BadDeclaration
from pencere.base.terms import Calendar
from pencere.country import amounts as amounts_of_law
from pencere.country import cells
from pencere.country.cells import BadCell
from pencere.country.declarations import Amount, Derived, Unit
from pencere.country.functions import FUNCTIONS, Function, World
from pencere.country.tables import Outcome, Table, collect, decide

T = TypeVar("T")

__all__ = ["FUNCTIONS", "BadDerive", "Function", "Reckoning", "amounts_of", "compute", "facts_of", "parse_derived"]

_CALL = re.compile(r"([a-z][a-z0-9_]*)\s*\((.*)\)", re.DOTALL)
_FACT = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


class BadDerive(ValueError):
    """The message says what is wrong and how it is written."""


def parse_derived(text: str) -> tuple[str, tuple[str, ...]]:
    """The function and its arguments as they are written. Raises BadDerive."""
    found = _CALL.fullmatch(text.strip())
    if found is None:
        raise BadDerive(f'"{text.strip()}": a derived fact is written function(argument, …)')
    name, inner = found.groups()
    function = FUNCTIONS.get(name)
    if function is None:
        raise BadDerive(f'unknown function "{name}"{_did_you_mean(name)}')
    try:
        arguments = tuple(part.strip() for part in cells.split_outside_quotes(inner, ",")) if inner.strip() else ()
    except BadCell as wrong:
        raise BadDerive(str(wrong)) from wrong
    if not function.arity_fits(len(arguments)):
        raise BadDerive(f"{name} is written {function.usage()}, here are {len(arguments)} arguments")
    for place, argument in enumerate(arguments):
        _demand_argument(function, function.kind_of_argument(place), argument)
    return name, arguments


def facts_of(derived: Derived) -> tuple[str, ...]:
    """The facts it is made of; of a repeating group, `contracts.until`."""
    return tuple(argument for argument in derived.arguments if _is_fact(argument))


def amounts_of(derived: Derived) -> tuple[str, ...]:
    """The names of the amounts it is made of, also those in a quoted cell."""
    named = [a.removeprefix("amounts.") for a in derived.arguments if a.startswith("amounts.")]
    quoted = [cells.parse(a[1:-1]) for a in derived.arguments if a.startswith('"')]
    in_cells = [str(literal.value) for cell in quoted for literal in cell.literals() if literal.kind == "amount"]
    return tuple(dict.fromkeys(named + in_cells))


def compute(
    derived: Sequence[Derived],
    facts: Mapping[str, object],
    amounts: Mapping[str, Amount],
    today: date,
    calendar: Calendar,
    territory: Sequence[Unit],
    *,
    tables: Mapping[str, Table] | None = None,
    on: date | None = None,
) -> dict[str, object]:
    """The facts and everything derived from them, with the outputs of those tables that a derived fact needs.

    `on` is the day whose law counts, `today` unless said otherwise.
    """
    reckoning = Reckoning(derived, facts, amounts, tables or {}, today, calendar, territory, on=on)
    for each in derived:
        reckoning.fact(each.name)
    return reckoning.facts


class Reckoning:
    """The facts of one case: a derived fact, a table or an amount is computed when somebody first asks for it.

    `aliases`: other names of a fact, for where it is not known under its own: `holder` is what `request.holder` says.
    """

    def __init__(
        self,
        derived: Sequence[Derived],
        facts: Mapping[str, object],
        amounts: Mapping[str, Amount],
        tables: Mapping[str, Table],
        today: date,
        calendar: Calendar,
        territory: Sequence[Unit],
        *,
        on: date | None = None,
        currency: str = "",
        aliases: Mapping[str, tuple[str, ...]] = {},
    ) -> None:
        self.facts = dict(facts)
        self.outcomes: dict[str, Outcome | None] = {}
        self.collected: dict[str, tuple[Outcome, ...]] = {}
        self._derived = {each.name: each for each in derived}
        self._tables = tables
        self._on = on or today
        self._asked = _Asked(self)
        self._under_way: list[str] = []
        self._aliases = aliases
        self.amounts = amounts_of_law.AmountsOf(amounts, self._on, self._asked, currency)
        self._world = World(today, calendar, territory, self.amounts)

    def fact(self, name: str) -> object:
        """The value; None if it is unknown, was not asked or does not exist."""
        if name in self.facts:
            return self.facts[name]
        if name in self._derived:
            self.facts[name] = self._guarded(name, lambda: self._derive(self._derived[name]))
            return self.facts[name]
        if name == "today":
            return self._world.today
        if name.startswith("amounts."):
            return self.amounts.get(name.removeprefix("amounts."))
        table, _, output = name.partition(".")
        if output and table in self._tables and table not in self.outcomes:
            self.decide(table)
        if name in self.facts or name not in self._aliases:
            return self.facts.get(name)
        named = self._guarded(name, lambda: [self.fact(other) for other in self._aliases[name]])
        return next((value for value in named if value is not None), None)

    def decide(self, name: str) -> Outcome | None:
        """The table's outcome; its outputs become facts `table.output`. Decided once per reckoning."""
        if name not in self.outcomes and self._tables[name].hit == "collect":
            self._collect(name)
        elif name not in self.outcomes:
            table = self._tables[name]
            outcome = self._guarded(name, lambda: decide(table, self._asked, self.amounts, self._on))
            self.outcomes[name] = outcome
            for output in table.outputs:
                self.facts.setdefault(f"{name}.{output}", outcome.outputs[output] if outcome else None)
        return self.outcomes[name]

    def _collect(self, name: str) -> None:
        """Every rule that answers; an output is the list of what they say."""
        table = self._tables[name]
        found = self._guarded(name, lambda: collect(table, self._asked, self.amounts, self._on))
        self.outcomes[name] = found[0] if found else None
        self.collected[name] = found
        for output in table.outputs:
            said = (outcome.outputs[output] for outcome in found)
            self.facts.setdefault(f"{name}.{output}", tuple(value for value in said if value is not None))

    def holds(self, condition: cells.Condition | None) -> bool:
        return cells.holds(condition, self._asked, self.amounts)

    def _guarded(self, name: str, work: Callable[[], T]) -> T:
        if name in self._under_way:
            raise BadDeclaration((f"{' needs '.join([*self._under_way, name])}: a circle",))
        self._under_way.append(name)
        try:
            return work()
        finally:
            self._under_way.pop()

    def _derive(self, derived: Derived) -> object:
        function = FUNCTIONS[derived.function]
        values = []
        for place, argument in enumerate(derived.arguments):
            kind = function.kind_of_argument(place)
            value = _of_kind(kind, self._argument(kind, argument))
            if value is None and not function.takes_unknown:
                return None
            values.append(value)
        return function.call(self._world, *values)

    def _argument(self, kind: str, argument: str) -> object:
        if argument == "today":
            return self._world.today
        if argument.startswith('"'):
            return cells.parse(argument[1:-1])
        if _NUMBER.fullmatch(argument):
            return int(argument) if "." not in argument else argument
        if argument.startswith("amounts."):
            return self.amounts.get(argument.removeprefix("amounts."))
        if kind == "item":
            group, _, field = argument.partition(".")
            rows = self.fact(group)
            if isinstance(rows, Sequence) and not isinstance(rows, str):
                return tuple(row.get(field) for row in rows)
        return self.fact(argument)


class _Asked(Mapping[str, object]):
    """The facts of a reckoning, seen as a mapping by tables, conditions and amounts."""

    def __init__(self, reckoning: Reckoning) -> None:
        self._reckoning = reckoning

    def __getitem__(self, name: str) -> object:
        return self._reckoning.fact(name)

    def get(self, name: str, default: object = None) -> object:
        value = self._reckoning.fact(name)
        return default if value is None else value

    def __iter__(self) -> Iterator[str]:
        return iter(self._reckoning.facts)

    def __len__(self) -> int:
        return len(self._reckoning.facts)


def _of_kind(kind: str, value: object) -> object:
    """The value as the function wants it; None if it is of another kind, for that is no answer."""
    if kind in ("any", "cell"):
        return value
    if kind == "date":
        return cells.as_day(value)
    if kind in ("number", "integer"):
        number = cells.as_number(value)
        if kind == "number" or number is None:
            return number
        return int(number) if number == int(number) else None
    if kind == "boolean":
        return value if isinstance(value, bool) else None
    if kind == "geometry":
        return value if isinstance(value, Mapping) else None
    if kind in ("rows", "item"):
        return value if isinstance(value, Sequence) and not isinstance(value, str) else None
    return value if isinstance(value, str) else None


def _is_fact(argument: str) -> bool:
    if argument == "today" or argument.startswith(('"', "amounts.")):
        return False
    return _NUMBER.fullmatch(argument) is None


def _demand_argument(function: Function, kind: str, argument: str) -> None:
    if "(" in argument and not argument.startswith('"'):
        raise BadDerive(f'"{argument}": functions are not nested; give the inner step a name of its own')
    if kind == "cell":
        if not (argument.startswith('"') and argument.endswith('"')):
            raise BadDerive(f'{function.name} is written {function.usage()}; the cell stands in quotes: "> 5"')
        try:
            cells.parse(argument[1:-1])
        except BadCell as wrong:
            raise BadDerive(str(wrong)) from wrong
        return
    is_number = _NUMBER.fullmatch(argument) is not None
    if not (is_number or _FACT.fullmatch(argument)):
        raise BadDerive(f'"{argument}" is neither a fact nor amounts.NAME, a number or today')
    if is_number and kind not in ("number", "integer", "any"):
        raise BadDerive(f"{function.name} is written {function.usage()}; {argument} is a number")
    if argument == "today" and kind not in ("date", "any"):
        raise BadDerive(f"{function.name} is written {function.usage()}; today is a date")
    if kind == "item" and "." not in argument:
        raise BadDerive(f'{function.name} wants a fact of a repeating group, like contracts.until, not "{argument}"')


def _did_you_mean(name: str) -> str:
    near = difflib.get_close_matches(name, FUNCTIONS, n=1)
    return f', did you mean "{near[0]}"?' if near else f"; known are {', '.join(FUNCTIONS)}"
