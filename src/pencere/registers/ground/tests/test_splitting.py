"""An area divided along lines: the pieces are together what it was."""

from __future__ import annotations

import pytest
import shapely

from pencere.base.ground import soundness
from pencere.registers.ground import splitting
from pencere.registers.ground.tests.make import at, square


def cut(area, *lines):
    return splitting.split(area, [[at(x, y) for x, y in line] for line in lines])


def sizes(pieces) -> list[int]:
    return [round(soundness.area(each)) for each in pieces]


def test_a_line_from_border_to_border_makes_two_from_north_to_south():
    pieces = cut(square(0, 0, 20, 20), [(0, 8), (20, 8)])
    assert sizes(pieces) == [240, 160]
    whole = shapely.union_all([soundness.shaped(each) for each in pieces])
    assert soundness.area(square(0, 0, 20, 20)) == pytest.approx(sum(map(soundness.area, pieces)), abs=0.01)
    assert shapely.is_valid(whole)


def test_a_line_may_end_a_little_inside_or_outside():
    assert sizes(cut(square(0, 0, 20, 20), [(0.5, 8), (25, 8)])) == [240, 160]


def test_two_lines_make_three_and_a_cross_makes_four():
    assert sizes(cut(square(0, 0, 20, 20), [(0, 8), (20, 8)], [(0, 12), (20, 12)])) == [160, 80, 160]
    assert sizes(cut(square(0, 0, 20, 20), [(0, 10), (20, 10)], [(10, 0), (10, 20)])) == [100] * 4


def test_a_bent_line_and_a_line_through_a_hole():
    assert sizes(cut(square(0, 0, 20, 20), [(0, 5), (10, 5), (10, 20)])) == [150, 250]
    outer, hole = square(0, 0, 20, 20), square(8, 8, 4, 4)
    with_hole = {"type": "Polygon", "coordinates": [*outer["coordinates"], *hole["coordinates"]]}
    assert sizes(cut(with_hole, [(0, 10), (20, 10)])) == [192, 192]


@pytest.mark.parametrize("line", [[(5, 5), (15, 5)], [(30, 0), (30, 20)], [(0, 20), (20, 20)]])
def test_what_does_not_cross_divides_nothing(line):
    assert len(cut(square(0, 0, 20, 20), line)) == 1
