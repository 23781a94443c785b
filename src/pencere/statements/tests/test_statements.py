"""Statements made once give and take the same rows as the ORM, on both engines."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from pencere.jobs.models import Job
from pencere.statements.actions import Insert, InsertAlike, InsertNext, Update
from pencere.statements.queries import Rows

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 18, 9, 0, 0, 250, tzinfo=UTC)
FIELDS = ("id", "task", "queue", "arguments", "state", "priority", "enqueued_at", "run_at", "tries", "max_tries",
          "lease_seconds", "lease", "worker", "last_error", "dropped_by", "dropped_for")  # fmt: skip


def _row(arguments: object = None, worker: str = "") -> tuple[object, ...]:
    kept = arguments if arguments is not None else {"args": ["ə", 1], "kwargs": {}}
    return (uuid.uuid4(), "a.b", "inside", kept, "waiting", 3, NOW, NOW, 0, 12, 60, None, worker, "", "", "")


def _facts(job: Job) -> dict[str, object]:
    return {name: value for name, value in vars(job).items() if not name.startswith("_")}


def test_a_row_that_was_inserted_is_what_the_orm_reads():
    row = _row()

    Insert(Job, *FIELDS)(row)

    read = Job.objects.get(pk=row[0])
    assert [getattr(read, name) for name in FIELDS] == list(row)


def test_several_rows_are_one_statement(django_assert_num_queries):
    insert = Insert(Job, *FIELDS)
    insert(_row())

    with django_assert_num_queries(1):
        insert(_row(), _row(), _row())
    insert()

    assert Job.objects.count() == 4


def test_rows_that_share_fields_are_one_statement_and_what_the_orm_reads(django_assert_num_queries):
    own = ("id", "task", "worker")
    same = [name for name in FIELDS if name not in own]
    insert = InsertAlike(Job, same, own)
    values = dict(zip(FIELDS, _row(), strict=True))
    rows = [(uuid.uuid4(), "a.b", worker) for worker in ("one", "\u0259'\"\\%s", "{,}")]

    with django_assert_num_queries(1):
        insert([values[name] for name in same], rows)
    insert([values[name] for name in same], [])

    for row in rows:
        read = Job.objects.get(pk=row[0])
        assert {name: getattr(read, name) for name in FIELDS} == values | dict(zip(own, row, strict=True))
    assert Job.objects.count() == 3


def test_a_text_that_is_too_long_is_refused_and_not_cut():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite holds texts to no length")
    own = ("id", "worker")
    same = [name for name in FIELDS if name not in own]
    values = dict(zip(FIELDS, _row(), strict=True))

    for more in ({"task": "a" * 1000}, {}):
        with pytest.raises(DatabaseError), transaction.atomic():
            InsertAlike(Job, same, own)([(values | more)[name] for name in same], [(uuid.uuid4(), "w" * 1000)])


def test_rows_are_read_as_the_orm_reads_them():
    Insert(Job, *FIELDS)(_row(worker="one"), _row([None, "text", 2], worker="two"))
    by_worker = Rows(Job, "worker = %s")

    for worker in ("one", "two"):
        assert _facts(by_worker.all(worker)[0]) == _facts(Job.objects.get(worker=worker))
    assert by_worker.first("three") is None


def test_a_row_read_for_a_change_can_be_changed():
    Insert(Job, *FIELDS)(_row(worker="one"))
    with transaction.atomic():
        job = Rows(Job, "worker = %s", lock=True).first("one")
        assert job is not None
        job.arguments, job.finished_at, job.tries = {"args": []}, NOW, 4
        Update(Job, "arguments", "finished_at", "tries")(job)

    assert _facts(Job.objects.get()) == _facts(job)


def test_a_change_of_a_row_that_is_gone_is_an_error():
    Insert(Job, *FIELDS)(_row(worker="one"))
    job = Job.objects.get()
    Job.objects.all().delete()

    with pytest.raises(DatabaseError, match="Job"):
        Update(Job, "tries")(job)


def test_the_next_row_is_numbered_after_the_last_of_its_kind():
    fields = [name for name in FIELDS if name != "priority"]
    insert = InsertNext(Job, "priority", "worker = %s", *fields)
    for worker in ("one", "one", "two"):
        values = dict(zip(FIELDS, _row(worker=worker), strict=True))
        insert([values[name] for name in fields], worker)

    assert sorted(Job.objects.values_list("worker", "priority")) == [("one", 1), ("one", 2), ("two", 1)]
    assert Job.objects.first().arguments == {"args": ["ə", 1], "kwargs": {}}
