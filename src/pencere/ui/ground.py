"""A shape on the ground as a page shows it: a picture with what lies around it, and in words all that it shows.

Without scripts it is an SVG picture, its sizes, its corners in a table; with them a button lays a map beside it that is
moved by hand (`ground.js`). No tiles: nothing is asked of another server. Which neighbours may be shown is for the
caller to know; nothing of them is shown but the outline and the words that come with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

import msgspec
from django.utils.translation import get_language, gettext

from pencere.base.ground import drawing, soundness
from pencere.base.ground.drawing import Corner, Picture
from pencere.base.ground.geometry import Geometry
from pencere.ui import pieces, writing

MOST_CORNERS = 500
"""In the table; of more the rest is in what is sent and in the exports."""
MOST_BY_HAND = 5000
"""Corners of a shape that a page hands over to its script."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another shape near by: what it is called, and where its words lead, if anywhere.

    `is_own`: as that stands now which the shape in the picture is to become.
    """

    words: str
    url: str
    geometry: Geometry
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class ByHand:
    """What the map that is moved by hand needs. `items`: where it fetches the shapes of what is seen (GeoJSON).

    `rows`: what stands before the number of a shape that is pressed leads to it. `row`: the number of the one meant.
    `named`: the property of a shape that says what it is called. `field`: the id of the box into which corners go.
    """

    items: str = ""
    rows: str = ""
    row: str = ""
    named: str = ""
    field: str = ""
    at: str = ""
    wide: int = 300
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """`around`: numbers in the picture, words, addresses. `sizes`: area, extent. `id`: for names on the page."""

    id: str
    label: str
    picture: Picture
    told: str
    bar: str
    around: tuple[tuple[int, str, str], ...]
    sizes: tuple[pieces.Row, ...]
    corners: pieces.Table
    left_out: bool
    hand: ByHand | None = None


def figure(
    id_: str, label: str, geometry: Geometry, around: Sequence[Neighbour] = (), hand: ByHand | None = None
) -> Figure:
    """Of a shape in degrees, with its neighbours, who are numbered in their order; those out of sight are left out."""
    seen = drawing.window(geometry)
    around = [each for each in around if drawing.in_sight(each.geometry, seen)]
    picture = drawing.picture(geometry, [each.geometry for each in around])
    corners = list(islice(drawing.corners(geometry), MOST_BY_HAND + 1))
    if hand is not None:
        hand = _with_shape(hand, geometry, picture) if len(corners) <= MOST_BY_HAND else None
    return Figure(
        id=id_,
        label=label,
        picture=picture,
        told=_told(picture, len(around)),
        bar=length(picture.bar.metres),
        around=tuple((number, each.words, each.url) for number, each in enumerate(around, 1)),
        sizes=_sizes(picture, geometry, len(corners)),
        corners=_table(label, corners[:MOST_CORNERS]),
        left_out=len(corners) > MOST_CORNERS,
        hand=hand,
    )


def _with_shape(hand: ByHand, geometry: Geometry, picture: Picture) -> ByHand:
    west, south, east, north = drawing.bounds(geometry)
    at = f"{(west + east) / 2:.7f} {(south + north) / 2:.7f}"
    wide = max(60, round(2 * max(picture.wide, picture.high)))
    return replace(hand, at=at, wide=wide, shape=msgspec.json.encode(geometry).decode())


def in_words(geometry: Geometry) -> str:
    """The shape in one line: how large, how many corners. For lists, logs of what changed, and programs."""
    language = get_language() or "en"
    corners = sum(1 for _each in drawing.corners(geometry))
    if geometry["type"] == "Point":
        (at,) = drawing.corners(geometry)
        return gettext("a place at %(at)s") % {"at": f"{degrees(at.longitude)} {degrees(at.latitude)}"}
    if geometry["type"] == "LineString":
        words = gettext("a line of %(length)s with %(corners)s points")
        return words % {"length": metres(soundness.length(geometry)), "corners": corners}
    area = writing.number(f"{soundness.area(geometry):.1f}", language)
    return gettext("an area of %(area)s m² with %(corners)s corners") % {"area": area, "corners": corners}


def _told(picture: Picture, neighbours: int) -> str:
    """What the picture shows, for who does not see it."""
    what = {
        "area": gettext("North is up. The shape has a thick border and is hatched; its holes are not."),
        "line": gettext("North is up. The line is thick."),
        "point": gettext("North is up. The place is a dot in a circle, in the middle."),
    }[picture.kind]
    if neighbours:
        more = gettext("Around it, with thin broken borders, other rows of the register: %(count)s.")
        return f"{what} {more % {'count': neighbours}}"
    return what


def _sizes(picture: Picture, geometry: Geometry, corners: int) -> tuple[pieces.Row, ...]:
    rows = []
    if picture.kind == "area":
        area = writing.quantity(f"{soundness.area(geometry):.1f}", "m2", get_language() or "en")
        rows.append(pieces.Row(gettext("Area as drawn"), area))
    if picture.kind == "line":
        rows.append(pieces.Row(gettext("Length as drawn"), metres(soundness.length(geometry))))
    if picture.kind != "point":
        extent = gettext("%(wide)s from west to east, %(high)s from south to north")
        said = extent % {"wide": metres(picture.wide), "high": metres(picture.high)}
        rows.append(pieces.Row(gettext("Extent"), said))
        rows.append(pieces.Row(gettext("Corners"), str(corners)))
    return tuple(rows)


def _table(label: str, corners: Sequence[Corner]) -> pieces.Table:
    several = len({each.part for each in corners}) > 1
    head = (gettext("Corner"), gettext("Longitude"), gettext("Latitude"))
    return pieces.Table(
        caption=gettext("%(field)s: corners, in degrees") % {"field": label},
        columns=tuple(pieces.Cell(words) for words in head),
        rows=tuple(
            (pieces.Cell(_corner(each, several)), pieces.Cell(degrees(each.longitude)),
             pieces.Cell(degrees(each.latitude)))
            for each in corners
        ),
    )  # fmt: skip


def _corner(corner: Corner, several: bool) -> str:
    words = [gettext("part %(number)s") % {"number": corner.part}] if several else []
    if corner.hole:
        words.append(gettext("hole %(number)s") % {"number": corner.hole})
    return ", ".join([*words, str(corner.number)])


def degrees(value: float) -> str:
    """As coordinates are typed everywhere: with a point, in no language grouped."""
    return f"{value:.7f}"


def length(whole: int) -> str:
    """A round length, of a bar."""
    if whole >= 1000:
        return gettext("%(length)s km") % {"length": whole // 1000}
    return gettext("%(length)s m") % {"length": whole}


def metres(value: float) -> str:
    return gettext("%(length)s m") % {"length": writing.number(f"{value:.1f}", get_language() or "en")}
