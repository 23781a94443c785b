"""What can happen here: somebody signs in, an office is given or ended, a mandate is proven."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q

from pencere import country
from pencere.base import identifiers
from pencere.base.errors import BadInput
from pencere.identity.models import LEVELS, Account, Mandate, Office


@transaction.atomic
def sign_in(identifier: str, name: str, level: str, now: datetime) -> Account:
    """Finds or makes the person's account; name and level are those of this sign-in."""
    if level not in LEVELS:
        raise ValueError(f"unknown level {level!r}")
    account, _made = Account.objects.update_or_create(
        identifier=read_identifier(identifier),
        defaults={"name": name, "level": level},
        create_defaults={"name": name, "level": level, "created": now},
    )
    return account


@transaction.atomic
def known(identifier: str, name: str, now: datetime) -> Account:
    """The person's account, made if there is none; an existing one stays as it is."""
    account, _made = Account.objects.get_or_create(
        identifier=read_identifier(identifier), defaults={"name": name, "level": "low", "created": now}
    )
    return account


@transaction.atomic
def appoint_officer(identifier: str, name: str, agency: str, role: str, now: datetime) -> bool:
    """Gives an office; False if the person holds it already. Raises BadInput on an unknown agency or role."""
    here = country.current()
    if agency not in here.agencies:
        raise BadInput("unknown_agency", agency=agency)
    if role not in here.officer_roles:
        raise BadInput("unknown_role", role=role, known=tuple(here.officer_roles))
    _office, made = Office.objects.get_or_create(
        identifier=read_identifier(identifier),
        agency=agency,
        role=role,
        until=None,
        defaults={"name": name, "since": now},
    )
    return made


@transaction.atomic
def end_office(identifier: str, agency: str, role: str, now: datetime) -> bool:
    """Ends an office at once, in the middle of a session too; False if it was not held."""
    held = Office.objects.filter(identifier=read_identifier(identifier), agency=agency, role=role, until=None)
    return held.update(until=now) > 0


@transaction.atomic
def forget_second_factors(identifier: str) -> int:
    """For an officer who lost them all: the next sign-in adds a new one. Returns how many there were."""
    rows = Authenticator.objects.filter(user__identifier=read_identifier(identifier))
    return rows.delete()[0]


@transaction.atomic
def record_mandate(
    holder: str, principal: str, ground: str, proven_by: str, now: datetime, until: datetime | None
) -> None:
    """Writes down that a register has just proved the right of `holder` to act for `principal`; a new proof counts."""
    if ground not in country.current().representation:
        raise BadInput("unknown_ground", ground=ground)
    Mandate.objects.update_or_create(
        holder=read_identifier(holder),
        principal=read_identifier(principal),
        ground=ground,
        defaults={"proven_by": proven_by, "proven_at": now, "until": until},
    )


@transaction.atomic
def end_mandate(holder: str, principal: str, ground: str, now: datetime) -> bool:
    """The register no longer proves it (a child has come of age): False if there was no such mandate in force."""
    held = Mandate.objects.filter(Q(until=None) | Q(until__gt=now), holder=holder, principal=principal, ground=ground)
    return held.update(until=now) > 0


def read_identifier(text: str) -> str:
    """The identifier of a person as the country declares it. Raises BadInput."""
    here = country.current()
    return identifiers.read(here.identifiers[here.person.identifier], text)
