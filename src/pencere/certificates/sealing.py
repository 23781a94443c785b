"""Puts an agency's electronic seal into a PDF: PAdES baseline B-B (ETSI EN 319 142-1) by pyHanko.

The seal certifies the document (DocMDP: no change allowed) and covers the whole file. Its field has no size: what
people see is drawn on the page, and the first revision, which is PDF/A-2a and PDF/UA-1, stays as it was.

pyHanko as it comes costs thrice as much: it signs twice to learn the size of a signature, reads the key anew each
time, starts an event loop for each document and takes every certificate apart to write it again. Here the size is
reserved, the key kept, the loop one per thread, and of a signature only what changes is encoded anew.
"""

from __future__ import annotations

import asyncio
import io
import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko_certvalidator.registry import SimpleCertificateStore

FIELD_NAME = "Seal"
_BESIDES_CHAIN = 1_200  # bytes of a signature without its certificates; 650 to 700 are used


class Sealer(Protocol):
    """What stands behind the seal; a faster one, a hardware module or a remote service may take its place."""

    def seal(self, pdf: bytes, *, signer: str, reason: str, moment: datetime) -> bytes:
        """The sealed file: `pdf`, byte for byte, and a revision that holds the seal."""


class PyHankoSealer:
    """Seals with a key in memory. Safe to use from several threads, but not from inside an event loop."""

    def __init__(self, secret: ec.EllipticCurvePrivateKey, chain: tuple[x509.Certificate, ...]) -> None:
        """`chain`: the key's certificate, intermediates, root."""
        self._signer = _MemorySigner(secret, chain)
        ders = [one.public_bytes(serialization.Encoding.DER) for one in chain]
        self._reserved = 2 * (sum(map(len, ders)) + _BESIDES_CHAIN)  # counted in hexadecimal digits
        self._local = threading.local()

    def seal(self, pdf: bytes, *, signer: str, reason: str, moment: datetime) -> bytes:
        sealing = _PdfSignerAt(
            moment,
            signers.PdfSignatureMetadata(
                field_name=FIELD_NAME,
                md_algorithm="sha256",
                subfilter=fields.SigSeedSubFilter.PADES,
                certify=True,
                docmdp_permissions=fields.MDPPerm.NO_CHANGES,
                name=signer,
                reason=reason,
            ),
            signer=self._signer,
            new_field_spec=fields.SigFieldSpec(FIELD_NAME, readable_field_name=reason),
        )
        sealed = io.BytesIO()
        writer = _Addition(io.BytesIO(pdf))
        self._loop().run(sealing.async_sign_pdf(writer, bytes_reserved=self._reserved, output=sealed))
        return sealed.getvalue()

    def _loop(self) -> asyncio.Runner:
        if not hasattr(self._local, "loop"):
            self._local.loop = asyncio.Runner()
        return self._local.loop  # type: ignore[no-any-return]


class _Addition(IncrementalPdfFileWriter):
    """Adds the seal and nothing else.

    As it comes, pyHanko makes the file a PDF 2.0 and writes title and XMP anew, which is then no PDF/A-2 any more.
    """

    output_version = (1, 7)

    def _update_meta(self) -> None:
        """The metadata stay as they were drawn."""


class _MemorySigner(signers.Signer):
    def __init__(self, secret: ec.EllipticCurvePrivateKey, chain: tuple[x509.Certificate, ...]) -> None:
        own, *others = (asn1_x509.Certificate.load(one.public_bytes(serialization.Encoding.DER)) for one in chain)
        registry = SimpleCertificateStore()
        registry.register_multiple(others)
        super().__init__(signing_cert=own, cert_registry=registry, embed_roots=True)
        self._secret = secret
        self._frame: _Frame | None = None

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if digest_algorithm != "sha256":
            raise ValueError(f"seals are made with SHA-256, not {digest_algorithm}")
        return self._secret.sign(data, ec.ECDSA(hashes.SHA256()))

    async def async_sign(self, data_digest: bytes, digest_algorithm: str, *given: Any, **more: Any) -> Any:
        """The signature as bytes, which pyHanko embeds as they are. The first one of a key it makes itself."""
        if self._frame is None:
            whole = await super().async_sign(_ANY_DIGEST, digest_algorithm, *given, **more)
            self._frame = _Frame.of(whole["content"])
        attributes = self._frame.attributes_for(data_digest)
        return self._frame.filled(attributes, await self.async_sign_raw(attributes, digest_algorithm))


_ANY_DIGEST = bytes(range(100, 132))


@dataclass(frozen=True, slots=True)
class _Frame:
    """What is the same in every signature of one key: SignedData (RFC 5652, 5.1) around digest and signature."""

    head: bytes  # version, digest algorithms, content type, certificates
    signer: bytes  # version, who, digest algorithm
    attributes: bytes  # content type, digest, signing certificate: a SET, as it is signed
    algorithm: bytes  # of the signature

    @classmethod
    def of(cls, signed: cms.SignedData) -> _Frame:
        """From a signature of `_ANY_DIGEST`."""
        (info,) = signed["signer_infos"]
        types = {each["type"].native for each in info["signed_attrs"]}
        attributes = b"\x31" + info["signed_attrs"].dump()[1:]
        if types != {"content_type", "message_digest", "signing_certificate_v2"} or attributes.count(_ANY_DIGEST) != 1:
            raise ValueError(f"a seal signs other attributes than is known here: {', '.join(sorted(types))}")
        head = ("version", "digest_algorithms", "encap_content_info", "certificates")
        return cls(
            b"".join(signed[name].dump() for name in head),
            b"".join(info[name].dump() for name in ("version", "sid", "digest_algorithm")),
            attributes,
            info["signature_algorithm"].dump(),
        )

    def attributes_for(self, digest: bytes) -> bytes:
        """The order of a SET is that of its encodings, which differ before the digest comes."""
        if len(digest) != len(_ANY_DIGEST):
            raise ValueError("not a SHA-256")
        return self.attributes.replace(_ANY_DIGEST, digest)

    def filled(self, attributes: bytes, signature: bytes) -> bytes:
        """Inside, the attributes are tagged [0]."""
        info = _der(0x30, self.signer + b"\xa0" + attributes[1:] + self.algorithm + _der(0x04, signature))
        return _der(0x30, _SIGNED_DATA + _der(0xA0, _der(0x30, self.head + _der(0x31, info))))


_SIGNED_DATA = cms.ContentType("signed_data").dump()


def _der(tag: int, content: bytes) -> bytes:
    """Tag, length and content."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(length))) + length + content


class _PdfSignerAt(signers.PdfSigner):
    """Signs at the moment it is told: only `base.clock` asks for the time."""

    def __init__(
        self,
        moment: datetime,
        signature_meta: signers.PdfSignatureMetadata,
        *,
        signer: signers.Signer,
        new_field_spec: fields.SigFieldSpec,
    ) -> None:
        super().__init__(signature_meta, signer, new_field_spec=new_field_spec)
        self._moment = moment

    def register_extensions(self, pdf_out: BasePdfFileWriter, *, md_algorithm: str) -> None:
        """PAdES, which PDF 1.7 can say. The extension for elliptic curves, too, would make it a PDF 2.0."""
        pdf_out.register_extension(ESIC_EXTENSION_1)

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._moment
        return session
