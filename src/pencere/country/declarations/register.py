"""A register: its fields, what it answers, takes and tells, who sees it, what of it is published, what it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pencere.base.terms import Term
from pencere.country.cells import Condition
from pencere.country.declarations.field import Field
from pencere.country.declarations.law import Law, Place, Texts
from pencere.country.declarations.speaks import NO_STANDARD, Speaks


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
    speaks: Speaks = NO_STANDARD
    desk: Desk | None = None
    universe: Universe | None = None  # None: nobody knows how much there should be
    extract: Extract | None = None
    called: tuple[str, ...] = ()  # fields that say what a row is called; none: the first one searched by words
    closed_kept: Term | None = None  # how long rows stay that hold no longer; None: for ever
    alike: tuple[str, ...] = ()  # rows of other keys that have these in common may be the same thing twice
