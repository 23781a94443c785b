"""What everybody may have of a register: the declared fields, as they were known when the period began; never more."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from csvw import CSVW
from jsonschema import Draft202012Validator

from pencere import country
from pencere.base import clock
from pencere.identity.tests import make as people
from pencere.registers import actions as registers
from pencere.registers.publishing import begin_of

pytestmark = pytest.mark.django_db(transaction=True)
GROUP = {"kindergarten": "Bağça 7", "district": "nesimi", "birth_year": 2023, "places": 20}
OCTOBER, NOVEMBER = datetime(2026, 10, 14, 9, tzinfo=UTC), datetime(2026, 11, 3, 9, tzinfo=UTC)


def _add(number: str, now: datetime) -> None:
    registers.add_rows("kindergarten-groups", [{"group_no": number, **GROUP}], valid_from=date(2026, 9, 1),
                       recorded_by="test", now=now)  # fmt: skip


def _read(now: datetime) -> tuple[Any, list[dict[str, str]]]:
    with clock.standing_at(now):
        answer = people.client().get("/open/kindergarten-groups.csv")
        assert answer.status_code == 200
        parts: Iterable[bytes] = answer.streaming_content
        return answer, list(csv.DictReader(io.StringIO(b"".join(parts).decode())))


def test_an_extract_says_what_was_known_when_its_month_began() -> None:
    _add("7-31", OCTOBER)
    _add("7-32", NOVEMBER)
    answer, rows = _read(NOVEMBER)
    assert [row["group_no"] for row in rows] == ["7-31"]
    assert rows[0] == {"group_no": "7-31", **{name: str(value) for name, value in GROUP.items()}}
    assert "creativecommons.org/licenses/by/4.0" in answer["Link"]
    assert _read(datetime(2026, 12, 1, 9, tzinfo=UTC))[1][1]["group_no"] == "7-32"


def test_a_register_that_was_first_filled_within_the_month_is_published_as_it_was_filled() -> None:
    _add("7-31", NOVEMBER)
    _add("7-32", datetime(2026, 11, 20, 9, tzinfo=UTC))

    assert [row["group_no"] for row in _read(datetime(2026, 11, 21, 9, tzinfo=UTC))[1]] == ["7-31"]
    assert len(_read(datetime(2026, 12, 1, 9, tzinfo=UTC))[1]) == 2


def test_a_later_correction_does_not_change_what_was_published() -> None:
    _add("7-31", OCTOBER)
    registers.correct_row("kindergarten-groups", {"group_no": "7-31"}, {"places": 25}, on=date(2026, 10, 14),
                          reason="counted again", document="1/26", recorded_by="test", now=NOVEMBER)  # fmt: skip
    assert [row["places"] for row in _read(NOVEMBER)[1]] == ["20"]
    assert [row["places"] for row in _read(datetime(2026, 12, 1, 9, tzinfo=UTC))[1]] == ["25"]


def test_fields_that_are_not_declared_open_do_not_leave() -> None:
    answer = people.client().get("/open/land-cadastre.csv")
    head = b"".join(answer.streaming_content).decode().splitlines()[0]
    assert head == "parcel_no,place,boundary,area,category,use"


@pytest.mark.parametrize("register", ["population", "residence", "nothing"])
def test_what_is_not_published_is_not_there(register: str) -> None:
    assert people.client().get(f"/open/{register}.csv").status_code == 404


@pytest.mark.parametrize(
    ("every", "first"),
    [
        ("day", date(2026, 11, 26)),
        ("week", date(2026, 11, 23)),
        ("month", date(2026, 11, 1)),
        ("year", date(2026, 1, 1)),
    ],
)
def test_a_period_begins(every: str, first: date) -> None:
    assert begin_of(every, date(2026, 11, 26)) == first


# --- the other forms of it


def _get(path: str, now: datetime = NOVEMBER, **headers: str) -> Any:
    with clock.standing_at(now):
        return people.client().get(f"/open/{path}", headers=headers)


def _body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_csv_is_what_its_metadata_beside_it_says(tmp_path: Path) -> None:
    _add("7-31", OCTOBER)
    for name in ("kindergarten-groups.csv", "kindergarten-groups.csv-metadata.json"):
        (tmp_path / name).write_bytes(_body(_get(name)))
    assert CSVW(str(tmp_path / "kindergarten-groups.csv-metadata.json"), validate=True).is_valid
    (tmp_path / "kindergarten-groups.csv").write_bytes(_body(_get("kindergarten-groups.csv")).replace(b"2023", b"x"))
    assert not CSVW(str(tmp_path / "kindergarten-groups.csv-metadata.json"), validate=True).is_valid


def test_json_is_what_its_schema_says() -> None:
    _add("7-31", OCTOBER)
    schema = json.loads(_body(_get("kindergarten-groups.schema.json")))
    rows = json.loads(_body(_get("kindergarten-groups.json")))
    Draft202012Validator({"type": "array", "items": schema}).validate(rows)
    assert rows == [{"group_no": "7-31", **GROUP}]


def test_all_tables_are_described_together() -> None:
    described = json.loads(_body(_get("csv-metadata.json")))
    urls = {table["url"] for table in described["tables"]}
    declared = {f"{one.id}.csv" for one in country.current().registers.values() if one.open_data and one.kept == "here"}
    assert urls == declared and "population.csv" not in urls


@pytest.mark.parametrize("suffix", ["csv", "json", "csv-metadata.json", "schema.json"])
def test_who_has_a_file_gets_no_second_copy_until_the_next_period(suffix: str) -> None:
    _add("7-31", OCTOBER)
    path = f"kindergarten-groups.{suffix}"
    first = _get(path)
    assert first.status_code == 200 and first["Access-Control-Allow-Origin"] == "*"
    again = _get(path, **{"If-None-Match": first["ETag"]})
    assert again.status_code == 304 and not _body(again) and again["ETag"] == first["ETag"]
    if suffix in ("csv", "json"):
        since = _get(path, **{"If-Modified-Since": first["Last-Modified"]})
        assert since.status_code == 304
        later = _get(path, datetime(2026, 12, 1, 9, tzinfo=UTC), **{"If-None-Match": first["ETag"]})
        assert later.status_code == 200 and later["ETag"] != first["ETag"]


@pytest.mark.parametrize("register", ["population", "residence", "nothing", "birth-acts", "x" * 300])
@pytest.mark.parametrize("suffix", ["json", "csv-metadata.json", "schema.json"])
def test_no_form_of_what_is_not_published_is_there(register: str, suffix: str) -> None:
    assert _get(f"{register}.{suffix}").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_published_file_is_only_read(method: str) -> None:
    assert getattr(people.client(), method)("/open/kindergarten-groups.json").status_code == 405


@pytest.mark.parametrize("language", ["az", "en", "ru"])
def test_the_page_shows_all_that_is_published_and_where(language: str) -> None:
    page = people.client().get(f"/{language}/open/").content.decode()
    for register in country.current().registers.values():
        is_open = register.open_data is not None and register.kept == "here"
        assert (f'href="/open/{register.id}.csv"' in page) == is_open
        assert not is_open or f": {register.texts['of'][language]}" in page
    assert page.count("creativecommons.org") >= 1


@pytest.mark.parametrize("language", ["az", "en", "ru"])
def test_each_register_leads_to_how_much_of_it_there_is(language: str) -> None:
    page = people.client().get(f"/{language}/open/").content.decode()
    named = re.findall(r'id="([a-z-]+)">', page)
    published = [register for register in named if register in country.current().registers]

    assert "population" in published and "land-cadastre" in published
    for register in published:
        assert f'href="/{language}/open/registers/{register}/"' in page
