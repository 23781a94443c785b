from __future__ import annotations

import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from pencere.base.errors import BadInput, Unavailable
from pencere.certificates import authority, keys, trust
from pencere.certificates.authority import Holder
from pencere.certificates.keys import KeyStore

NOW = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
DIN = Holder("din", "Daxili İşlər Nazirliyi", "DİN", "AZ")
NAMES = {"din": {"az": "Daxili İşlər Nazirliyi", "en": "Ministry of Internal Affairs"}}


@pytest.fixture
def demo(tmp_path: Path) -> KeyStore:
    store = KeyStore(tmp_path / "keys", demo=True)
    store.ensure(DIN, NOW)
    return store


def authority_of(store: KeyStore) -> tuple[x509.Certificate, object]:
    """A certification authority somewhere else; its root is put into the store."""
    key = authority.new_key()
    root = authority.demo_root(key, NOW)
    (store.folder / "root").mkdir(parents=True)
    (store.folder / "root" / "root.crt.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    return root, key


def answered(store: KeyStore, root: x509.Certificate, root_key: object, number: int) -> bytes:
    """What the authority sends back for the request in the store."""
    request = x509.load_pem_x509_csr((store.folder / "din" / f"seal-{number}.csr.pem").read_bytes())
    certificate = authority.seal_certificate(
        DIN,
        number,
        request.public_key(),
        root=root,
        root_key=root_key,
        now=NOW,  # type: ignore[arg-type]
    )
    return certificate.public_bytes(serialization.Encoding.PEM)


def test_the_demo_makes_a_root_and_a_seal_that_say_demo(demo: KeyStore) -> None:
    key = demo.active("din")

    for certificate in (key.certificate, demo.root()):
        names = [str(one.value) for one in certificate.subject]
        assert any("DEMO" in name for name in names)
    key.certificate.verify_directly_issued_by(demo.root())
    usage = key.certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature and usage.content_commitment and not usage.key_cert_sign
    own = key.certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    above = demo.root().extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    assert own.key_identifier == above.digest


def test_every_file_of_the_store_is_for_its_owner_only(demo: KeyStore) -> None:
    for path in demo.folder.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path


@pytest.mark.outside_tool
def test_openssl_accepts_the_chain(demo: KeyStore) -> None:
    root, leaf = demo.folder / "root" / "root.crt.pem", demo.folder / "din" / "seal-1.crt.pem"

    done = subprocess.run(
        ["openssl", "verify", "-x509_strict", "-attime", str(int(NOW.timestamp())), "-CAfile", root, leaf],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr


def test_many_processes_at_the_first_start_make_one_root_and_one_seal(tmp_path: Path) -> None:
    stores = [KeyStore(tmp_path / "keys", demo=True) for _ in range(8)]

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda store: store.ensure(DIN, NOW), stores))

    assert made.count(True) == 1
    assert len(stores[0].seals()) == 1


def test_a_rotated_key_retires_and_keeps_its_window(demo: KeyStore) -> None:
    later = NOW + timedelta(days=30)

    new = demo.rotate(DIN, later)

    old = demo.seals_of("din")[0]
    assert (old.state, old.until) == ("retired", later)
    assert demo.active("din") == new
    assert new.number == 2


def test_a_retired_key_may_turn_out_to_be_compromised(demo: KeyStore) -> None:
    demo.rotate(DIN, NOW + timedelta(days=1))

    ended = demo.retire("din", 1, NOW + timedelta(days=2), compromised=True)

    assert (ended.state, ended.until) == ("revoked", NOW + timedelta(days=1))
    with pytest.raises(BadInput, match="no_such_key"):
        demo.retire("din", 9, NOW, compromised=False)


def test_a_real_installation_sends_a_request_and_takes_the_certificate(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "keys", demo=False)
    root, root_key = authority_of(store)

    waiting = store.new(DIN, NOW)
    with pytest.raises(Unavailable):
        store.active("din")
    taken = store.take_certificate("din", answered(store, root, root_key, 1), NOW)

    assert (waiting.state, taken.state) == ("waiting", "active")
    assert "DEMO" not in (store.folder / "din" / "seal-1.csr.pem").read_text()
    assert store.active("din") == taken
    assert not (store.folder / "root" / "root.pem").exists()


