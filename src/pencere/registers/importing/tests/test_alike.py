"""Possible duplicates: found by what is declared, put aside, decided by a person, never merged without one."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from django.db import connection

from pencere.base import clock
from pencere.base.errors import BadInput
from pencere.registers import actions, indexing, loading, queries
from pencere.registers.importing import alike, deciding, loads, staging, swapping
from pencere.registers.importing.sentences import sentence
from pencere.registers.importing.tests import make
from pencere.registers.models import Load, PossibleDuplicate, Row, RowKey, StagedRow
from pencere.registers.tests.make import NOW, TODAY
from pencere.registers.using import shape_of

pytestmark = pytest.mark.django_db
ALIKE = ("name", "built")


@pytest.fixture(autouse=True)
def _boats():
    with make.using_boats(alike=ALIKE, desk=make.DESK), clock.standing_at(NOW):
        yield


def decide(load: Load, line: int, decision: str, row: Row | None = None) -> None:
    deciding.decide(
        shape_of("boats"), load, line, decision, row.pk if row else None, decided_by="test", now=clock.now()
    )


def waiting(load: Load) -> list[tuple[int, int | None]]:
    found = PossibleDuplicate.objects.filter(load=load, decision="").order_by("line")
    return list(found.values_list("line", "other_line"))


def staged(load: Load) -> list[int]:
    load.refresh_from_db()
    lines = list(StagedRow.objects.filter(load=load).order_by("line").values_list("line", flat=True))
    assert load.rows == len(lines)
    return lines


def the_old(tmp_path: Path) -> Row:
    make.confirmed(make.file(tmp_path, [make.line(1, name="Şəfəq Əli", price="100")], name="old.csv"))
    return Row.objects.get(key="b-00001")


def test_a_line_that_looks_like_a_row_waits_for_a_person(tmp_path: Path):
    the_old(tmp_path)
    names = {2: "SEFEQ  eli", 3: "Əli-Şəfəq", 5: "Şəfəq"}
    lines = [make.line(number, name=name) for number, name in names.items()]
    lines.insert(2, make.line(4, name="Şəfəq Əli", built="1999"))

    load = make.start(make.file(tmp_path, lines)).load

    assert waiting(load) == [(2, None), (3, 2)]
    assert staged(load) == [4, 5]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL plans by counts that may be old")
def test_rows_that_just_came_are_counted_before_lines_are_held_against_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Else each line walks all rows there are: 6,000 lines took forty times as long."""
    make.confirmed(make.file(tmp_path, [make.line(number) for number in range(1, 400)], name="old.csv"))

    monkeypatch.setattr(loading, "MANY", 0)
    make.start(make.file(tmp_path, [make.line(900)]))

    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, reltuples FROM pg_class WHERE relname IN ('registers_row', 'registers_rowkey')")
        counted = dict(cursor.fetchall())
    assert counted["registers_row"] >= 399
    assert counted["registers_rowkey"] >= 399


def test_names_are_held_together_as_the_country_folds_them(tmp_path: Path):
    the_old(tmp_path)

    load = make.start(make.file(tmp_path, [make.line(2, name="SEFEQ  eli"), make.line(3, name="Şəfəq Vəli")])).load

    assert waiting(load) == [(2, None)] and staged(load) == [3]
    assert (load.state, load.bad) == ("ready", 0)
    assert make.faults(load) == [["2", "", "", sentence("looks_like_row", {})]]


def test_of_lines_that_look_alike_the_first_is_kept_and_the_others_wait(tmp_path: Path):
    lines = [make.line(1, name="Ay"), make.line(2, name="Ay"), make.line(3, name="Gün"), make.line(4, name="ay")]

    load = make.start(make.file(tmp_path, lines)).load

    assert waiting(load) == [(3, 2), (5, 2)] and staged(load) == [2, 4]
    assert {said for *_where, said in make.faults(load)} == {sentence("looks_like_line", {"other": 2})}


def test_what_nobody_decided_stays_out_and_is_in_the_error_file(tmp_path: Path):
    the_old(tmp_path)
    load = make.start(make.file(tmp_path, [make.line(2, name="Şəfəq Əli"), make.line(3)])).load

    loads.confirm(load)

    assert queries.count("boats") == 2 and [fault[0] for fault in make.faults(load)] == ["2"]
    kept = PossibleDuplicate.objects.get()
    assert (kept.values, kept.found, kept.key, kept.decision) == ("", "", "", "")  # nothing of what it said


def test_a_different_one_is_taken_as_a_new_row(tmp_path: Path):
    the_old(tmp_path)
    load = make.start(make.file(tmp_path, [make.line(2, name="Şəfəq Əli"), make.line(3)])).load

    decide(load, 2, "new")
    assert staged(load) == [2, 3]
    loads.confirm(load)

    assert queries.count("boats") == 3 and not Path(load.errors).exists()


def test_the_same_one_is_kept_as_it_is(tmp_path: Path):
    old = the_old(tmp_path)
    load = make.start(make.file(tmp_path, [make.line(2, name="Şəfəq Əli", price="7"), make.line(3)])).load

    decide(load, 2, "keep", old)
    loads.confirm(load)

    assert queries.count("boats") == 2 and Row.objects.get(key="b-00001") == old
    old.refresh_from_db()
    assert old.retired_at is None


