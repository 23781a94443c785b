"""The shape of a country's declarations once they are read: frozen, typed, each knowing its place.

This is the vocabulary of the whole product; docs/declare/ says how each is written in YAML. Nothing here
reads a file, looks at a clock or decides anything. Names of things are ids (`a-z 0-9 -`), names of facts
are paths (`holder.age`). Texts map a language to a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
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
    law: Law | None = None
    confirmed: bool = True  # False: `status: to_be_confirmed`


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a register, a question, a finding or a certificate (declarations.md 3.1)."""

    name: str
    kind: str  # text long_text integer decimal money percent boolean date time moment choice choices person
    #            organisation address territory phone email iban file photo geometry ref group or an identifier kind
    of: tuple[str, ...] | str | None = None  # values of a choice; "list:id"; register of a ref; shape of a geometry;
    #                                          "applicant.may_act_for", "applicant.household"
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
    only: Mapping[str, str] = field(default_factory=dict)  # ref: field of the register -> fact it must equal
    given: str | None = None  # assigned by the holder: "serial PATTERN", "person", "moment", "yes"
    fields: Mapping[str, Field] = field(default_factory=dict)  # of a repeated group in a register (`kind` is "group")
    crs: str | None = None
    no_overlap: float | None = None  # metres by which live shapes may lie over each other; None: as they please
    was: str | None = None  # registers: the name under which its values are stored, which it had at first
    area_within: float = 2.0  # percent by which `area` may differ from the drawn one before somebody is asked to look
    area: str | None = None  # the field of the same register that says how many square metres a shape has
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
    latest: str | None = None  # of several rows found, the one in which this field is greatest (then the last recorded)


@dataclass(frozen=True, slots=True)
class Accept:
    """A change a register takes from others."""

    name: str
    change: str  # add replace end
    key: tuple[str, ...]
    fields: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class RegisterEvent:
    """What a register tells: a list after a cursor, at least once. `date` comes `before` the day in the field `of`."""

    name: str
    on: str  # add replace end date
    when: Condition | None
    fields: tuple[str, ...]
    of: str | None
    before: Term | None
    place: Place


@dataclass(frozen=True, slots=True)
class Capacity:
    """Places that a register gives out, holds and releases in one transaction: places - taken - held are free."""

    name: str
    places: int | str  # a number, or the field with the number
    taken_by: str | None  # "register.field" of the rows that fill it; None: holds alone fill it
    by: str | None  # the field of those rows that says how many each takes; None: one
    place: Place


@dataclass(frozen=True, slots=True)
class OpenData:
    fields: tuple[str, ...]
    licence: str
    every: str  # day week month year
    place: Place
    when: Condition | None = None  # only rows for which it holds


@dataclass(frozen=True, slots=True)
class PaperIntake:
    """How papers older than the register come in: typed twice from a scan, differences settled by somebody else."""

    by: str  # officer.<role>: who scans and types
    third: str  # officer.<role>: who settles differences, another person than the two who typed
    index: tuple[str, ...]  # the fields that are typed, in the order in which one reads the paper
    scan: str  # the field of kind file that the scan becomes
    sample: Decimal  # percent of the agreed papers that the third looks at all the same
    place: Place


@dataclass(frozen=True, slots=True)
class Extract:
    """Counts of rows for everybody: by these fields, a cell below `least` withheld with what would give it away."""

    by: tuple[str, ...]
    bands: Mapping[str, int]  # field -> so many years, or whole numbers, are counted together
    least: int
    licence: str
    every: str  # month year
    place: Place


@dataclass(frozen=True, slots=True)
class FhirResource:
    """What a row is in HL7 FHIR R4: path of an element -> field, or "=" and a constant."""

    name: str
    resource: str  # Immunization
    needs: tuple[str, ...]  # fields without which there is no such resource
    says: Mapping[str, str]
    place: Place


@dataclass(frozen=True, slots=True)
class EadLevel:
    """What a row is in EAD 2002: a level of description, below the row in `parent`. `says`: element -> field."""

    level: str
    parent: str | None
    unitdate: tuple[str, ...]  # one field, or from and until
    extent: tuple[str, ...]
    says: Mapping[str, str]
    place: Place