def test_while_the_new_certificate_is_awaited_the_old_key_goes_on(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "keys", demo=False)
    root, root_key = authority_of(store)
    store.new(DIN, NOW)
    store.take_certificate("din", answered(store, root, root_key, 1), NOW)

    store.rotate(DIN, NOW)
    before = store.active("din").number
    store.take_certificate("din", answered(store, root, root_key, 2), NOW)

    assert (before, store.active("din").number) == (1, 2)
    assert store.seals_of("din")[0].state == "retired"


def test_a_certificate_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "keys", demo=False)
    root, root_key = authority_of(store)
    store.new(DIN, NOW)
    stranger = authority.new_key()
    foreign_root = authority.demo_root(stranger, NOW)

    with pytest.raises(BadInput, match="not_a_certificate"):
        store.take_certificate("din", b"hello", NOW)
    with pytest.raises(BadInput, match="not_issued_by_root"):
        store.take_certificate("din", answered(store, foreign_root, stranger, 1), NOW)
    with pytest.raises(BadInput, match="certificate_of_another_key"):
        store.take_certificate("din", foreign_root.public_bytes(serialization.Encoding.PEM), NOW)
    with pytest.raises(BadInput, match="no_key_waits"):
        store.take_certificate("emdx", answered(store, root, root_key, 1), NOW)


def test_the_trust_list_names_every_seal_and_is_signed_by_the_root(demo: KeyStore) -> None:
    demo.rotate(DIN, NOW + timedelta(days=30))

    read = trust.read(trust.build(demo, NAMES, country="azerbaijan", url="http://localhost:8000", now=NOW))

    assert read.root == demo.root()
    assert [(seal.agency, seal.number, seal.state) for seal in read.seals] == [
        ("din", 1, "retired"),
        ("din", 2, "active"),
    ]
    assert read.seals[0].names == NAMES["din"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"state": "active"', b'"state": "retired"'),
        (b"localhost", b"localh0st"),
        (b'"algorithm": "ES256"', b'"algorithm": "none"'),
        (b"BEGIN CERTIFICATE", b"BEGIN CERTIFIKATE"),
    ],
)
def test_a_changed_trust_list_is_refused(demo: KeyStore, old: bytes, new: bytes) -> None:
    content = trust.build(demo, NAMES, country="azerbaijan", url="http://localhost:8000", now=NOW)
    assert old in content

    with pytest.raises(trust.BadTrustList):
        trust.read(content.replace(old, new, 1))


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"list": 1, "signature": []}', b"\xff", b"[" * 100_000])
def test_what_is_no_trust_list_is_refused(content: bytes) -> None:
    with pytest.raises(trust.BadTrustList):
        trust.read(content)


def test_a_real_installation_signs_its_list_with_a_key_of_its_own(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "keys", demo=False)
    root, root_key = authority_of(store)
    store.new(DIN, NOW)
    store.take_certificate("din", answered(store, root, root_key, 1), NOW)

    with pytest.raises(Unavailable, match="nobody can sign"):
        trust.build(store, NAMES, country="azerbaijan", url="http://localhost:8000", now=NOW)
    store.new(Holder(trust.SIGNER, "Trust list", "trust", "AZ"), NOW)
    request = x509.load_pem_x509_csr((store.folder / "trust" / "seal-1.csr.pem").read_bytes())
    signer = authority.seal_certificate(
        DIN,
        1,
        request.public_key(),
        root=root,
        root_key=root_key,
        now=NOW,  # type: ignore[arg-type]
    )
    store.take_certificate(trust.SIGNER, signer.public_bytes(serialization.Encoding.PEM), NOW)

    read = trust.read(trust.build(store, NAMES, country="azerbaijan", url="http://localhost:8000", now=NOW))

    assert [seal.agency for seal in read.seals] == ["din"]


def test_a_fingerprint_is_written_as_people_compare_it(demo: KeyStore) -> None:
    told = keys.fingerprint(demo.root())

    assert bytes.fromhex(told.replace(":", "")) == demo.root().fingerprint(hashes.SHA256())
    assert demo.root().subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "Pəncərə DEMO root"
