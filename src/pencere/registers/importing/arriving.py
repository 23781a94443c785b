"""How a file of a load arrives from a browser: block by block into a folder of the data folder, never into memory.

Nobody reads the folder from outside. What no load needs any more is swept away.
"""

from __future__ import annotations

import os
import secrets
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from pencere.base.errors import BadInput
from pencere.registers.importing import swapping
from pencere.registers.models import Load

MOST = 1 << 30
AROUND = 64 << 10  # what a form sends besides the file
_ROOM = 256 << 20  # of the disk that is left to everybody else
_ERRORS_KEPT, _ARRIVED_KEPT, _NOBODYS = timedelta(days=30), timedelta(days=7), timedelta(days=1)


def folder() -> Path:
    place: Path = settings.PENCERE.data / "loads"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def demand_room(length: int) -> None:
    """Raises BadInput for a request that is larger than a file may be, or for which the disk has no room."""
    if length > MOST + AROUND:
        raise BadInput("file_too_large", most=MOST >> 20)
    if shutil.disk_usage(folder()).free < length + _ROOM:
        raise BadInput("no_room")


class Arrived(UploadedFile):
    """A file that lies in the folder. `path` is None where it was larger than a file may be."""

    def __init__(self, path: Path | None, name: str, size: int) -> None:
        super().__init__(file=None, name=name, size=size)
        self.path = path


class ToFolder(FileUploadHandler):
    def new_file(self, *args: Any, **more: Any) -> None:
        super().new_file(*args, **more)
        self.size = 0
        self.path = folder() / secrets.token_hex(16)
        self.file = os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        if self.size <= MOST:
            self.file.write(raw_data)

    def file_complete(self, file_size: int) -> Arrived:
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        if self.size > MOST:
            self.path.unlink(missing_ok=True)
        return Arrived(self.path if self.size <= MOST else None, self.file_name or "", self.size)

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()
            self.path.unlink(missing_ok=True)


def sweep(now: datetime) -> None:
    """Gives up files that nobody had checked in a week; takes away those that no load needs, error files in a month."""
    for load in Load.objects.filter(state="arrived", started_at__lt=now - _ARRIVED_KEPT):
        swapping.give_up(load, closed_by=load.recorded_by, now=now)
    for load in Load.objects.filter(state__in=("staging", "ready"), wish="dry", path="", started_at__lt=now - _NOBODYS):
        swapping.drop(load, closed_by=load.recorded_by, now=now)  # its command was killed
    working = Load.objects.filter(state__in=("arrived", "staging", "ready")).exclude(path="")
    told = Load.objects.exclude(path="").exclude(closed_at__lt=now - _ERRORS_KEPT)
    needed = {Path(path).name for path in working.values_list("path", flat=True)}
    needed |= {Path(path).name for path in told.values_list("errors", flat=True)}
    needed |= {
        Path(path).name for path in told.filter(errors_size__gt=0).values_list("path", flat=True)
    }  # its bad rows
    for path in folder().iterdir():
        is_old = path.stat().st_mtime < (now - _NOBODYS).timestamp()
        if is_old and path.name not in needed:
            path.unlink(missing_ok=True)
