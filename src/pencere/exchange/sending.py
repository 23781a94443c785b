"""What goes to another agency: the look is in the ledger before it goes, and counted once, however often it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import Error, transaction

from pencere import country
from pencere.base import clock
from pencere.base.errors import Unavailable
from pencere.base.purpose import Purpose
from pencere.country.declarations import Accept
from pencere.country.offers import Offer
from pencere.exchange import budgets
from pencere.exchange.models import Sent
from pencere.ledger import actions as ledger
from pencere.ledger.actions import Look
from pencere.registers import queries as registers


def announce(
    target: str, key: str, found: Offer[Accept], row: Mapping[str, object], purpose: Purpose, now: datetime
) -> None:
    """Before a change is sent. `purpose`: of the agency that gets the data. Raises Unavailable: then nothing goes."""
    register, grant = found.register, found.grant
    try:
        if Sent.objects.filter(target=target, key=key).exists():
            return
    except Error as problem:
        raise Unavailable("exchange", "what was sent cannot be read") from problem
    if grant is not None and grant.per_day is not None:
        day = clock.day_in(country.current().time_zone, now)
        budgets.spend(target, grant.per_day, day, register.agency)
    fields = tuple(name for name, value in row.items() if value is not None)
    source = registers.service_id(register.id, found.declared.name)
    looks = [Look(person, register.id, fields, source) for person in registers.subjects_of(register.id, row)]
    if looks:
        ledger.record_look(purpose, looks, kind="evidence", now=now)
    try:
        with transaction.atomic(durable=True):
            Sent.objects.bulk_create([Sent(target=target, key=key, at=now)], ignore_conflicts=True)
    except (Error, OSError) as problem:
        raise Unavailable("exchange", "what is sent could not be written down") from problem
