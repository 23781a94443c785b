"""Reads the folder of a country into a Country; everything in it is found by discovery.

    load(path)   -> Country, or BadDeclaration with every finding that stops it
    read(path)   -> Folder: what could be read, and all findings; for the checker, which wants more than the first

Reading settles the shape of each file. Whether the files fit each other is `checking`'s business.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pencere.base.errors import BadDeclaration
from pencere.base.terms import Calendar
from pencere.country import hashes
from pencere.country.declarations import CertificateKind, Country, Register, Service
from pencere.country.kinds import FileKind, Source, all_kinds, kind
from pencere.country.nodes import ERROR, Finding, Node
from pencere.country.nodes import read as read_node
from pencere.country.ordering import BadOrder, in_order
from pencere.country.records import ID, Report, did_you_mean
from pencere.country.texts import Sentence, merged

OTHER_FILES = (
    "nation.yaml",
    "nation/<id>.yaml",
    "registers/<id>/sample.csv",
    "registers/<id>/paper.csv",
    "certificates/<id>/page.typ",
    "certificates/sheet.typ",
)
"""Files of a country that others read."""

_OTHER = tuple(re.compile(re.escape(name).replace("<id>", "[^/]+")) for name in OTHER_FILES)
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_MAIN_FILES = {"registers": "register", "services": "service", "certificates": "certificate"}


@dataclass(slots=True)
class Folder:
    """A country's folder as far as it could be read."""

    path: Path
    files: tuple[str, ...] = ()
    findings: list[Finding] = field(default_factory=list)
    nodes: dict[str, Node] = field(default_factory=dict)  # file -> its content
    things: dict[str, dict[str, Any]] = field(default_factory=dict)  # kind -> id -> what it declares
    broken: dict[str, set[str]] = field(default_factory=dict)  # kind -> ids that exist but cannot be used
    texts: dict[tuple[str, str], dict[str, Mapping[str, Sentence]]] = field(default_factory=dict)
    country: Country | None = None

    def of(self, kind: str) -> dict[str, Any]:
        return self.things.get(kind, {})

    def is_known(self, kind: str, id: str) -> bool:
        """Whether there is such a thing, be it usable or not."""
        return id in self.of(kind) or id in self.broken.get(kind, ())

    def ids(self, kind: str) -> tuple[str, ...]:
        return (*self.of(kind), *self.broken.get(kind, ()))

    def lines(self, folder: str, id: str) -> dict[str, Mapping[str, Sentence]]:
        """The texts of `services/<id>` and the like: language -> key -> sentence."""
        return self.texts.get((folder, id), {})


def load(path: Path) -> Country:
    """The country that the folder declares. Raises BadDeclaration with every finding that stops it."""
    folder = read(path)
    errors = tuple(finding for finding in folder.findings if finding.severity == ERROR)
    if folder.country is None or errors:
        raise BadDeclaration(errors)
    return folder.country


def read(path: Path) -> Folder:
    folder = Folder(Path(path))
    if not folder.path.is_dir():
        folder.findings.append(Finding(folder.path.name, 1, "is not a folder"))
        return folder
    folder.files = tuple(_walk(folder.path))
    _read_file(folder, kind("country"), "country.yaml", Source("", "", ()))
    head = folder.of("country").get("")
    languages = head.languages if head else ()
    if not languages:
        return folder
    for file in folder.files:
        _read_one(folder, file, languages)
    for needed in all_kinds():
        if needed.needed and needed.pattern not in folder.files:
            folder.findings.append(Finding(needed.pattern, 1, "is missing"))
    _demand_main_files(folder)
    _join(folder)
    folder.findings.sort()
    return folder


def _walk(path: Path, below: str = "") -> Iterator[str]:
    """Every file below the folder, by name; what begins with a point is no part of the country."""
    for entry in sorted(os.scandir(path), key=lambda each: each.name):
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            if below.count("/") < 3:
                yield from _walk(Path(entry.path), f"{below}{entry.name}/")
        else:
            yield below + entry.name


def _read_one(folder: Folder, file: str, languages: tuple[str, ...]) -> None:
    if file == "country.yaml" or file.rpartition("/")[2] == "README.md":
        return
    for each in all_kinds():
        found = each.match(file)
        if found is None:
            continue
        names = found.groupdict()
        language = names.get("language", "")
        if language and language not in languages:
            if not _LANGUAGE.fullmatch(language):
                continue
            message = f'"{language}" is not a language of the country ({", ".join(languages)})'
            folder.findings.append(Finding(file, 1, message))
            return
        id = names.get("id", "")
        if id and not ID.fullmatch(id):
            folder.findings.append(Finding(file, 1, f'"{id}" is not an id (a-z 0-9 -, starting with a letter)'))
            folder.broken.setdefault(each.name, set()).add(id)
            return
        _read_file(folder, each, file, Source(id, language, languages))
        return
    if any(each.fullmatch(file) for each in _OTHER):
        return
    folder.findings.append(Finding(file, 1, f"no kind of file has this name{_near(file, languages)}"))


