"""No process outlives the one that started it: an orphan would keep the port, and serve the version of yesterday.

A process of the web server asks again and again whether its parent is still there; what `pencere run` starts is
told by the kernel (`conf.running`).
"""

from __future__ import annotations

import os
import threading
import time

BETWEEN_LOOKS = 0.5


def end_with_parent() -> None:
    """From now on this process ends, at once, when its parent does. Safe at any moment: what counts is on disk."""
    threading.Thread(target=_watch, args=(os.getppid(),), name="parent", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(BETWEEN_LOOKS)
    os._exit(1)
