"""Sealed files below one folder, spread by their certificate's id. Written and on disk before their row is committed.

A file without a row (its job died before the commit) harms nobody and is swept a day later; a row without a file
cannot be. A file is never written over: its name holds the hash of what it is.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

ORPHAN_AGE = 24 * 3600


@dataclass(frozen=True, slots=True)
class Written:
    """A file on disk; `path` is below the folder of papers."""

    language: str
    sha256: str
    size: int
    path: str


def write(folder: Path, certificate_id: UUID, language: str, content: bytes) -> Written:
    """On disk, with every folder above it, when it returns."""
    sha256 = hashlib.sha256(content).hexdigest()
    text = certificate_id.hex
    path = Path(text[:2], text[2:4], f"{text}-{language}-{sha256[:16]}.pdf")
    target = folder / path
    made = _folders(folder, path.parent)
    draft = target.with_suffix(f".{os.getpid()}.part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, target)
    for one in {target.parent, *made}:
        _sync(one)
    return Written(language, sha256, len(content), str(path))


def read(folder: Path, path: str) -> bytes:
    return (folder / path).read_bytes()


def sweep(folder: Path, is_known: Callable[[str], bool], now: datetime) -> int:
    """Deletes files older than a day that no row knows; returns how many."""
    before = now.timestamp() - ORPHAN_AGE
    swept = 0
    for file in _files(folder):
        if file.stat().st_mtime < before and not is_known(str(file.relative_to(folder))):
            file.unlink()
            swept += 1
    return swept


def _files(folder: Path) -> Iterator[Path]:
    yield from folder.glob("*/*/*.pdf")
    yield from folder.glob("*/*/*.part")


def _folders(folder: Path, below: Path) -> list[Path]:
    """Makes what is missing; returns the folders whose lists of names changed."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    changed, at = [], folder
    for part in below.parts:
        if not (at / part).is_dir():
            (at / part).mkdir(exist_ok=True, mode=0o750)
            changed.append(at)
        at = at / part
    return changed


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
