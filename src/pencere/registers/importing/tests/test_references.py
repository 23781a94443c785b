"""Rows that refer to rows of their own register: there already, or in the same file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.utils.translation import override

from pencere.base import clock
from pencere.base.errors import BadInput
from pencere.registers import actions, commands, queries
from pencere.registers.importing import duplicates, loads, named_by
from pencere.registers.importing.tests import make
from pencere.registers.models import Load, StagedRow
from pencere.registers.tests.make import NOW, TODAY, field, using

pytestmark = pytest.mark.django_db
HEAD = "hive_no,mother"


@pytest.fixture(autouse=True)
def _hives():
    fields = (field("hive_no", "integer"), field("mother", "ref", of="hives", required=False))
    with using(make.country_of("hives", fields, ("hive_no",))), clock.standing_at(NOW):
        yield


def start(folder: Path, *lines: str) -> Load:
    return make.start(make.file(folder, lines, head=HEAD), register="hives").load


def test_a_row_may_name_one_of_the_same_file_before_or_after_it(tmp_path: Path):
    load = start(tmp_path, "2,1", "1,", "3,2")

    loads.confirm(load)

    assert (load.rows, load.bad, queries.count("hives")) == (3, 0, 3)


def test_a_row_may_name_one_of_the_register(tmp_path: Path):
    actions.add_row("hives", {"hive_no": 7}, valid_from=TODAY, recorded_by="test", now=NOW)

    assert start(tmp_path, "8,7").rows == 1


def test_what_is_nowhere_is_named_and_so_is_all_that_hangs_on_it(tmp_path: Path):
    load = start(tmp_path, "1,", "2,99", "3,2", "4,3", "5,1", "x,1", "6,x")

    faults = [fault[:3] for fault in make.faults(load)]
    assert sorted(faults) == [["3", "mother", "99"], ["4", "mother", "2"], ["5", "mother", "3"],
                              ["7", "hive_no", "x"], ["8", "mother", "x"]]  # fmt: skip
    assert sorted(StagedRow.objects.values_list("key", flat=True)) == ["1", "5"]


def test_a_chain_without_end_is_refused_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(duplicates, "_DEEPEST", 5)
    lines = ["1,99"] + [f"{number},{number - 1}" for number in range(2, 20)]

    with pytest.raises(BadInput) as refused:
        start(tmp_path, *lines)

    assert refused.value.reason == "references_without_end"
    assert Load.objects.get().state == "dropped" and not StagedRow.objects.exists()


def test_what_it_names_may_end_before_the_load_is_confirmed(tmp_path: Path):
    actions.add_row("hives", {"hive_no": 7}, valid_from=TODAY, recorded_by="test", now=NOW)
    load = start(tmp_path, "8,7", "9,")
    actions.end_row("hives", {"hive_no": 7}, from_day=TODAY, recorded_by="test", now=NOW)

    with pytest.raises(BadInput) as refused:
        loads.confirm(load)

    assert refused.value.reason == "changed_meanwhile" and queries.count("hives") == 0
    loads.confirm(Load.objects.get())
    assert queries.count("hives") == 1


def test_a_row_that_is_missed_stands_in_the_error_file_as_it_was_written_and_its_register_by_its_title(tmp_path: Path):
    keepers = make.country_of("keepers", (field("keeper_no", "text"),), ("keeper_no",),
                              texts={"title": {"en": "Register of keepers"}})  # fmt: skip
    fields = (field("hive_no", "text"), field("keeper", "ref", of="keepers"), field("seal", "text", unique=True),
              field("mother", "ref", of="hives", required=False))  # fmt: skip
    hives = make.country_of("hives", fields, ("hive_no",)).registers["hives"]
    country = replace(keepers, registers={**keepers.registers, "hives": hives})
    with using(country), override("en"):
        actions.add_row("keepers", {"keeper_no": "K-1"}, valid_from=TODAY, recorded_by="test", now=NOW)
        taken = {"hive_no": "H-0", "keeper": "K-1", "seal": "S-A"}
        actions.add_row("hives", taken, valid_from=TODAY, recorded_by="test", now=NOW)
        head = "hive_no,keeper,seal,mother"
        lines = ("H-1,K-Ə9,S-1,", "H-2,K-1,S-A,", "H-3,K-1,S-3,H-Z")
        load = make.start(make.file(tmp_path, lines, head=head), register="hives").load

    assert sorted(make.faults(load))[0] == [
        "2", "keeper", "K-Ə9", "The register “Register of keepers” has no such row. Load it there first."
    ]  # fmt: skip
    assert [fault[2] for fault in sorted(make.faults(load))] == ["K-Ə9", "S-A", "H-Z"]


def test_whoever_undoes_a_load_is_told_which_rows_name_its_rows(tmp_path: Path):
    first = start(tmp_path, "1,", "2,1")
    loads.confirm(first)
    second = make.start(make.file(tmp_path, ["3,1", "4,2", "5,"], head=HEAD, name="more.csv"), register="hives").load
    loads.confirm(second)

    assert named_by.registers(Load.objects.get(pk=second.pk)) == {}
    assert named_by.registers(Load.objects.get(pk=first.pk)) == {"hives": 2}

    def run(*words: str):
        return CliRunner().invoke(commands.import_, ["hives", "--undo", str(first.pk), "--language", "en", *words])

    refused = run()
    assert refused.exit_code == 2 and "title: 2" in refused.output and queries.count("hives") == 5

    assert run("--yes").exit_code == 0 and queries.count("hives") == 3
