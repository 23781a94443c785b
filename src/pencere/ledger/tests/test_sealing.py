"""The sequencer: every leaf gets its place once, in order, under a signed checkpoint, whoever else is at it."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection

from pencere.base import clock
from pencere.ledger import actions, queries, sealing
from pencere.ledger.models import Checkpoint, Leaf
from pencere.ledger.tests import make
from pencere.ledger.tests.make import NOW


@pytest.mark.django_db
def test_leaves_are_sealed_in_the_order_of_their_time():
    late = make.leaf(1, now=NOW + timedelta(seconds=2))
    early = make.leaf(2, now=NOW)

    sealed = actions.seal_pending(NOW + timedelta(seconds=3))

    assert sealed is not None
    assert sealed.size == 2
    assert [str(id_) for id_ in Leaf.objects.order_by("index").values_list("id", flat=True)] == [
        early.leaf_id,
        late.leaf_id,
    ]
    assert queries.checkpoint() == sealed
    assert actions.seal_pending(NOW) is None


@pytest.mark.django_db
def test_a_batch_is_bounded_and_the_rest_comes_next(monkeypatch):
    monkeypatch.setattr(sealing, "BATCH", 100)
    for number in range(250):
        make.leaf(number)

    sizes = []
    while sealed := actions.seal_pending(NOW):
        sizes.append(sealed.size)

    assert sizes == [100, 200, 250]
    assert queries.verify().ok


@pytest.mark.django_db
def test_a_receipt_is_kept_by_a_proof_that_others_can_check():
    receipts = make.ledger(300)

    for receipt in receipts[::17]:
        proof = queries.prove(receipt.leaf_id)
        assert proof is not None
        assert proof.leaf_hash == receipt.leaf_hash
        assert queries.check_proof(proof.text(), queries.public_key(), receipt.leaf_hash)
        assert queries.check_proof(proof.text(with_content=False), queries.public_key(), receipt.leaf_hash)
        assert not queries.check_proof(proof.text(), queries.public_key(), receipts[1].leaf_hash)
    assert queries.prove("00000000-0000-7000-8000-000000000000") is None


@pytest.mark.django_db
def test_a_leaf_that_waits_has_no_proof_yet():
    receipt = make.leaf()

    assert queries.prove(receipt.leaf_id) is None
    assert queries.oldest_unsealed() == NOW


@pytest.mark.django_db
def test_a_damaged_tree_is_not_built_upon():
    make.ledger(10)
    from pencere.ledger.models import Tile

    Tile.objects.update(hashes=b"")
    make.leaf(11)

    with pytest.raises(LookupError, match="holds too few"):
        actions.seal_pending(NOW)


@pytest.mark.django_db(transaction=True)
def test_several_sequencers_at_once_do_no_harm():
    stop, failures = threading.Event(), []

    def during(what):
        def run():
            try:
                while not stop.is_set():
                    what()
            except Exception as problem:  # noqa: BLE001  shown by the assertion below
                failures.append(problem)
            finally:
                connection.close()

        return threading.Thread(target=run)

    receipts, audits = [], []
    threads = [during(lambda: audits.append(queries.verify()))]
    threads += [during(lambda: actions.seal_pending(clock.now())) for _ in range(3)]
    threads += [during(lambda: receipts.append(make.look(now=clock.now()))) for _ in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(2)
    stop.set()
    for thread in threads:
        thread.join()
    while actions.seal_pending(clock.now()):
        pass

    found = queries.verify()

    assert failures == []
    assert len(receipts) > 20
    assert [audit.problems for audit in audits if audit.problems] == []  # whole at every moment
    assert found.problems == ()
    assert found.size == len(receipts) == Leaf.objects.filter(index__isnull=False).count()
    assert all(queries.prove(receipt.leaf_id) for receipt in receipts)


@pytest.mark.django_db(transaction=True)
def test_the_loop_seals_every_second_and_stops_when_told():
    assert actions.SEAL_EVERY_SECONDS <= 1
    stop = threading.Event()
    thread = threading.Thread(target=actions.seal_loop, args=(stop,))
    thread.start()
    try:
        for _ in range(3):
            receipt = make.leaf(now=clock.now())
            began = time.monotonic()
            while queries.prove(receipt.leaf_id) is None:
                assert time.monotonic() - began < 20, "not sealed at all"
                time.sleep(0.02)
    finally:
        stop.set()
        thread.join(timeout=5)

    assert not thread.is_alive()
    assert Checkpoint.objects.count() >= 3


@pytest.mark.django_db(transaction=True)
def test_the_loop_outlives_a_failure(monkeypatch):
    from django.db import OperationalError

    failed = threading.Event()
    real = actions.seal_pending

    def once_broken(now):
        if not failed.is_set():
            failed.set()
            raise OperationalError("the server closed the connection")
        return real(now)

    monkeypatch.setattr(actions, "seal_pending", once_broken)
    stop = threading.Event()
    thread = threading.Thread(target=actions.seal_loop, args=(stop,))
    receipt = make.leaf(now=clock.now())
    thread.start()
    began = time.monotonic()
    while queries.prove(receipt.leaf_id) is None and time.monotonic() - began < 5:
        time.sleep(0.02)
    stop.set()
    thread.join(timeout=5)

    assert failed.is_set()
    assert queries.prove(receipt.leaf_id) is not None
