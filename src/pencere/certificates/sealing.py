"""Puts an agency's electronic seal into a PDF: PAdES baseline B-B (ETSI EN 319 142-1) by pyHanko.

The seal certifies the document (DocMDP: no change allowed) and covers the whole file. Its field has no size: what
people see is drawn on the page, and the first revision, which is PDF/A-2a and PDF/UA-1, stays as it was.

pyHanko as it comes costs twice as much: it signs twice to learn the size of a signature, reads the key anew each
time and starts an event loop for each document. Here the size is reserved, the key kept, the loop one per thread.
"""

from __future__ import annotations

import asyncio
import io
import threading
from datetime import datetime
from typing import Protocol

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

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if digest_algorithm != "sha256":
            raise ValueError(f"seals are made with SHA-256, not {digest_algorithm}")
        return self._secret.sign(data, ec.ECDSA(hashes.SHA256()))


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
