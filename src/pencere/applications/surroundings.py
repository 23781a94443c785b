"""What lies around a shape of a case: what the register publishes into which it will be written.

Anybody may see that, so it may be drawn for whoever types or reads the shape; what is not published is not drawn. It is
asked of the exchange, needs no agreement and is no look. The row that is to be changed is not among those which the
shape lies over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from pencere.applications import values, wording
from pencere.applications.models import Fact
from pencere.applications.versions import Version
from pencere.base import clock
from pencere.base.ground import drawing, soundness
from pencere.base.ground.geometry import Geometry, polygons
from pencere.country.recorded import Recorded, recorded_in
from pencere.exchange import queries as exchange
from pencere.ui import ground, writing
from pencere.ui.ground import ByHand, Neighbour
from pencere.ui.ground_fields import Surroundings, over_words

MOST = 30
"""Neighbours in one picture."""

Facts = Mapping[str, object]


def of_question(
    version: Version, fact: str, known: Callable[[str], object], rows: Iterable[Fact], *, now: datetime
) -> Surroundings:
    """For the box into which the shape is typed. `known`: what the case, or this very page, says of a fact.

    The map begins where a register that was asked has a shape, among the `rows` of the case, else where any lies.
    """
    into = _published_into(version, fact, now)
    if into is None:
        return Surroundings(lambda shape: (), lambda shape, near: (), ByHand())
    middle = _middle_of(version, rows) or exchange.published_middle(into.register.id, into.field.name, now)
    at = f"{middle[0]:.6f} {middle[1]:.6f}" if middle else ""
    hand = ByHand(items=reverse("ogc-items", args=[into.register.id]), named=_named(into), at=at)
    own = _own(into, known)

    def near(shape: Geometry) -> Sequence[Neighbour]:
        return _near(into, shape, own, now)

    def over(shape: Geometry, around: Sequence[Neighbour]) -> Sequence[str]:
        return _over(into, shape, around)

    return Surroundings(near, over, hand)


def drawn(version: Version, name: str, geometry: Geometry, known: Callable[[str], object]) -> SafeString:
    """An answer that is a shape, for whoever reads it; with the neighbours, and what it lies over."""
    now = clock.now()
    into = _published_into(version, name, now)
    own = _own(into, known) if into else ""
    near = _near(into, geometry, own, now) if into else ()
    over = _over(into, geometry, near) if into else ()
    items = reverse("ogc-items", args=[into.register.id]) if into else ""
    hand = ByHand(items=items, named=_named(into) if into else "")
    return _html(version, name, "", geometry, near, hand, over_words(over))


def alone(version: Version, name: str, geometry: Geometry, *, register: str = "") -> SafeString:
    """A shape with nothing around it: of a register that was asked, or for who must not know where it lies.

    Its coordinates are those of the register's field; they are drawn in degrees.
    """
    field = wording.declared_field(version, name, register)
    degrees = soundness.in_degrees(geometry, field.crs if field else None)
    return _html(version, name, register, degrees, (), ByHand(), "")


def _html(
    version: Version, name: str, register: str, geometry: Geometry, near: Sequence[Neighbour], hand: ByHand, over: str
) -> SafeString:
    label = str(writing.words(wording.label(version, name, register), get_language() or "en"))
    mark = values.hash_of({name: geometry})[:10]  # two items of a group have two shapes
    figure = ground.figure(f"drawn-{mark}", label, geometry, near, hand)
    return SafeString(render_to_string("applications/_drawn.html", {"figure": figure, "over": over}))


def _middle_of(version: Version, rows: Iterable[Fact]) -> tuple[float, float] | None:
    """Longitude and latitude of the first shape that a register gave."""
    for row in rows:
        if row.kind == "geometry" and row.source == "register" and isinstance(row.value, Mapping):
            field = wording.declared_field(version, row.name, row.register)
            west, south, east, north = drawing.bounds(soundness.in_degrees(row.value, field.crs if field else None))
            return (west + east) / 2, (south + north) / 2
    return None


def _published_into(version: Version, fact: str, now: datetime) -> Recorded | None:
    into = recorded_in(version.country, version.service, fact)
    if into is None or into.field.kind != "geometry" or into.register.kept != "here":
        return None
    return into if exchange.shapes_are_published(into.register.id, into.field.name, now) else None


def _near(into: Recorded, shape: Geometry, own: str, now: datetime) -> tuple[Neighbour, ...]:
    """The row that is changed stands among them, as it is now."""
    window = drawing.window(shape).degrees
    found = exchange.published_near(into.register.id, into.field.name, window, most=MOST, now=now)
    called = ((_words(each.key), each.geometry) for each in found)
    return tuple(
        Neighbour(gettext("%(name)s, as it is now") % {"name": words}, "", drawn, is_own=True)
        if words == own
        else Neighbour(words, "", drawn)
        for words, drawn in called
    )


def _words(key: Mapping[str, object]) -> str:
    return ", ".join(str(value) for value in key.values())


def _own(into: Recorded, known: Callable[[str], object]) -> str:
    """What the row is called that the case changes; empty for a new one."""
    key = {name: known(fact) for name, fact in into.key.items()}
    whole = set(key) == set(into.register.key) and all(key.values())
    return _words({name: key[name] for name in into.register.key}) if key and whole else ""


def _over(into: Recorded, shape: Geometry, near: Sequence[Neighbour]) -> tuple[str, ...]:
    """Which of the neighbours it lies over, where the register says that none may."""
    within = into.field.no_overlap
    if within is None or not polygons(shape):
        return ()
    mine = soundness.shaped(shape)
    return tuple(
        each.words
        for each in near
        if not each.is_own and soundness.overlap(mine, soundness.shaped(each.geometry), within)
    )


def _named(into: Recorded) -> str:
    """The published field by which a shape is called on the map that is moved by hand."""
    return into.register.key[0] if len(into.register.key) == 1 else ""
