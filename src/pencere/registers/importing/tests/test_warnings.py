"""What is told of good lines and of dry runs: persons whom nobody knows, keys that are there twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pencere.base import clock
from pencere.base.errors import BadInput
from pencere.registers import actions
from pencere.registers.importing import loads, persons, swapping
from pencere.registers.importing.loads import Asked, Staged
from pencere.registers.importing.tests import make
from pencere.registers.models import Load, StagedRow
from pencere.registers.tests.make import NOW, TODAY, field, using

pytestmark = pytest.mark.django_db
KNOWN, UNKNOWN = "7ABCDEF", "5XYZ123"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with clock.standing_at(NOW):
        yield


def dry(path: Path) -> Staged:
    asked = Asked({}, None, None)
    return loads.start(
        "boats", path, asked, errors=loads.errors_beside(path), recorded_by="t", told=lambda done, load: None, dry=True
    )


def boats_of_persons():
    holder = (field("holder", "person", personal="ordinary"), field("share", "decimal"))
    fields = (
        field("boat_no", "text"),
        field("owner", "person", personal="ordinary", required=False),
        field("crew", "person", personal="ordinary", required=False, many=(1, 9)),
        field("shares", "group", required=False, many=(1, 9), fields={each.name: each for each in holder}),
    )
    return using(make.country_of("boats", fields, ("boat_no",)))


def somebody() -> None:
    row = {"person": KNOWN, "name": "Ay", "birth_date": "1990-01-01", "sex": "male", "citizen": True}
    actions.add_row("population", row, valid_from=TODAY, recorded_by="test", now=NOW)


def test_persons_whom_the_register_of_persons_does_not_know_are_counted(tmp_path: Path):
    with boats_of_persons():
        somebody()
        lines = [
            f"1,{KNOWN},,",
            f"2,{UNKNOWN},,",
            f"3,{KNOWN},,",
            f"4,,{KNOWN};{UNKNOWN},",
            f'5,,,"[{{""holder"": ""{UNKNOWN}"", ""share"": ""1""}}]"',
            f'6,,{KNOWN},"[{{""holder"": ""{KNOWN}"", ""share"": ""1""}}]"',
            f"7,{UNKNOWN},{UNKNOWN},",
        ]
        load = make.start(make.file(tmp_path, lines, head="boat_no,owner,crew,shares")).load

        assert (load.rows, load.bad, load.unknown_persons) == (7, 0, 4), make.faults(load)
        assert persons.first_lines(load) == [3, 5, 6, 8]


def test_persons_in_a_field_that_was_renamed_are_counted_too(tmp_path: Path):
    fields = (
        field("boat_no", "text"),
        field("owner", "person", personal="ordinary", required=False, was="holder"),
        field("crew", "person", personal="ordinary", required=False, many=(1, 9), was="hands"),
    )
    with using(make.country_of("boats", fields, ("boat_no",))):
        somebody()
        lines = [f"1,{KNOWN},", f"2,{UNKNOWN},", f"3,,{KNOWN};{UNKNOWN}"]
        load = make.start(make.file(tmp_path, lines, head="boat_no,owner,crew")).load

        assert (load.rows, persons.first_lines(load)) == (3, [3, 4])


def test_where_nobody_is_known_nothing_is_told(tmp_path: Path):
    with boats_of_persons():
        load = make.start(make.file(tmp_path, [f"1,{UNKNOWN},,"], head="boat_no,owner,crew,shares")).load

        assert (load.rows, load.unknown_persons) == (1, 0)


def test_a_dry_run_waits_for_no_other_load_and_none_for_it(tmp_path: Path):
    with make.using_boats():
        waiting = make.start(make.file(tmp_path, [make.line(1)], name="first.csv")).load
        path = make.file(tmp_path, [make.line(2), make.line(3, built="soon")], name="second.csv")

        seen = dry(path).load
        assert (seen.state, seen.rows, seen.bad) == ("ready", 1, 1)
        another = make.file(tmp_path, [make.line(4)], name="third.csv")
        with pytest.raises(BadInput) as refused:
            make.start(another)
        assert refused.value.details["load"] == waiting.pk
        loads.confirm(waiting)
        assert make.start(another).load.state == "ready"  # while the dry run still stands
        swapping.drop(seen, closed_by="test", now=NOW)
        assert StagedRow.objects.filter(load=seen).count() == 0


def test_a_dry_run_tells_of_keys_that_are_there_twice(tmp_path: Path):
    with make.using_boats(alike=("name", "built"), desk=make.DESK):
        make.confirmed(make.file(tmp_path, [make.line(1, name="Ay")], name="first.csv"))
        lines = [make.line(1), make.line(2), make.line(2, name="Twice"), make.line(3, name="AY")]

        load = dry(make.file(tmp_path, lines, name="second.csv")).load

        assert sorted(fault[0] for fault in make.faults(load)) == ["2", "4", "5"]
        assert load.rows == 1


def test_a_dry_run_of_a_file_that_was_loaded_is_no_fault(tmp_path: Path):
    with make.using_boats():
        path = make.file(tmp_path, [make.line(1)])
        make.confirmed(path)

        load = dry(path).load

        assert (load.rows, load.bad) == (0, 1)  # the register has this very row


def test_a_dry_run_that_nobody_ended_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from pencere.registers.importing import arriving

    monkeypatch.setattr(arriving, "folder", lambda: tmp_path / "loads")
    (tmp_path / "loads").mkdir()
    with make.using_boats():
        load = dry(make.file(tmp_path, [make.line(1)])).load

        arriving.sweep(NOW + timedelta(days=2))

        assert Load.objects.get().state == "dropped" and not StagedRow.objects.filter(load=load).exists()