@dataclass(frozen=True, slots=True)
class LadmSpace:
    """The spatial unit of a row in LADM. `says`: label, area, address, boundary -> field. `on`: the land below it."""

    as_: str  # LA_SpatialUnit LA_LegalSpaceBuildingUnit LA_LegalSpaceUtilityNetwork
    says: Mapping[str, str]
    on: str | None  # a ref to the row whose spatial unit it stands on
    place: Place


@dataclass(frozen=True, slots=True)
class LadmSource:
    """The document that something rests on: the field with its number, and LA_AdministrativeSourceType."""

    number: str
    type: str


@dataclass(frozen=True, slots=True)
class LadmInterest:
    """What each item of a group is: a right, a restriction, a responsibility, a mortgage."""

    group: str
    by: str | None  # the choice that decides which; None: all are the same, under the code ""
    kinds: Mapping[str, tuple[str, str]]  # code -> class and type of LADM
    says: Mapping[str, str]  # party share from until -> field of the group
    source: LadmSource | None
    place: Place


@dataclass(frozen=True, slots=True)
class LadmUnit:
    """What a row is in ISO 19152 (LADM): a basic administrative unit with its space and who has what in it."""

    unit: str
    type: str  # LA_BAUnitType
    name: str | None
    source: LadmSource | None  # of its last registration
    space: LadmSpace | None
    rrr: Mapping[str, LadmInterest]
    place: Place


@dataclass(frozen=True, slots=True)
class Speaks:
    """The standards in whose words the rows can be said."""

    fhir: Mapping[str, FhirResource] = field(default_factory=dict)
    ead: EadLevel | None = None
    ladm: LadmUnit | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """Who of the agency that keeps a register sees and changes its rows on screen: `officer.<role>`."""

    look: tuple[str, ...]
    write: tuple[str, ...]
    second: tuple[str, ...]  # who confirms a change of special data, another person than the one who proposed it
    list: tuple[str, ...]  # columns of the list; none: the key and the first fields that are searched
    place: Place


@dataclass(frozen=True, slots=True)
class Universe:
    """How much there is of what a register holds, on screen or not: counted by somebody, on a day.

    Held against it is how many rows there are; with `sum`, what that field makes in all of them; with `day`, how many
    have that day in that year.
    """

    amount: int  # of rows, or of the unit of `sum`
    on: date | None  # None: the source does not say on which day
    source: str  # who counted, and where it stands
    url: str | None
    assumed: bool  # nobody counted it yet; shown as such
    fields: tuple[str, ...]  # optional fields that every row should have one day
    place: Place
    sum: str | None = None  # a number of each row, like its area
    day: str | None = None  # a day of each row, like that of birth
    year: int | None = None  # in which it lies


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
    about: tuple[str, ...]  # fields of kind person whose data a row is; inside a group by path: owners.holder
    answers: Mapping[str, Answer]
    accepts: Mapping[str, Accept]
    events: Mapping[str, RegisterEvent]
    capacity: Mapping[str, Capacity]
    open_data: OpenData | None
    texts: Mapping[str, Texts]  # key -> language -> text: title, <field>, <field>.<value>, …
    place: Place
    paper: PaperIntake | None = None
    speaks: Speaks = Speaks()
    desk: Desk | None = None
    universe: Universe | None = None  # None: nobody knows how much there should be
    extract: Extract | None = None
    called: tuple[str, ...] = ()  # fields that say what a row is called; none: the first one searched by words
    closed_kept: Term | None = None  # how long rows stay that hold no longer; None: for ever
    alike: tuple[str, ...] = ()  # rows of other keys that have these in common may be the same thing twice


@dataclass(frozen=True, slots=True)
class Party:
    """Who takes part in a case (3.5)."""

    name: str
    is_: str  # person organisation
    subject: bool
    from_: str | None  # the fact that names the party; None: the one who signed in
    sign_in: str | None  # low substantial high
    acts_as: tuple[str, ...]  # self and grounds of country.representation
    when: Condition | None
    place: Place


@dataclass(frozen=True, slots=True)
class QuestionGroup:
    """A page of questions; with `many` a list of items, each with these fields, of so many at least and at most."""

    name: str
    fields: Mapping[str, Field]
    when: Condition | None
    many: tuple[int, int] | None
    place: Place


