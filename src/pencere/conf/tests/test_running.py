"""`pencere run` starts again what dies, and rests while all is well."""

from __future__ import annotations

import inspect
import subprocess
import sys
import threading
import time

from pencere.base import clock
from pencere.conf import discovery, running


class _Rounds(threading.Event):
    """Lets so many rounds pass without waiting, and counts them."""

    def __init__(self, rounds: int) -> None:
        super().__init__()
        self.left, self.waited = rounds, []

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout)
        self.left -= 1
        if not self.left:
            self.set()
        time.sleep(0.05)
        return self.is_set()


def _child(*words: str) -> running._Child:
    return running._Child((sys.executable, "-c", *words))


def test_it_rests_between_two_looks(monkeypatch):
    monkeypatch.setattr(running, "_answers", lambda: False)
    rounds = _Rounds(3)

    running._keep_alive([], rounds, 0.0)

    assert rounds.waited == [running.BETWEEN_LOOKS] * 3


def test_a_process_that_dies_is_started_again(monkeypatch):
    monkeypatch.setattr(running, "_answers", lambda: False)
    child = _child("import time; time.sleep(60)")
    rounds = _Rounds(40)
    killed: list[int] = []

    def kill_once() -> bool:
        if child.process is not None and not killed:
            killed.append(child.process.pid)
            child.process.kill()
        return False

    monkeypatch.setattr(running, "_answers", kill_once)
    running._keep_alive([child], rounds, 0.0)

    assert child.process is not None and child.process.pid not in killed and child.process.poll() is None
    running._end([child])
    assert isinstance(child.process, subprocess.Popen) and child.process.poll() is not None


def test_whatever_the_worker_does_from_time_to_time_takes_the_time():
    for module in discovery.modules("periodic"):
        for seconds, what in getattr(module, "EVERY", []):
            assert seconds > 0
            inspect.signature(what).bind(clock.now())
        for beside in getattr(module, "BESIDE", []):
            inspect.signature(beside).bind(threading.Event())