def test_the_same_one_is_corrected_under_its_own_key_and_gets_its_words_back(tmp_path: Path):
    old = the_old(tmp_path)
    lines = [make.line(2, name="Şəfəq Əli", price="7", call_sign="4JAA", harbour=""), make.line(3)]
    load = make.start(make.file(tmp_path, lines)).load

    decide(load, 2, "correct", old)
    with clock.standing_at(NOW + timedelta(hours=1)):
        loads.confirm(load)

    live = Row.objects.get(key="b-00001", retired_at__isnull=True)
    said = msgspec.json.decode(live.values)
    assert (said["price"], said["call_sign"], said["harbour"], said["boat_no"]) == (700, "4JAA", "nesimi", "B-00001")
    assert (live.how, live.follows_id, live.document) == ("correct", old.pk, f"load {load.pk}, line 2")
    assert live.valid_from == old.valid_from and queries.count("boats") == 2

    swapping.undo(load, recorded_by="test", now=NOW + timedelta(hours=2))

    again = Row.objects.get(key="b-00001", retired_at__isnull=True)
    assert again.values == old.values and again.follows_id == live.pk
    assert queries.count("boats") == 1


def test_an_undo_leaves_a_corrected_row_that_was_changed_since(tmp_path: Path):
    old = the_old(tmp_path)
    load = make.start(make.file(tmp_path, [make.line(2, name="Şəfəq Əli", price="7")])).load
    decide(load, 2, "correct", old)
    loads.confirm(load)
    later = NOW + timedelta(days=1)
    key = {"boat_no": "B-00001"}
    actions.correct_row("boats", key, {"price": 900}, on=TODAY, reason="r", document="d", recorded_by="test", now=later)

    swapping.undo(load, recorded_by="test", now=later)

    assert msgspec.json.decode(Row.objects.get(key="b-00001", retired_at__isnull=True).values)["price"] == 900


def test_a_row_that_was_changed_meanwhile_is_looked_at_again(tmp_path: Path):
    old = the_old(tmp_path)
    load = make.start(make.file(tmp_path, [make.line(2, name="Şəfəq Əli", price="7"), make.line(3)])).load
    decide(load, 2, "correct", old)
    key = {"boat_no": "B-00001"}
    actions.correct_row("boats", key, {"price": 900}, on=TODAY, reason="r", document="d", recorded_by="t", now=NOW)

    with pytest.raises(BadInput) as refused:
        loads.confirm(load)

    assert (refused.value.reason, refused.value.details) == ("decided_row_changed", {"line": 2})
    assert queries.count("boats") == 1 and staged(load) == [3]
    decide(load, 2, "correct", Row.objects.get(key="b-00001", retired_at__isnull=True))
    loads.confirm(load)
    assert msgspec.json.decode(Row.objects.get(key="b-00001", retired_at__isnull=True).values)["price"] == 700


def test_a_row_that_came_meanwhile_and_looks_like_a_line_is_asked_about(tmp_path: Path):
    load = make.start(make.file(tmp_path, [make.line(2, name="Ay"), make.line(3)])).load
    row = {"boat_no": "B-00009", "name": "ay", "kind": "net", "built": 1998}
    actions.add_row("boats", row, valid_from=TODAY, recorded_by="test", now=NOW)

    with pytest.raises(BadInput) as refused:
        loads.confirm(load)

    assert refused.value.reason == "changed_meanwhile" and waiting(load) == [(2, None)]
    decide(load, 2, "new")
    loads.confirm(load)
    assert queries.count("boats") == 3


def test_a_line_takes_the_place_of_an_earlier_one_and_gives_it_back(tmp_path: Path):
    lines = [make.line(1, name="Ay"), make.line(2, name="Ay", price="5"), make.line(3, name="Ay", price="6")]
    load = make.start(make.file(tmp_path, lines)).load
    assert staged(load) == [2]

    decide(load, 3, "instead")
    assert staged(load) == [3]
    decide(load, 4, "instead")  # only one of the three can stand
    assert staged(load) == [4]
    with pytest.raises(BadInput):
        decide(load, 2, "new")  # it made room
    decide(load, 4, "line")
    assert staged(load) == [2]
    decide(load, 3, "new")
    assert staged(load) == [2, 3]
    decide(load, 3, "line")
    assert staged(load) == [2] and waiting(load) == []


def test_a_line_that_looks_like_a_row_and_makes_room_waits_again_when_the_place_is_given_back(tmp_path: Path):
    old = the_old(tmp_path)
    lines = [make.line(2, name="Şəfəq Əli"), make.line(3, name="Şəfəq Əli")]
    load = make.start(make.file(tmp_path, lines)).load
    assert waiting(load) == [(2, None), (3, 2)]

    decide(load, 3, "instead")
    assert staged(load) == [3] and waiting(load) == []
    decide(load, 3, "keep", old)
    assert staged(load) == [] and waiting(load) == [(2, None)]


