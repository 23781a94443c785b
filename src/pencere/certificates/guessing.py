"""Slows down who asks too much and who guesses. Addresses are kept as a keyed hash that changes every day.

Two limits. *Asking*: a bucket of tokens for each address in this process's memory; it holds back a flood. *Guessing*:
wrong codes and wrong second factors are counted in the database, for all processes, by address and, for a second
factor, by certificate; who is over the limit is told so before anything is looked up, so the limit tells nothing.
A wrong guess costs one durable write, as a right one does, which is written into the person's ledger: so time does
not tell them apart.
"""

from __future__ import annotations

import hmac
import ipaddress
import threading
from collections import OrderedDict
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest

from pencere.certificates.models import Miss

STRETCH = timedelta(minutes=10)
MOST_MISSES = 30
"""Wrong codes and answers of one address in ten minutes."""
MOST_WRONG_ANSWERS = 10
"""Wrong second factors for one certificate in ten minutes, from wherever."""
ASKED_PER_SECOND = 5.0
ASKED_AT_ONCE = 60.0
_ADDRESSES = 20_000


class Buckets:
    """Tokens for the latest addresses; the longest unused ones are forgotten, which only favours them."""

    def __init__(self, per_second: float = ASKED_PER_SECOND, at_once: float = ASKED_AT_ONCE) -> None:
        self._per_second, self._at_once = per_second, at_once
        self._lock = threading.Lock()
        self._tokens: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, who: str, now: datetime) -> bool:
        """False if none is left."""
        at = now.timestamp()
        with self._lock:
            left, since = self._tokens.pop(who, (self._at_once, at))
            left = min(self._at_once, left + max(at - since, 0.0) * self._per_second)
            taken = left >= 1
            self._tokens[who] = (left - 1 if taken else left, at)
            if len(self._tokens) > _ADDRESSES:
                self._tokens.popitem(last=False)
            return taken


buckets = Buckets()


def address_of(request: HttpRequest) -> str:
    """The asker's address, as far as the proxies in front are believed; of IPv6 the network (/64)."""
    text = request.META.get("REMOTE_ADDR", "")
    believed = settings.PENCERE.trusted_proxies
    if believed:
        chain = [one.strip() for one in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if one.strip()]
        text = chain[-min(believed, len(chain))] if chain else text
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text[:64]
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)


def may_ask(address: str, now: datetime) -> bool:
    """Whether this address may ask at all now."""
    return buckets.take(address, now) and misses(address, now) < MOST_MISSES


def may_answer(certificate: str, now: datetime) -> bool:
    """Whether another second factor may be tried on this certificate."""
    return misses(certificate, now) < MOST_WRONG_ANSWERS


def misses(name: str, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count FROM certificates_miss WHERE who = %s AND stretch = %s", [_who(name, now), _stretch(now)]
        )
        row = cursor.fetchone()
    return row[0] if row else 0


@transaction.atomic(durable=True)
def count_miss(now: datetime, *names: str) -> None:
    """One more wrong guess by an address, and on a certificate where one is named."""
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(
                "INSERT INTO certificates_miss (who, stretch, count) VALUES (%s, %s, 1) "
                "ON CONFLICT (who, stretch) DO UPDATE SET count = certificates_miss.count + 1",
                [_who(name, now), _stretch(now)],
            )


def sweep(now: datetime) -> int:
    """Forgets counts of past stretches."""
    with transaction.atomic():
        return Miss.objects.filter(stretch__lt=_stretch(now) - 1).delete()[0]


def _stretch(now: datetime) -> int:
    return int(now.timestamp() // STRETCH.total_seconds())


def _who(name: str, now: datetime) -> str:
    key = f"{settings.SECRET_KEY}:{now.date()}".encode()
    return hmac.digest(key, name.encode(), "sha256").hex()
