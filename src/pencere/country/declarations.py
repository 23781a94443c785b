"""The shape of a country's declarations once they are read: frozen, typed, each knowing its place.

This is the vocabulary of the whole product; docs/declare/ says how each is written in YAML. Nothing here
reads a file, looks at a clock or decides anything. Names of things are ids (`a-z 0-9 -`), names of facts
are paths (`holder.age`). Texts map a language to a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pencere.base.identifiers import IdentifierKind
from pencere.base.terms import Calendar, Term
from pencere.base.writing import Writing
from pencere.country.cells import Condition
from pencere.country.tables import Table

Texts = Mapping[str, str]

WALK_PAGES = ("tasks", "facts", "check", "send", "done", "delete")
"""Pages of every draft, by the last word of their addresses, where the names of its groups of questions stand too."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written: file below the country's folder, line from 1."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Law:
    """An act and, where one is named, its article as the law prints it: `residence-law 5`."""

    act: str
    article: str = ""

    def __str__(self) -> str:
        return f"{self.act} {self.article}".strip()


@dataclass(frozen=True, slots=True)
class Act:
    id: str
    title: Texts
    number: str | None
    signed: date | None  # `date`: the day of the act
    in_force: date | None
    until: date | None
    url: str | None
    repealed_by: str | None
    confirmed: bool  # False: `status: to_be_confirmed`
    place: Place


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


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a register, a question, a finding or a certificate (declarations.md 3.1)."""

    name: str
    kind: str  # text long_text integer decimal boolean date moment choice
    #                                                person address territory phone email or an identifier kind
    of: tuple[str, ...] | str | None = None  # values of a choice; "list:id"; "applicant.may_act_for"
    many: tuple[int, int] | None = None  # least, most
    required: bool = True
    when: Condition | None = None
    min: str | None = None
    max: str | None = None
    length: tuple[int, int] | None = None
    pattern: str | None = None
    unit: str | None = None
    personal: str | None = None  # none ordinary special
    search: str | None = None  # exact words near
    unique: bool = False
    place: Place = Place("", 0)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a register answers: an X-Road service. `by` maps the asked name to the fields one of which must match."""

    name: str
    by: Mapping[str, tuple[str, ...]]
    fields: tuple[str, ...]
    many: bool
    alike: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Accept:
    """A change a register takes from others."""

    name: str
    change: str  # add replace end
    key: tuple[str, ...]
    fields: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Register:
    id: str
    agency: str
    kept: str  # here elsewhere
    law: tuple[Law, ...]
    of: str  # what one row is, in English; the texts have it in every language
    key: tuple[str, ...]
    dated: bool
    fields: Mapping[str, Field]
    about: tuple[str, ...]  # fields of kind person whose data a row is
    answers: Mapping[str, Answer]
    accepts: Mapping[str, Accept]
    texts: Mapping[str, Texts]  # key -> language -> text: title, <field>, <field>.<value>, …
    place: Place


@dataclass(frozen=True, slots=True)
class Party:
    """Who takes part in a case (3.5)."""

    name: str
    is_: str  # person organisation
    subject: bool
    from_: str | None  # the fact that names the party; None: the one who signed in
    sign_in: str | None  # low substantial high
    acts_as: tuple[str, ...]  # self and grounds of country.representation
    place: Place


@dataclass(frozen=True, slots=True)
class QuestionGroup:
    """A page of questions."""

    name: str
    fields: Mapping[str, Field]
    when: Condition | None
    place: Place


@dataclass(frozen=True, slots=True)
class Evidence:
    """Facts fetched from a register through the exchange."""

    name: str
    from_: str  # "residence.by-person" (own register) or "din-emdx.address" (a grant)
    by: Mapping[str, str]  # asked name of the answer -> fact of the case
    take: tuple[str, ...]
    when: Condition | None
    place: Place


@dataclass(frozen=True, slots=True)
class Derived:
    """`name: function(argument, …)`. Arguments: facts, amounts.x, numbers, today, a quoted cell."""

    name: str
    function: str
    arguments: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class CaseTerm:
    """The legal term of a decision (3.6)."""

    within: Term
    from_: str  # submitted (the only clock start this walk needs)
    pauses: tuple[str, ...]
    law: Law
    place: Place


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a case. Keys that the kind does not use are None or empty."""

    kind: str  # ask evidence submit decide issue
    names: tuple[str, ...]  # groups, evidence, table or certificate
    number: int  # from 1, in the file's order
    when: Condition | None
    to: str | None  # issue: the party that gets it
    facts: Mapping[str, str]  # issue: fact of the certificate -> fact of the case
    by: str | None  # decide: officer role that settles an open question; None: agency's `registry`
    place: Place


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with a date, a unit and a law. `values` begin on their date; a value is a number or a table."""

    name: str
    unit: str
    law: Law
    assumed: bool
    inputs: tuple[str, ...]
    values: tuple[tuple[date, int | str | Table], ...]  # oldest first; text for decimals and dates
    place: Place


@dataclass(frozen=True, slots=True)
class Example:
    name: str
    today: date
    given: Mapping[str, object]
    expect: Mapping[str, object]
    place: Place


@dataclass(frozen=True, slots=True)
class Service:
    id: str
    agency: str
    unit: str | None  # the unit of the agency that does the work
    law: tuple[Law, ...]
    since: date
    until: date | None
    aliases: tuple[str, ...]
    life_events: tuple[str, ...]
    apply: tuple[str, ...]  # channels: online office post phone mobile
    receive: tuple[str, ...]
    result: str
    as_of: str | None
    parties: Mapping[str, Party]
    questions: Mapping[str, QuestionGroup]
    evidence: Mapping[str, Evidence]
    derive: tuple[Derived, ...]  # in an order in which each uses only what stands before it
    term: CaseTerm | None
    steps: tuple[Step, ...]
    tables: Mapping[str, Table]
    amounts: Mapping[str, Amount]
    examples: tuple[Example, ...]
    texts: Mapping[str, Texts]  # key -> language -> sentence
    content_hash: str  # SHA-256 over the parsed values of all it refers to
    texts_hash: str
    place: Place

    @property
    def subject(self) -> Party:
        """The one whom the case is about."""
        return next(party for party in self.parties.values() if party.subject)

    @property
    def applicant(self) -> Party:
        """The one who signs in: the party with no `from`."""
        return next(party for party in self.parties.values() if party.from_ is None)


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


@dataclass(frozen=True, slots=True)
class Grant:
    name: str
    read: str  # "address-register.by-address"
    fields: tuple[str, ...]
    services: tuple[str, ...]
    ground: str  # law consent
    law: Law
    per_day: int | None
    place: Place


@dataclass(frozen=True, slots=True)
class Agreement:
    id: str
    consumer: str
    provider: str
    signed: tuple[Mapping[str, str], ...]
    valid_from: date
    valid_until: date | None
    grants: Mapping[str, Grant]
    place: Place


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
class Defaults:
    appeal_within: Term
    appeal_to: str
    appeal_law: Law
    draft_kept: Term
    closed_kept: Term


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
