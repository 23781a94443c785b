"""The shapes of one row as pictures: each drawn with what lies around it, its corners and its size in words beside it.

Of the neighbours only the outline and the number of the row are shown, which is no look at anybody; where the outline
itself is data of persons, none are drawn. A map without tiles: nothing is asked of another server.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext

from pencere.country.declarations import Register
from pencere.registers import showing
from pencere.registers.ground import areas, drawing, nearness, soundness
from pencere.registers.ground.drawing import Corner, Picture
from pencere.registers.ground.geometry import DEGREES, Geometry
from pencere.registers.using import shape_of
from pencere.ui import pieces, writing

if TYPE_CHECKING:
    from pencere.registers.views.rows import Opened

MOST_CORNERS = 500
"""In the table; of more the rest is in the exports."""


@dataclass(frozen=True, slots=True)
class Map:
    """`around`: numbers in the picture, words, addresses. `sizes`: area, extent. `id`: for names on the page."""

    id: str
    label: str
    picture: Picture
    told: str
    bar: str
    north: str
    around: tuple[tuple[int, str, str], ...]
    sizes: tuple[pieces.Row, ...]
    corners: pieces.Table
    left_out: bool
    warning: str


def maps(found: Opened, today: date) -> list[Map]:
    """One for each shape that the version has and that is shown on the page."""
    shape = shape_of(found.register.id)
    return [
        _map(found, path, shape.in_degrees(path, drawn), today)
        for path in shape.placed
        if path not in found.hidden and (drawn := found.version.values.get(path)) is not None
    ]


def divided(register: Register) -> str | None:
    """The field whose shape can be divided on screen: an area in degrees that lies over no other."""
    shape = shape_of(register.id)
    for path in shape.apart:
        field = register.fields[path]
        if field.of == "polygon" and field.crs in (None, DEGREES) and not showing.is_special(field):
            return path
    return None


def _map(found: Opened, path: str, geometry: Geometry, today: date) -> Map:
    register = found.register
    label = showing.label(register, path)
    near = _around(found, path, geometry, today)
    picture = drawing.picture(geometry, [each for _row, each in near])
    corners = list(islice(drawing.corners(geometry), MOST_CORNERS + 1))
    return Map(
        id=f"map-{path}",
        label=label,
        picture=picture,
        told=_told(picture, len(near)),
        bar=_length(picture.metres),
        north=gettext("North"),
        around=tuple(
            (number, gettext("row %(number)s") % {"number": row}, reverse("registers:row", args=[register.id, row]))
            for number, (row, _shape) in enumerate(near, 1)
        ),
        sizes=_sizes(picture, geometry),
        corners=_table(label, corners[:MOST_CORNERS]),
        left_out=len(corners) > MOST_CORNERS,
        warning=" ".join(warnings(register, found.version.values, path)),
    )


def warnings(register: Register, values: Mapping[str, object], only: str = "") -> list[str]:
    """Sentences for whoever writes or reads a row whose area is another one than that of its shape."""
    return [
        gettext(
            "%(field)s: the row says %(said)s m², the shape has %(drawn)s m². That is more than %(within)s %% apart. "
            "Look which of the two is right."
        )
        % {
            "field": showing.label(register, each.field),
            "said": writing.number(f"{each.said:.1f}", showing.language()),
            "drawn": writing.number(f"{each.drawn:.1f}", showing.language()),
            "within": writing.number(f"{each.within:g}", showing.language()),
        }
        for each in areas.differing(shape_of(register.id), values)
        if not only or each.path == only
    ]


def _around(found: Opened, path: str, geometry: Geometry, today: date) -> list[tuple[int, Geometry]]:
    if found.register.fields[path].personal in ("ordinary", "special"):
        return []
    version = found.version
    holds = version.valid_from <= today and (version.valid_until is None or version.valid_until >= today)
    shape = shape_of(found.register.id)
    key = shape.key_named({name: version.values[name] for name in found.register.key})
    seen = drawing.window(geometry).degrees
    return nearness.around(shape, path, seen, today if holds else version.valid_from, without=key)


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


def _sizes(picture: Picture, geometry: Geometry) -> tuple[pieces.Row, ...]:
    rows = []
    if picture.kind == "area":
        area = writing.number(f"{soundness.area(geometry):.1f}", showing.language())
        rows.append(pieces.Row(gettext("Area as drawn"), f"{area} m²"))
    if picture.kind == "line":
        rows.append(pieces.Row(gettext("Length as drawn"), _metres(soundness.length(geometry))))
    if picture.kind != "point":
        extent = gettext("%(wide)s from west to east, %(high)s from south to north")
        rows.append(pieces.Row(gettext("Extent"), extent % {"wide": _metres(picture.wide),
                                                           "high": _metres(picture.high)}))  # fmt: skip
    return tuple(rows)


def _table(label: str, corners: list[Corner]) -> pieces.Table:
    several = len({each.part for each in corners}) > 1
    head = (gettext("Corner"), gettext("Longitude"), gettext("Latitude"))
    return pieces.Table(
        caption=gettext("%(field)s: corners, in degrees") % {"field": label},
        columns=tuple(pieces.Cell(words) for words in head),
        rows=tuple(
            (pieces.Cell(_corner(each, several)), pieces.Cell(_degrees(each.longitude)),
             pieces.Cell(_degrees(each.latitude)))
            for each in corners
        ),
    )  # fmt: skip


def _corner(corner: Corner, several: bool) -> str:
    words = [gettext("part %(number)s") % {"number": corner.part}] if several else []
    if corner.hole:
        words.append(gettext("hole %(number)s") % {"number": corner.hole})
    return ", ".join([*words, str(corner.number)])


def _degrees(value: float) -> str:
    """As coordinates are typed everywhere: with a point, in no language grouped."""
    return f"{value:.7f}"


def _length(metres: int) -> str:
    if metres >= 1000:
        return gettext("%(length)s km") % {"length": metres // 1000}
    return gettext("%(length)s m") % {"length": metres}


def _metres(metres: float) -> str:
    return gettext("%(length)s m") % {"length": writing.number(f"{metres:.1f}", showing.language())}
