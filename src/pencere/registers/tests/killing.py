"""Work in a process of its own that is killed in the middle."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable

from django.db import connection

_fork = multiprocessing.get_context("fork")


def killed_after(seconds: float, work: Callable[[], object]) -> bool:
    """Whether the work, in a process of its own, was killed before it came to its end."""
    connection.close()
    process = _fork.Process(target=_alone, args=(work,))
    process.start()
    process.join(seconds)
    process.kill()
    process.join()
    return process.exitcode != 0


def _alone(work: Callable[[], object]) -> None:
    work()
    connection.close()
