"""No process outlives the one that started it: an orphan would keep the port, and serve the version of yesterday.

A process of the web server asks again and again whether its parent is still there; what `pencere run` starts is
told by the kernel (`conf.running`).
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time

BETWEEN_LOOKS = 0.5


def end_with_parent() -> None:
    """From now on this process ends, at once, when its parent does. Safe at any moment: what counts is on disk.

    A parent that died while this process was still loading is known by the number that it gave with its start.
    """
    parent = multiprocessing.parent_process()
    number = parent.pid if parent is not None and parent.pid is not None else os.getppid()
    threading.Thread(target=_watch, args=(number,), name="parent", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(BETWEEN_LOOKS)
    os._exit(1)
