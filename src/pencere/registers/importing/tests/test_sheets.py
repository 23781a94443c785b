"""Excel workbooks: read row by row, formulas and bombs refused."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from django.utils.translation import override
from openpyxl import Workbook

from pencere.base import clock
from pencere.base.errors import BadInput
from pencere.registers.importing import loads, sheets
from pencere.registers.importing.sentences import sentence
from pencere.registers.importing.tests import make
from pencere.registers.models import Row, StagedRow
from pencere.registers.tests.make import NOW


@pytest.fixture(autouse=True)
def _boats():
    with make.using_boats(), clock.standing_at(NOW):
        yield


def book(folder: Path, *rows: tuple[object, ...], name: str = "boats.xlsx") -> Path:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    path = folder / name
    made.save(path)
    return path


@pytest.mark.django_db
def test_a_sheet_is_loaded_as_a_csv_is(tmp_path: Path):
    path = book(
        tmp_path,
        ("Qayığın nömrəsi", "Adı", "Növü", "Tikildiyi il", "length", "price", "licensed"),
        ("B-00001", "Şəfəq", "Torla ovlayan", 1998, 7.5, 1200.5, datetime(2020, 3, 1)),
        ("B-00002", '=CONCAT("a","b")', "line", 1999.0, None, None, date(2021, 1, 2)),
        (),
        ("B-00003", "Günəş", "net", "#REF!", None, None, None),
        ("B-00004", "Ulduz", "line", 2001, None, None, None, "beyond"),
        ("B-00005", "Xəzri", "line", 2001),
    )

    staged = make.start(path)
    loads.confirm(staged.load)

    assert (staged.load.rows, staged.load.bad) == (2, 3)
    assert [fault[:2] for fault in make.faults(staged.load)] == [["3", "Adı"], ["5", "Tikildiyi il"], ["6", ""]]
    assert sorted(Row.objects.values_list("document", flat=True)) == [
        f"load {staged.load.pk}, line 2", f"load {staged.load.pk}, line 7",
    ]  # fmt: skip
    assert '"licensed":"2020-03-01"' in Row.objects.get(key="b-00001").values
    assert '"price":120050' in Row.objects.get(key="b-00001").values


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path):
    path = book(tmp_path, ("boat_no",), ("B-00001",))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/big.xml", b"0" * 40_000_000)

    with pytest.raises(BadInput) as refused:
        sheets.survey(path)

    assert refused.value.reason == "workbook_too_large"


def test_a_row_without_end_is_refused(tmp_path: Path):
    import random

    path = tmp_path / "endless.xlsx"
    noise = random.Random(1).randbytes(6_000_000).hex().encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row>" + noise)

    with pytest.raises(BadInput) as refused:
        sheets.survey(path)

    assert refused.value.reason == "workbook_too_large"


def test_entities_are_refused(tmp_path: Path):
    path = tmp_path / "laughs.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("xl/workbook.xml", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><workbook>&a;</workbook>')

    with pytest.raises(BadInput) as refused:
        sheets.survey(path)

    assert refused.value.reason == "damaged_workbook"


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + b"x" * 1000])
def test_what_is_damaged_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "broken.xlsx"
    path.write_bytes(content)

    with pytest.raises(BadInput) as refused:
        loads.surveyed(path, None)

    assert refused.value.reason == "damaged_workbook"


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path):
    path = tmp_path / "letters.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("letter.txt", "hello")

    with pytest.raises(BadInput) as refused:
        loads.opened(path, loads.surveyed(path, None))

    assert refused.value.reason == "damaged_workbook"


def padded(folder: Path, rows: str, last: int) -> Path:
    """A workbook of two rows and whatever stands behind them."""
    path, padded_ = (
        book(folder, ("boat_no", "name", "kind", "built"), ("B-00001", "Ay", "net", 1998)),
        folder / "p.xlsx",
    )
    with zipfile.ZipFile(path) as small, zipfile.ZipFile(padded_, "w", zipfile.ZIP_DEFLATED) as large:
        for part in small.namelist():
            content = small.read(part)
            if part == "xl/worksheets/sheet1.xml":
                text = content.decode().replace("</sheetData>", f"{rows}</sheetData>")
                content = text.replace('ref="A1:D2"', f'ref="A1:D{last}"').encode()
            large.writestr(part, content)
    return padded_


def coloured(first: int, last: int) -> str:
    return "".join(f'<row r="{row}"><c r="A{row}" s="0"/><c r="D{row}" s="0"/></row>' for row in range(first, last + 1))


@pytest.mark.django_db
def test_empty_rows_that_somebody_once_coloured_are_not_walked(tmp_path: Path):
    path = padded(tmp_path, coloured(3, 300_000), 1_048_576)

    table = sheets.SheetTable(path)

    assert table._rows == 2  # otherwise a million of them take a minute
    assert [number for number, _cells in table.lines()] == [2]
    assert make.start(path).load.rows == 1


def with_gap(folder: Path, last_empty: int) -> Path:
    """A table whose rows from the third on are coloured and empty up to that one; behind it stands one more."""
    at = last_empty + 1
    behind = f'<row r="{at}"><c r="A{at}" t="inlineStr"><is><t>B-00002</t></is></c></row>'
    return padded(folder, coloured(3, last_empty) + behind + coloured(at + 1, at + 10_000), at + 10_000)


def test_rows_behind_many_empty_ones_are_read(tmp_path: Path):
    table = sheets.SheetTable(with_gap(tmp_path, 2 + sheets.MOST_EMPTY))

    assert table._rows == 3 + sheets.MOST_EMPTY
    assert [(number, cells[0]) for number, cells in table.lines()] == [(2, "B-00001"), (10_003, "B-00002")]


def test_very_many_empty_rows_in_the_middle_are_not_walked_but_named(tmp_path: Path):
    path = with_gap(tmp_path, 200_000)
    table = sheets.SheetTable(path)
    lines = table.lines()

    assert next(lines)[0] == 2
    with pytest.raises(BadInput) as refused:
        next(lines)

    assert (refused.value.reason, table._number) == ("empty_rows", 3 + sheets.MOST_EMPTY)
    assert refused.value.details == {"line": 3, "most": 10_000, "last": 200_001}
    with override("en"):
        said = sentence(refused.value.reason, refused.value.details)
    assert said.startswith("From line 3 on more than 10000 rows of the sheet are empty")


@pytest.mark.django_db
def test_a_load_of_such_a_sheet_is_refused_and_leaves_nothing(tmp_path: Path):
    with pytest.raises(BadInput, match="empty_rows"):
        make.start(with_gap(tmp_path, 20_000))

    assert not Row.objects.exists()
    assert not StagedRow.objects.exists()


def test_rows_without_numbers_are_walked_to_their_end(tmp_path: Path):
    path = padded(tmp_path, "<row><c/></row>" * 20_000 + '<row><c t="n"><v>5</v></c></row>', 20_003)

    assert [number for number, _cells in sheets.SheetTable(path).lines()] == [2, 20_003]


def test_a_workbook_that_says_it_is_smaller_than_it_is_is_read_to_its_end(tmp_path: Path):
    path = padded(tmp_path, '<row r="9"><c r="A9" t="n"><v>5</v></c></row>', 2)

    assert [number for number, _cells in sheets.SheetTable(path).lines()] == [2, 9]


GOOD = ("B-00001", "Şəfəq", "net", 1998)
NAMES = ("boat_no", "name", "kind", "built")


def sheets_of(folder: Path, **sheets: list[tuple[object, ...]]) -> Path:
    made = Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path = folder / "boats.xlsx"
    made.save(path)
    return path


@pytest.mark.django_db
def test_of_several_sheets_one_is_read_and_the_others_are_named(tmp_path: Path):
    path = sheets_of(tmp_path, Baku=[NAMES, GOOD], Lankaran=[("Siyahı",), NAMES, ("B-00002", "Günəş", "line", 2001)])

    first = make.start(path)
    loads.confirm(first.load)
    asked = loads.Asked({}, None, None, sheet="Lankaran")
    place = loads.errors_beside(path)
    second = loads.start("boats", path, asked, errors=place, recorded_by="test", told=lambda done, load: None)

    assert (first.layout.sheet, first.unread) == ("Baku", ("Lankaran",))
    assert (second.layout.head_line, second.load.rows) == (2, 1)
    loads.confirm(second.load)
    with pytest.raises(BadInput, match="loaded_already"):
        make.start(path)
    with pytest.raises(BadInput, match="no_such_sheet"):
        loads.opened(path, replace(sheets.survey(path), sheet="Sheki"))


def test_a_hidden_sheet_is_not_the_first(tmp_path: Path):
    made = Workbook()
    made.active.sheet_state = "hidden"
    made.create_sheet("Qayıqlar").append(NAMES)
    made.save(tmp_path / "boats.xlsx")

    assert sheets.SheetTable(tmp_path / "boats.xlsx").sheet == "Qayıqlar"


@pytest.mark.django_db
def test_cells_merged_over_several_rows_are_refused_and_a_merged_title_is_not(tmp_path: Path):
    made = Workbook()
    for row in (("Qayıqların siyahısı",), NAMES, GOOD, ("B-00002", "Günəş", None, 2001)):
        made.active.append(row)
    made.active.merge_cells("A1:D1")
    made.save(tmp_path / "title.xlsx")
    made.active.merge_cells("C3:C4")
    made.save(tmp_path / "merged.xlsx")

    with pytest.raises(BadInput) as merged:
        make.start(tmp_path / "merged.xlsx")
    load = make.start(tmp_path / "title.xlsx").load

    assert (merged.value.reason, merged.value.details["cells"]) == ("merged_cells", "C3:C4")
    assert (load.rows, load.bad) == (1, 1)


_A_LETTER = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)


def test_workbooks_of_other_kinds_are_named(tmp_path: Path):
    locked, open_document, binary = tmp_path / "locked.xlsx", tmp_path / "boats.ods", tmp_path / "boats.xlsb"
    locked.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 3000 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 90)
    with zipfile.ZipFile(open_document, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr("content.xml", "<x/>")
    letter = tmp_path / "letter.xlsx"
    with zipfile.ZipFile(letter, "w") as made:
        made.writestr("[Content_Types].xml", _A_LETTER)
    with zipfile.ZipFile(binary, "w") as made:
        made.writestr("xl/workbook.bin", b"\0")

    for path, reason in (
        (locked, "workbook_has_password"),
        (open_document, "is_another_workbook"),
        (binary, "is_another_workbook"),
        (letter, "damaged_workbook"),
    ):
        with pytest.raises(BadInput, match=reason):
            loads.opened(path, loads.surveyed(path, None))


def test_numbers_have_the_digits_that_a_spreadsheet_shows(tmp_path: Path):
    path = book(tmp_path, ("a", "b", "c"), (0.1 + 0.2, 1e-7, 1234567.5))

    assert next(iter(sheets.SheetTable(path).lines()))[1] == ["0.3", "0.0000001", "1234567.5"]
