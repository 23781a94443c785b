"""Files that a load names: kept here already, or refused with a sentence; kept by the rows as long as those are."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from pencere.base import clock
from pencere.files import actions as files
from pencere.files import queries as kept
from pencere.files.models import Keeper
from pencere.identity.tests import make as people
from pencere.registers import actions
from pencere.registers.importing import loads, swapping
from pencere.registers.importing.sentences import SENTENCES
from pencere.registers.importing.tests import make
from pencere.registers.models import Row
from pencere.registers.tests.make import NOW, TODAY, field, using
from pencere.registers.tests.test_desk import stated

pytestmark = pytest.mark.django_db(transaction=True)
HEAD = "hive_no,paper"
UNKNOWN = f"sha256:{'0' * 64}"
LONG_AFTER = NOW + timedelta(days=400)


@pytest.fixture(autouse=True)
def _hives():
    fields = (
        field("hive_no", "integer"),
        field("paper", "file", required=False),
        field("scans", "group", fields={"scan": field("scan", "file")}, many=(0, 5), required=False),
    )
    country = make.country_of("hives", fields, ("hive_no",), desk=make.DESK)
    with using(country), clock.standing_at(NOW):
        yield


def paper(words: str) -> str:
    content = f"%PDF-1.4\n1 0 obj\n<<{words}>>\nendobj\ntrailer <<>>\n%%EOF\n".encode()
    return files.keep(content, now=NOW).reference


def start(folder: Path, *lines: str):
    return make.start(make.file(folder, lines, head=HEAD), register="hives").load


def keepers() -> list[str]:
    return sorted(Keeper.objects.values_list("name", flat=True))


def test_the_rows_keep_what_they_name_and_the_load_until_then(tmp_path: Path):
    one, two = paper("one"), paper("two")

    load = start(tmp_path, f"1,{one}", f"2,{two}", f"3,{one}", "4,")
    assert keepers() == [f"load:{load.pk}"] * 2
    files.sweep(LONG_AFTER)
    loads.confirm(load)

    rows = {row.key: row.pk for row in Row.objects.all()}
    assert keepers() == sorted(f"row:hives:{rows[key]}" for key in "123")
    files.sweep(LONG_AFTER)
    assert set(kept.find_all([one, two])) == {one, two}


def test_what_is_not_kept_here_is_refused_and_the_rest_goes_on(tmp_path: Path):
    load = start(tmp_path, f"1,{paper('one')}", f"2,{UNKNOWN}", "3,letter.pdf")

    assert (load.rows, load.bad) == (1, 2)
    assert sorted(fault[:3] for fault in make.faults(load)) == [
        ["3", "paper", UNKNOWN],
        ["4", "paper", "letter.pdf"],
    ]
    assert "not kept here" in SENTENCES["file_not_kept"]


def test_a_load_that_is_dropped_keeps_nothing(tmp_path: Path):
    load = start(tmp_path, f"1,{paper('one')}")

    swapping.drop(load, closed_by="test", now=NOW)

    assert keepers() == []


def test_who_may_see_the_row_opens_the_file_and_nobody_else(tmp_path: Path):
    one = paper("one")
    loads.confirm(start(tmp_path, f"1,{one}"))
    row = Row.objects.get().pk
    page = f"/en/desk/registers/hives/rows/{row}/"

    officer = stated(people.signed_in(people.officer("2RGY4KA", "registry", "din"), confirmed=True), register="hives")
    address = f"{page}files/{one.removeprefix('sha256:')}/"
    assert address in officer.get(page).content.decode()
    assert officer.get(address).content.startswith(b"%PDF")
    other = people.signed_in(people.officer("9E7K5DY", "registry", "emdx"), confirmed=True)
    assert other.get(address).status_code == 404


def test_rows_that_are_brought_in_as_they_stand_keep_theirs_too():
    one, two = paper("one"), paper("two")
    rows = [{"hive_no": 1, "paper": one}, {"hive_no": 2}, {"hive_no": 3, "scans": [{"scan": two}]}]

    actions.add_rows("hives", rows, valid_from=TODAY, recorded_by="test", now=NOW)

    by_key = {row.key: row.pk for row in Row.objects.all()}
    assert keepers() == sorted([f"row:hives:{by_key['1']}", f"row:hives:{by_key['3']}"])
