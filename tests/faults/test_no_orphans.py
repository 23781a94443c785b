"""Whichever process is killed, what it had started ends, too: nobody keeps the port or the version of yesterday."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.bench.measuring import tree_of
from tests.installation import Installation, installation

pytestmark = [pytest.mark.faults, pytest.mark.one_engine]


def _processes(place: Installation) -> set[int]:
    """All processes of this installation, in its tree or not, as their environment says."""
    mark = f"PENCERE_DATA={place.data}\0".encode()
    found = set()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if mark in (folder / "environ").read_bytes() and (folder / "stat").read_text().split(") ")[1][0] != "Z":
                    found.add(int(folder.name))
            except OSError:
                continue
    return found


def _until(holds: object, seconds: float = 20) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():  # type: ignore[operator]
            return True
        time.sleep(0.2)
    return False


def _heads(place: Installation) -> list[int]:
    assert place.process is not None
    children = Path(f"/proc/{place.process.pid}/task/{place.process.pid}/children").read_text().split()
    return [int(child) for child in children]


def test_a_killed_head_leaves_no_process_behind():
    with installation() as place:
        place.start(persons=120, prepared=True)
        assert place.process is not None
        heads = _heads(place)
        for head in heads:
            os.kill(head, signal.SIGKILL)

        assert _until(lambda: len(_heads(place)) == len(heads) and _processes(place) == set(tree_of(place.process.pid)))
        place.wait_until_ready()


def test_a_killed_supervisor_leaves_no_process_behind():
    with installation() as place:
        place.start(persons=120)
        assert place.process is not None
        os.kill(place.process.pid, signal.SIGKILL)
        place.process.wait()

        assert _until(lambda: not _processes(place))
        place.start(persons=120)
