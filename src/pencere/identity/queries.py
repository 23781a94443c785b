"""What other parts may read: who is behind a request, which offices they hold, for whom they may act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.http import HttpRequest

from pencere.base import clock
from pencere.identity import models
from pencere.identity.models import LEVELS
from pencere.statements.queries import Rows

LEVEL_KEY = "identity_level"
CONFIRMED_KEY = "identity_confirmed"
SIGNED_IN_KEY = "identity_signed_in"
"""Keys of the session: assurance of this sign-in; when the second factor was confirmed; when the sign-in was."""


@dataclass(frozen=True, slots=True)
class Office:
    """A role at an agency, held now."""

    agency: str
    role: str


@dataclass(frozen=True, slots=True)
class Mandate:
    """For whom the holder may act, on what ground, proven by which answer and when."""

    holder: str
    principal: str
    ground: str
    proven_by: str
    proven_at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Who:
    """The person behind a request; `NOBODY` if nobody has signed in."""

    signed_in: bool
    account_id: str
    identifier: str
    name: str
    level: str
    offices: tuple[Office, ...]
    confirmed: bool  # a second factor, in this session

    @property
    def is_officer(self) -> bool:
        return bool(self.offices)

    def holds(self, *roles: str, agency: str = "") -> bool:
        """Whether one of the offices has one of the roles (none named: any), at `agency` where one is named."""
        return any(
            (not roles or office.role in roles) and (not agency or office.agency == agency) for office in self.offices
        )

    def reaches(self, level: str) -> bool:
        """Whether this sign-in is at least as sure as `level`."""
        return self.signed_in and LEVELS.index(self.level) >= LEVELS.index(level)


_offices_of = Rows(models.Office, "identifier = %s ORDER BY id")

NOBODY = Who(False, "", "", "", "low", (), False)


@dataclass(frozen=True, slots=True)
class Named:
    """An account as another person's page may show it."""

    account_id: str
    name: str


def who(request: HttpRequest) -> Who:
    """The person behind this request. A view takes `request.who`, which asks once and only if needed."""
    account = getattr(request, "user", None)
    if account is None or not account.is_authenticated:
        return NOBODY
    level = request.session.get(LEVEL_KEY, "low")
    return Who(
        signed_in=True,
        account_id=str(account.id),
        identifier=account.identifier,
        name=account.name,
        level=level if level in LEVELS else "low",
        offices=_offices(account.identifier, clock.now()),
        confirmed=bool(request.session.get(CONFIRMED_KEY)),
    )


def officers_with(agency: str, role: str, now: datetime) -> tuple[str, ...]:
    """The identifiers of those who hold this role at this agency now, in no order that says anything."""
    held = models.Office.objects.filter(Q(until=None) | Q(until__gt=now), agency=agency, role=role, since__lte=now)
    return tuple(held.order_by("identifier").values_list("identifier", flat=True).distinct())


def may_act_for(holder: str, now: datetime) -> tuple[Mandate, ...]:
    """The mandates of `holder` (identifier) that hold at `now`, oldest proof first."""
    rows = models.Mandate.objects.filter(Q(until=None) | Q(until__gt=now), holder=holder, proven_at__lte=now)
    return tuple(
        Mandate(row.holder, row.principal, row.ground, row.proven_by, row.proven_at, row.until)
        for row in rows.order_by("proven_at", "id")
    )


def named(account_id: str) -> Named | None:
    """The account's name, for pages that say who decided; None if there is no such account."""
    row = models.Account.objects.filter(id=account_id).values_list("id", "name").first()
    return Named(str(row[0]), row[1]) if row else None


def account_of(identifier: str) -> str | None:
    """The account id of a person; None if the person has never signed in."""
    found = models.Account.objects.filter(identifier=identifier).values_list("id", flat=True).first()
    return str(found) if found else None


def _offices(identifier: str, now: datetime) -> tuple[Office, ...]:
    rows = _offices_of.all(identifier)
    return tuple(
        Office(row.agency, row.role) for row in rows if row.since <= now and (row.until is None or row.until > now)
    )
