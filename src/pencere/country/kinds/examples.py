"""services/<id>/examples.yaml: cases with the result that the law wants; the checker runs them."""

from __future__ import annotations

from collections.abc import Iterator

from pencere.country.declarations import Example, Place
from pencere.country.kinds import FileKind, Source
from pencere.country.kinds.decision import block_of
from pencere.country.nodes import Node
from pencere.country.records import Record, Report, Shape, text_of
from pencere.country.tables import BadTable, parse_grid

EXAMPLE = Shape("services/<id>/examples.yaml (one)", required=("name", "today", "given", "expect"))
CASES = Shape("services/<id>/examples.yaml (table)", required=("today", "cases"))


def read(node: Node, report: Report, source: Source) -> tuple[Example, ...]:
    if not isinstance(node.value, tuple):
        report.unusable(node.line, "", "expected a list of examples")
        return ()
    examples: list[Example] = []
    for number, item in enumerate(node.value, 1):
        if isinstance(item.value, dict) and "cases" in item.value:
            examples.extend(_cases(Record(item, CASES, report, f"example {number}")))
        else:
            examples.append(_one(Record(item, EXAMPLE, report, f"example {number}")))
    return tuple(examples)


def _one(record: Record) -> Example:
    return Example(
        name=record.text("name"),
        today=record.day("today"),
        given=dict(_flat(record, "given")),
        expect=dict(_flat(record, "expect")),
        place=record.place,
    )


def _flat(record: Record, key: str) -> Iterator[tuple[str, object]]:
    """`move: {basis: owner}` and `move.basis: owner` say the same."""
    node = record.get(key)
    if node is None or node.value == "":
        return
    if not isinstance(node.value, dict):
        record.refuse(key, "expected facts and their values")
        return
    for name, item in node.value.items():
        if isinstance(item.value, dict):
            for inner, value in item.value.items():
                yield f"{name}.{inner}", text_of(value, record.report, f"{record.at(key)}.{name}.{inner}")
        elif isinstance(item.value, tuple):
            yield name, _list(item, record, f"{record.at(key)}.{name}")
        else:
            yield name, text_of(item, record.report, f"{record.at(key)}.{name}")


def _list(node: Node, record: Record, path: str) -> tuple[object, ...]:
    """Items of a group `[{person.age: 40, signed: true}, …]`, or the rules of items `[moves, not_signed]`."""
    assert isinstance(node.value, tuple)
    items: list[object] = []
    for item in node.value:
        if isinstance(item.value, dict):
            items.append({name: text_of(value, record.report, f"{path}.{name}") for name, value in item.value.items()})
        else:
            items.append(text_of(item, record.report, path))
    return tuple(items)


def _cases(record: Record) -> Iterator[Example]:
    today = record.day("today")
    block = block_of(record, "cases")
    if block is None:
        return
    assert isinstance(block.value, str)
    try:
        grid = parse_grid(block.value)
    except BadTable as bad:
        for line, message in bad.problems:
            record.report.unusable(block.text_line + line, record.path, message)
        return
    if grid.inputs[:1] != ("name",):
        record.report.unusable(block.text_line, record.path, 'the first column of a table of cases is "name"')
    for row in grid.rows:
        yield Example(
            name=row.inputs[0],
            today=today,
            given={fact: text for fact, text in zip(grid.inputs[1:], row.inputs[1:], strict=True) if text},
            expect={fact: text for fact, text in zip(grid.outputs, row.outputs, strict=True) if text},
            place=Place(block.file, block.text_line + row.line),
        )


KIND = FileKind("examples", "services/<id>/examples.yaml", (EXAMPLE, CASES), read)
