"""One module per group of checks; each has `check(checker)`. A module put here is run: nothing else lists them."""

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
    return tuple(
        importlib.import_module(f"{__name__}.{module.name}").check for module in pkgutil.iter_modules(__path__)
    )
