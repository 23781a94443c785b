"""What the plan declares for each thing, as one function of Python each: more facts, new things, rows of a register."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import product

from pencere.country.cells import Condition
from pencere.country.nodes import Node
from pencere.portal.nation.asking import Scope, asked
from pencere.portal.nation.dice import Known, Made, expression
from pencere.portal.nation.making import Facts, Making
from pencere.portal.nation.reader import mapping

More = Callable[[Making, Iterable[Facts]], None]
New = Callable[[Making, Iterable[Mapping[str, object]]], list[Facts]]
Rows = Callable[[Making, Iterable[Facts]], Iterator[tuple[Facts, date | None, date | None]]]
"""Each row with its first and its last day, where the plan names them; a field that is unknown is left out."""
OneRow = Callable[[Making, Mapping[str, object]], Facts]
Values = Callable[[Making], list[object]]
Chosen = tuple[Condition | None, int, int]
"""Of which things: a condition, so many of 1000, at most so many (0: all)."""


def more_facts(node: Node, facts: set[str], chosen: Chosen, place: Node, known: Known) -> More:
    """Gives each thing more facts; later ones may speak of earlier ones, and all that follows of them."""
    scope = Scope(facts)
    body = _choosing(chosen, scope, place, known)
    for name, each in mapping(node).items():
        body.append(f"f[{name!r}] = {expression(each, scope, known).source}")
        facts.add(name)
    return _function("made", "m, things", ["for f in things:", "    get = f.get", *_in(body)], known)  # type: ignore[return-value]


def new_things(
    node: Node, parent: set[str], chosen: Chosen, crossed: Mapping[str, Values], place: Node, known: Known
) -> tuple[New, set[str]]:
    """Makes a thing for each parent, and for each combination of `crossed`; gives the facts of such a thing, too."""
    own = set(crossed)
    choosing = _choosing(chosen, Scope(parent), place, known)
    scope = Scope(parent | own)
    inner = ["f = {**p, **x}", "get = f.get", "o = dict(x)"]
    for name, each in mapping(node).items():
        inner.append(f"f[{name!r}] = o[{name!r}] = {expression(each, scope, known).source}")
        scope.facts.add(name)
        own.add(name)
    inner.append("out.append(o)")
    body = ["out = []", f"every = crossed(m, {known.code.hold(dict(crossed))})", "for p in things:", "    get = p.get"]
    body += [*_in(choosing), "    for x in every:", *_in(_in(inner)), "return out"]
    known.code.names["crossed"] = _crossed
    return _function("made", "m, things", body, known), own  # type: ignore[return-value]


def rows(
    fields: Node, since: Node | None, until: Node | None, facts: set[str], chosen: Chosen, place: Node, known: Known
) -> Rows:
    """Turns things into rows; a field may speak of the fields before it."""
    scope = Scope(set(facts))
    body = _choosing(chosen, scope, place, known)
    sure: list[tuple[str, str]] = []
    unsure: list[tuple[str, str]] = []
    for number, (name, each) in enumerate(mapping(fields).items()):
        made = expression(each, scope, known)
        body.append(f"r{number} = {made.source}")
        (sure if made.sure else unsure).append((name, f"r{number}"))
        scope.facts.add(name)
        scope.local[name] = f"r{number}"
    body.append("row = {" + ", ".join(f"{name!r}: {local}" for name, local in sure) + "}")
    for name, local in unsure:
        body += [f"if {local} is not None:", f"    row[{name!r}] = {local}"]
    days = [expression(each, scope, known).source if each is not None else "None" for each in (since, until)]
    body.append(f"yield row, {days[0]}, {days[1]}")
    return _function("made", "m, things", ["for f in things:", "    get = f.get", *_in(body)], known)  # type: ignore[return-value]


def one_row(fields: Node, facts: set[str], known: Known) -> OneRow:
    """One row of the facts at hand; what is unknown stays None."""
    scope = Scope(facts)
    made: list[tuple[str, Made]] = [(name, expression(each, scope, known)) for name, each in mapping(fields).items()]
    source = "{" + ", ".join(f"{name!r}: {each.source}" for name, each in made) + "}"
    return _function("made", "m, f", ["get = f.get", f"return {source}"], known)  # type: ignore[return-value]


def _choosing(chosen: Chosen, scope: Scope, place: Node, known: Known) -> list[str]:
    condition, share, most = chosen
    lines = []
    when = asked(condition, scope, place, known.code)
    if when != "True":
        lines += [f"if not ({when}):", "    continue"]
    if share < 1000:
        lines += [f"if rnd() * 1000 >= {share}:", "    continue"]
    if most:
        left = known.begin(f"[{most}]")
        lines += [f"if not {left}[0]:", "    break", f"{left}[0] -= 1"]
    return lines


def _function(name: str, arguments: str, body: list[str], known: Known) -> Callable[..., object]:
    head = [f"def {name}({arguments}):", "    rnd, T = m.chance.random, m.today.toordinal()"]
    begun, known.begun = known.begun, []
    return known.code.function("\n".join([*head, *_in(begun), *_in(body)]) + "\n", name)


def _in(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _crossed(making: Making, declared: Mapping[str, Values]) -> list[Facts]:
    """Every combination of the values; of none at all one."""
    return [
        dict(zip(declared, values, strict=True)) for values in product(*(each(making) for each in declared.values()))
    ]
