"""On which files beside it a folder of declarations leans: the lists whose codes it takes, the acts it stands on.

    leaned_on(folder, "registers/boats")    {"lists/licences.yaml", "acts/boats.yaml"}

What a list stands on counts, too. A fault there is a fault here: a list that cannot be read leaves a field without
codes.
"""

from __future__ import annotations

from collections.abc import Iterator

from pencere.country.nodes import Node
from pencere.country.reading import Folder
from pencere.country.touching import KEYS

_LIST = "list:"


def leaned_on(folder: Folder, below: str) -> frozenset[str]:
    """Files of the country, whether or not they are there."""
    waiting = [file for file in folder.nodes if file == below or file.startswith(f"{below.rstrip('/')}/")]
    found: set[str] = set()
    while waiting:
        node = folder.nodes.get(waiting.pop())
        fresh = set(_named(node, "")) - found if node is not None else set()
        found |= fresh
        waiting += fresh
    return frozenset(found)


def _named(node: Node, key: str) -> Iterator[str]:
    if isinstance(node.value, dict):
        for name, item in node.value.items():
            yield from _named(item, name)
    elif isinstance(node.value, tuple):
        for item in node.value:
            yield from _named(item, key)
    elif isinstance(node.value, str):
        text = node.value.strip()
        if text.startswith(_LIST):
            yield f"lists/{text.removeprefix(_LIST)}.yaml"
        elif key in KEYS and text:
            yield f"acts/{text.split()[0]}.yaml"
