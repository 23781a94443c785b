"""What the portal asks, as docs/run/payments.md writes it down. Who signs is answered; the answer is signed, too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt

from pencere.base import clock
from pencere.payments import provider, signing
from pencere.payments.demo_provider import books

View = Callable[..., HttpResponse]
Said = msgspec.Struct | int
"""An answer, or the status of a refusal."""


def _signed(answer: Callable[..., Said]) -> View:
    def view(request: HttpRequest, **named: Any) -> HttpResponse:
        now, secret = clock.now(), provider.secret()
        way, at = f"{request.method} {request.get_full_path()}", int(now.timestamp())
        if not signing.holds(secret, way, request.body, request.headers.get(signing.HEADER, ""), at):
            return HttpResponse(status=403)
        try:
            said = answer(request, now=now, **named)
        except msgspec.DecodeError:
            said = 400
        status, body = (said, b"{}") if isinstance(said, int) else (200, msgspec.json.encode(said))
        response = HttpResponse(body, status=status, content_type="application/json")
        response[signing.HEADER] = signing.sign(secret, f"answer {way}", body, at)
        return response

    return csrf_exempt(view)


@_signed
def orders(request: HttpRequest, *, now: datetime) -> Said:
    asked = msgspec.json.decode(request.body, type=provider.Order)
    order = books.opened(asked)
    if order is None:
        return 409
    with override(asked.language if asked.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        page = reverse("order", args=[order.token])
    return provider.Opened(order.key, settings.PENCERE.demo_payments_url + page)


@_signed
def order(request: HttpRequest, *, key: str, now: datetime) -> Said:
    return books.state_of(key, now)


@_signed
def close(request: HttpRequest, *, key: str, now: datetime) -> Said:
    return books.closed(key, now) if request.method == "POST" else 405


@_signed
def refunds(request: HttpRequest, *, key: str, now: datetime) -> Said:
    return books.paid_back(key, msgspec.json.decode(request.body, type=provider.RefundOrder), now)


@_signed
def lines(request: HttpRequest, *, now: datetime) -> Said:
    try:
        since, until = (datetime.fromisoformat(request.GET[name]) for name in ("since", "until"))
    except (KeyError, ValueError):
        return 400
    return provider.Lines(books.lines(since, until, now)) if since.tzinfo and until.tzinfo else 400
