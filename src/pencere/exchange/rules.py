"""Who may ask, write and hear what, on what ground; what is put to a holder, and what comes back. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pencere.base.errors import Refused, Unavailable
from pencere.base.purpose import Purpose
from pencere.country import offers
from pencere.country.declarations import Answer, Capacity, Country, Law
from pencere.country.offers import Offer


@dataclass(frozen=True, slots=True)
class Consumer:
    """Who asks, and for what: a service of an agency on a case; or somebody who is present, for themself.

    `agency` "" with `who` "person": they look at their own data, and at nobody else's. `who`: "system" or "person" (an
    agency's service asks), "officer:<role>" (an officer looks). `person`: account id of who is present.
    """

    agency: str
    service: str
    case: str = ""
    who: str = "system"
    person: str = ""

    def purpose(self, ground: str, law: Law) -> Purpose:
        """Why the look is made. An officer's look is oversight; whoever looks for no agency looks at their own data."""
        if not self.agency:
            return Purpose("own", "", self.service, self.case, "", self.who, self.person)
        ground = "oversight" if self.who.startswith("officer") else ground
        return Purpose(ground, str(law), self.service, self.case, self.agency, self.who, self.person)


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
class Written:
    """A change that a holder took. `values`: what was sent and what the holder gave."""

    values: dict[str, object]
    register: str
    holder: str  # id of the agency
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """Something that a holder tells. `cursor`: ask after it next time. `problem`: why it cannot be told; then there

    are no values, and what comes after it is told all the same.
    """

    cursor: str
    values: dict[str, object]
    at: datetime
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Represented:
    """Somebody whom another may act for today, and on what ground. An organisation is named by its identifier."""

    identifier: str
    name: str
    ground: str
    is_organisation: bool = False


class NotAccepted(Refused):
    """A holder does not take a value: `field` and `reason` say which and why."""

    def __init__(self, reason: str, law: str, field: str) -> None:
        super().__init__(reason, law)
        self.field = field


def source_of(country: Country, name: str) -> Offer[Answer]:
    """What `residence.by-person` or `din-emdx.address` names, an answer. Raises LookupError."""
    return found(offers.answer(country, name), name)


def found(offer: Offer[Any] | None, name: str) -> Offer[Any]:
    if offer is None:
        raise LookupError(f"nobody declares {name!r}, or it is no offer of this kind")
    return offer


def demand_right(
    offer: Offer[Any],
    consumer: Consumer,
    *,
    take: tuple[str, ...] | None,
    law: Law,
    day: date,
    consented: bool,
) -> tuple[str, Law]:
    """The ground (law or consent) and its law, if the consumer may. Raises Refused with what is lacking.

    `take`: the fields that are taken or sent; None where there are none to name. Rules: no_agreement,
    agreement_of_others, agreement_not_in_force, service_not_granted, field_not_granted, no_consent, field_not_offered.
    """
    agreement, grant = offer.agreement, offer.grant
    granted = set(getattr(offer.declared, "fields", ()))
    if agreement is None or grant is None:
        if offer.register.agency != consumer.agency:
            raise Refused("no_agreement", str(law))
        _demand_fields(take, granted, "field_not_offered", law)
        return "law", law
    if agreement.consumer != consumer.agency or agreement.provider != offer.register.agency:
        raise Refused("agreement_of_others", str(grant.law))
    if day < agreement.valid_from or (agreement.valid_until is not None and day > agreement.valid_until):
        raise Refused("agreement_not_in_force", str(grant.law))
    if consumer.service not in grant.services:
        raise Refused("service_not_granted", str(grant.law))
    _demand_fields(take, granted & set(grant.fields or granted), "field_not_granted", grant.law)
    if grant.ground == "consent" and not consented:
        raise Refused("no_consent", str(grant.law))
    return grant.ground, grant.law


def _demand_fields(take: tuple[str, ...] | None, granted: set[str], rule: str, law: Law) -> None:
    if take is not None and (not take or not set(take) <= granted):
        raise Refused(rule, str(law))


def places_of(country: Country, name: str, consumer: Consumer, *, day: date) -> Offer[Capacity]:
    """The capacity that an agency may give out places of. Raises Refused, and Unavailable if it is not kept here."""
    places: Offer[Capacity] = found(offers.capacity(country, name), name)
    demand_right(places, consumer, take=None, law=Law(""), day=day, consented=True)
    if places.register.kept != "here":
        raise Unavailable(places.register.agency, "places are given out only by a register that is kept here")
    return places


def wire_cursor(cursor: str) -> int:
    """The number after which is asked; none yet: from the beginning."""
    return int(cursor) if cursor else 0
