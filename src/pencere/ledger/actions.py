"""What can happen to the ledger: something is recorded, a look is recorded, what waits is sealed, a text is erased."""

from __future__ import annotations

import secrets
import threading
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import structlog
from django.db import Error, connection, transaction

from pencere.base import clock
from pencere.base.canonical import Value, canonical
from pencere.base.errors import Unavailable
from pencere.base.purpose import Purpose
from pencere.ledger import keys, models, notes, rules, sealing, tree
from pencere.ledger.notes import Signer
from pencere.ledger.rules import Checkpoint, Look, Receipt
from pencere.statements.actions import Insert, InsertAlike

__all__ = ["Look", "Receipt", "erase", "record", "record_look", "seal_loop", "seal_pending"]

log = structlog.get_logger(__name__)
SEAL_EVERY_SECONDS = 0.5


class _Leaf(NamedTuple):
    """A leaf as it is written; the names are those of the table."""

    id: uuid.UUID
    kind: str
    body: str
    salt: bytes
    leaf_hash: bytes
    recorded_at: datetime

    @property
    def own(self) -> tuple[object, ...]:
        """What leaves of one kind and time do not have in common."""
        return self.id, self.body, self.salt, self.leaf_hash


_add_leaves = Insert(models.Leaf, *_Leaf._fields)
_add_leaves_of_looks = InsertAlike(models.Leaf, ("kind", "recorded_at"), ("id", "body", "salt", "leaf_hash"))
_add_looks = InsertAlike(
    models.Look,
    ("at", "kind", "ground", "act", "agency", "service", "case", "who", "account"),
    ("leaf", "subject", "register", "source", "fields"),
)


def record(kind: str, body: dict[str, Value], *, now: datetime) -> Receipt:
    """Adds a leaf in the caller's transaction. The receipt counts once that has committed."""
    if not connection.in_atomic_block:
        raise RuntimeError("a leaf is recorded in the transaction of what it tells of")
    leaf = _leaf(kind, body, now)
    receipt = _receipt(leaf, keys.signer())
    _add_leaves(leaf)
    return receipt


def record_look(purpose: Purpose, looks: Sequence[Look], *, kind: str, now: datetime) -> tuple[Receipt, ...]:
    """Writes down who sees what, one leaf for each look, and commits before it returns.

    Raises Unavailable if that fails in any way: then nothing may be shown. Refuses (RuntimeError) to run inside a
    transaction, whose rollback would take the look with it.
    """
    if not isinstance(purpose, Purpose):
        raise TypeError("a look has a Purpose")
    if kind not in rules.LOOK_KINDS:
        raise ValueError(f"unknown kind of look {kind!r}")
    if any(not look.subject or not look.fields for look in looks):
        raise ValueError("a look names whose data it saw, and which fields")
    try:
        leaves = _leaves(f"look.{kind}", rules.look_bodies(purpose, looks, kind), now)
        signer = keys.signer()  # without a key nothing is promised, and so nothing is shown
        rows = [
            (leaf.id, look.subject, look.register, look.source, " ".join(look.fields))
            for look, leaf in zip(looks, leaves, strict=True)
        ]
        with transaction.atomic(durable=True):
            _add_leaves_of_looks((f"look.{kind}", now), [leaf.own for leaf in leaves])
            _add_looks(_of_all(purpose, kind, now), rows)
    except (Error, OSError) as problem:
        log.error("look_not_written", error=type(problem).__name__)  # the database's words may hold the row
        raise Unavailable("ledger", "the look could not be written down, so nothing is shown") from None
    return tuple(_receipt(leaf, signer) for leaf in leaves)


def erase(leaf_ids: Sequence[str], *, reason: str, act: str, now: datetime) -> Receipt:
    """Takes body and salt from leaves, and from their looks whom they are about; every proof stays valid.

    The erasure is a leaf itself: which, why, on what ground. Without it `verify` calls the leaf changed.
    """
    with transaction.atomic():
        ids = [uuid.UUID(id_) for id_ in leaf_ids]
        found = models.Leaf.objects.filter(id__in=ids, body__isnull=False)
        rows = found.order_by("id").values_list("id", "kind", "recorded_at")
        erased: list[Value] = [{"at": rules.time_text(at), "id": str(id_), "kind": kind} for id_, kind, at in rows]
        if len(erased) != len(set(ids)):
            raise LookupError("a leaf is unknown or erased already")
        found.update(body=None, salt=None)
        models.Look.objects.filter(leaf__in=ids).update(subject="", account="")
        return record(rules.ERASED, {"act": act, "leaves": erased, "reason": reason}, now=now)


def seal_pending(now: datetime) -> Checkpoint | None:
    """Gives the leaves that wait their index and signs the new size and root. None if none waits, or another is at it.

    Any number may call it at once; one works. It waits for no writer: a leaf that commits later gets a later index.
    """
    if not sealing.pending():
        return None
    with transaction.atomic():
        return sealing.seal(now) if sealing.hold() else None


def seal_loop(stop: threading.Event) -> None:
    """Seals at least every second until told to stop; a failure of the database is logged and outlived."""
    while not stop.wait(SEAL_EVERY_SECONDS):
        try:
            while seal_pending(clock.now()) and not stop.is_set():
                pass
        except (Error, OSError, LookupError) as problem:
            log.error("ledger_not_sealed", exc_info=problem)
            connection.close()
    connection.close()


def _leaf(kind: str, body: dict[str, Value], now: datetime) -> _Leaf:
    (leaf,) = _leaves(kind, [canonical(body).decode()], now)
    return leaf


def _leaves(kind: str, bodies: Iterable[str], now: datetime) -> list[_Leaf]:
    """One for each body, which is canonical."""
    rules.demand_kind(kind)
    at = rules.time_text(now)
    leaves = []
    for body in bodies:
        chance = secrets.token_bytes(rules.SALT_BYTES + 8)
        salt, id_ = chance[: rules.SALT_BYTES], rules.leaf_id(now, chance[rules.SALT_BYTES :])
        hash_ = tree.leaf_hash(salt + rules.entry(id_, kind, at, body))
        leaves.append(_Leaf(id_, kind, body, salt, hash_, now))
    return leaves


def _of_all(purpose: Purpose, kind: str, now: datetime) -> tuple[object, ...]:
    """What the looks of one purpose have in common, as `_add_looks` takes it."""
    return (
        now, kind, purpose.ground, purpose.act, purpose.agency, purpose.service, purpose.case, purpose.who,
        purpose.person,
    )  # fmt: skip


def _receipt(leaf: _Leaf, signer: Signer) -> Receipt:
    def sign() -> str:
        text = notes.receipt_text(signer.name, leaf.id, leaf.leaf_hash, rules.time_text(leaf.recorded_at))
        return notes.sign(text, signer)

    return Receipt(str(leaf.id), leaf.leaf_hash.hex(), leaf.recorded_at, sign)
