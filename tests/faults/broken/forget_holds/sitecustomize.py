"""A build broken on purpose: it counts the places that are taken and forgets those that are held."""

import types

from breaking import when_loaded


def _break(module: types.ModuleType) -> None:
    def free(shape, capacity, rows, day, now):  # type: ignore[no-untyped-def]
        taken = module._taken(capacity, [row.key for row in rows], day) if capacity.taken_by else {}  # type: ignore[attr-defined]
        return {row.key: max(0, module._places(shape, capacity, row) - taken.get(row.key, 0)) for row in rows}  # type: ignore[attr-defined]

    module.free = free  # type: ignore[attr-defined]
    module._free_in = lambda shape, capacity, row, day, now: free(shape, capacity, [row], day, now)[row.key]  # type: ignore[attr-defined]


when_loaded("pencere.registers.places", _break)
