"""Rows near a place: what the list gives is what one finds who measures every row; a page asks with three fields."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest

from pencere.base import clock
from pencere.base.errors import BadInput
from pencere.base.ground import soundness
from pencere.country.declarations import Country, Desk
from pencere.identity.tests import make as people
from pencere.registers import actions, queries
from pencere.registers.ground import boxes
from pencere.registers.ground.distance import Near
from pencere.registers.ground.tests import make as ground
from pencere.registers.listing import walking
from pencere.registers.queries import Asked, Filter
from pencere.registers.tests import make
from pencere.registers.tests.make import NOW, TODAY

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def here():
    country = ground.meadows(no_overlap=None)
    register = country.registers["meadows"]
    desk = Desk(look=("officer.registry",), write=(), second=(), list=("number",), place=make.HERE)
    opened = {**country.registers, "meadows": replace(register, desk=desk)}
    with make.using(replace(country, registers=opened)) as made, clock.standing_at(NOW):
        yield made


def found(here: Country, *near: float, sort: str = "number", size: int = 7) -> list[str]:
    """All pages."""
    numbers, after = [], ""
    purpose = make.purpose("oversight", agency=here.registers["meadows"].agency, who="officer:registry")
    asked = Asked(filters={"border": Filter(near=near)}, sort=sort, size=size)  # type: ignore[arg-type]
    while True:
        page = queries.page("meadows", replace(asked, after=after), purpose, now=NOW)
        numbers += [str(line.values["number"]) for line in page.rows]
        after = page.next
        if not after:
            return numbers


def away(x: float, y: float, west: float, south: float, wide: float, high: float) -> float:
    """Metres from a place to a rectangle, by hand."""
    return math.hypot(max(west - x, 0, x - west - wide), max(south - y, 0, y - south - high))


@pytest.mark.parametrize("few", [walking.FEW, 0])
def test_finds_what_one_finds_who_measures_every_row(here: Country, few: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(walking, "FEW", few)  # gathered by the index, or walked along the order
    chance = random.Random(7)
    meadows = {}
    for number in range(1, 81):
        spread = chance.choice([60, 600, 6000])
        meadows[number] = (chance.uniform(-spread, spread), chance.uniform(-spread, spread),
                           chance.choice([5, 40, 900]), chance.choice([5, 40, 900]))  # fmt: skip
        ground.add(number, ground.square(*meadows[number]))
    for _ in range(12):
        x, y = chance.uniform(-1000, 1000), chance.uniform(-1000, 1000)
        metres = chance.choice([1, 30, 200, 1500, 15_000])
        sure = {number for number, at in meadows.items() if away(x, y, *at) <= metres * 0.998}
        perhaps = {number for number, at in meadows.items() if away(x, y, *at) <= metres * 1.002}
        numbers = {int(number[2:]) for number in found(here, *ground.at(x, y), metres)}
        assert sure <= numbers <= perhaps


def test_the_place_may_be_inside_and_a_hole_is_not_the_shape(here: Country):
    ground.add(1, ground.polygon([(0, 0), (100, 0), (100, 100), (0, 100)], [(20, 20), (20, 80), (80, 80), (80, 20)]))
    assert found(here, *ground.at(10, 10), 1) == ["M-000001"]
    assert found(here, *ground.at(50, 50), 20) == []
    assert found(here, *ground.at(50, 50), 31) == ["M-000001"]


def test_only_rows_that_hold_are_found(here: Country):
    ground.add(1, ground.square(0, 0))
    ground.add(2, ground.square(30, 0))
    actions.end_row("meadows", {"number": "M-000002"}, from_day=TODAY, recorded_by="test", now=NOW)
    assert found(here, *ground.at(0, 0), 500) == ["M-000001"]


@pytest.mark.parametrize("near", [(181, 0, 5), (0, 91, 5), (0, 0, 0), (0, 0, 20_001), (0, 0, float("nan"))])
def test_refuses_what_is_no_place_and_no_distance(here: Country, near: tuple[float, float, float]):
    with pytest.raises(BadInput, match="wrong_place"):
        found(here, *near)


def test_refuses_to_measure_what_is_no_shape(here: Country):
    purpose = make.purpose("oversight", agency=here.registers["meadows"].agency, who="officer:registry")
    with pytest.raises(BadInput, match="not_searchable"):
        queries.page("meadows", Asked(filters={"number": Filter(near=(1, 1, 1))}), purpose, now=NOW)


@pytest.mark.parametrize("latitude", [-80.0, 0.0, 40.0, 85.0])
def test_the_box_holds_the_whole_circle(latitude: float):
    near = Near(20.0, latitude, 20_000)
    north, east = soundness.metres_of_a_degree(latitude)
    for turn in range(0, 360, 10):
        x, y = 20_000 * math.cos(math.radians(turn)) / east, 20_000 * math.sin(math.radians(turn)) / north
        point = {"type": "Point", "coordinates": [20 + x, latitude + y]}
        assert near.box.meets(boxes.around(point))


def test_the_list_is_filtered_by_three_fields_and_says_what_is_missing(here: Country):
    ground.add(1, ground.square(0, 0))
    ground.add(2, ground.square(3000, 0))
    agency = here.registers["meadows"].agency
    officer = people.signed_in(people.officer("2RGY4KA", "registry", agency), confirmed=True)
    address = "/en/desk/registers/meadows/"
    officer.post(f"{address}what-for/", {"stated": "Request 118"})
    longitude, latitude = ground.at(0, 0)
    sent = {"f_border__lon": str(longitude).replace(".", ","), "f_border__lat": str(latitude), "size": "20"}
    half = officer.post(address, sent)
    assert half.status_code == 200
    assert b"Write all three" in half.content
    answer = officer.post(address, {**sent, "f_border__within": "100"})
    assert answer.status_code == 302
    page = officer.get(answer.url).content.decode()
    assert "M-000001" in page
    assert "M-000002" not in page
    assert 'value="100"' in page
