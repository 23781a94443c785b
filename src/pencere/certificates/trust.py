"""The trust list: which seals are believed, from when until when, signed so that it can be carried offline.

    {"list": {"format": "pencere-trust-1", "country": …, "url": …, "issued_at": …, "root": PEM,
              "seals": [{"agency", "names": {language: text}, "number", "state", "since", "until",
                         "fingerprint", "certificates": [PEM, …]}]},
     "signature": {"algorithm": "ES256", "certificates": [PEM, …], "value": base64 of DER}}

The signature is over the canonical JSON (RFC 8785) of `list`. Its signer is the root itself, or a key whose
certificate the root issued (agency `trust` in the key store). Whoever takes the list takes its root on trust.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from pencere.base.canonical import canonical
from pencere.base.errors import Problem, Unavailable
from pencere.certificates import keys
from pencere.certificates.keys import KeyStore, SealKey

FORMAT = "pencere-trust-1"
SIGNER = "trust"
"""The name in the key store under which a real installation keeps the key that signs its list."""


class BadTrustList(Problem):
    """The file is no trust list, or its signature does not fit it."""


@dataclass(frozen=True, slots=True)
class TrustedSeal:
    agency: str
    names: Mapping[str, str]
    number: int
    state: str
    since: datetime
    until: datetime
    chain: tuple[x509.Certificate, ...]


@dataclass(frozen=True, slots=True)
class TrustList:
    country: str
    url: str
    issued_at: datetime
    root: x509.Certificate
    seals: tuple[TrustedSeal, ...]


def build(store: KeyStore, names: Mapping[str, Mapping[str, str]], *, country: str, url: str, now: datetime) -> bytes:
    """The signed list of every seal that has a certificate. Raises Unavailable if nobody can sign it."""
    content: dict[str, Any] = {
        "format": FORMAT,
        "country": country,
        "url": url,
        "issued_at": now.isoformat(timespec="seconds"),
        "root": _pem(store.root()),
        "seals": [_entry(key, names) for key in store.seals() if key.chain and key.agency != SIGNER],
    }
    secret, chain = _signer(store)
    value = secret.sign(canonical(content), ec.ECDSA(hashes.SHA256()))
    signature = {
        "algorithm": "ES256",
        "certificates": [_pem(one) for one in chain],
        "value": base64.b64encode(value).decode(),
    }
    return json.dumps({"list": content, "signature": signature}, ensure_ascii=False, indent=1).encode() + b"\n"


def read(text: bytes) -> TrustList:
    """Raises BadTrustList unless the list is whole and signed under its own root."""
    try:
        parsed = json.loads(text)
        content, signature = parsed["list"], parsed["signature"]
        root = x509.load_pem_x509_certificate(content["root"].encode())
        signers = [x509.load_pem_x509_certificate(one.encode()) for one in signature["certificates"]]
        if content["format"] != FORMAT or signature["algorithm"] != "ES256" or not signers:
            raise BadTrustList("this is no trust list of a kind that is known here")
        for below, above in zip(signers, [*signers[1:], root], strict=True):
            below.verify_directly_issued_by(above)
        _verify(signers[0], base64.b64decode(signature["value"], validate=True), canonical(content))
        seals = tuple(_seal(one) for one in content["seals"])
        return TrustList(content["country"], content["url"], datetime.fromisoformat(content["issued_at"]), root, seals)
    except InvalidSignature:
        raise BadTrustList("the trust list was changed: its signature does not fit") from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise BadTrustList("this is no trust list") from None


def write(path: Path, content: bytes) -> None:
    """Whole or not at all: readers see the old list or the new one."""
    keys.write_whole(path, content, mode=0o644)


def _signer(store: KeyStore) -> tuple[ec.EllipticCurvePrivateKey, tuple[x509.Certificate, ...]]:
    root_key = store.root_key()
    if root_key is not None:
        return root_key, (store.root(),)
    try:
        key = store.active(SIGNER)
    except Unavailable:
        raise Unavailable("keys", f"nobody can sign the trust list: pencere key new {SIGNER} --for seal") from None
    return store.secret(key), key.chain


def _entry(key: SealKey, names: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    assert key.since and key.until
    return {
        "agency": key.agency,
        "names": dict(names.get(key.agency, {})),
        "number": key.number,
        "state": key.state,
        "since": key.since.isoformat(timespec="seconds"),
        "until": key.until.isoformat(timespec="seconds"),
        "fingerprint": keys.fingerprint(key.certificate),
        "certificates": [_pem(one) for one in key.chain],
    }


def _seal(entry: Mapping[str, Any]) -> TrustedSeal:
    chain = tuple(x509.load_pem_x509_certificate(one.encode()) for one in entry["certificates"])
    since, until = datetime.fromisoformat(entry["since"]), datetime.fromisoformat(entry["until"])
    return TrustedSeal(entry["agency"], entry["names"], entry["number"], entry["state"], since, until, chain)


def _verify(signer: x509.Certificate, value: bytes, content: bytes) -> None:
    public_key = signer.public_key()
    if not isinstance(public_key, ec.EllipticCurvePublicKey):
        raise ValueError("the list is signed with P-256")
    public_key.verify(value, content, ec.ECDSA(hashes.SHA256()))


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
