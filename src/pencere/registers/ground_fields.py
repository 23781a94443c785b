"""A form field for a place on the ground, typed as coordinates: one point a line, longitude and latitude in degrees.

The value is a geometry of GeoJSON (RFC 7946). A ring is closed by itself; an empty line begins another ring (a hole).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

_NAMES = {"point": "Point", "line": "LineString", "polygon": "Polygon"}
_POINT = re.compile(r"\s*(-?\d{1,3}(?:[.,]\d{1,12})?)\s*[;,\s]\s*(-?\d{1,2}(?:[.,]\d{1,12})?)\s*")
_LEAST = {"point": 1, "line": 2, "polygon": 3}


class Ground(forms.Field):
    """Points as lines of text."""

    component = "long_text"
    length = (0, 0)
    default_error_messages = {"required": gettext_lazy("Write at least one point: longitude and latitude.")}

    def __init__(self, shape: str, **options: Any) -> None:
        super().__init__(widget=forms.Textarea, **options)
        self.shape = shape

    @property
    def advice(self) -> str:
        return gettext("One point a line, longitude then latitude in degrees, for example 49.8671 40.4093.")

    def prepare_value(self, value: object) -> object:
        if not isinstance(value, Mapping):
            return value
        at: Any = value.get("coordinates")
        rings = {"Point": [[at]], "LineString": [at]}.get(str(value.get("type")), at) or []
        return "\n\n".join("\n".join(f"{x} {y}" for x, y in _open(ring)) for ring in rings)

    def to_python(self, value: object) -> dict[str, object] | None:
        text = str(value or "").replace("\r\n", "\n").strip()
        if not text:
            return None
        rings = [
            [self._point(number, line) for number, line in enumerate(part.split("\n"), 1) if line.strip()]
            for part in re.split(r"\n[ \t]*\n", text)
        ]
        if any(len(ring) < _LEAST[self.shape] for ring in rings):
            words = gettext("Too few points: at least %(least)s belong here.") % {"least": _LEAST[self.shape]}
            raise ValidationError(words, "too_few")
        if self.shape == "polygon":
            return {"type": "Polygon", "coordinates": [_closed(ring) for ring in rings]}
        if len(rings) > 1 or (self.shape == "point" and len(rings[0]) > 1):
            raise ValidationError(gettext("Too many points. Write one place only."), "too_many")
        return {"type": _NAMES[self.shape], "coordinates": rings[0][0] if self.shape == "point" else rings[0]}

    def _point(self, number: int, line: str) -> list[float]:
        found = _POINT.fullmatch(line)
        point = [float(part.replace(",", ".")) for part in found.groups()] if found else [999.0, 0.0]
        if abs(point[0]) > 180 or abs(point[1]) > 90:
            words = gettext("Line %(number)s is no point. Write longitude and latitude, for example 49.8671 40.4093.")
            raise ValidationError(words % {"number": number}, "point")
        return point


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
        made = [super(Lines, self).to_python(part) for part in parts if part.strip()]
        return [each["coordinates"] for each in made if each] or None


def _closed(ring: list[list[float]]) -> list[list[float]]:
    return ring if ring[0] == ring[-1] else [*ring, ring[0]]


def _open(ring: Any) -> Any:
    return ring[:-1] if len(ring) > 2 and ring[0] == ring[-1] else ring
