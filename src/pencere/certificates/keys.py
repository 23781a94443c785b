"""The key store: files below one folder, mode 0600. A key never leaves it; what is told is its certificate.

    keys/root/root.pem                 the demo's root key (a real installation has none)
    keys/root/root.crt.pem             the root everybody trusts; a real installation puts its authority's here
    keys/<agency>/seal-1.pem           private key            seal-1.crt.pem  certificate, then intermediates
    keys/<agency>/seal-1.csr.pem       request, while its certificate has not come
    keys/<agency>/seal-1.json          window and state

A key is *waiting* (for its certificate), *active* (the newest active one seals), *retired* (seals no more; what
it sealed in its window stays good) or *revoked* (nothing it sealed is believed on its word alone).
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from pencere.base.errors import BadInput, Unavailable
from pencere.certificates import authority
from pencere.certificates.authority import Holder

WAITING, ACTIVE, RETIRED, REVOKED = "waiting", "active", "retired", "revoked"


@dataclass(frozen=True, slots=True)
class SealKey:
    """What is known about a key without reading its secret half. Times are None while it waits."""

    agency: str
    number: int
    state: str
    since: datetime | None
    until: datetime | None
    chain: tuple[x509.Certificate, ...]  # its certificate, then intermediates, without the root

    @property
    def certificate(self) -> x509.Certificate:
        return self.chain[0]


class KeyStore:
    """All of it for one folder. `demo` allows it to make a root of its own."""

    def __init__(self, folder: Path, *, demo: bool) -> None:
        self.folder = folder
        self.demo = demo

    # ---- reading -------------------------------------------------------------------------------------------

    def root(self) -> x509.Certificate:
        """The root that is trusted. Raises Unavailable if none has been put here yet."""
        try:
            return x509.load_pem_x509_certificate((self.folder / "root" / "root.crt.pem").read_bytes())
        except FileNotFoundError:
            raise Unavailable(
                "keys", f"no root certificate: put your authority's into {self.folder}/root/root.crt.pem"
            ) from None

    def root_key(self) -> ec.EllipticCurvePrivateKey | None:
        """The demo's root key; None where the root is kept by an authority elsewhere."""
        path = self.folder / "root" / "root.pem"
        return _load_key(path) if path.exists() else None

    def seals(self) -> tuple[SealKey, ...]:
        """Every seal key of every agency, by agency and number."""
        found = self.folder.glob("*/seal-*.json")
        keys = (self._read(path.parent.name, int(path.stem.removeprefix("seal-"))) for path in found)
        return tuple(sorted(keys, key=lambda key: (key.agency, key.number)))

    def seals_of(self, agency: str) -> tuple[SealKey, ...]:
        return tuple(key for key in self.seals() if key.agency == agency)

    def active(self, agency: str) -> SealKey:
        """The newest active key. Raises Unavailable if the agency has none."""
        active = [key for key in self.seals_of(agency) if key.state == ACTIVE]
        if not active:
            raise Unavailable("keys", f"{agency} has no seal: pencere key new {agency} --for seal")
        return active[-1]

    def secret(self, key: SealKey) -> ec.EllipticCurvePrivateKey:
        return _load_key(self._path(key.agency, key.number, "pem"))

    # ---- changing ------------------------------------------------------------------------------------------

    def new(self, holder: Holder, now: datetime) -> SealKey:
        """Makes a key. In the demo its certificate at once; elsewhere a request, and the key waits for it."""
        with self._alone():
            if self.demo:
                self._demo_root(now)
            return self._new(holder, now)

    def ensure(self, holder: Holder, now: datetime) -> bool:
        """In the demo: the agency's first seal and the root, unless they are there. True if one was made."""
        if not self.demo or any(key.state == ACTIVE for key in self.seals_of(holder.id)):
            return False
        with self._alone():
            if any(key.state == ACTIVE for key in self.seals_of(holder.id)):
                return False
            self._demo_root(now)
            self._new(holder, now)
            return True

    def take_certificate(self, agency: str, pem: bytes, now: datetime) -> SealKey:
        """Brings in the certificate for the agency's waiting key. Raises BadInput with a reason in code."""
        with self._alone():
            waiting = [key for key in self.seals_of(agency) if key.state == WAITING]
            if not waiting:
                raise BadInput("no_key_waits", agency=agency)
            key = waiting[-1]
            try:
                chain = tuple(x509.load_pem_x509_certificates(pem))
            except ValueError:
                raise BadInput("not_a_certificate") from None
            _demand_fitting(chain, self.root(), self.secret(key).public_key())
            before = [known for known in self.seals_of(agency) if known.state == ACTIVE]
            taken = replace(key, state=ACTIVE, since=now, until=chain[0].not_valid_after_utc, chain=chain)
            _write_private(self._path(agency, key.number, "crt.pem"), b"".join(_pem(one) for one in chain))
            self._write(taken)  # first the new one, then the end of the old: there is always one that seals
            for known in before:
                self._write(replace(known, state=RETIRED, until=now))
            return taken

    def rotate(self, holder: Holder, now: datetime) -> SealKey:
        """A new key; where its certificate comes at once the old one retires now, else when it comes."""
        before = [key for key in self.seals_of(holder.id) if key.state == ACTIVE]
        made = self.new(holder, now)
        if made.state == ACTIVE:
            with self._alone():
                for key in before:
                    self._write(replace(key, state=RETIRED, until=now))
        return made

    def retire(self, agency: str, number: int, now: datetime, *, compromised: bool) -> SealKey:
        """Ends a key: retired keeps its past seals good, compromised does not. Raises BadInput if unknown."""
        with self._alone():
            for key in self.seals_of(agency):
                if key.number == number:
                    until = key.until if key.state == RETIRED else now
                    ended = replace(key, state=REVOKED if compromised else RETIRED, until=until)
                    self._write(ended)
                    return ended
            raise BadInput("no_such_key", agency=agency, number=number)

    # ---- inside --------------------------------------------------------------------------------------------

    def _demo_root(self, now: datetime) -> None:
        folder = self.folder / "root"
        if (folder / "root.crt.pem").exists():
            return
        key = authority.new_key()
        _write_private(folder / "root.pem", _pem_key(key))
        _write_private(folder / "root.crt.pem", _pem(authority.demo_root(key, now)))

    def _new(self, holder: Holder, now: datetime) -> SealKey:
        number = max((key.number for key in self.seals_of(holder.id)), default=0) + 1
        secret, root_key = authority.new_key(), self.root_key()
        _write_private(self._path(holder.id, number, "pem"), _pem_key(secret))
        if root_key is None:
            request = authority.request(holder, number, secret).public_bytes(serialization.Encoding.PEM)
            _write_private(self._path(holder.id, number, "csr.pem"), request)
            made = SealKey(holder.id, number, WAITING, None, None, ())
        else:
            certificate = authority.seal_certificate(
                holder, number, secret.public_key(), root=self.root(), root_key=root_key, now=now
            )
            _write_private(self._path(holder.id, number, "crt.pem"), _pem(certificate))
            since, until = certificate.not_valid_before_utc, certificate.not_valid_after_utc
            made = SealKey(holder.id, number, ACTIVE, since, until, (certificate,))
        self._write(made)
        return made

    def _read(self, agency: str, number: int) -> SealKey:
        known = json.loads(self._path(agency, number, "json").read_text())
        chain: tuple[x509.Certificate, ...] = ()
        if known["state"] != WAITING and self._path(agency, number, "crt.pem").exists():
            chain = tuple(x509.load_pem_x509_certificates(self._path(agency, number, "crt.pem").read_bytes()))
        return SealKey(agency, number, known["state"], _moment(known["since"]), _moment(known["until"]), chain)

    def _write(self, key: SealKey) -> None:
        known = {"state": key.state, "since": _text(key.since), "until": _text(key.until)}
        _write_private(self._path(key.agency, key.number, "json"), json.dumps(known).encode())

    def _path(self, agency: str, number: int, ending: str) -> Path:
        return self.folder / agency / f"seal-{number}.{ending}"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time changes the store; the kernel frees the lock when its holder dies."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate as people compare it: capital hex in pairs."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()  # ascii


def _demand_fitting(
    chain: tuple[x509.Certificate, ...], root: x509.Certificate, public_key: ec.EllipticCurvePublicKey
) -> None:
    if chain[0].public_key() != public_key:
        raise BadInput("certificate_of_another_key")
    for below, above in zip(chain, (*chain[1:], root), strict=True):
        try:
            below.verify_directly_issued_by(above)
        except (ValueError, TypeError, InvalidSignature):
            raise BadInput("not_issued_by_root") from None


def _load_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise Unavailable("keys", f"{path.name} is no P-256 key")
    return key


def _pem_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _text(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else None


def _write_private(path: Path, content: bytes) -> None:
    write_whole(path, content, mode=0o600)


def write_whole(path: Path, content: bytes, *, mode: int) -> None:
    """Whole or not at all: on disk when it returns."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(made, path)
