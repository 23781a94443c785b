"""The first filling of all registers, wherever they are kept: blocks that were packed by `registers.filling.Packer`.

Here they go into the database in one transaction. Those of registers kept elsewhere go to a process beside us, which
empties the stand-in first: a filling that was cut off leaves nothing here, and what it left there is not wanted. The
stand-in commits before we do. What goes to the process is the length of each block in four bytes, and the block; its
rows are in a file.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec
from django.db import connection

from pencere.base.errors import BadInput
from pencere.exchange.stand_in.loading import beside, problem_in
from pencere.registers import actions as registers

ELSEWHERE = "sqlite"
"""The database of the stand-in, for which blocks that go there are packed."""

_decode = msgspec.msgpack.Decoder(registers.Block).decode
_encode = msgspec.msgpack.Encoder().encode


class Head(msgspec.Struct, frozen=True, array_like=True):
    """What comes before the blocks."""

    recorded_by: str
    now: datetime
    folder: str


class Filling:
    """Takes blocks until the end of the `with` in which it was made."""

    def __init__(self, here: registers.Filling, recorded_by: str, now: datetime) -> None:
        self._here, self._head = here, Head(recorded_by, now, str(here.folder))
        self._process: subprocess.Popen[bytes] | None = None
        self.first_id = here.first_id
        """Ids from here on are free for rows kept here; elsewhere they begin at 1."""
        self.vendor = connection.vendor
        """For which database blocks that stay here are packed."""
        self.folder = here.folder
        """Where files of packed rows lie, wherever the rows are kept."""

    def add(self, packed: bytes, *, here: bool) -> None:
        """A block, as `pack` made bytes of it."""
        if here:
            self._here.add(_decode(packed))
            return
        try:
            _send(self._input(), packed)
        except BrokenPipeError:  # something is wrong there, and it says so
            self.wait()
            raise

    def wait(self) -> None:
        """Until what is kept elsewhere is in. Raises BadInput, Unavailable."""
        if self._process is None:
            return
        said, _errors = self._process.communicate()
        if self._process.returncode:
            raise problem_in(said)

    def end_of_input(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.stdin = None

    def stop(self) -> None:
        """Something else failed: nothing is to stay there either."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.communicate()

    def _input(self) -> BinaryIO:
        if self._process is None:
            self._process = beside("--fill")
            _send(self._process.stdin, _encode(self._head))  # type: ignore[arg-type]
        return self._process.stdin  # type: ignore[return-value]


@contextmanager
def filling(*, recorded_by: str, now: datetime) -> Iterator[Filling]:
    """`with filling(…) as fill: fill.add(packed, here=…)`; all is there when it ends, or nothing."""
    made: Filling | None = None
    try:
        with registers.filling(recorded_by=recorded_by, now=now) as here:
            made = Filling(here, recorded_by, now)
            yield made
            made.end_of_input()
            here.before_commit = made.wait
    finally:
        if made is not None:
            made.stop()


def pack(block: registers.Block) -> bytes:
    """A block as bytes."""
    return _encode(block)


def take(source: BinaryIO) -> None:
    """In the process beside: begins anew with what comes, until the end. Raises BadInput."""
    head = _received(source)
    if head is None:
        return
    said = msgspec.msgpack.decode(head, type=Head)
    with registers.filling(recorded_by=said.recorded_by, now=said.now, folder=Path(said.folder), anew=True) as fill:
        while (packed := _received(source)) is not None:
            fill.add(_decode(packed))


def _send(target: BinaryIO, packed: bytes) -> None:
    target.write(len(packed).to_bytes(4, "big"))
    target.write(packed)


def _received(source: BinaryIO) -> bytes | None:
    """Raises BadInput for half a block: whoever sent it is gone."""
    size = source.read(4)
    if not size:
        return None
    packed = source.read(int.from_bytes(size, "big"))
    if len(packed) != int.from_bytes(size, "big"):
        raise BadInput("cut_off")
    return packed
