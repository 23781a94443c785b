"""What everybody may have of a register: the declared fields, as they were known when the period began."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import pytest

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


def test_a_later_correction_does_not_change_what_was_published() -> None:
    _add("7-31", OCTOBER)
    registers.correct_row("kindergarten-groups", {"group_no": "7-31"}, {"places": 25}, on=date(2026, 10, 14),
                          reason="counted again", document="1/26", recorded_by="test", now=NOVEMBER)  # fmt: skip
    assert [row["places"] for row in _read(NOVEMBER)[1]] == ["20"]
    assert [row["places"] for row in _read(datetime(2026, 12, 1, 9, tzinfo=UTC))[1]] == ["25"]


def test_fields_that_are_not_declared_open_do_not_leave() -> None:
    answer = people.client().get("/open/land-cadastre.csv")
    head = b"".join(answer.streaming_content).decode().splitlines()[0]
    assert head == "parcel_no,place,area,category,use"


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
