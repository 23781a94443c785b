"""What may be read of the ledger: a person's looks, receipts, checkpoints, proofs, and whether it is whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pencere.ledger import keys, models, notes, rules, sealing, tree
from pencere.ledger.rules import Checkpoint, Receipt
from pencere.ledger.verifying import Fault, Progress, Verification, run

__all__ = [
    "Checkpoint",
    "Fault",
    "Proof",
    "Receipt",
    "SeenLook",
    "Verification",
    "check_proof",
    "checkpoint",
    "looks_of",
    "oldest_unsealed",
    "prove",
    "public_key",
    "read_receipt",
    "receipt_is_genuine",
    "verify",
]


@dataclass(frozen=True, slots=True)
class SeenLook:
    """One look at a person's data, as that person may see it."""

    id: str
    when: datetime
    kind: str
    agency: str
    service: str
    case: str
    ground: str
    act: str
    register: str
    source: str
    fields: tuple[str, ...]
    who: str
    account: str


@dataclass(frozen=True, slots=True)
class Proof:
    """That a leaf stands in the tree of a checkpoint. `content` is what its hash is taken of; None when erased."""

    leaf_id: str
    index: int
    leaf_hash: str
    path: tuple[str, ...]
    checkpoint: Checkpoint
    content: bytes | None

    def text(self, with_content: bool = True) -> str:
        """The proof as C2SP tlog-proof (`.tlog-proof`)."""
        path = [bytes.fromhex(hash_) for hash_ in self.path]
        return notes.proof_text(self.index, path, self.checkpoint.note, self.content if with_content else None)


def looks_of(subject: str, *, before: str | None = None, limit: int = 50) -> tuple[SeenLook, ...]:
    """The looks at this person's data, newest first; `before`: id of the last one of the page before."""
    rows = models.Look.objects.filter(subject=subject)
    if before is not None:
        try:
            rows = rows.filter(leaf__lt=UUID(before))
        except ValueError:
            return ()
    if not subject:
        return ()
    return tuple(_seen(row) for row in rows.order_by("-leaf")[:limit])


def checkpoint() -> Checkpoint | None:
    """The newest one; None before the first leaf is sealed."""
    row = models.Checkpoint.objects.order_by("-size").first()
    return _checkpoint(row) if row else None


def oldest_unsealed() -> datetime | None:
    """When the leaf was recorded that waits longest for its seal: more than some seconds ago is an alarm."""
    waiting = models.Leaf.objects.filter(index__isnull=True).order_by("recorded_at", "id")
    return waiting.values_list("recorded_at", flat=True).first()


def public_key() -> str:
    """What others check our signatures with, as C2SP signed-note writes it."""
    return str(keys.verifier())


def receipt_is_genuine(text: str) -> bool:
    """Whether we signed it. Whether its leaf is in the ledger, `prove` tells."""
    return read_receipt(text) is not None


def read_receipt(text: str) -> Receipt | None:
    """The receipt, if we signed it."""
    try:
        leaf_id, leaf_hash, at = notes.read_receipt(text.replace("\r\n", "\n").strip() + "\n", keys.verifier())
    except notes.BadNote:
        return None
    return Receipt(str(leaf_id), leaf_hash.hex(), datetime.fromisoformat(at), lambda: text)


def prove(leaf_id: str) -> Proof | None:
    """The proof against the newest checkpoint; None if the leaf is unknown or waits for its seal."""
    last = checkpoint()
    leaf = models.Leaf.objects.filter(id=UUID(leaf_id)).first()
    if last is None or leaf is None or leaf.index is None or leaf.index >= last.size:
        return None
    content = None
    if leaf.body is not None and leaf.salt is not None:
        at = rules.time_text(leaf.recorded_at)
        content = bytes(leaf.salt) + rules.entry(leaf.id, leaf.kind, at, leaf.body)
    path = tree.inclusion_proof(leaf.index, last.size, sealing.read_tile)
    hashes = tuple(hash_.hex() for hash_ in path)
    return Proof(str(leaf.id), leaf.index, bytes(leaf.leaf_hash).hex(), hashes, last, content)


def check_proof(text: str, key: str, leaf_hash: str | None = None) -> bool:
    """Whether a `.tlog-proof` holds under that public key; needs no database. `leaf_hash`: hex, as in a receipt."""
    try:
        notes.check_proof(text, notes.read_verifier(key), bytes.fromhex(leaf_hash) if leaf_hash else None)
    except (notes.BadNote, tree.BadProof):
        return False
    return True


def verify(progress: Progress | None = None, against: Sequence[str] = ()) -> Verification:
    """Recomputes everything from the rows and names what does not fit.

    `against`: checkpoints kept elsewhere (notes). Only they can show that the newest rows were cut off together
    with their checkpoints, or the whole ledger was set back to an older state.
    """
    return run(progress, against)


def _seen(row: models.Look) -> SeenLook:
    return SeenLook(
        id=str(row.leaf_id),
        when=row.at,
        kind=row.kind,
        agency=row.agency,
        service=row.service,
        case=row.case,
        ground=row.ground,
        act=row.act,
        register=row.register,
        source=row.source,
        fields=tuple(row.fields.split()),
        who=row.who,
        account=row.account,
    )


def _checkpoint(row: models.Checkpoint) -> Checkpoint:
    return Checkpoint(row.size, bytes(row.root).hex(), row.note, row.at)
