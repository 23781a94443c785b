"""How far a shape is from a place: what `search: near` asks. Pure; by GEOS, on ground that lies flat.

The length of a degree is taken half-way between the place and what is nearest of the shape's box: over `FARTHEST`
metres true to a few metres.
"""

from __future__ import annotations

from dataclasses import dataclass

from pencere.base.ground import soundness
from pencere.base.ground.geometry import Geometry
from pencere.registers.ground import boxes
from pencere.registers.ground.boxes import Box

FARTHEST = 20_000
"""Metres."""


def is_near(longitude: float, latitude: float, metres: float) -> bool:
    """Whether these are a place and a distance that can be asked for."""
    return -180 <= longitude <= 180 and -90 <= latitude <= 90 and 0 < metres <= FARTHEST


@dataclass(frozen=True, slots=True)
class Near:
    """A circle on the ground: its middle in degrees, its radius in metres."""

    longitude: float
    latitude: float
    metres: float

    @property
    def box(self) -> Box:
        """Around the circle, a little too large."""
        metres = self.metres * 1.01
        high = metres / 110_500
        _north, east = soundness.metres_of_a_degree(min(89.9, abs(self.latitude) + high))
        wide = min(360.0, metres / east)
        return boxes.of_degrees(
            self.longitude - wide, self.latitude - high, self.longitude + wide, self.latitude + high
        )  # fmt: skip

    def reaches(self, geometry: Geometry) -> bool:
        """Whether some of the shape, in degrees, is in the circle."""
        around = boxes.around(geometry)
        if not around.meets(self.box):
            return False
        import shapely

        _west, south, _east, north = boxes.degrees(around)
        latitude = (self.latitude + min(max(self.latitude, south), north)) / 2
        shape = soundness.flat(soundness.shaped(geometry), latitude)
        place = soundness.flat(shapely.Point(self.longitude, self.latitude), latitude)
        return bool(shapely.distance(shape, place) <= self.metres)
