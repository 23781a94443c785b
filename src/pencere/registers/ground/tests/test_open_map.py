"""The map of what a register publishes: what is on it, where its links lead, and what never is on it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from unittest import mock

import pytest

from pencere.base import clock
from pencere.identity.tests import make as people
from pencere.registers import actions
from pencere.registers.ground import open_map
from pencere.registers.ground.tests.test_features import HOLDER, LAT, LON, parcel

pytestmark = pytest.mark.django_db(transaction=True)
RECORDED, NOW = datetime(2026, 10, 14, 9, tzinfo=UTC), datetime(2026, 11, 3, 9, tzinfo=UTC)
MAP = "/en/open/land-cadastre/map/"


@pytest.fixture(autouse=True)
def _now():
    with clock.standing_at(NOW):
        yield


def fill(*rows: dict[str, object], now: datetime = RECORDED) -> None:
    actions.add_rows("land-cadastre", list(rows), valid_from=date(2026, 9, 1), recorded_by="test", now=now)


def page(address: str = MAP, **asked: str) -> str:
    answer = people.client().get(address, asked, follow=True)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def drawn(text: str) -> int:
    return text.count('class="pen-map__open"') + text.count('class="pen-map__place"')


def linked(text: str, words: str) -> str:
    found = re.search(rf'href="([^"]+)">{words}</a>', text)
    assert found, words
    return found[1].replace("&amp;", "&")


def test_it_begins_where_something_lies_and_lists_what_is_drawn() -> None:
    fill(*(parcel(number) for number in range(30)), parcel(99, boundary=None))
    text = page()
    assert 20 < drawn(text) <= 30 and "103-0417-0000" in text
    assert 'href="/ogc/collections/land-cadastre"' in text
    assert re.search(r'd="M10 222v8h[\d.]+v-8"/><text class="pen-map__words" x="[\d.]+" y="231">\d+', text), "its scale"


def test_nothing_of_a_person_and_no_field_that_is_not_published_is_on_it() -> None:
    fill(parcel(1))
    text = page(row="103-0417-000001")
    assert HOLDER not in text and "Owner" not in text and "orchard" in text


def test_it_moves_and_comes_closer_by_links() -> None:
    fill(*(parcel(number) for number in range(30)))
    text = page(at=f"{LON},{LAT}", wide="10000")
    assert text.count('class="pen-map__place"') == 30, "too small to be more than a dot"
    assert ">Farther away<" not in text
    for _step in range(len(open_map.WIDTHS) - 1):
        text = page(linked(text, "Closer"))
    assert drawn(text) < 30 and ">Closer<" not in text
    for _step in range(4):
        text = page(linked(text, "To the west"))
    assert drawn(text) == 0 and "Nothing that is published lies here" in text
    for _step in range(4):
        text = page(linked(text, "To the east"))
    assert drawn(text) > 0


def test_a_parcel_is_found_by_its_number_and_hatched() -> None:
    fill(*(parcel(number) for number in range(30)))
    text = page(number=" 103-0417-000017 ")
    assert 'class="pen-map__area"' in text and "row=103-0417-000017" in text
    assert "Hatched on the map" in text


@pytest.mark.parametrize(("asked", "said"), [
    ({"number": "103-0417-000999"}, "Nothing is published under this number"),
    ({"number": "no such <number>"}, "Nothing is published under this number"),
    ({"number": "103-0417-000099"}, "its place on the ground is not known yet"),
    ({"place": "here"}, "Write longitude and latitude"),
    ({"place": "200 10"}, "Write longitude and latitude"),
])  # fmt: skip
def test_what_is_not_found_is_said(asked: dict[str, str], said: str) -> None:
    fill(parcel(1), parcel(99, boundary=None))
    assert said in page(**asked)


@pytest.mark.parametrize("written", ["50.17 40.43", "50,17 40,43", "50.17, 40.43", "50.17,40.43", "50.17;40.43"])
def test_a_place_is_written_as_people_write_it(written: str) -> None:
    fill(parcel(1))
    answer = people.client().get(MAP, {"place": written})
    assert answer.status_code == 302 and "at=50.17000,40.43000" in answer["Location"]


@pytest.mark.parametrize("asked", [{"at": "x"}, {"at": "999,40"}, {"wide": "7"}, {"at": "50,40", "wide": "-1"}])
def test_an_address_that_nobody_made_shows_the_map_all_the_same(asked: dict[str, str]) -> None:
    fill(parcel(1))
    assert "<svg" in page(**asked)


def test_what_was_recorded_since_and_what_was_corrected_is_as_published() -> None:
    fill(parcel(1))
    fill(parcel(2), now=NOW)
    assert drawn(page()) == 1
    assert people.client().get(MAP, {"row": "103-0417-000002"}).status_code == 404


def test_more_than_can_be_drawn_is_said() -> None:
    fill(*(parcel(number) for number in range(30)))
    with mock.patch.object(open_map, "MOST_DRAWN", 10):
        text = page()
    assert drawn(text) == 10 and "10 shapes are shown" in text


def test_a_register_without_a_shape_on_the_ground_has_no_map() -> None:
    assert "has a place on the ground yet" in page()
    for register in ("archive-fonds", "real-estate", "nothing"):
        assert people.client().get(f"/en/open/{register}/map/").status_code == 404


def test_the_page_of_open_data_leads_to_it_and_to_the_interface() -> None:
    text = page("/en/open/")
    assert 'href="/en/open/land-cadastre/map/"' in text and 'href="/ogc/"' in text
