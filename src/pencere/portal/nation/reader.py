"""Takes keys out of the nodes of a plan; what is left over in the end is unknown. Every slip is named with its line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pencere.base.errors import BadDeclaration
from pencere.country.cells import BadCell, Cell, Condition, parse
from pencere.country.nodes import Finding, Node


def slip(node: Node, message: str) -> BadDeclaration:
    """What is wrong, with its line."""
    return BadDeclaration((Finding(node.file, node.line, message),))


def mapping(node: Node) -> Mapping[str, Node]:
    if not isinstance(node.value, dict):
        raise slip(node, "write keys and values here")
    return node.value


def items(node: Node) -> tuple[Node, ...]:
    if not isinstance(node.value, tuple):
        raise slip(node, "write a list here")
    return node.value


def word(node: Node) -> str:
    if not isinstance(node.value, str):
        raise slip(node, "write one value here")
    return node.value


def words(node: Node) -> tuple[str, ...]:
    return tuple(word(item) for item in items(node))


def whole(node: Node) -> int:
    text = word(node)
    try:
        return int(text)
    except ValueError as problem:
        raise slip(node, f'"{text}" is not a whole number') from problem


def pair(node: Node) -> tuple[int, int]:
    numbers = tuple(whole(item) for item in items(node))
    if len(numbers) != 2 or numbers[0] > numbers[1]:
        raise slip(node, "write two numbers, the smaller first: [3, 30]")
    return numbers[0], numbers[1]


def day(node: Node) -> date:
    try:
        return date.fromisoformat(word(node))
    except ValueError as problem:
        raise slip(node, "write a day like 2026-03-18") from problem


def condition(node: Node) -> Condition:
    """`{age: '[18..35]', sex: male}`, or a list of such, one of which holds."""
    every = items(node) if node.is_list else (node,)
    return tuple({fact: _cell(cell) for fact, cell in mapping(each).items()} for each in every)


def _cell(node: Node) -> Cell:
    try:
        return parse(word(node))
    except BadCell as problem:
        raise slip(node, str(problem)) from problem


class Reader:
    """The keys of one mapping. `done` says that no more are expected."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self._left = dict(mapping(node))

    def has(self, key: str) -> bool:
        return key in self._left

    def take(self, key: str) -> Node:
        node = self._left.pop(key, None)
        if node is None:
            raise slip(self.node, f"{key} is missing")
        return node

    def maybe(self, key: str) -> Node | None:
        return self._left.pop(key, None)

    def text(self, key: str) -> str:
        return word(self.take(key))

    def maybe_text(self, key: str) -> str | None:
        node = self.maybe(key)
        return word(node) if node is not None else None

    def number(self, key: str, default: int | None = None) -> int:
        if default is not None and key not in self._left:
            return default
        return whole(self.take(key))

    def day(self, key: str) -> date:
        return day(self.take(key))

    def texts(self, key: str) -> dict[str, str]:
        return {name: word(node) for name, node in mapping(self.take(key)).items()}

    def weights(self, key: str) -> dict[str, int]:
        return {name: whole(node) for name, node in mapping(self.take(key)).items()}

    def condition(self, key: str) -> Condition | None:
        node = self.maybe(key)
        return condition(node) if node is not None else None

    def done(self) -> None:
        for name, node in self._left.items():
            raise slip(node, f'unknown key "{name}"')