@dataclass(frozen=True, slots=True)
class NoRow:
    """What if the holder has no row: somebody is asked, or an officer looks in the paper archive."""

    ask: str | None  # group of questions
    archive: str | None  # officer.<role>
    into: str | None  # "diplomas.enter-from-archive": the change of the register that the finding becomes
    term: CaseTerm | None
    place: Place
    sees: tuple[str, ...] = ()  # archive: facts and groups that tell the officer what to look for


@dataclass(frozen=True, slots=True)
class Evidence:
    """Facts fetched from a register through the exchange."""

    name: str
    from_: str  # "residence.by-person" (own register) or "din-emdx.address" (a grant)
    by: Mapping[str, str]  # asked name of the answer -> fact of the case
    take: tuple[str, ...]
    when: Condition | None
    many: tuple[int, int] | None  # rows of a repeating group: a tuple of mappings under the evidence's name
    consent: bool  # asked only if the person agrees; a grant on the ground of consent
    fresh: Term | None  # asked anew if older; None: the product's own rule
    none: NoRow | None  # None: unknown
    place: Place


@dataclass(frozen=True, slots=True)
class Derived:
    """`name: function(argument, …)`. Arguments: facts, amounts.x, numbers, today, a quoted cell."""

    name: str
    function: str
    arguments: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Extension:
    """A term made longer, once, with reasons; the person is told."""

    to: Term
    by: str  # officer.<role>
    law: Law


@dataclass(frozen=True, slots=True)
class CaseTerm:
    """A legal term (3.6): of the decision, or of one step (then `law` may be None: that of the service's term)."""

    within: Term | None  # None: `by` and `is_` say it
    by: str | None  # a choice, or an output of a table
    is_: Mapping[str, Term]  # its value -> term
    from_: str  # submitted paid visit event asked, a date or moment fact, or amounts.<name>
    pauses: tuple[str, ...]  # party payment agency
    extend: Extension | None
    last_day: str  # "" (the country's), next_working_day, as_is
    silence: str  # overdue continue leave lapse grant refuse
    law: Law | None
    place: Place

    @property
    def longest(self) -> Term:
        """The longest term there is by it: for those who ask before the case says which it is."""
        days = {"hours": 1 / 24, "months": 30, "years": 365}
        terms = (self.within,) if self.within else tuple(self.is_.values())
        return max(terms, key=lambda term: term.amount * days.get(term.unit, 1))


@dataclass(frozen=True, slots=True)
class Fee:
    """Something to be paid (3.7)."""

    name: str
    amount: str  # "amounts.duty" or a derived fact
    kind: str  # state_duty service_fee
    payee: str
    when: Condition | None
    exempt: Condition | None
    refund: Mapping[str, str]  # refused withdrawn late -> none full before_visit
    place: Place


@dataclass(frozen=True, slots=True)
class Refusal:
    """The rule and the law under which something that happens in a case refuses it."""

    rule: str
    law: Law


@dataclass(frozen=True, slots=True)
class OfferRule:
    """How a place is offered: how long the person may think, what silence means, how many live offers a case has."""

    not_before: Term | None
    answer: Term
    silence: str  # leave lapse
    at_once: int


@dataclass(frozen=True, slots=True)
class Allotment:
    """`places.<name>`: how places of a capacity come to those who want them."""

    name: str
    of: str  # "kindergarten-groups.place", or a grant to reserve
    mode: str  # queue pick first_come rank draw
    chosen: str | None  # the ref that names the wish, or the wishes of a repeating group
    order: tuple[str, ...]  # facts, "-" before: greatest first; last "ticket"
    opens: str | None  # amounts.<name>
    closes: str | None
    closed: tuple[tuple[tuple[int, int], tuple[int, int]], ...]  # (month, day) to (month, day) of every year
    lapses: tuple[int, int] | None  # month, day of every year on which the queue ends
    offer: OfferRule | None
    none: Refusal | None
    place: Place


