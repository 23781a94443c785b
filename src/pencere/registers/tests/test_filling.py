"""The first filling: whole or not at all, the same rows as any load would add, and every promise of the tables kept."""

from __future__ import annotations

import multiprocessing
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings

from pencere.base.errors import BadInput
from pencere.ledger.models import Leaf
from pencere.registers import actions, loading, queries
from pencere.registers.actions import Packer
from pencere.registers.filling import Filling, MadeRow, _copied, filling
from pencere.registers.models import Row, RowKey
from pencere.registers.rules import Shape
from pencere.registers.tests import make
from pencere.registers.tests.make import NOW, field

pytestmark = pytest.mark.django_db(transaction=True)
START = date(2000, 1, 1)
FIN = "ABCDEFGHJ"


@pytest.fixture(autouse=True)
def _permits() -> Iterator[None]:
    fields = (field("number", "text", unique=True), field("note", "text", required=False, search="words"))
    with make.using(make.with_register(*fields)):
        yield


def made(count: int, first: int = 0) -> list[MadeRow]:
    notes = ["", "iki\\sətir", 'dırnaq "burada"', "\u0001", "Şəki; tab yoxdur"]
    rows: list[MadeRow] = []
    for number in range(first, first + count):
        row: dict[str, object] = {"person": f"{number:07}".replace("0", "A"), "number": f"№ {number}"}
        if note := notes[number % len(notes)].strip("\u0001"):
            row["note"] = note
        rows.append((row, START + timedelta(days=number) if number % 2 else None, None))
    return rows


def packer(folder: Path) -> Packer:
    return Packer(queries.shape_of, connection.vendor, since=START, recorded_by="test", now=NOW, folder=folder)


def fill(*some: list[MadeRow]) -> None:
    with filling(recorded_by="test", now=NOW) as there:
        first = there.first_id
        for rows in some:
            block = packer(there.folder).pack("permits", rows, first)
            assert block is not None
            there.add(block)
            first = block.last + 1


def stored() -> list[tuple[object, ...]]:
    columns = ("register", "key", "values", "valid_from", "valid_until", "recorded_at", "recorded_by", "how", "reason")
    return sorted(Row.objects.values_list(*columns), key=str)


def found() -> list[tuple[object, ...]]:
    return sorted(RowKey.objects.values_list("row__key", "field", "value"))


