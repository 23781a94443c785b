"""Changes a module the moment it has been loaded, in every process of an installation.

A build that is broken on purpose is a folder with a `sitecustomize.py`, which Python reads at the start of each
process that has the folder on its PYTHONPATH. The product itself has no switch for this.
"""

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Callable


class _Breaker(importlib.abc.MetaPathFinder):
    def __init__(self, name: str, change: Callable[[types.ModuleType], None]) -> None:
        self._name, self._change = name, change

    def find_spec(self, name, path, target=None):  # type: ignore[no-untyped-def]
        if name != self._name:
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        run, change = spec.loader.exec_module, self._change

        def run_and_change(module: types.ModuleType) -> None:
            run(module)
            change(module)

        spec.loader.exec_module = run_and_change  # type: ignore[method-assign]
        return spec


def when_loaded(name: str, change: Callable[[types.ModuleType], None]) -> None:
    """Calls `change` with the module `name` as soon as it is there."""
    sys.meta_path.insert(0, _Breaker(name, change))
