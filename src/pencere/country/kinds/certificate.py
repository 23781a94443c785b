"""certificates/<id>/certificate.yaml: what a certificate says, for how long, who may look and who may revoke it."""

from __future__ import annotations

import re
from pathlib import Path

from pencere.base.terms import Term
from pencere.country.declarations import CertificateKind, Verify
from pencere.country.grammars import CERTIFICATE_FACT, field_of, term_of
from pencere.country.kinds import FileKind, Source
from pencere.country.nodes import Node
from pencere.country.records import ID, NAME, Record, Report, Shape

CERTIFICATE = Shape(
    "certificates/<id>/certificate.yaml",
    required=("agency", "law", "subject", "facts", "number", "valid", "seal", "qr", "verify", "revoke"),
    later=("credential",),
)
NUMBER = Shape("certificates/<id>/certificate.yaml number", required=("pattern",), optional=("per",))
VALID = Shape("certificates/<id>/certificate.yaml valid", required=("until",))
SEAL = Shape("certificates/<id>/certificate.yaml seal", required=("level", "key"))
VERIFY = Shape("certificates/<id>/certificate.yaml verify", optional=("shows", "second_factor"))
REVOKE = Shape("certificates/<id>/certificate.yaml revoke", required=("by",), optional=("replaced_by",))
_REVOKER = re.compile(r"officer\.[a-z][a-z0-9_]*|appeal")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_RANDOM = re.compile(r"random:(\d{1,2})")
FEWEST_DIGITS = 6
LATER_LEVELS = ("b-t", "b-lt", "b-lta")


def read(node: Node, report: Report, source: Source) -> CertificateKind:
    record = Record(node, CERTIFICATE, report)
    facts = {
        entry.name: field_of(entry.node, report, entry.path, entry.name, CERTIFICATE_FACT)
        for entry in record.entries("facts", NAME, "the name of a fact (a-z 0-9 _)")
    }
    seal = record.record("seal", SEAL)
    seal.choice("key", ("agency",))
    verify = record.record("verify", VERIFY)
    revoke = record.record("revoke", REVOKE)
    return CertificateKind(
        id=source.id,
        agency=record.matching("agency", ID, "the id of an agency"),
        law=record.laws("law"),
        subject=record.matching("subject", NAME, "the name of a fact"),
        facts=facts,
        number=_number(record),
        valid=_valid(record),
        seal_level=_level(seal),
        qr=_qr(record),
        verify=Verify(
            shows=verify.words("shows", NAME, "the name of a fact"),
            second_factor=verify.choice("second_factor", ("number_last4", "birth_year")) or None,
        ),
        revoke_by=revoke.words("by", _REVOKER, "officer.<role> or appeal"),
        replaced_by=revoke.optional_matching("replaced_by", ID, "the id of a certificate"),
        page=Path(),
        texts={},
        content_hash="",
        place=record.place,
    )


def _number(record: Record) -> str:
    number = record.record("number", NUMBER)
    number.choice("per", ("year",))
    pattern = number.text("pattern")
    placeholders = _PLACEHOLDER.findall(pattern)
    randoms = [found for placeholder in placeholders if (found := _RANDOM.fullmatch(placeholder))]
    others = [each for each in placeholders if each != "year" and not _RANDOM.fullmatch(each)]
    for placeholder in others:
        number.refuse("pattern", f"{{{placeholder}}}: {_why_not(placeholder)}")
    for found in randoms:
        if int(found[1]) < FEWEST_DIGITS:
            number.refuse("pattern", f"{{{found[0]}}}: {FEWEST_DIGITS} random digits are the fewest")
    if pattern and not others and len(randoms) != 1:
        number.refuse("pattern", "needs {random:7} once: the digits that make a number the only one")
    return pattern


def _why_not(placeholder: str) -> str:
    if placeholder.startswith("serial"):
        return (
            "numbers in sequence tell a stranger how many were issued, and the next one can be guessed;"
            " write {random:7}"
        )
    return "unknown placeholder; known are {year} and {random:7}"


def _valid(record: Record) -> Term | str:
    """`forever`, `30 calendar_days`, or `{until: superseded}`."""
    node = record.get("valid")
    if node is None:
        return "forever"
    if isinstance(node.value, dict):
        record.record("valid", VALID).choice("until", ("superseded",))
        return "superseded"
    return "forever" if node.value == "forever" else term_of(record, "valid")


def _level(seal: Record) -> str:
    level = seal.text("level")
    if level in LATER_LEVELS:
        seal.refuse("level", f'this version of the product does not seal at level "{level}"; write b-b')
        return ""
    return seal.choice("level", ("b-b",))


def _qr(record: Record) -> tuple[str, ...]:
    kinds = record.words("qr")
    for kind in kinds:
        if kind == "offline":
            record.refuse("qr", 'this version of the product does not make "offline" codes; leave it out')
        elif kind != "link":
            record.refuse("qr", f'"{kind}" is not one of link')
    return kinds


KIND = FileKind(
    "certificate",
    "certificates/<id>/certificate.yaml",
    (CERTIFICATE, CERTIFICATE_FACT, NUMBER, VALID, SEAL, VERIFY, REVOKE),
    read,
)
