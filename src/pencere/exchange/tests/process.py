"""The demo's stand-in as it runs: a process of its own, with the country of every kind of register."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPException
from itertools import count

from django.conf import settings
from django.test import override_settings

from pencere.base import identifiers
from pencere.country.declarations import Country
from pencere.exchange.stand_in import client, loading
from pencere.registers.tests import make
from pencere.registers.tests.strange import strange
from tests.installation import free_port

_numbers = count(10_000_001)


def persons(many: int) -> tuple[str, ...]:
    """So many persons whom no test has named before: the process keeps its rows from one test to the next."""
    kind = strange().identifiers[strange().person.identifier]
    found: list[str] = []
    while len(found) < many:
        rest = f"{next(_numbers):08d}"
        assert kind.check is not None
        if digit := identifiers.check_character(kind.check, f"0{rest}"):
            found.append(digit + rest)
    return tuple(found)


@dataclass
class Standing:
    """The process, and what it is started with."""

    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pencere", "stand-in"], env=loading._environment(), stdout=subprocess.DEVNULL
        )
        until = time.monotonic() + 30
        while not self.answers():
            assert self.process.poll() is None, "the stand-in ended"
            assert time.monotonic() < until, "the stand-in does not answer"
            time.sleep(0.05)

    def kill(self) -> None:
        """As a crash would: no time to finish anything."""
        if self.process is not None:
            for child in _children(self.process.pid):
                subprocess.run(["kill", "-9", str(child)], check=False)
            self.process.kill()
            self.process.wait()
            self.process = None

    def answers(self) -> bool:
        host, port = settings.PENCERE.stand_in_address
        link = HTTPConnection(host, port, timeout=1)
        try:
            link.request("GET", "/")
            return link.getresponse().status == 302
        except (OSError, HTTPException):
            return False
        finally:
            link.close()

    def mend(self) -> None:
        client.break_down("none")


def _children(pid: int) -> list[int]:
    listed = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout
    return [int(line) for line in listed.split()]


@contextmanager
def in_place(made: Country | None = None) -> Iterator[None]:
    """The country and the address under which the process is asked."""
    here = replace(settings.PENCERE, stand_in_address=("127.0.0.1", free_port()))
    with make.using(made or strange()), override_settings(PENCERE=here):
        yield


@contextmanager
def standing() -> Iterator[Standing]:
    """Started; killed afterwards."""
    made = Standing()
    try:
        made.start()
        yield made
    finally:
        made.kill()
