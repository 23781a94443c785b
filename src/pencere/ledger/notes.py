"""Signed notes as C2SP signed-note says (Ed25519), and the three texts that we sign or hand out. Pure.

Formats: c2sp.org/signed-note, c2sp.org/tlog-checkpoint, c2sp.org/tlog-proof. A receipt is a note of our own; its
first line ends in " receipt", so that it can never be read as a checkpoint.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pencere.ledger import tree

_ED25519 = b"\x01"
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_PROOF = "c2sp.org/tlog-proof@v1"


class BadNote(Exception):
    """The note is not ours: broken, signed by nobody we know, or changed."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A name and a public key. The name is the origin of the log."""

    name: str
    public: Ed25519PublicKey

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public.public_bytes_raw()).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{b64encode(_ED25519 + self.public.public_bytes_raw()).decode()}"


@dataclass(frozen=True, slots=True)
class Signer:
    """A name and a private key."""

    name: str
    private: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self.private.public_key())

    def __str__(self) -> str:
        seed = b64encode(_ED25519 + self.private.private_bytes_raw()).decode()
        return f"PRIVATE+KEY+{self.name}+{self.verifier.key_id.hex()}+{seed}"


def make_signer(name: str) -> Signer:
    if not name or "+" in name or any(sign.isspace() for sign in name):
        raise ValueError(f"{name!r} cannot name a key")
    return Signer(name, Ed25519PrivateKey.generate())


def read_signer(text: str) -> Signer:
    """From `PRIVATE+KEY+name+id+base64`. Raises BadNote."""
    words = text.strip().split("+", 4)
    if len(words) != 5 or words[:2] != ["PRIVATE", "KEY"]:
        raise BadNote("not a private key of a note")
    signer = Signer(words[2], Ed25519PrivateKey.from_private_bytes(_key_bytes(words[4])))
    if signer.verifier.key_id.hex() != words[3]:
        raise BadNote("name, id and key do not belong together")
    return signer


def read_verifier(text: str) -> Verifier:
    """From `name+id+base64`. Raises BadNote."""
    words = text.strip().split("+", 2)
    if len(words) != 3:
        raise BadNote("not a public key of a note")
    verifier = Verifier(words[0], Ed25519PublicKey.from_public_bytes(_key_bytes(words[2])))
    if verifier.key_id.hex() != words[1]:
        raise BadNote("name, id and key do not belong together")
    return verifier


@lru_cache(maxsize=8)
def _key_id(signer: Signer) -> bytes:
    return signer.verifier.key_id


def sign(text: str, signer: Signer) -> str:
    """The text with our signature below. It ends in a newline and holds no other control characters."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise ValueError("a note's text is whole lines")
    signature = b64encode(_key_id(signer) + signer.private.sign(text.encode())).decode()
    return f"{text}\n\N{EM DASH} {signer.name} {signature}\n"


def open_note(note: str, verifier: Verifier) -> str:
    """The text of a note that `verifier` signed; signatures of others are passed over. Raises BadNote."""
    body, divider, signatures = note.rpartition("\n\n")
    if not divider or not note.endswith("\n"):
        raise BadNote("no signature")
    text = body + "\n"
    found = False
    for line in signatures[:-1].split("\n"):
        words = line.split(" ")
        if len(words) != 3 or words[0] != "\N{EM DASH}":
            raise BadNote("a signature line is broken")
        raw = _base64(words[2])
        if words[1] != verifier.name or raw[:4] != verifier.key_id:
            continue
        try:
            verifier.public.verify(raw[4:], text.encode())
        except InvalidSignature as problem:
            raise BadNote("the text was changed, or another key signed it") from problem
        found = True
    if not found:
        raise BadNote("signed by a key that is not ours")
    return text


# --- the texts


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    return f"{origin}\n{size}\n{b64encode(root).decode()}\n"


def read_checkpoint(note: str, verifier: Verifier) -> tuple[int, bytes]:
    """Size and root of a checkpoint that `verifier` signed. Raises BadNote."""
    lines = open_note(note, verifier).split("\n")
    if len(lines) < 4 or lines[0] != verifier.name or not _is_number(lines[1]):
        raise BadNote("not a checkpoint of this ledger")
    root = _base64(lines[2])
    if len(root) != tree.HASH:
        raise BadNote("not a checkpoint of this ledger")
    return int(lines[1]), root


def receipt_text(origin: str, leaf_id: UUID, leaf_hash: bytes, at: str) -> str:
    return f"{origin} receipt\nleaf {leaf_id}\nhash {leaf_hash.hex()}\nat {at}\n"


def read_receipt(note: str, verifier: Verifier) -> tuple[UUID, bytes, str]:
    """Leaf id, leaf hash and time of a receipt that `verifier` signed. Raises BadNote."""
    lines = open_note(note, verifier).split("\n")
    if len(lines) != 5 or lines[0] != f"{verifier.name} receipt":
        raise BadNote("not a receipt of this ledger")
    (leaf, leaf_id), (hash_, digest), (at, moment) = (line.partition(" ")[::2] for line in lines[1:4])
    if (leaf, hash_, at) != ("leaf", "hash", "at"):
        raise BadNote("not a receipt of this ledger")
    try:
        return UUID(leaf_id), bytes.fromhex(digest), moment
    except ValueError as problem:
        raise BadNote("not a receipt of this ledger") from problem


def proof_text(index: int, path: list[bytes], checkpoint: str, content: bytes | None) -> str:
    """A tlog-proof. `content` is what the leaf's hash is taken of; without it the hash must be known otherwise."""
    extra = f"extra {b64encode(content).decode()}\n" if content is not None else ""
    hashes = "".join(b64encode(hash_).decode() + "\n" for hash_ in path)
    return f"{_PROOF}\n{extra}index {index}\n{hashes}\n{checkpoint}"


def check_proof(text: str, verifier: Verifier, leaf_hash: bytes | None = None) -> tuple[int, int]:
    """(index, size) that the proof proves, offline. Raises BadNote or BadProof.

    The leaf's hash is taken of the content in the proof; where a hash is given as well (from a receipt), both must
    be the same.
    """
    head, divider, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not divider or lines.pop(0) != _PROOF:
        raise BadNote("not a proof")
    if lines and lines[0].startswith("extra "):
        content_hash = tree.leaf_hash(_base64(lines.pop(0).removeprefix("extra ")))
        if leaf_hash not in (None, content_hash):
            raise tree.BadProof("the content is not the one that the hash was taken of")
        leaf_hash = content_hash
    if leaf_hash is None:
        raise BadNote("the proof holds no content; name the leaf's hash")
    name, _, number = lines.pop(0).partition(" ") if lines else ("", "", "")
    if name != "index" or not _is_number(number):
        raise BadNote("not a proof")
    size, root = read_checkpoint(checkpoint, verifier)
    tree.check_inclusion(leaf_hash, int(number), size, [_base64(line) for line in lines], root)
    return int(number), size


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and (text == "0" or text[0] != "0") and len(text) < 19


def _base64(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (NotBase64, ValueError) as problem:
        raise BadNote("broken base64") from problem


def _key_bytes(text: str) -> bytes:
    raw = _base64(text)
    if raw[:1] != _ED25519 or len(raw) != 33:
        raise BadNote("not an Ed25519 key")
    return raw[1:]
