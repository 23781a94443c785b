"""What the worker does for this part from time to time: (seconds between, what)."""

from __future__ import annotations

from datetime import datetime

from pencere.certificates import actions, guessing


def sweep_misses(now: datetime) -> None:
    guessing.sweep(now)


def sweep_papers(now: datetime) -> None:
    actions.sweep_papers(now)


EVERY = [(600, sweep_misses), (6 * 3600, sweep_papers)]
