"""One module per group of checks; each has `check(checker)`. A module put here is run: nothing else lists them.

Checks that build on what others settled have an AFTER, the module that goes before.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pencere.country.checking import Checker


@cache
def all_checks() -> tuple[Callable[[Checker], None], ...]:
    modules = {each.name: importlib.import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__)}

    def depth(name: str) -> int:
        before = getattr(modules[name], "AFTER", None)
        return depth(before) + 1 if before else 0

    return tuple(modules[name].check for name in sorted(modules, key=lambda name: (depth(name), name)))
