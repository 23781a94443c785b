"""Counts for everybody: made by the worker for each period, small ones withheld, nothing of a row in them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from csvw import CSVW

from pencere.base import clock
from pencere.country.declarations import Extract
from pencere.identity.tests import make as people
from pencere.ledger.models import Look
from pencere.registers.models import StoredExtract
from pencere.registers.out import extracts
from pencere.registers.out.tests import make
from pencere.registers.tests import make as registers

pytestmark = pytest.mark.django_db(transaction=True)
APRIL, MAY = datetime(2026, 4, 3, 9, tzinfo=UTC), datetime(2026, 5, 3, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def counted() -> Iterator[None]:
    here = make.every_kind()
    extract = Extract(("kind", "seen"), {"seen": 10}, 10, "CC-BY-4.0", "month", registers.HERE)
    things = replace(here.registers["things"], extract=extract)
    with registers.using(replace(here, registers={**here.registers, "things": things})):
        number = 0
        for kind, year, how_many in (("net", 1991, 30), ("net", 2003, 40), ("line", 1995, 4), ("line", 2004, 25)):
            for _one in range(how_many):
                number += 1
                make.add(make.thing(number, place="nesimi", kind=kind, seen=date(year, 1, number % 28 + 1)))
        yield


def _get(path: str, now: datetime = APRIL, **headers: str) -> Any:
    with clock.standing_at(now):
        return people.client().get(f"/open/things.extract.{path}", headers=headers)


def _counts(now: datetime = APRIL) -> dict[tuple[str, str], str]:
    rows = csv.DictReader(io.StringIO(_get("csv", now).content.decode(), newline=""))
    return {(row["kind"], row["seen"]): row["count"] for row in rows}


def test_small_counts_are_withheld_and_with_them_what_would_give_them_away() -> None:
    extracts.make_due(APRIL)
    counts = _counts()
    assert counts["_T", "_T"] == "99" and counts["net", "_T"] == "70"
    assert counts["line", "1990-1999"] == ""
    assert counts["line", "2000-2009"] == counts["net", "1990-1999"] == ""
    assert '"withheld":true' in _get("json").content.decode()


def test_nobody_is_looked_at_and_nobody_is_in_it() -> None:
    extracts.make_due(APRIL)
    assert Look.objects.count() == 0
    everything = (
        _get("csv").content + _get("json").content + StoredExtract.objects.get(register="things").table.encode()
    )
    assert registers.SEVINC.encode() not in everything and b"T-1" not in everything


def test_the_file_is_what_its_metadata_says(tmp_path: Path) -> None:
    extracts.make_due(APRIL)
    for suffix in ("csv", "csv-metadata.json"):
        (tmp_path / f"things.extract.{suffix}").write_bytes(_get(suffix).content)
    assert CSVW(str(tmp_path / "things.extract.csv-metadata.json"), validate=True).is_valid


def test_a_period_is_counted_once_and_as_it_was_known_when_it_began() -> None:
    extracts.make_due(APRIL)
    before = _get("csv")
    make.add(make.thing(1000, place="nesimi", kind="net", seen=date(1991, 1, 1)), now=APRIL)
    extracts.make_due(APRIL)
    assert _get("csv").content == before.content
    assert _get("csv", **{"If-None-Match": before["ETag"]}).status_code == 304
    assert _get("csv", MAY).status_code == 503
    extracts.make_due(MAY)
    assert _counts(MAY)["_T", "_T"] == "100" and StoredExtract.objects.filter(register="things").count() == 1


def test_what_was_withheld_last_time_is_withheld_again_though_a_cheaper_way_has_come() -> None:
    extracts.make_due(APRIL)
    before = {key for key, count in _counts().items() if count == ""}
    for number in range(2000, 2024):
        kind = "net" if number % 2 else "line"
        make.add(make.thing(number, place="nesimi", kind=kind, seen=date(2014, 1, 1)), now=APRIL)

    extracts.make_due(MAY)
    after = _counts(MAY)

    assert before and {key for key in before if after[key] != ""} == set()
    assert after["_T", "2010-2019"] == "24"


def test_a_register_that_was_filled_within_the_period_is_counted_as_it_was_filled() -> None:
    march = registers.NOW + timedelta(hours=1)
    extracts.make_due(march)
    assert set(_counts(march)) == set()  # 99 rows are too few to tell anything by
    make.add(make.thing(1000, place="nesimi", kind="net", seen=date(1991, 1, 1)), now=march)
    extracts.make_due(march)
    assert _counts(march)["_T", "_T"] == "100"
    later = march + timedelta(days=1)
    make.add(make.thing(1001, place="nesimi", kind="net", seen=date(1991, 1, 1)), now=later)
    extracts.make_due(later)
    assert _counts(later)["_T", "_T"] == "100"


def test_until_it_is_made_there_is_a_sentence_and_never_the_rows() -> None:
    answer = _get("csv")
    assert answer.status_code == 503 and answer["Retry-After"] == "60"


@pytest.mark.parametrize("register", ["residence", "disabilities", "nothing"])
@pytest.mark.parametrize("suffix", ["csv", "json", "csv-metadata.json"])
def test_what_is_not_counted_is_not_there(register: str, suffix: str) -> None:
    assert people.client().get(f"/open/{register}.extract.{suffix}").status_code == 404


@pytest.mark.parametrize("language", ["az", "en", "ru"])
def test_the_page_names_the_counts(language: str) -> None:
    page = people.client().get(f"/{language}/open/").content.decode()
    assert 'href="/open/things.extract.csv"' in page and 'href="/open/things.csv"' not in page


def test_the_json_says_how_it_was_made() -> None:
    extracts.make_due(APRIL)
    said = json.loads(_get("json").content)
    assert (said["least"], said["open_at_least"], said["left_out"]) == (10, 5, [])
    assert said["codes"]["kind"]["net"]["ru"] == "Сеть"
