"""Many rows at once, wherever they are kept: here by `registers`, elsewhere into the stand-in, by a process beside us.

So the two load at the same time. What goes to the process is a line for each batch; it answers at the end.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from typing import Any, BinaryIO

import msgspec
from django.conf import settings

from pencere import country
from pencere.base.errors import BadInput, Unavailable
from pencere.registers import actions as registers

BATCH = 5000
_encode = msgspec.json.Encoder().encode


class Batch(msgspec.Struct, frozen=True):
    """One line of what is loaded. `first`: how many rows of the register came before, so that a bad one is named."""

    register: str
    rows: list[dict[str, Any]]
    valid_from: date
    recorded_by: str
    now: datetime
    first: int


class Loading:
    """Takes rows until the end of the `with` in which it was made."""

    def __init__(self, recorded_by: str, now: datetime) -> None:
        self._recorded_by, self._now = recorded_by, now
        self._process: subprocess.Popen[bytes] | None = None

    def load(self, register: str, rows: Iterable[Mapping[str, object]], *, valid_from: date) -> int:
        """As `registers.actions.add_rows`; gives the number of rows. A bad row elsewhere is named at the end."""
        if country.current().registers[register].kept == "here":
            return registers.add_rows(
                register, rows, valid_from=valid_from, recorded_by=self._recorded_by, now=self._now
            )
        pipe = self._pipe()
        source = iter(rows)
        count = 0
        while some := list(islice(source, BATCH)):
            batch = Batch(register, some, valid_from, self._recorded_by, self._now, count)  # type: ignore[arg-type]
            try:
                pipe.write(_encode(batch) + b"\n")
            except BrokenPipeError:  # it found a bad row, and says so at the end
                return count
            count += len(some)
        return count

    def finish(self) -> None:
        """Waits until all is in. Raises BadInput for a row that cannot be, as `add_rows` does."""
        if self._process is None:
            return
        said, _errors = self._process.communicate()
        if self._process.returncode:
            raise problem_in(said)

    def stop(self) -> None:
        """Something else failed: what was not loaded by now is not loaded."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.communicate()

    def _pipe(self) -> BinaryIO:
        if self._process is None:
            self._process = beside("--load")
        assert self._process.stdin is not None
        return self._process.stdin  # type: ignore[return-value]


def beside(how: str) -> subprocess.Popen[bytes]:
    """A process of the stand-in that takes rows from its standard input. Raises ValueError outside the demo."""
    if not settings.PENCERE.demo:
        raise ValueError("registers that are kept elsewhere are loaded only in the demo")
    command = [sys.executable, "-m", "pencere", "stand-in", how]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_environment())


@contextmanager
def loading(*, recorded_by: str, now: datetime) -> Iterator[Loading]:
    """`with loading(…) as load: load.load("births", rows, valid_from=…)`; what is elsewhere is in when it ends."""
    made = Loading(recorded_by, now)
    try:
        yield made
        made.finish()
    finally:
        made.stop()


def take(lines: BinaryIO) -> None:
    """In the process beside: loads what comes, until the end. Raises BadInput."""
    decoder = msgspec.json.Decoder(Batch)
    for line in lines:
        batch = decoder.decode(line)
        try:
            registers.add_rows(
                batch.register, batch.rows, valid_from=batch.valid_from, recorded_by=batch.recorded_by, now=batch.now
            )
        except BadInput as problem:
            row = problem.details.get("row")
            more = {"row": batch.first + row} if isinstance(row, int) else {}
            raise BadInput(problem.reason, **{**problem.details, **more, "register": batch.register}) from None


def problem_out(problem: BadInput) -> bytes:
    return _encode({"reason": problem.reason, "details": problem.details})


def problem_in(said: bytes) -> Exception:
    try:
        problem = msgspec.json.decode(said, type=dict[str, Any])
        return BadInput(problem["reason"], **problem["details"])
    except (msgspec.DecodeError, LookupError, TypeError):
        return Unavailable("stand-in", "the rows could not be loaded")


def _environment() -> dict[str, str]:
    """As ours, whatever read it: a test's settings name another folder than the environment does."""
    here = settings.PENCERE
    host, port = here.stand_in_address
    return {
        **{name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
        "PENCERE_DATA": str(here.data),
        "PENCERE_COUNTRY": str(country.current().folder),
        "PENCERE_STAND_IN_ADDRESS": f"{host}:{port}",
        "PENCERE_DEMO": "yes",
    }
