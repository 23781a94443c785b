"""A question for a shape: typed, pasted or from a file; drawn below; what is wrong is said with where."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils import translation
from django.utils.datastructures import MultiValueDict

from pencere.base.ground.geometry import Geometry
from pencere.country.declarations import Field
from pencere.ui import controls
from pencere.ui.choosing import SEARCH_KEY
from pencere.ui.forms import DeclaredForm, declared_form
from pencere.ui.ground import ByHand, Neighbour, figure, in_words
from pencere.ui.ground_fields import Surroundings

SQUARE = "50.1 40.1\n50.101 40.1\n50.101 40.101\n50.1 40.101"
CROSSED = "50.1 40.1\n50.2 40.2\n50.2 40.1\n50.1 40.2"
TEXTS = {"plot.border": {"en": "The border"}, "plot.note": {"en": "Note"}}
RING = [[50.1, 40.1], [50.101, 40.1], [50.101, 40.101], [50.1, 40.101], [50.1, 40.1]]


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def form(text: str = "", *, file: bytes | None = None, of: str = "polygon", **more: str) -> DeclaredForm:
    fields = {"border": Field("border", "geometry", of=of), "note": Field("note", "text")}
    made = declared_form(fields, "plot", TEXTS, "en", version=f"test {of}")
    sent = QueryDict(mutable=True)
    sent.update({"border": text, "note": "n", **more})
    files = MultiValueDict({"border_file": [SimpleUploadedFile("plot.geojson", file)]} if file is not None else {})
    return made(sent, files)


def drawn(made: DeclaredForm) -> str:
    return str(controls.draw(made["border"]))


def test_what_is_typed_is_a_geometry_and_stands_in_the_box_again():
    made = form(SQUARE)
    assert made.is_valid(), made.errors
    assert made.cleaned_data["border"] == {"type": "Polygon", "coordinates": [RING]}
    assert SQUARE in drawn(made)


def test_a_file_goes_before_what_was_typed_and_comes_back_as_text():
    made = form("1 2", file=json.dumps({"type": "Polygon", "coordinates": [RING]}).encode())
    assert made.is_valid(), made.errors
    assert made.cleaned_data["border"]["coordinates"] == [RING]
    assert SQUARE in drawn(made) and "1 2" not in drawn(made)
    assert made.is_multipart()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe\x00P", "no file of text"),
        (b"", "empty"),
        (b" " * 600_000, "larger than 500 KB"),
        (b'{"type": "Polygon"', "broken in line 1 at sign 19"),
        (b'{"type": "Point", "coordinates": [50, 40]}', "This is a point; here belongs an area."),
        (b'{"type": "Stone", "coordinates": []}', "This is Stone; here belongs an area."),
    ],
)
def test_a_file_that_is_none_is_refused_and_what_was_typed_stays(content: bytes, words: str):
    made = form(SQUARE, file=content)
    assert not made.is_valid()
    assert words in made.errors["border"][0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("50.1 40.1\nfifty", "Line 2 is no point."),
        ("50.1 40.1\n50.2 40.2", "at least 3 belong here"),
        (CROSSED, "The border crosses itself at 50.15 40.15. Write the corners in their order"),
        ("", "Write at least one point"),
    ],
)
def test_what_is_wrong_is_said_with_where_and_how_to_mend_it(text: str, words: str):
    made = form(text)
    assert not made.is_valid()
    assert words in made.errors["border"][0]
    assert made["note"].errors == []


def test_the_button_shows_it_drawn_without_judging_the_rest_of_the_page():
    made = form(SQUARE, note="", **{SEARCH_KEY: "border"})
    assert made.is_search and not made.errors
    page = drawn(made)
    assert 'class="pen-map__area"' in page and "Extent" in page and "Corners: 4" in page


def test_the_button_says_what_is_wrong_with_the_shape_alone():
    made = form(CROSSED, note="", **{SEARCH_KEY: "border"})
    assert list(made.errors) == ["border"]
    assert 'class="pen-map__area"' not in drawn(made)
    assert not form(CROSSED, note="", **{SEARCH_KEY: "elsewhere"}).errors


def test_the_picture_says_in_words_what_it_shows():
    page = drawn(form(SQUARE))
    assert re.search(r'<svg [^>]*role="img" aria-labelledby="([\w-]+) ([\w-]+)">', page)
    assert "<desc id=" in page and "North is up." in page
    assert re.search(r'd="M10 222v8h[\d.]+v-8"/><text class="pen-map__words" x="[\d.]+" y="231">\d+', page), "its scale"
    assert "50.1010000" in page.split("<table")[1], "every corner stands in a table"


def test_neighbours_and_what_it_lies_over_are_named():
    def near(_shape: Geometry) -> Sequence[Neighbour]:
        other = {"type": "Polygon", "coordinates": [[[x + 0.0005, y] for x, y in RING]]}
        return [Neighbour("103-1", "", other)]

    made = form(SQUARE)
    made.fields["border"].surroundings = Surroundings(  # type: ignore[attr-defined]
        near, lambda _shape, around: [each.words for each in around], ByHand(items="/items", at="50 40")
    )
    page = drawn(made)
    assert "<li>1: 103-1</li>" in page and 'class="pen-map__other"' in page
    assert "It lies over: 103-1." in page
    assert 'data-items="/items"' in page and 'data-field="id_border"' in page


@pytest.mark.parametrize(
    ("of", "text", "kind", "advice"),
    [
        ("point", "50 40", "Point", "One point:"),
        ("line", "50 40\n51 41", "LineString", "One point a line"),
        ("multipolygon", f"{SQUARE}\n---\n51.1 40.1\n51.2 40.1\n51.2 40.2", "MultiPolygon", "a line of dashes"),
    ],
)
def test_every_shape_can_be_asked_for(of: str, text: str, kind: str, advice: str):
    made = form(text, of=of)
    assert made.is_valid(), made.errors
    assert made.cleaned_data["border"]["type"] == kind
    assert advice in drawn(made) and "<svg" in drawn(made)


def test_a_shape_is_told_in_one_line():
    assert re.fullmatch(r"an area of [\d,.]+ m² with 4 corners", in_words({"type": "Polygon", "coordinates": [RING]}))
    assert in_words({"type": "Point", "coordinates": [50, 40.5]}) == "a place at 50.0000000 40.5000000"
    assert "with 5 points" in in_words({"type": "LineString", "coordinates": RING})


def test_a_shape_of_very_many_corners_is_drawn_but_not_handed_to_the_script():
    ring = [[50 + n / 1e6, 40 + n * n / 1e10] for n in range(5200)]
    made = figure("f", "Border", {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}, (), ByHand())
    assert made.hand is None and made.left_out


def test_a_neighbour_behind_the_bar_of_the_picture_is_neither_numbered_nor_told_of():
    shape = {"type": "Polygon", "coordinates": [RING]}
    seen = {"type": "Polygon", "coordinates": [[[x + 0.001, y] for x, y in RING]]}
    below = {"type": "Polygon", "coordinates": [[[x, y - 0.0016] for x, y in RING]]}
    made = figure("f", "Border", shape, (Neighbour("below", "", below), Neighbour("beside", "", seen)))
    assert made.around == ((1, "beside", ""),)
    assert "other rows of the register: 1." in made.told
