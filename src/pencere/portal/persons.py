"""Whose looks somebody may read: their own, and those of whoever they may act for (a parent for a child).

The right is asked of the registers each time, and reading is itself a look at the other person. In addresses a person
is a number that means something to one account only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404
from django.utils.crypto import salted_hmac

from pencere import country
from pencere.base.errors import Unavailable
from pencere.base.purpose import Purpose
from pencere.exchange import actions as exchange
from pencere.identity.queries import Who
from pencere.ledger import actions as ledger
from pencere.ledger.actions import Look
from pencere.portal.looks import ACCESS, LEDGER


@dataclass(frozen=True, slots=True)
class Person:
    """`number` stands for the person in an address; empty for oneself."""

    identifier: str
    name: str
    number: str = ""


def may_be_others() -> bool:
    """Whether the country lets anybody act for another."""
    return bool(country.current().representation)


@dataclass(frozen=True, slots=True)
class Others:
    """Whom somebody may act for today; `silent`: agencies that could not be asked, so that there may be more."""

    persons: tuple[Person, ...]
    silent: tuple[str, ...] = ()


def others(who: Who, now: datetime) -> Others:
    """Asking is a look at each of them. One ground that cannot be asked does not hide the others."""
    found: dict[str, Person] = {}
    silent: dict[str, None] = {}
    for ground in country.current().representation:
        try:
            answered = exchange.acted_for(
                who.identifier, service=ACCESS, person=who.account_id, now=now, grounds=(ground,)
            )
        except Unavailable as problem:
            silent[problem.who] = None
            continue
        for one in answered:
            if not one.is_organisation:
                found.setdefault(one.identifier, Person(one.identifier, one.name, _number(who, one.identifier)))
    return Others(tuple(found.values()), tuple(silent))


def opened(who: Who, number: str, now: datetime) -> Person:
    """The person whose looks are about to be read; for another the reading is written down first.

    Raises Http404 for a number that stands for nobody this person may act for; Unavailable while that cannot be known.
    """
    if not number:
        return Person(who.identifier, who.name)
    known = others(who, now)
    person = next((one for one in known.persons if one.number == number), None)
    if person is None:
        raise Http404 if not known.silent else Unavailable(known.silent[0], "who may act for whom")
    purpose = Purpose("own", "", ACCESS, "", "", "person", who.account_id)
    ledger.record_look(purpose, [Look(person.identifier, LEDGER, ("looks",))], kind="own", now=now)
    return person


def _number(who: Who, identifier: str) -> str:
    return salted_hmac("pencere.portal.person", f"{who.account_id}:{identifier}", algorithm="sha256").hexdigest()[:20]
