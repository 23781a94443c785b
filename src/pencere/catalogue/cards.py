"""The frozen pictures of declared things that pages and other parts get, in one language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class LawCard:
    """An act with its article. `confirmed` False: the law office has not confirmed number, date and title yet."""

    title: str
    article: str
    number: str
    day: date | None
    url: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class AgencyCard:
    id: str
    name: str
    abbreviation: str


@dataclass(frozen=True, slots=True)
class ServiceCard:
    """A service in a list. `open`: offered today; `online`: one can apply here."""

    id: str
    title: str
    summary: str
    agency: AgencyCard
    open: bool
    online: bool


@dataclass(frozen=True, slots=True)
class Source:
    """What is asked of which register, so that the person need not bring it."""

    title: str
    fields: tuple[str, ...]
    register: str
    agency: AgencyCard
    law: LawCard
    only_sometimes: bool


@dataclass(frozen=True, slots=True)
class PriceLine:
    """A price and, in the order of the fee's inputs, in which case it holds."""

    cases: tuple[str, ...]
    price: str


@dataclass(frozen=True, slots=True)
class FeeCard:
    """Something to be paid. Without `lines` it is reckoned from the answers."""

    title: str
    kind: str
    payee: str
    inputs: tuple[str, ...]
    lines: tuple[PriceLine, ...]
    sometimes: bool
    exempt: bool
    refund: tuple[tuple[str, str], ...]  # when, how
    laws: tuple[LawCard, ...]
    assumed: bool  # the agency has not confirmed the amount

    @property
    def single(self) -> str:
        """The one price, if there is only one."""
        return self.lines[0].price if len(self.lines) == 1 and not self.lines[0].cases else ""


@dataclass(frozen=True, slots=True)
class TermLine:
    """How long it takes: in which case (empty: in every), how long, from when."""

    case: str
    term: str
    since: str


@dataclass(frozen=True, slots=True)
class StartCard:
    """A register whose event begins a case by itself."""

    register: str
    agency: AgencyCard


@dataclass(frozen=True, slots=True)
class ServicePage:
    card: ServiceCard
    need: str
    result: str
    acts_as: tuple[str, ...]  # self and grounds of representation
    sign_in: str
    questions: tuple[str, ...]
    sources: tuple[Source, ...]
    fees: tuple[FeeCard, ...]
    terms: tuple[TermLine, ...]
    is_at_once: bool  # decided while one waits, where the registers are clear
    starts: tuple[StartCard, ...]  # by an event, without an application
    by_application: bool
    queue: bool  # places are given out in an order, or one waits for one
    term_law: LawCard | None
    apply: tuple[str, ...]
    receive: tuple[str, ...]
    laws: tuple[LawCard, ...]
    unit: AgencyCard | None
    contact: tuple[tuple[str, str], ...]  # phone email url address
    life_events: tuple[tuple[str, str], ...]  # id, name
    since: date
    until: date | None

    @property
    def other_channels(self) -> tuple[str, ...]:
        return tuple(channel for channel in self.apply if channel != "online")


@dataclass(frozen=True, slots=True)
class LifeEventCard:
    id: str
    name: str
    services: tuple[ServiceCard, ...]


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """An agency in the list, with those that belong to it."""

    card: AgencyCard
    parts: tuple[AgencyLine, ...]
    services: int


@dataclass(frozen=True, slots=True)
class RegisterCard:
    id: str
    title: str
    here: bool
    laws: tuple[LawCard, ...]
    fields: tuple[str, ...]
    published: tuple[str, ...]  # what everybody may have of it, as a file


@dataclass(frozen=True, slots=True)
class AgencyPage:
    card: AgencyCard
    names: tuple[tuple[date | None, str], ...]  # newest first; the day on which the name began
    part_of: AgencyCard | None
    parts: tuple[AgencyCard, ...]
    predecessor: AgencyCard | None
    successor: AgencyCard | None
    services: tuple[ServiceCard, ...]
    registers: tuple[RegisterCard, ...]
    contact: tuple[tuple[str, str], ...]