def furniture() -> list[tuple[object, ...]]:
    """Indexes, triggers and foreign keys of the tables of rows, as the database has them."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid::regclass::text ~ '^registers_row' "
                "UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) || convalidated::text FROM pg_constraint "
                "WHERE conrelid::regclass::text ~ '^registers_row' "
                "UNION ALL SELECT tgname || ' ' || tgenabled::text FROM pg_trigger "
                "WHERE tgrelid::regclass::text ~ '^registers_row' AND NOT tgisinternal"
            )
        else:
            cursor.execute("SELECT sql FROM sqlite_master WHERE tbl_name LIKE 'registers_row%'")
        return sorted(cursor.fetchall(), key=str)


def test_what_is_filled_in_is_what_a_load_would_have_added() -> None:
    rows = made(40)
    fill(rows[:25], rows[25:])
    here, keys = stored(), found()

    with transaction.atomic():
        RowKey.objects.all().delete()
        Row.objects.all().delete()
    given = ({**row, **({"valid_from": since} if since else {})} for row, since, _until in rows)
    actions.add_rows("permits", given, valid_from=START, recorded_by="test", now=NOW)

    assert (stored(), found()) == (here, keys)


def test_indexes_guards_and_keys_stand_as_they_did() -> None:
    before = furniture()

    fill(made(30))

    assert furniture() == before
    row = made(1)[0][0]
    with pytest.raises(BadInput, match="overlaps"):
        actions.add_row("permits", row, valid_from=START, recorded_by="test", now=NOW)
    fresh = {"person": "BBBBBBB", "number": "new"}
    accepted = actions.add_row("permits", fresh, valid_from=START, recorded_by="test", now=NOW)
    assert accepted.row_id is not None and accepted.row_id > 30


def test_each_block_is_a_leaf_of_the_ledger() -> None:
    fill(made(3), made(3, first=3))

    assert Leaf.objects.filter(kind="register.added").count() == 2


def test_what_holds_rows_already_is_filled_under_its_guards() -> None:
    fill(made(10))
    fill(made(10, first=10))
    assert queries.count("permits") == 20

    with pytest.raises(BadInput, match="overlaps"):
        fill(made(1, first=4))
    assert queries.count("permits") == 20


@pytest.mark.parametrize("wrong", ["twice", "not_unique", "spaces", "no_person"])
def test_a_wrong_row_leaves_nothing(wrong: str) -> None:
    rows = made(20)
    row = dict(rows[0][0])
    if wrong == "twice":
        rows.append((row | {"number": "other"}, START, None))
    elif wrong == "not_unique":
        rows.append((row | {"person": "BBBBBBB"}, START, None))
    elif wrong == "spaces":
        rows[1] = (row | {"person": "BBBBBBB", "number": " 7 "}, START, None)
    else:
        rows[1] = ({"number": "7"}, START, None)
    before = furniture()

    with pytest.raises(BadInput):
        fill(rows)

    assert (queries.count("permits"), RowKey.objects.count(), Leaf.objects.count()) == (0, 0, 0)
    assert furniture() == before


def test_two_periods_of_one_key_that_do_not_meet_are_kept() -> None:
    row = made(1)[0][0]
    later = row | {"note": "sonra"}

    fill([(row, START, START + timedelta(days=9)), (later, START + timedelta(days=10), None)])

    assert queries.count("permits") == 2


def test_signs_with_a_meaning_in_the_text_of_copy_are_only_signs() -> None:
    assert _copied([(1, "a\\b", None), (2, "", "x")]) == b"1\ta\\\\b\t\\N\n2\t\tx\n"
    assert _copied([(1, "tab\there", None)]) == b"1\ttab\\there\t\\N\n"


def _slowly() -> None:
    with filling(recorded_by="test", now=NOW) as there:
        for number in range(1000):
            block = packer(there.folder).pack("permits", made(20, first=number * 20), there.first_id + number * 20)
            assert block is not None
            there.add(block)
            time.sleep(0.005)


@pytest.mark.parametrize("seconds", [0.05, 0.3])
def test_a_filling_that_is_killed_leaves_the_tables_as_they_were(seconds: float) -> None:
    before = furniture()
    connection.close()
    process = multiprocessing.get_context("fork").Process(target=_slowly)
    process.start()
    process.join(seconds)
    process.kill()
    process.join()

    assert furniture() == before
    assert (queries.count("permits"), RowKey.objects.count()) == (0, 0)
    fill(made(5))
    assert queries.count("permits") == 5


def _until_all_is_in(reached: Path) -> None:
    """Rows and index are written and not committed; the database had no room to keep them in memory."""
    loading._ROOM_KIB = 64

    def wait(_self: Filling) -> None:
        reached.touch()
        time.sleep(60)

    Filling.finish = wait  # type: ignore[method-assign]
    fill(made(3000))


def test_a_filling_that_is_killed_when_all_is_written_leaves_the_tables_as_they_were(tmp_path) -> None:
    before, reached = furniture(), tmp_path / "reached"
    connection.close()
    process = multiprocessing.get_context("fork").Process(target=_until_all_is_in, args=(reached,))
    process.start()
    while not reached.exists() and process.is_alive():
        time.sleep(0.01)
    written = Path(f"{connection.settings_dict['NAME']}-journal")
    assert written.exists() or connection.vendor == "postgresql"
    process.kill()
    process.join()

    assert furniture() == before
    assert (queries.count("permits"), RowKey.objects.count(), Leaf.objects.count()) == (0, 0, 0)
    fill(made(5))
    assert queries.count("permits") == 5
    assert not written.exists()


def journal() -> str:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        return str(cursor.fetchone()[0])


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has one log for all")
def test_the_log_is_left_out_while_nobody_else_has_the_database_open() -> None:
    with filling(recorded_by="test", now=NOW):
        assert journal() == "delete"
    assert journal() == "wal"

    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as other:
        other.execute("SELECT COUNT(*) FROM registers_row").fetchall()
        with filling(recorded_by="test", now=NOW):
            assert journal() == "wal"
            assert other.execute("SELECT COUNT(*) FROM registers_row").fetchone() == (0,)
    fill(made(5))
    with filling(recorded_by="test", now=NOW):  # a large database is not journaled page by page
        assert journal() == "wal"


def test_only_the_demo_may_forget() -> None:
    no_demo = override_settings(PENCERE=replace(settings.PENCERE, demo=False))
    with no_demo, pytest.raises(ValueError, match="never deleted"):
        actions.forget_all()


def test_rows_are_read_when_they_are_packed(tmp_path) -> None:
    shape: Shape = queries.shape_of("permits")
    assert shape.row(made(1)[0][0]) == made(1)[0][0]
    assert packer(tmp_path).pack("permits", [], 1) is None
