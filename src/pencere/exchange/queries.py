"""What may be read of the exchange: names on the wire, what is left of a budget, free places, what is published."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from pencere import country
from pencere.base import clock
from pencere.base.errors import Unavailable
from pencere.exchange import rules
from pencere.exchange.models import Use
from pencere.exchange.rules import Consumer
from pencere.registers import queries as registers
from pencere.registers.queries import FreePlace, Held, PublishedShape

__all__ = [
    "FreePlace", "Held", "PublishedShape", "free_places", "hold_of", "holder", "listed", "published_middle",
    "published_near", "service_id", "shapes_are_published", "used",
]  # fmt: skip


def service_id(source: str) -> str:
    """The X-Road service that a source is: `AZ/GOV/<code of the agency>/<register>/<name>`. Raises LookupError."""
    found = rules.source_of(country.current(), source)
    return registers.service_id(found.register.id, found.declared.name)


def holder(source: str) -> str:
    """The id of the agency that answers. Raises LookupError."""
    return rules.source_of(country.current(), source).register.agency


def used(grant: str, day: date) -> int:
    """How many questions were asked under a grant (`din-emdx.address`) on a day."""
    return Use.objects.filter(grant=grant, day=day).values_list("asked", flat=True).first() or 0


def free_places(
    target: str,
    only: Mapping[str, object],
    consumer: Consumer,
    *,
    limit: int,
    now: datetime,
    not_before: Mapping[str, date] = {},
) -> tuple[FreePlace, ...]:
    """Rows with free places (`kindergarten-groups.place`, or a grant to reserve) that have these fields.

    `not_before`: rows whose field lies earlier (a slot of yesterday) are passed over. Raises Refused, Unavailable.
    """
    here = country.current()
    day = clock.day_in(here.time_zone, now)
    found = rules.places_of(here, target, consumer, day=day)
    return registers.free_places(
        found.register.id, found.declared.name, only, limit=limit, not_before=not_before, now=now
    )


def listed(
    register: str, only: Mapping[str, object], *, words: Collection[str] = (), limit: int, now: datetime
) -> tuple[FreePlace, ...]:
    """Rows that a question offers, of a register about nobody: needs no agreement, is no look. Raises Unavailable."""
    declared = country.current().registers.get(register)
    if declared is None:
        raise LookupError(f"nobody declares {register!r}")
    if declared.kept != "here":
        raise Unavailable(declared.agency, "only a register that is kept here is listed")
    return registers.listed(register, only, words=words, limit=limit, now=now)


def hold_of(key: str, now: datetime) -> Held | None:
    """What is held, or was taken, under a key; None if nothing is, or not any more."""
    return registers.hold_of(key, now)


def shapes_are_published(register: str, field: str, now: datetime) -> bool:
    """Whether anybody may see where the rows of a register kept here lie."""
    return registers.is_published(register, field, now)


def published_near(
    register: str, field: str, window: tuple[float, float, float, float], *, most: int, now: datetime
) -> tuple[PublishedShape, ...]:
    """What a register kept here publishes in a window (degrees): needs no agreement, is no look."""
    return registers.published_near(register, field, window, most=most, now=now)


def published_middle(register: str, field: str, now: datetime) -> tuple[float, float] | None:
    """Where something of it lies: longitude and latitude; None if nothing is published."""
    return registers.published_middle(register, field, now)
