"""The bad rows of a file come out whole with their reasons, are mended, and go in."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from django.utils.translation import override
from openpyxl import Workbook

from pencere.base import clock
from pencere.registers import queries
from pencere.registers.importing import bad_rows, loads
from pencere.registers.importing.sentences import sentence
from pencere.registers.importing.tests import make
from pencere.registers.models import Load
from pencere.registers.tests.make import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _boats():
    with make.using_boats(alike=("name", "built"), desk=make.DESK), clock.standing_at(NOW):
        yield


def written(load: Load, path: Path, *, name: str = "bad.csv") -> Path:
    place = path.with_name(name)
    place.write_bytes(b"".join(bad_rows.parts(load, path)))
    return place


def read(path: Path, separator: str = ",") -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=separator))


def test_bad_rows_are_whole_in_the_order_of_the_file_with_all_their_reasons(tmp_path: Path):
    lines = [
        make.line(1),
        make.line(2, kind="submarine", built="soon"),
        "B-00003,only two",
        make.line(4, call_sign="4JAA"),
        make.line(5, call_sign="4JAA"),
        make.line(6, name="Şəfəq 1"),
        make.line(1, name="Twice"),
    ]
    path = make.file(tmp_path, lines)
    load = make.start(path).load

    rows = read(written(load, path))

    assert rows[0][2:] == list(make.HEAD)
    assert [row[0] for row in rows[1:]] == ["3", "4", "6", "7", "8"]
    assert rows[1][2:] == make.line(2, kind="submarine", built="soon").split(",")
    assert rows[1][1].startswith("kind: ") and "; built: " in rows[1][1]
    assert rows[2][2:] == ["B-00003", "only two"]
    assert sentence("looks_like_line", {"other": 2}) in rows[4][1]


@pytest.mark.parametrize("language", ["az", "en", "ru"])
def test_mended_they_go_in_and_what_nobody_mended_comes_back(tmp_path: Path, language: str):
    path = make.file(
        tmp_path, [make.line(1), make.line(2, built="soon"), make.line(3, name="=A1"), make.line(4, name="@x")]
    )
    with override(language):
        load = make.start(path).load
        loads.confirm(load)
        bad = written(load, path)
        text = bad.read_text(encoding="utf-8-sig").replace("soon", "1999").replace("'=A1", "Ulduz")
        bad.write_text(text, encoding="utf-8")

        again = make.start(bad).load  # nobody says anything of the two columns in front

    assert (again.rows, again.bad) == (2, 1)
    assert make.faults(again)[0][:2] == ["4", "name"]
    loads.confirm(again)
    assert queries.count("boats") == 3


def test_a_sheet_and_a_file_with_semicolons_come_out_as_they_can_be_read(tmp_path: Path):
    book = Workbook()
    book.active.append(("boat_no", "name", "kind", "built"))
    book.active.append(("B-00001", "Ay", "net", 1998))
    book.active.append(("B-00002", "Gün", "net", "soon"))
    book.save(tmp_path / "b.xlsx")
    path = make.file(tmp_path, ["B-00003;A, b;net;soon"], head="boat_no;name;kind;built", name="c.csv")

    sheet, text = make.start(tmp_path / "b.xlsx"), None
    rows = read(written(sheet.load, tmp_path / "b.xlsx"))
    from pencere.registers.importing import swapping

    swapping.drop(sheet.load, closed_by="test", now=NOW)
    text = make.start(path)

    assert rows[1][0] == "3" and rows[1][2:] == ["B-00002", "Gün", "net", "soon"]
    assert read(written(text.load, path), ";")[1][2:] == ["B-00003", "A, b", "net", "soon"]


def test_a_text_over_several_lines_keeps_its_lines(tmp_path: Path):
    path = make.file(tmp_path, [make.line(1), make.line(2, built="soon", name='"two\nlines"'), make.line(3, built="x")])
    load = make.start(path).load

    rows = read(written(load, path))

    assert [row[0] for row in rows[1:]] == ["3", "5"] and rows[1][3] == "two\nlines"


@pytest.mark.parametrize(
    ("said", "code"), [("NET", "net"), ("Net Boat", "net"), ("TORLA OVLAYAN", "net"), ("LİNE", "line")]
)
def test_a_code_is_known_in_capitals_as_its_label_is(tmp_path: Path, said: str, code: str):
    load = make.start(make.file(tmp_path, [make.line(1, kind=said)])).load
    loads.confirm(load)

    assert f'"kind":"{code}"' in queries_row()


def queries_row() -> str:
    from pencere.registers.models import Row

    return Row.objects.get(register="boats").values


def test_a_code_that_is_nearly_right_is_named_and_not_guessed(tmp_path: Path):
    load = make.start(make.file(tmp_path, [make.line(1, kind="nett"), make.line(2, kind="submarine")])).load

    reasons = [reason for *_where, reason in make.faults(load)]
    assert reasons == [sentence("not_a_choice_but", {"meant": "net"}), sentence("not_a_choice", {})]
