"""An agreement: what one agency lets another read, write, hear or reserve, for which services, on what ground."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pencere.country.declarations.law import Law, Place


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
