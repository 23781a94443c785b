"""Invented parcels tile their blocks: as large as they say, and none over another."""

from __future__ import annotations

import msgspec
import pytest
import shapely

from pencere.base.ground import soundness
from pencere.registers.ground.lots import lot


def test_parcels_lie_side_by_side():
    made = [lot(number, 50.17, 40.43) for number in range(12 * 60)]
    shapes = shapely.from_geojson([msgspec.json.encode(border) for border, _ in made])

    left, right = shapely.STRtree(shapes).query(shapes, predicate="overlaps")
    common = shapely.intersection(shapes[left], shapes[right])
    assert shapely.is_valid(shapes).all() and not any(soundness.is_deep(each, 0.03) for each in common)
    assert len(shapely.STRtree(shapes).query(shapes[1], predicate="touches")) >= 4
    for border, area in made[:50]:
        assert soundness.area(border) == pytest.approx(area, rel=2e-3)
