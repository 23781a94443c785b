"""Notes as others sign and read them, and what makes one of ours not genuine."""

from __future__ import annotations

from uuid import UUID

import pytest

from pencere.ledger import notes, tree
from pencere.ledger.tests.test_tree import Kept, contents

# The example of c2sp.org/signed-note.
THEIR_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
THEIR_NOTE = (
    "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZ"
    "XsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
# The example of golang.org/x/mod/sumdb/note.
GO_KEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_SIGNATURE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
SIGNER = notes.make_signer("window.example/ledger")
VERIFIER = SIGNER.verifier


def test_a_note_of_others_is_read():
    assert notes.open_note(THEIR_NOTE, notes.read_verifier(THEIR_KEY)) == "This is an example message.\n"


def test_we_sign_as_others_sign():
    signer = notes.read_signer(GO_KEY)

    assert notes.sign(GO_TEXT, signer) == f"{GO_TEXT}\n{GO_SIGNATURE}"
    assert str(signer) == GO_KEY
    assert str(signer.verifier) == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


def test_keys_survive_being_written():
    assert notes.read_signer(str(SIGNER)).verifier.key_id == VERIFIER.key_id
    assert str(notes.read_verifier(str(VERIFIER))) == str(VERIFIER)


def test_a_note_with_a_witness_beside_us_is_read():
    witnessed = notes.sign("a\n\nb\n", SIGNER) + notes.sign("a\n\nb\n", notes.make_signer("witness")).split("\n\n")[-1]

    assert notes.open_note(witnessed, VERIFIER) == "a\n\nb\n"


@pytest.mark.parametrize(
    "touch",
    [
        lambda note: note.replace("text", "test"),
        lambda note: note[:-1],
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note.replace("—", "-"),
        lambda note: note[:-6] + "AAAA=\n",
        lambda note: note[:-8] + "%%%%%%%\n",
        lambda note: notes.sign("a text\n", notes.make_signer(SIGNER.name)),
        lambda note: notes.sign("a text\n", notes.make_signer("somebody.else")),
        lambda note: "",
        lambda note: "\n\n",
    ],
)
def test_a_note_that_was_touched_is_refused(touch):
    note = notes.sign("a text\n", SIGNER)

    assert notes.open_note(note, VERIFIER) == "a text\n"
    with pytest.raises(notes.BadNote):
        notes.open_note(touch(note), VERIFIER)


@pytest.mark.parametrize(
    "key",
    ["", "a", "a+b+c", "a+00000000+AAAA", str(VERIFIER).replace("window", "door"), str(SIGNER)[:-3]],
    ids=["nothing", "a word", "three words", "no key", "another name", "cut off"],
)
def test_a_broken_key_is_refused(key):
    with pytest.raises(notes.BadNote):
        notes.read_verifier(key)
    with pytest.raises(notes.BadNote):
        notes.read_signer(key)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\n"])
def test_a_key_has_a_name_without_blanks_and_plus(name):
    with pytest.raises(ValueError, match="cannot name a key"):
        notes.make_signer(name)


@pytest.mark.parametrize("text", ["no newline", "a tab\t\n"])
def test_only_whole_lines_are_signed(text):
    with pytest.raises(ValueError, match="whole lines"):
        notes.sign(text, SIGNER)


def test_checkpoint_and_receipt_are_never_taken_for_each_other():
    root = bytes(32)
    checkpoint = notes.sign(notes.checkpoint_text(SIGNER.name, 7, root), SIGNER)
    receipt = notes.sign(notes.receipt_text(SIGNER.name, UUID(int=5), root, "2026-03-18T09:00:00.000000Z"), SIGNER)

    assert notes.read_checkpoint(checkpoint, VERIFIER) == (7, root)
    assert notes.read_receipt(receipt, VERIFIER) == (UUID(int=5), root, "2026-03-18T09:00:00.000000Z")
    with pytest.raises(notes.BadNote):
        notes.read_checkpoint(receipt, VERIFIER)
    with pytest.raises(notes.BadNote):
        notes.read_receipt(checkpoint, VERIFIER)


@pytest.mark.parametrize(
    "text", ["other.log\n7\nAAAA\n", "{0}\n07\n{1}\n", "{0}\nseven\n{1}\n", "{0}\n7\nAAAA\n", "{0}\n"]
)
def test_a_signed_text_that_is_no_checkpoint_is_refused(text):
    with pytest.raises(notes.BadNote):
        notes.read_checkpoint(notes.sign(text.format(SIGNER.name, "A" * 43 + "="), SIGNER), VERIFIER)


@pytest.mark.parametrize(
    "lines", ["leaf x\nhash 00\nat t", "hash 00\nleaf x\nat t", f"leaf {UUID(int=1)}\nhash zz\nat t", "leaf"]
)
def test_a_signed_text_that_is_no_receipt_is_refused(lines):
    with pytest.raises(notes.BadNote):
        notes.read_receipt(notes.sign(f"{SIGNER.name} receipt\n{lines}\n", SIGNER), VERIFIER)


def test_a_proof_is_checked_without_us():
    leaves = contents(300)
    kept = Kept(leaves)
    checkpoint = notes.sign(notes.checkpoint_text(SIGNER.name, 300, kept.frontier.root()), SIGNER)
    path = tree.inclusion_proof(7, 300, kept.read)
    whole = notes.proof_text(7, path, checkpoint, leaves[7])
    bare = notes.proof_text(7, path, checkpoint, None)

    assert notes.check_proof(whole, VERIFIER) == (7, 300)
    assert notes.check_proof(bare, VERIFIER, tree.leaf_hash(leaves[7])) == (7, 300)
    for text, leaf_hash in (
        (whole, tree.leaf_hash(leaves[8])),
        (bare, tree.leaf_hash(leaves[8])),
        (whole.replace("index 7", "index 8"), None),
        (whole.replace("\n300\n", "\n301\n"), None),
        (bare, None),
        ("", None),
        (whole.replace("index", "place"), None),
        (whole.partition("\n\n")[0], None),
    ):
        with pytest.raises((notes.BadNote, tree.BadProof)):
            notes.check_proof(text, VERIFIER, leaf_hash)
