"""The colours: every pair of text and ground that the styles put together can be read."""

from __future__ import annotations

import re

import pytest

from pencere.ui import building

THEME = (building.PACKAGE / "ui" / "styles" / "_theme.scss").read_text()
COLOURS = dict(re.findall(r"^\$([\w-]+): (#[0-9a-f]{6});", THEME, re.MULTILINE))

PAIRS = (
    ("ink", "paper"), ("ink", "paper-warm"), ("ink", "turquoise-tint"), ("ink", "amber"), ("ink", "amber-tint"),
    ("ink-soft", "paper"), ("ink-soft", "paper-warm"), ("ink-soft", "turquoise-tint"),
    ("link", "paper"), ("link", "paper-warm"), ("link", "turquoise-tint"),
    ("link-hover", "paper"), ("link-visited", "paper"), ("link-visited", "turquoise-tint"),
    ("turquoise-dark", "paper-warm"), ("red", "paper"), ("red-dark", "red-tint"), ("green", "green-tint"),
    ("blue-dark", "blue-tint"),
    ("paper", "turquoise"), ("paper", "turquoise-dark"), ("paper", "turquoise-darkest"), ("paper", "red"),
    ("paper", "green"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(text: str, ground: str) -> None:
    assert contrast(COLOURS[text], COLOURS[ground]) >= 4.5


@pytest.mark.parametrize(("edge", "ground"), [("line-strong", "paper"), ("amber", "ink"), ("ink", "amber")])
def test_edges_of_controls_and_the_focus_can_be_seen(edge: str, ground: str) -> None:
    assert contrast(COLOURS[edge], COLOURS[ground]) >= 3


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
