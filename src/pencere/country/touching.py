"""What a changed act or article touches: every place of a country's declarations that stands on it.

    touched(folder, "residence-law 6")    services, rules, amounts, terms, grants, registers, certificates …

An article touches what names it, what names a part of it (`6.1` is part of `6`), and what names the act as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pencere.country.declarations import Place
from pencere.country.nodes import Node
from pencere.country.reading import Folder
from pencere.country.tables import Table

KEYS = ("law", "act", "repealed_by")
"""Under these keys an act is named."""


@dataclass(frozen=True, slots=True, order=True)
class Touch:
    """One place that stands on an act: `path` says on what way it is reached in its file."""

    file: str
    line: int
    path: str
    law: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.path}: {self.law}"


def touched(folder: Folder, changed: str) -> tuple[Touch, ...]:
    """In the order of files and lines."""
    act, _, article = changed.strip().partition(" ")
    found = [*_in_files(folder), *_in_tables(folder)]
    return tuple(sorted({each for each in found if _stands_on(each.law, act, article.strip())}))


def _stands_on(law: str, act: str, article: str) -> bool:
    named, _, part = law.partition(" ")
    part = part.strip()
    if named != act:
        return False
    return not article or not part or part == article or part.startswith(f"{article}.")


def _in_files(folder: Folder) -> Iterator[Touch]:
    for file, node in folder.nodes.items():
        yield from _in_node(file, node, "")


def _in_node(file: str, node: Node, path: str) -> Iterator[Touch]:
    if isinstance(node.value, dict):
        for key, item in node.value.items():
            below = f"{path}.{key}" if path else key
            if key in KEYS:
                yield from _named(file, item, below)
            elif not item.is_text:
                yield from _in_node(file, item, below)
    elif isinstance(node.value, tuple):
        for number, item in enumerate(node.value, 1):
            yield from _in_node(file, item, f"{path}.{number}")


def _named(file: str, node: Node, path: str) -> Iterator[Touch]:
    items = node.value if isinstance(node.value, tuple) else (node,)
    for item in items:
        if isinstance(item.value, str):
            yield Touch(file, item.line, path, " ".join(item.value.split()))


def _in_tables(folder: Folder) -> Iterator[Touch]:
    for tables in folder.of("decision").values():
        for table in tables.values():
            yield from _in_table(table)


def _in_table(table: Table) -> Iterator[Touch]:
    place = table.place
    assert isinstance(place, Place)
    for row in table.rows:
        if row.law:
            yield Touch(place.file, place.line + row.line, f"{table.name}.{row.rule}", row.law)
