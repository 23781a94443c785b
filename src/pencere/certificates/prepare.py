"""What an installation needs of this part before it serves: in the demo, seals and the trust list."""

from __future__ import annotations

from pencere.base import clock
from pencere.certificates import seals

ORDER = 50


def prepare(*, demo: bool, persons: int) -> None:
    seals.prepare(clock.now())
