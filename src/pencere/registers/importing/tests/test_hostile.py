"""Files that break readers: two encodings in one, zero bytes, lone quotes that swallow lines. Each is told plainly."""

from __future__ import annotations

from pathlib import Path

import pytest

from pencere.base import clock
from pencere.base.errors import BadInput
from pencere.registers.importing import encoding
from pencere.registers.importing.sentences import sentence
from pencere.registers.importing.tests import make
from pencere.registers.models import Load
from pencere.registers.tests.make import NOW

pytestmark = pytest.mark.django_db
HEAD = ",".join(make.HEAD)


@pytest.fixture(autouse=True)
def _boats():
    with make.using_boats(), clock.standing_at(NOW):
        yield


def raw(folder: Path, content: bytes) -> Path:
    path = folder / "boats.csv"
    path.write_bytes(content)
    return path


def refused(path: Path) -> BadInput:
    with pytest.raises(BadInput) as problem:
        make.start(path)
    assert not Load.objects.exclude(state="dropped").exists()
    assert sentence(problem.value.reason, problem.value.details)
    return problem.value


@pytest.mark.parametrize("other", ["cp1254", "cp1251"])
def test_two_encodings_in_one_file_are_named_with_the_line(tmp_path: Path, other: str):
    name = "Gözəl şəfəq" if other == "cp1254" else "Рассвет"
    first = "\n".join([HEAD, *(make.line(number, name="Gözəl Şəfəq") for number in range(1, 60)), ""]).encode()
    second = "\n".join(make.line(number, name=name) for number in range(60, 119)).encode(other, errors="replace")

    problem = refused(raw(tmp_path, first + second))

    assert (problem.reason, problem.details) == ("mixed_encodings", {"line": 61})


def test_where_the_files_were_put_together_in_the_other_order_nothing_is_guessed(tmp_path: Path):
    first = "\n".join([HEAD, *(make.line(number, name="Gözel şıq") for number in range(1, 60)), ""]).encode("cp1254")
    second = "\n".join(make.line(number, name="Gözəl Şəfəq") for number in range(60, 119)).encode()

    assert refused(raw(tmp_path, first + second)).reason == "unknown_encoding"


def test_a_few_lines_of_another_encoding_are_lost_letters_not_good_lines(tmp_path: Path):
    """Whichever encoding is taken, no line goes in with letters that nobody wrote."""
    lines = [make.line(number, name="Çıraq şölesi") for number in range(1, 400)]
    content = "\n".join([HEAD, *lines, ""]).encode("cp1254") + make.line(400, name="Gözəl Şəfəq").encode()

    load = make.start(raw(tmp_path, content)).load

    assert (load.rows, load.bad) == (399, 1)
    assert [fault[:2] for fault in make.faults(load)] == [["401", "name"]]


def test_a_long_file_of_two_encodings_is_read_once_more_and_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(encoding, "BLOCK", 64)
    content = "\n".join(f"{number};ə" for number in range(1000)).encode() + b"\n1001;\xfe\n"

    with pytest.raises(BadInput) as problem:
        encoding.survey(raw(tmp_path, content))

    assert problem.value.details == {"line": 1001}


def test_a_zero_byte_is_a_matter_of_its_line(tmp_path: Path):
    lines = [make.line(1), make.line(2, name="Ay\x00Gün"), make.line(3)]

    load = make.start(make.file(tmp_path, lines)).load

    assert (load.rows, load.bad) == (2, 1)
    assert [fault[:2] for fault in make.faults(load)] == [["3", "name"]]


@pytest.mark.parametrize("content", [b"\0" * 5000, (HEAD + "\n").encode() + b"\0" * 5000])
def test_a_file_of_zero_bytes_is_no_table(tmp_path: Path, content: bytes):
    assert refused(raw(tmp_path, content)).reason == "is_not_a_table"


def test_a_hole_of_zero_bytes_far_inside_is_no_line_without_end(tmp_path: Path):
    content = "\n".join([HEAD, *(make.line(number) for number in range(1, 20_000)), ""]).encode()

    problem = refused(raw(tmp_path, content + b"\0" * 3_000_000))

    assert (problem.reason, problem.details["line"]) == ("line_too_long", 20_001)


def test_a_lone_quote_that_never_closes_is_named_with_its_line(tmp_path: Path):
    lines = [make.line(number) for number in range(1, 3000)]
    lines[4] = make.line(5, name='"Ay')

    problem = refused(make.file(tmp_path, lines))

    assert (problem.reason, problem.details) == ("quote_not_closed", {"line": 6})


def test_a_lone_quote_in_a_file_of_gigabytes_is_not_read_to_the_end(tmp_path: Path):
    """No cell grows beyond what a line may have, so the rest of the file is never held."""
    path = tmp_path / "boats.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD + "\n" + make.line(1, name='"Ay') + "\n")
        for number in range(2, 60_000):
            file.write(make.line(number) + "\n")

    assert refused(path).reason == "quote_not_closed"


def test_two_lone_quotes_do_not_swallow_what_lies_between_them(tmp_path: Path):
    lines = [make.line(number) for number in range(1, 200)]
    lines[9] = 'B-00010,Ay,net,1998,7.5,,nesimi,2020-03-01,"4JAA'
    lines[99] = 'B-00100,Ay,net,1998,7.5,,nesimi,2020-03-01,4JAB"'

    problem = refused(make.file(tmp_path, lines))

    assert (problem.reason, problem.details) == ("quote_swallows", {"line": 11, "last": 101})


def test_a_line_that_lost_cells_to_quotes_is_told_of_them(tmp_path: Path):
    lines = [make.line(1), 'B-00002,"Ay', 'B-00003,Gün",net,1998,7.5,,nesimi,2020-03-01,', make.line(4)]

    load = make.start(make.file(tmp_path, [*lines, 'B-00005,"x', 'y",net'])).load

    said = {line: reason for line, _column, _value, reason in make.faults(load)}
    details = {"found": 3, "expected": 9}
    assert said["6"] == sentence("wrong_width_over_lines", details) and load.rows == 2


def test_a_text_over_several_lines_is_a_text(tmp_path: Path):
    fields = (
        make.make.field("boat_no", "text"),
        make.make.field("name", "text"),
        make.make.field("built", "integer"),
        make.make.field("remark", "long_text"),
    )
    with make.make.using(make.country_of("boats", fields, ("boat_no",))):
        path = raw(tmp_path, b'boat_no,name,built,remark\n1,Ay,1998,"one, two\nthree, four, five\nsix"\n')
        load = make.start(path).load

    assert (load.rows, load.bad) == (1, 0)


def test_a_cell_may_be_as_long_as_a_line(tmp_path: Path):
    fields = (make.make.field("boat_no", "text"), make.make.field("remark", "long_text"))
    with make.make.using(make.country_of("boats", fields, ("boat_no",))):
        load = make.start(raw(tmp_path, b"boat_no,remark\n1," + b"x" * 200_000 + b"\n")).load

    assert load.rows + load.bad == 1
