"""Judges a PDF by its seal alone, offline, with the trust list. Uses nothing of what made the seal.

It does not read the PDF's structure: strangers' files are not parsed here. A seal covers every byte of the file but
the hole that holds the seal itself. So a file is what an agency sealed if (1) the hole is exactly one hexadecimal
text, (2) the signature in it fits all other bytes, (3) what no signature covers inside the CMS is written as we
write it, and (4) the seal's certificate is in the trust list, its key not revoked, the moment within its window.
Then no byte can have been changed, and nothing can have been added.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from asn1crypto import cms, core
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from pencere.certificates.keys import REVOKED
from pencere.certificates.trust import TrustedSeal, TrustList

MOST_BYTES = 10 * 1024 * 1024
SLACK = timedelta(minutes=5)
"""By so much the clocks of two machines may differ."""

# ---- what is found: one word of code each; pages and the command have the sentences
SEALED = "sealed"
NOT_PDF, TOO_LARGE, CUT_OFF, ENCRYPTED = "not_pdf", "too_large", "cut_off", "encrypted"
NO_SEAL, CHANGED, ADDED, FOREIGN = "no_seal", "changed", "added", "foreign"
KEY_REVOKED, OUT_OF_WINDOW = "key_revoked", "out_of_window"

_RANGE = re.compile(rb"/ByteRange ?\[ ?(\d{1,10}) (\d{1,10}) (\d{1,10}) (\d{1,10}) ?\]")
_MOMENT = re.compile(rb"/M \(D(?::|\\072)(\d{14})(?:Z|\+00'00'?)\)")
_MOST_SEALS = 32
_LARGEST_SEAL = 128 * 1024


@dataclass(frozen=True, slots=True)
class Judgement:
    """`seal` and `moment` where the seal of a known agency fits; `signer` is a foreign one's own words."""

    found: str
    seal: TrustedSeal | None = None
    moment: datetime | None = None
    signer: str = ""


class _Unfit(Exception):
    """This seal does not fit; carries the judgement."""

    def __init__(self, judgement: Judgement) -> None:
        super().__init__(judgement.found)
        self.judgement = judgement


def judge(file: bytes, trust: TrustList) -> Judgement:
    """What the file is, by its seal."""
    if len(file) > MOST_BYTES:
        return Judgement(TOO_LARGE)
    if not file.startswith(b"%PDF-"):
        return Judgement(NOT_PDF)
    ranges = list(_ranges(file))
    if not ranges:
        return Judgement(_why_no_seal(file))
    worst = Judgement(CHANGED)
    for start, end, length in ranges:
        whole = end + length == len(file)
        if end + length > len(file):
            worst = Judgement(CUT_OFF)
            continue
        try:
            fits = _judge_seal(file[: end + length], start, end, trust)
        except _Unfit as unfit:
            worst = unfit.judgement
            continue
        return fits if whole else Judgement(ADDED, fits.seal, fits.moment)
    return worst


def _ranges(file: bytes) -> Iterator[tuple[int, int, int]]:
    """Start and end of each seal's hole and what follows it; newest first, only such as begin at 0."""
    found = list(_RANGE.finditer(file))[-_MOST_SEALS:]
    for one in reversed(found):
        begin, start, end, length = (int(number) for number in one.groups())
        if begin == 0 and start < end <= start + _LARGEST_SEAL:
            yield start, end, length


def _why_no_seal(file: bytes) -> str:
    if b"%%EOF" not in file[-2048:]:
        return CUT_OFF
    return ENCRYPTED if b"/Encrypt" in file else NO_SEAL


