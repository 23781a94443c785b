"""The doors to registers, here or elsewhere, as a case uses them: all through `exchange`, never within a transaction.

Every call says for which service, case and law it is. Refused is the holder's no; Unavailable: ask again later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pencere.applications.models import Case
from pencere.applications.versions import Version
from pencere.country import offers
from pencere.exchange import actions as exchange
from pencere.exchange import queries as exchanged
from pencere.exchange.actions import Consumer

if TYPE_CHECKING:
    from pencere.exchange.actions import Told, Written
    from pencere.exchange.queries import FreePlace, Held


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom we ask: account id of the person present, and the kind of looker; never an identifier."""

    account: str
    who: str  # person, system, officer:<role>


def consumer_of(case: Case, version: Version, asker: Asker) -> Consumer:
    """The service of the case, as holders are told who asks."""
    return Consumer(version.service.agency, version.service.id, case.ref, asker.who, asker.account)


def record(
    case: Case, version: Version, target: str, row: Mapping[str, object], *, key: str, hold: str, now: datetime,
    who: str = "system", corrects: str = "", consented: bool = False,
) -> Written:  # fmt: skip
    """Sends a change to the register's owner. The same key again is the same change. `corrects`: the key of an earlier

    change, whose row this one supersedes.
    """
    service = version.service
    return exchange.record(
        target, row, Consumer(service.agency, service.id, case.ref, who),
        key=key, hold=hold, law=service.law[0], now=now, corrects=corrects, consented=consented,
    )  # fmt: skip


def take_back(
    case: Case, version: Version, target: str, *, key: str, corrects: str, reason: str, now: datetime
) -> None:
    """The row that an earlier change wrote holds no longer: it is ended by a row that says so."""
    service = version.service
    exchange.record(
        target, {}, Consumer(service.agency, service.id, case.ref),
        key=key, law=service.law[0], now=now, corrects=corrects, reason=reason,
    )  # fmt: skip


def reserve(version: Version, target: str, place: str, *, key: str, amount: int = 1, now: datetime) -> Held | None:
    """Holds a place until it is taken or released; None if none is free."""
    return exchange.reserve(target, place, _consumer(version), key=key, amount=amount, now=now)


def release(version: Version, target: str, key: str, *, now: datetime) -> None:
    exchange.release(target, key, _consumer(version), now=now)


def free_places(
    version: Version, target: str, only: Mapping[str, object], *, limit: int, now: datetime
) -> tuple[FreePlace, ...]:
    return exchanged.free_places(target, only, _consumer(version), limit=limit, now=now)


def events(version: Version, source: str, after: str, limit: int, *, now: datetime) -> tuple[Told, ...]:
    return exchange.events(source, after, limit, _consumer(version), now=now)


def _consumer(version: Version) -> Consumer:
    """A service that asks of no case."""
    return Consumer(version.service.agency, version.service.id)


def takes(version: Version, target: str) -> tuple[str, str] | None:
    """`register.field` that fills a capacity with rows, and the field of how many; None if holds alone fill it."""
    found = offers.capacity(version.country, target)
    return (found.declared.taken_by, found.declared.by or "") if found and found.declared.taken_by else None


def register_of(version: Version, target: str) -> tuple[str, str]:
    """The register behind a name, and its agency: `passports.order`, `din-dma.receive`."""
    here = version.country
    for kind in (offers.change, offers.capacity, offers.event, offers.answer):
        found = kind(here, target)
        if found is not None:
            return found.register.id, found.register.agency
    return target.partition(".")[0], version.service.agency
