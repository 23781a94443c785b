"""What the worker does for this part from time to time: (seconds between, what)."""

from __future__ import annotations

from datetime import datetime

from pencere.registers import declaring, forgetting, indexing
from pencere.registers.digital.measuring import measure_due
from pencere.registers.importing import arriving
from pencere.registers.out import extracts
from pencere.registers.paper import actions as paper


def keep_index(now: datetime) -> int:
    """The index follows the folder, and what waits is made for some seconds. Gives the number of rows."""
    declaring.follow(now)
    return indexing.go_on(now)


EVERY = [
    (5, keep_index), (300, paper.tell_rest), (300, measure_due), (60, extracts.make_due), (3600, arriving.sweep),
    (60, forgetting.forget_ended),
]  # fmt: skip
