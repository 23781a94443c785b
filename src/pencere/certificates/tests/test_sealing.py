"""What is encoded here of a signature is what pyHanko would have encoded."""

from __future__ import annotations

import asyncio
import hashlib

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.sign import signers

from pencere.certificates import sealing
from pencere.certificates.authority import Holder
from pencere.certificates.keys import KeyStore
from pencere.certificates.tests.make import NOW


@pytest.fixture
def signer(tmp_path):
    store = KeyStore(tmp_path, demo=True)
    key = store.new(Holder("din", "Daxili İşlər Nazirliyi", "DİN", "AZ"), NOW)
    return sealing._MemorySigner(store.secret(key), (key.certificate, store.root()))


def _sign(signer, text: bytes) -> cms.ContentInfo:
    made = asyncio.run(signer.async_sign(hashlib.sha256(text).digest(), "sha256", use_pades=True))
    return cms.ContentInfo.load(made, strict=True)


def test_each_document_has_a_signature_of_its_own_digest(signer):
    for text in (b"one", b"two", b"three"):
        signed = _sign(signer, text)["content"]
        (info,) = signed["signer_infos"]
        attributes = {each["type"].native: each["values"][0].native for each in info["signed_attrs"]}

        assert attributes["message_digest"] == hashlib.sha256(text).digest()
        signer._secret.public_key().verify(
            info["signature"].native, info["signed_attrs"].untag().dump(), ec.ECDSA(hashes.SHA256())
        )


def test_it_is_der_as_pyhanko_writes_it(signer):
    ours = _sign(signer, b"one")
    (info,) = ours["content"]["signer_infos"]
    same = signers.Signer._package_signature(
        signer,
        digest_algorithm="sha256",
        cms_version="v1",
        signed_attrs=info["signed_attrs"].untag(),
        signature=info["signature"].native,
        unsigned_attrs=None,
        encap_content_info=None,
    )

    assert ours.dump() == same.dump()


def test_attributes_that_are_not_known_here_are_refused(signer):
    whole = asyncio.run(signers.Signer.async_sign(signer, sealing._ANY_DIGEST, "sha256", use_pades=False))

    with pytest.raises(ValueError, match="cms_algorithm_protection"):
        sealing._Frame.of(whole["content"])