def test_two_lines_do_not_correct_one_row(tmp_path: Path):
    old = the_old(tmp_path)
    load = make.start(make.file(tmp_path, [make.line(2, name="Şəfəq Əli"), make.line(3, name="Şəfəq Əli")])).load
    decide(load, 2, "correct", old)

    with pytest.raises(BadInput) as refused:
        decide(load, 3, "correct", old)

    assert refused.value.reason == "corrected_already" and waiting(load) == [(3, 2)]


def test_only_a_row_that_it_looks_like_can_be_the_same(tmp_path: Path):
    the_old(tmp_path)
    make.confirmed(make.file(tmp_path, [make.line(7)], name="other.csv"))
    load = make.start(make.file(tmp_path, [make.line(2, name="Şəfəq Əli")])).load

    with pytest.raises(BadInput):
        decide(load, 2, "keep", Row.objects.get(key="b-00007"))

    assert waiting(load) == [(2, None)]


def test_a_load_that_is_closed_is_not_decided_any_more(tmp_path: Path):
    the_old(tmp_path)
    load = make.start(make.file(tmp_path, [make.line(2, name="Şəfəq Əli"), make.line(3)])).load
    loads.confirm(load)

    with pytest.raises(BadInput) as refused:
        decide(load, 2, "new")

    assert refused.value.reason == "wrong_state"


def test_a_value_that_another_row_has_is_not_forced_on_a_corrected_one(tmp_path: Path):
    old = the_old(tmp_path)
    lines = [make.line(2, name="Şəfəq Əli", call_sign="4JAA")]
    load = make.start(make.file(tmp_path, lines)).load
    decide(load, 2, "correct", old)
    row = {"boat_no": "B-00009", "name": "ay", "kind": "net", "built": 1998, "call_sign": "4JAA"}
    actions.add_row("boats", row, valid_from=TODAY, recorded_by="test", now=NOW)

    with pytest.raises(BadInput) as refused:
        loads.confirm(load)

    assert refused.value.reason == "correction_refused"
    assert Row.objects.filter(key="b-00001", retired_at__isnull=True).get() == old


def test_an_empty_field_looks_like_nothing(tmp_path: Path):
    with make.using_boats(alike=("name", "licensed"), desk=make.DESK):
        lines = [make.line(1, name="Ay", licensed=""), make.line(2, name="Ay", licensed="")]
        load = make.start(make.file(tmp_path, lines)).load

        assert waiting(load) == [] and staged(load) == [2, 3]


def test_the_fast_way_and_the_slow_way_say_the_same(tmp_path: Path):
    """Every row carries the entry that the shape gives it, whichever way its line went, and an index made anew too."""
    lines = [make.line(number, name=f"Ay {number % 7}", built=str(1990 + number % 3)) for number in range(1, 60)]
    load = make.start(make.file(tmp_path, lines)).load
    for one in PossibleDuplicate.objects.filter(load=load):
        decide(load, one.line, "new")
    loads.confirm(load)

    shape = shape_of("boats")
    entries = sorted(RowKey.objects.filter(field="boats.=").values_list("row_id", "value"))
    assert entries == sorted(
        (row.pk, shape.likeness(shape.in_memory(msgspec.json.decode(row.values)))) for row in Row.objects.all()
    )
    indexing.order("boats", NOW)
    with pytest.raises(BadInput):  # what is there could not be compared
        make.start(make.file(tmp_path, [make.line(99)], name="more.csv"))
    indexing.make("boats")
    assert entries == sorted(RowKey.objects.filter(field="boats.=").values_list("row_id", "value"))


def test_as_a_naive_reader_would_find_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Against comparing every line with every row and every earlier line, one by one."""
    monkeypatch.setattr(staging, "BATCH", 7)
    chance = random.Random(7)
    names = ["Ay", "AY", "Gün", "gun", "Şəfəq", "Ulduz"]

    def some(first: int, count: int) -> list[tuple[str, str, str]]:
        return [
            (f"B-{number:05}", chance.choice(names), str(chance.choice((1990, 1991))))
            for number in range(first, first + count)
        ]

    there = some(1, 4)
    make.confirmed(
        make.file(
            tmp_path, [make.line(1, boat_no=no, name=name, built=built) for no, name, built in there], name="0.csv"
        )
    )
    known = [
        (row.key, msgspec.json.decode(row.values)) for row in Row.objects.filter(register="boats", retired_at=None)
    ]
    shape = shape_of("boats")
    lines = some(100, 30)
    load = make.start(
        make.file(tmp_path, [make.line(1, boat_no=no, name=name, built=built) for no, name, built in lines])
    ).load

    likes = [shape.likeness({"name": name, "built": int(built)}) for _no, name, built in lines]
    rows = {shape.likeness(values) for _key, values in known}
    expected = []
    for place, like in enumerate(likes):
        first = likes.index(like)
        if like in rows or first < place:
            expected.append((place + 2, first + 2 if first < place else None))
    assert waiting(load) == expected
    assert alike.counts(load).get("", 0) == len(expected)
