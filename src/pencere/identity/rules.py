"""Pure rules of identity: when a session ends, what a one-time code is, how a provider's `acr` reads. No clock here."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from collections.abc import Mapping

IDLE_SECONDS = 30 * 60
LONGEST_SECONDS = 12 * 3600
"""A session ends after this long without a page, and after that long in any case."""

STEP_SECONDS = 30
DIGITS = 6
DRIFT = 1
"""One-time codes as RFC 6238 has them; a clock may be one step off."""

TRIES = 5
PAUSE_SECONDS = 5 * 60
"""After so many wrong codes in a row, none is read for so long: 6 digits then hold for centuries."""


def must_end(signed_in: float, seen: float, now: float) -> bool:
    """Whether a session is over: idle too long, or older than any session may be."""
    return now - seen > IDLE_SECONDS or now - signed_in > LONGEST_SECONDS


def seconds_left(signed_in: float, seen: float, now: float) -> int:
    """Until the session ends if no page is asked for."""
    return max(0, round(min(seen + IDLE_SECONDS, signed_in + LONGEST_SECONDS) - now))


def must_touch(seen: float, now: float) -> bool:
    """Whether a page prolongs the session: at most one write a minute."""
    return now - seen >= 60


def code_at(secret: str, step: int) -> str:
    """The one-time code of a step. `secret` is base 32, as authenticator apps take it."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8), casefold=True)
    digest = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_of(secret: str, code: str, now: float, *, after: int) -> int | None:
    """The step whose code this is, or None. A step at or before `after` was used already and counts no more."""
    current = int(now) // STEP_SECONDS
    found = None
    for step in range(current - DRIFT, current + DRIFT + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()) and step > after:
            found = step
    return found


def must_wait(wrong: int, wrong_at: float, now: float) -> bool:
    """Whether no code is read at the moment, after too many wrong ones."""
    return wrong >= TRIES and now - wrong_at < PAUSE_SECONDS


def level_of(acr: str) -> str:
    """The level that a provider's `acr` claim names: an eIDAS word, alone or at the end of an address; else "low"."""
    word = acr.rstrip("/").rsplit("/", 1)[-1].rsplit(":", 1)[-1].lower()  # ascii
    return word if word in ("low", "substantial", "high") else "low"


LEEWAY_SECONDS = 60
"""How far the provider's clock may be from ours."""


def token_flaw(claims: Mapping[str, object], issuer: str, client: str, nonce: str | None, now: float) -> str | None:
    """What is wrong with an ID token whose signature holds, in a word; None if nothing. OpenID Connect Core 3.1.3.7.

    `nonce` None: the token was asked for by another client, who has checked its own.
    """
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    expires, issued = claims.get("exp"), claims.get("iat")
    if claims.get("iss") != issuer:
        return "issuer"
    if client not in audiences or claims.get("azp", client) != client or (len(audiences) > 1 and "azp" not in claims):
        return "audience"
    if not isinstance(expires, int | float) or now > expires + LEEWAY_SECONDS:
        return "expired"
    if not isinstance(issued, int | float) or issued > now + LEEWAY_SECONDS:
        return "issued in the future"
    if nonce is not None and not (nonce and hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode())):
        return "nonce"
    if not isinstance(claims.get("sub"), str) or not claims["sub"]:
        return "subject"
    return None
