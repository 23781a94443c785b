"""Conditions of the plan as Python, so that a million are asked in a second. It means the same as `cells.holds`.

The text of a declaration enters what is compiled only as a constant, or as the name of a fact in a string.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pencere.country.cells import Cell, Compared, Condition, Is, Null, Range, facts_of, matches
from pencere.country.nodes import Node
from pencere.portal.nation.reader import slip

Test = Callable[[Mapping[str, object]], bool]


@dataclass(slots=True)
class Code:
    """What compiled functions of one plan speak of by name."""

    names: dict[str, object] = field(default_factory=lambda: {"matches": matches})

    def hold(self, value: object) -> str:
        """The name of a constant; simple ones are written as they are."""
        if value is None or type(value) in (bool, int, str):
            return repr(value)
        name = f"c{len(self.names)}"
        self.names[name] = value
        return name

    def function(self, source: str, name: str) -> Callable[..., object]:
        """The function of that name which the source defines."""
        space = dict(self.names)
        exec(compile(source, "<nation>", "exec"), space)  # noqa: S102 - made here of names and constants
        made = space[name]
        assert callable(made)
        return made


@dataclass(slots=True)
class Scope:
    """The facts that an expression may speak of, and where they stand: in a variable, or among those of the thing."""

    facts: set[str]
    local: dict[str, str] = field(default_factory=dict)

    def of(self, name: str, node: Node) -> str:
        """The fact as Python. Raises BadDeclaration for one that is not known here."""
        if name not in self.facts:
            raise slip(node, f'"{name}" is no fact here; known are {", ".join(sorted(self.facts))}')
        return self.local.get(name) or f"get({name!r})"


def asked(condition: Condition | None, scope: Scope, node: Node, code: Code) -> str:
    """The condition as a Python expression; of none at all "True"."""
    if condition is None:
        return "True"
    for name in facts_of(condition):
        scope.of(name, node)
    every = [
        " and ".join(_asked(cell, scope.of(name, node), code) for name, cell in each.items()) for each in condition
    ]
    return every[0] if len(every) == 1 else " or ".join(f"({each})" for each in every)


def test(condition: Condition | None, facts: set[str], node: Node, code: Code) -> Test:
    """The condition, ready to be asked often."""
    source = f"def holds(facts):\n    get = facts.get\n    return {asked(condition, Scope(facts), node, code)}\n"
    return code.function(source, "holds")  # type: ignore[return-value]


def _asked(cell: Cell, fact: str, code: Code) -> str:
    kinds = {test.value.kind for test in cell.tests if isinstance(test, Is)}
    if cell.tests and all(isinstance(test, Null) for test in cell.tests):
        return f"{fact} is not None" if cell.negated else f"{fact} is None"
    if cell.tests and not cell.negated and kinds <= {"code", "text"} and all(isinstance(t, Is) for t in cell.tests):
        words = [str(literal.value) for literal in cell.literals()]
        return f"{fact} == {words[0]!r}" if len(words) == 1 else f"{fact} in {code.hold(frozenset(words))}"
    if not cell.negated and kinds == {"boolean"} and len(cell.tests) == 1:
        return f"{fact} is {next(cell.literals()).value!r}"
    if not cell.negated and len(cell.tests) == 1 and (limits := _limits(cell.tests[0])):
        low, high = limits
        below = f" <= {high}" if high != math.inf else ""
        above = f"{low} <= " if low != -math.inf else ""
        return f"type(v := {fact}) is int and {above}v{below}"
    return f"matches({code.hold(cell)}, {fact}, {{}})"


def _limits(test: object) -> tuple[float, float] | None:
    """Between which whole numbers it holds; None where it speaks of anything else."""
    if isinstance(test, Compared) and isinstance(test.value.value, int) and test.value.kind == "number":
        number = test.value.value
        least = {">": number + 1, ">=": number}.get(test.sign, -math.inf)
        most = {"<": number - 1, "<=": number}.get(test.sign, math.inf)
        return least, most
    if isinstance(test, Range) and test.low.kind == test.high.kind == "number":
        low, high = test.low.value, test.high.value
        if isinstance(low, int) and isinstance(high, int):
            return low + test.low_open, high - test.high_open
    return None
