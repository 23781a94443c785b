"""Secrets are files in the data folder, mode 0600, made at first need. None stands in the environment or in git."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path


def read(path: Path) -> str | None:
    """The secret, or None if there is no such file."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        return None


def token() -> str:
    return secrets.token_urlsafe(48)


def read_or_make(path: Path, make: Callable[[], str] = token) -> str:
    """The secret in the file; the first process to come makes it, all others read the same one."""
    found = read(path)
    if found:
        return found
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(make())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(made, path)  # fails if another process was first: then theirs counts
    except FileExistsError:
        pass
    finally:
        made.unlink()
    return path.read_text().strip()
