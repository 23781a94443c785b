"""CPU seconds of a piece of work or of other processes, in interleaved rounds."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import tools


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `goal` is the least (or, with "≤", the most) that design section 8 asks for."""

    what: str
    ours: str
    theirs: str
    ratio: str
    goal: str
    met: str


def each_engine(of: Callable[[str, str], list[Row]]) -> list[Row]:
    """What a bench says of SQLite, then of PostgreSQL: asked with the engine's name and address ("" for SQLite)."""
    found = of("SQLite", "")
    with tools.postgresql() as url:
        return found + of("PostgreSQL", url)


def said_by(module: str, url: str, *words: object) -> Any:
    """What that module says (JSON, its last line) in a process of its own with that database."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PENCERE_")}
    if url:
        environment["PENCERE_TEST_DATABASE"] = url
    command = [sys.executable, "-m", module, *map(str, words)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def interleaved(sides: Mapping[str, Callable[[int], float]], rounds: int) -> dict[str, float]:
    """Each side is a function of the round's number that returns its CPU seconds; the median of each."""
    for side in sides.values():
        side(0)  # warm
    seen: dict[str, list[float]] = {name: [] for name in sides}
    names = list(sides)
    for number in range(1, rounds + 1):
        for name in names if number % 2 else reversed(names):
            seen[name].append(sides[name](number))
    return {name: statistics.median(values) for name, values in seen.items()}


def own_cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def cpu_of(processes: Sequence[int]) -> float:
    """CPU seconds used so far by the living threads of these processes, to the nanosecond as the scheduler counts.

    (`/proc/PID/stat` counts in hundredths of a second, which is as long as some of these rounds.)
    """
    return (
        sum(
            int(thread.read_text().split()[0])
            for process in processes
            for thread in Path(f"/proc/{process}/task").glob("*/schedstat")
        )
        / 1e9
    )


def tree_of(process: int) -> list[int]:
    """The process and all below it."""
    found, waiting = [], [process]
    while waiting:
        current = waiting.pop()
        found.append(current)
        try:
            with open(f"/proc/{current}/task/{current}/children", encoding="ascii") as children:
                waiting += [int(child) for child in children.read().split()]
        except OSError:
            continue
    return found
