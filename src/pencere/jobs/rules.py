"""How long to wait before a job is tried again, and what an operator is told of a failure. Pure."""

from __future__ import annotations

import re
from datetime import timedelta

FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(hours=1)

_FRAME = re.compile(r'^  File "(?P<file>.+)", line (?P<line>\d+), in (?P<name>.+)$', re.MULTILINE)
_KIND = re.compile(r"^[\w.]+(?=:|$)", re.MULTILINE)


def pause_before(next_try: int, chance: float) -> timedelta:
    """The pause before try `next_try` (from 2): doubles each time, up to an hour, spread by ±25 % so that

    jobs that failed together do not return together. `chance` is from 0 to 1.
    """
    doubled = FIRST_PAUSE * 2 ** min(next_try - 2, 12)
    return min(doubled, LONGEST_PAUSE) * (0.75 + chance / 2)


def reason_of(trace: str) -> str:
    """Of the trace of a failure: its kind, and where in the program. Never what it says, which may name somebody.

    `ledger.errors.Unavailable in exchange/asking.py, line 88`; "" of what is no trace.
    """
    frames = list(_FRAME.finditer(trace))
    if not frames:
        return ""
    ours = [frame for frame in frames if "/pencere/" in frame["file"]]
    place = (ours or frames)[-1]
    kind = _KIND.search(trace, frames[-1].end() + 1)
    file = place["file"].rpartition("/pencere/")[2]
    return f"{kind[0].removeprefix('pencere.') if kind else '?'} in {file}, line {place['line']}"
