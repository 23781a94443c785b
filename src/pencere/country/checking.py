"""Checks a whole country: do the files fit each other, is every case decided, is nothing taken that is not used?

    check(path, as_of, only, compile_page) -> every finding, errors and warnings, in the order of files and lines

What is checked stands in `checks/`, one module per group. A thing that could not be read is not called missing by
those that name it. `compile_page` is handed in by a part above, since nothing here knows how pages are drawn: it
gives a sentence if the page of a certificate does not compile in a language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path

from pencere.base import clock
from pencere.base.terms import Term, knows_unit
from pencere.country.checks import all_checks
from pencere.country.declarations import CertificateKind, Country, Law, Place
from pencere.country.facts import Fact, facts
from pencere.country.kinds import all_kinds
from pencere.country.leaning import leaned_on
from pencere.country.nodes import ERROR, WARNING, Finding
from pencere.country.reading import Folder, read
from pencere.country.records import did_you_mean, listed

CompilePage = Callable[[Country, CertificateKind, str], str | None]

_WORDS = {"act": "act", "agency": "agency", "life-event": "life event", "service": "service",
          "register": "register", "certificate": "certificate", "list": "list"}  # fmt: skip


def check(
    path: Path, as_of: date | None = None, only: str | None = None, compile_page: CompilePage | None = None
) -> tuple[Finding, ...]:
    """Every finding. `as_of`: the day whose law counts, today by default. `only`: a folder or file below `path`.

    With it come the errors of the lists and acts that it takes; what is to be confirmed there is said with the whole.
    """
    folder = read(path)
    if folder.country is not None:
        checker = Checker(folder, folder.country, as_of or clock.day_in(folder.country.time_zone), compile_page)
        for each in all_checks():
            each(checker)
    findings = sorted(set(folder.findings))
    if only is None:
        return tuple(findings)
    first = {each.pattern for each in all_kinds() if each.needed} if folder.country is None else set()
    beside = leaned_on(folder, only)
    return tuple(
        finding for finding in findings
        if _lies_in(finding.file, only) or finding.file in first
        or (finding.severity == ERROR and finding.file in beside)
    )  # fmt: skip


def _lies_in(file: str, only: str) -> bool:
    return file == only or file.startswith(f"{only.rstrip('/')}/")


class Checker:
    """What a check needs: the country, the day, and a voice."""

    def __init__(self, folder: Folder, country: Country, as_of: date, compile_page: CompilePage | None) -> None:
        self.folder, self.country, self.as_of, self.compile_page = folder, country, as_of, compile_page
        self.unresolved: set[str] = set()
        """Services that refer to something that is not there. What follows from that alone is not reported."""
        self.doubtful: set[str] = set()
        """Services with a condition that cannot hold: no table of theirs is proven before that is mended."""
        self.grants: dict[tuple[str, str], set[frozenset[str]]] = {}
        """(service, table) -> which facts are known, in each way in which a rule of it grants."""

    def error(self, place: Place, message: str) -> None:
        self.folder.findings.append(Finding(place.file, place.line, message, ERROR))

    def warning(self, place: Place, message: str) -> None:
        self.folder.findings.append(Finding(place.file, place.line, message, WARNING))

    def at(self, file: str, *keys: str) -> Place:
        """Where the value under the keys stands; as near as there is something."""
        node = self.folder.nodes.get(file)
        line = node.line if node else 1
        for key in keys:
            if node is None or not isinstance(node.value, dict) or key not in node.value:
                break
            node = node.value[key]
            line = node.line
        return Place(file, line)

    @cached_property
    def facts(self) -> Mapping[str, Mapping[str, Fact]]:
        """service -> its facts by name."""
        return {id: facts(self.country, service) for id, service in self.country.services.items()}

    def demand(self, kind: str, id: str | None, place: Place, path: str) -> bool:
        """Whether there is such a thing; says so if not."""
        if id is None or not id:
            return False
        if self.folder.is_known(kind, id):
            return True
        advice = did_you_mean(id, self.folder.ids(kind))
        self.error(place, f'{path}: there is no {_WORDS[kind]} "{id}"{advice}')
        return False

    def demand_among(self, word: str, known: Iterable[str], place: Place, path: str, what: str) -> bool:
        """Whether the word is one of those known; says what it should be if not."""
        known = tuple(known)
        if word in known:
            return True
        if word:
            advice = did_you_mean(word, known) or (f"; known are {listed(known)}" if known else "")
            self.error(place, f'{path}: unknown {what} "{word}"{advice}')
        return False

    def are_different(self, agency: str, other: str) -> bool:
        """Two agencies, both of which exist: a misspelt one was reported where it stands."""
        return agency != other and self.folder.is_known("agency", agency) and self.folder.is_known("agency", other)

    def day_for(self, file: str) -> date:
        """The day whose law counts for what the file declares: a service stands on the law of its own time, so one
        that ended on the law of its last day."""
        folder, _, rest = file.partition("/")
        service = self.country.services.get(rest.partition("/")[0]) if folder == "services" else None
        if service is None or (service.until and service.until < service.since):
            return self.as_of
        return max(service.since, min(self.as_of, service.until or self.as_of))

    def demand_law(self, law: Law, place: Place, path: str, on: date | None = None) -> None:
        """The act exists and is in force on the day, by default the one that counts."""
        on = on or self.day_for(place.file)
        if not self.demand("act", law.act, place, path):
            return
        act = self.country.acts.get(law.act)
        if act is None:
            return
        if act.in_force and act.in_force > on:
            self.error(place, f"{path}: {law.act} is in force only from {act.in_force}")
        if act.until and act.until < on:
            instead = f"; {act.repealed_by} took its place" if act.repealed_by else ""
            self.error(place, f"{path}: {law.act} was in force until {act.until}{instead}")

    def demand_term(self, term: Term, place: Place, path: str) -> bool:
        units = ("hours", "calendar_days", "months", "years", *self.country.calendar.counts)
        if term.unit and not knows_unit(term.unit, self.country.calendar):
            self.error(place, f'{path}: unknown count "{term.unit}"{did_you_mean(term.unit, units)}')
            return False
        return True
