"""A service: who takes part, what is asked and fetched, the steps, the terms, the fees and places, the amounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pencere.base.terms import Term
from pencere.country.cells import Condition
from pencere.country.declarations.field import Field
from pencere.country.declarations.law import NOWHERE, Law, Place, Texts
from pencere.country.tables import Table

WALK_PAGES = ("tasks", "facts", "check", "send", "done", "delete")
"""Pages of every draft, by the last word of their addresses, where the names of its groups of questions stand too."""


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
    place: Place = NOWHERE


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
