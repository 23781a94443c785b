"""Of several rows the latest is answered, where the answer is declared so."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pencere.registers import actions, queries
from pencere.registers.tests import make
from pencere.registers.tests.make import NOW, TODAY
from pencere.registers.tests.strange import ANNA, VERA, strange

SOON, LATER = TODAY + timedelta(days=30), TODAY + timedelta(days=900)


@pytest.fixture(autouse=True)
def _strange():
    with make.using(strange()):
        yield


def grant(number: str, until: date, since: date, person: str = ANNA) -> None:
    row = {"licence_no": number, "granted_on": since, "person": person, "until": until, "kinds": ["sea"]}
    actions.add_rows("licences", [row | {"valid_from": since}], valid_from=since, recorded_by="town", now=NOW)


def numbers(answer: str, person: str = ANNA) -> list[object]:
    rows = queries.answer("licences", answer, {"person": person}, ("licence_no",), make.purpose(), now=NOW)
    return [row.values["licence_no"] for row in rows]


@pytest.mark.django_db(transaction=True)
def test_the_row_with_the_greatest_field_is_answered():
    grant("L-1", LATER, TODAY - timedelta(days=700))
    grant("L-2", SOON, TODAY - timedelta(days=10))

    assert numbers("last") == ["L-1"]
    assert numbers("newest") == ["L-2"]
    assert numbers("current") == ["L-1", "L-2"]


@pytest.mark.django_db(transaction=True)
def test_of_two_that_began_on_one_day_the_one_recorded_last_is_the_newest():
    grant("L-1", LATER, TODAY)
    grant("L-2", SOON, TODAY)

    assert numbers("newest") == ["L-2"]


@pytest.mark.django_db(transaction=True)
def test_a_row_that_has_not_begun_yet_is_not_the_newest():
    grant("L-1", LATER, TODAY)
    grant("L-2", LATER, TODAY + timedelta(days=1))

    assert numbers("newest") == ["L-1"]
    assert numbers("newest", VERA) == []
