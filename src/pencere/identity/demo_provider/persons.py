"""The persons of the running provider, read again when the nation was made anew, and the numbers that name them."""

from __future__ import annotations

import hashlib
import hmac
from threading import Lock

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from pencere.identity.demo_provider import people
from pencere.identity.demo_provider.people import People, Person

_lock = Lock()
_read: tuple[int, People, dict[str, Person]] | None = None


def all_people() -> People:
    """Nobody where no nation was made yet."""
    return _current()[1]


def by_sub(sub: str) -> Person | None:
    return _current()[2].get(sub)


def sub_of(person: Person) -> str:
    """The number that names a person to others: it follows from a key, is the same every time, and tells nothing."""
    return hmac.digest(settings.SECRET_KEY.encode(), person.identifier.encode(), hashlib.sha256).hex()


def subject(sub: str) -> User | None:
    """The row that allauth ties its tokens to; made when a person is first picked."""
    if by_sub(sub) is None:
        return None
    with transaction.atomic():
        user, made = User.objects.get_or_create(username=sub)
        if made:
            user.set_unusable_password()
            user.save(update_fields=["password"])
    return user


def _current() -> tuple[int, People, dict[str, Person]]:
    global _read
    path = settings.PENCERE.data / "demo" / "people.jsonl"
    try:
        stamp = path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0, People(()), {}
    with _lock:
        if _read is None or _read[0] != stamp:
            found = people.read(path)
            _read = (stamp, found, {sub_of(person): person for person in found.every()})
        return _read
