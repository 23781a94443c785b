"""Makes X.509 certificates: the demo's root, the seal of an agency, a request to another authority.

P-256 throughout: the only curve that every PDF reader verifies. Nothing here touches a file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT_NAME = "Pəncərə DEMO root"
ROOT_YEARS = 20
SEAL_YEARS = 3
_LONGEST_NAME = 64  # X.520, upper bound of a common or organisation name
_BACKDATED = timedelta(minutes=5)  # a reader whose clock is a little slow must not see a certificate of tomorrow


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose seal it is: words for the subject of its certificate."""

    id: str
    name: str
    short: str
    country: str  # two capital letters, or empty where the country has no such code


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def demo_root(key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    """A self-signed root whose name says DEMO, so that no reader can take it for the state's."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, ROOT_NAME)])
    builder = _builder(name, name, key.public_key(), now, ROOT_YEARS)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=True), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return builder.sign(key, hashes.SHA256())


def seal_certificate(
    holder: Holder,
    number: int,
    public_key: ec.EllipticCurvePublicKey,
    *,
    root: x509.Certificate,
    root_key: ec.EllipticCurvePrivateKey,
    now: datetime,
) -> x509.Certificate:
    """The certificate of an agency's seal, issued by the demo's root; its names say DEMO."""
    builder = _builder(seal_name(holder, number, " DEMO"), root.subject, public_key, now, SEAL_YEARS)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=False), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    of_root = root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(of_root), critical=False
    )
    return builder.sign(root_key, hashes.SHA256())


def request(holder: Holder, number: int, key: ec.EllipticCurvePrivateKey) -> x509.CertificateSigningRequest:
    """What a real installation sends to its certification authority."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(seal_name(holder, number, ""))
    return builder.add_extension(_usage(signs_certificates=False), critical=True).sign(key, hashes.SHA256())


def seal_name(holder: Holder, number: int, mark: str) -> x509.Name:
    attributes = [
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, holder.name[: _LONGEST_NAME - len(mark)] + mark),
        x509.NameAttribute(NameOID.COMMON_NAME, f"{holder.short[:40]}{mark} e-seal {number}"),
    ]
    if re.fullmatch("[A-Z]{2}", holder.country):
        attributes.insert(0, x509.NameAttribute(NameOID.COUNTRY_NAME, holder.country))
    return x509.Name(attributes)


def _builder(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, now: datetime, years: int
) -> x509.CertificateBuilder:
    start = (now - _BACKDATED).replace(microsecond=0)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365 * years))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    """A seal signs documents and cannot be denied later (nonRepudiation); a root signs certificates only."""
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
