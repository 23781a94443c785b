"""Only of the demo: its officers and their second factors, so that `pencere demo code NAME` can say a code."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from pencere import country
from pencere.base import secrets, writing
from pencere.identity import actions, rules, second_factor
from pencere.identity.demo_provider.people import People, Person


class NotTheDemo(Exception):
    """Asked of an installation that serves real persons."""


@dataclass(frozen=True, slots=True)
class Code:
    """The code that an officer's app would show now, and how long it still holds."""

    name: str
    agency: str
    role: str
    code: str
    seconds: int


def enrol_second_factor(identifier: str, name: str, now: datetime) -> None:
    """Gives a demo officer an account and the secret of an app. Repeating it changes nothing."""
    _must_be_demo()
    with transaction.atomic():
        account = actions.known(identifier, name, now)
        if not second_factor.factors(account):
            second_factor.keep_secret(account, secret_of(account.identifier), now)


def prepare_officers(people: People, now: datetime) -> int:
    """Appoints the officers of the demo's people and enrols their second factors."""
    _must_be_demo()
    officers = people.officers()
    for person in officers:
        if person.office:
            actions.appoint_officer(person.identifier, person.name, *person.office, now)
            enrol_second_factor(person.identifier, person.name, now)
    return len(officers)


def codes(people: People, name: str, now: datetime) -> tuple[Code, ...]:
    """The codes of the officers in whose name, agency and role every word of `name` occurs; all for an empty one."""
    _must_be_demo()
    written = country.current().writing[country.current().languages[0]]
    words = writing.fold(name, written).split()
    left = rules.STEP_SECONDS - int(now.timestamp()) % rules.STEP_SECONDS
    return tuple(
        Code(person.name, *person.office, _code(person, now), left)
        for person in people.officers()
        if person.office
        and all(word in writing.fold(f"{person.name} {person.agency} {person.role}", written) for word in words)
    )


def secret_of(identifier: str) -> str:
    """Follows from a file of the keys folder; base 32."""
    key = secrets.read_or_make(settings.PENCERE.keys / "demo-second-factor")
    return base64.b32encode(hmac.digest(key.encode(), identifier.encode(), hashlib.sha256)[:20]).decode()


def _code(person: Person, now: datetime) -> str:
    return rules.code_at(secret_of(person.identifier), int(now.timestamp()) // rules.STEP_SECONDS)


def _must_be_demo() -> None:
    if not settings.PENCERE.demo:
        raise NotTheDemo("this installation is not a demo")
