"""What CSVW and JSON Schema say of a file is true of the file, as libraries that are not ours find."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from csvw import CSVW, Table, TableGroup
from jsonschema import Draft202012Validator

from pencere.country.declarations import Country
from pencere.registers.importing.tests.make import country_of
from pencere.registers.out import exports, sheets
from pencere.registers.out.csvw import Sheet, group, metadata
from pencere.registers.out.row_schema import row_schema
from pencere.registers.out.tests import make
from pencere.registers.tests import make as registers

pytestmark = pytest.mark.django_db(transaction=True)


def _described(folder: Path, country: Country, content: bytes, **changes: object) -> Path:
    register = country.registers["things"]
    (folder / "things.csv").write_bytes(content)
    sheet = Sheet("things.csv", register, list(register.fields), every_period=True, **changes)  # type: ignore[arg-type]
    found = folder / "things.csv-metadata.json"
    found.write_text(json.dumps(metadata(country, sheet)), encoding="utf-8")
    return found


def test_a_file_is_what_its_metadata_says(tmp_path: Path) -> None:
    with registers.using(make.every_kind()) as country:
        make.add(make.full(1), make.thing(2))
        found = _described(tmp_path, country, make.exported())

    read = CSVW(str(found), validate=True)
    assert read.is_valid
    first, second = Table.from_file(found)
    assert first["name"] == '=Nümunə; "Şəfəq", ərazi?də'
    assert first["kinds"] == ["net", "line"] and first["names"][1] == "[üç]"
    assert str(first["price"]) == "-1200.50" and first["active"] is False and str(first["seen"])[:10] == "2020-02-29"
    assert first["owners"][0]["notes"] == ["a;b"]
    assert second["name"] is None and second["valid_until"] is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("count", "many"),
        ("kind", "boat"),
        ("person", "OOOOOOO"),
        ("seen", "2020-02-30"),
        ("no", ""),
        ("price", "a lot"),
    ],
)
def test_a_file_that_breaks_its_metadata_is_found_out(tmp_path: Path, column: str, value: str) -> None:
    with registers.using(make.every_kind()) as country:
        make.add(make.full(1))
        rows = list(csv.DictReader(io.StringIO(make.exported().decode(), newline="")))
        rows[0][column] = value
        out = io.StringIO()
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        found = _described(tmp_path, country, out.getvalue().encode())

    assert not CSVW(str(found), validate=True).is_valid


def test_keys_between_two_files_are_held(tmp_path: Path) -> None:
    boat, trip = registers.field("boat_no", "text"), registers.field("boat", "ref", of="boats")
    boats = country_of("boats", (boat,), ("boat_no",))
    country = registers.the("azerbaijan")
    trips = country_of("trips", (registers.field("trip_no", "integer"), trip), ("trip_no",)).registers["trips"]
    country = boats
    sheets = [Sheet("boats.csv", boats.registers["boats"], ["boat_no"], days=False),
              Sheet("trips.csv", trips, ["trip_no", "boat"], days=False)]  # fmt: skip
    described = group(country, sheets)
    assert described["tables"][1]["tableSchema"]["foreignKeys"] == [
        {"columnReference": "boat", "reference": {"resource": "boats.csv", "columnReference": "boat_no"}}
    ]
    (tmp_path / "csv-metadata.json").write_text(json.dumps(described))
    (tmp_path / "boats.csv").write_text("boat_no\r\nB-1\r\n")
    (tmp_path / "trips.csv").write_text("trip_no,boat\r\n1,B-1\r\n")
    read = TableGroup.from_file(tmp_path / "csv-metadata.json")
    read.check_referential_integrity()
    (tmp_path / "trips.csv").write_text("trip_no,boat\r\n1,B-2\r\n")
    with pytest.raises(ValueError):
        TableGroup.from_file(tmp_path / "csv-metadata.json").check_referential_integrity()


def test_what_codes_mean_stands_beside_the_rows(tmp_path: Path) -> None:
    with registers.using(make.every_kind()) as country:
        make.add(make.full(1))
        found = _described(tmp_path, country, make.exported())
        schema = row_schema(country, country.registers["things"], ["kind", "place"])

    columns = {one["name"]: one for one in json.loads(found.read_text(encoding="utf-8"))["tableSchema"]["columns"]}
    concepts = columns["kind"]["qb:codeList"]["skos:hasTopConcept"]
    assert {each["skos:notation"]: each["skos:prefLabel"][2]["@value"] for each in concepts} == {
        "net": "Сеть", "line": "Крючок",
    }  # fmt: skip
    assert "qb:codeList" in columns["place"] and "qb:codeList" not in columns["name"]
    assert CSVW(str(found), validate=True).is_valid
    assert schema["properties"]["kind"]["labels"]["net"] == {"az": "Torla", "en": "Net", "ru": "Сеть"}
    assert schema["properties"]["place"]["labels"]["nesimi"]["en"]


def test_codes_within_a_group_are_told_too() -> None:
    country = registers.the("azerbaijan")
    schema = row_schema(country, country.registers["real-estate"], ["rights"])
    kind = schema["properties"]["rights"]["items"]["properties"]["kind"]
    assert kind["titles"]["en"] == "Kind of right" and kind["labels"]["ownership"]["en"] == "ownership"


def test_the_page_of_words_says_who_keeps_it_what_codes_mean_and_since_when_a_row_holds() -> None:
    with registers.using(make.every_kind()):
        make.add(make.full(1))
        archive = zipfile.ZipFile(io.BytesIO(make.exported("zip")))
        said = archive.read("README.en.txt").decode()

    assert "Kept by: Ministry of Internal Affairs" in said
    assert "(net = Net; line = Line)" in said
    assert "- valid_from: Holds from" in said and "- valid_until: Last day" in said
    assert "- place: place (what the codes mean is in the metadata)" in said


def test_a_table_to_read_has_no_first_day_where_rows_have_no_periods() -> None:
    registers.add("kindergarten-groups", {
        "group_no": "31-1", "kindergarten": "31", "district": "nesimi", "birth_year": 2020, "places": 20,
    })  # fmt: skip
    head = make.exported("sheet", register="kindergarten-groups").decode().splitlines()[0]
    assert head.endswith("Yerlərin sayı;Son gün")


def test_every_row_in_json_fits_the_schema_of_a_row() -> None:
    with registers.using(make.every_kind()) as country:
        register = country.registers["things"]
        make.add(make.full(1), make.thing(2))
        schema = row_schema(country, register, list(register.fields))
        Draft202012Validator.check_schema(schema)
        checks = Draft202012Validator(schema)
        array = json.loads(make.exported("json"))
        lines = [json.loads(line) for line in make.exported("jsonl").splitlines()]

    assert array == lines and len(array) == 2
    assert [error.message for row in array for error in checks.iter_errors(row)] == []
    assert array[0]["price"] == -120050 and array[1]["price"] is None
    for name, value in (("price", "1.50"), ("kind", "boat"), ("owners", [{}]), ("spot", {"type": "Point"})):
        assert not checks.is_valid(array[0] | {name: value}), name


def test_every_declared_register_can_be_described() -> None:
    for name in ("azerbaijan", "template"):
        country = registers.the(name)
        for register in country.registers.values():
            Draft202012Validator.check_schema(row_schema(country, register, list(register.fields)))
            assert metadata(country, Sheet("x.csv", register, list(register.fields)))["tableSchema"]["primaryKey"]


def test_no_row_is_an_empty_array_and_a_head() -> None:
    with registers.using(make.every_kind()):
        assert json.loads(make.exported("json")) == []
        assert make.exported("jsonl") == b""
        assert make.exported().count(b"\r\n") == 1


def test_an_archive_holds_the_rows_and_what_they_mean(tmp_path: Path) -> None:
    with registers.using(make.every_kind()):
        make.add(*make.numbers(range(1, 4)))
        path = tmp_path / "things.zip"
        path.write_bytes(make.exported("zip"))
        csv_ = make.exported()

    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        named = {name.replace("things-2026-03-18", "things"): name for name in archive.namelist()}
        assert set(named) == {"things.csv", "things.jsonl", "things.csv-metadata.json", "things.schema.json",
                              "README.az.txt", "README.en.txt", "README.ru.txt"}  # fmt: skip
        assert archive.read(named["things.csv"]) == csv_
        assert len(archive.read(named["things.jsonl"]).splitlines()) == 3
        assert "the yearly count of things" in archive.read(named["README.en.txt"]).decode()
        archive.extractall(tmp_path / "out")
    assert CSVW(str(tmp_path / "out" / named["things.csv-metadata.json"]), validate=True).is_valid


def test_a_sheet_runs_no_formula_and_shows_labels() -> None:
    with registers.using(make.every_kind()):
        make.add(make.full(1))
        text = make.exported("sheet").decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    assert row["Nömrə"] == "T-1" and row["kind"] == "Torla" and row["kinds"] == "Torla; Qarmaqla"
    assert row["name"].startswith("'=") and row["count"] == "-12"
    assert sheets.BYTE_ORDER_MARK not in text


@pytest.mark.parametrize(
    ("language", "between", "cells"),
    [
        ("az", ";", {"active": "Xeyr", "seen": "29.02.2020", "at": "18.03.2026 13:00", "price": "-1200,50",
                     "length": "-7,5", "prices": "0,01; 2,50", "days": "01.01.2020; 01.01.2021"}),
        ("ru", ";", {"active": "Нет", "seen": "29.02.2020", "at": "18.03.2026 13:00", "price": "-1200,50"}),
        ("en", ",", {"active": "No", "seen": "29 Feb 2020", "at": "18 Mar 2026 13:00", "price": "-1200.50"}),
    ],
)  # fmt: skip
def test_a_sheet_is_written_as_people_of_the_language_write(language: str, between: str, cells: dict[str, str]) -> None:
    with registers.using(make.every_kind()):
        make.add(make.full(1))
        raw = b"".join(exports.begin(make.asked("sheet"), tick=lambda: make.NOW, language=language).parts)

    assert raw.startswith("\ufeff".encode()) and not raw[3:].startswith(b"sep=")
    row = next(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=between))
    assert {name: row[name] for name in cells} == cells
    assert "{" not in row["owners"]
    assert row["names"] == "bir; iki; [üç]; '+dörd; d?rd"
