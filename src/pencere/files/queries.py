"""What may be known of a file, and its content. Whoever asks has decided before that the reader may see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.files.storage import storages

from pencere.base import media
from pencere.base.errors import Unavailable
from pencere.files import rules
from pencere.files.models import StoredFile
from pencere.files.rules import is_reference

__all__ = ["STORAGE", "Stored", "content", "find", "find_all", "is_reference"]

STORAGE = "files"
"""Name in Django's STORAGES."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is kept."""

    reference: str
    media_type: str
    size: int

    @property
    def digest(self) -> str:
        return rules.digest(self.reference)

    @property
    def default_name(self) -> str:
        """For where nobody knows what it was called when it was handed in."""
        return f"{self.digest[:8]}.{media.ENDINGS[self.media_type]}"


def find(reference: str) -> Stored | None:
    return find_all([reference]).get(reference)


def find_all(references: Iterable[str]) -> dict[str, Stored]:
    """Those that are kept, by reference."""
    digests = {rules.digest(reference) for reference in references} - {""}
    if not digests:
        return {}
    rows = StoredFile.objects.filter(digest__in=digests)
    return {rules.reference(row.digest): Stored(rules.reference(row.digest), row.media_type, row.size) for row in rows}


def content(reference: str) -> bytes:
    """The file, byte for byte. Raises Unavailable if it is not there, or is not what its hash says."""
    digest = rules.digest(reference)
    if not digest:
        raise Unavailable("files", "this is no reference of a file")
    try:
        with storages[STORAGE].open(rules.path(digest)) as file:
            found: bytes = file.read()
    except OSError as problem:
        raise Unavailable("files", "a file is not in its place") from problem
    if rules.digest_of(found) != digest:
        raise Unavailable("files", "a file is damaged")
    return found