@dataclass(frozen=True, slots=True)
class Panel:
    """Who judges blind: officers of a role, drawn or chosen by turn; how their findings become one."""

    of: str  # officer.<role>
    size: int
    chosen: str  # draw
    joined: str  # agreed mean


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a case. Keys that the kind does not use are None or empty (declarations.md 5)."""

    kind: str  # ask evidence submit sign pay check expert offer visit wait_for decide record issue deliver notify
    names: tuple[str, ...]  # groups, evidence, fee, place, event, table, change, certificate, thing or party
    number: int  # from 1, in the file's order
    when: Condition | None
    place: Place
    who: str | None = None  # ask, submit: the party that does it; None: the one who signed in
    each: str | None = None  # the repeating group whose items the step runs for, one by one
    to: str | None = None  # issue, deliver: the party that gets it
    facts: Mapping[str, str] = field(default_factory=dict)  # issue: fact of the certificate -> fact of the case
    valid: str | None = None  # issue: the fact with its last day, where the certificate's own term does not hold
    by: str | None = None  # decide, check: officer.<role>; deliver: office, post or a fact that says so
    ends: bool = True  # decide: no = refused, but the case goes on
    sign: str | None = None  # submit: click qualified
    shows: tuple[str, ...] = ()  # sign: groups that the other party reads
    term: CaseTerm | None = None
    refused: Refusal | None = None  # sign
    fields: Mapping[str, Field] = field(default_factory=dict)  # check, expert, visit: the findings
    panel: Panel | None = None
    sees: tuple[str, ...] = ()  # expert, check, visit: facts, groups, evidence
    hides: tuple[str, ...] = ()
    not_from: tuple[str, ...] = ()
    at: str | None = None  # visit: the place that was picked
    match: Mapping[str, str] = field(default_factory=dict)  # wait_for: field of the event -> fact of the case
    as_: str | None = None  # wait_for, record: the name under which what came back is known
    row: Mapping[str, str] = field(default_factory=dict)  # record, deliver: field of the register -> fact
    keep: tuple[str, ...] = ()  # record: fields given by the holder that become facts `<as>.<field>`
    through: str | None = None  # deliver: the change of a third party's system
    text: str | None = None  # notify: key of the notice


@dataclass(frozen=True, slots=True)
class Start:
    """How a case begins: by application, by an officer, or by a register's event."""

    kind: str  # application officer event
    event: str = ""  # "dsmf-justice.born" (a grant) or "taxi-licences.expiring" (an own register)
    place: Place = Place("", 0)


@dataclass(frozen=True, slots=True)
class Again:
    """How often: so many open cases per fact, once in a period, not before a term after a refusal."""

    open: int | None
    per: str | None  # a fact; None: the applicant
    once_per: str | None  # year
    after_refusal: Term | None
    law: Law | None
    place: Place


@dataclass(frozen=True, slots=True)
class Appeal:
    to: str
    within: Term
    decided: Term
    court: Term
    law: Law


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
    starts: tuple[Start, ...]
    as_of: str | None
    parties: Mapping[str, Party]
    questions: Mapping[str, QuestionGroup]
    evidence: Mapping[str, Evidence]
    derive: tuple[Derived, ...]  # in an order in which each uses only what stands before it
    fees: Mapping[str, Fee]
    places: Mapping[str, Allotment]
    term: CaseTerm | None
    steps: tuple[Step, ...]
    again: Again | None
    appeal: Appeal | None  # where the law differs from the country's
    closed_kept: Term | None  # the same
    tables: Mapping[str, Table]
    amounts: Mapping[str, Amount]
    examples: tuple[Example, ...]
    texts: Mapping[str, Texts]  # key -> language -> sentence
    content_hash: str  # SHA-256 over the parsed values of all it refers to
    texts_hash: str
    place: Place
    closed_law: Law | None = None  # the law under which `closed_kept` differs

    @property
    def subject(self) -> Party:
        """The one whom the case is about."""
        return next(party for party in self.parties.values() if party.subject)

    @property
    def applicant(self) -> Party:
        """The one who signs in: the party with no `from`, or else the first who may act (`sign_in`, `acts_as`)."""
        parties = tuple(self.parties.values())
        own = next((party for party in parties if party.from_ is None), None)
        return own or next((party for party in parties if party.acts_as), None) or self.subject

    @property
    def by_application(self) -> bool:
        """Whether somebody may apply; else its cases begin by an event or an officer only."""
        return any(start.kind == "application" for start in self.starts)


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
    does: str  # read write event reserve
    of: str  # what the register offers: "address-register.by-address"
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
