"""The same as `loading`, with 1,000,000 lines; only when it is asked for by its name."""

from __future__ import annotations

from tests.bench import loading
from tests.bench.measuring import Row


def run() -> list[Row]:
    return loading.run(1_000_000, 1)
