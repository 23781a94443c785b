"""Who may ask what, on what ground; and whether what came back is of the kind that was promised. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pencere.base.errors import Refused
from pencere.base.purpose import Purpose
from pencere.country.declarations import Agreement, Answer, Country, Grant, Law, Register


@dataclass(frozen=True, slots=True)
class Question:
    """What a holder is asked."""

    register: str
    answer: str
    by: Mapping[str, object]
    take: tuple[str, ...]
    purpose: Purpose
    now: datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """What a holder said. No rows: it has none, and the facts are unknown."""

    rows: tuple[dict[str, object], ...]
    holder: str  # id of the agency
    register: str
    at: datetime
    ground: str
    law: str


@dataclass(frozen=True, slots=True)
class Represented:
    """Somebody whom another may act for today, and on what ground."""

    identifier: str
    name: str
    ground: str


@dataclass(frozen=True, slots=True)
class Source:
    """An answer of a register, and the grant under which it is asked; None for an own one."""

    name: str
    register: Register
    answer: Answer
    agreement: Agreement | None = None
    grant: Grant | None = None


def source_of(country: Country, name: str) -> Source:
    """What `residence.by-person` or `din-emdx.address` names. Raises LookupError."""
    first, _, second = name.partition(".")
    agreement = country.agreements.get(first)
    if agreement is None:
        return Source(name, *_answer(country, name))
    grant = agreement.grants.get(second)
    if grant is None or grant.does != "read":
        raise LookupError(f"agreement {first} grants no {second!r} to read")
    return Source(name, *_answer(country, grant.of), agreement, grant)


def _answer(country: Country, name: str) -> tuple[Register, Answer]:
    first, _, second = name.partition(".")
    register = country.registers.get(first)
    answer = register.answers.get(second) if register else None
    if register is None or answer is None:
        raise LookupError(f"no register answers {name!r}")
    return register, answer


def demand_right(
    source: Source, *, consumer: str, service: str, take: tuple[str, ...], law: Law, day: date, consented: bool
) -> tuple[str, Law]:
    """The ground (law or consent) and its law, if the consumer may ask. Raises Refused with what is lacking.

    Rules: no_agreement, agreement_of_others, agreement_not_in_force, service_not_granted, field_not_granted,
    no_consent, field_not_offered.
    """
    agreement, grant = source.agreement, source.grant
    granted = set(source.answer.fields)
    if agreement is None or grant is None:
        if source.register.agency != consumer:
            raise Refused("no_agreement", str(law))
        _demand_fields(take, granted, "field_not_offered", law)
        return "law", law
    if agreement.consumer != consumer or agreement.provider != source.register.agency:
        raise Refused("agreement_of_others", str(grant.law))
    if day < agreement.valid_from or (agreement.valid_until is not None and day > agreement.valid_until):
        raise Refused("agreement_not_in_force", str(grant.law))
    if service not in grant.services:
        raise Refused("service_not_granted", str(grant.law))
    _demand_fields(take, granted & set(grant.fields), "field_not_granted", grant.law)
    if grant.ground == "consent" and not consented:
        raise Refused("no_consent", str(grant.law))
    return grant.ground, grant.law


def _demand_fields(take: tuple[str, ...], granted: set[str], rule: str, law: Law) -> None:
    if not take or not set(take) <= granted:
        raise Refused(rule, str(law))


def purpose_of(ground: str, law: Law, *, consumer: str, service: str, case: str, who: str, person: str) -> Purpose:
    """Why the look is made. An officer's look is oversight; whoever looks for no agency looks at their own data."""
    if not consumer:
        return Purpose("own", "", service, case, "", who, person)
    ground = "oversight" if who.startswith("officer") else ground
    return Purpose(ground, str(law), service, case, consumer, who, person)
