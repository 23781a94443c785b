"""The tree against the recursive definition of RFC 6962, written here once more and on its own, and known roots."""

from __future__ import annotations

import hashlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pencere.ledger import tree

KNOWN_LEAVES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
KNOWN_ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def root_by_definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word for word. Takes contents, not hashes."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + root_by_definition(leaves[:k]) + root_by_definition(leaves[k:])).digest()


def path_by_definition(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH(m, D[n]) of RFC 6962, section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*path_by_definition(m, leaves[:k]), root_by_definition(leaves[k:])]
    return [*path_by_definition(m - k, leaves[k:]), root_by_definition(leaves[:k])]


def proof_by_definition(m: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF(m, D[n], b) of RFC 6962, section 2.1.2."""
    if m == len(leaves):
        return [] if whole else [root_by_definition(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*proof_by_definition(m, leaves[:k], whole), root_by_definition(leaves[k:])]
    return [*proof_by_definition(m - k, leaves[k:], False), root_by_definition(leaves[:k])]


class Kept:
    """Tiles in memory, filled as the sequencer fills them."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.tiles: dict[tuple[int, int], bytearray] = {}
        self.frontier = tree.Frontier()
        for leaf in leaves:
            place = self.frontier.size
            for level, hash_ in self.frontier.append(tree.leaf_hash(leaf)):
                self.tiles.setdefault((level, (place >> 8 * level) // 256), bytearray()).extend(hash_)

    def read(self, level: int, number: int) -> bytes:
        return bytes(self.tiles.get((level, number), b""))


def contents(count: int) -> list[bytes]:
    return [f"leaf {number}".encode() for number in range(count)]


@pytest.mark.parametrize("size", range(len(KNOWN_ROOTS)))
def test_the_root_is_the_one_that_the_world_knows(size):
    leaves = [bytes.fromhex(leaf) for leaf in KNOWN_LEAVES[:size]]

    assert Kept(leaves).frontier.root().hex() == KNOWN_ROOTS[size]
    assert root_by_definition(leaves).hex() == KNOWN_ROOTS[size]


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 600, 65_536 + 300])
def test_root_and_right_edge_follow_the_definition(size):
    leaves = contents(size)
    kept = Kept(leaves)

    assert kept.frontier.root() == root_by_definition(leaves)
    assert tree.frontier_of(size, kept.read).nodes == kept.frontier.nodes[: size.bit_length()]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_proofs_follow_the_definition_and_hold(data):
    size = data.draw(st.integers(1, 700))
    leaves = contents(size)
    kept = Kept(contents(size + data.draw(st.integers(0, 400))))  # tiles that have grown since
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    root = root_by_definition(leaves)

    path = tree.inclusion_proof(index, size, kept.read)
    proof = tree.consistency_proof(old, size, kept.read)

    assert path == path_by_definition(index, leaves)
    assert proof == proof_by_definition(old, leaves)
    tree.check_inclusion(tree.leaf_hash(leaves[index]), index, size, path, root)
    tree.check_consistency(old, size, proof, root_by_definition(leaves[:old]), root)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_proof_that_was_touched_does_not_hold(data):
    size = data.draw(st.integers(2, 300))
    leaves = contents(size)
    kept = Kept(leaves)
    index = data.draw(st.integers(0, size - 1))
    path = tree.inclusion_proof(index, size, kept.read)
    old = data.draw(st.integers(1, size - 1))
    proof = tree.consistency_proof(old, size, kept.read)
    leaf, root, old_root = tree.leaf_hash(leaves[index]), root_by_definition(leaves), root_by_definition(leaves[:old])
    wrong = random.Random(data.draw(st.integers())).randbytes(32)

    for touched in (path[1:], [*path, wrong], [wrong, *path[1:]], path[::-1] if path[::-1] != path else [wrong]):
        with pytest.raises(tree.BadProof):
            tree.check_inclusion(leaf, index, size, touched, root)
    for leaf_, index_, root_ in (
        (wrong, index, root),
        (leaf, index ^ 1, root),
        (leaf, size, root),
        (leaf, index, wrong),
    ):
        with pytest.raises(tree.BadProof):
            tree.check_inclusion(leaf_, index_, size, path, root_)
    for touched in (proof[1:], [*proof, wrong], [*proof[:-1], wrong]):
        with pytest.raises(tree.BadProof):
            tree.check_consistency(old, size, touched, old_root, root)
    for old_root_, root_ in ((wrong, root), (old_root, wrong)):
        with pytest.raises(tree.BadProof):
            tree.check_consistency(old, size, proof, old_root_, root_)


def test_sizes_out_of_reason_are_refused():
    kept = Kept(contents(3))
    root = kept.frontier.root()

    for index, size in ((3, 3), (-1, 3), (0, 0)):
        with pytest.raises(LookupError):
            tree.inclusion_proof(index, size, kept.read)
        with pytest.raises(tree.BadProof):
            tree.check_inclusion(root, index, size, [], root)
    for old, new in ((0, 3), (4, 3)):
        with pytest.raises(LookupError):
            tree.consistency_proof(old, new, kept.read)
        with pytest.raises(tree.BadProof):
            tree.check_consistency(old, new, [], root, root)
    with pytest.raises(tree.BadProof):
        tree.check_inclusion(b"", 0, 1, [], b"")
    with pytest.raises(LookupError):
        tree.subtree(2, 0, kept.read)
