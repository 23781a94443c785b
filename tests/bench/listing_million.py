"""The same as `listing`, with 1,000,000 rows; only when it is asked for by its name, for making them takes minutes."""

from __future__ import annotations

from tests.bench import listing
from tests.bench.measuring import Row


def run() -> list[Row]:
    return listing.run((10_000, 1_000_000), 3)
