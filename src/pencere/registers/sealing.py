"""What must not be read in an address, sealed: an officer's filter on persons, and where a list goes on.

AES-GCM (NIST SP 800-38D) under a key that follows from the installation's secret, bound to the officer's account and
the register: what one officer copies out of the address line opens for nobody else. Says nothing of who may look.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.crypto import salted_hmac

_NONCE = 12


def seal(values: Mapping[str, str], account: str, register: str) -> str:
    """The values as text of an address."""
    nonce = secrets.token_bytes(_NONCE)
    sealed = _cipher().encrypt(nonce, msgspec.json.encode(dict(values)), _bound(account, register))
    return base64.urlsafe_b64encode(nonce + sealed).rstrip(b"=").decode()


def unseal(text: str, account: str, register: str) -> dict[str, str]:
    """What was sealed for this officer and register; nothing if it was for another, or was changed."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        opened = _cipher().decrypt(raw[:_NONCE], raw[_NONCE:], _bound(account, register))
        return msgspec.json.decode(opened, type=dict[str, str])
    except (InvalidTag, ValueError, binascii.Error, msgspec.DecodeError):
        return {}


def _cipher() -> AESGCM:
    return AESGCM(salted_hmac("pencere.registers.sealing", "filters of lists", algorithm="sha256").digest())


def _bound(account: str, register: str) -> bytes:
    return f"{account} {register}".encode()
