"""What an installation at rest takes: proportional memory (PSS) of all its processes, and how soon it is ready."""

from __future__ import annotations

import re
import time
from pathlib import Path

from tests.bench.measuring import Row, tree_of
from tests.installation import installation


def run() -> list[Row]:
    with installation() as place:
        place.start(persons=2000)
        place.stop()
        began = time.monotonic()
        place.start(persons=2000)
        ready = time.monotonic() - began
        time.sleep(3)
        assert place.process is not None
        used = {process: _pss(process) for process in tree_of(place.process.pid)}
        rest = sum(size for process, size in used.items() if process not in _others(used))
    return [
        Row(
            "all in one at rest, without what stands in for others",
            f"{rest:.0f} MB",
            "—",
            "—",
            "≤ 400 MB",
            _met(rest <= 400),
        ),
        Row("warm start until ready", f"{ready:.1f} s", "—", "—", "≤ 5 s", _met(ready <= 5)),
    ]


OTHERS = (b"demo-provider", b"demo-payments", b"stand-in")
"""What stands in for the systems of others: the sign-in, the payments, the agencies' own."""


def _others(used: dict[int, float]) -> set[int]:
    heads = [process for process in used if any(name in _command(process) for name in OTHERS)]
    return {process for head in heads for process in tree_of(head)}


def _command(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def _pss(process: int) -> float:
    found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{process}/smaps_rollup").read_text(), re.MULTILINE)
    return int(found.group(1)) / 1024 if found else 0.0


def _met(yes: bool) -> str:
    return "yes" if yes else "no"
