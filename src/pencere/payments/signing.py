"""Signatures of what we and the payment provider say to each other: HMAC-SHA-256 with the secret that both keep.

    X-Payments-Signature: t=1790000000,v1=<hex of HMAC(secret, way NEWLINE t NEWLINE body)>

`way` is "POST /orders" for a question and "answer POST /orders" for its answer, so that neither can be played back
as the other or elsewhere. What is older than ten minutes does not count.
"""

from __future__ import annotations

import hashlib
import hmac
import re

HEADER = "X-Payments-Signature"
OLDEST_SECONDS = 600
_SHAPE = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})", re.ASCII)


def sign(secret: str, way: str, body: bytes, at: int) -> str:
    """The value of the header; `at` in seconds since 1970."""
    return f"t={at},v1={_mac(secret, way, body, at)}"


def holds(secret: str, way: str, body: bytes, header: str, now: int) -> bool:
    """Whether the header is of this very message, by who knows the secret, and of these minutes."""
    found = _SHAPE.fullmatch(header)
    if found is None or abs(now - int(found[1])) > OLDEST_SECONDS:
        return False
    return hmac.compare_digest(_mac(secret, way, body, int(found[1])), found[2])


def _mac(secret: str, way: str, body: bytes, at: int) -> str:
    return hmac.digest(secret.encode(), f"{way}\n{at}\n".encode() + body, hashlib.sha256).hex()