def _judge_seal(file: bytes, start: int, end: int, trust: TrustList) -> Judgement:
    """SEALED, KEY_REVOKED or OUT_OF_WINDOW; raises _Unfit with CHANGED or FOREIGN."""
    written = file[start:end]
    der, signed_data = _read_cms(written)
    signer = signed_data["signer_infos"][0]
    seal = _seal_of(signer, trust)
    if seal is None:
        raise _Unfit(Judgement(FOREIGN, signer=_common_name(signed_data)))
    digest = hashlib.sha256(file[:start] + file[end:]).digest()
    attributes = {attribute["type"].native: attribute["values"] for attribute in signer["signed_attrs"]}
    if "message_digest" not in attributes or attributes["message_digest"][0].native != digest:
        raise _Unfit(Judgement(CHANGED))
    public_key = seal.chain[0].public_key()
    assert isinstance(public_key, ec.EllipticCurvePublicKey)
    try:
        public_key.verify(signer["signature"].native, signer["signed_attrs"].untag().dump(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise _Unfit(Judgement(CHANGED)) from None
    if der != _as_we_write(signer, seal, trust.root) or written != _hole(der, len(written)):
        raise _Unfit(Judgement(CHANGED))
    moment = _moment(file[end:])
    if moment is None:
        raise _Unfit(Judgement(CHANGED))
    if seal.state == REVOKED:
        return Judgement(KEY_REVOKED, seal, moment)
    inside = seal.since - SLACK <= moment <= seal.until + SLACK
    return Judgement(SEALED if inside else OUT_OF_WINDOW, seal, moment)


def _read_cms(written: bytes) -> tuple[bytes, cms.SignedData]:
    try:
        padded = bytes.fromhex(written.removeprefix(b"<").removesuffix(b">").decode("ascii"))
        content = cms.ContentInfo.load(padded)
        der = content.dump()
        signed_data = content["content"]
        if content["content_type"].native != "signed_data" or len(signed_data["signer_infos"]) != 1:
            raise ValueError("not one seal")
        signed_data["signer_infos"][0]["signed_attrs"].native  # noqa: B018 - reads all of it, so that errors come here
        return der, signed_data
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError):
        raise _Unfit(Judgement(CHANGED)) from None


def _seal_of(signer: cms.SignerInfo, trust: TrustList) -> TrustedSeal | None:
    try:
        identifier = signer["sid"].chosen
        serial, issuer = identifier["serial_number"].native, identifier["issuer"].dump()
    except (ValueError, TypeError, KeyError):
        return None
    for seal in trust.seals:
        certificate = seal.chain[0]
        if certificate.serial_number == serial and certificate.issuer.public_bytes() == issuer:
            return seal if _leads_to_root(seal.chain, trust.root) else None
    return None


def _leads_to_root(chain: tuple[x509.Certificate, ...], root: x509.Certificate) -> bool:
    try:
        for below, above in zip(chain, (*chain[1:], root), strict=True):
            below.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return isinstance(chain[0].public_key(), ec.EllipticCurvePublicKey)


def _as_we_write(signer: cms.SignerInfo, seal: TrustedSeal, root: x509.Certificate) -> bytes:
    """The CMS with the signed attributes and signature given, and every other byte as our sealers write it."""
    sha256 = {"algorithm": "sha256", "parameters": core.Null()}
    certificates = [one.public_bytes(serialization.Encoding.DER) for one in (*seal.chain, root)]
    rebuilt = cms.ContentInfo(
        {
            "content_type": "signed_data",
            "content": cms.SignedData(
                {
                    "version": "v1",
                    "digest_algorithms": [sha256],
                    "encap_content_info": {"content_type": "data"},
                    "certificates": [cms.Certificate.load(one) for one in certificates],
                    "signer_infos": [
                        {
                            "version": "v1",
                            "sid": cms.SignerIdentifier("issuer_and_serial_number", signer["sid"].chosen.copy()),
                            "digest_algorithm": sha256,
                            "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                            "signed_attrs": signer["signed_attrs"].untag().copy(),
                            "signature": signer["signature"].native,
                        }
                    ],
                }
            ),
        }
    )
    return bytes(rebuilt.dump())


def _hole(der: bytes, length: int) -> bytes:
    digits = der.hex().upper()  # ascii
    return b"<" + digits.encode().ljust(length - 2, b"0") + b">"


def _moment(after: bytes) -> datetime | None:
    """The moment of sealing, as the seal's dictionary says; it lies in the part that the signature covers."""
    found = _MOMENT.findall(after)
    if len(found) != 1:
        return None
    try:
        return datetime.strptime(found[0].decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _common_name(signed_data: cms.SignedData) -> str:
    """How a stranger's seal calls itself; its words are shown, never believed."""
    try:
        names = signed_data["certificates"][0].chosen.subject.native
        return str(names.get("common_name") or names.get("organization_name") or "")[:80]
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return ""
