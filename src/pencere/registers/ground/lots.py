"""Invented parcels as they lie in a town: blocks of twelve between streets, side by side, none over another. Pure.

For the synthetic nation and for samples: the same number at the same place is the same parcel. Corners that neighbours
share are the same to the last digit. Follows nobody's land.
"""

from __future__ import annotations

import math
from hashlib import blake2b

_IN_ROW, _ROWS, _BLOCKS = 6, 2, 24
_WIDE, _DEEP, _STREET, _LOOSE = 24.0, 33.0, 11.0, 3.0
_TURNED = math.radians(11)


def lot(number: int, longitude: float, latitude: float) -> tuple[dict[str, object], float]:
    """The parcel of that number near a place: its boundary in degrees, and its square metres."""
    block, place = divmod(number, _IN_ROW * _ROWS)
    across, up = block % _BLOCKS, block // _BLOCKS
    column, row = place % _IN_ROW, place // _IN_ROW
    corners = [
        _corner(across, up, column + right, row + top) for right, top in ((0, 0), (1, 0), (1, 1), (0, 1))
    ]  # fmt: skip
    east = math.cos(math.radians(latitude)) * 111_320
    ring = [[round(longitude + x / east, 7), round(latitude + y / 111_133, 7)] for x, y in corners]
    twice = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(corners, corners[1:] + corners[:1], strict=True))
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}, round(abs(twice) / 2, 1)


def _corner(across: int, up: int, column: int, row: int) -> tuple[float, float]:
    """In metres; a little off the grid, the same for all parcels that meet there."""
    sign = blake2b(f"{across} {up} {column} {row}".encode(), digest_size=2).digest()
    x = across * (_IN_ROW * _WIDE + _STREET) + column * _WIDE + (sign[0] / 255 - 0.5) * _LOOSE
    y = up * (_ROWS * _DEEP + _STREET) + row * _DEEP + (sign[1] / 255 - 0.5) * _LOOSE
    return x * math.cos(_TURNED) - y * math.sin(_TURNED), x * math.sin(_TURNED) + y * math.cos(_TURNED)
