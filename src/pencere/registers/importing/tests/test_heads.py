"""Where the names of the columns stand, and how each column can be spoken of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pencere.base.errors import BadInput
from pencere.registers import commands
from pencere.registers.importing import bad_rows, loads
from pencere.registers.importing.loads import Asked
from pencere.registers.importing.tests import make
from pencere.registers.models import Load, StagedRow

pytestmark = pytest.mark.django_db
TITLE = ["Balıqçılıq idarəsi;;", '"Qayıqların siyahısı; 18.03.2026"', ""]


@pytest.fixture(autouse=True)
def _boats():
    with make.using_boats():
        yield


def run(*words: object) -> Result:
    return CliRunner().invoke(commands.import_, ["boats", *map(str, words), "--language", "en"])


def titled(folder: Path, *lines: str) -> Path:
    path = folder / "titled.csv"
    path.write_text("\n".join([*TITLE, "Qayığın nömrəsi;ADI;növü;TİKİLDİYİ İL", *lines, ""]), encoding="utf-8")
    return path


def test_a_title_above_the_head_is_passed_over_and_said(tmp_path: Path):
    path = titled(tmp_path, "B-00001;Şəfəq;net;1998", "B-00002;Günəş;net;soon")

    result = run(path)

    load = Load.objects.get()
    assert result.exit_code == 1 and "The columns are named in line 4" in result.output
    assert list(StagedRow.objects.values_list("line", flat=True)) == [5]
    assert make.faults(load) == [["6", "TİKİLDİYİ İL", "soon", "This is not a whole number."]]
    bad = b"".join(bad_rows.parts(load, path)).decode("utf-8-sig").splitlines()
    assert bad[0].endswith("Qayığın nömrəsi;ADI;növü;TİKİLDİYİ İL") and bad[1].endswith("B-00002;Günəş;net;soon")


def test_a_load_under_a_title_goes_on_after_a_kill_as_it_began(tmp_path: Path):
    path = titled(tmp_path, "B-00001;Şəfəq;net;1998")
    first = make.start(path).load
    layout = json.loads(first.layout)
    Load.objects.update(state="staging", line=0, rows=0)
    StagedRow.objects.all().delete()

    again = loads.resume("boats", path, told=lambda done, load: None).load

    assert layout["head_line"] == 4 and again.rows == 1


def test_where_the_head_is_can_be_said(tmp_path: Path):
    path = tmp_path / "boats.csv"
    path.write_text("boat_no,name\nof,no use\nboat_no,name,kind,built\nB-00001,Şəfəq,net,1998\n", encoding="utf-8")

    assert run(path).exit_code == 2
    assert run(path, "--head", 3).exit_code == 0
    assert StagedRow.objects.get().line == 4


def test_the_first_line_stays_the_head_where_no_other_names_more(tmp_path: Path):
    with pytest.raises(BadInput, match="unknown_columns"):
        make.start(make.file(tmp_path, ["1,2", "3,4"], head="a,b"))


def test_what_cannot_be_read_far_below_is_told_there_and_not_before(tmp_path: Path):
    path = make.file(tmp_path, [make.line(1), '"a quote without end'])
    with pytest.raises(BadInput, match="quote_not_closed"):
        make.start(path)

    assert Load.objects.get().state == "dropped"


def test_the_second_of_two_columns_that_are_called_alike_can_be_left_out(tmp_path: Path):
    path = make.file(tmp_path, ["B-00001,Şəfəq,net,1998,Ulduz"], head="boat_no,name,kind,built,name")
    with pytest.raises(BadInput) as unknown:
        make.start(path)
    assert unknown.value.details["columns"] == "name (2)"

    make.start(path, {"name (2)": "-"})

    assert '"name":"Şəfəq"' in StagedRow.objects.get().values


def test_a_file_that_somebody_writes_while_it_is_read_is_refused(tmp_path: Path):
    path = make.file(tmp_path, [make.line(number) for number in range(1, 8000)])

    def told(done: float, load: Load) -> None:
        with path.open("a") as file:
            file.write("one more\n")

    asked = Asked({}, None, None)
    with pytest.raises(BadInput, match="file_changed"):
        loads.start("boats", path, asked, errors=loads.errors_beside(path), recorded_by="test", told=told)

    assert Load.objects.get().state == "dropped" and not StagedRow.objects.exists()


def test_a_head_that_lost_its_letters_is_not_asked_what_it_holds(tmp_path: Path):
    path = make.file(tmp_path, ["B-00001;x;net;1998"], head="Qay???n n?mr?si;name;kind;built")

    assert "letters were lost" in run(path).output and "Qay???n" in run(path).output
    assert run(path, "--map", "Qay???n n?mr?si=boat_no").exit_code == 0
