"""The port to the payment provider, and our client of it. docs/run/payments.md writes the messages down.

Every call may be repeated and means the same again: an order and a refund have keys. What the provider says is a
word to compare with what we know. Raises Unavailable if it is silent, or says what cannot be read or was not signed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, Literal, Protocol, TypeVar
from urllib.parse import urlencode

import msgspec
import requests
import structlog
from django.conf import settings

from pencere.base import clock, secrets
from pencere.base.errors import BadInput, Unavailable
from pencere.payments import signing

log = structlog.get_logger(__name__)
WHO = "payments"
TIME_OUT = (2.0, 5.0)
"""Seconds to connect, and to wait for the answer."""
LONGEST_ANSWER = 8.0
SILENT_SECONDS = 5.0
"""So long after no answer nobody else waits for one: the pages of others must not stand still."""
MOST_BYTES = 4 * 1024 * 1024

Amount = Annotated[int, msgspec.Meta(ge=0, le=10**15)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Said = TypeVar("Said", bound=msgspec.Struct)


class Payee(msgspec.Struct, frozen=True):
    name: str
    iban: str
    code: str


class Order(msgspec.Struct, frozen=True):
    """What the provider shows to the person. `back`: where the browser goes then; `tell`: where we want to be told."""

    key: str
    amount: Amount
    currency: str
    what: str
    payee: Payee
    language: str
    back: str
    tell: str
    until: Moment


class Word(msgspec.Struct, frozen=True):
    """How an order stands. `open`: not decided, or the bank is at it; `closed`: no money can come any more."""

    key: str
    state: Literal["open", "paid", "refused", "closed", "unknown"]
    amount: Amount = 0
    currency: str = ""
    receipt: Annotated[str, msgspec.Meta(max_length=80)] = ""
    at: Moment | None = None


class RefundWord(msgspec.Struct, frozen=True):
    """How a refund stands."""

    key: str
    state: Literal["waiting", "done", "refused"]
    amount: Amount = 0
    currency: str = ""
    at: Moment | None = None


class Line(msgspec.Struct, frozen=True):
    """One movement of money in the provider's own books."""

    kind: Literal["payment", "refund"]
    key: str
    amount: Amount
    currency: str
    receipt: str
    at: Moment


class Lines(msgspec.Struct, frozen=True):
    lines: tuple[Line, ...]


class Opened(msgspec.Struct, frozen=True):
    key: str
    page: Annotated[str, msgspec.Meta(max_length=500)]


class RefundOrder(msgspec.Struct, frozen=True):
    key: str
    amount: Amount
    currency: str
    reason: str


class Provider(Protocol):
    """What we need of a provider; see the head of this module."""

    def open(self, order: Order) -> str:
        """The address of the page where the person pays. Raises BadInput "order_over" for an order that has ended."""
        ...

    def ask(self, key: str) -> Word: ...

    def close(self, key: str) -> Word:
        """No more money, please. An order that was never opened is closed, too: it can never be opened again."""
        ...

    def refund(self, key: str, refund: RefundOrder) -> RefundWord: ...

    def lines(self, since: datetime, until: datetime) -> tuple[Line, ...]:
        """The provider's books of that time, `until` not included, in the order of time."""
        ...


class OverHttp:
    """The provider at an address, by JSON messages that both sides sign."""

    def __init__(self, url: str, secret: str) -> None:
        self._url, self._secret = url, secret
        self._silent_until = 0.0

    def open(self, order: Order) -> str:
        page = self._said("POST", "/orders", Opened, order).page
        if not page.startswith(f"{self._url}/"):
            raise Unavailable(WHO, "it names a page that is not its own")
        return page

    def ask(self, key: str) -> Word:
        return self._of(key, self._said("GET", f"/orders/{key}", Word))

    def close(self, key: str) -> Word:
        return self._of(key, self._said("POST", f"/orders/{key}/close", Word))

    def refund(self, key: str, refund: RefundOrder) -> RefundWord:
        return self._of(refund.key, self._said("POST", f"/orders/{key}/refunds", RefundWord, refund))

    def lines(self, since: datetime, until: datetime) -> tuple[Line, ...]:
        asked = urlencode({"since": since.isoformat(), "until": until.isoformat()})
        return self._said("GET", f"/lines?{asked}", Lines).lines

    def _of(self, key: str, said: Any) -> Any:
        if said.key != key:
            raise Unavailable(WHO, "it speaks of another order than was asked")
        return said

    def _said(self, method: str, path: str, kind: type[Said], message: msgspec.Struct | None = None) -> Said:
        body = msgspec.json.encode(message) if message is not None else b""
        way = f"{method} {path}"
        headers = {
            signing.HEADER: signing.sign(self._secret, way, body, _seconds()),
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        if time.monotonic() < self._silent_until:
            raise Unavailable(WHO, "it did not answer a moment ago")
        try:
            with requests.request(
                method,
                self._url + path,
                data=body,
                headers=headers,
                timeout=TIME_OUT,
                allow_redirects=False,
                stream=True,
            ) as answer:
                content = _content(answer)
        except (requests.RequestException, OSError) as problem:
            self._silent_until = time.monotonic() + SILENT_SECONDS
            raise Unavailable(WHO, f"no answer ({type(problem).__name__})") from None
        signature = answer.headers.get(signing.HEADER, "")
        if not signing.holds(self._secret, f"answer {way}", content, signature, _seconds()):
            raise Unavailable(WHO, f"answered {answer.status_code} without a good signature")
        if answer.status_code == 409:
            raise BadInput("order_over")
        if answer.status_code != 200:
            raise Unavailable(WHO, f"answered {answer.status_code}")
        try:
            return msgspec.json.decode(content, type=kind)
        except msgspec.DecodeError as problem:
            log.error("payments_garbage", way=way, problem=str(problem))
            raise Unavailable(WHO, "its answer cannot be read") from None


_used: Provider | None = None


def current() -> Provider:
    """The installation's provider. Raises Unavailable if it has none."""
    if _used is not None:
        return _used
    url = settings.PENCERE.payments_url
    if not url:
        raise Unavailable(WHO, "this installation has no payment provider (PENCERE_PAYMENTS_URL)", 3600)
    return _over_http(url, secret())


@lru_cache(maxsize=4)
def _over_http(url: str, key: str) -> OverHttp:
    return OverHttp(url, key)


def secret() -> str:
    """What we and the provider sign with; made at the first start."""
    return secrets.read_or_make(settings.PENCERE.keys / "payments-secret")


@contextmanager
def using(provider: Provider) -> Iterator[None]:
    """For tests: another provider for a while."""
    global _used
    before, _used = _used, provider
    try:
        yield
    finally:
        _used = before


def _content(answer: requests.Response) -> bytes:
    """The body, if it comes whole within a few seconds and is not endless."""
    until, content = time.monotonic() + LONGEST_ANSWER, b""
    for piece in answer.iter_content(64 * 1024):
        content += piece
        if len(content) > MOST_BYTES or time.monotonic() > until:
            raise Unavailable(WHO, "its answer is too long or too slow")
    return content


def _seconds() -> int:
    return int(clock.now().timestamp())
