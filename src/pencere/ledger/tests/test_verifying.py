"""The audit finds every change that an owner of the database can make, and names the row.

Each trial changes one thing in a ledger that is whole, with the guards out of the way, and takes it back.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F

from pencere.ledger import guards, keys, notes, queries, rules, tree
from pencere.ledger.models import Checkpoint, Leaf, Look, Tile
from pencere.ledger.queries import Verification
from pencere.ledger.tests import make

LENGTH = 600  # two full tiles and a part, seven checkpoints

Named = Callable[[Verification], bool]


class TakenBack(Exception):
    """Ends a trial."""


def flipped(raw: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(raw))
    return raw[:at] + bytes([raw[at] ^ 1 << dice.randrange(8)]) + raw[at + 1 :]


def names(what: str, index: int | None, leaf: object = None) -> Named:
    """The one fault found is of that kind, at that place, of that leaf."""

    def check(found: Verification) -> bool:
        covered = [
            fault
            for fault in found.problems
            if fault.what == what
            and (fault.index == index or (index is not None and fault.index <= index <= (fault.last or fault.index)))
            and (leaf is None or fault.leaf_id in ("", str(leaf)))
        ]
        return len(covered) == 1

    return check


# --- what can be done to a leaf: (index, dice) -> how the audit must name it


def change_the_body(index: int, dice: random.Random) -> Named:
    row = Leaf.objects.get(index=index)
    Leaf.objects.filter(pk=row.pk).update(body=row.body.replace('"', "'", 1) if dice.random() < 0.5 else row.body[:-1])
    return names("changed", index, row.pk)


def change_the_salt(index: int, dice: random.Random) -> Named:
    row = Leaf.objects.get(index=index)
    Leaf.objects.filter(pk=row.pk).update(salt=flipped(bytes(row.salt), dice))
    return names("changed", index, row.pk)


def change_the_hash(index: int, dice: random.Random) -> Named:
    row = Leaf.objects.get(index=index)
    Leaf.objects.filter(pk=row.pk).update(leaf_hash=flipped(bytes(row.leaf_hash), dice))
    return names("changed", index, row.pk)


def change_the_time(index: int, dice: random.Random) -> Named:
    row = Leaf.objects.get(index=index)
    Leaf.objects.filter(pk=row.pk).update(recorded_at=row.recorded_at + timedelta(microseconds=dice.randint(1, 10**9)))
    return names("changed", index, row.pk)


def change_the_kind(index: int, dice: random.Random) -> Named:
    row = Leaf.objects.get(index=index)
    Leaf.objects.filter(pk=row.pk).update(kind=f"{row.kind}.x")
    return names("changed", index, row.pk)


def write_another_in_its_place(index: int, dice: random.Random) -> Named:
    """Content and hash are replaced so that they fit each other."""
    row = Leaf.objects.get(index=index)
    body = '{"case":"another"}'
    hash_ = tree.leaf_hash(
        bytes(row.salt) + rules.entry(row.pk, "case.decided", rules.time_text(row.recorded_at), body)
    )
    Look.objects.filter(pk=row.pk).delete()
    Leaf.objects.filter(pk=row.pk).update(body=body, kind="case.decided", leaf_hash=hash_)
    return names("inserted", index, row.pk)


def delete(index: int, dice: random.Random) -> Named:
    Look.objects.filter(leaf__index=index).delete()
    Leaf.objects.filter(index=index).delete()
    return names("deleted", index)


def swap(index: int, dice: random.Random) -> Named:
    other = dice.choice([place for place in range(LENGTH) if place != index])
    for old, new in ((index, -1), (other, index), (-1, other)):
        Leaf.objects.filter(index=old).update(index=new)
    return lambda found: names("moved", index)(found) and names("moved", other)(found)


def swap_the_bodies(index: int, dice: random.Random) -> Named:
    other = dice.choice([place for place in range(LENGTH) if place != index])
    one, two = Leaf.objects.get(index=index), Leaf.objects.get(index=other)
    Leaf.objects.filter(pk=one.pk).update(body=two.body, salt=two.salt)
    Leaf.objects.filter(pk=two.pk).update(body=one.body, salt=one.salt)
    return lambda found: names("changed", index)(found) and names("changed", other)(found)


def repeat_another(index: int, dice: random.Random) -> Named:
    """Two leaves with one hash, which the table does not refuse."""
    row = Leaf.objects.get(index=index)
    other = Leaf.objects.get(index=dice.choice([place for place in range(LENGTH) if place != index]))
    Leaf.objects.filter(pk=row.pk).update(body=other.body, salt=other.salt, leaf_hash=other.leaf_hash)
    return names("changed", index, row.pk)


def repeat_another_as_if_erased(index: int, dice: random.Random) -> Named:
    row = Leaf.objects.get(index=index)
    other = Leaf.objects.get(index=dice.choice([place for place in range(LENGTH) if place != index]))
    Leaf.objects.filter(pk=row.pk).update(body=None, salt=None, leaf_hash=other.leaf_hash)
    return names("erased", index, row.pk)


def slip_in(index: int, dice: random.Random) -> Named:
    """A forged leaf; all later ones move up by one."""
    Leaf.objects.filter(index__gte=index).update(index=-F("index") - 2)
    Leaf.objects.filter(index__lt=0).update(index=-F("index") - 1)
    forged = _forged()
    Leaf.objects.filter(pk=forged).update(index=index)
    return names("inserted", index, forged)


def add_at_the_end(index: int, dice: random.Random) -> Named:
    forged = _forged()
    Leaf.objects.filter(pk=forged).update(index=LENGTH)
    return names("inserted", LENGTH, forged)


def cut_off_the_end(index: int, dice: random.Random) -> Named:
    Look.objects.filter(leaf__index__gte=index).delete()
    Leaf.objects.filter(index__gte=index).delete()
    return lambda found: names("deleted", index)(found) and names("deleted", LENGTH - 1)(found)


def empty_it(index: int, dice: random.Random) -> Named:
    """As an erasure, but no leaf says why."""
    row = Leaf.objects.get(index=index)
    Look.objects.filter(pk=row.pk).update(subject="", account="")
    Leaf.objects.filter(pk=row.pk).update(body=None, salt=None)
    return names("erased", index, row.pk)


def _forged() -> object:
    return Leaf.objects.get(pk=make.leaf(10**6).leaf_id).pk


# --- what can be done to a look


def look_at(index: int) -> Look:
    return Look.objects.filter(leaf__index__lte=index).order_by("-leaf__index")[0]


def change_a_look(index: int, dice: random.Random) -> Named:
    look = look_at(index)
    column = dice.choice(["subject", "agency", "service", "case", "ground", "act", "register", "source", "fields",
                          "kind", "who", "account", "at"])  # fmt: skip
    value = look.at + timedelta(days=1) if column == "at" else f"{getattr(look, column)}x"[-10:]
    Look.objects.filter(pk=look.pk).update(**{column: value})
    return names("look_changed", look.leaf.index, look.pk)


def delete_a_look(index: int, dice: random.Random) -> Named:
    look = look_at(index)
    place = look.leaf.index
    Look.objects.filter(pk=look.pk).delete()
    return names("look_deleted", place, look.pk)


def give_a_leaf_a_look(index: int, dice: random.Random) -> Named:
    other = Leaf.objects.exclude(kind__startswith="look.").filter(index__gte=0).order_by("?")[0]
    look = look_at(index)
    look.pk = other.pk
    look.save(force_insert=True)
    return names("look_inserted", other.index, other.pk)


# --- what can be done to the tree and its signatures


def change_a_tile(index: int, dice: random.Random) -> Named:
    tile = Tile.objects.get(level=0, number=index // 256)
    raw = bytearray(tile.hashes)
    at = index % 256 * 32
    raw[at : at + 32] = flipped(bytes(raw[at : at + 32]), dice)
    Tile.objects.filter(pk=tile.pk).update(hashes=bytes(raw))
    return names("tile", index)


def delete_a_tile(index: int, dice: random.Random) -> Named:
    Tile.objects.get(level=0, number=index // 256).delete()
    return names("tile", index)


def change_an_upper_tile(index: int, dice: random.Random) -> Named:
    tile = Tile.objects.get(level=1)
    at = dice.randrange(2) * 32
    Tile.objects.filter(pk=tile.pk).update(hashes=tile.hashes[:at] + dice.randbytes(32) + tile.hashes[at + 32 :])
    return names("tile", at // 32 * 256)


def change_leaf_and_tile_alike(index: int, dice: random.Random) -> Named:
    """Only the signature stands against it: the leaves of that second are named."""
    write_another_in_its_place(index, dice)
    tile = Tile.objects.get(level=0, number=index // 256)
    raw = bytearray(tile.hashes)
    raw[index % 256 * 32 : index % 256 * 32 + 32] = Leaf.objects.get(index=index).leaf_hash
    Tile.objects.filter(pk=tile.pk).update(hashes=bytes(raw))
    return names("root", index)


def _checkpoint_over(index: int) -> Checkpoint:
    return Checkpoint.objects.filter(size__gt=index).order_by("size")[0]


def touch_a_note(index: int, dice: random.Random) -> Named:
    point = _checkpoint_over(index)
    Checkpoint.objects.filter(pk=point.pk).update(note=point.note.replace("\n", "\nx\n", 1))
    return names("checkpoint", point.size - 1)


def sign_with_another_key(index: int, dice: random.Random) -> Named:
    point = _checkpoint_over(index)
    forger = notes.make_signer(keys.signer().name)
    note = notes.sign(notes.checkpoint_text(forger.name, point.size, bytes(point.root)), forger)
    Checkpoint.objects.filter(pk=point.pk).update(note=note)
    return names("checkpoint", point.size - 1)


def change_a_root(index: int, dice: random.Random) -> Named:
    point = _checkpoint_over(index)
    Checkpoint.objects.filter(pk=point.pk).update(root=dice.randbytes(32))
    return names("checkpoint", point.size - 1)


def change_a_size(index: int, dice: random.Random) -> Named:
    point = _checkpoint_over(index)
    Checkpoint.objects.filter(pk=point.pk).update(size=dice.choice([0, -1, 5, 300]))
    return lambda found: any(fault.what == "checkpoint" for fault in found.problems)


def cut_off_the_end_and_its_checkpoints(index: int, dice: random.Random) -> Named:
    cut_off_the_end(index, dice)
    Checkpoint.objects.filter(size__gt=index).delete()
    return lambda found: any(fault.what in ("deleted", "rewritten") for fault in found.problems)


TRIALS = [
    change_the_body, change_the_salt, change_the_hash, change_the_time, change_the_kind, write_another_in_its_place,
    delete, swap, swap_the_bodies, repeat_another, repeat_another_as_if_erased, slip_in, add_at_the_end,
    cut_off_the_end, empty_it,
    change_a_look, delete_a_look, give_a_leaf_a_look,
    change_a_tile, delete_a_tile, change_an_upper_tile, change_leaf_and_tile_alike,
    touch_a_note, sign_with_another_key, change_a_root, change_a_size, cut_off_the_end_and_its_checkpoints,
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.__name__)
def test_what_was_touched_is_found_and_named(trial):
    make.ledger(LENGTH)
    kept = queries.checkpoint()
    assert kept is not None
    assert kept.size == LENGTH
    assert queries.verify(against=[kept.note]).problems == ()
    guards.remove(connection)
    dice = random.Random(trial.__name__)

    for index in [0, LENGTH - 1, 255, 256, *(dice.randrange(1, LENGTH) for _ in range(4))]:
        with pytest.raises(TakenBack), transaction.atomic():
            is_named = trial(index, dice)
            found = queries.verify(against=[kept.note])
            assert not found.ok
            assert is_named(found), (index, [str(fault) for fault in found.problems[:8]])
            raise TakenBack

    guards.put(connection)
    assert queries.verify().ok


@pytest.mark.django_db
def test_one_change_is_told_once():
    make.ledger(LENGTH)
    guards.remove(connection)

    change_the_body(300, random.Random(1))
    found = queries.verify()

    assert len(found.problems) == 1
    assert str(found.problems[0]).startswith("changed: leaf 300 (")


@pytest.mark.django_db
def test_a_leaf_that_waits_is_looked_at_too():
    make.ledger(10)
    receipt = make.leaf(11)
    guards.remove(connection)
    Leaf.objects.filter(pk=receipt.leaf_id).update(body="{}")

    (fault,) = queries.verify().problems

    assert (fault.what, fault.index, fault.leaf_id) == ("changed", None, receipt.leaf_id)


@pytest.mark.django_db
def test_a_look_without_its_leaf_is_named():
    make.ledger(10)
    guards.remove(connection)
    receipt = make.look()
    if connection.vendor == "sqlite":
        # Foreign keys are looked at when a transaction commits; this one is rolled back.
        Leaf.objects.filter(pk=receipt.leaf_id)._raw_delete("default")
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("DELETE FROM ledger_leaf WHERE id = %s", [receipt.leaf_id])
            cursor.execute("SET LOCAL session_replication_role = origin")

    problems = queries.verify().problems
    Look.objects.filter(pk=receipt.leaf_id).delete()

    assert [(fault.what, fault.leaf_id) for fault in problems] == [("look_inserted", receipt.leaf_id)]


@pytest.mark.django_db
def test_a_ledger_set_back_is_seen_by_whoever_kept_a_checkpoint():
    make.ledger(50, every=25)
    kept = queries.checkpoint()
    assert kept is not None
    guards.remove(connection)
    for table in (Look, Leaf, Checkpoint, Tile):
        table.objects.all().delete()
    make.ledger(60, every=30)

    alone, held = queries.verify(), queries.verify(against=[kept.note])
    foreign = queries.verify(against=["not a checkpoint"])

    assert alone.ok
    assert [fault.what for fault in held.problems] == ["rewritten"]
    assert [fault.what for fault in foreign.problems] == ["checkpoint"]


@pytest.mark.django_db
def test_every_older_checkpoint_is_consistent_with_the_newest():
    make.ledger(LENGTH)
    from pencere.ledger.sealing import read_tile

    points = list(Checkpoint.objects.order_by("size"))
    last = points[-1]

    for point in points[:-1]:
        proof = tree.consistency_proof(point.size, last.size, read_tile)
        tree.check_consistency(point.size, last.size, proof, bytes(point.root), bytes(last.root))


@pytest.mark.django_db
def test_progress_is_told():
    make.ledger(20)
    told: list[tuple[int, int]] = []

    queries.verify(lambda done, of: told.append((done, of)))

    assert told[-1] == (20, 20)
