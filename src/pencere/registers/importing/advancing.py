"""How far a load is whose rows are just made readable, or taken back: that happens in one transaction.

So nobody can read it in the database before the end. The worker writes it into a small file beside the files of the
loads, the page of the load reads it. Nothing depends on that file: without it, a page only says that it is under way.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import msgspec

from pencere.base import clock
from pencere.registers.importing import arriving
from pencere.registers.importing.swapping import Told
from pencere.registers.models import Load


class Advance(msgspec.Struct, frozen=True):
    share: float
    since: datetime


@contextmanager
def written(load: Load) -> Iterator[Told]:
    """Gives what is to be told; the file is gone at the end, however it ends, unless the process is killed."""
    place, since = _place(load), clock.now()

    def told(share: float) -> None:
        beside = place.with_suffix(".new")
        with suppress(OSError):  # of a full disk, say: the work itself tells of that
            beside.write_bytes(msgspec.json.encode(Advance(min(share, 1.0), since)))
            os.replace(beside, place)

    told(0.0)
    try:
        yield told
    finally:
        place.unlink(missing_ok=True)


def of(load: Load) -> Advance | None:
    """None if nobody has told anything."""
    try:
        return msgspec.json.decode(_place(load).read_bytes(), type=Advance)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def _place(load: Load) -> Path:
    return arriving.folder() / f"{load.pk}.progress"
