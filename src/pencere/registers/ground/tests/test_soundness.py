"""A shape is one or it is refused, with where and why; its size is that on the ellipsoid."""

from __future__ import annotations

import pytest

from pencere.base.errors import BadInput
from pencere.base.ground import geometry, soundness
from pencere.registers.ground.tests import make
from pencere.registers.ground.tests.make import at, polygon, square
from pencere.registers.kinds import WrongKind
from pencere.registers.using import shape_of


def read(border: object, **changes: object) -> object:
    with make.using_meadows(**changes):
        return shape_of("meadows").row(make.meadow(1, border))["border"]


def refused(border: object, **changes: object) -> BadInput:
    with pytest.raises(BadInput) as problem:
        read(border, **changes)
    assert problem.value.details["field"] == "border"
    return problem.value


def test_an_area_with_a_hole_is_one():
    with_hole = polygon([(0, 0), (30, 0), (30, 30), (0, 30)], [(10, 10), (20, 10), (20, 20), (10, 20)])

    assert read(with_hole) == with_hole
    assert soundness.area(with_hole) == pytest.approx(800, rel=1e-3)


@pytest.mark.parametrize(
    ("border", "reason", "where"),
    [
        (polygon([(0, 0), (20, 20), (20, 0), (0, 20)]), "crosses_itself", at(10, 10)),
        (polygon([(0, 0), (20, 0), (10, 0), (10, 10)]), "crosses_itself", None),
        (polygon([(0, 0), (9, 0), (9, 9)], [(20, 20), (21, 20), (21, 21)]), "hole_outside", at(20, 20)),
        (
            polygon([(0, 0), (50, 0), (50, 50), (0, 50)], [(5, 5), (45, 5), (45, 45)], [(35, 10), (40, 10), (40, 15)]),
            "hole_in_hole", None,
        ),
        (polygon([(0, 0), (10, 0), (20, 0)]), "too_few_corners", None),
    ],
)  # fmt: skip
def test_what_is_no_area_is_refused_with_where(border, reason, where):
    problem = refused(border)

    assert problem.reason in (reason, "crosses_itself")
    if where is not None:
        assert problem.reason == reason
        assert [float(part) for part in str(problem.details["at"]).split()] == pytest.approx(where, abs=1e-6)


@pytest.mark.parametrize(
    "border",
    [
        {"type": "Polygon", "coordinates": [[at(0, 0), at(1, 0), at(1, 1)]]},
        {"type": "Polygon", "coordinates": [[at(0, 0), at(1, 0), at(1, 1), at(2, 2)]]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[200, 1], [201, 1], [201, 2], [200, 1]]]},
        {"type": "Polygon", "coordinates": [[[float("nan"), 1], [1, 1], [1, 2], [float("nan"), 1]]]},
        {"type": "Polygon", "coordinates": [[[True, 1], [1, 1], [1, 2], [True, 1]]]},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": [[at(0, 0), at(1, 0), at(1, 1), at(0, 0)]], "crs": "EPSG:4326"},
        "POLYGON((0 0, 1 0, 1 1, 0 0))",
    ],
)
def test_what_is_not_written_as_an_area_is_refused(border):
    assert refused(border).reason == "not_a_geometry"


def test_a_shape_of_another_kind_is_refused():
    problem = refused({"type": "Point", "coordinates": at(0, 0)})

    assert (problem.reason, problem.details["expected"]) == ("other_shape", "Polygon")


def test_one_area_is_taken_where_there_may_be_several():
    two = {"type": "MultiPolygon", "coordinates": [square(0, 0)["coordinates"], square(40, 0)["coordinates"]]}
    over = {"type": "MultiPolygon", "coordinates": [square(0, 0)["coordinates"], square(10, 0)["coordinates"]]}

    assert read(two, of="multipolygon") == two
    assert read(square(0, 0), of="multipolygon") == {
        "type": "MultiPolygon", "coordinates": [square(0, 0)["coordinates"]],
    }  # fmt: skip
    assert refused(over, of="multipolygon").reason in ("crosses_itself", "parts_overlap")


def test_a_point_and_a_line_are_shapes():
    point, line = (
        {"type": "Point", "coordinates": at(0, 0)},
        {"type": "LineString", "coordinates": [at(0, 0), at(3, 4)]},
    )
    nowhere = {"type": "LineString", "coordinates": [at(0, 0), at(0, 0)]}

    assert read(point, of="point", no_overlap=None) == point
    assert read(line, of="line", no_overlap=None) == line
    assert soundness.length(line) == pytest.approx(5, rel=1e-3)
    assert refused(nowhere, of="line", no_overlap=None).reason == "too_few_corners"


def test_sizes_are_those_on_the_ellipsoid():
    """A hectare as a surveyor measures it, and a whole degree as Karney (2013) reckons it."""
    degree = {"type": "Polygon", "coordinates": [[[49, 40], [50, 40], [50, 41], [49, 41], [49, 40]]]}

    assert soundness.area(square(0, 0, 100)) == pytest.approx(10_000, rel=1e-3)
    assert soundness.area(degree) == pytest.approx(9_416_000_000, rel=2e-3)
    assert soundness.area(geometry.right_handed(degree)) == soundness.area(degree)


def test_another_system_of_coordinates_is_turned_into_degrees():
    """UTM 39 north, in metres: the same square."""
    import pyproj

    to_utm = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:32639", always_xy=True)
    ring = [list(to_utm.transform(*corner)) for corner in square(0, 0, 100)["coordinates"][0]]
    metres = {"type": "Polygon", "coordinates": [ring]}

    turned = soundness.in_degrees(metres, "EPSG:32639")
    for corner, expected in zip(turned["coordinates"][0], square(0, 0, 100)["coordinates"][0], strict=True):
        assert corner == pytest.approx(expected, abs=2e-8)
    assert read(metres, crs="EPSG:32639") == metres
    assert soundness.is_known("EPSG:32639") and not soundness.is_known("EPSG:999999")
    with pytest.raises(WrongKind), make.using_meadows():
        shape_of("meadows").read["border"](metres)


def test_what_is_given_out_turns_as_the_standard_wants():
    clockwise = polygon([(0, 0), (0, 30), (30, 30), (30, 0)], [(10, 10), (20, 10), (20, 20), (10, 20)])

    turned = geometry.right_handed(clockwise)

    border, hole = turned["coordinates"]
    assert border == clockwise["coordinates"][0][::-1] and hole == clockwise["coordinates"][1][::-1]
    assert geometry.right_handed(turned) == turned
