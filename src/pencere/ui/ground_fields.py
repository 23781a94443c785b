"""Form fields for a place on the ground: typed as coordinates, pasted as GeoJSON, or taken from a file.

The value is a geometry of GeoJSON (RFC 7946) in degrees. What is wrong is said with where it is, in the text or on the
ground, and what to do. A form sent with the field's own button comes back with the shape drawn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from pencere.base.errors import BadInput
from pencere.base.ground import written
from pencere.base.ground.geometry import NAMED, Geometry
from pencere.ui import ground
from pencere.ui.ground import ByHand, Figure, Neighbour

FILE_KINDS = ".geojson,.json,.txt,application/geo+json,application/json,text/plain"
_CALLED = {name: shape for shape, name in NAMED.items()}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What may be drawn around a shape that is typed. `hand`: the map on which corners can be set.

    `near`: the neighbours of a shape, who may be shown to whoever types it. `over`: which of them it lies over, if that
    must not be.
    """

    near: Callable[[Geometry], Sequence[Neighbour]]
    over: Callable[[Geometry, Sequence[Neighbour]], Sequence[str]]
    hand: ByHand | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What the control sends: what was typed, and a file, which goes before it."""

    text: str
    upload: UploadedFile | None


class GroundInput(forms.Textarea):
    """A box for corners, and `<name>_file` for a file of them."""

    needs_multipart_form = True
    names: tuple[str, ...] = ()

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Sent:
        return Sent(str(data.get(name, "")), files.get(f"{name}_file") if files else None)

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and f"{name}_file" not in files


class Ground(forms.Field):
    """A point, a line or an area as lines of text or GeoJSON."""

    component = "long_text"
    length = (0, 0)
    default_error_messages = {"required": gettext_lazy("Write at least one point: longitude and latitude.")}

    def __init__(self, shape: str, **options: Any) -> None:
        super().__init__(**{"widget": forms.Textarea, **options})
        self.shape = shape

    @property
    def advice(self) -> str:
        return gettext("One point a line, longitude then latitude in degrees, for example 49.8671 40.4093.")

    def prepare_value(self, value: object) -> object:
        return written.write(value) if isinstance(value, Mapping) else value

    def to_python(self, value: object) -> Any:
        return self.read(str(value or ""))

    def read(self, text: str) -> Geometry | None:
        try:
            return written.read(text, self.shape)
        except BadInput as problem:
            raise ValidationError(sentence(problem, self.shape), problem.reason) from None


class Lines(Ground):
    """Several lines, each as points one a line; an empty line begins another. The value: a list of points for each."""

    def __init__(self, **options: Any) -> None:
        super().__init__("line", **options)

    @property
    def advice(self) -> str:
        return gettext(
            "From border to border, one point a line, longitude then latitude in degrees, for example 49.8671 40.4093. "
            "An empty line begins another dividing line."
        )

    def to_python(self, value: object) -> Any:
        text = str(value or "").replace("\r\n", "\n").strip()
        parts = re.split(r"\n[ \t]*\n", text) if text else []
        made = [self.read(part) for part in parts if part.strip()]
        return [each["coordinates"] for each in made if each] or None


class Drawn(Ground):
    """The same as a question: with a file, and with the shape drawn below what was typed."""

    component = "ground"

    def __init__(self, shape: str, **options: Any) -> None:
        super().__init__(shape, widget=GroundInput, **options)
        self.surroundings: Surroundings | None = None
        self._of_file: str | None = None

    @property
    def advice(self) -> str:
        how = {
            "point": gettext("One point: longitude, then latitude in degrees, for example 49.8671 40.4093."),
            "line": gettext("One point a line, longitude then latitude in degrees, for example 49.8671 40.4093."),
            "polygon": gettext(
                "One corner a line, in their order around the area: longitude, then latitude in degrees, for example "
                "49.8671 40.4093. An empty line begins a hole."
            ),
            "multipolygon": gettext(
                "One corner a line, in their order around the area: longitude, then latitude in degrees, for example "
                "49.8671 40.4093. An empty line begins a hole, a line of dashes (---) another part."
            ),
        }[self.shape]
        instead = gettext("You can paste GeoJSON instead.")
        return f"{how} {instead}"

    def to_python(self, value: object) -> Any:
        if not isinstance(value, Sent):
            return self.read(str(value or ""))
        if value.upload is None:
            return self.read(value.text)
        self._of_file = _text_of(value.upload)
        found = self.read(self._of_file)
        if found is None:
            raise ValidationError(gettext("This file is empty. Choose another."), "empty")
        self._of_file = written.write(found)
        return found

    def prepare_value(self, value: object) -> object:
        """What stands in the box: that of the file that was just read, else what was typed."""
        if isinstance(value, Sent):
            return value.text if self._of_file is None else self._of_file
        return super().prepare_value(value)

    def has_changed(self, initial: object, data: object) -> bool:
        return True

    def drawn(self, id_: str, label: str, text: object, field_id: str) -> tuple[Figure | None, str, ByHand | None]:
        """What is in the box as a figure with what lies around it; a warning; the map to set corners on.

        Nothing is drawn of what is no shape.
        """
        around = self.surroundings
        hand = ByHand() if around is None else around.hand
        by_hand = None if hand is None else _into(hand, field_id)
        try:
            shape = written.read(str(text or ""), self.shape)
        except BadInput:
            shape = None
        if shape is None:
            return None, "", by_hand if by_hand and by_hand.at else None
        near = around.near(shape) if around else ()
        made = ground.figure(id_, label, shape, near, by_hand or _into(ByHand(), field_id))
        return made, over_words(around.over(shape, near) if around else ()), made.hand


def _into(hand: ByHand, field_id: str) -> ByHand:
    return ByHand(hand.items, hand.rows, hand.row, hand.named, field_id, hand.at, hand.wide)


def over_words(names: Sequence[str]) -> str:
    """What to look at where a shape lies over others."""
    if not names:
        return ""
    words = gettext(
        "It lies over: %(names)s. No two may lie over each other. Look at the border between them. An officer looks "
        "at it, too."
    )
    return words % {"names": ", ".join(names)}


def _text_of(upload: UploadedFile) -> str:
    if (upload.size or 0) > written.MOST_BYTES:
        words = gettext("This file is larger than %(most)s KB. Choose a smaller one, with this shape alone.")
        raise ValidationError(words % {"most": written.MOST_BYTES // 1000}, "too_large")
    content = upload.read()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        words = gettext(
            "This is no file of text. Save the shape as GeoJSON, or as corners one a line, and choose that."
        )
        raise ValidationError(words, "not_text") from None


# ---- what is wrong, where, and what to do

_SHAPES: Mapping[str, Promise] = {
    "point": gettext_lazy("a point"),
    "line": gettext_lazy("a line"),
    "polygon": gettext_lazy("an area"),
    "multipolygon": gettext_lazy("an area of one or more parts"),
}
_SENTENCES: Mapping[str, Promise] = {
    "point": gettext_lazy("Line %(line)s is no point. Write longitude and latitude, for example 49.8671 40.4093."),
    "too_few": gettext_lazy("Too few points: at least %(least)s belong here."),
    "too_many": gettext_lazy("Too many points. Write one place only."),
    "too_large": gettext_lazy("This shape is too large: at most %(most)s corners. Leave out those on straight lines."),
    "not_json": gettext_lazy(
        "This begins like GeoJSON, but is broken in line %(line)s at sign %(column)s. Copy all of it once more."
    ),
    "other_shape": gettext_lazy("This is %(found)s; here belongs %(wanted)s."),
    "several": gettext_lazy("This holds %(found)s shapes; one belongs here. Leave the others out."),
    "other_crs": gettext_lazy(
        "Its coordinates are not in degrees (%(found)s). Save it with longitude and latitude (WGS 84, EPSG:4326)."
    ),
    "not_a_geometry": gettext_lazy(
        "This is no shape in degrees. Longitude comes first, from -180 to 180, then latitude, from -90 to 90."
    ),
    "crosses_itself": gettext_lazy(
        "The border crosses itself at %(at)s. Write the corners in their order around the area."
    ),
    "hole_outside": gettext_lazy("A hole lies outside of the area, at %(at)s. Look at its corners."),
    "hole_in_hole": gettext_lazy("A hole lies in another, at %(at)s. Look at their corners."),
    "hole_cuts": gettext_lazy("A hole cuts the area in two at %(at)s. Look at its corners."),
    "parts_overlap": gettext_lazy("Two parts lie over each other at %(at)s. Look at the border between them."),
    "too_few_corners": gettext_lazy("The corners lie in one line or at one place, at %(at)s. That is no shape."),
}


def sentence(problem: BadInput, shape: str) -> str:
    """Why what was written is no shape."""
    words = str(_SENTENCES.get(problem.reason) or _SENTENCES["not_a_geometry"])
    found = problem.details.get("found", "")
    if problem.reason == "other_shape" and found in _CALLED:
        found = str(_SHAPES[_CALLED[str(found)]])
    return words % {**problem.details, "found": found, "wanted": str(_SHAPES[shape])}
