"""How long to wait before a job is tried again. Pure."""

from __future__ import annotations

from datetime import timedelta

FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(hours=1)


def pause_before(next_try: int, chance: float) -> timedelta:
    """The pause before try `next_try` (from 2): doubles each time, up to an hour, spread by ±25 % so that

    jobs that failed together do not return together. `chance` is from 0 to 1.
    """
    doubled = FIRST_PAUSE * 2 ** min(next_try - 2, 12)
    return min(doubled, LONGEST_PAUSE) * (0.75 + chance / 2)
