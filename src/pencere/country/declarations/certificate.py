"""A certificate: what it says, for how long, and what a stranger who checks it may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pencere.base.terms import Term
from pencere.country.declarations.field import Field
from pencere.country.declarations.law import Law, Place, Texts


@dataclass(frozen=True, slots=True)
class Verify:
    """What a stranger with the paper may see: `shows` only after the second factor."""

    shows: tuple[str, ...]
    second_factor: str | None  # number_last4 birth_year


@dataclass(frozen=True, slots=True)
class CertificateKind:
    id: str
    agency: str
    law: tuple[Law, ...]
    subject: str  # the fact that names whom it is about
    facts: Mapping[str, Field]
    number: str  # 'YQ-{year}-{random:7}'
    valid: Term | str  # a term, "forever" or "superseded"
    seal_level: str  # b-b (later levels come with their job)
    qr: tuple[str, ...]  # link
    verify: Verify
    revoke_by: tuple[str, ...]  # officer.<role>
    replaced_by: str | None
    page: Path  # page.typ
    texts: Mapping[str, Texts]
    content_hash: str
    place: Place
