"""Files of a case: kept when they are sent, shown to those whose case it is, found again among its answers and facts.

A picture is shown as one; a PDF is only ever handed over as a file. Neither may load, run or frame anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from pencere.applications import drafting, values
from pencere.applications.drafting import NoSuchCase
from pencere.applications.models import Case, Fact
from pencere.files import actions as files
from pencere.files import queries
from pencere.files.queries import Stored
from pencere.ui import handed_in
from pencere.ui.uploads import Kept

KINDS = ("file", "photo")


@dataclass(frozen=True, slots=True)
class Link:
    """Where its reader opens a file: the address of a page and what stands in it before the digest."""

    route: str
    of: str | int
    for_desk: bool = False

    def __call__(self, digest: str) -> str:
        return reverse(self.route, args=[self.of, digest])


def own_link(case: Case) -> Link:
    """For the person whose case it is."""
    return Link("applications:file", case.ref)


def desk_link(case: Case) -> Link:
    """For the officers of the agency."""
    return Link("applications:desk-file", case.ref, for_desk=True)


@dataclass(slots=True)
class Shelf:
    """Where the forms of a case put their files (`ui.uploads.Keeping`). `scope`: what a form of it is good for."""

    case: Case
    now: datetime
    scope: str
    link: Link

    def keep(self, content: bytes, name: str) -> Kept:
        return self._kept(files.keep(content, now=self.now), name)

    def find(self, reference: str, name: str = "") -> Kept | None:
        stored = queries.find(reference)
        return self._kept(stored, name or called(self.case, reference)) if stored else None

    def _kept(self, stored: Stored, name: str) -> Kept:
        url = ""
        if stored.reference in drafting.files_of(self.case):
            url = self.link(stored.digest)
        return Kept(stored.reference, name or stored.default_name, stored.media_type, stored.size, url)


def called(case: Case, value: str) -> str:
    """What the person knew a value by when they chose it; empty if nothing was kept."""
    for answer in case.answers.values():
        name = answer.get("called", {}).get(value)
        if name:
            return str(name)
    return ""


def facts_with(case: Case, reference: str) -> tuple[str, ...]:
    """The names of the facts that are this file. Raises NoSuchCase if there is none."""
    found = [row.name for row in case.facts.order_by("id") if reference in _in(row.kind, row.value)]
    if not found:
        raise NoSuchCase(reference)
    return tuple(found)


def references(case: Case) -> frozenset[str]:
    """Every file among the answers and facts of the case."""
    found = set(drafting.files_of(case))
    for kind, value in case.facts.values_list("kind", "value"):
        found |= set(_in(kind, value))
    return frozenset(found)


def _in(kind: str, value: Any) -> Iterable[str]:
    if kind in KINDS and isinstance(value, str):
        yield value
    elif kind == values.ROWS and isinstance(value, Mapping):
        for name, each in value["kinds"].items():
            if each in KINDS:
                yield from (row[name] for row in value["rows"] if row.get(name))


def files_in_fact(row: Fact) -> Iterable[str]:
    """The files that a fact is or has in its rows."""
    return _in(row.kind, row.value)


def response(case: Case, digest: str, only: Collection[str] | None = None) -> HttpResponse:
    """The file, if the case has it, or if it is among those that its reader may see (`only`). Raises NoSuchCase."""
    reference = f"sha256:{digest}"
    stored = queries.find(reference) if reference in (references(case) if only is None else only) else None
    if stored is None:
        raise NoSuchCase(digest)
    return handed_in.response(queries.content(reference), stored.media_type, stored.default_name)
