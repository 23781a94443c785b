"""The demo's page: something happens at an agency, and whoever listens hears of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from django.conf import settings
from django.test import Client, override_settings

from pencere.base import clock
from pencere.exchange import happenings
from pencere.exchange.tests import process
from pencere.registers import queries
from pencere.registers.models import Row
from pencere.registers.tests import make
from pencere.registers.tests.make import NOW, TODAY
from pencere.registers.tests.strange import ANNA, strange

PAGE = "/en/demo/agencies/"


@pytest.fixture(autouse=True)
def _strange() -> Iterator[None]:
    with process.in_place(), clock.standing_at(NOW):
        yield


def browser() -> Client:
    return Client(HTTP_HOST=settings.PENCERE.host)


def post(happening: str, **values: object):
    return browser().post(f"{PAGE}?happening={happening}", values)


def day(name: str, found: date) -> dict[str, str]:
    return {f"{name}_day": str(found.day), f"{name}_month": str(found.month), f"{name}_year": str(found.year)}


def grant(until: date = date(2030, 1, 1), **changes: object):
    return post("licences.new", **{"person": ANNA, "kinds": ["day"], **day("until", until), **changes})


def told(event: str) -> list[dict[str, object]]:
    register, _, name = event.partition(".")
    return [each.values for each in queries.events(register, name, 0, 10, purpose=make.purpose(), now=NOW)]


def test_what_can_happen_follows_from_what_the_registers_tell():
    found = {one.id: (one.change, one.key) for one in happenings.all_of(strange())}

    assert found == {
        "births.new": ("add", ()),
        "homes-book.move": ("replace", ("person",)),
        "licences.new": ("add", ()),
        "licences.extend": ("replace", ("licence_no",)),
        "licences.give-back": ("end", ("licence_no",)),
    }
    assert happenings.named(strange(), "parcels.new-right") is None  # its owners are a list of groups
    assert happenings.named(strange(), "groups.new") is None  # tells nothing


def test_what_the_event_waits_for_is_chosen_already():
    licences = strange().registers["licences"]
    made = replace(licences.accepts["extend"], name="make", fields=("licence_no", "state"))
    changed = replace(licences, accepts={"make": made})

    found = happenings.named(replace(strange(), registers={"licences": changed}), "licences.make")

    assert found is not None
    assert (tuple(found.fields), found.initial) == (("licence_no", "state"), {"state": "made"})


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["az", "en", "ru"])
def test_the_page_says_what_can_happen_where(language):
    page = browser().get(f"/{language}/demo/agencies/").content.decode()

    for one in happenings.all_of(strange()):
        assert f"?happening={one.id}" in page
    assert browser().get(f"/{language}/demo/agencies/?happening=births.new").status_code == 200


@pytest.mark.django_db
def test_without_the_demo_there_is_no_such_page():
    with override_settings(PENCERE=replace(settings.PENCERE, demo=False)):
        assert browser().get(PAGE).status_code == 404
        assert grant().status_code == 404
    assert browser().get(f"{PAGE}?happening=groups.new").status_code == 404


@pytest.mark.django_db
def test_a_new_row_is_written_and_told():
    answer = grant()

    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}?done")
    assert [each["person"] for each in told("licences.granted")] == [ANNA]
    assert Row.objects.get().recorded_by == "demo"
    assert "It has happened" in browser().get(answer["Location"]).content.decode()


@pytest.mark.django_db
def test_a_row_is_changed_and_ended_and_told():
    grant()
    number = str(told("licences.granted")[0]["licence_no"])

    assert post("licences.extend", licence_no=number, **day("until", date(2031, 1, 1))).status_code == 302
    assert post("licences.give-back", licence_no=number).status_code == 302

    assert [each["until"] for each in told("licences.extended")] == [date(2031, 1, 1)]
    assert told("licences.ended") == [{"licence_no": number}]


@pytest.mark.django_db
def test_what_is_elsewhere_happens_there():
    answer = post("births.new", mother=ANNA, **day("born_on", TODAY))

    assert answer.status_code == 503  # nobody listens at that address; what was typed is kept
    page = answer.content.decode()
    assert "does not answer" in page
    assert ANNA in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("happening", "values", "sentence"),
    [
        ("licences.extend", {"licence_no": "L-9", **day("until", TODAY)}, "There is no such entry"),
        ("licences.extend", {"licence_no": "", **day("until", TODAY)}, "Error"),
        ("licences.new", {"person": "1", "kinds": ["day"], **day("until", TODAY)}, "Error"),
        (
            "licences.new",
            {"person": ANNA, "kinds": ["day"], "plate": "P", **day("until", TODAY)},
            "Another entry has this",
        ),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(happening, values, sentence):
    grant(plate="P")

    answer = post(happening, **values)

    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert len(told("licences.granted")) == 1
