"""The sequencer: gives leaves their place in the tree, keeps the tiles, signs the checkpoint. One at a time.

PostgreSQL: an advisory lock that ends with the transaction; who does not get it goes away. SQLite: a transaction
has the gate, so there is only one. Nothing is held across commits; unique keys stand behind it.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from pencere.ledger import keys, models, notes
from pencere.ledger.rules import Checkpoint
from pencere.ledger.tree import HASH, TILE_WIDTH, Frontier, frontier_of

BATCH = 10_000
_LOCK = 0x6C65_6467  # "ledg"


def pending() -> bool:
    """Whether a leaf waits; asked without a transaction, so an idle sequencer writes nothing."""
    return models.Leaf.objects.filter(index__isnull=True).exists()


def hold() -> bool:
    """Whether this transaction is the only sequencer."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def seal(now: datetime) -> Checkpoint | None:
    """The next batch; called in a transaction that holds the lock."""
    waiting = models.Leaf.objects.filter(index__isnull=True).order_by("recorded_at", "id")
    leaves = list(waiting.values_list("id", "leaf_hash")[:BATCH])
    if not leaves:
        return None
    last = models.Checkpoint.objects.order_by("-size").first()
    size = last.size if last else 0
    _give_index(size, [id_ for id_, _hash in leaves])
    frontier = frontier_of(size, read_tile)
    _grow_tiles(frontier, [bytes(hash_) for _id, hash_ in leaves])
    signer = keys.signer()
    root = frontier.root()
    note = notes.sign(notes.checkpoint_text(signer.name, frontier.size, root), signer)
    models.Checkpoint.objects.create(size=frontier.size, root=root, note=note, at=now)
    return Checkpoint(frontier.size, root.hex(), note, now)


def read_tile(level: int, number: int) -> bytes:
    found = models.Tile.objects.filter(level=level, number=number).values_list("hashes", flat=True).first()
    return bytes(found) if found is not None else b""


def _give_index(size: int, ids: list[object]) -> None:
    key = models.Leaf._meta.pk
    assert key is not None
    values = [(size + place, key.get_db_prep_value(id_, connection)) for place, id_ in enumerate(ids)]
    with connection.cursor() as cursor:
        cursor.executemany('UPDATE ledger_leaf SET "index" = %s WHERE id = %s', values)


def _grow_tiles(frontier: Frontier, hashes: list[bytes]) -> None:
    """Appends to the frontier, and writes every tile that gets a hash."""
    grown: dict[tuple[int, int], bytearray] = {}
    for hash_ in hashes:
        position = frontier.size
        for level, tiled in frontier.append(hash_):
            number, offset = divmod(position >> 8 * level, TILE_WIDTH)
            tile = grown.get((level, number))
            if tile is None:
                tile = grown[level, number] = bytearray(read_tile(level, number))
            if len(tile) != offset * HASH:
                raise LookupError(f"tile {level}/{number} holds {len(tile) // HASH} hashes, expected {offset}")
            tile += tiled
    models.Tile.objects.bulk_create(
        [models.Tile(level=level, number=number, hashes=bytes(tile)) for (level, number), tile in grown.items()],
        update_conflicts=True,
        unique_fields=["level", "number"],
        update_fields=["hashes"],
    )
