"""The Merkle tree of RFC 6962, kept as tiles (C2SP tlog-tiles): appending, proofs, and their check. Pure.

A tile of level L holds up to 256 hashes of the tree's level 8 L, side by side, as bytes. Level 0 are the leaves.
A full tile never changes; the last one of each level grows. A batch of n leaves costs O(n + log size); a proof
reads at most one tile for every level.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator

HASH = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
EMPTY_ROOT = hashlib.sha256(b"").digest()

ReadTile = Callable[[int, int], bytes]
"""(level, number) -> the tile's hashes, joined; as many as there are so far."""


class BadProof(Exception):
    """The proof does not prove it; the text says where it breaks."""


def leaf_hash(content: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of the tree: at most one complete subtree of each height. Enough to append, and for the root."""

    __slots__ = ("nodes", "size")

    def __init__(self, size: int = 0, nodes: list[bytes | None] | None = None) -> None:
        self.size = size
        self.nodes = nodes or []  # nodes[height]: set exactly where the size has that binary digit

    def append(self, leaf: bytes) -> Iterator[tuple[int, bytes]]:
        """Adds a leaf; gives (tile level, hash) for every hash that belongs into a tile, lowest level first."""
        tiled = [(0, leaf)]
        hash_, height, size = leaf, 0, self.size
        while size & 1:
            left = self.nodes[height]
            assert left is not None
            hash_ = node_hash(left, hash_)
            self.nodes[height] = None
            size >>= 1
            height += 1
            if height % TILE_HEIGHT == 0:
                tiled.append((height // TILE_HEIGHT, hash_))
        if height == len(self.nodes):
            self.nodes.append(hash_)
        else:
            self.nodes[height] = hash_
        self.size += 1
        return iter(tiled)

    def root(self) -> bytes:
        root: bytes | None = None
        for node in self.nodes:
            if node is not None:
                root = node if root is None else node_hash(node, root)
        return root or EMPTY_ROOT

    def copy(self) -> Frontier:
        return Frontier(self.size, list(self.nodes))


def frontier_of(size: int, read: ReadTile) -> Frontier:
    """The right edge of the tree of `size` leaves, from its tiles."""
    heights = range(size.bit_length())
    return Frontier(size, [subtree(h, (size >> h) - 1, read) if size >> h & 1 else None for h in heights])


def subtree(height: int, position: int, read: ReadTile) -> bytes:
    """The root of the complete subtree of 2^height leaves that begins at leaf position * 2^height."""
    level, above = divmod(height, TILE_HEIGHT)
    first = position << above
    number, offset = divmod(first, TILE_WIDTH)
    joined = read(level, number)[offset * HASH : (offset + (1 << above)) * HASH]
    if len(joined) != HASH << above:
        raise LookupError(f"tile {level}/{number} holds too few hashes")
    hashes = [joined[at : at + HASH] for at in range(0, len(joined), HASH)]
    while len(hashes) > 1:
        hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]


def inclusion_proof(index: int, size: int, read: ReadTile) -> list[bytes]:
    """The siblings from the leaf up to the root (RFC 6962, 2.1.1)."""
    if not 0 <= index < size:
        raise LookupError(f"no leaf {index} in a tree of {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range(middle, end, read))
            end = middle
        else:
            path.append(_range(start, middle, read))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, read: ReadTile) -> list[bytes]:
    """That the tree of `old` leaves is the beginning of the one of `new` (RFC 6962, 2.1.2)."""
    if not 0 < old <= new:
        raise LookupError(f"no proof from {old} to {new}")
    path: list[bytes] = []
    start, end, whole = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range(middle, end, read))
            end = middle
        else:
            path.append(_range(start, middle, read))
            start, whole = middle, False
    if not whole:
        path.append(_range(start, end, read))
    return path[::-1]


def check_inclusion(leaf: bytes, index: int, size: int, path: Iterable[bytes], root: bytes) -> None:
    """Raises BadProof unless the leaf stands at `index` in the tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        raise BadProof("the index lies outside the tree")
    if len(leaf) != HASH:
        raise BadProof("not a hash of a leaf")
    place, last, hash_ = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise BadProof("the proof is too long")
        if place & 1 or place == last:
            hash_ = node_hash(sibling, hash_)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            hash_ = node_hash(hash_, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise BadProof("the proof is too short")
    if hash_ != root:
        raise BadProof("the proof leads to another root")


def check_consistency(old: int, new: int, path: Iterable[bytes], old_root: bytes, new_root: bytes) -> None:
    """Raises BadProof unless the old tree is the beginning of the new one (RFC 9162, 2.1.4.2)."""
    hashes = list(path)
    if not 0 < old <= new:
        raise BadProof("the sizes are the wrong way round, or there is no older tree")
    if old == new:
        if hashes:
            raise BadProof("the proof is too long")
        if old_root != new_root:
            raise BadProof("two roots of one size")
        return
    if old & (old - 1) == 0:
        hashes.insert(0, old_root)
    if not hashes:
        raise BadProof("the proof is too short")
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise BadProof("the proof is too long")
        if place & 1 or place == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise BadProof("the proof is too short")
    if first != old_root or second != new_root:
        raise BadProof("the proof leads to another root")


def _split(count: int) -> int:
    """The greatest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1


def _range(start: int, end: int, read: ReadTile) -> bytes:
    """The root over leaves start..end; both come from splitting, so it is a row of complete subtrees."""
    parts: list[bytes] = []
    while start < end:
        height = _split(end - start + 1).bit_length() - 1
        while start & ((1 << height) - 1):
            height -= 1
        parts.append(subtree(height, start >> height, read))
        start += 1 << height
    root = parts.pop()
    while parts:
        root = node_hash(parts.pop(), root)
    return root
