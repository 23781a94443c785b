"""One module per kind of file. Every module here has a KIND (or several): nothing else lists them.

A KIND says where its files are (`agencies/<id>.yaml`), the shapes of its mappings (documented in
docs/declare/reference.md, a test compares) and how a file is read. `read` gives what the file declares, with
placeholders where something is missing; the report says whether it may be used.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from pencere.country.nodes import Node
from pencere.country.records import Report, Shape


@dataclass(frozen=True, slots=True)
class Source:
    """The file being read: what its name says and what the country has decided already."""

    id: str  # of the thing; "" for a file that there is only once
    language: str  # of a file of texts, else ""
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileKind:
    name: str
    pattern: str  # <id> stands for an id, <language> for a language of the country
    shapes: tuple[Shape, ...]
    read: Callable[[Node, Report, Source], object]
    needed: bool = False  # a country has it

    def match(self, file: str) -> re.Match[str] | None:
        escaped = re.escape(self.pattern)
        return re.fullmatch(
            escaped.replace("<id>", r"(?P<id>[^/]+)").replace("<language>", r"(?P<language>[^/]+)"), file
        )


@cache
def all_kinds() -> tuple[FileKind, ...]:
    """Every kind of file, found by its module."""
    kinds: list[FileKind] = []
    for module in pkgutil.iter_modules(__path__):
        found: FileKind | tuple[FileKind, ...] = importlib.import_module(f"{__name__}.{module.name}").KIND
        kinds.extend(found if isinstance(found, tuple) else (found,))
    return tuple(sorted(kinds, key=lambda each: each.name))


def kind(name: str) -> FileKind:
    return next(each for each in all_kinds() if each.name == name)
