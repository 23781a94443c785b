"""A country whole: its agencies, territory and lists, what it settles for all services, and all that it declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pencere.base.identifiers import IdentifierKind
from pencere.base.terms import Calendar, Term
from pencere.base.writing import Writing
from pencere.country.declarations.agreement import Agreement
from pencere.country.declarations.certificate import CertificateKind
from pencere.country.declarations.law import Act, Law, Place, Texts
from pencere.country.declarations.register import Register
from pencere.country.declarations.service import Appeal, Service


@dataclass(frozen=True, slots=True)
class Agency:
    id: str
    names: tuple[tuple[date | None, Texts], ...]  # oldest first; the date is when the name began
    xroad_class: str
    xroad_code: str
    part_of: str | None
    predecessor: str | None
    successor: str | None
    executes_for: str | None
    contact: Mapping[str, str]  # phone, email, url, address
    abbreviation: str | None
    place: Place

    def name(self, language: str, on: date) -> str:
        """The name that held on that day, in that language or else in the first that has one."""
        texts: Texts = self.names[0][1]
        for since, names in self.names:
            if since is None or since <= on:
                texts = names
        return texts.get(language) or next(iter(texts.values()))


@dataclass(frozen=True, slots=True)
class LifeEvent:
    id: str
    names: Texts
    order: int
    starts_with: tuple[str, ...]  # services, in their usual order; may name services not yet declared
    place: Place


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the territory classifier in one period of its life."""

    code: str
    names: Texts
    kind: str
    part_of: str | None
    since: date | None
    until: date | None
    successor: str | None
    plates: tuple[str, ...]  # codes of vehicle plates, where the unit has any


@dataclass(frozen=True, slots=True)
class CodeList:
    """A named list of codes (`lists/`)."""

    id: str
    values: Mapping[str, Texts]
    place: Place
    law: Law | None = None
    confirmed: bool = True  # False: `status: to_be_confirmed`


@dataclass(frozen=True, slots=True)
class Relation:
    """Whom a person stands beside: an answer asked by one person, one person a row (3.1)."""

    name: str
    from_: str
    law: Law


@dataclass(frozen=True, slots=True)
class Representation:
    """A ground on which one may act for another: the relation that proves it, and until which age of theirs."""

    ground: str
    relation: str
    until_age: int | None  # up to the day on which they reach it; None: at any age
    law: Law


@dataclass(frozen=True, slots=True)
class PersonSource:
    """Where facts about persons come from, and which identifier names a person."""

    identifier: str  # kind of identifiers.yaml: "fin"
    from_: str  # "population.person"
    facts: tuple[str, ...]
    law: Law


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is paid: the account, and the code of each kind of fee that it takes."""

    id: str
    names: Texts
    iban: str | None
    codes: Mapping[str, str]
    law: Law
    confirmed: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Defaults:
    appeal: Appeal
    draft_kept: Term
    closed_kept: Term
    evidence_wait: Term | None  # after it, an officer may take a paper in place of a holder that is silent


@dataclass(frozen=True, slots=True)
class Country:
    folder: Path
    id: str  # name of the folder
    names: Texts  # what the country is called
    languages: tuple[str, ...]  # the first is the language of the law
    currency: str
    time_zone: str
    xroad_instance: str
    xroad_classes: Mapping[str, str]
    writing: Mapping[str, Writing]
    person: PersonSource
    relations: Mapping[str, Relation]
    representation: Mapping[str, Representation]  # by ground
    officer_roles: Mapping[str, Texts]  # role -> what it is called
    organisation: str | None  # the kind of identifier that names an organisation, like voen
    payees: Mapping[str, Payee]
    defaults: Defaults
    calendar: Calendar
    territory: tuple[Unit, ...]
    identifiers: Mapping[str, IdentifierKind]
    acts: Mapping[str, Act]
    lists: Mapping[str, CodeList]
    agencies: Mapping[str, Agency]
    life_events: Mapping[str, LifeEvent]
    registers: Mapping[str, Register]
    services: Mapping[str, Service]
    certificates: Mapping[str, CertificateKind]
    agreements: Mapping[str, Agreement]
    findings: tuple[object, ...] = field(default=())  # warnings that do not stop it: unconfirmed acts, assumed amounts

    def role(self, code: str, language: str) -> str:
        """What a role of officers is called; the code itself if it is not declared (any more)."""
        return self.text(self.officer_roles, code, language)

    def text(self, texts: Mapping[str, Texts], key: str, language: str) -> str:
        """The sentence under `key`, in `language` or else in the language of the law; the key itself if none."""
        sentences = texts.get(key, {})
        return sentences.get(language) or sentences.get(self.languages[0]) or key
