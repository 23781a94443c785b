"""Where the forms of a register's rows put their files (`ui.uploads.Keeping`), and how files are handed to an officer.

A picture is shown as one; a PDF is only ever handed over as a file. Neither may load, run or frame anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpResponse

from pencere.files import actions as files
from pencere.files import queries
from pencere.files.queries import Stored
from pencere.ui import handed_in
from pencere.ui.uploads import Kept

_REFERENCE = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(slots=True)
class Shelf:
    """`scope`: what a token of a form is good for: one officer and register."""

    scope: str
    now: datetime

    def keep(self, content: bytes, name: str) -> Kept:
        return _kept(files.keep(content, now=self.now), name)

    def find(self, reference: str, name: str = "") -> Kept | None:
        stored = queries.find(reference)
        return _kept(stored, name) if stored else None


def of_row(register: str, row: int) -> str:
    """Who keeps the files that a row and its document name (`files`): the row, until it is forgotten."""
    return f"row:{register}:{row}"


def of_proposal(proposal: int) -> str:
    """Who keeps those that a proposal names."""
    return f"proposal:{proposal}"


def of_load(load: int) -> str:
    """Who keeps those that the lines of a load name, until it is confirmed or dropped."""
    return f"load:{load}"


def bind(values: object, keeper: str) -> None:
    """Files that a row or a document names are kept from now on. Inside the transaction of the row."""
    found = sorted(set(references(values)))
    if found:
        files.bind(found, keeper)


def bind_rows(register: str, rows: Iterable[tuple[int, str]]) -> None:
    """The same of many rows at once: number and values, as they are stored."""
    needed = {of_row(register, row): found for row, values in rows if (found := _REFERENCE.findall(values))}
    if needed:
        files.bind_also(needed)


def references(value: object) -> Iterator[str]:
    """Every file that is named in a value, however deep."""
    if isinstance(value, str):
        yield from _REFERENCE.findall(value)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from references(each)


def response(digest: str, allowed: object) -> HttpResponse:
    """The file, if it is named in what its reader may see; else the page of unknown."""
    reference = f"sha256:{digest}"
    stored = queries.find(reference) if reference in set(references(allowed)) else None
    if stored is None:
        raise Http404
    return handed_in.response(queries.content(reference), stored.media_type, stored.default_name)


def _kept(stored: Stored, name: str) -> Kept:
    return Kept(stored.reference, name or stored.default_name, stored.media_type, stored.size)
