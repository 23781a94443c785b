"""What is counted, when, and what the pages and files say of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from unittest import mock

import pytest
from django.conf import settings
from django.test import Client

from pencere import country
from pencere.country.declarations import Universe
from pencere.registers import actions, queries
from pencere.registers.digital import measuring
from pencere.registers.digital.models import Measure
from pencere.registers.digital.reckoning import KNOWN, UNMEASURED
from pencere.registers.models import Load, Row
from pencere.registers.tests import make
from pencere.registers.tests.make import NOW, TODAY
from pencere.registers.using import shape_of

pytestmark = pytest.mark.django_db
FONDS = "archive-fonds"


@pytest.fixture
def browser() -> Client:
    return Client(HTTP_HOST=settings.PENCERE.host)


@pytest.fixture
def fonds_are_counted() -> Iterator[None]:
    """There should be 8 fonds, and each should have its history."""
    here = make.the("azerbaijan")
    universe = Universe(8, date(2026, 1, 1), "Report of the archives 2025", "https://example.org", True,
                        ("history",), make.HERE)  # fmt: skip
    fonds = here.registers[FONDS]
    texts = {**fonds.texts, "universe": {"az": "fondlar", "en": "fonds of the archives", "ru": "фонды архивов"}}
    made = replace(here, registers={**here.registers, FONDS: replace(fonds, universe=universe, texts=texts)})
    with make.using(made):
        yield


def fond(number: int, **more: object) -> dict[str, object]:
    row: dict[str, object] = {
        "fond_no": f"F-{number}", "heading": "Bakı şəhər məhkəməsi", "archive": "Dövlət Arxivi", "creator": "Məhkəmə",
        "kind": "institution", "from_year": 1920, "inventories": 1, "files": 2,
    }  # fmt: skip
    return row | more


def fonds(*rows: dict[str, object]) -> None:
    actions.add_rows(FONDS, list(rows), valid_from=TODAY - timedelta(days=9), recorded_by="test", now=NOW)


def test_rows_that_hold_today_are_counted_with_their_fields(fonds_are_counted: None):
    fonds(fond(1, history="1920-ci ildən"), fond(2), fond(3), fond(4))
    actions.end_row(FONDS, {"fond_no": "F-4"}, from_day=TODAY, recorded_by="test", now=NOW)

    measuring.measure(FONDS, NOW)
    found = queries.digital(FONDS)

    assert (found.state, found.rows, found.coverage) == (KNOWN, 3, 375)
    assert next(field.share for field in found.fields if field.name == "history") == 333
    assert found.newest == NOW


def test_a_register_is_counted_again_at_once_where_a_file_came_in(fonds_are_counted: None):
    measuring.measure_due(NOW)
    soon = NOW + timedelta(minutes=5)
    assert measuring.measure_due(soon) == 0

    Load.objects.create(
        register=FONDS, file="f.csv", digest="0" * 64, state="confirmed", layout="", errors="", recorded_by="test",
        started_at=NOW, closed_at=soon,
    )  # fmt: skip

    assert measuring.measure_due(soon + timedelta(minutes=1)) == 1
    assert measuring.measure_due(soon + timedelta(minutes=2)) == 0


def test_a_register_is_counted_again_after_an_hour_and_not_before(fonds_are_counted: None):
    kept = sum(register.kept == "here" for register in country.current().registers.values())

    assert measuring.measure_due(NOW) == kept
    assert measuring.measure_due(NOW + timedelta(minutes=59)) == 0
    fonds(fond(1))
    assert queries.digital(FONDS).rows == 0
    assert measuring.measure_due(NOW + timedelta(minutes=61)) == kept
    assert queries.digital(FONDS).rows == 1
    assert Measure.objects.count() == kept


def test_areas_are_held_against_an_area_and_births_against_those_of_a_year():
    real, births = "real-estate", "birth-records"
    actions.add_rows(real, [
        {"registry_no": f"RN-{number:04}", "extract_no": "1", "address": make.HOME, "area": area,
         "rights": [{"kind": "ownership", "holder": make.SEVINC, "share": "1"}]}
        for number, area in enumerate(["80.5", "40", None, *["10"] * 8])
    ], valid_from=TODAY, recorded_by="test", now=NOW)  # fmt: skip
    actions.add_rows(births, [
        {"record_no": f"TD-{number:03}", "facility": "Nümunə", "born_on": date(2025 if number < 26 else 2026, 1, 9),
         "sex": "female", "mother": make.SEVINC, "vital": "live"} for number in range(40)
    ], valid_from=TODAY, recorded_by="test", now=NOW)  # fmt: skip
    for register in (real, births):
        measuring.measure(register, NOW)

    assert queries.digital(real).held == 200  # about persons: to what ten of them make
    found = queries.digital(births)
    assert (found.held, found.rows, found.coverage) == (30, 40, 0)  # about persons: in tens


def test_a_count_for_another_universe_says_nothing_of_this_one():
    measuring.measure("birth-records", NOW)
    Measure.objects.filter(register="birth-records").update(rows=40, held_of="born_on 2024")
    assert queries.digital("birth-records").state == UNMEASURED
    assert measuring.measure_due(NOW) > 0 and queries.digital("birth-records").state != UNMEASURED


def test_a_renamed_field_is_as_full_as_before(fonds_are_counted: None):
    fonds(fond(1, history="1920"))
    row = Row.objects.get(register=FONDS)
    Row.objects.filter(pk=row.pk).update(values=row.values.replace('"history"', '"past"'))
    shape = shape_of(FONDS)
    with mock.patch.object(shape, "_declared", {"past": "history"}):
        measuring.measure(FONDS, NOW)
    assert next(field.share for field in queries.digital(FONDS).fields if field.name == "history") == 1000


def test_a_count_of_an_older_declaration_is_read_by_the_new_one(fonds_are_counted: None):
    measuring.measure(FONDS, NOW)
    row = Measure.objects.get(register=FONDS)
    row.filled = '{"fond_no": 0, "gone": 7}'
    row.save()

    assert {field.name for field in queries.digital(FONDS).fields} <= set(country.current().registers[FONDS].fields)


def test_nothing_was_counted_yet_and_what_is_not_declared_is_not_there():
    assert queries.digital(FONDS).state == UNMEASURED
    with pytest.raises(LookupError):
        queries.digital("no-such-register")


@pytest.mark.parametrize("language", ["az", "en", "ru"])
def test_the_pages_say_it_in_every_language(fonds_are_counted: None, browser: Client, language: str):
    fonds(fond(1, history="1920"), fond(2))
    measuring.measure_due(NOW)

    everything = browser.get(f"/{language}/open/registers/")
    one = browser.get(f"/{language}/open/registers/{FONDS}/").content.decode()

    assert everything.status_code == 200 and everything.content.count(b"<h1") == 1
    percent = {"az": "23,6%", "en": "23.6%", "ru": "23,6\N{NO-BREAK SPACE}%"}[language]  # 2 of 8, 17 of 18 cells
    assert percent in one and percent in everything.content.decode()
    assert {"az": "fondlar", "en": "fonds of the archives", "ru": "фонды архивов"}[language] in one
    assert "Report of the archives 2025" in one


def test_a_person_in_a_small_register_is_not_seen_anywhere(browser: Client):
    make.family()
    measuring.measure_due(NOW)

    page = browser.get("/en/open/registers/population/").content.decode()
    rows = {row["register"]: row for row in csv.DictReader(io.StringIO(browser.get(CSV).content.decode()))}

    assert "Fewer than ten entries" in page and "pen-figure" not in page
    assert (rows["population"]["state"], rows["population"]["rows"]) == ("few", "")
    (found,) = (each for each in browser.get(JSON).json()["registers"] if each["register"] == "population")
    assert (found["rows"], found["fields"], found["newest_entry"]) == (None, [], None)


CSV, JSON = "/open/registers/digital.csv", "/open/registers/digital.json"


def test_the_files_say_the_same_as_the_page(fonds_are_counted: None, browser: Client):
    fonds(fond(1, history="1920"), fond(2))
    measuring.measure_due(NOW)

    row = next(
        row for row in csv.DictReader(io.StringIO(browser.get(CSV).content.decode())) if row["register"] == FONDS
    )
    (found,) = (each for each in browser.get(JSON).json()["registers"] if each["register"] == FONDS)

    assert (row["digital_percent"], row["universe"], row["universe_assumed"]) == ("23.6", "8", "True")
    assert found["digital_percent"] == 23.6
    assert {"field": "history", "filled_percent": 50.0, "wanted": True} in found["fields"]


def test_there_is_no_page_of_a_register_that_is_not_declared(browser: Client):
    assert browser.get("/en/open/registers/no-such-register/").status_code == 404
