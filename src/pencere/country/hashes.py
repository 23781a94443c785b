"""Which declarations a case was decided under: SHA-256 over parsed values, comments and layout dropped.

A service's hash covers its own files and what they refer to: the fields it takes and how they are asked, what it uses
of registers and agreements, the lists of its choices, the facts of its certificates, whom its fees go to, where persons
come from, and how its days are counted. Its examples decide nothing and are left out; its texts have a hash of their
own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from pencere.base.canonical import Value, sha256_hex
from pencere.country.declarations import Service, Texts
from pencere.country.kinds.agreement import DOES
from pencere.country.nodes import Node

Nodes = Mapping[str, Node]


def of_texts(texts: Mapping[str, Texts]) -> str:
    return sha256_hex({key: dict(sentences) for key, sentences in texts.items()})


def of_certificate(nodes: Nodes, folder: Path, id: str) -> str:
    """The certificate's file, its page and the sheet that pages share, byte for byte."""
    certificates = folder / "certificates"
    return sha256_hex(
        {
            "certificate": _file(nodes, f"certificates/{id}/certificate.yaml"),
            "page": _bytes_of(certificates / id / "page.typ"),
            "sheet": _bytes_of(certificates / "sheet.typ"),
        }
    )


def _bytes_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""


def of_service(nodes: Nodes, service: Service) -> str:
    folder = f"services/{service.id}"
    certificates = [name for step in service.steps if step.kind == "issue" for name in step.names]
    fields = [field for group in service.questions.values() for field in group.fields.values()]
    fields += [field for step in service.steps for field in step.fields.values()]
    lists = {of.removeprefix("list:") for field in fields if isinstance(of := field.of, str) and of.startswith("list:")}
    refs = {str(field.of) for field in fields if field.kind == "ref"}
    return sha256_hex(
        {
            "service": _file(nodes, f"{folder}/service.yaml"),
            "decision": _file(nodes, f"{folder}/decision.yaml"),
            "amounts": _file(nodes, f"{folder}/amounts.yaml"),
            "evidence": {
                name: _offer(nodes, each.from_, "answers", each.take) for name, each in service.evidence.items()
            },
            "offers": {name: _offer(nodes, name, key, None) for name, key in sorted(_offers(service))},
            "lists": {id: _file(nodes, f"lists/{id}.yaml") for id in sorted(lists)},
            "refs": {id: _at(nodes, f"registers/{id}/register.yaml", "fields") for id in sorted(refs)},
            "certificates": {id: _at(nodes, f"certificates/{id}/certificate.yaml", "facts") for id in certificates},
            "payees": {fee.payee: _at(nodes, "country.yaml", "payees", fee.payee) for fee in service.fees.values()},
            "person": _at(nodes, "country.yaml", "person"),
            "representation": [_at(nodes, "country.yaml", key) for key in ("representation", "relations")],
            "counts": _counts(nodes, service),
        }
    )


def _offers(service: Service) -> Iterator[tuple[str, str]]:
    """What the service uses of registers besides evidence: name, and under which key the register declares it."""
    for start in service.starts:
        if start.kind == "event":
            yield start.event, "events"
    for evidence in service.evidence.values():
        if evidence.none and evidence.none.into:
            yield evidence.none.into, "accepts"
    for place in service.places.values():
        yield place.of, "capacity"
    for step in service.steps:
        if step.kind == "wait_for":
            yield step.names[0], "events"
        elif step.kind == "record":
            yield step.names[0], "accepts"
        elif step.through:
            yield step.through, "accepts"


def _offer(nodes: Nodes, of: str, key: str, fields: tuple[str, ...] | None) -> Value:
    """What a register offers, through a grant or of an own register, and those of its fields; all without `fields`."""
    first, _, name = of.partition(".")
    grant = _at(nodes, f"agreements/{first}.yaml", "grants", name)
    if isinstance(grant, dict):
        first, _, name = next((str(grant[does]) for does in DOES if does in grant), "").partition(".")
    register = f"registers/{first}/register.yaml"
    all_fields = _at(nodes, register, "fields")
    declared = tuple(all_fields) if isinstance(all_fields, dict) else ()
    return {
        "grant": grant,
        "offer": _at(nodes, register, key, name),
        "fields": {field: _at(nodes, register, "fields", field) for field in (declared if fields is None else fields)},
    }


def _counts(nodes: Nodes, service: Service) -> Value:
    """How the days of its terms are counted."""
    terms = [service.term, *(step.term for step in service.steps)]
    units = {
        each.unit for term in terms if term for each in (*term.is_.values(), *((term.within,) if term.within else ()))
    }
    return {unit: _at(nodes, "calendar.yaml", "counts", unit) for unit in sorted(units)}


def _file(nodes: Nodes, file: str) -> Value:
    return _at(nodes, file)


def _at(nodes: Nodes, file: str, *keys: str) -> Value:
    """The plain value under the keys; None if there is none."""
    node = nodes.get(file)
    for key in keys:
        node = node.value.get(key) if node is not None and isinstance(node.value, dict) else None
    return _plain(node) if node is not None else None


def _plain(node: Node) -> Value:
    if isinstance(node.value, str):
        return _without_layout(node.value)
    if isinstance(node.value, tuple):
        return [_plain(item) for item in node.value]
    return {key: _plain(item) for key, item in node.value.items()}


def _without_layout(text: str) -> str:
    """A block with a table: one line per row, cells without the blanks that align them."""
    if "|" not in text:
        return text.strip()
    lines = ("|".join(cell.strip() for cell in line.split("|")) for line in text.splitlines() if line.strip())
    return "\n".join(lines)
