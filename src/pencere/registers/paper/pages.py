"""The pages of a scan that is a PDF, as pictures: drawn in a process of its own, which dies at its limits.

A PDF comes from outside: no process that serves pages opens it. What cannot be drawn is refused when it is scanned;
nothing drawn is kept. At most `AT_ONCE` are drawn at a time in a process that serves.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from functools import lru_cache

from pencere.base import media
from pencere.base.errors import BadInput, Unavailable

MOST_PAGES = 100
"""Of one paper; a file of an archive that is longer is several papers."""
SECONDS = 15
AT_ONCE = 2
_COUNTED = 2000

_turns = threading.BoundedSemaphore(AT_ONCE)
_counted: dict[str, int] = {}


def demand_drawable(content: bytes) -> None:
    """Raises BadInput "not_drawable", or "too_many_pages" (most): nobody could type from it."""
    if not content.startswith(b"%PDF-"):
        return
    pages, _first = _asked(content, 1)
    if pages > MOST_PAGES:
        raise BadInput("too_many_pages", most=MOST_PAGES)


def count(reference: str, content: bytes, media_type: str) -> int:
    """How many pages there are to draw; 0 for a picture, and for a PDF that cannot be drawn."""
    if media_type != media.PDF:
        return 0
    if reference not in _counted:
        if len(_counted) >= _COUNTED:
            _counted.clear()
        try:
            _counted[reference] = min(_asked(content, 0)[0], MOST_PAGES)
        except BadInput:
            _counted[reference] = 0
    return _counted[reference]


def drawn(content: bytes, number: int) -> bytes:
    """A page as PNG, from 1. Raises BadInput "not_drawable"; Unavailable while too many are drawn."""
    return _asked(content, number)[1]


def _asked(content: bytes, number: int) -> tuple[int, bytes]:
    if not _turns.acquire(timeout=SECONDS):
        raise Unavailable("registers", "too many pages are drawn at the moment")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pencere.registers.paper.page_process", str(number)],
            input=content, capture_output=True, timeout=SECONDS, env=_environment(), check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise BadInput("not_drawable") from None
    finally:
        _turns.release()
    head, _, picture = done.stdout.partition(b"\n")
    if done.returncode != 0 or not head.isdigit() or int(head) < 1 or (number and not picture):
        raise BadInput("not_drawable")
    return int(head), picture


@lru_cache(maxsize=1)
def _environment() -> dict[str, str]:
    """No way to the network, no home, nothing of ours."""
    nowhere = "http://127.0.0.1:9"
    return {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "HTTP_PROXY": nowhere,
        "HTTPS_PROXY": nowhere,
        "HOME": "/nonexistent",
    }
