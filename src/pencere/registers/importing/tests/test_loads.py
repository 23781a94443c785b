"""A whole load: good lines aside, bad ones named; readable at one moment; undone without erasing."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from pencere.base import clock
from pencere.base.errors import BadInput
from pencere.ledger.models import Leaf
from pencere.registers import actions, queries
from pencere.registers.importing import loads, staging, swapping
from pencere.registers.importing.tests import make
from pencere.registers.listing.tests.make import officer
from pencere.registers.models import Load, Row, StagedRow
from pencere.registers.tests.make import NOW, TODAY, field
from pencere.registers.using import shape_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _boats():
    with make.using_boats(), clock.standing_at(NOW):
        yield


def readable() -> int:
    return queries.count("boats")


def test_a_file_is_readable_only_when_it_is_confirmed(tmp_path: Path):
    staged = make.start(make.file(tmp_path, (make.line(number) for number in range(1, 31))))

    assert (staged.load.state, staged.load.rows, staged.load.bad) == ("ready", 30, 0)
    assert readable() == 0 and not Row.objects.exists()
    assert not Path(staged.load.errors).exists()

    loads.confirm(staged.load)

    assert readable() == 30 and staged.load.state == "confirmed" and not StagedRow.objects.exists()
    row = Row.objects.get(key="b-00007")
    assert msgspec.json.decode(row.values) == {
        "boat_no": "B-00007", "name": "Şəfəq 7", "kind": "net", "built": 1998, "length": "7.5", "price": 120050,
        "harbour": "nesimi", "licensed": "2020-03-01",
    }  # fmt: skip
    assert (row.document, row.recorded_at, row.valid_from) == (f"load {staged.load.pk}, line 8", NOW, TODAY)
    leaf = Leaf.objects.get(kind="register.loaded")
    assert msgspec.json.decode(leaf.body or "")["rows"] == 30


def test_a_row_is_known_since_it_went_in_not_since_the_check_before_it(tmp_path: Path):
    load = make.start(make.file(tmp_path, [make.line(1)])).load
    ticks = iter(NOW + timedelta(seconds=second) for second in range(1, 100))

    swapping.confirm(shape_of("boats"), load, closed_by="test", clock=lambda: next(ticks))

    load.refresh_from_db()
    assert load.closed_at is not None and Row.objects.get().recorded_at > load.closed_at


def test_every_wrong_cell_is_named_and_good_lines_are_kept(tmp_path: Path):
    lines = [
        make.line(1),
        make.line(2, kind="submarine", built="soon"),
        make.line(3, name="=HYPERLINK(1)"),
        make.line(4, built="1850"),
        "B-00005,only two",
        make.line(6, name="M?mm?d"),
        make.line(7, boat_no="7", name=""),
        make.line(8, name="Kǝpǝz"),
    ]

    staged = make.start(make.file(tmp_path, lines))

    assert (staged.load.rows, staged.load.bad, staged.confused) == (2, 6, 1)
    found = [(line, column, value) for line, column, value, _reason in make.faults(staged.load)]
    assert found == [
        ("3", "kind", "submarine"), ("3", "built", "soon"), ("4", "name", "'=HYPERLINK(1)"), ("5", "built", "1850"),
        ("6", "", ""), ("7", "name", "M?mm?d"), ("8", "boat_no", "7"), ("8", "name", ""),
    ]  # fmt: skip
    loads.confirm(staged.load)
    assert msgspec.json.decode(Row.objects.get(key="b-00008").values)["name"] == "Kəpəz"


def test_duplicates_are_named_and_not_merged(tmp_path: Path):
    make.confirmed(make.file(tmp_path, [make.line(1, call_sign="4JAA"), make.line(2)], name="first.csv"))
    lines = [
        make.line(1, call_sign="4JAA"),
        make.line(2, name="Another"),
        make.line(3),
        make.line(3, name="Twice"),
        make.line(4, call_sign="4JAA"),
        make.line(5, call_sign="4JBB"),
        make.line(6, call_sign="4JBB"),
    ]

    staged = make.start(make.file(tmp_path, lines))

    assert (staged.load.rows, staged.load.bad) == (2, 5)
    reasons = {int(line): (column, reason) for line, column, _value, reason in make.faults(staged.load)}
    assert sorted(reasons) == [2, 3, 5, 6, 8]
    assert reasons[6][0] == reasons[8][0] == "call_sign"
    assert len({reasons[2][1], reasons[3][1], reasons[5][1], reasons[6][1]}) == 4
    loads.confirm(staged.load)
    assert readable() == 4


def test_two_lines_of_one_key_for_different_days_are_no_duplicates(tmp_path: Path):
    head = ",".join([*make.HEAD, "valid_from", "valid_until"])
    lines = [make.line(1) + ",2001-01-01,2005-12-31", make.line(1) + ",2006-01-01,"]

    load = make.confirmed(make.file(tmp_path, lines, head=head))

    assert (load.rows, load.bad) == (2, 0)


def test_what_was_written_meanwhile_is_looked_for_again(tmp_path: Path):
    staged = make.start(make.file(tmp_path, [make.line(1), make.line(2)]))
    row = {"boat_no": "B-00001", "name": "Sooner", "kind": "net", "built": 2001}
    actions.add_row("boats", row, valid_from=TODAY, recorded_by="test", now=NOW)

    with pytest.raises(BadInput) as refused:
        loads.confirm(staged.load)

    assert refused.value.reason == "changed_meanwhile" and readable() == 1
    assert [fault[0] for fault in make.faults(staged.load)] == ["2"]
    loads.confirm(swapping.find("boats", staged.load.pk))
    assert readable() == 2


def test_an_undo_supersedes_and_leaves_what_was_changed_since(tmp_path: Path):
    load = make.confirmed(make.file(tmp_path, [make.line(1), make.line(2), make.line(3)]))
    later = NOW + timedelta(days=1)
    actions.replace_row(
        "boats", {"boat_no": "B-00002"}, {"name": "New"}, from_day=date(2026, 3, 19), recorded_by="test", now=later
    )

    superseded = swapping.undo(load, recorded_by="test", now=later)

    assert superseded == 2 and load.state == "undone"
    assert Row.objects.filter(document__startswith=f"load {load.pk}, ").count() == 3  # nothing is erased
    assert set(Row.objects.filter(register="boats", retired_at__isnull=True).values_list("key", flat=True)) == {
        "b-00002"
    }
    assert Leaf.objects.filter(kind="register.load_undone").count() == 1
    row = Row.objects.get(document=f"load {load.pk}, line 2")
    assert [each.undone_load for each in queries.record(row.pk, officer(), now=later).history] == [load.pk]
    with pytest.raises(BadInput):
        swapping.undo(load, recorded_by="test", now=later)
    assert make.start(make.file(tmp_path, [make.line(1), make.line(3)])).load.rows == 2


def test_a_dropped_load_leaves_nothing(tmp_path: Path):
    load = make.start(make.file(tmp_path, [make.line(1), make.line(2, name="")])).load

    swapping.drop(load, closed_by="test", now=NOW)

    assert load.state == "dropped" and not StagedRow.objects.exists() and not Row.objects.exists()
    with pytest.raises(BadInput):
        loads.confirm(load)


def test_one_load_at_a_time_and_no_file_twice(tmp_path: Path):
    first = make.file(tmp_path, [make.line(1)])
    load = make.start(first).load
    with pytest.raises(BadInput) as refused:
        make.start(make.file(tmp_path, [make.line(2)], name="other.csv"))
    assert refused.value.reason == "load_is_open"

    loads.confirm(load)

    with pytest.raises(BadInput) as refused:
        make.start(first)
    assert refused.value.reason == "loaded_already"


def test_what_was_said_of_a_column_is_remembered(tmp_path: Path):
    head = "Qeyd," + ",".join(make.HEAD)
    load = make.start(make.file(tmp_path, ["x," + make.line(1)], head=head), {"Qeyd": "-"}).load
    loads.confirm(load)

    again = make.start(make.file(tmp_path, ["y," + make.line(2)], head=head))

    assert again.layout.fields[0] == "-" and again.load.rows == 1


def test_a_file_that_breaks_off_is_dropped_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(staging, "BATCH", 2)
    lines = [make.line(number) for number in range(1, 6)] + ['B-00006,"never closed,net,1998', make.line(7)]

    with pytest.raises(BadInput) as refused:
        make.start(make.file(tmp_path, lines))

    assert (refused.value.reason, refused.value.details["line"]) == ("quote_not_closed", 7)
    assert not StagedRow.objects.exists() and Load.objects.get().state == "dropped"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\n\n", "no_head"),
        (b",".join([b"c"] * 10_000) + b"\n", "too_many_columns"),
        (b"x" * 3_000_000, "line_too_long"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, reason: str):
    path = tmp_path / "file.csv"
    path.write_bytes(content)

    with pytest.raises(BadInput) as refused:
        make.start(path)

    assert refused.value.reason == reason and not Load.objects.exists()


def test_a_reference_names_a_row_that_is_there(tmp_path: Path):
    actions.add_row("boats", {"boat_no": "B-00001", "name": "A", "kind": "net", "built": 2001},
                    valid_from=TODAY, recorded_by="test", now=NOW)  # fmt: skip
    fields = (field("catch_no", "integer"), field("boat", "ref", of="boats"))
    from dataclasses import replace

    from pencere.registers.tests.make import using

    boats = make.boats()
    catches = make.country_of("catches", fields, ("catch_no",)).registers
    with using(replace(boats, registers={**catches, **boats.registers})):
        staged = make.start(make.file(tmp_path, ["1,B-00001", "2,B-00009"], head="catch_no,boat"), register="catches")

    assert staged.load.rows == 1
    assert [fault[:3] for fault in make.faults(staged.load)] == [["3", "boat", "B-00009"]]


def test_whatever_is_written_no_line_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Each line is a row or in the error file, never both; by chance, in small batches."""
    monkeypatch.setattr(staging, "BATCH", 7)
    chance = random.Random(4)
    junk = ["", "=1", "M?n", "\x00", "9" * 50, "net", "2020-01-01", "B-00001", "a\u202eb", "é", "1e5", "-", "nesimi"]
    lines = [make.line(number, **{chance.choice(make.HEAD): chance.choice(junk)}) for number in range(1, 200)]

    staged = make.start(make.file(tmp_path, lines))

    bad = {int(fault[0]) for fault in make.faults(staged.load)}
    good = set(StagedRow.objects.values_list("line", flat=True))
    assert bad | good == set(range(2, 201)) and not bad & good
    assert (staged.load.rows, staged.load.bad) == (len(good), len(bad))
