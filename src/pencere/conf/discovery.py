"""Finds the parts: a folder with `apps.py` is an app, one with `urls.py` has pages, one with `commands.py`
has commands. Adding a part edits no list here."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

PACKAGE = Path(__file__).resolve().parents[1]


def parts_with(file: str) -> tuple[str, ...]:
    """Names of the parts (`certificates`, …) whose folder holds `file`, in order of name."""
    return tuple(sorted(path.parent.name for path in PACKAGE.glob(f"*/{file}")))


def apps() -> list[str]:
    return [f"pencere.{part}.apps.Config" for part in parts_with("apps.py")]


def modules(file: str) -> Iterator[ModuleType]:
    """The modules `pencere.<part>.<file>` of every part that has one."""
    for part in parts_with(f"{file}.py"):
        yield import_module(f"pencere.{part}.{file}")
