"""A shape as people write it is read as it was meant, or refused with where and why; nothing is mended."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pencere.base.errors import BadInput
from pencere.base.ground import written

SQUARE = "50.1 40.1\n50.2 40.1\n50.2 40.2\n50.1 40.2"
POND = "50.14 40.14\n50.16 40.14\n50.16 40.16\n50.14 40.16"
RING = [[50.1, 40.1], [50.2, 40.1], [50.2, 40.2], [50.1, 40.2], [50.1, 40.1]]
FAR = [[[x + 1, y] for x, y in RING]]


def refused(text: str, shape: str = "polygon") -> BadInput:
    with pytest.raises(BadInput) as problem:
        written.read(text, shape)
    return problem.value


@pytest.mark.parametrize(
    "text",
    [
        SQUARE,
        "50,1 40,1\r\n50,2 40,1\r\n50,2; 40,2\r\n50,1\t40,2\r\n",
        "\ufeff50.1, 40.1\n50.2, 40.1\n50.2, 40.2\n50.1, 40.2\n50.1, 40.1",
        json.dumps({"type": "Polygon", "coordinates": [RING]}),
        json.dumps({"type": "Feature", "properties": {"a": 1}, "geometry": {"type": "Polygon", "coordinates": [RING]}}),
        json.dumps(
            {"type": "FeatureCollection", "features": [
                {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[[*at, 12.5] for at in RING]]}}]}
        ),
        json.dumps({"type": "MultiPolygon", "coordinates": [[RING]]}),
        json.dumps({"type": "Polygon", "coordinates": [RING],
                    "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}}),
    ],
)  # fmt: skip
def test_an_area_is_the_same_however_it_is_written(text: str):
    assert written.read(text, "polygon") == {"type": "Polygon", "coordinates": [RING]}


def test_an_empty_line_begins_a_hole_and_dashes_another_part():
    one = written.read(f"{SQUARE}\n\n{POND}", "polygon")
    assert one is not None and len(one["coordinates"]) == 2

    several = written.read(f"{SQUARE}\n\n{POND}\n---\n51.1 40.1\n51.2 40.1\n51.2 40.2", "multipolygon")
    assert several is not None and [len(rings) for rings in several["coordinates"]] == [2, 1]
    assert refused(f"{SQUARE}\n---\n{POND}").reason == "too_many"


def test_points_and_lines():
    assert written.read(" 50.1 40.1 ", "point") == {"type": "Point", "coordinates": [50.1, 40.1]}
    assert written.read("50 40\n51 41", "line") == {"type": "LineString", "coordinates": [[50, 40], [51, 41]]}
    assert refused("50 40\n51 41", "point").reason == "too_many"
    assert refused("50 40", "line").reason == "too_few"
    assert refused("50 40\n50 40", "line").reason == "too_few_corners"


def test_nothing_is_nothing():
    assert written.read(" \n ", "polygon") is None


def test_a_line_that_is_no_point_is_named_by_its_number_even_behind_empty_ones():
    problem = refused("50.1 40.1\n\n50.2 40.1\n50.2 forty")
    assert (problem.reason, problem.details["line"]) == ("point", 4)
    assert refused("190 40\n50 40\n50 41").details["line"] == 1


def test_where_a_border_crosses_itself_is_told():
    problem = refused("50.1 40.1\n50.2 40.2\n50.2 40.1\n50.1 40.2")
    assert problem.reason == "crosses_itself"
    assert [float(part) for part in str(problem.details["at"]).split()] == pytest.approx([50.15, 40.15])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "not_json"),
        ("[" * 100_000, "not_json"),
        ("[]", "not_a_geometry"),
        ("{}", "other_shape"),
        ('{"type": "Point", "coordinates": [50, 40]}', "other_shape"),
        (json.dumps({"type": "FeatureCollection", "features": []}), "several"),
        (json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature"}] * 2}), "several"),
        (json.dumps({"type": "Feature", "geometry": None}), "not_a_geometry"),
        ('{"type": "Polygon", "coordinates": [[[50, 40], [51, 40], [51, 41]]]}', "not_a_geometry"),
        ('{"type": "Polygon", "coordinates": [[[NaN, 40], [51, 40], [51, 41], [NaN, 40]]]}', "not_a_geometry"),
        ('{"type": "Polygon", "coordinates": [[[1e999, 40], [51, 40], [51, 41], [1e999, 40]]]}', "not_a_geometry"),
        ('{"type": "Polygon", "coordinates": [[[true, 40], [51, 40], [51, 41], [true, 40]]]}', "not_a_geometry"),
        ('{"type": "Polygon", "coordinates": {"a": 1}}', "not_a_geometry"),
        (json.dumps({"type": "Polygon", "coordinates": [[[400000, 4480000]] * 4]}), "not_a_geometry"),
        (json.dumps({"type": "MultiPolygon", "coordinates": [[RING], FAR]}), "other_shape"),
        (json.dumps({"type": "Polygon", "coordinates": [RING],
                     "crs": {"properties": {"name": "EPSG:32639"}}}), "other_crs"),
        ("50 40\n" * 90_000, "too_large"),
        ("\n".join(f"{50 + n / 1e4} {40 + n * n / 1e8}" for n in range(6000)), "too_large"),
    ],
)  # fmt: skip
def test_what_is_no_such_shape_is_refused_and_never_breaks(text: str, reason: str):
    assert refused(text).reason == reason


_degrees = st.tuples(st.floats(-179, 179), st.floats(-89, 89))


@given(st.lists(_degrees, min_size=2, max_size=9, unique=True))
def test_what_is_written_is_read_again_the_same(points: list[tuple[float, float]]):
    line = {"type": "LineString", "coordinates": [[round(x, 9) + 0.0, round(y, 9) + 0.0] for x, y in points]}
    if len({tuple(at) for at in line["coordinates"]}) > 1:  # type: ignore[union-attr, arg-type]
        assert written.read(written.write(line), "line") == line


def test_holes_and_parts_are_written_as_they_are_read():
    text = f"{SQUARE}\n\n{POND}\n---\n51.1 40.1\n51.2 40.1\n51.2 40.2"
    shape = written.read(text, "multipolygon")
    assert shape is not None and written.write(shape) == text


@given(st.text(max_size=60))
def test_any_text_is_a_shape_or_is_refused(text: str):
    for shape in ("point", "line", "polygon", "multipolygon"):
        try:
            written.read(text, shape)
        except BadInput as problem:
            assert problem.reason
