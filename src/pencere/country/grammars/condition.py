"""A condition as it is written: a mapping of facts to cells of which all hold, or a list of them of which one does."""

from __future__ import annotations

from pencere.country.cells import BadCell, Cell, Condition, parse
from pencere.country.nodes import Node
from pencere.country.records import (
    FACT,
    Record,
    Report,
    text_of,
)


def condition_of(record: Record, key: str) -> Condition | None:
    """`when`: a mapping of facts to cells, all must hold; a list of mappings, one must hold."""
    node = record.get(key)
    if node is None:
        return None
    items = node.value if isinstance(node.value, tuple) else (node,)
    path = record.at(key)
    if not items:
        record.refuse(key, "expected a mapping of facts to cells, like {holder.sex: male}")
    return tuple(_all_of(item, record.report, path) for item in items)


def _all_of(node: Node, report: Report, path: str) -> dict[str, Cell]:
    if not isinstance(node.value, dict) or not node.value:
        report.unusable(node.line, path, "expected a mapping of facts to cells, like {holder.sex: male}")
        return {}
    cells = {}
    for fact, item in node.value.items():
        if not FACT.fullmatch(fact):
            report.unusable(item.line, path, f'"{fact}" is not the name of a fact, like holder.age')
        if isinstance(item.value, tuple | dict):
            report.unusable(item.line, path, f"{fact}: expected a cell; put it in quotes: '[18..35]'")
            continue
        text = text_of(item, report, path)
        try:
            cells[fact] = parse(text) if text else Cell(())
        except BadCell as error:
            report.unusable(item.line, path, f"{fact}: {error}")
    return cells
