"""A leaf commits with what it tells of, a look before the data leaves; nobody changes either."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from pencere.base.canonical import canonical
from pencere.base.errors import Unavailable
from pencere.ledger import actions, guards, queries, rules
from pencere.ledger.actions import Look
from pencere.ledger.models import Checkpoint, Leaf
from pencere.ledger.models import Look as LookRow
from pencere.ledger.tests import make
from pencere.ledger.tests.make import NOW, SUBJECT


@pytest.mark.django_db(transaction=True)
def test_a_leaf_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="in the transaction"):
        actions.record("case.decided", {}, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_a_leaf_goes_back_with_its_transaction():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.record("case.decided", {"case": "x"}, now=NOW)
        1 / 0  # noqa: B018

    assert not Leaf.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_look_inside_a_transaction_is_refused():
    with pytest.raises(RuntimeError), transaction.atomic():
        make.look()

    assert not LookRow.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("body", [{"a": 1.5}, {"a": object()}, {1: "a"}])
def test_a_body_without_a_canonical_form_is_refused(body):
    with transaction.atomic(), pytest.raises(TypeError):
        actions.record("case.decided", body, now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["", 'a"b', "a b", "çay"])
def test_a_kind_is_a_word_of_code(kind):
    with transaction.atomic(), pytest.raises(ValueError, match="kind"):
        actions.record(kind, {}, now=NOW)


@pytest.mark.django_db
def test_a_look_says_who_saw_what_of_whom_and_why():
    receipt = make.look(who="officer:registry", agency="din")

    (seen,) = queries.looks_of(SUBJECT)

    assert (seen.id, seen.when, seen.kind) == (receipt.leaf_id, NOW, "evidence")
    assert (seen.agency, seen.who, seen.account) == ("din", "officer:registry", "account")
    assert (seen.service, seen.case) == ("residence-certificate", "K7QF2-9XMZT")
    assert (seen.ground, seen.act) == ("law", "residence-law 5")
    assert (seen.register, seen.source) == ("residence", "AZ/GOV/din/residence/by-person")
    assert seen.fields == ("address", "valid_from")


@pytest.mark.django_db
def test_a_list_is_a_look_at_each_person_shown():
    looks = [Look(f"PERSON{number}", "residence", ("person",)) for number in range(30)]

    receipts = actions.record_look(make.purpose(), looks, kind="evidence", now=NOW)

    assert len({receipt.leaf_id for receipt in receipts}) == 30
    assert all(len(queries.looks_of(f"PERSON{number}")) == 1 for number in range(30))


@pytest.mark.django_db
@pytest.mark.parametrize("looks", [1, 20, 3000])
def test_a_list_is_written_down_by_two_statements_however_long_it_is(looks):
    """A page of a thousand rows has a thousand looks; on PostgreSQL each value that travels alone is dear too."""
    seen = [Look(f"PERSON{number}", "residence", ("person",)) for number in range(looks)]

    with CaptureQueriesContext(connection) as said:
        actions.record_look(make.purpose(), seen, kind="desk", now=NOW)

    written = [each["sql"] for each in said.captured_queries if "INSERT" in each["sql"]]
    assert len(written) == 2
    assert LookRow.objects.count() == Leaf.objects.count() == looks
    if connection.vendor == "postgresql":
        assert not any(" VALUES " in each for each in written)


@pytest.mark.django_db
def test_looks_at_different_things_under_one_purpose_are_kept_apart():
    looks = [
        Look("A", "residence", ("address", "since"), "AZ/GOV/din/residence/by-person"),
        Look("B", "vehicles", ("plate",)),
        Look('\u0259"\\', "residence", ("address", "since"), "AZ/GOV/din/residence/by-person"),
    ]

    actions.record_look(make.purpose(), looks, kind="evidence", now=NOW)

    for look in looks:
        (seen,) = queries.looks_of(look.subject)
        assert (seen.register, seen.fields, seen.source) == (look.register, look.fields, look.source)
        body = Leaf.objects.get(pk=seen.id).body
        assert body == canonical(rules.look_body(make.purpose(), look, "evidence")).decode()
    actions.seal_pending(NOW)
    assert queries.verify().ok


@pytest.mark.django_db
@pytest.mark.parametrize("subject", ["", "6XYZ456"])
def test_nobody_sees_the_looks_at_others(subject):
    make.look()

    assert queries.looks_of(subject) == ()


@pytest.mark.django_db
def test_looks_are_read_newest_first_page_by_page():
    receipts = [make.look(now=NOW + timedelta(seconds=number // 3)) for number in range(25)]

    seen, before = [], None
    while page := queries.looks_of(SUBJECT, before=before, limit=4):
        seen += page
        before = page[-1].id

    assert sorted(look.id for look in seen) == sorted(receipt.leaf_id for receipt in receipts)
    assert [look.when for look in seen] == sorted((look.when for look in seen), reverse=True)
    assert queries.looks_of(SUBJECT, before="not a cursor") == ()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["", "peek"])
def test_a_look_is_of_a_known_kind(kind):
    with pytest.raises(ValueError, match="kind of look"):
        make.look(kind=kind)


@pytest.mark.django_db
@pytest.mark.parametrize("look", [Look("", "residence", ("address",)), Look(SUBJECT, "residence", ())])
def test_a_look_names_a_person_and_fields(look):
    with pytest.raises(ValueError, match="names whose"):
        actions.record_look(make.purpose(), [look], kind="evidence", now=NOW)


def test_a_look_without_a_purpose_is_refused():
    with pytest.raises(TypeError, match="Purpose"):
        actions.record_look(None, [Look(SUBJECT, "residence", ("address",))], kind="evidence", now=NOW)  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", make.WAYS_TO_FAIL)
def test_a_look_that_cannot_be_written_is_said_to_be_unavailable(way):
    kept = make.look()

    with make.WAYS_TO_FAIL[way](), pytest.raises(Unavailable) as problem:
        make.look("6XYZ456")

    assert problem.value.who == "ledger"
    assert queries.looks_of("6XYZ456") == ()
    assert [look.id for look in queries.looks_of(SUBJECT)] == [kept.leaf_id]
    make.look("6XYZ456")  # and works again


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", guards.TABLES)
@pytest.mark.parametrize("statement", ["DELETE FROM {0}", "UPDATE {0} SET {1} = {1}", "UPDATE {0} SET {2}"])
def test_the_database_itself_refuses_to_change_what_was_recorded(table, statement):
    make.look()
    actions.seal_pending(NOW)
    column, change = {
        "ledger_leaf": ("leaf_hash", "kind = 'other'"),
        "ledger_look": ("subject", "agency = 'other'"),
        "ledger_checkpoint": ("root", "size = 7"),
    }[table]

    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table, column, change))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "change",
    [{"index": 5}, {"index": None}, {"body": "{}"}, {"salt": b"x"}, {"body": None}, {"body": None, "index": 7}],
)
def test_a_sealed_leaf_keeps_its_place_and_its_text(change):
    make.leaf()
    actions.seal_pending(NOW)

    with pytest.raises(DatabaseError), transaction.atomic():
        Leaf.objects.update(**change)


@pytest.mark.django_db(transaction=True)
def test_postgresql_refuses_to_empty_a_table_too():
    with connection.cursor() as cursor:
        statement = "TRUNCATE ledger_look" if connection.vendor == "postgresql" else "DELETE FROM ledger_look"
        make.look()
        with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
            cursor.execute(statement)


@pytest.mark.django_db
def test_a_receipt_is_genuine_until_it_is_touched():
    receipt = make.leaf()

    read = queries.read_receipt(receipt.note)

    assert read is not None
    assert (read.leaf_id, read.leaf_hash, read.at) == (receipt.leaf_id, receipt.leaf_hash, NOW)
    assert queries.receipt_is_genuine(receipt.note.replace("\n", "\r\n"))  # sent through a form
    assert not queries.receipt_is_genuine(receipt.note.replace("2026", "2025"))
    assert not queries.receipt_is_genuine("")
    assert SUBJECT not in make.look().note


@pytest.mark.django_db
def test_the_key_is_made_once_and_only_its_owner_reads_it(settings, tmp_path):
    settings.PENCERE = replace(settings.PENCERE, data=tmp_path)
    make.leaf()
    private, public = settings.PENCERE.keys / "ledger", settings.PENCERE.keys / "ledger.pub"

    assert stat.S_IMODE(os.stat(private).st_mode) == 0o600
    assert public.read_text().strip() == queries.public_key()
    assert queries.public_key().startswith(f"{settings.PENCERE.host}/ledger+")
    assert private.read_text().startswith("PRIVATE+KEY+")


@pytest.mark.django_db
def test_an_erased_leaf_says_nothing_and_every_proof_holds():
    receipts = [make.look(), make.leaf(), make.look("6XYZ456")]
    actions.seal_pending(NOW)
    proof = queries.prove(receipts[0].leaf_id)

    actions.erase([receipts[0].leaf_id], reason="kept long enough", act="personal-data 8", now=NOW)
    actions.seal_pending(NOW)
    bare = queries.prove(receipts[0].leaf_id)

    assert queries.looks_of(SUBJECT) == ()
    assert not Leaf.objects.filter(body__contains=SUBJECT).exists()
    assert proof is not None
    assert bare is not None
    assert bare.content is None
    assert queries.check_proof(proof.text(), queries.public_key(), receipts[0].leaf_hash)
    assert queries.check_proof(bare.text(), queries.public_key(), receipts[0].leaf_hash)
    assert queries.verify().problems == ()
    with pytest.raises(LookupError):
        actions.erase([receipts[0].leaf_id], reason="again", act="personal-data 8", now=NOW)


@pytest.mark.django_db
def test_no_checkpoint_stands_for_an_empty_ledger():
    assert queries.checkpoint() is None
    assert actions.seal_pending(NOW) is None
    assert queries.oldest_unsealed() is None
    assert queries.verify().ok
    assert not Checkpoint.objects.exists()