def _near(file: str, languages: tuple[str, ...]) -> str:
    """The name that was probably meant, in the same folder."""
    parts = file.split("/")
    known = []
    for pattern in (*OTHER_FILES, *(each.pattern for each in all_kinds())):
        wanted = pattern.split("/")
        if len(wanted) == len(parts):
            for language in languages if "<language>" in pattern else ("",):
                names = [part if "<id>" in want else want.replace("<language>", language)
                         for want, part in zip(wanted, parts, strict=True)]  # fmt: skip
                known.append("/".join(names))
    return did_you_mean(file, known)


def _read_file(folder: Folder, each: FileKind, file: str, source: Source) -> None:
    if file not in folder.files:
        folder.findings.append(Finding(file, 1, "is missing"))
        return
    before = len(folder.findings)
    node = read_node(folder.path / file, file, folder.findings)
    if node is None:
        folder.broken.setdefault(each.name, set()).add(source.id)
        return
    report = Report(file, folder.findings)
    report.broken = len(folder.findings) > before
    folder.nodes[file] = node
    thing = each.read(node, report, source)
    if source.language and isinstance(node.value, dict):
        folder.texts.setdefault((file.split("/")[0], source.id), {})[source.language] = thing  # type: ignore[assignment]
    elif source.language:
        return
    elif report.broken and not each.needed:
        folder.broken.setdefault(each.name, set()).add(source.id)
    else:
        folder.things.setdefault(each.name, {})[source.id] = thing
    if report.broken and each.needed:
        folder.broken.setdefault(each.name, set()).add(source.id)


def _demand_main_files(folder: Folder) -> None:
    """A folder of a service without its service.yaml is nothing."""
    for file in folder.files:
        parts = file.split("/")
        name = _MAIN_FILES.get(parts[0])
        if name is None or len(parts) != 3:
            continue
        if not folder.is_known(name, parts[1]):
            folder.broken.setdefault(name, set()).add(parts[1])
            folder.findings.append(Finding(f"{parts[0]}/{parts[1]}/{name}.yaml", 1, "is missing"))
    for id in folder.of("certificate"):
        if f"certificates/{id}/page.typ" not in folder.files:
            folder.findings.append(Finding(f"certificates/{id}/page.typ", 1, "is missing: the page of the certificate"))


def _join(folder: Folder) -> None:
    """Puts the things that were read together to one Country; none if a file that every country has is unusable."""
    if any(folder.broken.get(each.name) or not folder.of(each.name) for each in all_kinds() if each.needed):
        return
    head, days = folder.of("country")[""], folder.of("calendar")[""]
    calendar = Calendar(
        counts=days.counts,
        weekend=days.weekend,
        days=days.days,
        last_day=days.last_day,
        years=frozenset(day.year for day in days.days),
        time_zone=head.time_zone,
    )
    folder.country = Country(
        folder=folder.path,
        id=folder.path.name,
        **{name: getattr(head, name) for name in head.__slots__},
        calendar=calendar,
        territory=folder.of("territory")[""],
        identifiers=folder.of("identifiers")[""],
        acts=folder.of("act"),
        lists=folder.of("list"),
        agencies=folder.of("agency"),
        life_events=folder.of("life-event"),
        registers={id: _register(folder, register) for id, register in folder.of("register").items()},
        services={id: _service(folder, service) for id, service in folder.of("service").items()},
        certificates={id: _certificate(folder, certificate) for id, certificate in folder.of("certificate").items()},
        agreements=folder.of("agreement"),
        findings=tuple(finding for finding in folder.findings if finding.severity != ERROR),
    )


def _register(folder: Folder, register: Register) -> Register:
    return replace(register, texts=merged(folder.lines("registers", register.id)))


def _certificate(folder: Folder, certificate: CertificateKind) -> CertificateKind:
    return replace(
        certificate,
        page=folder.path / "certificates" / certificate.id / "page.typ",
        texts={
            **merged(folder.lines("certificates", "")),
            **merged(folder.lines("certificates", certificate.id)),
        },
        content_hash=hashes.of_certificate(folder.nodes, folder.path, certificate.id),
    )


def _service(folder: Folder, service: Service) -> Service:
    id = service.id
    tables, amounts = folder.of("decision").get(id, {}), folder.of("amounts").get(id, {})
    derive = service.derive
    try:
        derive = in_order(service.derive, tables, amounts)
    except BadOrder as circle:
        folder.findings.append(Finding(service.place.file, circle.line, str(circle)))
    whole = replace(
        service,
        derive=derive,
        tables=tables,
        amounts=amounts,
        examples=folder.of("examples").get(id, ()),
        texts=merged(folder.lines("services", id)),
    )
    return replace(
        whole,
        content_hash=hashes.of_service(folder.nodes, whole),
        texts_hash=hashes.of_texts(whole.texts),
    )
