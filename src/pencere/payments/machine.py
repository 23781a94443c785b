"""Where the payment provider tells us how an order stands. A word counts only if it is signed; it is answered 204

after what it changed is on disk, so a provider that hears nothing tells it again.
"""

from __future__ import annotations

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from pencere.base import clock
from pencere.identity import access
from pencere.payments import actions, provider, signing
from pencere.payments.provider import Word

MOST_BYTES = 16 * 1024


@access.public
def tell(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return HttpResponse(status=413)
    now, body = clock.now(), request.body
    signature = request.headers.get(signing.HEADER, "")
    if not signing.holds(provider.secret(), f"POST {request.path}", body, signature, int(now.timestamp())):
        return HttpResponse(status=403)
    try:
        word = msgspec.json.decode(body, type=Word)
    except msgspec.DecodeError:
        return HttpResponse(status=400)
    actions.take_word(word, now)
    return HttpResponse(status=204)
