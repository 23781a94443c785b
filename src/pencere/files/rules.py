"""References of files, as pure rules."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

PREFIX = "sha256:"
_REFERENCE = re.compile(r"sha256:[0-9a-f]{64}")

UNKEPT_FOR = timedelta(days=1)
"""A file that nobody needs stays so long: a form may still be open, a job may still be on its way."""


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def reference(digest: str) -> str:
    return PREFIX + digest


def is_reference(value: object) -> bool:
    return isinstance(value, str) and _REFERENCE.fullmatch(value) is not None


def digest(reference: str) -> str:
    """Of a reference; empty if it is none."""
    return reference.removeprefix(PREFIX) if is_reference(reference) else ""


def path(digest: str) -> str:
    """Where it lies in the storage: never the name that a person gave it."""
    return f"{digest[:2]}/{digest}"
