"""The picture of a shape: all of it is inside, in proportion; the bar is round; the page says it in words, too."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pencere.base import clock
from pencere.base.ground import drawing
from pencere.country.declarations import Desk
from pencere.identity.tests import make as people
from pencere.ledger.models import Leaf
from pencere.registers import actions
from pencere.registers.ground.tests import make as ground
from pencere.registers.models import Row
from pencere.registers.tests import make
from pencere.registers.tests.make import NOW, TODAY
from pencere.registers.views import maps

FIELD = [(0, 0), (60, 0), (60, 40), (0, 40)]
POND = [(20, 10), (20, 30), (40, 30), (40, 10)]


def live(number: int) -> Row:
    return Row.objects.get(values__contains=f"M-{number:06}", retired_at__isnull=True)


def placed(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]


# ---- the bar


@pytest.mark.parametrize(
    ("longest", "bar"),
    [(0.2, 1), (1, 1), (1.99, 1), (2, 2), (4.9, 2), (5, 5), (9.9, 5), (10, 10), (49, 20), (50, 50), (99_999, 50_000)],
)
def test_the_bar_is_the_longest_round_length_that_fits(longest: float, bar: int):
    assert drawing.round_length(longest) == bar


@given(st.floats(0.5, 50_000), st.floats(0.5, 50_000))
def test_the_bar_fits_and_is_as_long_as_it_says(wide: float, high: float):
    shape = ground.square(0, 0, wide, high)
    found = drawing.picture(shape)
    seen = drawing.window(shape)
    assert found.bar.units <= 0.3 * drawing.WIDE + 0.1
    (x, _y), (end, _) = seen.place(ground.LON, ground.LAT), seen.place(ground.LON + found.bar.metres / seen.east, 0)
    assert end - x == pytest.approx(found.bar.units, abs=0.06)


# ---- the shape


@given(
    st.lists(st.tuples(st.floats(-20_000, 20_000), st.floats(-20_000, 20_000)), min_size=3, max_size=12, unique=True)
)
def test_the_whole_shape_is_in_the_picture_above_the_bar(ring: list[tuple[float, float]]):
    for x, y in placed(drawing.picture(ground.polygon(ring)).path):
        assert 0 <= x <= drawing.WIDE
        assert 0 <= y <= drawing.HIGH - 28


def test_north_is_up_and_a_square_is_one_at_every_latitude():
    for latitude in (-70.0, 0.0, 38.7, 61.0):
        north, east = drawing.soundness.metres_of_a_degree(latitude)
        corners = [[10 + x / east, latitude + y / north] for x, y in ((0, 0), (100, 0), (100, 100), (0, 100), (0, 0))]
        south_west, south_east, north_east, _ = placed(
            drawing.picture({"type": "Polygon", "coordinates": [corners]}).path
        )
        wide, high = south_east[0] - south_west[0], south_east[1] - north_east[1]
        assert high > 0
        assert wide == pytest.approx(high, rel=0.01)


def test_a_hole_is_a_second_line_that_the_rule_leaves_free():
    found = drawing.picture(ground.polygon(FIELD, POND))
    assert found.path.count("M") == found.path.count("Z") == 2
    assert [(each.part, each.hole) for each in drawing.corners(ground.polygon(FIELD, POND))] == [(1, 0)] * 4 + [
        (1, 1)
    ] * 4


def test_all_parts_are_drawn_and_their_corners_told_apart():
    one, other = ground.square(0, 0)["coordinates"], ground.square(500, 300)["coordinates"]
    shape = {"type": "MultiPolygon", "coordinates": [one, other]}
    assert drawing.picture(shape).path.count("M") == 2
    assert [(each.part, each.number) for each in drawing.corners(shape)] == [
        (part, number) for part in (1, 2) for number in (1, 2, 3, 4)
    ]


def test_a_point_and_a_line_are_drawn_as_what_they_are():
    point = drawing.picture({"type": "Point", "coordinates": ground.at(0, 0)})
    assert (point.kind, point.path, point.x) == ("point", "", drawing.WIDE / 2)
    line = drawing.picture({"type": "LineString", "coordinates": [ground.at(0, 0), ground.at(30, 40)]})
    assert line.kind == "line"
    assert "Z" not in line.path


def test_a_neighbour_of_which_only_a_border_is_seen_has_no_number():
    found = drawing.picture(ground.square(0, 0, 100), [ground.square(100, 0, 100), ground.square(165, 0, 1000)])
    assert [each.number for each in found.neighbours] == [1, 0]


# ---- the page


OFFICER = "2RGY4KA"


@pytest.mark.django_db(transaction=True)
class TestThePage:
    @pytest.fixture(autouse=True)
    def here(self):
        country = ground.meadows()
        register = country.registers["meadows"]
        texts = {**register.texts, "border": {"en": "Border <b>&"}}
        desk = Desk(
            look=("officer.registry",), write=("officer.registry",), second=(), list=("number",), place=make.HERE
        )
        opened = replace(register, desk=desk, texts=texts)
        with (
            make.using(replace(country, registers={**country.registers, "meadows": opened})) as made,
            clock.standing_at(NOW),
        ):
            self.register = made.registers["meadows"]
            yield

    def page(self, number: int, end: str = "") -> str:
        row = live(number)
        officer = people.signed_in(people.officer(OFFICER, "registry", self.register.agency), confirmed=True)
        officer.post("/en/desk/registers/meadows/what-for/", {"stated": "Request 118"})
        answer = officer.get(f"/en/desk/registers/meadows/rows/{row.pk}/{end}")
        assert answer.status_code == 200
        return answer.content.decode()

    def test_shows_the_shape_its_neighbours_its_corners_and_its_size(self):
        ground.add(1, ground.polygon(FIELD, POND))
        ground.add(2, ground.square(60, 0, 30))
        ground.add(3, ground.square(5000, 0, 30))
        page = self.page(1)
        other = live(2)
        assert page.count('class="pen-map__other"') == 1
        assert f'<li>1: <a class="govuk-link" href="/en/desk/registers/meadows/rows/{other.pk}/">' in page
        assert f"{ground.LON:.7f}" in page
        assert "hole 1, 4" in page
        assert "2,000" in page
        assert "M-000002" not in page, "of a neighbour only the number of its row is told"

    def test_escapes_what_is_declared(self):
        ground.add(1, ground.square(0, 0))
        page = self.page(1)
        assert "Border &lt;b&gt;&amp;" in page
        assert "Border <b>" not in page

    def test_draws_no_neighbour_that_ended_or_was_superseded_nor_the_row_itself(self):
        ground.add(1, ground.square(0, 0))
        ground.add(2, ground.square(20, 0), since=TODAY - timedelta(days=50))
        actions.end_row(
            "meadows", {"number": "M-000002"}, from_day=TODAY - timedelta(days=10), recorded_by="test", now=NOW
        )
        assert 'class="pen-map__other"' not in self.page(1)

    def test_is_on_paper_with_all_corners_open(self):
        ground.add(1, ground.square(0, 0))
        page = self.page(1, "print/")
        assert 'class="pen-map__area"' in page
        assert "<details" not in page.split('class="pen-map"')[1].split("</main>")[0]

    def test_has_no_style_inline(self):
        ground.add(1, ground.square(0, 0))
        assert " style=" not in self.page(1).split('class="pen-map"')[1].split("</figure>")[0]

    def test_draws_no_neighbours_where_outlines_are_data_of_persons(self, monkeypatch):
        ground.add(1, ground.square(0, 0))
        ground.add(2, ground.square(20, 0))
        assert 'class="pen-map__other"' in self.page(1)
        border = self.register.fields["border"]
        monkeypatch.setitem(self.register.fields, "border", replace(border, personal="ordinary"))  # type: ignore[arg-type]
        assert 'class="pen-map__other"' not in self.page(1)

    # ---- moved by hand

    def around(self, asked: str, status: int = 200) -> dict[str, Any]:
        officer = people.signed_in(people.officer(OFFICER, "registry", self.register.agency), confirmed=True)
        answer = officer.get(f"/en/desk/registers/meadows/around/?{asked}")
        assert answer.status_code == status
        found: dict[str, Any] = answer.json() if status == 200 else {}
        return found

    def test_hands_its_shape_and_where_others_are_fetched_to_the_script(self):
        ground.add(1, ground.square(0, 0))
        page = self.page(1)
        assert 'data-items="/en/desk/registers/meadows/around/?field=border"' in page
        assert f'data-row="{live(1).pk}"' in page
        assert "&quot;Polygon&quot;" in page.split("data-shape=")[1].split(" data-at=")[0]
        assert "data-ground" not in self.page(1, "print/")

    def test_gives_outlines_and_numbers_of_what_lies_in_the_box_and_nothing_else_without_a_look(self):
        ground.add(1, ground.square(0, 0))
        ground.add(2, ground.square(20, 0))
        ground.add(3, ground.square(5000, 0))
        looks = Leaf.objects.count()
        west, south = ground.at(-5, -5)
        east, north = ground.at(50, 50)
        found = self.around(f"field=border&bbox={west},{south},{east},{north}")
        assert {each["id"] for each in found["features"]} == {live(1).pk, live(2).pk}
        assert all(each["properties"] == {} for each in found["features"])
        assert found["links"] == []
        assert Leaf.objects.count() == looks

    def test_says_that_more_lies_there_than_is_given(self, monkeypatch):
        monkeypatch.setattr(maps, "MOST_BY_HAND", 1)
        ground.add(1, ground.square(0, 0))
        ground.add(2, ground.square(20, 0))
        west, south = ground.at(-5, -5)
        east, north = ground.at(50, 50)
        found = self.around(f"field=border&bbox={west},{south},{east},{north}")
        assert len(found["features"]) == 1 and found["links"] == [{"rel": "next"}]

    def test_gives_nothing_of_a_field_without_a_place_or_of_personal_outlines(self, monkeypatch):
        ground.add(1, ground.square(0, 0))
        self.around("field=number&bbox=0,0,1,1", status=404)
        self.around("field=border&bbox=0,0", status=400)
        border = self.register.fields["border"]
        monkeypatch.setitem(self.register.fields, "border", replace(border, personal="ordinary"))  # type: ignore[arg-type]
        self.around("field=border&bbox=0,0,1,1", status=404)
