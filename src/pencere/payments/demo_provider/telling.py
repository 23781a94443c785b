"""Tells the portal how orders ended, in a thread of the provider's process, until the portal says that it heard."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import msgspec
import requests
import structlog
from django.db import Error, connection, transaction

from pencere.base import clock
from pencere.payments import provider, signing
from pencere.payments.demo_provider import books
from pencere.payments.demo_provider.models import Telling

log = structlog.get_logger(__name__)
EVERY_SECONDS = 0.2
MOST_TRIES = 12


def begin() -> None:
    threading.Thread(target=_tell, args=(threading.Event(),), name="telling", daemon=True).start()


def _tell(stop: threading.Event) -> None:
    while not stop.wait(EVERY_SECONDS):
        try:
            tell_due(clock.now())
        except (Error, OSError) as problem:
            log.error("telling_failed", exc_info=problem)
            connection.close()


def tell_due(now: datetime) -> int:
    """All at once, so that two words about one order meet at the portal; returns how many were told."""
    due = list(Telling.objects.filter(due_at__lte=now).select_related("order")[:20])
    words = [books.state_of(one.order.key, now) for one in due]
    with ThreadPoolExecutor(4) as pool:
        heard = list(pool.map(_say, [one.order.tell for one in due], words))
    for one, was_heard in zip(due, heard, strict=True):
        one.tries += 1
        gives_up = one.tries >= MOST_TRIES
        one.due_at = None if was_heard or gives_up else now + timedelta(seconds=min(2**one.tries, 300))
        with transaction.atomic():
            one.save(update_fields=["tries", "due_at"])
    return sum(heard)


def _say(address: str, word: provider.Word) -> bool:
    body = msgspec.json.encode(word)
    way = f"POST {urlsplit(address).path}"
    headers = {
        signing.HEADER: signing.sign(provider.secret(), way, body, int(clock.now().timestamp())),
        "Content-Type": "application/json",
    }
    try:
        return requests.post(address, data=body, headers=headers, timeout=(2, 5), allow_redirects=False).ok
    except requests.RequestException:
        return False
